"""Plain sockets at both ends of the lab: callers and a callee that send and see octets, and nothing by themselves."""

import re
import select
import socket

from .configuration import SIP_PORT
from .numbers import FIRST
from .topology import ENDS, SECOND_CALLEE

PORT = 5071  # of callers
CALLER = FIRST["A"] + 900
_SENT_BY = re.compile(rb"\r\n(?:Via|v) *: *SIP/2\.0/UDP ([0-9.]+):(\d+)", re.IGNORECASE)


def write_request(method, uri, name, caller, called, source=ENDS["caller"][1], cseq=1, branch=None, extra="", body="",
                  content_type="text/plain"):
    """`uri`, `caller`, `called`: URIs; `name` makes tag, Call-ID and, unless there is one, the branch."""
    return (f"{method} {uri} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {source}:{PORT};branch=z9hG4bK{branch or name}\r\nMax-Forwards: 70\r\n"
            f"From: <{caller}>;tag={name}\r\nTo: <{called}>\r\n"
            f"Call-ID: {name}@{source}\r\nCSeq: {cseq} {method}\r\nContact: <sip:lab@{source}:{PORT}>\r\n{extra}"
            f"Content-Type: {content_type}\r\nContent-Length: {len(body.encode())}\r\n\r\n{body}")


def number_uri(number, host):
    return f"sip:+{number}@{host};user=phone"


def request(method, name, called, target=None, extra="", body="", content_type="text/plain", caller=CALLER):
    """Between two numbers."""
    return write_request(method, number_uri(target or called, f"{SECOND_CALLEE}:{SIP_PORT}"), name,
                         number_uri(caller, ENDS["caller"][1]), number_uri(called, SECOND_CALLEE), extra=extra,
                         body=body, content_type=content_type)


def session():
    address = ENDS["caller"][1]
    return (f"v=0\r\no=lab 1 1 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n"
            "m=audio 6000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n")


class Ends:
    """From `with` to its end. `sources`: addresses of the caller's machine that callers have."""

    def __init__(self, topology, sources=(ENDS["caller"][1],)):
        self._topology = topology
        self._sources = sources

    def __enter__(self):
        self._callers = {source: self._topology.socket("caller", socket.AF_INET, socket.SOCK_DGRAM)
                         for source in self._sources}
        self._callee = self._topology.socket("callee", socket.AF_INET, socket.SOCK_DGRAM)
        self._callee.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_388_608)
        for source, caller in self._callers.items():
            caller.bind((source, PORT))
        self._callee.bind((SECOND_CALLEE, SIP_PORT))
        return self

    def __exit__(self, *unused):
        for end in (*self._callers.values(), self._callee):
            end.close()

    def send(self, text, source=None):
        """From a caller, the first one if not said otherwise, to the callee."""
        self._callers[source or self._sources[0]].sendto(text.encode(), (SECOND_CALLEE, SIP_PORT))

    def answer(self, octets, status_line, extra=""):
        """The callee answers the request `octets`."""
        lines = octets.split(b"\r\n\r\n")[0].decode().split("\r\n")
        kept = [line for line in lines if line.lower().startswith(("via:", "from:", "to:", "call-id:", "cseq:"))]
        kept = [line + ";tag=callee" if line.lower().startswith("to:") and ";tag=" not in line else line for line in kept]
        host, port = _SENT_BY.search(octets).groups()
        text = "\r\n".join([f"SIP/2.0 {status_line}", *kept]) + f"\r\n{extra}Content-Length: 0\r\n\r\n"
        self._callee.sendto(text.encode(), (host.decode(), int(port)))

    def arrived(self, seconds=10):
        """The next message at the callee: octets; none if none comes in time."""
        return self.next(seconds, [self._callee])[1]

    def answered(self, seconds=10, source=None):
        """The same at a caller."""
        return self.next(seconds, [self._callers[source or self._sources[0]]])[1]

    def next(self, seconds, ends=None):
        """(address, octets) of the next message at any of these sockets, all of them if not said otherwise."""
        ends = ends or [self._callee, *self._callers.values()]
        found = select.select(ends, [], [], seconds)[0] if seconds > 0 else []
        if not found:
            return "", b""
        return found[0].getsockname()[0], found[0].recvfrom(65_535)[0]
