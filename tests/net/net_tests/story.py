"""Bob's story: each output of the authorization engine once, on the wire (SPIT-FW-01; seed 4 section 7)."""

from stirline_lab.story import play

OUTPUTS = ["forward", "challenge: puzzle", "re-route", "block", "forward, marked", "polite block", "challenge: consent",
           "challenge: payment", "challenge: voice test"]


def test_story(build, out):
    """Friend, colleague, a stranger who works and one who does not, a robot, and everybody else of it."""
    told = play.play(build, out)
    assert not told.problems, "; ".join(told.problems)
    assert list(told.outputs) == OUTPUTS, f"the outputs are {list(told.outputs)}"
