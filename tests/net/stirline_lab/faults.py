"""What goes wrong in a machine room, one function a fault: each is inflicted while calls run, and mended again.

A fault leaves the lab whole: both appliances run and have their tables when it returns.
"""

import ctypes
import os
import select
import signal
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import configuration, judgement
from .lab import SIGNER_PORTS
from .processes import LabError, run, wait_until

CALLS_EACH = 12  # of attestation A and B, in each round
RATE = 20        # calls a second
SECOND_PORT = 5_072  # of calls placed while others are under way
STUCK_SECONDS = 0.6
LINK_DOWN_SECONDS = 0.5
MOST_START_SECONDS = 2.0  # from the start of stirlined until it forwards

_PTRACE_CONT, _PTRACE_DETACH, _PTRACE_SEIZE, _PTRACE_INTERRUPT = 7, 17, 0x4206, 0x4207
_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)


@dataclass(frozen=True)
class Fault:
    name: str
    promise: str
    inflict: object          # function of the lab
    signs_all: bool = False  # no call may go unsigned or unverified either


@dataclass
class Tally:
    """All rounds of one fault."""
    fault: Fault
    rounds: int = 0
    survived: int = 0
    calls: int = 0
    lost: int = 0
    plain: int = 0    # crossed unsigned, or not validated
    wrong: int = 0    # marked as failed, though genuine
    problems: tuple = ()


def _appliances(lab):
    return (lab.signer, lab.verifier)


def control_killed(lab):
    for appliance in _appliances(lab):
        appliance.control.kill()
    time.sleep(0.3)
    for appliance in _appliances(lab):
        appliance.start_control()
        appliance.wait_ready()


def control_absent(lab):
    """Both controls are gone for longer than all the calls last, and more calls are placed meanwhile."""
    for appliance in _appliances(lab):
        appliance.control.kill()
    try:
        if not lab.place_calls(CALLS_EACH, kinds="AB", rate=RATE, port=SECOND_PORT).finish():
            raise LabError("calls placed while control was absent were lost")
    finally:
        for appliance in _appliances(lab):
            appliance.start_control()
            appliance.wait_ready()


def _forwards(lab):
    return lab.ping(configuration.ENDS["callee"][1])


def dataplane_killed(lab):
    """Packets in flight are gone, and SIP repeats them; what counts is how soon it forwards again."""
    lab.verifier.dataplane.kill()
    begin = time.monotonic()
    lab.verifier.start_dataplane()
    wait_until(lambda: _forwards(lab), 20, "the verifier forwards again", poll=0.01)
    took = time.monotonic() - begin
    lab.verifier.wait_ready()
    if took > MOST_START_SECONDS:
        raise LabError(f"from start to forwarding: {took:.1f} s")


def _restart_dataplane(appliance):
    appliance.dataplane.send_signal(signal.SIGINT)
    status = appliance.dataplane.wait(10)
    if status != 0:
        raise LabError(f"stirlined ended with status {status}")
    appliance.start_dataplane()
    appliance.wait_ready()


def dataplane_interrupted(lab):
    """SIGINT under load: what is held goes out, the process ends well and comes up again."""
    _restart_dataplane(lab.signer)


def _crypto_threads(pid):
    return [int(task.name) for task in Path(f"/proc/{pid}/task").iterdir()
            if (task / "comm").read_text(encoding="ascii").startswith("crypto")]


@contextmanager
def _stopped(thread):
    """One thread of a process stands still; ptrace stops a thread alone, a signal would stop all."""
    def trace(request, what):
        if _libc.ptrace(request, thread, None, None) != 0:
            raise LabError(f"ptrace cannot {what} thread {thread}: {os.strerror(ctypes.get_errno())}")
    trace(_PTRACE_SEIZE, "seize")
    trace(_PTRACE_INTERRUPT, "interrupt")
    os.waitpid(thread, 0x40000000)  # __WALL: it is no child of ours
    try:
        yield
    finally:
        trace(_PTRACE_DETACH, "let go of")


def crypto_core_stuck(lab):
    threads = _crypto_threads(lab.verifier.dataplane.pid)
    if not threads:
        raise LabError("stirlined has no thread of that name")
    with _stopped(threads[0]):
        time.sleep(STUCK_SECONDS)


def port_down(lab):
    namespace = lab.topology.names["signer"]
    for state in ("down", "up"):
        run(["ip", "-n", namespace, "link", "set", "s1", state])
        time.sleep(LINK_DOWN_SECONDS if state == "down" else 0)
    wait_until(lambda: _forwards(lab), 20, "the signer forwards again", poll=0.05)


