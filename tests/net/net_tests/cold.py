"""Certificates that are not there, and lists that are fetched: calls wait or are refused, and no other call notices."""

import itertools
import statistics
import time

from stirline_lab import configuration, judgement, latency
from stirline_lab.configuration import REPOSITORY
from stirline_lab.correspondence import Correspondence
from stirline_lab.flood import Flood
from stirline_lab.lab import Lab
from stirline_lab.processes import wait_until
from stirline_lab.stub_repository import serving

COLD_RATE = 1_000  # new URLs a second
ROUNDS = 3
CALLS = 40         # warm ones in each part of a round
CALL_RATE = 25
MOST_COLD = 6_000  # in one part
ONE_URL_CALLS = 10_000

# What a call that names a dead URL can end as.
COLD_REASONS = ("verify_certificate_unknown", "verify_certificate_unavailable")


def _cold_urls(count, begin):
    """Half are answered with 404 by the signer's repository, half lead to addresses where nobody is."""
    for number in range(begin, begin + count):
        host = f"{REPOSITORY[0]}:{REPOSITORY[1]}" if number % 2 else f"198.18.0.{10 + number % 200}:8443"
        yield f"https://{host}/cold/{number}.pem"


def _difference(after, before):
    return {name: count - before.get(name, 0) for name, count in after.items()}


def _settled(lab):
    """The verifier's counters once no call is held any more."""
    def counters():
        found = lab.verifier.counters()
        decided = sum(count for name, count in found.items() if name.startswith("verify_"))
        return found if decided >= found["to_verify"] else None
    return wait_until(counters, 30, "every call is decided", poll=0.2)


