"""Captures: read, merge, and put UDP datagrams together from IP fragments."""

import heapq
import socket
import struct
from dataclasses import dataclass

_FORMATS = {0xA1B2C3D4: 1_000, 0xA1B23C4D: 1}  # magic: nanoseconds per unit of the fraction
ETHERTYPE_VLAN = (0x8100, 0x88A8)
IPPROTO_FRAGMENT = 44


@dataclass(frozen=True)
class Frame:
    time_ns: int
    octets: bytes


@dataclass(frozen=True)
class Datagram:
    """A UDP datagram; `time_ns` is that of its last frame, `frames` how many it came in."""
    time_ns: int
    source: tuple
    destination: tuple
    payload: bytes
    frames: int


def read_frames(path):
    """The frames of a pcap file, up to where the file ends (the last record may be cut off)."""
    with open(path, "rb") as file:
        head = file.read(24)
        if len(head) < 24:
            return
        order = "<" if struct.unpack("<I", head[:4])[0] in _FORMATS else ">"
        unit = _FORMATS[struct.unpack(order + "I", head[:4])[0]]
        while len(record := file.read(16)) == 16:
            seconds, fraction, kept, _ = struct.unpack(order + "IIII", record)
            octets = file.read(kept)
            if len(octets) < kept:
                return
            yield Frame(seconds * 1_000_000_000 + fraction * unit, octets)


def merge(sources, target):
    """Writes the frames of several captures into one, in the order of time."""
    with open(target, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262_144, 1))
        for frame in heapq.merge(*(read_frames(source) for source in sources), key=lambda frame: frame.time_ns):
            seconds, fraction = divmod(frame.time_ns, 1_000_000_000)
            file.write(struct.pack("<IIII", seconds, fraction, len(frame.octets), len(frame.octets)) + frame.octets)


class _Partial:
    """The fragments of one datagram seen so far."""

    def __init__(self):
        self.pieces = {}
        self.total = None

    def add(self, offset, more, octets):
        self.pieces[offset] = octets
        if not more:
            self.total = offset + len(octets)

    def whole(self):
        if self.total is None:
            return None
        octets = b""
        for offset in sorted(self.pieces):
            if offset != len(octets):
                return None
            octets += self.pieces[offset]
        return octets if len(octets) == self.total else None


def _ip_packet(octets):
    """(family, source, destination, protocol, fragment id, offset, more, payload) of a frame with IP in it, or None."""
    if len(octets) < 14:
        return None
    ethertype, at = struct.unpack("!H", octets[12:14])[0], 14
    while ethertype in ETHERTYPE_VLAN and len(octets) >= at + 4:
        ethertype, at = struct.unpack("!H", octets[at + 2:at + 4])[0], at + 4
    packet = octets[at:]
    if ethertype == 0x0800 and len(packet) >= 20:
        head = (packet[0] & 0x0F) * 4
        length, ident, fragment = struct.unpack("!HHH", packet[2:8])
        return (socket.AF_INET, packet[12:16], packet[16:20], packet[9], ident, (fragment & 0x1FFF) * 8,
                bool(fragment & 0x2000), packet[head:length])
    if ethertype == 0x86DD and len(packet) >= 40:
        length, protocol = struct.unpack("!HB", packet[4:7])
        source, destination, payload = packet[8:24], packet[24:40], packet[40:40 + length]
        if protocol != IPPROTO_FRAGMENT:
            return socket.AF_INET6, source, destination, protocol, 0, 0, False, payload
        if len(payload) >= 8:
            protocol, _, fragment, ident = struct.unpack("!BBHI", payload[:8])
            return (socket.AF_INET6, source, destination, protocol, ident, fragment & 0xFFF8, bool(fragment & 1),
                    payload[8:])
    return None


def datagrams(frames):
    """The UDP datagrams in `frames`, whole, in the order in which they became whole."""
    partial = {}
    for frame in frames:
        packet = _ip_packet(frame.octets)
        if packet is None or packet[3] != socket.IPPROTO_UDP:
            continue
        family, source, destination, _, ident, offset, more, payload = packet
        count = 1
        if offset or more:
            key = (source, destination, ident)
            pieces = partial.setdefault(key, _Partial())
            pieces.add(offset, more, payload)
            payload, count = pieces.whole(), len(pieces.pieces)
            if payload is None:
                continue
            del partial[key]
        if len(payload) < 8:
            continue
        source_port, destination_port, length = struct.unpack("!HHH", payload[:6])
        yield Datagram(frame.time_ns, (socket.inet_ntop(family, source), source_port),
                       (socket.inet_ntop(family, destination), destination_port), payload[8:length], count)