def parking_exhausted(lab):
    """One place for calls that wait, and many calls at once: those without a place go on as they are."""
    signer = lab.signer
    try:
        configuration.write_dataplane_file(signer, SIGNER_PORTS, parked=1)
        _restart_dataplane(signer)
        if not lab.place_calls(40, kinds="AB", rate=2_000, port=SECOND_PORT).finish():
            raise LabError("calls of the burst were lost")
        if signer.counters()["parked_full"] == 0:
            raise LabError("there was room for all: nothing was tested")
    finally:
        configuration.write_dataplane_file(signer, SIGNER_PORTS)
        _restart_dataplane(signer)


def disk_full(lab):
    """The folder of call records lies on a disk without room."""
    folder = lab.verifier.records
    run(["mount", "-t", "tmpfs", "-o", "size=4k,nr_inodes=4", "none", folder])
    try:
        time.sleep(1.0)
    finally:
        run(["umount", "-l", folder])


def sockets_flooded(lab):
    """Garbage at both sockets of an appliance, as fast as they take it."""
    end = time.monotonic() + 1.0
    garbage = os.urandom(4_096)
    while time.monotonic() < end:
        for path in (lab.verifier.dataplane_socket, lab.verifier.control_socket):
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as flood:
                flood.settimeout(0.2)
                try:
                    flood.connect(str(path))
                    for size in (1, 64, 4_096):
                        flood.send(garbage[:size])
                    select.select([flood], [], [], 0.01)
                except OSError:
                    pass  # it may well hang up on us
    for appliance in _appliances(lab):
        appliance.wait_ready()


def reload_under_load(lab):
    for appliance in _appliances(lab):
        status, document = appliance.reload()
        if status != 0 or not document["in_use"]:
            raise LabError(f"{appliance.role}: {document}")


def reloads_at_once(lab):
    """Four at the same time: each is done or told to come again, and the last tables are in use."""
    results = []
    threads = [threading.Thread(target=lambda: results.append(lab.verifier.reload())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not any(status == 0 for status, _ in results):
        raise LabError(f"none of four reloads was done: {results}")
    odd = [document for status, document in results if status != 0 and document.get("result") != "busy"]
    if odd:
        raise LabError(f"refused otherwise than as busy: {odd}")
    lab.verifier.wait_ready()


FAULTS = (
    Fault("control killed", "no call lost, all signed and verified", control_killed, signs_all=True),
    Fault("control absent", "no call lost, all signed and verified", control_absent, signs_all=True),
    Fault("data plane killed", "no call lost; forwarding again within 2 s", dataplane_killed),
    Fault("data plane interrupted", "no call lost; it ends well", dataplane_interrupted),
    Fault("crypto core stuck", "no call lost", crypto_core_stuck),
    Fault("port down and up", "no call lost", port_down),
    Fault("parking exhausted", "no call lost", parking_exhausted),
    Fault("disk of records full", "no call lost, all signed and verified", disk_full, signs_all=True),
    Fault("sockets flooded", "no call lost, all signed and verified", sockets_flooded, signs_all=True),
    Fault("reload under load", "no call lost, all signed and verified", reload_under_load, signs_all=True),
    Fault("reloads at once", "no call lost, all signed and verified", reloads_at_once, signs_all=True),
)


def play_round(lab, fault, tally):
    """One round: calls, the fault in their midst, and what became of them."""
    tally.rounds += 1
    caller = lab.place_calls(CALLS_EACH, kinds="AB", rate=RATE)
    caller.wait_answered(3)
    problems = []
    try:
        fault.inflict(lab)
    except LabError as error:
        problems.append(str(error))
    caller.finish()
    calls = judgement.judge_calls(caller, lab.callee())
    lost = sum(not (call.answered and call.ended) for call in calls)
    wrong = sum(judgement.FAILED in call.verstats for call in calls)
    plain = sum(not (call.attest and call.verified) for call in calls)
    tally.calls += len(calls)
    tally.lost += lost
    tally.wrong += wrong
    tally.plain += plain
    problems += lab.unbalanced_ledgers()
    if lost or wrong or (fault.signs_all and plain) or problems:
        tally.problems += tuple(problems) or (f"{lost} lost, {wrong} marked as failed, {plain} unsigned or not validated",)
    else:
        tally.survived += 1


def table(tallies):
    """Lines of text."""
    rows = [("fault", "survived", "calls", "lost", "not validated", "wrong", "promise")]
    rows += [(each.fault.name, f"{each.survived}/{each.rounds}", str(each.calls), str(each.lost), str(each.plain),
              str(each.wrong), each.fault.promise) for each in tallies]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) if index in (0, 6) else cell.rjust(width)
                      for index, (cell, width) in enumerate(zip(row, widths))).rstrip() for row in rows]
