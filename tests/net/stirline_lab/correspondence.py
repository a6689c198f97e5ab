"""Single requests through both appliances, beside the calls: a message, and calls that were diverted on their way.

Caller and callee are two plain sockets here. A request is sent again until it arrives: it may have to wait for a
certificate, and UDP promises nothing.
"""

import re
import time
from dataclasses import dataclass

from . import sip
from .ends import Ends, request, session
from .judgement import FAILED, NONE, PASSED
from .numbers import CALLED, FIRST
from .processes import LabError
from .topology import SECOND_CALLEE

OURS, THEIRS, TARGET = FIRST["B"] + 900, CALLED + 9_001, CALLED + 9_002


@dataclass(frozen=True)
class Letter:
    """What was asked for and what came: types of tokens in the order of header fields, and the verifier's mark."""
    text: str
    types: tuple
    verstat: str
    wanted_types: tuple
    wanted_verstat: str

    @property
    def good(self):
        return sorted(self.types) == sorted(self.wanted_types) and self.verstat == self.wanted_verstat


def _types(message):
    found = [re.search(r';ppt="?([\w-]+)', value) for value in message.all("identity")]
    return tuple(match.group(1) if match else "baseline" for match in found)


class Correspondence:
    """From `with` to its end."""

    def __init__(self, topology):
        self._ends = Ends(topology)

    def __enter__(self):
        self._ends.__enter__()
        return self

    def __exit__(self, *unused):
        self._ends.__exit__()

    def carry(self, text, seconds=20):
        """The request as it arrives: octets."""
        call_id = sip.parse(text.encode()).call_id
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._ends.send(text)
            again = time.monotonic() + 3
            while octets := self._ends.arrived(again - time.monotonic()):
                message = sip.parse(octets)
                if message is not None and message.call_id == call_id:
                    return octets
        raise LabError(f"{call_id} did not arrive in {seconds} s")

    def _letter(self, text, request, wanted_types, wanted_verstat):
        message = sip.parse(self.carry(request))
        verstat = message.verstats[0] if message.verstats else ""
        return Letter(text, _types(message), verstat, wanted_types, wanted_verstat)

    def _diverted(self, name, first_called):
        """A call to `first_called`, signed on its way there, that now goes to TARGET."""
        arrived = sip.parse(self.carry(request("INVITE", f"{name}-first", first_called, body=session(),
                                                content_type="application/sdp")))
        carried = "".join(f"Identity: {value}\r\n" for value in arrived.all("identity"))
        date = f"Date: {arrived.first('date')}\r\n"
        diversion = f"Diversion: <sip:+{first_called}@{SECOND_CALLEE};user=phone>;reason=unconditional\r\n"
        return request("INVITE", name, TARGET, extra=carried + date + diversion, body=session(),
                        content_type="application/sdp")

    def call(self, text, name, wanted_verstat):
        """A call from CALLER, by the certificate `ranges`."""
        return self._letter(text, request("INVITE", name, TARGET, body=session(), content_type="application/sdp"),
                            ("shaken",), wanted_verstat)

    def after_revocation(self):
        return self.call("its certificate revoked meanwhile, refused", "revoked", FAILED)

    def letters(self):
        yield self._letter("message, signed and verified", request("MESSAGE", "message", TARGET, body="Hello \u00e4"),
                           ("msg",), PASSED)
        yield self._letter("diverted from a number of ours: whole chain", self._diverted("diverted", OURS),
                           ("shaken", "div"), PASSED)
        yield self._letter("diverted from another: broken chain", self._diverted("broken", THEIRS), ("shaken",), NONE)
