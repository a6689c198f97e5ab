"""A caller's part of a puzzle (SPIT-HC-02): all values of the low bits are tried."""

import base64
import hashlib
import re

BITS = 160


def _parameters(value):
    return dict(re.findall(r'(\w+)="?([^";]+)"?', value))


def solve(value):
    """What to send for the Puzzle header field of a 419."""
    given = _parameters(value)
    image = base64.b64decode(given["image"])
    first = int.from_bytes(base64.b64decode(given["pre"]), "big")
    for attempt in range(1 << int(given["work"])):
        found = (first | attempt).to_bytes(BITS // 8, "big")
        if hashlib.sha1(found).digest() == image:
            return _written(found, given["image"])
    raise ValueError("this puzzle has no solution")


def guess(value):
    """The same of somebody who does not work."""
    given = _parameters(value)
    first = base64.b64decode(given["pre"])
    return _written(bytes([first[0] ^ 1]) + first[1:], given["image"])


def _written(found, image):
    return f'work=0;pre="{base64.b64encode(found).decode()}";image="{image}";value={BITS}'
