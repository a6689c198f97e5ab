#!/usr/bin/env python3
"""systemd units: each carries the hardening that the house wants, and systemd has nothing to say against them.

    units.py UNIT…                 the units as they are installed
    units.py --programs DIR UNIT…  likewise; programs that stand in DIR count as installed

The second half needs `systemd-analyze`; where it is not, that is said and only the first half counts. Exit status 1 if
a rule is broken.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# What every unit says, word by word.
WANTED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "ProtectProc": "invisible",
    "ProtectKernelTunables": "yes",
    "ProtectKernelModules": "yes",
    "ProtectKernelLogs": "yes",
    "ProtectControlGroups": "yes",
    "ProtectHostname": "yes",
    "RestrictNamespaces": "yes",
    "RestrictSUIDSGID": "yes",
    "RestrictRealtime": "yes",
    "LockPersonality": "yes",
    "MemoryDenyWriteExecute": "yes",
    "RemoveIPC": "yes",
    "KeyringMode": "private",
    "SystemCallArchitectures": "native",
    "DevicePolicy": "closed",
    "LimitCORE": "0",
    "Group": "stirline",
    "Restart": "always",
}
# What a unit may have at most, and must name.
MOST = {
    "stirlined.service": {
        "User": "stirlined",
        "ProtectClock": "yes",
        "CapabilityBoundingSet": "CAP_NET_RAW CAP_NET_ADMIN CAP_IPC_LOCK",
        "AmbientCapabilities": "CAP_NET_RAW CAP_NET_ADMIN CAP_IPC_LOCK",
        "RestrictAddressFamilies": "AF_UNIX AF_PACKET AF_INET AF_NETLINK",
        "ReadWritePaths": "/run/stirline",
    },
    "stirline-control.service": {
        "User": "stirline-control",
        "SystemCallFilter": "~clock_settime settimeofday",  # it reads adjtimex, which ProtectClock forbids
        "CapabilityBoundingSet": "CAP_NET_BIND_SERVICE",
        "AmbientCapabilities": "CAP_NET_BIND_SERVICE",
        "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6 AF_NETLINK",
        "ReadWritePaths": "/run/stirline",
        "PrivateDevices": "yes",
        "ProcSubset": "pid",
    },
}


def settings(text):
    """{key: [values]} of the section [Service]."""
    found, inside = {}, False
    for line in text.splitlines():
        if line.startswith("["):
            inside = line.strip() == "[Service]"
        elif inside and "=" in line and not line.startswith(("#", ";")):
            key, value = line.split("=", 1)
            found.setdefault(key.strip(), []).append(value.strip())
    return found


def breaches(unit):
    wanted = MOST.get(unit.name)
    if wanted is None:
        yield f"{unit.name}: no rule says what it may do"
        return
    text = unit.read_text(encoding="ascii")
    if left := re.findall(r"@\w+@", text):
        yield f"{unit.name}: not filled in: {left}"
    found = settings(text)
    for key, value in {**WANTED, **wanted}.items():
        if found.get(key) != [value]:
            yield f"{unit.name}: {key}={value} wanted, found {found.get(key) or 'nothing'}"


def verify(units, programs):
    """What systemd-analyze says, with programs in place of those that are not installed here."""
    with tempfile.TemporaryDirectory() as folder:
        copies = []
        for unit in units:
            text = re.sub(r"^(Exec\w+=)(\S+)", lambda match: match[1] + str(program_at(match[2], programs)),
                          unit.read_text(encoding="ascii"), flags=re.MULTILINE)
            copies.append(Path(folder) / unit.name)
            copies[-1].write_text(text, encoding="ascii")
        result = subprocess.run(["systemd-analyze", "verify", "--man=no", *copies], capture_output=True, text=True,
                                check=False, timeout=60)
        lines = [line for line in (result.stdout + result.stderr).splitlines()
                 if any(unit.name in line for unit in units)]
        if result.returncode != 0 and not lines:
            lines = [f"systemd-analyze verify: exit status {result.returncode}: {result.stderr.strip()}"]
        return lines


def program_at(installed, programs):
    for folder in programs:
        if (folder / Path(installed).name).is_file():
            return folder / Path(installed).name
    return installed


def main():
    parser = argparse.ArgumentParser(description="Checks systemd units")
    parser.add_argument("--programs", type=Path, action="append", default=[])
    parser.add_argument("unit", type=Path, nargs="+")
    arguments = parser.parse_args()
    found = [breach for unit in arguments.unit for breach in breaches(unit)]
    if missing := set(MOST) - {unit.name for unit in arguments.unit}:
        found.append(f"not there: {', '.join(sorted(missing))}")
    if shutil.which("systemd-analyze"):
        found += verify(arguments.unit, [folder.resolve() for folder in arguments.programs])
    else:
        print("skipped: systemd-analyze verify, it is not installed; the house's own rules were checked")
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
