"""Transactions across both appliances: copies, CANCEL, answers of our own, decisions that a reload must not change."""

import random
import time
from pathlib import Path

from stirline_lab import configuration, sip
from stirline_lab.ends import Ends, request, session
from stirline_lab.lab import Lab
from stirline_lab.numbers import FIRST
from stirline_lab.processes import Process, wait_until
from stirline_lab.sipp import SCENARIOS, MessageLog
from stirline_lab.topology import ENDS

COPIES = 7          # of an INVITE: what RFC 3261 17.1.1.2 sends before it gives up
CANCELLED = 1_000   # calls
CALLED = 442079469500
# What [trunk.answer] has, and what goes back.
ANSWERS = (("302", "302 Moved Temporarily", "Contact: <sip:why@announcements.example.net>\r\n"),
           ("403", "403 Forbidden", ""), ("428", "428 Use Identity Header", ""),
           ("480", "480 Temporarily Unavailable", ""), ("486", "486 Busy Here", ""), ("603", "603 Decline", ""),
           ("603+", "603 Network Blocked", 'Reason: SIP;cause=603;text="v=analytics1"\r\n'),
           ("607", "607 Unwanted", ""), ("608", "603 Decline", ""))


def _invite(name, caller):
    return request("INVITE", name, CALLED, body=session(), content_type="application/sdp", caller=caller)


def _following(invite, method, to_tag=""):
    """CANCEL or ACK of `invite`, on the same branch."""
    kept = [line for line in invite.split("\r\n\r\n")[0].split("\r\n")
            if not line.startswith(("Contact", "Content", "CSeq"))]
    kept[0] = kept[0].replace("INVITE", method, 1)
    kept = [line + (f";tag={to_tag}" if to_tag and line.startswith("To:") else "") for line in kept]
    return "\r\n".join([*kept, f"CSeq: 1 {method}", "Content-Length: 0", "", ""])


def _set_answers(lab, **answer):
    configuration.write_verifier_file(lab.verifier, lab.pki, answer=answer)
    status, document = lab.verifier.reload()
    assert status == 0 and document["in_use"], f"not taken: {document}"


def test_copies_are_identical(build, out):
    """INL-TX-02: an INVITE and seven copies of it reach the callee octet for octet the same, with reloads of both
    appliances and another attestation between them."""
    with Lab(build, out, capture=False) as lab, Ends(lab.topology) as ends:
        invite = _invite("copies", FIRST["A"] + 900)
        ends.send(invite)
        first = ends.arrived(20)
        assert b"\r\nIdentity: " in first and b"TN-Validation-Passed" in first, f"not signed and verified: {first!r}"
        for copy in range(COPIES):
            if copy == 2:
                configuration.write_signer_file(lab.signer, lab.pki, attest={"A": "C"})
                assert lab.signer.reload()[0] == 0, "the signer does not reload"
            if copy == 4:
                assert lab.verifier.reload()[0] == 0, "the verifier does not reload"
            if copy == 5:
                time.sleep(1.1)  # another second: a new token would say so
            ends.send(invite)
            assert ends.arrived() == first, f"copy {copy + 1} is another message"
        assert lab.signer.counters()["signed_again"] == COPIES
        # A fork of it, on a branch of its own, is another request: it gets a token of its own.
        ends.send(invite.replace("branch=z9hG4bK", "branch=z9hG4bKfork"))
        fork = sip.parse(ends.arrived())
        assert [token["attest"] for token in fork.tokens] == ["C"], "a fork is decided on by what holds now"
        assert set(fork.verstats) == {"TN-Validation-Passed"}


def test_cancel_behind_its_invite(build, out):
    """INL-UDP-04: CANCEL 0 to 5 ms behind its INVITE, a thousand times: never ahead, never lost."""
    with Lab(build, out, capture=False) as lab, Ends(lab.topology) as ends:
        ends.send(_invite("warm-up", FIRST["A"] + 900))
        assert ends.arrived(20), "nothing crosses"
        seen = {}  # Call-ID: methods in order of arrival
        chance = random.Random(6)

        def take(seconds):
            while octets := ends.arrived(seconds):
                message = sip.parse(octets)
                seen.setdefault(message.call_id, []).append(message.method)
                seconds = 0.0005

        names = [f"cancelled-{number}" for number in range(CANCELLED)]
        for number, name in enumerate(names):
            invite = _invite(name, FIRST["A"] + 600 + number % 300)
            ends.send(invite)
            time.sleep(chance.uniform(0, 0.005))
            ends.send(_following(invite, "CANCEL"))
            take(0.0005)
        wait_until(lambda: take(0.2) or sum(map(len, seen.values())) >= 2 * CANCELLED, 20, "all of them cross")
        wrong = {call_id: methods for call_id, methods in seen.items() if methods != ["INVITE", "CANCEL"]}
        assert not wrong, f"{len(wrong)} of {CANCELLED} in another order or number: {list(wrong.items())[:3]}"


