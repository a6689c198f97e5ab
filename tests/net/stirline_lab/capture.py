"""tcpdump on the three links.

The appliances send past the kernel's taps, so a link between two of them is captured at both ends, incoming only, and
the two files are merged at the end. A link with an ordinary host at one end is captured there.
"""

import signal
from pathlib import Path

from . import pcap
from .processes import Process, wait_until

# name of the pcap: where to listen, and in which direction
POINTS = {
    "1-caller-signer": (("caller", "c0", "inout"),),
    "2-signer-verifier": (("signer", "s1", "in"), ("verifier", "v0", "in")),
    "3-verifier-callee": (("callee", "e0", "inout"),),
}


class Capture:
    """From `with` to its end; then `files` holds one pcap per link."""

    def __init__(self, topology, folder, log_folder):
        self._topology = topology
        self._log_folder = Path(log_folder)
        self.files = {link: Path(folder) / f"{link}.pcap" for link in POINTS}
        self._running = []  # (process, file, link)

    def __enter__(self):
        try:
            for link, points in POINTS.items():
                for role, interface, direction in points:
                    self._start(link, role, interface, direction, alone=len(points) == 1)
            for process, _, _ in self._running:
                wait_until(lambda process=process: self._listening(process), 15, f"{process.name} starts")
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *unused):
        self.stop()

    def _start(self, link, role, interface, direction, alone):
        file = self.files[link] if alone else self._log_folder / f"{link}.{interface}.pcap"
        argv = ["tcpdump", "-i", interface, "-Q", direction, "-w", file, "-U", "-s", "0", "-n", "-B", "16384",
                "-Z", "root", "--immediate-mode", "--time-stamp-precision=nano"]
        process = Process(f"tcpdump on {interface}", argv, self._log_folder / f"tcpdump-{interface}.log",
                          namespace=self._topology.names[role])
        self._running.append((process, file, link))

    @staticmethod
    def _listening(process):
        process.require_running()
        return "listening on" in process.log.read_text(errors="replace")

    def stop(self):
        """Ends the captures and merges those with two ends. What was captured is then complete."""
        parts = {}
        for process, file, link in self._running:
            process.stop(number=signal.SIGINT)
            if file.exists():
                parts.setdefault(link, []).append(file)
        self._running = []
        for link, files in parts.items():
            if files != [self.files[link]]:
                pcap.merge(files, self.files[link])
                for file in files:
                    file.unlink()

    def datagrams(self, link):
        return list(pcap.datagrams(pcap.read_frames(self.files[link])))
