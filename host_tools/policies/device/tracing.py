"""Runs on MicroPython: the firmware's decision, told step by step.

Every step is the firmware's own, called and written down; the terminal has none of this. Nothing
here decides: what a step gives is what goes on.
"""

from gate.codec import jurisdiction
from gate.codec.claims import KINDS
from gate.policy import hearing, needs
from gate.policy.decide import deciding

_DAY = 86400


def explain(shown, policy, now, gate):
    """Give (Decision, trace): a dictionary that JSON can say."""
    decider = _traced(deciding(policy))(shown, policy, now, gate)
    decision = decider.decide()
    return decision, decider.trace()


def _traced(base):
    class Traced(base):
        """The firmware's class with a diary."""

        def __init__(self, shown, policy, now, gate):
            base.__init__(self, shown, policy, now, gate)
            self.steps = []
            self.walked = {}  # name of a way -> what came of it
            self._inside = None  # the way that is being walked

        def _note(self, name, decision):
            self.steps.append(
                {
                    "step": name,
                    "passed": decision is None,
                    "reason": None if decision is None else decision.reason,
                    "rule": None if decision is None else decision.rule,
                }
            )
            return decision

        def closed(self):
            return self._note("hours", base.closed(self))

        def unproved(self):
            return self._note("proof", base.unproved(self))

        def denied(self):
            return self._note("lists", base.denied(self))

        def colours(self):
            return self._note("colours", base.colours(self))

        def risks(self):
            return self._note("risk regions", base.risks(self))

        def positive(self):
            return self._note("positive test", base.positive(self))

        def rules(self):
            return self._note("conditions for everybody", base.rules(self))

        def walk(self, way):
            self._inside = {"needs": []}
            distance, reason, claim, named = base.walk(self, way)
            self._inside["met"] = reason is None
            self._inside["reason"] = reason
            self._inside["distance"] = distance
            self.walked[way.name] = self._inside
            self._inside = None
            return distance, reason, claim, named

        def needs(self, way):
            found = base.needs(self, way)
            rest = found[len(way.needs) :]  # those before are told of by `meet`
            if not way.needs:
                self._tell("a claim of whoever may speak", rest.pop(0)[1])
            for _, reason, _, named in rest:
                if named is None:
                    self._tell("proof", reason)["facts"] = self.proof_facts()
                else:
                    self._tell("condition", reason)["named"] = named
            return found

        def _tell(self, what, reason):
            need = {"what": what, "met": reason is None, "reason": reason, "claims": []}
            self._inside["needs"].append(need)
            return need

        def meet(self, kind, need):
            gap, reason, claim = base.meet(self, kind, need)
            claims = []
            for one in self.believed(kind):
                why = None
                if not jurisdiction.covered(need.places, one["jurisdiction"]):
                    why = "claim_jurisdiction"
                else:
                    why = needs.check(kind, one, need, self.lane, self.now)
                facts = _facts(kind, one, need, self.now)
                claims.append({"claim": one, "reason": why, "facts": facts})
            told = self._tell(kind, reason)
            told["claims"] = claims
            told["places"] = list(need.places)
            return gap, reason, claim

        def outcome_words(self, name):
            """What came of a condition: "true", "false", or what went wrong."""
            for number, condition in enumerate(self.policy.conditions):
                if condition.name == name:
                    if number not in self._outcomes:
                        return "not asked"
                    outcome = self._outcomes[number]
                    return (
                        _error(condition, self._facts) if outcome is None else str(outcome).lower()
                    )
            return None

        def proof_facts(self):
            proof = self.shown.proof
            if proof is None:
                return []
            most = self.lane.proof_age
            return [{"what": "age", "is": self.now - proof.at, "most": most, "least": None}]

        def trace(self):
            if self.now is None:
                return {"steps": [], "ways": [], "claims": [], "lane": None, "lists": None}
            return {
                "steps": self.steps,
                "ways": [self._way(way, bar) for way, bar in self.entrances()],
                "claims": self._claims(),
                "lane": self._lane(),
                "lists": self._lists(),
                "conditions": self._conditions(),
            }

        def _way(self, way, bar):
            told = {
                "name": way.name,
                "bar": bar,
                "list": _name(self.policy.lists, way.list),
                "hours": _name(self.policy.schedules, way.schedule),
                "walked": way.name in self.walked,
            }
            told.update(self.walked.get(way.name, {}))
            return told

        def _claims(self):
            told = []
            for kind in KINDS:
                speakers = self.policy.speakers.get(kind, ())
                counted = self.believed(kind)
                for claim in self.shown.claims.get(kind, ()):
                    heard = jurisdiction.covered(speakers, claim["jurisdiction"])
                    told.append(
                        {
                            "kind": kind,
                            "claim": claim,
                            "heard": heard,
                            "believed": claim in counted,
                            "locality": hearing.locality(claim["jurisdiction"], self.policy.home),
                        }
                    )
            return told

        def _lane(self):
            lane = self.lane
            zone = self.policy.zone
            return {
                "hours": _name(self.policy.schedules, lane.schedule),
                "open": self.policy.open(lane.schedule, self.now),
                "zone": None if zone is None else zone.name,
                "local": None if zone is None else zone.local(self.now),
                "proof": lane.proof,
                "barrier": {
                    "pulse": lane.pulse,
                    "hold": lane.hold,
                    "passage_ms": max(lane.pulse, lane.passage_ms),
                    "held_ms": lane.held_ms,
                    "direction": lane.direction,
                    "passback": lane.passback_window,
                    "replay": lane.replay_window,
                    "zone": lane.zone,
                    "capacity": lane.capacity,
                },
                "conflict": {kind: self.policy.conflict[kind] for kind in self.policy.conflict},
            }

        def _lists(self):
            from gate.policy.lists import digest

            lists = self.policy.lists
            listed = getattr(self, "listed", None)
            return {
                "digest": digest(self.shown.format, self.shown.subject).hex(),
                "on": [] if listed is None else [lists[n].name for n in listed.members],
                "lapsed": [] if listed is None else [lists[n].name for n in listed.lapsed],
                "spared": 0 if listed is None else listed.spares,
            }

        def _conditions(self):
            told = []
            for number, condition in enumerate(self.policy.conditions):
                told.append(
                    {
                        "name": condition.name,
                        "outcome": self.outcome_words(condition.name),
                        "everybody": number in self.lane.accept or number in self.lane.refuse,
                    }
                )
            return told

    return Traced


