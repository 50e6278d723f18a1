"""The parts of a draft's form that repeat: attachments in their order, recipients by name alone."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.formfields import MAX_FILES, KeepsFiles, LineField, RecordsField
from coordination.models import Organisation, StoredFile
from documents.forms import choose_from
from documents.states import Addressed

from .content import Enclosed, Recipient
from .recipient_fields import OutsideRank

TITLE, PLACE = "attached_title_", "attached_place_"
NAME, RANK, ROLE = "outside_name_", "outside_rank_", "outside_as_"
MOST_OUTSIDE = 20
ARRANGE = "arrange"  # a submission that changes the form and keeps nothing


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """One attachment as the form shows it."""

    pk: int
    file_name: str
    size: int
    title: BoundField
    place: BoundField
    removed: bool
    is_kept: bool  # uploaded with this form, not in the paper yet


@dataclass(frozen=True, slots=True)
class Held:
    """A file of the paper or of this form, and its name as listed so far."""

    pk: int
    sha256: str
    file_name: str
    size: int
    title: str = ""


class HasAttachments(KeepsFiles):
    """Attachments, a row each: name as listed, place, whether it is taken off.

    Name and place go with the file. `had`: the attachments of the version in force.
    """

    data: Any
    removed = RecordsField(
        label=gettext_lazy("Take this file off"), queryset=StoredFile.objects.none(), required=False
    )

    def __init__(self, *args, had: tuple[Enclosed, ...] = (), **kwargs):
        super().__init__(*args, **kwargs)
        self.had = had
        stored = StoredFile.objects.in_bulk([one.file for one in had])
        self.held = [
            Held(one.file, one.sha256, one.file_name, stored[one.file].size, one.title)
            for one in had
        ]
        self.held += [_held(one) for one in self.kept]
        for place, one in enumerate(self.held, start=1):
            self._add_row(one, place)
        choose_from(self, "removed").queryset = StoredFile.objects.filter(
            pk__in=[one.pk for one in self.held]
        )
        if not self.is_bound:
            self.held.sort(key=lambda one: _number(self.initial.get(f"{PLACE}{one.pk}")))

    def _add_row(self, held: Held, place: int) -> None:
        named = {"name": held.file_name}
        self.fields[f"{TITLE}{held.pk}"] = LineField(
            label=_("Name as listed: %(name)s") % named,
            max_length=200,
            required=False,
            initial=held.title or PurePath(held.file_name).stem,
        )
        self.fields[f"{PLACE}{held.pk}"] = forms.IntegerField(
            label=_("Place: %(name)s") % named,
            min_value=1,
            max_value=2 * MAX_FILES,
            required=False,
            initial=place,
        )

    def clean(self):
        """Put the attachments in order; what came up with this submission is last."""
        cleaned: dict[str, Any] = super().clean() or {}
        known = {one.pk for one in self.held}
        for file in self.kept:
            if file.pk not in known:
                self.held.append(_held(file))
                self._add_row(self.held[-1], len(self.held))
        self.held = self._in_order(cleaned)
        self._show_order()
        off = {file.pk for file in cleaned.get("removed") or ()}
        cleaned["attached"] = tuple(
            Enclosed(self._title(one, cleaned), one.pk, one.sha256, one.file_name)
            for one in self.held
            if one.pk not in off
        )
        return cleaned

    def _title(self, held: Held, cleaned: dict[str, Any]) -> str:
        return cleaned.get(f"{TITLE}{held.pk}") or PurePath(held.file_name).stem

    def _in_order(self, cleaned: dict[str, Any]) -> list[Held]:
        """By place; of two in one place the one that was moved there goes before or behind."""

        def _place(pair: tuple[int, Held]) -> tuple[int, int, int]:
            before, held = pair
            now = cleaned.get(f"{PLACE}{held.pk}") or before
            moved = (now > before) - (now < before)
            return now, moved, before

        before = {one.pk: number for number, one in enumerate(self._as_shown(), start=1)}
        rows = [
            held for _, held in sorted(((before[one.pk], one) for one in self.held), key=_place)
        ]
        way, _colon, key = self.data.get(ARRANGE, "").partition(":")
        if way in ("up", "down"):
            _move(rows, key, -1 if way == "up" else 1)
        return rows

    def _as_shown(self) -> list[Held]:
        """The rows in the order the form that was sent showed them."""
        shown = self.data.getlist("attached_order")
        order = {key: place for place, key in enumerate(shown)}
        return sorted(self.held, key=lambda one: order.get(str(one.pk), len(order)))

    def _show_order(self) -> None:
        """What is shown again bears the places it has now."""
        self.data = self.data.copy()
        for place, one in enumerate(self.held, start=1):
            self.data[f"{PLACE}{one.pk}"] = str(place)
            self.data.setdefault(f"{TITLE}{one.pk}", PurePath(one.file_name).stem)

    def attachment_rows(self) -> list[AttachmentRow]:
        """The attachments in their order, for the page."""
        kept = {file.pk for file in self.kept}
        off = {str(value) for value in self["removed"].value() or ()}
        return [
            AttachmentRow(
                one.pk,
                one.file_name,
                one.size,
                self[f"{TITLE}{one.pk}"],
                self[f"{PLACE}{one.pk}"],
                str(one.pk) in off,
                one.pk in kept,
            )
            for one in self.held
        ]


def _held(file: StoredFile) -> Held:
    return Held(file.pk, file.sha256, file.name, file.size)


def _number(value: Any) -> int:
    return int(value) if str(value).isdecimal() and len(str(value)) < 4 else 0


def _move(rows: list[Held], key: str, by: int) -> None:
    """Change places with the row before or behind, if there is one."""
    place = next((at for at, one in enumerate(rows) if str(one.pk) == key), None)
    if place is not None and 0 <= place + by < len(rows):
        rows[place], rows[place + by] = rows[place + by], rows[place]


@dataclass(frozen=True, slots=True)
class OutsideRow:
    """A recipient by name alone, as the form shows it."""

    name: BoundField
    rank: BoundField
    role: BoundField


class HasOutsiders(forms.Form):
    """Recipients that are not in this system: a name, how they stand to us, main or copy (P15)."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        given = self.data if self.is_bound else self.initial
        used = [at for at in range(MOST_OUTSIDE) if given.get(f"{NAME}{at}")]
        rows = [at for at in range(MOST_OUTSIDE) if f"{NAME}{at}" in given]
        blank = not self.is_bound or given.get(ARRANGE) == "outsiders"
        count = max([at + 1 for at in (rows if self.is_bound else used)], default=0) + blank
        self.outsiders = range(min(max(count, 1), MOST_OUTSIDE))
        for at in self.outsiders:
            told = {"place": at + 1}
            self.fields[f"{NAME}{at}"] = LineField(
                label=_("Recipient %(place)s outside this system") % told,
                max_length=120,
                required=False,
            )
            self.fields[f"{RANK}{at}"] = OutsideRank(label=_("Stands to us as"))
            self.fields[f"{ROLE}{at}"] = forms.ChoiceField(
                label=_("As"), choices=Addressed.choices[:2], required=False
            )

    def clean(self):
        """A name comes with a rank, and is nobody's who gets the paper here."""
        cleaned: dict[str, Any] = super().clean() or {}
        named = {at: cleaned.get(f"{NAME}{at}") for at in self.outsiders}
        typed = [name for name in named.values() if name]
        here = Organisation.objects.named_here(typed, timezone.localdate())
        for at, name in named.items():
            if not name:
                continue
            if not cleaned.get(f"{RANK}{at}"):
                self.add_error(f"{RANK}{at}", _("Choose how this body stands to us."))
            if name in here:
                words = _("It is in this system: pick it among the recipients, and it gets a copy.")
                self.add_error(f"{NAME}{at}", words)
            elif any(mark in name for mark in "，,；;、"):
                self.add_error(f"{NAME}{at}", _("One body in a row, without punctuation."))
        return cleaned

    def outside(self, role: str) -> tuple[Recipient, ...]:
        """The recipients by name in a role, of a valid form; superiors are judged by their rank."""
        data, found = self.cleaned_data, []
        for at in self.outsiders:
            if data.get(f"{NAME}{at}") and (data.get(f"{ROLE}{at}") or Addressed.MAIN) == role:
                found.append(Recipient(data[f"{NAME}{at}"], data[f"{RANK}{at}"]))
        return tuple(found)

    def outside_rows(self) -> list[OutsideRow]:
        """The rows for the page."""
        return [
            OutsideRow(self[f"{NAME}{at}"], self[f"{RANK}{at}"], self[f"{ROLE}{at}"])
            for at in self.outsiders
        ]