def test_a_decision_is_taken_once(build, out):
    """INL-TX-09: policy is flipped between copies; what was answered stays answered, what went on goes on."""
    with Lab(build, out, capture=False) as lab, Ends(lab.topology) as ends:
        refused, passed = _invite("refused", FIRST["unsigned"] + 1), _invite("passed", FIRST["unsigned"] + 2)
        ends.send(passed)
        first = ends.arrived(20)
        assert first.startswith(b"INVITE "), f"not forwarded: {first!r}"
        _set_answers(lab, no_identity="603")
        ends.send(refused)
        answer = ends.answered()
        assert answer.startswith(b"SIP/2.0 603 Decline\r\n"), f"not refused: {answer!r}"
        ends.send(passed)
        assert ends.arrived() == first, "what went on was not forwarded again"
        _set_answers(lab)
        for _ in range(COPIES):  # as if every ACK were lost
            ends.send(refused)
            assert ends.answered() == answer, "a copy of what was refused got another answer"
        tag = sip.parse(answer).first("to").rsplit(";tag=", 1)[1]
        ends.send(_following(refused, "ACK", to_tag=tag))
        ends.send(_following(refused, "CANCEL"))
        done = sip.parse(ends.answered())
        assert done.status == 200 and done.first("cseq") == "1 CANCEL", f"CANCEL was answered {done.start_line}"
        ends.send(_invite("fresh", FIRST["unsigned"] + 3))
        arrived = sip.parse(ends.arrived())
        assert arrived.call_id.startswith("fresh@"), f"{arrived.start_line} of {arrived.call_id} crossed"
        assert lab.verifier.counters()["dropped_acks"] == 1, "the ACK of our answer was not absorbed"


def _expected(sent, received_from, phrase, lines, answer):
    """What RFC 3261 8.2.6 makes of the INVITE that SIPp says it has sent, but for the tag in To."""
    top, *others = sent.all("via")
    top = top.replace(";rport", "") + f";received={received_from[0]};rport={received_from[1]}"
    tag = answer.first("to").rsplit(";tag=", 1)[1]
    assert len(tag) == 10, f"tag {tag}"
    vias = "".join(f"Via: {via}\r\n" for via in (top, *others))
    return (f"SIP/2.0 {phrase}\r\n{vias}From: {sent.first('from')}\r\nTo: {sent.first('to')};tag={tag}\r\n"
            f"Call-ID: {sent.call_id}\r\nCSeq: {sent.first('cseq')}\r\n{lines}Content-Length: 0\r\n\r\n")


def _refuse(lab, number, status):
    """A SIPp caller whose three calls are all refused so; [(INVITE as sent, answer as received)]."""
    folder = Path(lab.logs)
    name = f"refused-{number}"
    log, scenario, rows = (folder / f"{name}{suffix}" for suffix in ("-messages.log", ".xml", ".csv"))
    scenario.write_text((SCENARIOS / "refused.xml").read_text().replace("STATUS", status), encoding="ascii")
    rows.write_text("SEQUENTIAL\n" + "".join(f"+{FIRST['unsigned'] + index};+{CALLED};\n" for index in range(3)))
    address = ENDS["caller"][1]
    caller = Process("SIPp refused caller",
                     ["sipp", f"{ENDS['callee'][1]}:5060", "-sf", scenario, "-inf", rows, "-i", address, "-p", 5073,
                      "-m", 3, "-r", 20, "-timeout", "30s", "-timeout_error", "-nostdin", "-trace_msg",
                      "-message_file", log], folder / f"{name}.out", namespace=lab.topology.names["caller"], cwd=folder)
    assert caller.wait(40) == 0, f"{status}: SIPp counts failed calls: {caller.last_words()}"
    entries = MessageLog(log).entries()
    invites = {message.call_id: message for sent, message in entries if sent and message.method == "INVITE"}
    return [(invites[message.call_id], message) for sent, message in entries if not sent]


def test_local_answers(build, out):
    """INL-TX-04, STIR-BL-05, STIR-BL-06: every answer of our own against a SIPp caller, field by field as the RFC has it;
    it acknowledges them, and the callee never hears of it."""
    with Lab(build, out, capture=False) as lab:
        callee = lab.callee()
        for number, (word, phrase, lines) in enumerate(ANSWERS):
            _set_answers(lab, no_identity=word, redirect_to="sip:why@announcements.example.net",
                         block_text="v=analytics1")
            pairs = _refuse(lab, number, phrase[:3])
            assert len(pairs) == 3, f"{phrase}: {len(pairs)} answers to three calls"
            for sent, answer in pairs:
                expected = sip.parse(_expected(sent, (ENDS["caller"][1], 5073), phrase, lines, answer))
                assert (answer.start_line, answer.headers) == (expected.start_line, expected.headers), \
                    f"{phrase}: {answer} instead of {expected}"
        counters = lab.verifier.counters()
        assert counters["dropped_acks"] == 3 * len(ANSWERS), f"{counters['dropped_acks']} ACKs absorbed"
        assert not callee.invites(), "a refused call has reached the callee"
