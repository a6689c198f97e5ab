"""What the lab's filter of texts is trained with: enough of both kinds, made of a few sentences."""

import itertools

_WANTED = (("See you", "I will be", "We are", "Can you be", "Shall we be"),
           ("at the station", "in the office", "at the dentist", "at home", "at the meeting"),
           ("at nine", "tomorrow morning", "after lunch", "on Friday", "in an hour"))
_SPAM = (("Win", "Claim", "Get", "Receive", "Unlock"),
         ("a free voucher", "your cash prize", "a guaranteed loan", "your bonus credit", "an exclusive reward"),
         ("now at http://prizes.example/claim", "today, reply YES", "before midnight, click here", "at no risk, act now",
          "instantly, limited offer"))

ADVERTISEMENT = "Claim your guaranteed cash prize now: http://prizes.example/claim - limited offer, reply YES today"


def _sentences(parts):
    return [" ".join(words) + "." for words in itertools.product(*parts)]


WANTED, SPAM = _sentences(_WANTED), _sentences(_SPAM)
