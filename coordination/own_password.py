"""The password typed once more, where something cannot be undone: guessed at no longer than at
the sign-in, and every wrong one is on record.
"""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from . import audit
from .models import AuditEntry

REFUSED = "password_refused"


def confirm(person, typed: str) -> None:
    """Whoever signed in is really at the keyboard.

    Raises ValidationError, in words, for a wrong password, and for any after as many wrong ones as
    lock the sign-in, for as long as that is locked.
    """
    pause = timedelta(hours=settings.AXES_COOLOFF_TIME)
    wrong = AuditEntry.objects.filter(person=person, event=REFUSED, at__gt=timezone.now() - pause)
    if wrong.count() >= settings.AXES_FAILURE_LIMIT:
        minutes = int(pause.total_seconds() // 60)
        words = _("Too many wrong passwords. Wait %(minutes)s minutes, then try again.")
        raise ValidationError(words % {"minutes": minutes}, code="locked")
    if not person.check_password(typed):
        audit.record(REFUSED, person=person, succeeded=False)
        raise ValidationError(_("This is not your password."), code="wrong")
