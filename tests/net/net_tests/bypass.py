"""What is not ours crosses both appliances unchanged (design.md section 3, step 2)."""

import hashlib
import random
import socket
import threading
from contextlib import closing

from stirline_lab.lab import Lab
from stirline_lab.rawlink import receive_frame
from stirline_lab.topology import ENDS

SEED = 20240229
SECONDS = 10


def _octets(count):
    return random.Random(SEED + count).randbytes(count)


def _address(end, family):
    return ENDS[end][1 if family == socket.AF_INET else 2]


def test_ping(build, out):
    """ICMP with ARP, ICMPv6 with neighbour discovery, whole and in fragments."""
    with Lab(build, out, capture=False) as lab:
        for address in ENDS["callee"][1:]:
            for size in (56, 1400, 4000):
                # One at a time: after its first answer ping waits two round trips for the others, whatever -W says, and
                # on a busy machine the last one comes later than that.
                for _ in range(5):
                    assert lab.ping(address, size, seconds=10), f"{size} octets to {address}: no answer in 10 s"


def _transfer(lab, family, octets):
    """Sends `octets` from caller to callee over TCP and back; returns what came in at each end."""
    server = lab.topology.socket("callee", family, socket.SOCK_STREAM)
    client = lab.topology.socket("caller", family, socket.SOCK_STREAM)
    there = hashlib.sha256()

    def serve():
        connection, _ = server.accept()
        with closing(connection):
            connection.settimeout(SECONDS)
            whole = bytearray()
            while part := connection.recv(65_536):
                whole += part
            there.update(whole)
            connection.sendall(whole)

    with closing(server), closing(client):
        for end in (server, client):
            end.settimeout(SECONDS)
        server.bind((_address("callee", family), 7_000))
        server.listen(1)
        answerer = threading.Thread(target=serve, daemon=True)
        answerer.start()
        client.connect((_address("callee", family), 7_000))
        # Half-closed, so the answerer knows that it has all.
        sender = threading.Thread(target=lambda: (client.sendall(octets), client.shutdown(socket.SHUT_WR)), daemon=True)
        sender.start()
        back = hashlib.sha256()
        while part := client.recv(65_536):
            back.update(part)
        sender.join(SECONDS)
        answerer.join(SECONDS)
    return there.hexdigest(), back.hexdigest()


def test_tcp_transfer(build, out):
    """4 MB there and back over IPv4 and IPv6."""
    octets = _octets(4 << 20)
    wanted = hashlib.sha256(octets).hexdigest()
    with Lab(build, out, capture=False) as lab:
        for family in (socket.AF_INET, socket.AF_INET6):
            there, back = _transfer(lab, family, octets)
            assert there == wanted, f"what arrived over {family.name} differs"
            assert back == wanted, f"what came back over {family.name} differs"


def _cross(lab, family, source_end, port, payload):
    """Sends one datagram from source_end to the other end's port; returns what arrived, None if nothing did."""
    target_end = "callee" if source_end == "caller" else "caller"
    with closing(lab.topology.socket(target_end, family, socket.SOCK_DGRAM)) as target, \
            closing(lab.topology.socket(source_end, family, socket.SOCK_DGRAM)) as source:
        target.bind((_address(target_end, family), port))
        target.settimeout(SECONDS)
        source.bind((_address(source_end, family), port))
        source.sendto(payload, (_address(target_end, family), port))
        try:
            return target.recv(65_535)
        except TimeoutError:
            return None


def test_large_datagrams(build, out):
    """A 3,000-octet datagram each way, on a port of nobody and, being no SIP, on the trunk's SIP port."""
    with Lab(build, out, capture=False) as lab:
        for family in (socket.AF_INET, socket.AF_INET6):
            for source in ("caller", "callee"):
                for port in (7_001, 5060):
                    payload = _octets(3_000 + port % 2)
                    arrived = _cross(lab, family, source, port, payload)
                    assert arrived == payload, f"{family.name} from {source} to port {port}: " \
                        + ("lost" if arrived is None else f"changed, {len(arrived)} octets arrived")


def test_keepalives(build, out):
    """INL-UDP-05: CRLF, double CRLF, an empty datagram and STUN pass on the SIP port."""
    stun = bytes.fromhex("000100002112a442") + _octets(12)
    with Lab(build, out, capture=False) as lab:
        for payload in (b"\r\n", b"\r\n\r\n", b"", stun):
            for source in ("caller", "callee"):
                assert _cross(lab, socket.AF_INET, source, 5060, payload) == payload, f"{payload!r} from {source}"


def test_vlan_frames(build, out):
    """INL-UDP-03: frames with one and with two VLAN tags, and of an unknown EtherType, octet for octet."""
    with Lab(build, out, capture=False) as lab:
        caller, callee = lab.topology.mac("caller"), lab.topology.mac("callee")
        heads = {"802.1Q": "8100600588b5", "802.1ad and 802.1Q": "88a820648100006588b5", "EtherType 88b5": "88b5"}
        for source, source_if, target, target_if, address in (
                ("caller", "c0", "callee", "e0", callee + caller), ("callee", "e0", "caller", "c0", caller + callee)):
            with closing(lab.topology.raw_socket(source, source_if)) as give, \
                    closing(lab.topology.raw_socket(target, target_if)) as take:
                for name, head in heads.items():
                    for size in (64, 1_400):
                        frame = address + bytes.fromhex(head) + _octets(size)
                        give.send(frame)
                        assert receive_frame(take, frame, SECONDS), f"{name}, {size} octets, from {source}: not seen"
