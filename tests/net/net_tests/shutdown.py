"""Stopping: in time, with nothing left behind."""

import os
import signal
import sys
from pathlib import Path

from stirline_lab import topology
from stirline_lab.lab import Lab
from stirline_lab.processes import Process, wait_until

HERE = Path(__file__).resolve().parent.parent


def test_daemons_stop(build, out):
    """SIGTERM ends all four daemons in time, with status 0, while calls flow; nothing they listened on is left."""
    with Lab(build, out, capture=False) as lab:
        caller = lab.place_calls(50, rate=20)
        caller.wait_answered(10)
        for appliance in (lab.signer, lab.verifier):
            assert appliance.stop(), f"the {appliance.role} did not end well: " \
                f"{appliance.dataplane.exit_status}, {appliance.control.exit_status}"
            for path in (appliance.dataplane_socket, appliance.control_socket):
                assert not path.exists(), f"{path} is left behind"


def _children(pid):
    """Pids of the processes that `pid` has started, from the kernel."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(word) for word in task.read_text(encoding="ascii").split()]
    return found


def test_lab_stops(build, out):
    """SIGTERM in the middle of the lab: it ends in time and leaves no namespace and no process."""
    out.mkdir(parents=True, exist_ok=True)
    lab = Process("the lab", [sys.executable, "-m", "stirline_lab", "--build", build, "--out", out / "lab",
                              "--calls", "500"], out / "lab.log", cwd=HERE)
    try:
        def under_way():
            lab.require_running()
            return "answered" in lab.log.read_text(errors="replace")
        wait_until(under_way, 90, "the lab places calls")
        assert len(topology.namespaces_of(lab.pid)) == 4, "the lab has no namespaces of its own"
        children = _children(lab.pid)
        assert len(children) >= 4, f"the lab has only {len(children)} processes"
        lab.send_signal(signal.SIGTERM)
        status = lab.wait(25)
    finally:
        lab.kill()
    assert status == 128 + signal.SIGTERM, f"exit status {status}"
    assert not topology.namespaces_of(lab.pid), f"left behind: {topology.namespaces_of(lab.pid)}"
    left = [pid for pid in children if os.path.exists(f"/proc/{pid}")]
    assert not left, f"processes left behind: {left}"
