"""SIP messages as the lab judges them: what was called, what was signed, what the callee was told."""

import base64
import binascii
import json
import re
from dataclasses import dataclass, field

_LONG = {"v": "via", "f": "from", "t": "to", "i": "call-id", "y": "identity", "m": "contact", "l": "content-length"}
_NUMBER = re.compile(r"(?:sip:|sips:|tel:)\+?(\d+)", re.IGNORECASE)
_VERSTAT = re.compile(r";verstat=([\w.-]+)", re.IGNORECASE)


@dataclass
class Message:
    start_line: str
    headers: list = field(default_factory=list)  # (name in lower case and long form, value), folds undone
    body: str = ""

    def all(self, name):
        return [value for key, value in self.headers if key == name]

    def first(self, name):
        values = self.all(name)
        return values[0] if values else ""

    @property
    def method(self):
        """Of a request; empty for a response."""
        return "" if self.start_line.startswith("SIP/2.0") else self.start_line.split(" ", 1)[0]

    @property
    def status(self):
        """Of a response; 0 for a request."""
        words = self.start_line.split(" ")
        return int(words[1]) if words[0] == "SIP/2.0" and len(words) > 1 and words[1].isdigit() else 0

    @property
    def call_id(self):
        return self.first("call-id")

    @property
    def caller(self):
        found = _NUMBER.search(self.first("from"))
        return found.group(1) if found else ""

    @property
    def verstats(self):
        """Every verstat the message carries, in From and in P-Asserted-Identity."""
        texts = self.all("from") + self.all("p-asserted-identity")
        return [value for text in texts for value in _VERSTAT.findall(text)]

    @property
    def tokens(self):
        """The claims of each PASSporT, unverified: what the signer has said."""
        return [claims for value in self.all("identity") if (claims := _claims(value)) is not None]


def _claims(identity):
    parts = identity.split(";", 1)[0].strip().split(".")
    if len(parts) != 3 or not parts[1]:
        return None
    try:
        return json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return None


def parse(octets):
    """A message, or None if these octets are no SIP."""
    text = octets.decode("utf-8", errors="replace") if isinstance(octets, bytes) else octets
    head, _, body = text.replace("\r\n", "\n").partition("\n\n")
    lines = head.split("\n")
    if "SIP/2.0" not in lines[0]:
        return None
    message = Message(lines[0], body=body)
    for line in lines[1:]:
        if line[:1] in (" ", "\t") and message.headers:
            name, value = message.headers[-1]
            message.headers[-1] = (name, value + " " + line.strip())
            continue
        name, colon, value = line.partition(":")
        if colon:
            name = name.strip().lower()
            message.headers.append((_LONG.get(name, name), value.strip()))
    return message
