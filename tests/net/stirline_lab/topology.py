"""Four namespaces in a row: caller -- signer -- verifier -- callee.

    caller        signer         verifier       callee
      c0 ---------- s0   s1 ------- v0   v1 ------- e0
         link 1            link 2          link 3
                    m0 ----------- m1
                      management

Caller and callee share one subnet: the appliances between them are wires. Over the management link the verifier fetches
the signer's certificates. Names carry our pid, so several labs can run side by side and what a killed one left behind is
found and removed.
"""

import ctypes
import fcntl
import os
import re
import socket
import struct
from contextlib import contextmanager

from .processes import LabError, run

ROLES = ("caller", "signer", "verifier", "callee")
# (namespace, interface) at both ends of each link.
LINKS = ((("caller", "c0"), ("signer", "s0")), (("signer", "s1"), ("verifier", "v0")),
         (("verifier", "v1"), ("callee", "e0")))
# Addresses of the two control planes. Of a network for benchmarks (RFC 2544), which nobody fetches from but a lab.
MANAGEMENT = {"signer": ("m0", "198.18.0.1"), "verifier": ("m1", "198.18.0.2")}
MANAGEMENT_NETWORK = "198.18.0.0/24"
ENDS = {"caller": ("c0", "192.0.2.1", "2001:db8::1"), "callee": ("e0", "192.0.2.2", "2001:db8::2")}
SECOND_CALLEE = "192.0.2.3"  # of the callee's machine too: where plain sockets answer, not SIPp

CLONE_NEWNET = 0x40000000
SIOCGIFHWADDR = 0x8927
_libc = ctypes.CDLL(None, use_errno=True)
_NAME = re.compile(r"^stirline-(\d+)-(?:" + "|".join(ROLES) + r")$")


def _setns(fd):
    if _libc.setns(fd, CLONE_NEWNET) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), "setns")


@contextmanager
def inside(namespace):
    """This thread works in `namespace` meanwhile; sockets made there stay there."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        there = os.open(f"/run/netns/{namespace}", os.O_RDONLY | os.O_CLOEXEC)
        try:
            _setns(there)
        finally:
            os.close(there)
        try:
            yield
        finally:
            _setns(home)
    finally:
        os.close(home)


def all_namespaces():
    try:
        return sorted(os.listdir("/run/netns"))
    except FileNotFoundError:
        return []


def namespaces_of(pid):
    """Names of the namespaces that the lab with this pid has (or has left behind)."""
    return [name for name in all_namespaces() if (found := _NAME.match(name)) and int(found.group(1)) == pid]


def remove_abandoned():
    """Removes the namespaces of labs that are no longer alive."""
    for name in all_namespaces():
        found = _NAME.match(name)
        if found and not os.path.exists(f"/proc/{found.group(1)}"):
            run(["ip", "netns", "del", name], check=False)


class Topology:
    """The namespaces and their links, from `with` to its end."""

    def __init__(self, mtu=1500):
        self.mtu = mtu
        self.names = {role: f"stirline-{os.getpid()}-{role}" for role in ROLES}

    def __enter__(self):
        remove_abandoned()
        try:
            self._create()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *unused):
        self.remove()

    def remove(self):
        present = set(all_namespaces())
        for name in self.names.values():
            if name in present:
                run(["ip", "netns", "del", name], check=False)

    def _create(self):
        for role in ROLES:
            run(["ip", "netns", "add", self.names[role]])
            run(["ip", "-n", self.names[role], "link", "set", "lo", "up"])
            self._quieten(role)
        for (near, near_if), (far, far_if) in LINKS:
            run(["ip", "link", "add", near_if, "netns", self.names[near], "type", "veth",
                 "peer", "name", far_if, "netns", self.names[far]])
            for role, interface in ((near, near_if), (far, far_if)):
                self._set_up(role, interface)
        (near, (near_if, _)), (far, (far_if, _)) = MANAGEMENT.items()
        run(["ip", "link", "add", near_if, "netns", self.names[near], "type", "veth",
             "peer", "name", far_if, "netns", self.names[far]])
        for role, (interface, address) in MANAGEMENT.items():
            run(["ip", "-n", self.names[role], "addr", "add", f"{address}/24", "dev", interface])
            run(["ip", "-n", self.names[role], "link", "set", interface, "up"])
        for role, (interface, v4, v6) in ENDS.items():
            name = self.names[role]
            run(["ip", "-n", name, "addr", "add", f"{v4}/24", "dev", interface])
            run(["ip", "-n", name, "addr", "add", f"{v6}/64", "dev", interface, "nodad"])
        run(["ip", "-n", self.names["callee"], "addr", "add", f"{SECOND_CALLEE}/24", "dev", ENDS["callee"][0]])

    def _quieten(self, role):
        # Only the frames that a test sends shall be on the links.
        off = "1" if role in ("signer", "verifier") else "0"
        settings = {"disable_ipv6": off, "accept_ra": "0", "router_solicitations": "0", "accept_dad": "0"}
        with inside(self.names[role]):
            for scope in ("all", "default"):
                for key, value in settings.items():
                    try:
                        with open(f"/proc/sys/net/ipv6/conf/{scope}/{key}", "w", encoding="ascii") as file:
                            file.write(value)
                    except FileNotFoundError as error:
                        raise LabError("this kernel has no IPv6") from error

    def _set_up(self, role, interface):
        name = self.names[role]
        # Packet sockets see no checksum offload flags: without this the frames carry partial checksums.
        run(["nsenter", f"--net=/run/netns/{name}", "--", "ethtool", "-K", interface,
             "tx", "off", "rx", "off", "tso", "off", "gso", "off", "gro", "off"])
        run(["ip", "-n", name, "link", "set", interface, "mtu", self.mtu, "up"])
        if role in ("signer", "verifier"):
            run(["ip", "-n", name, "link", "set", interface, "promisc", "on"])

    def socket(self, role, *arguments):
        """A socket that belongs to the namespace of `role`; the caller closes it."""
        with inside(self.names[role]):
            return socket.socket(*arguments)

    def raw_socket(self, role, interface):
        """A packet socket on one interface that takes and gives whole frames."""
        raw = self.socket(role, socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0003))
        raw.bind((interface, 0))
        return raw

    def mac(self, role):
        """The hardware address of the caller's or callee's interface: six octets."""
        with self.socket(role, socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
            request = struct.pack("256s", ENDS[role][0].encode())
            return fcntl.ioctl(any_socket.fileno(), SIOCGIFHWADDR, request)[18:24]
