"""Many INVITEs whose tokens name certificates that nobody has, put on the link between the two appliances.

Each token is of the right form and says nothing wrong; only its signature is nobody's. So it is the certificate that
each call is about: it is asked for before the signature counts. They enter as the forgeries do and go to an address
where a socket takes them and nobody answers.
"""

import base64
import json
import os
import socket
import threading
import time
import uuid

from .behind_signer import BehindSigner
from .forge import PORT, invite
from .numbers import CALLED, FIRST
from .topology import SECOND_CALLEE

TICK_SECONDS = 0.01


def _segment(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _token(x5u, caller, called):
    header = {"alg": "ES256", "ppt": "shaken", "typ": "passport", "x5u": x5u}
    claims = {"attest": "A", "dest": {"tn": [called]}, "iat": int(time.time()), "orig": {"tn": caller},
              "origid": str(uuid.uuid4())}
    parts = [_segment(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims)]
    return ".".join([*parts, _segment(os.urandom(64))])


class Flood:
    """From `with` to its end. `sent` is right once `send` is over."""

    def __init__(self, topology):
        self._topology = topology
        self._made = 0
        self.sent = 0

    def __enter__(self):
        self._wire = BehindSigner(self._topology).__enter__()
        self._sink = self._topology.socket("callee", socket.AF_INET, socket.SOCK_DGRAM)
        self._sink.bind((SECOND_CALLEE, 5060))
        return self

    def __exit__(self, *unused):
        self._wire.__exit__()
        self._sink.close()

    def frame(self, x5u):
        """One INVITE, whole in one frame, with a Call-ID of its own."""
        self._made += 1
        caller, called = str(FIRST["A"]), str(CALLED)
        identity = f"Identity: {_token(x5u, caller, called)};info=<{x5u}>;alg=ES256;ppt=shaken\r\n"
        text = invite(f"cold-{self._made}", caller, called, extra=identity).encode()
        frame, = self._wire.frames_of(text, PORT, (SECOND_CALLEE, 5060))
        return frame

    def send(self, wanted, rate, enough=lambda: False):
        """Sends the frames, `rate` a second, until they are over or enough."""
        begin, self.sent = time.monotonic(), 0
        while self.sent < len(wanted) and not enough():
            due = min(len(wanted), int((time.monotonic() - begin) * rate) + 1)
            for frame in wanted[self.sent:due]:
                self._wire.put(frame)
            self.sent = due
            time.sleep(TICK_SECONDS)

    def beside(self, wanted, rate):
        """The same on a thread, from `with` to its end."""
        return _Beside(self, wanted, rate)


class _Beside:
    def __init__(self, flood, wanted, rate):
        self._over = threading.Event()
        self._thread = threading.Thread(target=flood.send, args=(wanted, rate, self._over.is_set))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *unused):
        self._over.set()
        self._thread.join()
