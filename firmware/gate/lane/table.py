"""The lane as a table: for every state and every event, the next state and what is to be done.

Read a row like this: in GRANTED, when the timer runs out, go to rest; shut the relay, settle the
grant. `rest` is no state: it is maintenance, alarm, passing, locked or idle, the first of them that
stands (lane.py). docs/lane.md has the table as a picture, drawn from here.

The rows are text, since a board reads texts in flash without a copy in its heap. Tests check that
every event has a row in every state, and walk the table with a million random events.
"""

# states
IDLE = "idle"
VERIFYING = "verifying"  # a code is being judged
GRANTED = "granted"  # somebody may pass; the relay is open, or was for its pulse
PASSING = "passing"  # somebody is in the passage, or the door is open
DENIED = "denied"  # the refusal is shown
ALARM = "alarm"  # shut; no code is judged
LOCKED = "locked"  # by its key: nobody comes in by a code
FIRE = "fire"  # everything is open, until the site's rule releases it
MAINTENANCE = "maintenance"  # by its key: shut, and no alarms

STATES = (IDLE, VERIFYING, GRANTED, PASSING, DENIED, ALARM, LOCKED, FIRE, MAINTENANCE)
REST = "rest"

# events, and what comes with them
SCAN = "scan"  # a code was read; (reader, code)
UNREAD = "unread"  # a reader sent what is no code; (reader, reason)
GRANT = "grant"  # the code opens the gate; a Grant
REFUSE = "refuse"  # it does not; the reason
TIMER = "timer"  # the state's time is up
PASSAGE_ON = "passage_on"  # somebody is in the passage; without such a sensor: the door has opened
DOOR_OPEN = "door_open"
EXIT_REQUEST = "exit_request"  # the button inside
TAMPER_ON = "tamper_on"  # the box was opened
LOCK_ON = "lock_on"
LOCK_OFF = "lock_off"
MAINTENANCE_ON = "maintenance_on"
MAINTENANCE_OFF = "maintenance_off"
FIRE_ON = "fire_on"
RESET = "reset"  # somebody who may do so says that the alarm or the fire is over
FAULT = "fault"  # something in the terminal broke; the reason
# Events that the lane makes of those below; nobody else gives them.
CLEAR = "clear"  # nobody is in the passage, and the door is shut
RELEASE = "release"  # the fire is over by the site's rule

EVENTS = (
    SCAN, UNREAD, GRANT, REFUSE, TIMER, PASSAGE_ON, DOOR_OPEN, CLEAR, EXIT_REQUEST, TAMPER_ON,
    LOCK_ON, LOCK_OFF, MAINTENANCE_ON, MAINTENANCE_OFF, FIRE_ON, RELEASE, RESET, FAULT,
)  # fmt: skip

# Inputs that go back: they have no rows, but may make CLEAR or RELEASE of themselves.
PASSAGE_OFF = "passage_off"
DOOR_SHUT = "door_shut"
TAMPER_OFF = "tamper_off"
FIRE_OFF = "fire_off"

# what is to be done, and what comes with it
VERIFY = "verify"  # judge the code, answer with GRANT or REFUSE; (reader, code)
DROP = "drop"  # a code that will not be judged; (reader, reason)
OPEN = "open"  # (relay, ms)
OPEN_HELD = "open_held"  # every relay, until SHUT
SHUT = "shut"  # every relay
COMPLETE = "complete"  # somebody went through by this Grant
ANNUL = "annul"  # nobody did; the Grant
ALARM_ON = "alarm_on"  # the kind: FORCED, TAILGATING, HELD_OPEN or TAMPER
ALARM_OVER = "alarm_over"  # the kind
FORGET = "forget"  # who is inside: after a fire nobody knows, after maintenance it is said anew
SHOW_READY = "show_ready"
SHOW_WAIT = "show_wait"
SHOW_GRANTED = "show_granted"
SHOW_REFUSED = "show_refused"  # the reason
SHOW_FIRE = "show_fire"
SHOW_ALARM = "show_alarm"  # the kind
SHOW_LOCKED = "show_locked"
SHOW_MAINTENANCE = "show_maintenance"

# kinds of alarm
FORCED = "forced"  # a passage, or an open door, without a grant
TAILGATING = "tailgating"  # a second passage by one grant
HELD_OPEN = "held_open"  # the passage or the door is not clear within the site's time
TAMPER = "tamper"

# Further words of the rows, which stay inside the lane:
#   hold       keep the code until its turn comes; one a reader, and the next is dropped
#   hold_exit  open for the request to exit as soon as the lane is free
#   turn_away  DROP, and the reason is the state
#   open_exit  OPEN in the direction of exit
#   return     ANNUL for the grant that came with the event: nothing asked for it any more
#   settle     COMPLETE where no sensor could have told of a passage, else ANNUL
#   intrusion  ALARM_ON tailgating right behind a granted person, else forced
#   held_open, tampered    ALARM_ON of that kind
# COMPLETE, ANNUL and ALARM_OVER are done only where there is a grant to be settled, an alarm.

