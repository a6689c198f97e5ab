"""Whole frames as they were on the link, VLAN tags included."""

import select
import socket
import struct
import time

SOL_PACKET = 263
PACKET_AUXDATA = 8
TP_STATUS_VLAN_VALID = 1 << 4
TP_STATUS_VLAN_TPID_VALID = 1 << 6
PACKET_OUTGOING = 4
_AUXDATA = struct.Struct("=IIIHHHH")  # status, length, captured, mac, net, VLAN tag, VLAN type


def _with_tag(octets, ancillary):
    """The kernel takes the outer VLAN tag off and tells it beside the frame: it goes back in."""
    for level, kind, data in ancillary:
        if (level, kind) == (SOL_PACKET, PACKET_AUXDATA) and len(data) >= _AUXDATA.size:
            status, _, _, _, _, tag, tag_type = _AUXDATA.unpack_from(data)
            if status & TP_STATUS_VLAN_VALID:
                outer = tag_type if status & TP_STATUS_VLAN_TPID_VALID else 0x8100
                return octets[:12] + struct.pack("!HH", outer, tag) + octets[12:]
    return octets


def receive_frame(raw, wanted, seconds):
    """True as soon as exactly the frame `wanted` comes in on the packet socket; False after `seconds`."""
    raw.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([raw], [], [], left)[0]:
            return False
        octets, ancillary, _, sender = raw.recvmsg(65_535, socket.CMSG_SPACE(_AUXDATA.size))
        if sender[2] != PACKET_OUTGOING and _with_tag(octets, ancillary) == wanted:
            return True
    return False
