"""What Bob, and the law, want: rules as they are uploaded (RFC 4745, SPIT-PL)."""

from .people import ALICE, CHARLIE, FRANK, TRUDY, VOICEBOX, VOICE_TEST

_NAMESPACES = ('xmlns="urn:ietf:params:xml:ns:common-policy" xmlns:sp="urn:ietf:params:xml:ns:spit-policy" '
               'xmlns:h="urn:ietf:params:xml:ns:hashcash" xmlns:sa="urn:ietf:params:xml:ns:statistical-analysis"')

WORK = 15  # bits of the puzzle: 32,768 attempts at most


def _rule(name, conditions, actions, namespaces=""):
    return (f'<rule id="{name}"{namespaces}>\n  <conditions>{conditions}</conditions>\n'
            f"  <actions>{actions}</actions>\n</rule>")


def _ruleset(*rules):
    return f"<ruleset {_NAMESPACES}>\n" + "\n".join(rules) + "\n</ruleset>\n"


def _more(name, conditions, actions):
    return _rule(name, conditions, actions, f" {_NAMESPACES}")


_NOBODY = "<sp:authentication>none failed</sp:authentication>"

# The five rules of the example.
FIVE_RULES = _ruleset(
    _rule("friends", f'<identity><one id="{ALICE.identity}"/></identity>', "<sp:handling>allow</sp:handling>"),
    _rule("colleagues", f'<identity><many domain="{CHARLIE.domain}"/></identity>', "<sp:handling>allow</sp:handling>"),
    _rule("unknown", f"{_NOBODY}<h:result>none</h:result>",
          f'<sp:execute><h:hashcash work="{WORK}"/></sp:execute>'),
    _rule("has-worked", "<h:result>success</h:result>", f"<sp:forward-to>{VOICEBOX}</sp:forward-to>"),
    _rule("has-not", "<h:result>failure</h:result>", "<sp:handling>block</sp:handling>"))

# What Bob adds later, one at a time: {id: rule}.
LATER = {
    "robots": _more("robots", '<sp:method>INVITE</sp:method><sa:spam-score min="60"/>',
                    "<sp:handling>allow-marked</sp:handling>"),
    "advertisements": _more("advertisements", '<sp:method>MESSAGE</sp:method><sa:spam-score min="90"/>',
                            '<sp:response code="607"/>'),
    "trudy": _more("trudy", f'<sp:method>INVITE</sp:method><identity><one id="{TRUDY.identity}"/></identity>',
                   "<sp:handling>polite-block</sp:handling>"),
    "ask-me-first": _more("ask-me-first", "<sp:method>MESSAGE</sp:method><sp:authentication>signed</sp:authentication>",
                          "<sp:execute><sp:consent/></sp:execute>"),
    "frank-pays": _more("frank-pays", f'<sp:method>INVITE</sp:method><identity><one id="{FRANK.identity}"/></identity>'
                        '<sp:result component="pay">none</sp:result>', "<sp:execute><sp:pay/></sp:execute>"),
    "has-paid": _more("has-paid", '<sp:result component="pay">success</sp:result>', "<sp:handling>allow</sp:handling>"),
    "are-you-human": _more("are-you-human",
                           "<sp:method>INVITE</sp:method><sp:authentication>asserted</sp:authentication>",
                           f'<sp:execute><sp:ivr target="{VOICE_TEST}"/></sp:execute>'),
}

# Of the law, whatever Bob wants.
LAW = _ruleset(_rule("nobody-calls-from-there", "<sp:list>do-not-originate</sp:list>", '<sp:response code="603"/>'))
