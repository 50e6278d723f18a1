"""Frequent opinions (常用意见): each person's own short texts, and the Office's for everybody."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from . import access, locks
from .models import Phrase

MOST = 50  # of one person, and of the Office; a menu that is longer is not read


def offered(person) -> list[Phrase]:
    """What is offered beside a text field: one's own first, then the Office's."""
    return list(access.visible(person, Phrase.objects.all()))


@transaction.atomic
def keep(person, *, text: str, shared: bool) -> Phrase:
    """Keep a text. Raises ValidationError for one that is there already, or too many."""
    phrase = Phrase(person=person, text=text, shared=shared)
    locks.keep(person, shared=shared)
    _fits(phrase)
    phrase.save()
    return phrase


@transaction.atomic
def change(person, phrase: Phrase, *, text: str, shared: bool) -> None:
    """Change a text, or for whom it is. Raises ValidationError as `keep` does."""
    if phrase.shared and not shared:
        phrase.person = person
    phrase.text, phrase.shared = text, shared
    locks.keep(phrase.person, shared=shared)
    _fits(phrase)
    phrase.save()


def _beside(phrase: Phrase):
    others = Phrase.objects.filter(shared=phrase.shared).exclude(pk=phrase.pk)
    return others if phrase.shared else others.filter(person=phrase.person)


def _fits(phrase: Phrase) -> None:
    if _beside(phrase).filter(text=phrase.text).exists():
        raise ValidationError({"text": _("This text is there already.")}, code="twice")
    if _beside(phrase).count() >= MOST:
        raise ValidationError(_("There are %(n)s texts already; delete one first.") % {"n": MOST})
