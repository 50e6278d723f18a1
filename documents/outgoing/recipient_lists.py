"""Lists of recipients: who is on them today, who keeps them, what the charter ships."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination import access, history
from coordination.models import Organisation, Seat
from coordination.posts import SIGNERS, Post
from documents.models import RecipientList
from documents.states import Everybody

from . import paper_templates
from .content import digest

SHOWN = 200  # records of one list
MOST = 40  # lists in use of one body; a picker that is longer is not read
Kind = Organisation.Kind
KINDS = {
    Everybody.TOWNS: (Kind.DISTRICT_TOWN,),
    Everybody.DEPARTMENTS: (Kind.DEPARTMENT,),
    Everybody.WORKING_GROUPS: (Kind.THEMATIC_GROUP, Kind.SUPPORT_GROUP),
}
MEMBER_POSTS = (Post.GROUP_MEMBER, *SIGNERS)


@dataclass(frozen=True, slots=True)
class Listed:
    """A list with who is on it today, and who was put on it and is closed: left out (A4)."""

    row: RecipientList
    members: tuple[Organisation, ...]
    closed: tuple[Organisation, ...]


def read(rows: Iterable[RecipientList], on: date | None = None) -> list[Listed]:
    """Each list with who is on it on a day, today if none is named."""
    on = on or timezone.localdate()
    existing = list(Organisation.objects.existing(on))
    units = _member_units(on)
    return [_listed(row, existing, units) for row in rows]


def _listed(row: RecipientList, existing: list[Organisation], units: set[int]) -> Listed:
    named = {one.pk for one in row.members.all()}
    there = {one.pk for one in existing}
    found = [one for one in existing if one.pk in named or _is_of(row.takes, one, units)]
    gone = [one for one in row.members.all() if one.pk not in there]
    return Listed(row, tuple(found), tuple(gone))


def _is_of(takes: str, organisation: Organisation, units: set[int]) -> bool:
    if takes == Everybody.MEMBERS:
        return organisation.pk in units
    return bool(takes) and organisation.kind in KINDS[Everybody(takes)]


def _member_units(on: date) -> set[int]:
    """The units whose heads are members of the group, by key (A2)."""
    seats = Seat.objects.open(on).filter(post__in=MEMBER_POSTS, follows__post=Post.UNIT_HEAD)
    return set(seats.values_list("follows__organisation", flat=True))


def offered(person) -> list[Listed]:
    """The lists `person` may draft with: the charter's, the Office's, those of their own body."""
    rows = access.visible(person, RecipientList.objects.in_use().for_register())
    return read(rows)


@transaction.atomic
def keep(
    person,
    row: RecipientList,
    *,
    name: str,
    printed_as: str,
    takes: str,
    members: Iterable[Organisation],
    seen: str = "",
) -> RecipientList:
    """Set up a list, or change the state `seen` of one.

    Raises ValidationError, in words, for a name in use, for too many, and with the code "changed"
    where somebody changed it meanwhile.
    """
    if row.pk is not None:
        row = _locked(row)
        if seen and seen != state_of(row):
            raise ValidationError(paper_templates.MEANWHILE, code="changed")
    row.name, row.printed_as, row.takes = name, printed_as, takes
    row.shared = row.organisation.kind == Kind.GROUP_OFFICE
    _fits(row)
    history.note(row, person, "recipient list")
    row.save()
    if set(row.members.all()) != set(members):
        row.members.set(members)
    return row


def _locked(row: RecipientList) -> RecipientList:
    """The list as it stands now: what somebody else did to it meanwhile is not written over."""
    rows = RecipientList.objects.select_for_update(of=("self",)).select_related("organisation")
    return rows.get(pk=row.pk)


def state_of(row: RecipientList) -> str:
    """SHA-256 of what a list says and who is on it."""
    members = sorted(row.members.values_list("pk", flat=True))
    said = {"name": row.name, "printed_as": row.printed_as, "takes": row.takes}
    return digest(said | {"members": members})


def _fits(row: RecipientList) -> None:
    """One list of a name, and not too many; counted while nobody else of the body adds one."""
    keeper = Organisation.objects.filter(pk=row.organisation_id)
    list(keeper.select_for_update(no_key=True).values_list("pk"))
    beside = RecipientList.objects.in_use().filter(organisation=row.organisation_id)
    beside = beside.exclude(pk=row.pk)
    if beside.filter(name=row.name).exists():
        raise ValidationError(
            {"name": _("There is a list of this name already. Change that one, or its name.")},
            code="twice",
        )
    if beside.count() >= MOST:
        raise ValidationError(
            _("There are %(n)s lists already; put one away first.") % {"n": MOST}, code="too_many"
        )


@transaction.atomic
def put_away(person, row: RecipientList) -> None:
    """Offer a list no more; drafts and papers that name it keep their members."""
    row = _locked(row)
    if row.put_away_at is None:
        row.put_away_at = timezone.now()
        history.note(row, person, "put away")
        row.save()


@transaction.atomic
def take_up(person, row: RecipientList) -> None:
    """Offer a list again. Raises ValidationError where another bears its name meanwhile."""
    row = _locked(row)
    if row.put_away_at is None:
        return
    _fits(row)
    row.put_away_at = None
    history.note(row, person, "taken up again")
    row.save()


def earlier_states(row: RecipientList) -> list[Any]:
    """What a list said, the latest first: its history records, each with user and `on_it`.

    One change writes a record for the words and one for the members; the later shows both.
    """
    found: list[Any] = []
    records = row.history.select_related("history_user").order_by("-history_id")
    members = Prefetch(
        "historicalrecipientlist_members_set",
        queryset=RecipientList.history.model.members.model.objects.select_related("organisation"),
        to_attr="on_it",
    )
    for record in records.prefetch_related(members)[:SHOWN]:
        newer = found[-1] if found else None
        if newer is None or not _one_change(record, newer):
            found.append(record)
    return found


def _one_change(record, newer) -> bool:
    between = newer.history_date - record.history_date
    return record.history_user == newer.history_user and between < timedelta(seconds=1)


def charter_faults(data: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the section [[recipient_lists]] of a charter."""
    keys = {row["key"] for section in ("units", "bodies") for row in data[section]}
    rows = data.get("recipient_lists", ())
    for row in rows:
        what = f"recipient list {row['key']}"
        if [one["key"] for one in rows].count(row["key"]) > 1:
            yield f"{what}: named twice"
        if row.get("takes", "") not in ("", *Everybody.values):
            yield f"{what}: takes one of {', '.join(Everybody.values)}"
        if not row.get("takes") and not row.get("members"):
            yield f"{what}: nobody is on it"
        for key in {*row.get("members", ())} - keys:
            yield f"{what}: unknown organisation {key}"


def load_charter(data: dict[str, Any], put: Callable[[Any, dict, dict], Any]) -> None:
    """Set up the lists that were never there; what the Office changed since is left as it is."""
    for row in data.get("recipient_lists", ()):
        if RecipientList.objects.filter(key=row["key"]).exists():
            continue
        values = {
            "organisation": Organisation.objects.get(kind=Kind.GROUP_OFFICE),
            "shared": True,
            "name": row["name"],
            "printed_as": row.get("printed_as", ""),
            "takes": row.get("takes", ""),
        }
        found = put(RecipientList, {"key": row["key"]}, values)
        found.members.set(Organisation.objects.filter(key__in=row.get("members", ())))
