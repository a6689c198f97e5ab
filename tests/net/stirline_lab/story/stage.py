"""Where the story is played: two appliances, Bob's line behind them, callers before them."""

import json
import time
from pathlib import Path
from urllib.parse import quote

from .. import configuration, sip
from ..behind_signer import BehindSigner
from ..ends import PORT, Ends, session, write_request
from ..processes import LabError, wait_until
from ..rule_keeper import DOCUMENT, ELEMENT, RuleKeeper
from ..topology import ENDS, SECOND_CALLEE
from . import payment
from .documents import FIVE_RULES, LATER, LAW
from .people import BOB, BOBS_LINE, COMPANY, HIJACKER, OUTSIDE, TESTER, VOICE_TEST, VOICEBOX
from .scene import Scene, Step
from .texts import SPAM, WANTED

STIRLINE = "Stirline"
_PLACES = {VOICEBOX: "voice box", VOICE_TEST: "voice test"}


class Stage:
    """From `with` to its end, in a lab that has begun."""

    def __init__(self, lab):
        self._lab = lab
        self._since = int(time.time())
        self._ends = Ends(lab.topology, (OUTSIDE, COMPANY))
        self._behind = BehindSigner(lab.topology)
        self._calls = 0
        self.scenes = []

    def __enter__(self):
        lab = self._lab
        lab.in_caller(["ip", "addr", "add", f"{COMPANY}/24", "dev", ENDS["caller"][0]])
        folder = Path(lab.verifier.folder)
        (folder / "law.xml").write_text(LAW, encoding="utf-8")
        listed = folder / "lists.csv"
        listed.write_text("list,kind,subject,until,origin,note\n"
                          f"do-not-originate,number,{HIJACKER.identity.removeprefix('tel:')},,,\n", encoding="utf-8")
        lab.verifier.import_lists(folder / "lists.db", listed)
        for kind, texts in (("spam", SPAM), ("ham", WANTED)):
            trained = folder / f"{kind}.txt"
            trained.write_text("\n".join(texts) + "\n", encoding="utf-8")
            lab.verifier.train(folder / "texts.db", "lab", kind, trained)
        lab.verifier.control.stop()
        (folder / "xcap.users").touch(mode=0o600)
        (folder / "payment.key").write_bytes(payment.KEY)
        configuration.write_judging_file(lab.verifier, lab.pki, [configuration.SIP_PORT, PORT], COMPANY,
                                         folder / "law.xml", folder / "lists.db", folder / "texts.db", TESTER,
                                         {"provider": payment.PROVIDER, "key": folder / "payment.key"})
        lab.verifier.start_control()
        lab.verifier.wait_ready()
        for credential in (lab.pki.ranges, lab.pki.provider):
            lab.verifier.fetch_certificate(credential.x5u)
        self.bob = RuleKeeper(lab, BOB)
        self.tester = RuleKeeper(lab, TESTER)
        self._ends.__enter__()
        self._behind.__enter__()
        return self

    def __exit__(self, *unused):
        self._behind.__exit__()
        self._ends.__exit__()

    def scene(self, title, output=""):
        self.scenes.append(Scene(title, output))
        return self.scenes[-1]

    # What crosses the wire.

    def new_call(self, person):
        self._calls += 1
        return f"{person.name.split()[-1].lower()}-{self._calls}"

    def ask(self, scene, person, method="INVITE", name=None, attempt=1, extra="", body=None, uri=BOBS_LINE):
        """A request and what comes of it: (place, message), where the place is Bob's, another one, or the caller's own."""
        name = name or self.new_call(person)
        asserted = f"P-Asserted-Identity: <{person.asserted}>\r\n" if person.asserted else ""
        text = write_request(method, uri, name, person.uri, uri.replace(f":{configuration.SIP_PORT}", ""), person.source,
                             attempt, f"{name}-{attempt}", asserted + extra, session() if body is None else body,
                             "application/sdp" if body is None else "text/plain")
        self._send(text, person)
        self._note(scene, person.name, STIRLINE, text)
        address, octets = self._next_of(name, attempt)
        message = sip.parse(octets)
        while address != SECOND_CALLEE and message.status < 200:  # it rings
            self._note(scene, STIRLINE, person.name, octets)
            address, octets = self._next_of(name, attempt)
            message = sip.parse(octets)
        if address != SECOND_CALLEE:
            self._note(scene, STIRLINE, person.name, octets)
            if method == "INVITE":
                self._acknowledge(text, message, person)
            return person.name, message
        target = message.start_line.split(" ")[1]
        place = _PLACES.get(target, "Bob")
        self._note(scene, STIRLINE, place, octets)
        return place, message

    def answer(self, name, attempt, octets, status_line):
        """The other end answers; comes back when the caller has it."""
        self._ends.answer(octets, status_line)
        return sip.parse(self._next_of(name, attempt)[1])

    def place_and_refuse(self, person, uri, status_line):
        """A call that is not told: it arrives, and its called number says this."""
        scene, name = Scene(""), self.new_call(person)
        place, _ = self.ask(scene, person, name=name, uri=uri)
        if place != person.name:
            self.answer(name, 1, scene.steps[-1].octets.encode(), status_line)

    def _acknowledge(self, request, answer, person):
        kept = [line for line in request.split("\r\n\r\n")[0].split("\r\n")
                if line.startswith(("Via:", "Max-Forwards:", "From:", "Call-ID:"))]
        uri = request.split(" ")[1]
        text = "\r\n".join([f"ACK {uri} SIP/2.0", *kept, f"To: {answer.first('to')}",
                            f"CSeq: {answer.first('cseq').split()[0]} ACK", "Content-Length: 0", "", ""])
        self._send(text, person)

    def _send(self, text, person):
        if person.past_signer:
            self._behind.send(text.encode(), PORT, (SECOND_CALLEE, configuration.SIP_PORT))
        else:
            self._ends.send(text, person.source)

    def _next_of(self, name, attempt, seconds=20):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            address, octets = self._ends.next(deadline - time.monotonic())
            message = sip.parse(octets) if octets else None
            if (message is not None and message.call_id.startswith(f"{name}@")
                    and message.first("cseq").startswith(f"{attempt} ") and not message.first("cseq").endswith(" ACK")):
                return address, octets
        raise LabError(f"nothing comes of {name}")

    @staticmethod
    def _note(scene, sender, receiver, octets):
        scene.steps.append(Step(sender, receiver, octets if isinstance(octets, str) else octets.decode(errors="replace")))

    # What Bob and others say over HTTPS.

    def upload_rules(self, scene):
        reply = self.bob.change(201, "--request", "PUT", "--header", f"Content-Type: {DOCUMENT}", "--data", FIVE_RULES)
        self._note_web(scene, "PUT", self.bob.document, DOCUMENT, FIVE_RULES, reply)

    def add_rule(self, scene, name):
        node = f"/~~/ruleset/rule%5b@id=%22{name}%22%5d"
        reply = self.bob.change(201, "--request", "PUT", "--header", f"Content-Type: {ELEMENT}", "--data", LATER[name],
                                node=node)
        self._note_web(scene, "PUT", self.bob.document + node, ELEMENT, LATER[name], reply)

    def remove_rules(self, scene):
        self._note_web(scene, "DELETE", self.bob.document, "", "", self.bob.change(200, "--request", "DELETE"))

    def who_asks(self, scene):
        url = f"{self.bob.server}/consent/users/{BOB}"
        reply = wait_until(lambda: self._asked(url), 20, "somebody asks Bob for his consent")
        self._note_web(scene, "GET", url, "", "", reply)

    def _asked(self, url):
        reply = self.bob.ask(url)
        return reply if reply.status == 200 and "pending" in reply.body else None

    def grant(self, scene, person):
        url = f"{self.bob.server}/consent/users/{BOB}/{quote(person.identity, safe=':@')}"
        body = json.dumps({"state": "granted", "days": 30})
        reply = self.bob.change(204, "--request", "PUT", "--data", body, url=url)
        self._note_web(scene, "PUT", url, "", body, reply)

    def complain(self, scene, person):
        url = f"{self.bob.server}/feedback"
        body = json.dumps({"from": person.identity, "verdict": "unwanted"})
        reply = wait_until(lambda: self._taken(url, body), 20, "Bob's complaint is taken")
        self._note_web(scene, "POST", url, "", body, reply)

    def _taken(self, url, body):
        """The reply, once the call that the complaint is about is known."""
        reply = self.bob.ask(url, "--request", "POST", "--data", body)
        return reply if reply.status == 204 else None

    def report_test(self, scene, call, person):
        url = f"{self.tester.server}/turing"
        body = json.dumps({"call-id": f"{call}@{person.source}", "caller": person.identity, "called": BOB, "ok": True})
        wait_until(lambda: self.records_of(call), 20, "control knows of the test")
        reply = self.tester.change(204, "--request", "POST", "--data", body, url=url)
        self._note_web(scene, "POST", url, "", body, reply, "voice test")

    def _note_web(self, scene, method, url, content_type, body, reply, who="Bob"):
        path = url.removeprefix(self.bob.server)
        head = f"{method} {path} HTTP/1.1\r\n" + (f"Content-Type: {content_type}\r\n" if content_type else "")
        self._note(scene, who, STIRLINE, f"{head}\r\n{body}")
        tag = f"ETag: {reply.etag}\r\n" if reply.etag else ""
        self._note(scene, STIRLINE, who, f"HTTP/1.1 {reply.status}\r\n{tag}\r\n{reply.body}")

    # What the verifier says of it.

    def records_of(self, call):
        """A dictionary for each attempt of a call to Bob, in their order."""
        return [record for record in self._lab.verifier.calls(BOB.removeprefix("tel:+"), self._since)
                if record.get("call_id", "").startswith(f"{call}@")]

    def explain(self, scene, call, attempts=1):
        """Adds to the scene what the records say of a call, once they have as many attempts of it."""
        wait_until(lambda: len(self.records_of(call)) >= attempts, 20, f"{call} is in the records")
        for record in self.records_of(call):
            status = f" {record['status']}" if "status" in record else ""
            scene.why.append(f"record: {record['decision']}{status}, {record.get('reason', '')}, "
                             f"{record.get('rule', 'no rule')}")

    def explain_caller(self, scene, person):
        """Adds what statistics say of a caller."""
        number = person.identity.removeprefix("tel:+")
        row = next((row for row in self._lab.verifier.reputation()
                    if row["kind"] == "caller" and number in row["name"]), None)
        if row is None:
            raise LabError(f"nothing is known about {person.name}")
        reasons = sorted((part for part in row["contributions"] if part["points"] > 0), key=lambda part: -part["points"])
        scene.why.append(f"stirline reputation: {row['score']} of 100 in {row['calls']:.0f} calls")
        scene.why += [f"  {part['feature']} {part['value']:.0f} {part['unit']}: {part['points']:.0f} points"
                      for part in reasons]
