"""SIPp as caller and as callee, with scenario files of our own; their message logs are the evidence."""

import re
import time
from pathlib import Path

from . import sip
from .processes import LabError, Process, wait_until

SCENARIOS = Path(__file__).resolve().parent.parent / "scenarios"
SIP_PORT = 5060
_ENTRY = re.compile(r"^UDP message (sent|received) (?:\((\d+) bytes\)|\[(\d+)\] bytes) ?:\s*\n", re.MULTILINE)
_RULE = re.compile(r"^-{20,} .*$", re.MULTILINE)


class MessageLog:
    """A SIPp message log that grows: each reading parses only what is new."""

    def __init__(self, path):
        self._path = Path(path)
        self._offset = 0
        self._rest = ""      # the entry that may still be growing
        self._complete = []  # (sent?, message)

    def entries(self):
        """[(sent?, message)] so far."""
        if self._path.exists():
            with open(self._path, "rb") as file:
                file.seek(self._offset)
                new = file.read()
            new = new[:new.rfind(b"\n") + 1]
            self._offset += len(new)
            *parts, self._rest = _RULE.split(self._rest + new.decode(errors="replace"))
            self._complete += [entry for part in parts if (entry := self._parse(part))]
        last = self._parse(self._rest)
        return self._complete + ([last] if last else [])

    @staticmethod
    def _parse(part):
        found = _ENTRY.search(part)
        message = sip.parse(part[found.end():].strip("\n") + "\n\n") if found else None
        return (found.group(1) == "sent", message) if message else None


def bracketed(address):
    return f"[{address}]" if ":" in address else address


class Callee:
    """Answers every call: 180, 200, and 200 to the BYE."""

    def __init__(self, topology, address, folder):
        log = Path(folder) / f"callee-{'v6' if ':' in address else 'v4'}-messages.log"
        self._log = MessageLog(log)
        argv = ["sipp", "-sf", SCENARIOS / "callee.xml", "-i", bracketed(address), "-p", SIP_PORT, "-nostdin",
                "-trace_msg", "-message_file", log, "-trace_err", "-error_file", log.with_suffix(".errors")]
        self.process = Process("SIPp callee", argv, log.with_suffix(".out"),
                               namespace=topology.names["callee"], cwd=folder)

    def invites(self):
        """The INVITEs that arrived, the first copy of each, by Call-ID."""
        found = {}
        for sent, message in self._log.entries():
            if not sent and message.method == "INVITE":
                found.setdefault(message.call_id, message)
        return found

    def invites_of(self, call_ids, seconds=10):
        """Like invites(), but waits until those of `call_ids` are in: SIPp's log may lag behind what it has answered."""
        deadline = time.monotonic() + seconds
        while not set(call_ids) <= (found := self.invites()).keys() and time.monotonic() < deadline:
            time.sleep(0.1)
        return found

    def stop(self):
        self.process.stop(seconds=3)


class Caller:
    """Places the planned calls at `rate` a second and ends by itself."""

    def __init__(self, topology, address, called_address, calls, rate, folder, name="caller", port=SIP_PORT):
        self.planned = calls
        log = Path(folder) / f"{name}-messages.log"
        self._log = MessageLog(log)
        rows = Path(folder) / f"{name}-numbers.csv"
        # Every third call asserts nothing, so that both sources of the originating number are used.
        rows.write_text("SEQUENTIAL\n" + "".join(
            f"+{call.caller};+{call.called};"
            + ("Subject: lab" if index % 3 == 2 else f"P-Asserted-Identity: <tel:+{call.caller}>") + ";\n"
            for index, call in enumerate(calls)), encoding="ascii")
        seconds = int(len(calls) / rate) + 60
        argv = ["sipp", f"{bracketed(called_address)}:{SIP_PORT}", "-sf", SCENARIOS / "caller.xml", "-inf", rows,
                "-i", bracketed(address), "-p", port, "-m", len(calls), "-r", rate, "-l", 1_000,
                "-timeout", f"{seconds}s", "-timeout_error", "-nostdin", "-trace_msg", "-message_file", log,
                "-trace_err", "-error_file", log.with_suffix(".errors")]
        self._seconds = seconds + 20
        self.process = Process("SIPp caller", argv, log.with_suffix(".out"),
                               namespace=topology.names["caller"], cwd=folder)

    def answered(self):
        """Call-IDs whose INVITE got a 200."""
        return {message.call_id for sent, message in self._log.entries()
                if not sent and message.status == 200 and message.first("cseq").endswith("INVITE")}

    def ended(self):
        """Call-IDs whose BYE got a 200."""
        return {message.call_id for sent, message in self._log.entries()
                if not sent and message.status == 200 and message.first("cseq").endswith("BYE")}

    def placed(self):
        """{Call-ID: INVITE} of the calls placed so far."""
        found = {}
        for sent, message in self._log.entries():
            if sent and message.method == "INVITE":
                found.setdefault(message.call_id, message)
        return found

    def wait_answered(self, count, seconds=60):
        def enough():
            if len(self.answered()) >= count:
                return True
            self.process.require_running()
            return False
        wait_until(enough, seconds, f"{count} calls answered", poll=0.2)

    def finish(self, progress=None):
        """Waits for the last call. True if SIPp says that all went well."""
        def done():
            if progress:
                progress(len(self.answered()), len(self.planned))
            return not self.process.running()
        wait_until(done, self._seconds, "SIPp caller ends", poll=0.25)
        status = self.process.exit_status
        if status not in (0, 1):
            raise LabError(f"SIPp caller ended with status {status}: {self.process.last_words()}")
        return status == 0