_TABLE = {
    IDLE: """
 scan -> verifying : show_wait verify
 unread -> denied : show_refused
 grant -> idle : return
 refuse timer clear lock_off maintenance_off release reset -> idle :
 passage_on door_open -> alarm : shut intrusion
 exit_request -> granted : open_exit show_granted
 tamper_on -> alarm : shut tampered
 lock_on -> locked : shut show_locked
 maintenance_on -> maintenance : shut show_maintenance
 fire_on -> fire : open_held show_fire
 fault -> denied : shut show_refused
""",
    VERIFYING: """
 scan -> verifying : hold
 unread clear lock_off maintenance_off release reset -> verifying :
 grant -> granted : open show_granted
 refuse -> denied : show_refused
 timer -> rest :
 passage_on door_open -> alarm : shut intrusion
 exit_request -> granted : open_exit show_granted
 tamper_on -> alarm : shut tampered
 lock_on -> locked : shut show_locked
 maintenance_on -> maintenance : shut show_maintenance
 fire_on -> fire : open_held show_fire
 fault -> denied : shut show_refused
""",
    GRANTED: """
 scan -> granted : hold
 unread refuse clear door_open lock_off maintenance_off release reset -> granted :
 grant -> granted : return
 timer -> rest : shut settle
 passage_on -> passing : complete
 exit_request -> granted : hold_exit
 tamper_on -> alarm : shut annul tampered
 lock_on -> rest : shut annul
 maintenance_on -> maintenance : shut annul alarm_over show_maintenance
 fire_on -> fire : open_held annul show_fire
 fault -> rest : shut annul show_refused
""",
    PASSING: """
 scan -> passing : hold
 unread refuse door_open lock_on lock_off maintenance_off release reset -> passing :
 grant -> passing : return
 timer -> alarm : shut held_open
 passage_on -> alarm : shut intrusion
 clear -> rest : shut
 exit_request -> passing : hold_exit
 tamper_on -> alarm : shut tampered
 maintenance_on -> maintenance : shut alarm_over show_maintenance
 fire_on -> fire : open_held show_fire
 fault -> rest : shut show_refused
""",
    DENIED: """
 scan -> verifying : show_wait verify
 unread -> denied : show_refused
 grant -> denied : return
 refuse clear lock_off maintenance_off release reset -> denied :
 timer -> rest :
 passage_on door_open -> alarm : shut intrusion
 exit_request -> granted : open_exit show_granted
 tamper_on -> alarm : shut tampered
 lock_on -> locked : shut show_locked
 maintenance_on -> maintenance : shut show_maintenance
 fire_on -> fire : open_held show_fire
 fault -> denied : shut show_refused
""",
    ALARM: """
 scan -> alarm : turn_away
 grant -> alarm : return
 unread refuse clear lock_on lock_off maintenance_off release -> alarm :
 timer reset -> rest : alarm_over
 passage_on door_open -> alarm : shut intrusion
 exit_request -> granted : open_exit show_granted
 tamper_on -> alarm : shut tampered
 maintenance_on -> maintenance : shut alarm_over show_maintenance
 fire_on -> fire : open_held show_fire
 fault -> alarm : shut
""",
    LOCKED: """
 scan -> locked : turn_away
 grant -> locked : return
 unread refuse timer clear lock_on maintenance_off release reset -> locked :
 passage_on door_open -> alarm : shut intrusion
 exit_request -> granted : open_exit show_granted
 tamper_on -> alarm : shut tampered
 lock_off -> rest :
 maintenance_on -> maintenance : shut show_maintenance
 fire_on -> fire : open_held show_fire
 fault -> locked : shut
""",
    FIRE: """
 scan unread refuse timer passage_on door_open clear exit_request -> fire :
 tamper_on lock_on lock_off maintenance_on maintenance_off reset -> fire :
 grant -> fire : return
 fire_on fault -> fire : open_held
 release -> rest : shut forget
""",
    MAINTENANCE: """
 scan -> maintenance : turn_away
 grant -> maintenance : return
 unread refuse timer passage_on door_open clear -> maintenance :
 tamper_on lock_on lock_off maintenance_on release reset -> maintenance :
 exit_request -> granted : open_exit show_granted
 maintenance_off -> rest : forget
 fire_on -> fire : open_held show_fire
 fault -> maintenance : shut
""",
}


def row(state, event):
    """The next state (or REST) of a state at an event, and the words of what is to be done."""
    text = _TABLE[state]
    at = text.index("->", text.index(" %s " % event))
    after, words = text[at + 3 : text.index("\n", at)].split(" :")
    return after, words.split()
