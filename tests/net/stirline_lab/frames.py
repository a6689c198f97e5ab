"""Ethernet frames with a UDP datagram in them, fragmented like any host does."""

import itertools
import socket
import struct

_identification = itertools.count(1)


def checksum(octets):
    """The Internet checksum (RFC 1071)."""
    if len(octets) % 2:
        octets += b"\0"
    total = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def udp_frames(source_mac, destination_mac, source, destination, payload, mtu=1500):
    """Frames that carry `payload` from source to destination, both (IPv4 address, port)."""
    addresses = socket.inet_aton(source[0]) + socket.inet_aton(destination[0])
    length = 8 + len(payload)
    head = struct.pack("!HHHH", source[1], destination[1], length, 0)
    pseudo = addresses + struct.pack("!BBH", 0, socket.IPPROTO_UDP, length)
    datagram = head[:6] + struct.pack("!H", checksum(pseudo + head + payload) or 0xFFFF) + payload

    room = (mtu - 20) // 8 * 8
    identification = next(_identification) & 0xFFFF
    for offset in range(0, len(datagram), room):
        piece = datagram[offset:offset + room]
        more = 0x2000 if offset + room < len(datagram) else 0
        header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(piece), identification, more | offset // 8, 64,
                             socket.IPPROTO_UDP, 0) + addresses
        header = header[:10] + struct.pack("!H", checksum(header)) + header[12:]
        yield destination_mac + source_mac + b"\x08\x00" + header + piece
