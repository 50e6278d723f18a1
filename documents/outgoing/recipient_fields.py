"""The picker of recipients: units and bodies, lists, and the groups a draft names already."""

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.formfields import PICKER
from coordination.models import Organisation
from documents.form_rules import Rank

from . import recipient_lists
from .content import Content, Recipient
from .recipient_lists import Listed

RANKS = {
    Organisation.Kind.SUPERIOR: Rank.SUPERIOR,
    Organisation.Kind.DISTRICT_TOWN: Rank.LOWER_GOVERNMENT,
    Organisation.Kind.COORDINATION_GROUP: Rank.SUPERIOR,
}
LIST, HAD = "list:", "had:"


def recipient_of(organisation: Organisation) -> Recipient:
    """An organisation as papers name it, with its rank."""
    rank = RANKS.get(Organisation.Kind(organisation.kind), Rank.LOWER)
    return Recipient(organisation.name, str(rank), organisation.pk)


def group_of(listed: Listed) -> Recipient:
    """A list that is named by its words, with whoever is on it today."""
    members = tuple(recipient_of(one) for one in listed.members)
    return Recipient(listed.row.printed_as, members[0].rank, members=members)


@dataclass(slots=True)
class Offer:
    """Whom a draft may go to, read once for its pickers.

    `had`: the groups of the version in force; chosen again they stay as they were drafted,
    whatever became of the list since.
    """

    organisations: dict[str, Organisation]
    lists: dict[str, Listed] = field(default_factory=dict)
    had: dict[str, Recipient] = field(default_factory=dict)

    def choices(self) -> list[tuple[Any, Any]]:
        """For a picker: groups and lists first, then units and bodies."""
        groups = [(key, self._as_drafted(one)) for key, one in self.had.items()]
        groups += [(key, _list_label(one)) for key, one in self.lists.items()]
        named = [(key, str(one)) for key, one in self.organisations.items()]
        return [(_("Lists"), groups), (_("Units and bodies"), named)] if groups else named

    def _as_drafted(self, group: Recipient) -> str:
        return _("%(words)s: %(count)s recipients, as drafted") % {
            "words": group.name,
            "count": len(group.members),
        }

    def expanding(self) -> dict[str, list[int]]:
        """The lists that stand for their members one by one, with the members' keys."""
        lists = {key: one for key, one in self.lists.items() if not one.row.printed_as}
        return {key: [member.pk for member in one.members] for key, one in lists.items()}

    def chosen(self, keys: list[str]) -> tuple[Recipient, ...]:
        """The recipients that were picked: groups first, then each other once, in their order.

        Raises ValidationError for a list on which nobody is left, and a group picked twice.
        """
        expanding, groups, singles = self.expanding(), [], set()
        for key in keys:
            if key in self.lists and not self.lists[key].members:
                words = _("Nobody on the list “%(list)s” exists any more: leave it out.")
                raise ValidationError(words % {"list": self.lists[key].row}, code="empty_list")
            if key in self.had:
                groups.append(self.had[key])
            elif key in expanding:
                singles |= {str(pk) for pk in expanding[key]}
            elif key in self.lists:
                groups.append(group_of(self.lists[key]))
            else:
                singles.add(key)
        names = [one.name for one in groups]
        if len(set(names)) < len(names):
            raise ValidationError(
                _("The same words are picked twice: keep the group as drafted, or the list as it "
                  "is today."),
                code="twice",
            )  # fmt: skip
        rows = (recipient_of(one) for key, one in self.organisations.items() if key in singles)
        return (*groups, *rows)

    def keys_of(self, recipients: tuple[Recipient, ...]) -> list[str]:
        """What a picker shows as picked for recipients of the version in force."""
        had = {group: key for key, group in self.had.items()}
        keys = [had.get(one) or one.organisation for one in recipients]
        return [str(key) for key in keys if key is not None]


def _list_label(listed: Listed) -> str:
    count = len(listed.members)
    if listed.row.printed_as:
        words = _("List %(list)s: printed “%(words)s”, %(count)s recipients")
    else:
        words = _("List %(list)s: its %(count)s members by name")
    told = {"list": listed.row, "words": listed.row.printed_as, "count": count}
    if not listed.closed:
        return words % told
    names = "、".join(one.short_name for one in listed.closed)
    return words % told + _("; closed and left out: %(names)s") % {"names": names}


def offer(person, content: Content | None = None) -> Offer:
    """Whom `person` may address, beside the groups that `content` names already."""
    existing = Organisation.objects.existing(timezone.localdate())
    had = [one for one in (*content.main, *content.copies) if one.members] if content else []
    groups = {f"{HAD}{place}": one for place, one in enumerate(dict.fromkeys(had))}
    lists = {
        f"{LIST}{one.row.pk}": one
        for one in recipient_lists.offered(person)
        if not one.row.printed_as or not one.members or group_of(one) not in had
    }
    return Offer({str(one.pk): one for one in existing}, lists, groups)


class RecipientSelect(forms.SelectMultiple):
    """A picker that knows which of its lists stand for their members one by one."""

    expanding: dict[str, list[int]] = {}

    def create_option(self, name, value, *args, **kwargs):
        """Scripts put the members in place of such a list as soon as it is picked."""
        option = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.expanding:
            keys = " ".join(str(key) for key in self.expanding[str(value)])
            option["attrs"]["data-members"] = keys
        return option


class RecipientsField(forms.MultipleChoiceField):
    """Whom a paper goes to; cleaned to recipients as a version keeps them."""

    widget = RecipientSelect

    def __init__(self, **kwargs):
        kwargs.setdefault("required", False)
        kwargs.setdefault("widget", RecipientSelect(attrs=PICKER))
        super().__init__(**kwargs)
        self.offered = Offer({})

    def offer(self, offered: Offer) -> None:
        """Let these be picked from."""
        self.offered, self.choices = offered, offered.choices()
        self.widget.expanding = offered.expanding()

    def clean(self, value: Any) -> tuple[Recipient, ...]:
        """The recipients; refused in words where a list is empty or a group picked twice."""
        return self.offered.chosen(super().clean(value))


class OutsideRank(forms.ChoiceField):
    """How a body outside this system stands to the issuing body; the form rules judge by it."""

    RANKS = [
        ("", "—"),
        (Rank.SUPERIOR, gettext_lazy("Superior")),
        (Rank.PEER, gettext_lazy("Same level")),
        (Rank.UNRELATED, gettext_lazy("Not subordinate to each other")),
        (Rank.LOWER, gettext_lazy("Lower")),
        (Rank.LOWER_GOVERNMENT, gettext_lazy("Lower: a town government")),
    ]

    def __init__(self, **kwargs):
        choices = [(str(value), label) for value, label in self.RANKS]
        super().__init__(choices=choices, required=False, **kwargs)
