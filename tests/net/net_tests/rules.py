"""Rules that a called user uploads with curl decide about his calls (SPIT-FW-01, SPIT-PL-07, SPIT-XC)."""

import time
from pathlib import Path

from stirline_lab import configuration, sip
from stirline_lab.ends import Ends, request, session
from stirline_lab.lab import Lab
from stirline_lab.numbers import FIRST
from stirline_lab.processes import wait_until
from stirline_lab.rule_keeper import DOCUMENT, ELEMENT, RuleKeeper

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


def _invite(name, caller):
    return request("INVITE", name, CALLED, body=session(), content_type="application/sdp", caller=caller)


def test_rules_over_xcap(build, out):
    """A user uploads rules, changes one and deletes all: each counts for the next call, and the records say which rule it
    was."""
    with Lab(build, out, capture=False) as lab, Ends(lab.topology) as ends:
        since = int(time.time())
        configuration.write_verifier_file(lab.verifier, lab.pki, xcap=True)
        lab.verifier.control.stop()
        user_file = Path(lab.verifier.folder) / "xcap.users"
        user_file.touch(mode=0o600)
        lab.verifier.start_control()
        lab.verifier.wait_ready()
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
