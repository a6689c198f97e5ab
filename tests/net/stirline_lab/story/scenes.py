"""The scenes, in their order. Each sees to it that it came as it is told."""

from .. import judgement
from ..configuration import SIP_PORT
from ..ends import number_uri
from ..numbers import CALLED
from ..topology import SECOND_CALLEE
from . import payment, puzzle
from .people import ALICE, CHARLIE, DORA, ERIN, FALSE_ALICE, FRANK, HIJACKER, MALICE, ROBOT, SELLER, TRUDY
from .texts import ADVERTISEMENT

ROBOT_CALLS = 60
SOLVES = "Supported: hashcash\r\n"  # who does not say so is given no puzzle (SPIT-HC-04)


def before(stage):
    scene = stage.scene("Bob has no rules yet. Malice, whom nobody knows, calls him, and gets through.")
    call = stage.new_call(MALICE)
    place, message = stage.ask(scene, MALICE, name=call)
    scene.expect(place == "Bob" and not message.tokens, f"it came to {place}")
    stage.explain(scene, call)


def upload(stage):
    stage.upload_rules(stage.scene("Bob uploads five rules: friends; colleagues; a puzzle for whom nobody vouches; the "
                                   "voice box for who has solved it; nothing for who has not."))


def friend(stage):
    scene = stage.scene("Alice calls. Her provider signs, so it is her: rule 1.", "forward")
    _gets_through(stage, scene, ALICE, "user:friends")


def borrowed_name(stage):
    scene = stage.scene("Somebody calls with Alice's number, and nobody signs for it. A name in From is no identity: rule 3.",
                        "challenge: puzzle")
    call = stage.new_call(FALSE_ALICE)
    place, message = stage.ask(scene, FALSE_ALICE, name=call, extra=SOLVES)
    scene.expect(message.status == 419, f"it came to {place}")
    stage.explain(scene, call)


def colleague(stage):
    scene = stage.scene("Charlie calls from the company's own exchange, which is believed: rule 2.", "forward")
    _gets_through(stage, scene, CHARLIE, "user:colleagues")


def worker(stage):
    scene = stage.scene("Malice calls again. She solves the puzzle and reaches Bob's voice box: rules 3 and 4.", "re-route")
    call, given = _challenged(stage, scene)
    place, _ = stage.ask(scene, MALICE, name=call, attempt=2, extra=f"Puzzle: {puzzle.solve(given)}\r\n")
    scene.expect(place == "voice box", f"the solution came to {place}")
    stage.explain(scene, call, 2)


def idler(stage):
    scene = stage.scene("Malice tries without work: rule 5.", "block")
    call, given = _challenged(stage, scene)
    place, message = stage.ask(scene, MALICE, name=call, attempt=2, extra=f"Puzzle: {puzzle.guess(given)}\r\n")
    scene.expect(message.status == 603, f"the guess came to {place}")
    stage.explain(scene, call, 2)


def robot(stage):
    scene = stage.scene(f"A robot calls {ROBOT_CALLS} numbers in a row that nobody has; its provider vouches for the trunk alone. "
                        "Bob wants such calls marked. It calls him.", "forward, marked")
    stage.add_rule(scene, "robots")
    for i in range(ROBOT_CALLS):
        stage.place_and_refuse(ROBOT, number_uri(CALLED + 5_000 + i, f"{SECOND_CALLEE}:{SIP_PORT}"), "404 Not Found")
    call = stage.new_call(ROBOT)
    place, message = stage.ask(scene, ROBOT, name=call)
    scene.expect(place == "Bob" and message.first("spam-score"), f"it came to {place}, marked {message.first('spam-score')!r}")
    stage.explain(scene, call)
    stage.explain_caller(scene, ROBOT)


def complaint(stage):
    scene = stage.scene("Bob says that he did not want that call. Now it counts against its caller for others, too.")
    stage.complain(scene, ROBOT)


def advertisement(stage):
    scene = stage.scene("Somebody whose provider signs writes what the filter of texts was trained to know. Bob has no use for it.",
                        "block")
    stage.add_rule(scene, "advertisements")
    call = stage.new_call(SELLER)
    place, message = stage.ask(scene, SELLER, "MESSAGE", call, body=ADVERTISEMENT)
    scene.expect(message.status == 607, f"it came to {place}")
    stage.explain(scene, call)
    other = stage.new_call(SELLER)
    place, _ = stage.ask(scene, SELLER, "MESSAGE", other, body="We are at the station tomorrow morning.")
    scene.expect(place == "Bob", f"an ordinary text came to {place}")
    stage.explain(scene, other)


