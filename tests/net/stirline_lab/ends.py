"""Two plain sockets, one at each end of the lab: a caller and a callee that send and see octets, and nothing by themselves."""

import select
import socket

from .configuration import SIP_PORT
from .numbers import FIRST
from .topology import ENDS, SECOND_CALLEE

PORT = 5071  # of the caller
CALLER = FIRST["A"] + 900


def request(method, name, called, target=None, extra="", body="", content_type="text/plain", caller=CALLER):
    """`name` makes branch, tag and Call-ID."""
    address = ENDS["caller"][1]
    return (f"{method} sip:+{target or called}@{SECOND_CALLEE}:{SIP_PORT};user=phone SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {address}:{PORT};branch=z9hG4bK{name}\r\nMax-Forwards: 70\r\n"
            f"From: <sip:+{caller}@{address};user=phone>;tag={name}\r\n"
            f"To: <sip:+{called}@{SECOND_CALLEE};user=phone>\r\n"
            f"Call-ID: {name}@{address}\r\nCSeq: 1 {method}\r\nContact: <sip:lab@{address}:{PORT}>\r\n{extra}"
            f"Content-Type: {content_type}\r\nContent-Length: {len(body.encode())}\r\n\r\n{body}")


def session():
    address = ENDS["caller"][1]
    return (f"v=0\r\no=lab 1 1 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n"
            "m=audio 6000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n")


def _received(end, seconds):
    if seconds <= 0 or not select.select([end], [], [], seconds)[0]:
        return b""
    return end.recvfrom(65_535)[0]


class Ends:
    """From `with` to its end."""

    def __init__(self, topology):
        self._topology = topology

    def __enter__(self):
        self._caller = self._topology.socket("caller", socket.AF_INET, socket.SOCK_DGRAM)
        self._callee = self._topology.socket("callee", socket.AF_INET, socket.SOCK_DGRAM)
        self._callee.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_388_608)
        self._caller.bind((ENDS["caller"][1], PORT))
        self._callee.bind((SECOND_CALLEE, SIP_PORT))
        return self

    def __exit__(self, *unused):
        self._caller.close()
        self._callee.close()

    def send(self, text):
        """From the caller to the callee."""
        self._caller.sendto(text.encode(), (SECOND_CALLEE, SIP_PORT))

    def arrived(self, seconds=10):
        """The next message at the callee: octets; none if none comes in time."""
        return _received(self._callee, seconds)

    def answered(self, seconds=10):
        """The same at the caller."""
        return _received(self._caller, seconds)
