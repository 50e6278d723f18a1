"""E-mail for notices: swept from the table, so that nothing depends on a queue.

In the product a notice is exactly one row; by mail it comes at least once, with a Message-ID
that stays the same, so that a mail program shows it once.
"""

import logging
from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from . import subjects
from .models import Notice
from .notices import text_of

MAX_ATTEMPTS = 8
REST = timedelta(minutes=5)  # before a notice is tried again
log = logging.getLogger(__name__)


def deliver(limit: int = 2000) -> int:
    """Send what is owed; return how many were sent.

    A mail host that cannot be reached counts against no notice; everything waits for it.
    """
    now = timezone.now()
    owed = Notice.objects.undelivered().filter(Q(tried_at=None) | Q(tried_at__lt=now - REST))
    pks = list(owed.order_by("pk").values_list("pk", flat=True)[:limit])
    if not pks:
        return 0
    mail = get_connection()
    try:
        mail.open()
    except OSError as error:
        log.warning("The mail host cannot be reached: %s", error)
        return 0
    try:
        return sum(_send(pk, mail) for pk in pks)
    finally:
        mail.close()


def _claim(pk: int) -> Notice | None:
    """Take one notice for this process, without a lock held while the mail host answers."""
    now = timezone.now()
    free = Notice.objects.undelivered().filter(Q(tried_at=None) | Q(tried_at__lt=now - REST))
    if not free.filter(pk=pk).update(tried_at=now, attempts=F("attempts") + 1):
        return None
    return Notice.objects.select_related("person").get(pk=pk)


def _send(pk: int, mail) -> bool:
    """Send one; a person without an address is owed nothing."""
    notice = _claim(pk)
    if notice is None:
        return False
    fields = ["delivered_at", "gave_up_at", "last_error"]
    try:
        if notice.person.email and notice.person.is_active:
            message(notice, mail).send()
    except OSError as error:  # smtplib's errors are OSErrors
        notice.last_error = str(error)[:200]
        if notice.attempts >= MAX_ATTEMPTS:
            notice.gave_up_at = timezone.now()
        notice.save(update_fields=fields)
        log.warning("Notice %s could not be mailed: %s", notice.pk, error)
        return False
    notice.delivered_at, notice.last_error = timezone.now(), ""
    notice.save(update_fields=fields)
    return True


def message(notice: Notice, mail) -> EmailMessage:
    """The e-mail of a notice, in the person's language."""
    with translation.override(notice.person.language):
        text = text_of(notice)
        url = subjects.url_of(notice.content_type_id, notice.object_id)
        link = f"\n\n{settings.SITE_URL}{url}" if url else ""
        foot = _("This message was sent by the coordination group's office system.")
        host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
        return EmailMessage(
            subject=" ".join(text.split())[:120],
            body=f"{text}{link}\n\n{foot}",
            to=[notice.person.email],
            headers={"Message-ID": f"<notice-{notice.pk}@{host}>"},
            connection=mail,
        )
