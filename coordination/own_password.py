"""The password typed once more, where something cannot be undone: guessed at no longer than at
the sign-in, and every wrong one is on record.
"""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import audit
from .models import AuditEntry, Person

REFUSED = "password_refused"


def confirm(person, typed: str) -> None:
    """Whoever signed in is really at the keyboard.

    Raises ValidationError, in words, for a wrong password, and for any after as many wrong ones as
    lock the sign-in, for as long as that is locked.
    """
    fault = _fault(person, typed)
    if fault == "locked":
        words = _("Too many wrong passwords. Wait %(minutes)s minutes, then try again.")
        minutes = int(_pause().total_seconds() // 60)
        raise ValidationError(words % {"minutes": minutes}, code=fault)
    if fault:
        raise ValidationError(_("This is not your password."), code=fault)


def _pause() -> timedelta:
    return timedelta(hours=settings.AXES_COOLOFF_TIME)


@transaction.atomic
def _fault(person, typed: str) -> str:
    """What is wrong, kept on record; one try of a person after the other, so that all count."""
    list(Person.objects.filter(pk=person.pk).select_for_update(no_key=True).values_list("pk"))
    since = timezone.now() - _pause()
    wrong = AuditEntry.objects.filter(person=person, event=REFUSED, at__gt=since)
    if wrong.count() >= settings.AXES_FAILURE_LIMIT:
        return "locked"
    if person.check_password(typed):
        return ""
    audit.record(REFUSED, person=person, succeeded=False)
    return "wrong"
