"""Signed calls of the city's messenger: only to an address the operator allows, no redirects.

The receiver checks `X-Signature`: HMAC-SHA256, in hex, of the moment in `X-Timestamp`, a full
stop, and the body; and refuses moments long past. `X-Message-Id` stays the same when a call is
repeated.
"""

import hashlib
import hmac
import json
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.encoding import iri_to_uri

TIMEOUT = 5  # seconds
BUSY = (408, 425, 429)  # and all of 5xx: the messenger's trouble, not the message's


class Unavailable(OSError):
    """The messenger does not answer, or cannot at present."""


class Refused(OSError):
    """The messenger answered that it does not take this message."""


def allowed(url: str) -> bool:
    """Whether `url` begins with one of the origins in WEBHOOK_ALLOWED and carries no password."""
    try:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        return False
    return origin in settings.WEBHOOK_ALLOWED and "@" not in parts.netloc


def signs() -> bool:
    """Whether the operator set the secret calls are signed with."""
    return bool(settings.WEBHOOK_SECRET)


def signature(timestamp: str, body: bytes) -> str:
    """The signature of a call, as the receiver computes it."""
    message = timestamp.encode("ascii") + b"." + body
    return hmac.new(settings.WEBHOOK_SECRET.encode(), message, hashlib.sha256).hexdigest()


def post(url: str, message_id: str, content: dict) -> None:
    """Send `content` as JSON to `url`.

    Raises Unavailable when there is no answer or the messenger is in trouble, Refused for any
    other answer than success, redirects included, and for an address that is not allowed.
    """
    if not allowed(url) or not signs():
        raise Refused("The messenger's address is not allowed, or no secret is set.")
    parts = urlsplit(url)
    body = json.dumps(content, ensure_ascii=False).encode()
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "X-Message-Id": message_id,
        "X-Timestamp": timestamp,
        "X-Signature": signature(timestamp, body),
    }
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    try:
        connection.request("POST", iri_to_uri(target), body, headers)
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        raise Unavailable(str(error)) from error
    finally:
        connection.close()
    if status in BUSY or status >= 500:
        raise Unavailable(f"HTTP {status}")
    if not 200 <= status < 300:
        raise Refused(f"HTTP {status}")
