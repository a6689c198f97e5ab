"""Rules that a called user uploads with curl decide about his calls (SPIT-FW-01, SPIT-PL-07, SPIT-XC)."""

import random
import time
from pathlib import Path

from stirline_lab import configuration, judgement, sip
from stirline_lab.ends import Ends, request, session
from stirline_lab.lab import Lab
from stirline_lab.numbers import FIRST
from stirline_lab.processes import wait_until
from stirline_lab.rule_keeper import DOCUMENT, ELEMENT, RuleKeeper
from stirline_lab.rule_storm import RuleStorm
from stirline_lab.topology import SECOND_CALLEE

CALLED = 442079469500
USER = f"tel:+{CALLED}"
FRIEND = FIRST["A"] + 900
STRANGER = FIRST["unsigned"] + 1
RULES = f"""<ruleset xmlns="urn:ietf:params:xml:ns:common-policy" xmlns:sp="urn:ietf:params:xml:ns:spit-policy">
<rule id="friend"><conditions><identity><one id="tel:+{FRIEND}"/></identity></conditions>
<actions><sp:handling>allow</sp:handling></actions></rule>
<rule id="others"><actions><sp:response code="607"/></actions></rule></ruleset>"""
VOICEBOX = ('<rule id="others"><actions><sp:forward-to xmlns:sp="urn:ietf:params:xml:ns:spit-policy">'
            "sip:voicebox@192.0.2.2</sp:forward-to></actions></rule>")


STORM = [442079480000 + index for index in range(10_000)]  # called users; nobody else calls them


def _invite(name, caller, called=CALLED):
    return request("INVITE", name, called, body=session(), content_type="application/sdp", caller=caller)


def _serve_documents(lab):
    configuration.write_verifier_file(lab.verifier, lab.pki, xcap=True)
    lab.verifier.control.stop()
    (Path(lab.verifier.folder) / "xcap.users").touch(mode=0o600)
    lab.verifier.start_control()
    lab.verifier.wait_ready()


def test_rules_over_xcap(build, out):
    """A user uploads rules, changes one and deletes all: each counts for the next call, and the records say which rule it
    was."""
    with Lab(build, out, capture=False) as lab, Ends(lab.topology) as ends:
        since = int(time.time())
        _serve_documents(lab)
        user = RuleKeeper(lab, USER)
        rules = out / "rules.xml"
        rules.write_text(RULES, encoding="utf-8")

        ends.send(_invite("before", STRANGER))
        assert ends.arrived(20), "nothing crosses"
        user.change(201, "--upload-file", rules, "--header", f"Content-Type: {DOCUMENT}")
        ends.send(_invite("friend", FRIEND))
        friend = sip.parse(ends.arrived(20))
        assert friend.tokens and set(friend.verstats) == {"TN-Validation-Passed"}, "the friend is not known"
        ends.send(_invite("stranger", STRANGER))
        answer = ends.answered()
        assert answer.startswith(b"SIP/2.0 607 Unwanted\r\n"), f"not refused: {answer!r}"

        user.change(200, "--request", "PUT", "--header", f"Content-Type: {ELEMENT}", "--data", VOICEBOX,
                    node="/~~/ruleset/rule%5b@id=%22others%22%5d")
        ends.send(_invite("to-the-voicebox", STRANGER))
        moved = ends.arrived(20)
        assert moved.startswith(b"INVITE sip:voicebox@192.0.2.2 SIP/2.0\r\n"), f"not sent elsewhere: {moved!r}"

        user.change(200, "--request", "DELETE")
        ends.send(_invite("after", STRANGER))
        passed = ends.arrived(20)
        assert passed.startswith(b"INVITE sip:+"), f"not as before: {passed!r}"

        def recorded():
            records = lab.verifier.calls(str(CALLED), since)
            return {record["call_id"].split("@")[0]: record.get("rule", "") for record in records}
        wait_until(lambda: len(recorded()) >= 5, 20, "all calls are in the records")
        by_rule = sorted(recorded().values())
        assert by_rule == ["", "", "user:friend", "user:others", "user:others"], f"records name {by_rule}"


def _seconds_until(ends, name, wanted):
    """Places calls to CALLED until one is refused (True) or passes (False), as `wanted`; how long that took."""
    started = time.monotonic()
    for attempt in range(10_000):
        ends.send(_invite(f"{name}-{attempt}", STRANGER))
        end, _ = ends.next(10)
        assert end, f"{name}: a call was neither answered nor passed on"
        if (end != SECOND_CALLEE) == wanted:
            return time.monotonic() - started
        assert time.monotonic() - started < 20, f"{name}: a change of rules has no effect after 20 s"
        time.sleep(0.005)
    raise AssertionError(f"{name}: a change of rules has no effect")


def test_rules_in_a_storm(build, out):
    """Ten thousand users upload rules while calls are signed, verified and answered: none is lost, and what another user
    changes meanwhile counts soon (SPIT-PL-07)."""
    with Lab(build, out, capture=False) as lab, Ends(lab.topology) as ends:
        _serve_documents(lab)
        rules = out / "rules.xml"
        rules.write_text(RULES, encoding="utf-8")
        storm = RuleStorm(lab, [f"tel:+{number}" for number in STORM], rules, out / "storm")
        user = RuleKeeper(lab, USER)
        callers, delays = [], []
        with storm:
            while storm.running():
                if not callers or not callers[-1].process.running():
                    callers.append(lab.place_calls(100, rate=40))
                number = len(delays)
                reply = user.ask(user.document, "--upload-file", rules, "--header", f"Content-Type: {DOCUMENT}")
                assert reply.status == 201, f"the upload was answered {reply.status}: {reply.body}"
                delays.append(_seconds_until(ends, f"refused-{number}", True))
                reply = user.ask(user.document, "--request", "DELETE")
                assert reply.status == 200, f"the deletion was answered {reply.status}: {reply.body}"
                delays.append(_seconds_until(ends, f"passed-{number}", False))
            assert storm.statuses() == {"201": len(STORM)}, f"uploads were answered {storm.statuses()}"
            assert storm.process.exit_status == 0, f"curl: {storm.process.last_words()}"
        wait_until(lambda: lab.verifier.status()["dataplane"]["rules"]["users"] == len(STORM), 20,
                   "the data plane has the rules of all users")
        for called in random.Random(10).sample(STORM, 100):
            ends.send(_invite(f"stranger-of-{called}", STRANGER, called))
            answer = ends.answered()
            assert answer.startswith(b"SIP/2.0 607 Unwanted\r\n"), f"{called}: not refused: {answer!r}"
        for caller in callers:
            assert caller.finish(), "SIPp counts failed calls"
            problems = judgement.Judgement(judgement.judge_calls(caller, lab.callee())).problems()
            assert not problems, f"{len(problems)} problems: {problems[:5]}"
        delays.sort()
        print(f"  {len(STORM)} users beside {sum(len(caller.planned) for caller in callers)} calls, {len(delays)} other "
              f"changes: in effect after {delays[len(delays) // 2] * 1000:.0f} ms (median), {delays[-1] * 1000:.0f} ms "
              "(slowest)")
