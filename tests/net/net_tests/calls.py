"""Calls through both appliances: the lab's scenario, control killed, reload under traffic."""

from collections import Counter

from stirline_lab import configuration, judgement, scenario
from stirline_lab.lab import Lab
from stirline_lab.processes import wait_until


def require(problems):
    assert not problems, f"{len(problems)} problems: " + "; ".join(problems[:5])


def test_lab_scenario(build, out):
    """STIR-SH-03, STIR-VS-15, INL-MTU-01 a, STIR-RG-03, STIR-PR-04: signed, verified, forged ones refused, all fragmented
    on the way; `stirline calls` answers for a signed and for a refused one, and no log holds a number or a token."""
    outcome = scenario.play(build, out, calls_each=50)
    require(outcome.problems)
    signed = Counter(call.attest for call in outcome.judgement.calls)
    assert signed == {"A": 50, "B": 50, "C": 50, "": scenario.UNSIGNED}, f"signed {dict(signed)}"
    assert [len(each.problems) for each in outcome.tracebacks] == [0, 0], f"tracebacks: {outcome.tracebacks}"
    for name, latency in outcome.latencies.items():
        assert latency and latency.calls >= 150, f"too few INVITEs seen on both sides of the {name}: {latency}"
    for file in outcome.files:
        assert file.stat().st_size > 100_000, f"{file} is too small"


def test_certificates_are_fetched(build, out):
    """STIR-CF-03, STIR-CF-05, STIR-CF-07: one fetch of each chain from the signer's repository, calls wait for it."""
    with Lab(build, out, capture=False) as lab:
        assert lab.verifier.certificates() == [], "something was there before the first call"
        caller = lab.place_calls(20, rate=50)
        assert caller.finish(), "SIPp counts failed calls"
        require(judgement.Judgement(judgement.judge_calls(caller, lab.callee())).problems())
        chains = {chain["x5u"]: chain for chain in lab.verifier.certificates()}
        assert set(chains) == {lab.pki.ranges.x5u, lab.pki.provider.x5u}, f"kept: {sorted(chains)}"
        assert all(chain["standing"] == "verified" for chain in chains.values()), f"standing: {chains}"
        counters = lab.verifier.counters()
        assert counters["waited"] >= 2, f"{counters['waited']} calls have waited"
        assert counters["wait_expired"] == 0, f"{counters['wait_expired']} calls have waited in vain"
        served = lab.signer.status()["control"]["repository"]
        assert served["served"] == len(chains), f"the signer has served {served}"

        # Forgotten, they are fetched again; calls lose nothing by it.
        lab.verifier.forget_certificates()
        again = lab.place_calls(5, rate=50)
        assert again.finish(), "SIPp counts failed calls"
        require(judgement.Judgement(judgement.judge_calls(again, lab.callee())).problems())
        assert len(lab.verifier.certificates()) == len(chains), "they were not fetched again"


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