def _name(entries, number):
    return None if number is None else entries[number].name


def _error(condition, data):
    """Why a condition has no outcome."""
    from gate.policy.certlogic import CertLogicError, evaluate

    try:
        return "neither true nor false: " + repr(evaluate(condition.program, data))
    except CertLogicError as error:
        return error.kind


def _facts(kind, claim, need, now):
    """What of a claim a need looks at, with the bounds: ages in seconds."""
    facts = []
    age = None
    if "at" in claim:
        age = now - claim["at"]
    elif kind == "vaccination":
        age = (now // _DAY - claim["day"]) * _DAY
    elif kind == "recovery":
        age = (now // _DAY - claim["first"]) * _DAY
        today = now // _DAY
        facts.append({"what": "today", "is": today, "least": claim["from"], "most": claim["until"]})
    if age is not None:
        facts.append({"what": "age", "is": age, "least": need.least, "most": need.most})
    if kind == "travel":
        facts.append({"what": "window", "is": claim["days"], "least": need.number, "most": None})
    elif kind == "vaccination":
        facts.append({"what": "dose", "is": claim["dose"], "least": need.number, "most": None})
        last = claim["of"] if need.complete else None
        facts.append({"what": "series", "is": claim["dose"], "least": last, "most": None})
    elif kind == "test":
        kinds = list(need.kinds)
        facts.append({"what": "kind", "is": claim["kind"], "among": kinds})
        facts.append({"what": "result", "is": claim["result"], "among": ["negative"]})
    elif kind == "health":
        facts.append({"what": "colour", "is": claim["colour"], "among": []})
    return facts
