"""The lane as a table: for every state and every event, the next state and what is to be done.

Read it like this: in GRANTED, when the TIMER runs out, go to IDLE; shut the relay, show "ready".
A test checks that every event has a row in every state, and that no row but those of a granted
person and of fire opens the relay.
"""

# states
IDLE = "idle"
VERIFYING = "verifying"
GRANTED = "granted"  # the relay is open, for the policy's pulse
DENIED = "denied"  # the refusal is shown
FIRE = "fire"  # the relay is open for as long as the fire input says so

STATES = (IDLE, VERIFYING, GRANTED, DENIED, FIRE)

# events, and what comes with them
SCAN = "scan"  # a code was read; the code
UNREAD = "unread"  # the reader sent what is no code; the reason
GRANT = "grant"  # the code opens the gate; the pulse in ms
REFUSE = "refuse"  # it does not; the reason
TIMER = "timer"  # the state's time is up
FIRE_ON = "fire_on"  # the fire input
FIRE_OFF = "fire_off"
FAULT = "fault"  # something in the terminal broke; the reason

EVENTS = (SCAN, UNREAD, GRANT, REFUSE, TIMER, FIRE_ON, FIRE_OFF, FAULT)

# what is to be done, and what comes with it
VERIFY = "verify"  # judge the code, answer with GRANT or REFUSE
HOLD = "hold"  # keep the code until the relay is shut; inside the lane
DROP = "drop"  # a code that will not be judged; the reason
OPEN = "open"  # the pulse in ms
OPEN_HELD = "open_held"  # until SHUT
SHUT = "shut"
SHOW_READY = "show_ready"
SHOW_WAIT = "show_wait"
SHOW_GRANTED = "show_granted"
SHOW_REFUSED = "show_refused"  # the reason
SHOW_FIRE = "show_fire"

_STAY = ()

TABLE = {
    IDLE: {
        SCAN: (VERIFYING, (SHOW_WAIT, VERIFY)),
        UNREAD: (DENIED, (SHOW_REFUSED,)),
        GRANT: (IDLE, _STAY),  # an answer to nothing opens nothing
        REFUSE: (IDLE, _STAY),
        TIMER: (IDLE, _STAY),
        FIRE_ON: (FIRE, (OPEN_HELD, SHOW_FIRE)),
        FIRE_OFF: (IDLE, _STAY),
        FAULT: (DENIED, (SHUT, SHOW_REFUSED)),
    },
    VERIFYING: {
        SCAN: (VERIFYING, (HOLD,)),
        UNREAD: (VERIFYING, _STAY),
        GRANT: (GRANTED, (OPEN, SHOW_GRANTED)),
        REFUSE: (DENIED, (SHOW_REFUSED,)),
        TIMER: (IDLE, (SHOW_READY,)),  # no answer came
        FIRE_ON: (FIRE, (OPEN_HELD, SHOW_FIRE)),
        FIRE_OFF: (VERIFYING, _STAY),
        FAULT: (DENIED, (SHUT, SHOW_REFUSED)),
    },
    GRANTED: {
        SCAN: (GRANTED, (HOLD,)),
        UNREAD: (GRANTED, _STAY),
        GRANT: (GRANTED, _STAY),
        REFUSE: (GRANTED, _STAY),
        TIMER: (IDLE, (SHUT, SHOW_READY)),
        FIRE_ON: (FIRE, (OPEN_HELD, SHOW_FIRE)),
        FIRE_OFF: (GRANTED, _STAY),
        FAULT: (DENIED, (SHUT, SHOW_REFUSED)),
    },
    DENIED: {
        SCAN: (VERIFYING, (SHOW_WAIT, VERIFY)),
        UNREAD: (DENIED, (SHOW_REFUSED,)),
        GRANT: (DENIED, _STAY),
        REFUSE: (DENIED, _STAY),
        TIMER: (IDLE, (SHOW_READY,)),
        FIRE_ON: (FIRE, (OPEN_HELD, SHOW_FIRE)),
        FIRE_OFF: (DENIED, _STAY),
        FAULT: (DENIED, (SHUT, SHOW_REFUSED)),
    },
    FIRE: {
        SCAN: (FIRE, _STAY),  # whoever comes can walk out
        UNREAD: (FIRE, _STAY),
        GRANT: (FIRE, _STAY),
        REFUSE: (FIRE, _STAY),
        TIMER: (FIRE, _STAY),
        FIRE_ON: (FIRE, (OPEN_HELD,)),
        FIRE_OFF: (IDLE, (SHUT, SHOW_READY)),
        FAULT: (FIRE, (OPEN_HELD,)),  # nothing that breaks shuts people in
    },
}
