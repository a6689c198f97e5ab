"""Tracebacks as an operator answers them: `stirline calls` at both appliances, beside what caller and callee have seen.

STIR-RG-03: time, trunk, numbers, attest, origid, verdict and the hash of the token; STIR-PR-04: logs hold none of it.
"""

import hashlib
import re
from dataclasses import dataclass, field

from . import sip
from .processes import wait_until

_PERSONAL = re.compile(r"1215555\d{4}|4420794\d{5}|eyJ[\w-]{8}")  # the lab's numbers; how a token begins


@dataclass
class Traceback:
    text: str
    note: str = ""
    problems: list = field(default_factory=list)


def _token_hashes(message):
    tokens = ["".join(value.split(";", 1)[0].split()) for value in message.all("identity")]
    return {hashlib.sha256(token.encode()).hexdigest() for token in tokens}


def _hashes_of(record):
    return {token.get("sha256", "") for token in record.get("tokens", [])}


def _records(appliance, number, call_id, since, **options):
    """Those of one call; they may be on their way still."""
    return wait_until(lambda: [record for record in appliance.calls(number, since, **options)
                               if record["call_id"] == call_id],
                      10, f"{appliance.role} has a record of {call_id}")


def _differences(record, wanted):
    return [f"{name} is {record.get(name)!r}, not {value!r}" for name, value in wanted.items() if record.get(name) != value]


def of_signed_call(signer, verifier, arrived, since):
    """`arrived`: the INVITE of a signed call, as the callee has it."""
    claims = arrived.tokens[0]
    parties = {"orig": arrived.caller, "dest": claims["dest"]["tn"][0], "attest": claims["attest"],
               "origid": claims["origid"], "method": "INVITE"}
    found = Traceback("traceback of a signed call", f"{arrived.caller}: attest {claims['attest']}, same token at both")
    for appliance, wanted in ((signer, {"decision": "signed", "flow": "to_peer", "trunk": "to-callee"}),
                              (verifier, {"decision": "judged", "flow": "from_peer", "trunk": "from-caller",
                                          "verdict": "valid", "reason": "verified"})):
        records = _records(appliance, arrived.caller, arrived.call_id, since)
        # A call that was sent again was signed again: the record of what arrived is the one with its token.
        same = [record for record in records if _token_hashes(arrived) == _hashes_of(record)]
        if not same:
            found.problems.append(f"the {appliance.role} has no record of the token that arrived")
            continue
        found.problems += [f"{appliance.role}: {each}" for each in _differences(same[0], parties | wanted)]
    return found


def of_forged_call(signer, verifier, forged, since):
    message = sip.parse(forged.text)
    found = Traceback("traceback of a forged call", f"{message.caller}: not from our network, {forged.kind.reasons[0]}")
    record = _records(verifier, message.caller, message.call_id, since, verdict="invalid")[0]
    if record["reason"] not in forged.kind.reasons or _hashes_of(record) != _token_hashes(message):
        found.problems.append(f"the verifier's record says {record}")
    if [other for other in signer.calls(message.caller, since) if other["call_id"] == message.call_id]:
        found.problems.append("the signer has a record of a call that it never saw")
    return found


def personal_data_in_logs(folder):
    """Sentences: what the programs' logs hold that they must not."""
    return [f"{path.name} of the {path.parent.name} holds {match.group(0)}" for path in sorted(folder.glob("*/*.log"))
            if (match := _PERSONAL.search(path.read_text(encoding="utf-8", errors="replace")))]
