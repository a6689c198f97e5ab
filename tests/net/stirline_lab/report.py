"""The lab's table."""

from collections import Counter

from .judgement import PASSED


def _rows_of_calls(judgement):
    calls = judgement.calls
    signed = Counter(call.attest or "unsigned" for call in calls if call.arrived)
    yield "calls placed", sum(call.placed for call in calls), f"of {len(calls)} planned"
    yield "answered", sum(call.answered for call in calls), ""
    yield "ended", sum(call.ended for call in calls), "BYE answered"
    for attest in "ABC":
        planned = sum(call.kind == attest for call in calls)
        yield f"signed, attestation {attest}", signed[attest], f"of {planned} entitled to it"
    yield "signed and verified", sum(call.verified for call in calls if call.attest), f"verstat {PASSED}"
    for verstat, count in sorted(Counter(call.verstats[0] for call in calls
                                         if call.attest and call.verstats and not call.verified).items()):
        yield "signed and refused", count, f"verstat {verstat}"
    yield "unsigned", signed["unsigned"], _verstats_of(call for call in calls if call.arrived and not call.attest)


def _verstats_of(calls):
    counted = Counter(call.verstats[0] if call.verstats else "no verstat" for call in calls)
    return ", ".join(f"{name} {count}" for name, count in sorted(counted.items()))


def _rows_of_forged(judgement, reasons):
    forged = judgement.forged
    if not forged:
        return
    yield "forged, injected", len(forged), "between the two appliances"
    yield "forged, refused", sum(call.refused for call in forged), _verstats_of(forged)
    by_kind = {}
    for call in forged:
        by_kind.setdefault(call.forged.kind, []).append(call)
    for kind, calls in by_kind.items():
        yield f"  {kind.text}", f"{sum(call.refused for call in calls)}/{len(calls)}", " or ".join(kind.reasons)
    for reason, count in sorted(reasons.items()):
        yield f"  the verifier counts {reason}", count, ""


def _rows_of_latency(name, latency):
    if latency is None:
        yield f"added latency, {name}", "-", "no INVITE in both captures"
        return
    yield f"added latency, {name}, p50", f"{latency.p50_us:.0f} us", f"of {latency.calls} INVITEs with a token"
    yield f"added latency, {name}, p99", f"{latency.p99_us:.0f} us", f"worst {latency.worst_us:.0f} us"


def _rows_of_letters(letters):
    for letter in letters:
        yield letter.text, "1/1" if letter.good else "0/1", f"{' + '.join(letter.types)}, {letter.verstat or 'no verstat'}"


def _rows_of_tracebacks(tracebacks):
    for each in tracebacks:
        yield each.text, "0/1" if each.problems else "1/1", each.note


def table(outcome):
    """Lines of text about a scenario.Outcome."""
    rows = [*_rows_of_calls(outcome.judgement), *_rows_of_letters(outcome.letters),
            *_rows_of_forged(outcome.judgement, outcome.reasons), *_rows_of_tracebacks(outcome.tracebacks),
            *(row for name, latency in outcome.latencies.items() for row in _rows_of_latency(name, latency))]
    width = max(len(name) for name, _, _ in rows)
    numbers = max(len(str(number)) for _, number, _ in rows)
    return [f"{name:<{width}}  {number!s:>{numbers}}  {note}".rstrip() for name, number, note in rows]
