"""Child processes and waiting: every process has a log file, is ended by its own pid and dies with us."""

import ctypes
import signal
import subprocess
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class LabError(Exception):
    """Something the lab needs did not happen; the text says what."""


def wait_until(condition, seconds, what, poll=0.05):
    """Returns the first true value of condition(); a LabError that names `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise LabError(f"{what}: not within {seconds:g} s")
        time.sleep(poll)


def run(argv, seconds=30, check=True):
    """A short command; its output, as text with its line ends kept, is in the result and, if it fails, in the error."""
    argv = [str(word) for word in argv]
    try:
        result = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False)
    except FileNotFoundError as error:
        raise LabError(f"{argv[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise LabError(f"{' '.join(argv)}: not done within {seconds} s") from error
    result.stdout = result.stdout.decode(errors="replace")
    result.stderr = result.stderr.decode(errors="replace")
    if check and result.returncode != 0:
        raise LabError(f"{' '.join(argv)}: exit status {result.returncode}: {(result.stderr or result.stdout).strip()}")
    return result


def _die_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """One long-running child. Standard output and error go to `log`."""

    def __init__(self, name, argv, log, namespace=None, cwd=None):
        self.name = name
        self.log = Path(log)
        words = [str(word) for word in argv]
        if namespace:
            # nsenter replaces itself, so the pid is that of the program.
            words = ["nsenter", f"--net=/run/netns/{namespace}", "--", *words]
        with open(self.log, "ab") as output:
            self._child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=cwd,
                                           preexec_fn=_die_with_parent, start_new_session=True)

    @property
    def pid(self):
        return self._child.pid

    @property
    def exit_status(self):
        """None while it runs; negative: ended by that signal."""
        return self._child.poll()

    def running(self):
        return self.exit_status is None

    def send_signal(self, number):
        if self.running():
            self._child.send_signal(number)

    def wait(self, seconds):
        try:
            return self._child.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise LabError(f"{self.name} did not end within {seconds:g} s; last words: {self.last_words()}") from error

    def stop(self, seconds=10, number=signal.SIGTERM):
        """Asks, waits, then insists. True if asking was enough."""
        self.send_signal(number)
        try:
            self._child.wait(seconds)
            return True
        except subprocess.TimeoutExpired:
            self.kill()
            return False

    def kill(self):
        """At once; no harm if it has ended."""
        self.send_signal(signal.SIGKILL)
        self._child.wait()

    def last_words(self, lines=6):
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return " | ".join(line for line in text.splitlines()[-lines:] if line.strip()) or "(nothing)"

    def require_running(self):
        if not self.running():
            raise LabError(f"{self.name} ended with status {self.exit_status}: {self.last_words()}")
