"""The whole story. Run by the lab, which prints it, and by the network tests, which assert it."""

from dataclasses import dataclass, field

from ..lab import Lab
from . import telling
from .scenes import SCENES
from .stage import Stage


@dataclass
class Told:
    lines: list = field(default_factory=list)
    outputs: dict = field(default_factory=dict)  # of the authorization engine: numbers of the scenes that show it
    problems: list = field(default_factory=list)


def play(build, out, say=lambda text: None, tell=lambda lines: None):
    """`tell` is given each scene's lines when it is over."""
    told = Told()
    with Lab(build, out, say) as lab, Stage(lab) as stage:
        for number, scene in enumerate(SCENES, 1):
            scene(stage)
            played = stage.scenes[-1]
            lines = telling.lines_of(number, played)
            tell(lines)
            told.lines += lines
            told.problems += played.problems
            if played.output:
                told.outputs.setdefault(played.output, []).append(number)
        telling.write_messages(lab.out / "messages", stage.scenes)
    return told
