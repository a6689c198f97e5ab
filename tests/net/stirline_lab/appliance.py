"""One Stirline appliance in its namespace: the two daemons and the operator's command.

What stands in its configuration files is in configuration.py.
"""

import json
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from .processes import LabError, Process, run, wait_until


@dataclass(frozen=True)
class Programs:
    """Where the three programs are."""
    stirlined: Path
    control: Path
    stirline: Path

    @classmethod
    def of_build(cls, build):
        build = Path(build).resolve()
        programs = cls(build / "dataplane/stirlined", build / "control/stirline-control", build / "control/stirline")
        for program in (programs.stirlined, programs.control, programs.stirline):
            if not os.access(program, os.X_OK):
                raise LabError(f"{program} is missing; build first: meson setup {build}; ninja -C {build}")
        return programs


class Appliance:
    """`role` names its namespace: "signer" or "verifier". Its configuration is written by whoever makes it."""

    def __init__(self, role, topology, programs, folder, sockets):
        self.role = role
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.dataplane_file = self.folder / "stirlined.toml"
        self.control_file = self.folder / "stirline-control.toml"
        self.dataplane_socket = Path(sockets) / f"{role}-dataplane.sock"
        self.control_socket = Path(sockets) / f"{role}-control.sock"
        self.records = self.folder / "records"
        self.dataplane = None
        self.control = None
        self._namespace = topology.names[role]
        self._programs = programs

    def start(self):
        self.start_dataplane()
        self.start_control()

    def start_dataplane(self):
        self.dataplane = Process(f"stirlined of the {self.role}",
                                 [self._programs.stirlined, "--config", self.dataplane_file],
                                 self.folder / "stirlined.log", namespace=self._namespace)

    def start_control(self):
        self.control = Process(f"stirline-control of the {self.role}",
                               [self._programs.control, "--config", self.control_file],
                               self.folder / "stirline-control.log", namespace=self._namespace)

    def wait_ready(self, seconds=30):
        """Until the data plane uses the tables that control has compiled."""
        wait_until(self._uses_tables, seconds, f"the {self.role} takes its tables")

    def _uses_tables(self):
        self.require_running()
        status = self.status()
        if status is None:
            return False
        control = status["control"]
        return control["dataplane"]["connected"] and control["dataplane"].get("generation") == control["generation"]

    def require_running(self):
        self.dataplane.require_running()
        self.control.require_running()

    def status(self):
        """The whole status document; None while stirline-control is not there."""
        answer = run([self._programs.stirline, "status", "--json", "--socket", self.control_socket], check=False)
        return json.loads(answer.stdout) if answer.returncode == 0 else None

    def fetching(self):
        """What stirline-control tells about its fetches."""
        return self.status()["control"]["fetch"]

    def generations_used(self):
        """How many generations of tables the data plane has taken, by control's log."""
        text = (self.folder / "stirline-control.log").read_text(errors="replace")
        return text.count("the data plane uses generation")

    def counters(self):
        """{name: count} of the data plane, summed over its cores."""
        status = self.status()
        if status is None or not status.get("dataplane"):
            raise LabError(f"the {self.role} gives no status of its data plane")
        return status["dataplane"]["counters"]

    def reload(self):
        """(exit status, document) of `stirline reload`."""
        answer = run([self._programs.stirline, "reload", "--json", "--socket", self.control_socket], check=False)
        return answer.returncode, json.loads(answer.stdout)

    def _kept(self):
        answer = run([self._programs.stirline, "cert", "list", "--json", "--socket", self.control_socket])
        return json.loads(answer.stdout)

    def admit(self, user):
        """Lets a user keep rules here; gives the token to sign in with."""
        return run([self._programs.stirline, "xcap", "user", "add", "--token", "--config", self.control_file,
                    user]).stdout.strip()

    def curl(self, *arguments):
        """curl beside the appliance, in its namespace."""
        return run(["nsenter", f"--net=/run/netns/{self._namespace}", "--", "curl", "--silent", "--show-error",
                    "--max-time", 20, *arguments])

    def calls(self, number, since, verdict=None):
        """The records of calls with this number since then (seconds since 1970): a dictionary each."""
        answer = run([self._programs.stirline, "calls", "--number", number, "--since", since, "--json", "--socket",
                      self.control_socket, *(["--verdict", verdict] if verdict else [])])
        return [json.loads(line) for line in answer.stdout.splitlines()]

    def reputation(self):
        """What `stirline reputation` tells: a dictionary for each subject, the worst first."""
        answer = run([self._programs.stirline, "reputation", "--json", "--socket", self.control_socket])
        return json.loads(answer.stdout)

    def import_lists(self, store, file):
        """Entries in comma-separated values, into a store that is made if it is not there."""
        run([self._programs.stirline, "policy", "import", "--store", store, file])

    def train(self, store, corpus, kind, lines):
        """Trains the filter of texts with a file of them, a text a line; `kind`: "spam" or "ham"."""
        run([self._programs.stirline, "content", "train", "--store", store, "--corpus", corpus, "--lines", f"--{kind}", lines])

    def operate(self, verb, *arguments):
        """`stirline VERB …` as a process that goes on; its output is in a log of its own."""
        return Process(f"stirline {verb} at the {self.role}",
                       [self._programs.stirline, verb, *arguments, "--socket", self.control_socket],
                       self.folder / f"{verb}.out")

    def certificates(self):
        """What `stirline cert list` tells: a dictionary for each chain that is kept."""
        return self._kept()["chains"]

    def lists(self):
        """The same for revocation lists and TNAuthLists, those that are not there yet too."""
        return self._kept()["lists"]

    def fetch_certificate(self, url):
        run([self._programs.stirline, "cert", "fetch", "--socket", self.control_socket, url])

    def forget_certificates(self):
        urls = [chain["x5u"] for chain in self.certificates()]
        run([self._programs.stirline, "cert", "forget", "--socket", self.control_socket, *urls])

    def generation(self):
        """Of the tables that the data plane uses now."""
        return self.status()["control"]["dataplane"]["generation"]

    def stop(self):
        """True if both daemons ended when asked, with status 0."""
        processes = [process for process in (self.control, self.dataplane) if process is not None]
        for process in processes:
            process.send_signal(signal.SIGTERM)
        asked = [process.stop() for process in processes]
        return all(asked) and all(process.exit_status == 0 for process in processes)
