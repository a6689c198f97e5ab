"""Added latency of each appliance, from the captures: when an INVITE was whole on one link and on the next."""

import math
from dataclasses import dataclass

from . import sip
from .topology import ENDS


@dataclass(frozen=True)
class Latency:
    calls: int
    p50_us: float
    p99_us: float
    worst_us: float


def _first_seen(datagrams):
    """{Call-ID: time} of the INVITEs from caller to callee."""
    callers = ENDS["caller"][1:]
    seen = {}
    for datagram in datagrams:
        if datagram.source[0] in callers and datagram.payload.startswith(b"INVITE "):
            message = sip.parse(datagram.payload)
            if message and message.call_id:
                seen.setdefault(message.call_id, datagram.time_ns)
    return seen


def percentile(values, share):
    """The smallest of the sorted `values` that `share` of them do not exceed."""
    return values[max(0, math.ceil(len(values) * share) - 1)]


def between(before, after, wanted=None):
    """Latency from one capture's datagrams to the next's; None if no INVITE is in both."""
    left, right = _first_seen(before), _first_seen(after)
    both = sorted((right[call_id] - left[call_id]) / 1_000 for call_id in left.keys() & right.keys()
                  if wanted is None or call_id in wanted)
    if not both:
        return None
    return Latency(len(both), percentile(both, 0.50), percentile(both, 0.99), both[-1])