def avoided(stage):
    scene = stage.scene("Bob does not want to see Trudy, nor her to see that. She calls, it rings, and nobody answers.",
                        "polite block")
    stage.add_rule(scene, "trudy")
    call = stage.new_call(TRUDY)
    place, message = stage.ask(scene, TRUDY, name=call)
    scene.expect(message.status == 480, f"it came to {place}")
    scene.expect(any(step.octets.startswith("SIP/2.0 180 ") for step in scene.steps), "it did not ring before")
    stage.explain(scene, call)


def consent(stage):
    scene = stage.scene("Who writes to Bob for the first time shall ask him before. Dora writes; Bob sees who asks, and "
                        "permits it; she writes again.", "challenge: consent")
    stage.add_rule(scene, "ask-me-first")
    first, second = stage.new_call(DORA), stage.new_call(DORA)
    place, message = stage.ask(scene, DORA, "MESSAGE", first, body="Hello Bob, we met in Vienna.")
    scene.expect(message.status == 470, f"it came to {place}")
    stage.who_asks(scene)
    stage.grant(scene, DORA)
    place, _ = stage.ask(scene, DORA, "MESSAGE", second, body="Hello Bob, we met in Vienna.")
    scene.expect(place == "Bob", f"with Bob's consent it came to {place}")
    stage.explain(scene, first)
    stage.explain(scene, second)


def deposit(stage):
    scene = stage.scene("Frank calls too often for Bob's taste: he shall leave a deposit. He pays, and calls again with the receipt, "
                        "which is good for that one call.", "challenge: payment")
    for rule in ("frank-pays", "has-paid"):
        stage.add_rule(scene, rule)
    call = stage.new_call(FRANK)
    place, message = stage.ask(scene, FRANK, name=call)
    scene.expect(message.status == 402, f"it came to {place}")
    receipt = f"Payment-Receipt: {payment.receipt(message.first('payment-offer'))}\r\n"
    place, _ = stage.ask(scene, FRANK, name=call, attempt=2, extra=receipt)
    scene.expect(place == "Bob", f"with the receipt it came to {place}")
    stage.explain(scene, call, 2)


def voice_test(stage):
    scene = stage.scene("Others who call through the company's exchange shall show that they are human. Erin passes the test "
                        "and calls again.", "challenge: voice test")
    stage.add_rule(scene, "are-you-human")
    first, second = stage.new_call(ERIN), stage.new_call(ERIN)
    place, _ = stage.ask(scene, ERIN, name=first)
    scene.expect(place == "voice test", f"it came to {place}")
    stage.report_test(scene, first, ERIN)
    place, _ = stage.ask(scene, ERIN, name=second)
    scene.expect(place == "Bob", f"after the test it came to {place}")
    stage.explain(scene, first)
    stage.explain(scene, second)


def law(stage):
    scene = stage.scene("Somebody calls from a number that is listed as never calling. The law comes before Bob's rules.", "block")
    call = stage.new_call(HIJACKER)
    place, message = stage.ask(scene, HIJACKER, name=call)
    scene.expect(message.status == 603, f"it came to {place}")
    stage.explain(scene, call)


def end(stage):
    stage.remove_rules(stage.scene("Bob deletes his rules."))


SCENES = (before, upload, friend, borrowed_name, colleague, worker, idler, robot, complaint, advertisement, avoided, consent,
          deposit, voice_test, law, end)


def _gets_through(stage, scene, person, rule):
    call = stage.new_call(person)
    place, message = stage.ask(scene, person, name=call)
    scene.expect(place == "Bob", f"it came to {place}")
    scene.expect(not message.tokens or set(message.verstats) == {judgement.PASSED}, f"verstat is {message.verstats}")
    stage.explain(scene, call)
    scene.expect(stage.records_of(call)[-1].get("rule") == rule, f"the rule is {scene.why[-1]}")


def _challenged(stage, scene):
    call = stage.new_call(MALICE)
    place, message = stage.ask(scene, MALICE, name=call, extra=SOLVES)
    scene.expect(message.status == 419, f"it came to {place}")
    return call, message.first("puzzle")
