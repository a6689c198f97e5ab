"""What a provider of payments does (SPIT-PY-01): it takes the money and writes a receipt."""

import base64
import hashlib
import hmac
import json
import re
import time

PROVIDER = "https://pay.example.com/"
KEY = bytes(range(32))  # shared by provider and operator


def _encoded(octets):
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def receipt(offer):
    """What to send for the Payment-Offer header field of a 402."""
    asked = dict(re.findall(r'(\w+)="?([^";]+)"?', offer))
    header = {"alg": "HS256", "typ": "payment-receipt"}
    payload = {"iss": asked["provider"], "offer": asked["id"], "amount": int(asked["amount"]), "cur": asked["cur"],
               "iat": int(time.time()), "exp": int(asked["exp"])}
    text = ".".join(_encoded(json.dumps(part).encode()) for part in (header, payload))
    return f"{text}.{_encoded(hmac.digest(KEY, text.encode(), hashlib.sha256))}"
