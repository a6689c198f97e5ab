"""The numbers that speak in the lab: each kind of call has its block of callers, each call its own number."""

from dataclasses import dataclass

BLOCK = 2_000  # numbers per kind
FIRST = {"A": 12155550000, "B": 12155552000, "C": 12155554000, "unsigned": 12155556000, "forged": 12155550000 + 1_000}
CALLED = 442079460000
MOST_CALLS = 1_000  # of one kind: the upper half of block A belongs to the forger


@dataclass(frozen=True)
class PlannedCall:
    kind: str    # "A", "B", "C": to be signed so; "unsigned"
    caller: str  # canonical digits
    called: str


def plan_calls(signed_each, unsigned, kinds="ABC"):
    """Interleaved, so that every kind is under way all the time."""
    wanted = [(kind, signed_each) for kind in kinds] + [("unsigned", unsigned)]
    calls = []
    for index in range(max(count for _, count in wanted)):
        for kind, count in wanted:
            if index < count:
                calls.append(PlannedCall(kind, str(FIRST[kind] + index), str(CALLED + len(calls) % 10_000)))
    return calls
