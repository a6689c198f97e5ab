"""Calls through both appliances: the lab's scenario, control killed, reload under traffic."""

from collections import Counter

from stirline_lab import configuration, judgement, scenario
from stirline_lab.lab import Lab
from stirline_lab.processes import wait_until


def require(problems):
    assert not problems, f"{len(problems)} problems: " + "; ".join(problems[:5])


def test_lab_scenario(build, out):
    """STIR-SH-03, STIR-VS-15, INL-MTU-01 a: signed, verified, forged ones refused, all fragmented on the way."""
    outcome = scenario.play(build, out, calls_each=50)
    require(outcome.problems)
    signed = Counter(call.attest for call in outcome.judgement.calls)
    assert signed == {"A": 50, "B": 50, "C": 50, "": scenario.UNSIGNED}, f"signed {dict(signed)}"
    for name, latency in outcome.latencies.items():
        assert latency and latency.calls >= 150, f"too few INVITEs seen on both sides of the {name}: {latency}"
    for file in outcome.files:
        assert file.stat().st_size > 100_000, f"{file} is too small"


def test_calls_over_ipv6(build, out):
    """The same over IPv6, where only the appliance may fragment (INL-MTU-03)."""
    with Lab(build, out, capture=False) as lab:
        caller = lab.place_calls(10, 3, rate=20, family=6)
        assert caller.finish(), "SIPp counts failed calls"
        require(judgement.Judgement(judgement.judge_calls(caller, lab.callee(6))).problems())


def test_control_killed(build, out):
    """kill -9 of both stirline-control loses no call; restarted, they find their data planes and can reload."""
    with Lab(build, out, capture=False) as lab:
        caller = lab.place_calls(40, 10, rate=20)
        caller.wait_answered(30)
        before = {}
        for appliance in (lab.signer, lab.verifier):
            before[appliance.role] = appliance.generation()
            appliance.control.kill()
            assert appliance.status() is None, f"{appliance.role}: a killed control answers"
        caller.wait_answered(80)
        assert caller.process.running(), "the calls were over before control came back: nothing was tested"
        for appliance in (lab.signer, lab.verifier):
            appliance.start_control()
            appliance.wait_ready()
            assert appliance.generation() != before[appliance.role], f"{appliance.role}: the old tables are in use"
            status, document = appliance.reload()
            assert status == 0, f"{appliance.role}: reload after the restart: {document}"
            assert document["in_use"], f"{appliance.role}: reloaded tables are not in use: {document}"
        assert caller.finish(), "SIPp counts failed calls"
        require(judgement.Judgement(judgement.judge_calls(caller, lab.callee())).problems())


def test_reload_while_calls_flow(build, out):
    """A reload changes the attestation and no call is lost; a bad file changes nothing and says why."""
    with Lab(build, out, capture=False) as lab:
        callee = lab.callee()
        caller = lab.place_calls(80, kinds="A", rate=20)
        caller.wait_answered(15)
        good = lab.signer.generation()

        configuration.spoil(lab.signer)
        status, document = lab.signer.reload()
        assert status == 1 and document["result"] == "refused", f"a bad file was taken: {document}"
        mistakes = "\n".join(document["errors"])
        for wanted in ("attest", "peers", str(lab.signer.control_file.name)):
            assert wanted in mistakes, f"{wanted} is not in the list of mistakes: {mistakes}"
        assert lab.signer.generation() == good, "a refused reload has changed the tables"

        configuration.write_signer_file(lab.signer, lab.pki, attest={"A": "B"})
        status, document = lab.signer.reload()
        assert status == 0 and document["in_use"], f"the good file was not taken: {document}"
        wait_until(lambda: lab.signer.generation() == document["generation"], 10, "status shows the new generation")
        assert caller.process.running(), "the calls were over before the reload: nothing was tested"
        assert caller.finish(), "SIPp counts failed calls"

        calls = judgement.judge_calls(caller, callee)
        require(judgement.Judgement(calls).problems(expected=lambda kind: "AB"))
        attests = "".join(call.attest for call in calls)
        assert attests.strip("A").strip("B") == "", f"the attestation changed more than once: {attests}"
        assert "AB" in attests, f"the attestation did not change: {attests}"
