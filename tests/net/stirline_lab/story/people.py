"""Who is in the story. Whose number is in a block of the lab's numbers is signed for by his provider, with its attestation."""

from dataclasses import dataclass

from ..configuration import SIP_PORT
from ..ends import number_uri
from ..numbers import FIRST
from ..topology import ENDS, SECOND_CALLEE

OUTSIDE = ENDS["caller"][1]
COMPANY = "192.0.2.4"  # of the company's own exchange, which says who calls and is believed
DOMAIN = "company-example.com"


@dataclass(frozen=True)
class Person:
    name: str
    uri: str           # what stands in From
    identity: str      # what the verifier makes of it once it is shown
    source: str = OUTSIDE
    asserted: str = ""      # P-Asserted-Identity
    past_signer: bool = False  # enters behind the signer, who would sign for the number

    @property
    def domain(self):
        return self.identity.partition("@")[2]


def _with_number(name, number):
    return Person(name, number_uri(number, OUTSIDE), f"tel:+{number}")


def _of_company(name, uri):
    return Person(name, uri, uri, COMPANY, uri)


BOB = f"tel:+{442079469500}"
BOBS_LINE = number_uri(BOB.removeprefix("tel:+"), f"{SECOND_CALLEE}:{SIP_PORT}")
VOICEBOX = f"sip:voicebox@{DOMAIN}"
VOICE_TEST = f"sip:are-you-human@{DOMAIN}"
TESTER = f"sip:voice-test@{DOMAIN}"

ALICE = _with_number("Alice", FIRST["A"] + 901)
CHARLIE = _of_company("Charlie", f"sip:charlie@{DOMAIN}")
MALICE = Person("Malice", "sip:malice@nowhere.example.net", "")
ROBOT = _with_number("A robot", FIRST["C"] + 902)
FALSE_ALICE = Person("Somebody", ALICE.uri, "", past_signer=True)
SELLER = _with_number("A seller", FIRST["B"] + 906)
TRUDY = _with_number("Trudy", FIRST["A"] + 903)
DORA = _with_number("Dora", FIRST["A"] + 904)
FRANK = _with_number("Frank", FIRST["A"] + 907)
ERIN = _of_company("Erin", "sip:erin@partner.example.org")
HIJACKER = _with_number("A hijacker", FIRST["unsigned"] + 905)
