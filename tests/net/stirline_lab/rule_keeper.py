"""A called user who keeps rules at the verifier, with curl (SPIT-XC-01)."""

from dataclasses import dataclass

from . import configuration
from .processes import LabError, wait_until

DOCUMENT = "application/auth-policy+xml"
ELEMENT = "application/xcap-el+xml"


@dataclass(frozen=True)
class Reply:
    status: int
    etag: str
    body: str


class RuleKeeper:
    """`user`: the XUI. Admitted when it is made; the verifier must serve documents."""

    def __init__(self, lab, user):
        self.user = user
        self._appliance = lab.verifier
        host, port = configuration.REPOSITORY[0], configuration.XCAP[1]
        self.server = f"https://{host}:{port}"
        self.document = f"{self.server}/spit-policy/users/{user}/index"
        self._common = ("--cacert", lab.pki.web_ca, "--connect-to", f"{host}:{port}:{configuration.XCAP[0]}:{port}",
                        "--header", f"Authorization: Bearer {lab.verifier.admit(user)}")
        wait_until(lambda: self._pushed() is not None, 20, "the data plane has rules, if none of users")

    def ask(self, url, *arguments):
        """One request."""
        answer = self._appliance.curl(*self._common, "--include", *arguments, url).stdout
        head, body = _split(answer)
        lines = head.split("\r\n")
        etag = next((line[5:].strip() for line in lines if line.lower().startswith("etag:")), "")
        return Reply(int(lines[0].split(" ")[1]), etag, body)

    def change(self, expected, *arguments, node="", url=""):
        """One request that changes what rules are about; comes back once the data plane has them."""
        before = self._pushed()
        reply = self.ask(url or self.document + node, *arguments)
        if reply.status != expected:
            raise LabError(f"{arguments} was answered {reply.status}: {reply.body}")
        wait_until(lambda: self._pushed() != before, 20, "the rules reach the data plane")
        return reply

    def _pushed(self):
        rules = self._appliance.status()["dataplane"]["rules"]
        return rules and rules["number"]


def _split(answer):
    """(head, body) of the answer; a 100 may stand before it."""
    while answer.startswith("HTTP/1.1 100"):
        answer = answer.partition("\r\n\r\n")[2]
    head, _, body = answer.partition("\r\n\r\n")
    return head, body
