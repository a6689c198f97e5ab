"""What the daemons may do while calls flow, and where their keys never show."""

import base64
import json
import os
import re
import resource
import signal
from pathlib import Path

from stirline_lab import judgement
from stirline_lab.lab import Lab
from stirline_lab.processes import run


def _threads(pid):
    """{name: value} of the status of each thread."""
    for status in Path(f"/proc/{pid}/task").glob("*/status"):
        yield dict(line.split(":\t", 1) for line in status.read_text(encoding="ascii").splitlines() if ":\t" in line)


def _daemons(lab):
    return [process for appliance in (lab.signer, lab.verifier) for process in (appliance.dataplane, appliance.control)]


def test_daemons_are_confined(build, out):
    """After calls have been signed, verified and their certificates fetched: no thread of a daemon has a capability or
    a way to get one, all are behind a filter of system calls, and control reaches only its own files."""
    with Lab(build, out, capture=False) as lab:
        caller = lab.place_calls(10, rate=50)
        assert caller.finish(), "SIPp counts failed calls"
        assert not judgement.Judgement(judgement.judge_calls(caller, lab.callee())).problems()
        for process in _daemons(lab):
            threads = list(_threads(process.pid))
            assert threads, f"{process.name} has no threads"
            for thread in threads:
                for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
                    assert int(thread[name], 16) == 0, f"{process.name}: {name} is {thread[name]}"
                assert thread["NoNewPrivs"] == "1" and thread["Seccomp"] == "2", f"{process.name}: {thread}"
        for appliance in (lab.signer, lab.verifier):
            confinement = appliance.status()["control"]["confinement"]
            assert confinement["system_calls_filtered"] is True, confinement
            assert "limited" in confinement["files"], confinement


class Secret:
    """A private key in all the forms in which somebody could write it down."""

    def __init__(self, key):
        self.name = key.name
        text = run(["openssl", "pkey", "-in", key, "-noout", "-text"]).stdout
        digits = re.search(r"priv:\s*([0-9a-f:\s]+?)\s*pub:", text).group(1)
        self.scalar = bytes.fromhex(re.sub(r"[:\s]", "", digits))[-32:]
        self._patterns = [self.scalar, self.scalar[::-1]]
        self._texts = [self.scalar.hex(), ":".join(f"{octet:02x}" for octet in self.scalar), str(int(self.scalar.hex(), 16)),
                       ",".join(map(str, self.scalar)), ", ".join(map(str, self.scalar))]
        # In base64 its octets may begin at any place of a group of three: only the digits that depend on no neighbour.
        for before in range(3):
            after = -(before + len(self.scalar)) % 3
            code = base64.b64encode(bytes(before) + self.scalar + bytes(after)).decode()
            inner = code[(4 if before else 0):(-4 if after else None)]
            self._texts += [inner, inner.replace("+", "-").replace("/", "_")]
        self._texts += [line for line in key.read_text(encoding="ascii").splitlines()[1:3]]

    def __bool__(self):
        return len(self.scalar) == 32

    def found_in(self, octets):
        return any(pattern in octets for pattern in self._patterns) or \
            any(text.lower().encode() in octets.lower() for text in self._texts)


def _secrets(pki):
    return [Secret(key) for key in (pki.ranges.key, pki.provider.key, pki.web_key)]


def _places(lab):
    """(name, octets) of all that a daemon writes, shows or is started with."""
    for file in sorted(lab.logs.rglob("*")):
        if file.is_file():
            yield str(file.relative_to(lab.logs)), file.read_bytes()
    for appliance in (lab.signer, lab.verifier):
        yield f"status of the {appliance.role}", json.dumps(appliance.status()).encode()
        yield f"chains of the {appliance.role}", json.dumps(appliance.certificates()).encode()
        page = lab.metrics_page(appliance)
        assert "# EOF" in page, f"no metrics page of the {appliance.role}"
        yield f"metrics page of the {appliance.role}", page.encode()
    for process in _daemons(lab):
        for name in ("cmdline", "environ", "comm"):
            yield f"{name} of {process.name}", Path(f"/proc/{process.pid}/{name}").read_bytes()


def _core_files(folder):
    return {file.name for file in Path(folder).glob("*core*")}


def test_secrets_stay_inside(build, out):
    """STIR-AS-15: no key of a signer in logs, records, status, counters, command lines or environments, in whatever
    form; and no core file of a daemon that crashes, even where the shell that started it allows them."""
    resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
    with Lab(build, out, capture=False) as lab:
        caller = lab.place_calls(10, rate=50)
        assert caller.finish(), "SIPp counts failed calls"
        assert lab.signer.counters()["signed_a"] == 10, "the keys were not used: nothing was tested"
        assert lab.signer.reload()[0] == 0, "control does not read its keys again"
        secrets = _secrets(lab.pki)
        for secret in secrets:
            assert secret and secret.found_in(f"x{secret.scalar.hex().upper()}x".encode()), "the search finds nothing"
            assert secret.found_in(b"ab" + base64.b64encode(b"z" + secret.scalar + b"yz")), "the search is blind"
        for name, octets in _places(lab):
            for secret in secrets:
                assert not secret.found_in(octets), f"{secret.name} is in {name}"
        for process in (lab.signer.dataplane, lab.signer.control):
            folder = os.readlink(f"/proc/{process.pid}/cwd")
            before = _core_files(folder)
            process.send_signal(signal.SIGSEGV)
            assert process.wait(10) == -signal.SIGSEGV, f"{process.name} ended with {process.exit_status}"
            assert _core_files(folder) == before, f"{process.name} has left a core file in {folder}"
