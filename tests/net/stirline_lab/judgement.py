"""What became of each call and of each forgery, from what caller and callee have written down themselves."""

from dataclasses import dataclass, field

PASSED, FAILED, NONE = "TN-Validation-Passed", "TN-Validation-Failed", "No-TN-Validation"


@dataclass
class Call:
    """One planned call. Verdict and attestation are as the callee saw them."""
    kind: str
    caller: str
    placed: bool = False
    answered: bool = False
    ended: bool = False
    arrived: bool = False
    attest: str = ""      # of the one token that arrived; "" if there was none
    verstats: tuple = ()

    @property
    def verified(self):
        return bool(self.verstats) and all(value == PASSED for value in self.verstats)

    def problems(self, expected_attest):
        """`expected_attest`: letters of which one is right; "" if the call must not be signed."""
        if not self.placed:
            return ["was not placed"]
        if not self.answered:
            return ["was not answered"]
        if not self.ended:
            return ["did not end"]
        if not self.arrived:
            return ["is not in the callee's log"]
        if expected_attest:
            found = [] if self.attest and self.attest in expected_attest else [
                f"was signed {self.attest or 'not at all'}, not {' or '.join(expected_attest)}"]
            return found + ([] if self.verified else [f"was not verified: {', '.join(self.verstats) or 'no verstat'}"])
        found = [f"was signed {self.attest}"] if self.attest else []
        return found + ([f"is unsigned and marked {PASSED}"] if PASSED in self.verstats else [])


@dataclass
class ForgedCall:
    forged: object       # forge.Forged
    arrived: bool = False
    ended: bool = False
    verstats: tuple = ()

    @property
    def refused(self):
        """As long as a refusal is forwarded and marked: it arrived, marked as failed or as not validated (STIR-VS-14)."""
        if not self.arrived:
            return False
        if self.forged.kind.name == "claimed-verstat":
            return PASSED not in self.verstats
        return bool(self.verstats) and all(value in (FAILED, NONE) for value in self.verstats)


@dataclass
class Judgement:
    calls: list = field(default_factory=list)
    forged: list = field(default_factory=list)

    def problems(self, expected=lambda kind: "" if kind == "unsigned" else kind):
        """Sentences; empty if all is well. `expected(kind)`: see Call.problems."""
        found = [f"call of {call.caller} ({call.kind}) {problem}"
                 for call in self.calls for problem in call.problems(expected(call.kind))]
        for call in self.forged:
            if not call.arrived:
                found.append(f"forgery {call.forged.call_id} did not arrive")
            elif not call.refused:
                found.append(f"forgery {call.forged.call_id} was not refused: {', '.join(call.verstats) or 'no verstat'}")
        return found


def judge_calls(caller, callee):
    """The calls that `caller` has planned, in that order."""
    placed, answered, ended = caller.placed(), caller.answered(), caller.ended()
    arrived = callee.invites_of(answered)
    by_number = {message.caller: call_id for call_id, message in placed.items()}
    calls = []
    for planned in caller.planned:
        call = Call(planned.kind, planned.caller)
        calls.append(call)
        call_id = by_number.get(planned.caller)
        if call_id is None:
            continue
        call.placed, call.answered, call.ended = True, call_id in answered, call_id in ended
        if message := arrived.get(call_id):
            call.arrived = True
            attests = [str(token.get("attest", "?")) for token in message.tokens]
            call.attest = "+".join(attests)
            call.verstats = tuple(message.verstats)
    return calls


def judge_forged(forged, ended, callee):
    arrived = callee.invites_of(ended)
    calls = []
    for each in forged:
        message = arrived.get(each.call_id)
        calls.append(ForgedCall(each, message is not None, each.call_id in ended,
                                tuple(message.verstats) if message else ()))
    return calls