def test_warm_calls_beside_cold_urls(build, out):
    """STIR-CF-04, STIR-CF-05: a thousand new dead URLs a second cost no other call anything, nor control its limits."""
    with Lab(build, out) as lab, Flood(lab.topology) as flood:
        callee = lab.callee()
        warm_up = lab.place_calls(5, rate=CALL_RATE)
        assert warm_up.finish(), "SIPp counts failed calls"
        callers, made = {"alone": [], "beside": []}, 0
        before, generations, begin = lab.verifier.counters(), lab.verifier.generations_used(), time.monotonic()
        cold = 0
        for _ in range(ROUNDS):
            callers["alone"].append(lab.place_calls(CALLS, rate=CALL_RATE))
            assert callers["alone"][-1].finish(), "SIPp counts failed calls"
            wanted = [flood.frame(url) for url in _cold_urls(MOST_COLD, made)]
            made += MOST_COLD
            with flood.beside(wanted, COLD_RATE):
                wait_until(lambda: flood.sent > COLD_RATE // 2, 30, "cold calls are under way")
                callers["beside"].append(lab.place_calls(CALLS, rate=CALL_RATE))
                assert callers["beside"][-1].finish(), "SIPp counts failed calls"
            cold += flood.sent
        counters = _difference(_settled(lab), before)
        fetching, seconds = lab.verifier.fetching(), time.monotonic() - begin
        generations = lab.verifier.generations_used() - generations

        for caller in (caller for part in callers.values() for caller in part):
            problems = judgement.Judgement(judgement.judge_calls(caller, callee)).problems()
            assert not problems, "; ".join(problems[:5])
        decided = sum(counters[name] for name in COLD_REASONS)
        assert decided > COLD_RATE, f"only {decided} of {cold} cold calls have come through"
        assert counters["verify_certificate_unavailable"] > 0, "no dead URL has reached the data plane"
        assert counters["parked_full"] == 0, f"{counters['parked_full']} calls found no place among all"
        assert fetching["kept"] == 2, f"{fetching['kept']} chains are kept"
        assert fetching["most_in_flight"] <= 64, f"{fetching['most_in_flight']} fetches at a time"
        assert fetching["begun"] <= 100 * (seconds + 2), f"{fetching['begun']} fetches in {seconds:.0f} s"
        # One a second because of failures; the rechecks of a minute beside them.
        assert generations <= seconds + 3, f"{generations} generations of tables in {seconds:.0f} s"

        lab.capture.stop()
        second, third = (lab.capture.datagrams(link) for link in list(lab.capture.files)[1:])
        figures = {}
        for part, placed in callers.items():
            found = [latency.between(second, third, set(caller.placed())) for caller in placed]
            assert all(found), "no INVITE was seen on both sides of the verifier"
            figures[part] = [statistics.median(getattr(each, field) for each in found)
                             for field in ("p50_us", "p99_us")]
        ratios = [beside / alone for beside, alone in zip(figures["beside"], figures["alone"])]
        print(f"  warm calls beside {cold} cold ones, verifier's added latency against the undisturbed run: "
              f"p50 {ratios[0]:.2f} (of {figures['alone'][0]:.0f} us), p99 {ratios[1]:.2f} "
              f"(of {figures['alone'][1]:.0f} us); {fetching['begun']} fetches, {generations} generations, "
              f"{counters['waited']} waited, {counters['waiting_full']} found no place to wait, "
              f"{counters['verify_certificate_unavailable']} decided at once", flush=True)


def test_many_calls_make_one_fetch(build, out):
    """STIR-CF-04: ten thousand calls with one cold x5u make one request at its server."""
    x5u = f"https://{REPOSITORY[0]}/slow.pem"
    with Lab(build, out, capture=False, fetch={"total_ms": 10_000}) as lab, Flood(lab.topology) as flood:
        gate = lab.out / "gate"  # opened when all calls have come
        with serving(lab, lab.pki.provider.chain, "application/pem-certificate-chain", gate) as server:
            flood.send([flood.frame(x5u) for _ in range(ONE_URL_CALLS)], ONE_URL_CALLS / 4)
            counters = lab.verifier.counters()
            assert counters["to_verify"] + counters["parked_full"] >= ONE_URL_CALLS // 2, "too few calls have arrived"
            assert counters["waited"] > 0, "no call has waited"
            assert lab.verifier.certificates() == [], "the chain was there before the gate opened"
            gate.touch()
            wait_until(lambda: [chain["standing"] for chain in lab.verifier.certificates()] == ["verified"], 20,
                       "the chain is kept and believed")

            def judged_by_it():
                flood.send([flood.frame(x5u)], 1)
                return lab.verifier.counters()["verify_signature_wrong"] > 0
            wait_until(judged_by_it, 20, "a call is judged by the chain", poll=0.2)
            assert server.requests() == 1, f"the server has seen {server.requests()} requests"
            fetching = lab.verifier.fetching()
            assert fetching["begun"] == 1, f"{fetching['begun']} fetches were begun"


def test_a_fetched_list_revokes(build, out):
    """STIR-CE-09: a certificate on the list that is fetched turns calls to 437 with one refresh."""
    url = f"https://{REPOSITORY[0]}/list.crl"
    with Lab(build, out, capture=False) as lab, Correspondence(lab.topology) as correspondence, \
            serving(lab, lab.pki.revocation_list(), "application/pkix-crl") as server:
        configuration.write_verifier_file(lab.verifier, lab.pki, crl_urls=[url])
        status, document = lab.verifier.reload()
        assert status == 0, f"the verifier does not take the URL of a list: {document}"
        wait_until(lambda: [one["fetched_at"] for one in lab.verifier.lists()] != [None], 20, "the list is fetched")
        letter = correspondence.call("its certificate is on no list", "not-revoked", judgement.PASSED)
        assert letter.good, f"{letter.types} {letter.verstat}"
        lab.pki.revoke(lab.pki.ranges)
        lab.verifier.fetch_certificate(url)
        names = (f"revoked-{number}" for number in itertools.count())  # each call is one of its own
        wait_until(lambda: correspondence.call("revoked", next(names), judgement.FAILED).good, 20, "its calls are refused")
        assert lab.verifier.counters()["verify_certificate_revoked"] >= 1, "no call was refused for that reason"
        assert server.requests() == 2, f"the server has seen {server.requests()} requests"
