"""The lab's scenario: signed calls of every attestation, unsigned ones, forged ones, and what became of them.

Run by the lab, which prints it, and by the network tests, which assert it.
"""

import time
from dataclasses import dataclass, field

from . import configuration, judgement, latency, report, traceback
from .correspondence import Correspondence
from .forge import KINDS
from .lab import Lab
from .processes import LabError

UNSIGNED = 5
FORGED_EACH = 2  # of every kind
RATE = 50        # calls a second
REASON_COUNTER = "verify_"  # the verifier's counters of verdicts are named so, then the reason


@dataclass
class Outcome:
    judgement: judgement.Judgement
    latencies: dict
    letters: list = field(default_factory=list)
    tracebacks: list = field(default_factory=list)
    reasons: dict = field(default_factory=dict)  # the verifier's counts, by reason
    table: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    files: list = field(default_factory=list)


def reasons_of(counters):
    """{reason: count} out of the verifier's counters, without what did not happen."""
    return {name.removeprefix(REASON_COUNTER): count for name, count in counters.items()
            if name.startswith(REASON_COUNTER) and count}


def _forge_all(lab, callee, say):
    with lab.forger() as forger:
        forged = [forger.make(kind) for kind in KINDS for _ in range(FORGED_EACH)]
        say(f"forgeries: {len(forged)} INVITEs put on the link between the appliances")
        for each in forged:
            forger.inject(each)
        ended = forger.end_calls({each.call_id for each in forged})
    return judgement.judge_forged(forged, ended, callee)


def _problems_of_reasons(forged, reasons):
    """Every kind of forgery must have been refused for its own reason."""
    found = []
    for kind in {call.forged.kind for call in forged}:
        wanted = sum(call.forged.kind.reasons == kind.reasons for call in forged)
        counted = sum(reasons.get(reason, 0) for reason in kind.reasons)
        if counted < wanted:
            found.append(f"the verifier has counted {counted} of {wanted} refusals as {' or '.join(kind.reasons)}")
    return sorted(found)


def _trace_back(lab, callee, judged, since):
    """What `stirline calls` says of one signed call and of one forged one."""
    invites = callee.invites().values()
    signed = next(message for message in invites if message.tokens and message.verstats
                  and set(message.verstats) == {judgement.PASSED})
    forged = next(call.forged for call in judged.forged if call.forged.kind.name == "flipped-bit")
    return [traceback.of_signed_call(lab.signer, lab.verifier, signed, since),
            traceback.of_forged_call(lab.signer, lab.verifier, forged, since)]


def play(build, out, calls_each=50, say=lambda text: None, count=lambda done, planned: None):
    """The whole scenario. `calls_each`: calls of each attestation. `count` is told how many calls are answered."""
    since = int(time.time())
    with Lab(build, out, say) as lab:
        callee = lab.callee()
        say(f"calls: {calls_each} of each attestation, {UNSIGNED} unsigned, {RATE} a second")
        caller = lab.place_calls(calls_each, UNSIGNED, rate=RATE)
        caller.finish(count)
        judged = judgement.Judgement(judgement.judge_calls(caller, callee))
        judged.forged = _forge_all(lab, callee, say)
        say("a message, and calls that were diverted")
        with Correspondence(lab.topology) as correspondence:
            letters = list(correspondence.letters())
            # Last of all: nobody signs by that certificate any more.
            configuration.write_verifier_file(lab.verifier, lab.pki, crls=[lab.pki.revoke(lab.pki.ranges)])
            status, document = lab.verifier.reload()
            if status != 0:
                raise LabError(f"the verifier does not take the revocation list: {document}")
            letters.append(correspondence.after_revocation())

        say("records: two tracebacks")
        tracebacks = _trace_back(lab, callee, judged, since)
        logged = traceback.personal_data_in_logs(lab.logs)
        reasons = reasons_of(lab.verifier.counters())
        say("captures: reading")
        lab.capture.stop()
        first, second, third = (lab.capture.datagrams(link) for link in lab.capture.files)
        signed = {call_id for call_id, message in callee.invites().items()
                  if message.tokens and message.verstats and set(message.verstats) == {judgement.PASSED}}
        outcome = Outcome(judged, {
            "signer": latency.between(first, second, signed),
            "verifier": latency.between(second, third, signed),
        }, letters, tracebacks, reasons, files=list(lab.capture.files.values()))
    outcome.problems = (judged.problems() + _problems_of_reasons(judged.forged, reasons) +
                        [f"{letter.text}: tokens {letter.types}, verstat {letter.verstat or 'none'}"
                         for letter in letters if not letter.good] + logged +
                        [f"{each.text}: {problem}" for each in tracebacks for problem in each.problems])
    outcome.table = report.table(outcome)
    return outcome
