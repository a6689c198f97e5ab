"""The story as text: what happens on the left, the messages beside it on the right; whole messages go into files."""

import re
import textwrap

_LEFT, _WIDTH = 26, 140
_TOLD = ("from", "p-asserted-identity", "identity", "puzzle", "permission-missing", "spam-score", "content-type", "etag")
_LONGEST = 100


def _written(name):
    return "-".join(part.capitalize() for part in name.split("-")).replace("Etag", "ETag")


def _lines_of(step):
    """What is told of a message: its first line, the header fields that matter here, and a body that people read."""
    head, _, body = step.octets.partition("\r\n\r\n")
    first, *rest = head.split("\r\n")
    lines = [first]
    for line in rest:
        name, _, value = line.partition(":")
        if name.strip().lower() in _TOLD and "sdp" not in value:
            lines.append(f"{_written(name.strip().lower())}: {_short(value.strip())}")
    if body and not body.startswith("v=0"):
        lines += ["", *(_short(line) for line in body.rstrip().split("\n"))]
    return lines


def _short(text):
    """Without what people do not read: declarations of namespaces, and ends of long lines."""
    text = re.sub(r' xmlns(:\w+)?="[^"]*"', "", text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST - 1]}…"


def lines_of(number, scene):
    title = f"{number}. {scene.title}"
    lines = textwrap.wrap(title, _WIDTH, subsequent_indent=" " * (title.index(" ") + 1))
    told = set()
    for step in scene.steps:
        left = f"   {step.sender} → {step.receiver}"
        first, *rest = _lines_of(step)
        for line in [first, *(line for line in rest if line not in told)]:
            lines.append(f"{left:<{_LEFT}}  {line}".rstrip())
            left = ""
        told.update(line for line in rest if ": " in line)
    lines += [f"   {line}" for line in scene.why]
    lines += [f"   PROBLEM: {problem}" for problem in scene.problems]
    return lines


def table_of(outputs):
    """Which scenes show which output of the authorization engine."""
    width = max(len(output) for output in outputs)
    return [f"{output:<{width}}  {', '.join(map(str, numbers))}" for output, numbers in outputs.items()]


def write_messages(folder, scenes):
    """Every message in whole, a file a scene."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, scene in enumerate(scenes, 1):
        texts = [f"-- {step.sender} to {step.receiver}\n{step.octets.replace(chr(13), '').rstrip()}\n" for step in scene.steps]
        (folder / f"{number:02}.txt").write_text("\n".join(texts), encoding="utf-8")
