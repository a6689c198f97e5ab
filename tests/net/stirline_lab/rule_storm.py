"""Thousands of called users who upload rules at once (SPIT-PL-07)."""

import hashlib
import secrets
from pathlib import Path

from . import configuration
from .processes import Process
from .rule_keeper import DOCUMENT

CONNECTIONS = 4


class RuleStorm:
    """`users`: XUIs. Admitted when it is made: the verifier's file of users must be there. From `with` to its end one curl
    uploads `rules` for each of them."""

    def __init__(self, lab, users, rules, folder):
        self._lab = lab
        self._rules = rules
        self._folder = Path(folder)
        self._tokens = {user: secrets.token_hex(32) for user in users}
        lines = "".join(f"token {user} {hashlib.sha256(token.encode()).hexdigest()}\n"
                        for user, token in self._tokens.items())
        with open(lab.verifier.folder / "xcap.users", "a", encoding="ascii") as file:
            file.write(lines)

    def __enter__(self):
        self._folder.mkdir()
        requests = self._folder / "requests"
        requests.touch(mode=0o600)  # tokens
        requests.write_text("next\n".join(map(self._request, self._tokens)), encoding="utf-8")
        self._statuses = self._folder / "statuses"
        argv = ["curl", "--no-progress-meter", "--parallel", "--parallel-max", CONNECTIONS, "--config", requests]
        self.process = Process("curl", argv, self._statuses, namespace=self._lab.topology.names["verifier"])
        return self

    def __exit__(self, *unused):
        self.process.kill()

    def running(self):
        return self.process.running()

    def statuses(self):
        """Of the answers so far: {status: how many}."""
        found = {}
        for line in self._statuses.read_text(encoding="utf-8", errors="replace").split():
            found[line] = found.get(line, 0) + 1
        return found

    def _request(self, user):
        host, port = configuration.REPOSITORY[0], configuration.XCAP[1]
        options = {
            "url": f"https://{host}:{port}/spit-policy/users/{user}/index",
            "connect-to": f"{host}:{port}:{configuration.XCAP[0]}:{port}",
            "cacert": self._lab.pki.web_ca,
            "header": f"Authorization: Bearer {self._tokens[user]}",
            "upload-file": self._rules,
            "output": "/dev/null",
            "write-out": "%{http_code}\\n",
        }
        lines = [f'{name} = "{value}"' for name, value in options.items()]
        return "\n".join([*lines, f'header = "Content-Type: {DOCUMENT}"', ""])
