"""Filters of the register kept under a name: a person's own, and the Office's shared ones."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from coordination import access, locks

from .filters import IncomingFilter
from .models import SavedFilter

MOST = 30  # of one person, and of the Office


@dataclass(frozen=True, slots=True)
class Chip:
    """A saved filter as shown above the register."""

    name: str
    address: str
    shared: bool
    active: bool


def question_of(data: QueryDict) -> str:
    """What the register is asked in this address, without the page one stands on."""
    kept = QueryDict(mutable=True)
    for name in IncomingFilter.base_filters:
        values = [value for value in data.getlist(name) if value]
        if values:
            kept.setlist(name, values)
    return kept.urlencode()


def chips(person, data: QueryDict) -> list[Chip]:
    """The filters `person` may use, the one in use marked."""
    rows, asked = access.visible(person, SavedFilter.objects.all()), question_of(data)
    register = reverse("documents:register")
    return [
        Chip(row.name, f"{register}?{row.query}", row.shared, row.query == asked) for row in rows
    ]


@transaction.atomic
def save_filter(person, *, name: str, query: str, shared: bool) -> SavedFilter:
    """Keep a question of the register. Raises ValidationError for a name in use, or too many."""
    saved = SavedFilter(person=person, name=name, query=query, shared=shared)
    locks.keep(person, shared=shared)
    _fits(saved)
    saved.save()
    return saved


@transaction.atomic
def change_filter(person, saved: SavedFilter, *, name: str, shared: bool) -> None:
    """Rename a saved filter, share it or keep it for oneself. Raises ValidationError as above."""
    if saved.shared and not shared:
        saved.person = person
    saved.name, saved.shared = name, shared
    locks.keep(saved.person, shared=shared)
    _fits(saved)
    saved.save()


def _beside(saved: SavedFilter):
    """The filters it stands among: the Office's, or the same person's own."""
    others = SavedFilter.objects.filter(shared=saved.shared).exclude(pk=saved.pk)
    return others if saved.shared else others.filter(person=saved.person)


def _fits(saved: SavedFilter) -> None:
    if _beside(saved).filter(name=saved.name).exists():
        raise ValidationError(
            {"name": _("There is a saved filter of this name already.")}, code="twice"
        )
    if _beside(saved).count() >= MOST:
        raise ValidationError(
            _("There are %(n)s saved filters already; delete one first.") % {"n": MOST}
        )
