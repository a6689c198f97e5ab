"""One scene of the story: what was sent, what came of it, and why."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Step:
    """One message on its way. `octets` is the whole of it, as text."""
    sender: str
    receiver: str
    octets: str


@dataclass
class Scene:
    title: str
    output: str = ""  # of the authorization engine (SPIT-FW-01); none in scenes where it decides nothing
    steps: list = field(default_factory=list)
    why: list = field(default_factory=list)  # what records, rankings and rules say of it
    problems: list = field(default_factory=list)

    def expect(self, condition, problem):
        if not condition:
            self.problems.append(f"{self.title.split('.')[0]}: {problem}")
