"""The link between the two appliances, for who sends there what the signer has not seen."""

from . import frames
from .topology import ENDS

SOL_PACKET, PACKET_QDISC_BYPASS = 263, 20  # past the taps: the signer's own port does not see what is sent here


class BehindSigner:
    """From `with` to its end."""

    def __init__(self, topology):
        self._topology = topology

    def __enter__(self):
        self._wire = self._topology.raw_socket("signer", "s1")
        self._wire.setsockopt(SOL_PACKET, PACKET_QDISC_BYPASS, 1)
        return self

    def __exit__(self, *unused):
        self._wire.close()

    def send(self, octets, port, destination):
        """A datagram from that port of the caller's machine; `destination`: (IPv4 address, port)."""
        for frame in self.frames_of(octets, port, destination):
            self.put(frame)

    def frames_of(self, octets, port, destination):
        """The same datagram, for who sends it later."""
        return frames.udp_frames(self._topology.mac("caller"), self._topology.mac("callee"), (ENDS["caller"][1], port),
                                 destination, octets)

    def put(self, frame):
        self._wire.send(frame)
