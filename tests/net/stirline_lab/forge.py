"""Forged calls, put on the link between the two appliances.

Each is an INVITE with something wrong in its token, made with the very command that operators have (`stirline sign`)
and then, where needed, bent. It enters at the signer's end of link 2 past the kernel's taps, so the signer does not see
it. It claims to come from the caller's machine, where `Forger` holds a socket that ends the call decently if the callee
takes it.
"""

import re
import select
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from . import sip
from .behind_signer import BehindSigner
from .numbers import CALLED, FIRST
from .processes import LabError, run
from .topology import ENDS

PORT = 5070


@dataclass(frozen=True)
class Kind:
    name: str
    reasons: tuple    # names of the verifier's reasons (crypto_workers/stir/reason.cpp) of which one must count it
    text: str         # for the table


KINDS = (
    Kind("other-caller", ("orig_mismatch",), "token of another caller"),
    Kind("other-called", ("dest_mismatch",), "token for another called number"),
    Kind("stale", ("iat_stale", "date_stale"), "token of an hour ago"),
    Kind("future", ("iat_in_future", "date_stale"), "token of an hour ahead"),
    Kind("flipped-bit", ("signature_wrong",), "one bit of the signature flipped"),
    Kind("wrong-key", ("signature_wrong",), "signed with a key of the forger"),
    Kind("foreign-ca", ("certificate_untrusted",), "certificate of a CA nobody trusts"),
    Kind("expired", ("certificate_expired",), "certificate of yesterday"),
    Kind("unknown-x5u", ("certificate_unavailable", "certificate_unknown"), "certificate that nobody serves"),
    Kind("out-of-scope", ("certificate_scope",), "number outside the TNAuthList range"),
    Kind("claimed-verstat", ("no_identity",), "no token, but verstat=TN-Validation-Passed"),
)


@dataclass(frozen=True)
class Forged:
    kind: Kind
    call_id: str
    text: bytes


def invite(call_id, caller, called, verstat="", extra=""):
    """An INVITE from the caller's machine; `extra`: whole header lines."""
    address, callee = ENDS["caller"][1], ENDS["callee"][1]
    body = (f"v=0\r\no=lab 1 1 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n"
            "m=audio 6000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n")
    return (f"INVITE sip:+{called}@{callee}:5060;user=phone SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {address}:{PORT};branch=z9hG4bK{call_id}\r\n"
            "Max-Forwards: 70\r\n"
            f"From: <sip:+{caller}{verstat}@{address};user=phone>;tag=f{call_id}\r\n"
            f"To: <sip:+{called}@{callee};user=phone>\r\n"
            f"Call-ID: {call_id}@{address}\r\n"
            "CSeq: 1 INVITE\r\n"
            f"Contact: <sip:forger@{address}:{PORT}>\r\n{extra}"
            "Content-Type: application/sdp\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}")


def _flip_signature_bit(text):
    """Another valid base64url character in the middle of the signature: the length and the form stay right."""
    def flip(found):
        middle = found.start(3) + len(found.group(3)) // 2 - found.start()
        whole = found.group(0)
        return whole[:middle] + ("A" if whole[middle] != "A" else "B") + whole[middle + 1:]
    changed = re.sub(r"(?m)^(Identity:\s*[\w-]+\.[\w-]+)(\.)([\w-]+)", flip, text, count=1)
    if changed == text:
        raise LabError("stirline sign gave no Identity header field to bend")
    return changed


class Forger:
    """Makes forgeries and puts them on the wire, from `with` to its end."""

    def __init__(self, topology, pki, stirline, folder):
        self._topology = topology
        self._pki = pki
        self._stirline = stirline
        self._folder = Path(folder)
        self._own_key = None
        self._made = 0

    def __enter__(self):
        self._own_key = self._pki.make_key("forger")
        self._wire = BehindSigner(self._topology).__enter__()
        self._phone = self._topology.socket("caller", socket.AF_INET, socket.SOCK_DGRAM)
        self._phone.bind((ENDS["caller"][1], PORT))
        return self

    def __exit__(self, *unused):
        self._wire.__exit__()
        self._phone.close()

    def _sign(self, text, credential, key=None, x5u=None, shift=0):
        unsigned = self._folder / "forged.sip"
        unsigned.write_bytes(text.encode())
        return run([self._stirline, "sign", "--key", key or credential.key, "--x5u", x5u or credential.x5u,
                    "--attest", "A", "--at", int(time.time()) + shift, unsigned]).stdout

    def make(self, kind):
        """One forgery of this kind, with a Call-ID and numbers of its own."""
        self._made += 1
        call_id = f"forged-{kind.name}-{self._made}"
        caller, called = str(FIRST["forged"] + self._made), str(CALLED + self._made)
        text = invite(call_id, caller, called)
        ranges = self._pki.ranges
        if kind.name == "other-caller":
            text = self._sign(text, ranges).replace(f"+{caller}@", f"+{FIRST['A']}@")
        elif kind.name == "other-called":
            text = self._sign(text, ranges).replace(f"+{called}@", f"+{CALLED + 9_999}@")
        elif kind.name == "stale":
            text = self._sign(text, ranges, shift=-3600)
        elif kind.name == "future":
            text = self._sign(text, ranges, shift=3600)
        elif kind.name == "flipped-bit":
            text = _flip_signature_bit(self._sign(text, ranges))
        elif kind.name == "wrong-key":
            text = self._sign(text, ranges, key=self._own_key)
        elif kind.name == "foreign-ca":
            text = self._sign(text, self._pki.foreign)
        elif kind.name == "expired":
            text = self._sign(text, self._pki.expired)
        elif kind.name == "unknown-x5u":
            text = self._sign(text, ranges, x5u="https://nowhere.example.net/nobody.pem")
        elif kind.name == "out-of-scope":
            text = self._sign(invite(call_id, str(FIRST["B"] + self._made), called), ranges)
        elif kind.name == "claimed-verstat":
            text = invite(call_id, caller, called, verstat=";verstat=TN-Validation-Passed")
        else:
            raise LabError(f"no way to forge {kind.name}")
        return Forged(kind, f"{call_id}@{ENDS['caller'][1]}", text.encode())

    def inject(self, forged):
        self._wire.send(forged.text, PORT, (ENDS["callee"][1], 5060))

    def end_calls(self, call_ids, seconds=15):
        """Acknowledges and ends what the callee has answered, until all of these calls are over or time is up.

        Returns the Call-IDs whose BYE was answered.
        """
        over, deadline = set(), time.monotonic() + seconds
        while not over >= set(call_ids) and (left := deadline - time.monotonic()) > 0:
            if not select.select([self._phone], [], [], left)[0]:
                break
            octets, peer = self._phone.recvfrom(65_535)
            message = sip.parse(octets)
            if message is None or message.status != 200:
                continue
            if message.first("cseq").endswith("BYE"):
                over.add(message.call_id)
                continue
            for method, number in (("ACK", 1), ("BYE", 2)):
                self._phone.sendto(_in_dialog(method, number, message), peer)
        return over


def _in_dialog(method, number, answer):
    address, callee = ENDS["caller"][1], ENDS["callee"][1]
    return (f"{method} sip:lab@{callee}:5060 SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {address}:{PORT};branch=z9hG4bK{method}{answer.call_id.split('@')[0]}\r\n"
            f"Max-Forwards: 70\r\nFrom: {answer.first('from')}\r\nTo: {answer.first('to')}\r\n"
            f"Call-ID: {answer.call_id}\r\nCSeq: {number} {method}\r\nContent-Length: 0\r\n\r\n").encode()
