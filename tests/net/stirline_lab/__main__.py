"""The lab as a command; config/lab.sh prepares what it needs and calls it.

Exit status: 0 every placed call answered, every signed one verified, every forged one refused, or every scene of the story
came as it is told; 1 not so; 2 the lab could not be run; 64 wrong arguments.
"""

import argparse
import os
import sys
import time
from pathlib import Path

from . import scenario
from .lab import ended_by_signals
from .numbers import MOST_CALLS
from .processes import LabError
from .story import play, telling


class Progress:
    """One line per step; on a terminal the count of calls is rewritten in place."""

    def __init__(self):
        self._begin = time.monotonic()
        self._shown = -1
        self._open = False

    def say(self, text):
        if self._open:
            print()
            self._open = False
        print(f"[{time.monotonic() - self._begin:5.1f} s] {text}", flush=True)

    def count(self, done, planned):
        terminal = sys.stdout.isatty()
        if done == self._shown or (not terminal and done < planned and done - self._shown < planned / 10):
            return
        self._shown = done
        text = f"[{time.monotonic() - self._begin:5.1f} s] calls: {done} of {planned} answered"
        print(text, end="\r" if terminal else "\n", flush=True)
        self._open = terminal


def _arguments():
    parser = argparse.ArgumentParser(prog="lab", description="Calls between two appliances in namespaces.")
    parser.add_argument("--build", type=Path, required=True, help="build folder with the programs")
    parser.add_argument("--out", type=Path, required=True, help="folder for captures and logs")
    parser.add_argument("--story", action="store_true", help="Bob's story, in place of the calls")
    parser.add_argument("--calls", type=int, default=50, help="calls of each attestation (A, B, C)")
    try:
        arguments = parser.parse_args()
    except SystemExit as error:
        raise SystemExit(64 if error.code else 0) from None
    if not 1 <= arguments.calls <= MOST_CALLS:
        print(f"lab: --calls must be 1 to {MOST_CALLS}", file=sys.stderr)
        raise SystemExit(64)
    return arguments


def _give_to_caller(folder):
    """Under sudo, captures and logs belong to whoever called, not to root."""
    if "SUDO_UID" in os.environ:
        user, group = int(os.environ["SUDO_UID"]), int(os.environ["SUDO_GID"])
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user, group, follow_symlinks=False)


def main():
    arguments = _arguments()
    if os.geteuid() != 0:
        print("lab: namespaces and packet sockets need root", file=sys.stderr)
        return 2
    progress = Progress()
    arguments.out.mkdir(parents=True, exist_ok=True)
    try:
        with ended_by_signals():
            problems = _story(arguments, progress) if arguments.story else _calls(arguments, progress)
    except LabError as error:
        progress.say(f"the lab could not be run: {error}")
        print(f"logs: {arguments.out.resolve() / 'logs'}")
        return 2
    finally:
        _give_to_caller(arguments.out)
    for problem in problems:
        print(f"PROBLEM: {problem}")
    if problems:
        print("the lab has failed")
    return 1 if problems else 0


def _calls(arguments, progress):
    outcome = scenario.play(arguments.build, arguments.out, arguments.calls, progress.say, progress.count)
    print()
    print("\n".join(outcome.table))
    print()
    print("captures:", *outcome.files, sep="\n  ")
    if not outcome.problems:
        print("every placed call answered, every signed call verified, every forged one refused")
    return outcome.problems


def _story(arguments, progress):
    told = play.play(arguments.build, arguments.out, progress.say, lambda lines: print("\n" + "\n".join(lines), flush=True))
    print("\nEvery output of the authorization engine, and the scenes that show it:\n")
    print("\n".join(telling.table_of(told.outputs)))
    print(f"\nwhole messages: {arguments.out.resolve() / 'messages'}")
    if not told.problems:
        print("every scene came as it is told")
    return told.problems


if __name__ == "__main__":
    sys.exit(main())
