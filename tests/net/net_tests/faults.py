"""Each fault of the fault script once, with calls running (issue-wide promise: no call lost that policy lets pass)."""

from stirline_lab import faults
from stirline_lab.lab import Lab


def test_faults(build, out):
    """INL-AV-01: controls killed and absent, data plane killed and interrupted, crypto core stuck, port down, no room to
    park, disk full, sockets flooded, reloads: no call lost, none marked wrongly, ledgers exact."""
    tallies = []
    with Lab(build, out, capture=False) as lab:
        for fault in faults.FAULTS:
            tallies.append(faults.Tally(fault))
            faults.play_round(lab, fault, tallies[-1])
    bad = [f"{each.fault.name}: {'; '.join(each.problems)}" for each in tallies if each.problems]
    assert not bad, " | ".join(bad)
