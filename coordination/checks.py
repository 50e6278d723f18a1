"""What steps of any route may ask for before they are taken; each refuses in words."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .workflow import Act


def has_reason(act: Act) -> None:
    """A return, a refusal, a request or a correction says why (art. 24)."""
    if not act.opinion:
        raise ValidationError({"opinion": _("Give the reason.")}, code="reason_missing")
