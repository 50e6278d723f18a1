"""Messages leave the product: swept from the table, so that nothing depends on a queue.

In the product a notice is exactly one row; outside it comes at least once, under one id that
stays the same, so that a mail program or messenger shows it once. A host that does not answer
counts against no message; everything waits for it.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from smtplib import SMTPServerDisconnected

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import bundling, channels, subjects, webhook
from .models import Channel, Enclosure, Message, Notice, Person
from .notices import text_of

MAX_ATTEMPTS = 8
LEASE = timedelta(minutes=2)  # a worker that takes longer over one message is held for dead
REST = timedelta(minutes=5)  # before a message that was refused is tried again
PAUSE = timedelta(minutes=1)  # before the message that found its host away is tried again
LIMIT = 2000  # messages in one run
SHOWN = 100  # notices spelt out in one message; the others are in the product
AWAY = (ConnectionError, TimeoutError, SMTPServerDisconnected, webhook.Unavailable)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in words, ready to go."""

    id: str
    person: Person
    subject: str
    text: str


Send = Callable[[Letter], None]


def deliver(now: datetime | None = None) -> int:
    """Bundle what is new and send what is due, on every channel; return how many were sent."""
    now = now or timezone.now()
    bundling.collect(now)
    return sum(_run(channel, now) for channel in channels.in_use())


def _run(channel: Channel, now: datetime) -> int:
    due = Message.objects.due(now).filter(channel=channel)
    pks = list(due.values_list("pk", flat=True)[:LIMIT])
    sent = 0
    try:
        if pks:
            with CARRIERS[channel]() as send:
                for pk in pks:
                    sent += _deliver(pk, send, now)
    except OSError as error:
        log.warning("%s: the host is away: %s", channel, error)
    return sent


@contextmanager
def _mail() -> Iterator[Send]:
    """Send by e-mail; raises OSError where the mail host cannot be reached."""
    host = get_connection()
    host.open()
    try:
        yield lambda letter: send_mail(letter, host)
    finally:
        host.close()


@contextmanager
def _messenger() -> Iterator[Send]:
    """Send by the messenger."""
    url = channels.messenger()
    yield lambda letter: call_messenger(letter, url)


CARRIERS: dict[Channel, Callable[[], AbstractContextManager[Send]]] = {
    Channel.MAIL: _mail,
    Channel.MESSENGER: _messenger,
}


def send_mail(letter: Letter, host) -> None:
    """Hand one letter to the mail host; raises OSError when it does not take it."""
    EmailMessage(
        subject=letter.subject,
        body=letter.text,
        to=[letter.person.email],
        headers={"Message-ID": f"<{letter.id}>", "Auto-Submitted": "auto-generated"},
        connection=host,
    ).send()


def call_messenger(letter: Letter, url: str) -> None:
    """Hand one letter to the messenger at `url`; raises OSError when it does not take it."""
    person = {"login": letter.person.username, "name": letter.person.name}
    webhook.post(url, letter.id, {"to": person, "subject": letter.subject, "text": letter.text})


def _claim(pk: int, now: datetime) -> Message | None:
    """Take one message for this process, without a lock held while a host answers."""
    due = Message.objects.due(now).filter(pk=pk)
    if not due.order_by().update(next_at=timezone.now() + LEASE, attempts=F("attempts") + 1):
        return None
    return Message.objects.select_related("person").get(pk=pk)


def _deliver(pk: int, send: Send, now: datetime) -> bool:
    """Send one message. Raises OSError only when its host is away: the run ends there."""
    message = _claim(pk, now)
    if message is None:
        return False
    letter = compose(message)
    if letter is None:
        _close(message, Message.Status.NEEDLESS)
        return False
    try:
        send(letter)
    except AWAY as error:
        _wait(message, str(error), PAUSE, counted=False)
        raise
    except OSError as error:  # smtplib's errors are OSErrors
        _wait(message, str(error), REST, counted=True)
        log.warning("Message %s was refused: %s", message.pk, error)
        return False
    _close(message, Message.Status.SENT)
    return True


def _close(message: Message, status: str) -> None:
    """It is dealt with."""
    message.status, message.closed_at, message.last_error = status, timezone.now(), ""
    message.save(update_fields=["status", "closed_at", "last_error"])


def _wait(message: Message, error: str, rest: timedelta, *, counted: bool) -> None:
    """It is tried again after `rest`, or given up and shown to the Office."""
    message.last_error, message.next_at = error[:200], timezone.now() + rest
    if not counted:
        message.attempts -= 1
    elif message.attempts >= MAX_ATTEMPTS:
        message.status, message.closed_at = Message.Status.GIVEN_UP, timezone.now()
    message.save(update_fields=["last_error", "next_at", "attempts", "status", "closed_at"])


def compose(message: Message) -> Letter | None:
    """The message in its person's language; None when nothing in it is news any more."""
    alive = Notice.objects.alive().filter(messages=message).order_by("pk")
    if message.digest:
        alive = alive.filter(read_at=None)
    notices = list(alive)
    if not notices or not message.person.is_active:
        return None
    with translation.override(message.person.language):
        lines = [_line(notice) for notice in notices[:SHOWN]]
        if len(notices) > 1:
            lines = [f"{number}. {line}" for number, line in enumerate(lines, start=1)]
        if len(notices) > SHOWN:
            rest = _("And %(count)s more: %(address)s")
            address = settings.SITE_URL + reverse("notices")
            lines.append(rest % {"count": len(notices) - SHOWN, "address": address})
        lines.append(_("This message was sent by the coordination group's office system."))
        host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
        subject = _subject(text_of(notices[0]), len(notices), digest=message.digest)
        return Letter(f"message-{message.pk}@{host}", message.person, subject, "\n\n".join(lines))


def enclosed(messages: Iterable[Message]) -> dict[int, list[Notice]]:
    """The notices in each of `messages`, by primary key, in one query."""
    found = defaultdict(list)
    rows = Enclosure.objects.filter(message__in=list(messages)).select_related("notice")
    for row in rows.order_by("pk"):
        found[row.message_id].append(row.notice)
    return found


def _line(notice: Notice) -> str:
    url = subjects.link_of(notice)
    return f"{text_of(notice)}\n{settings.SITE_URL}{url}" if url else text_of(notice)


def _subject(first: str, count: int, *, digest: bool) -> str:
    """One line of at most 120 characters."""
    words = first
    if digest:
        words = ngettext("Daily digest: %(count)s notice", "Daily digest: %(count)s notices", count)
    elif count > 1:
        words = _("%(count)s notices: %(first)s")
    text = words if words == first else words % {"count": count, "first": first}
    return " ".join(text.split())[:120]
