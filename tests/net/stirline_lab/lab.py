"""The lab itself: everything started in the right order, and taken down again whatever happens."""

import shutil
import signal
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

from . import configuration
from .appliance import Appliance, Programs
from .capture import Capture
from .forge import Forger
from .numbers import BLOCK, FIRST, plan_calls
from .pki import Pki
from .processes import LabError, run, wait_until
from .sipp import Callee, Caller
from .topology import ENDS, Topology


SIGNER_PORTS = ("s0", "s1")  # towards the caller, towards the callee


@contextmanager
def ended_by_signals():
    """SIGTERM, SIGINT and SIGHUP leave every `with` in the way of an exception, so all is cleaned up."""
    def leave(number, _frame):
        for each in wanted:
            signal.signal(each, signal.SIG_IGN)  # once is enough: the clean-up is not to be interrupted
        raise SystemExit(128 + number)
    wanted = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {number: signal.signal(number, leave) for number in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Lab:
    """From `with` to its end: two appliances that have their tables, and a callee who answers.

    `out`, an empty folder or none yet, gets captures and logs. `say` is told what happens. `fetch`: options of the
    verifier's section of that name.
    """

    def __init__(self, build, out, say=lambda text: None, capture=True, fetch=None):
        self.out = Path(out).resolve()
        self.logs = self.out / "logs"
        self._programs = Programs.of_build(build)
        self._say = say
        self._with_capture = capture
        self._fetch = fetch
        self._stack = ExitStack()
        self.capture = None
        self._callees = {}
        self._callers = 0

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, kind, *unused):
        try:
            if kind is None and (problems := self.unbalanced_ledgers()):
                raise LabError("; ".join(problems))
        finally:
            self._stack.close()

    def _start(self):
        if self.out.is_dir() and any(self.out.iterdir()):
            raise LabError(f"{self.out} is not empty: what lies there could be taken for what happens now")
        self.logs.mkdir(parents=True)
        # Keys and sockets live outside `out`: they go away with the lab, and a socket's path must be short.
        hidden = Path(tempfile.mkdtemp(prefix="stirline-lab-"))
        self._stack.callback(shutil.rmtree, hidden, ignore_errors=True)

        self._say("certificates: a throw-away CA")
        self.pki = Pki(hidden / "pki", FIRST["A"], BLOCK, configuration.REPOSITORY)
        self._say("namespaces: caller - signer - verifier - callee")
        self.topology = self._stack.enter_context(Topology())

        self.signer = self._appliance("signer", SIGNER_PORTS, hidden)
        configuration.write_signer_file(self.signer, self.pki)
        self.verifier = self._appliance("verifier", ("v0", "v1"), hidden)
        configuration.write_verifier_file(self.verifier, self.pki, fetch=self._fetch)
        self._say("appliances: starting")
        for appliance in (self.signer, self.verifier):
            self._stack.callback(appliance.stop)
            appliance.start()
        for appliance in (self.signer, self.verifier):
            appliance.wait_ready()
        for address in ENDS["callee"][1:]:
            wait_until(lambda address=address: self.ping(address), 20, f"{address} can be reached through both")

        if self._with_capture:
            self.capture = self._stack.enter_context(Capture(self.topology, self.out, self.logs))

    def _appliance(self, role, interfaces, hidden):
        appliance = Appliance(role, self.topology, self._programs, self.logs / role, hidden)
        configuration.write_dataplane_file(appliance, interfaces)
        return appliance

    def in_caller(self, argv, **options):
        """A short command in the caller's namespace."""
        return run(["nsenter", f"--net=/run/netns/{self.topology.names['caller']}", "--", *argv], **options)

    def metrics_page(self, appliance):
        """Of its stirline-control, as a scraper gets it."""
        read = f"import urllib.request as r; print(r.urlopen('http://{configuration.METRICS}/metrics').read().decode())"
        return run(["nsenter", f"--net=/run/netns/{self.topology.names[appliance.role]}", "--", sys.executable, "-c",
                    read]).stdout

    def ping(self, address, size=56, seconds=1):
        """Whether one echo request was answered within `seconds`."""
        return self.in_caller(["ping", "-n", "-c", "1", "-W", str(seconds), "-s", str(size), address],
                              check=False).returncode == 0

    def callee(self, family=4):
        """The callee on its IPv4 or IPv6 address, started when first asked for."""
        if family not in self._callees:
            address = ENDS["callee"][1 if family == 4 else 2]
            self._callees[family] = Callee(self.topology, address, self.logs)
            self._stack.callback(self._callees[family].stop)
        return self._callees[family]

    def place_calls(self, signed_each, unsigned=0, kinds="ABC", rate=50, family=4, **options):
        """A SIPp caller that has begun; see sipp.Caller. Two at one time need a `port` each."""
        self.callee(family).process.require_running()
        self._callers += 1
        address = {end: ENDS[end][1 if family == 4 else 2] for end in ENDS}
        caller = Caller(self.topology, address["caller"], address["callee"],
                        plan_calls(signed_each, unsigned, kinds), rate, self.logs, name=f"caller-{self._callers}", **options)
        self._stack.callback(caller.process.kill)
        return caller

    def unbalanced_ledgers(self, seconds=10):
        """Sentences about appliances whose every packet is not accounted for, once they are at rest; empty if all are.
        One that is not running says nothing."""
        def open_items():
            found = []
            for appliance in (self.signer, self.verifier):
                ledger = ((appliance.status() or {}).get("dataplane") or {}).get("ledger")
                if ledger and ledger["received"] + ledger["created"] != sum(
                        ledger[name] for name in ("transmitted", "held", "dropped", "replaced")):
                    found.append(f"ledger of the {appliance.role}: {ledger}")
            return found
        deadline = time.monotonic() + seconds
        while (found := open_items()) and time.monotonic() < deadline:
            time.sleep(0.1)
        return found

    def forger(self):
        return Forger(self.topology, self.pki, self._programs.stirline, self.logs)
