"""stirline trace and stirline capture beside calls through both appliances."""

import json

from stirline_lab import judgement
from stirline_lab.lab import Lab
from stirline_lab.processes import run, wait_until


def _watched(appliance):
    return (appliance.status() or {})["control"]["watching"]["watching"]


def _by_message(trace):
    """{(message): [events]} of the INVITEs in what a trace has printed, in their order."""
    messages = {}
    for line in trace.log.read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        messages.setdefault(event["message"], []).append(event)
    return {name: events for name, events in messages.items()
            if events[0].get("method") == "INVITE" and "status" not in events[0]}


def _stages(events):
    return [" ".join(filter(None, (event["event"], event.get("decision"), event.get("reason")))) for event in events]


def test_calls_are_watched(build, out):
    """One trunk traced at the signer and captured at the verifier: every INVITE with its stages, times and reason, and a
    file that tcpdump reads, with each INVITE before and after; no call is lost by it, and nothing is dropped."""
    with Lab(build, out, capture=False) as lab:
        warm = lab.place_calls(2, rate=50)
        assert warm.finish(), "SIPp counts failed calls"  # the verifier has the chains now

        file = lab.logs / "verifier.pcapng"
        trace = lab.signer.operate("trace", "--trunk", "to-callee", "--json")
        capture = lab.verifier.operate("capture", "--trunk", "from-caller", "--out", file)
        wait_until(lambda: _watched(lab.signer) and _watched(lab.verifier), 10, "both are watched")
        caller = lab.place_calls(5, rate=50)
        assert caller.finish(), "SIPp counts failed calls"
        problems = judgement.Judgement(judgement.judge_calls(caller, lab.callee())).problems()
        assert not problems, problems[:3]

        signed = ["arrived", "parked crypto_core", "resumed"]
        wait_until(lambda: sum(events[-1]["event"] == "sent" for events in _by_message(trace).values()) >= 15, 10,
                   "the trace has every INVITE")
        invites = _by_message(trace)
        assert len(invites) == 15, f"{len(invites)} INVITEs"
        for events in invites.values():
            stages = _stages(events)
            assert stages[:3] == signed and stages[3].startswith("decided signed ") and stages[4:] == ["sent edited"], stages
            times = [event["since_arrival_ns"] for event in events]
            assert times[0] == 0 and times == sorted(times), times
            assert events[0]["call_id"] and events[0]["flow"] == "to_peer", events[0]

        wait_until(lambda: lab.verifier.counters()["watched"] > 0, 10, "the verifier has told of something")
        for process in (trace, capture):
            assert process.stop(number=2), f"{process.name} did not end by Ctrl-C"
            assert process.exit_status == 0, process.last_words()
        wait_until(lambda: not _watched(lab.signer) and not _watched(lab.verifier), 10, "the watches are over")
        for appliance in (lab.signer, lab.verifier):
            counters = appliance.counters()
            assert counters["watch_dropped"] == 0, counters["watch_dropped"]

        # By the called number, however it is written: of three calls the messages of one.
        one = lab.verifier.operate("trace", "--number", "+44 20 7946-0001", "--count", "6", "--json")
        wait_until(lambda: _watched(lab.verifier), 10, "a number is watched")
        again = lab.place_calls(1, rate=50)
        assert again.finish(), "SIPp counts failed calls"
        assert one.wait(20) == 0, one.last_words()
        arrived = [event for event in map(json.loads, one.log.read_text(encoding="utf-8").splitlines())
                   if event["event"] == "arrived"]
        assert len({event["call_id"] for event in arrived}) == 1, arrived
        assert [(event["method"], event.get("status")) for event in arrived] == [
            ("INVITE", None), ("INVITE", 180), ("INVITE", 200), ("ACK", None), ("BYE", None), ("BYE", 200)], arrived

        text = run(["tcpdump", "-nnA", "-r", file]).stdout
        assert text.count("TN-Validation-Passed") >= 15, "too few INVITEs after editing"
        assert text.count("Identity: ") >= 30 or text.count("ppt=shaken") >= 15, "too few INVITEs before editing"
        octets = file.read_bytes()
        assert b", judged verified" in octets, "no frame says what was decided"
