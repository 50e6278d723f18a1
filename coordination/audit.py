"""The audit trail of security events: append-only rows, each chained to the one before."""

import hashlib
import json

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import connection, transaction
from django.utils import timezone

from .models import AuditEntry

LOCK = 7202101  # any constant: the advisory lock that orders the chain on PostgreSQL


@transaction.atomic
def record(event: str, *, person=None, login="", address="", subject="", succeeded=True):
    """Write one event at the end of the chain."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    last = AuditEntry.objects.order_by("-pk").values_list("digest", flat=True).first()
    entry = AuditEntry(
        at=timezone.now(),
        person=person,
        login=(login or (person.username if person else ""))[:150],
        address=address[:64],
        event=event,
        subject=subject[:200],
        succeeded=succeeded,
        previous_digest=last or "",
    )
    entry.digest = digest(entry)
    entry.save(force_insert=True)
    return entry


def digest(entry: AuditEntry) -> str:
    """SHA-256 of an entry and of the one before it."""
    content = [
        entry.at.timestamp(),
        entry.person_id,
        entry.login,
        entry.address,
        entry.event,
        entry.subject,
        entry.succeeded,
        entry.previous_digest,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def record_request(request, event: str, *, subject="", succeeded=True):
    """Write one event of a signed-in person's request."""
    person = request.user if request.user.is_authenticated else None
    return record(
        event,
        person=person,
        address=address_of(request),
        subject=subject,
        succeeded=succeeded,
    )


def address_of(request) -> str:
    """The address the request came from."""
    return request.META.get("REMOTE_ADDR", "") if request is not None else ""


def _signed_in(sender, request, user, **kwargs):
    record("signed_in", person=user, address=address_of(request))


def _signed_out(sender, request, user, **kwargs):
    if user is not None:
        record("signed_out", person=user, address=address_of(request))


def _failed(sender, credentials, request=None, **kwargs):
    login = str(credentials.get("username", ""))
    record("sign_in_failed", login=login, address=address_of(request), succeeded=False)


def _locked_out(sender, request, username, ip_address, **kwargs):
    record("locked_out", login=username or "", address=ip_address or "", succeeded=False)


def listen() -> None:
    """Follow signing in, signing out, failures and lock-outs."""
    user_logged_in.connect(_signed_in, dispatch_uid="audit.signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="audit.signed_out")
    user_login_failed.connect(_failed, dispatch_uid="audit.failed")
    user_locked_out.connect(_locked_out, dispatch_uid="audit.locked_out")
