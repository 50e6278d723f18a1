"""联络员名册: who is liaison of which unit and group, by phone and term; and the gaps (A16, C4)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from . import access, spreadsheets
from .models import Appointment, Organisation, Seat
from .posts import Post

LIAISONS = (Post.UNIT_LIAISON, Post.GROUP_LIAISON, Post.DEPUTY_UNIT_LIAISON)
WIDTHS = [30, 24, 20, 20, 18, 30, 14, 14, 40, 20]


@dataclass(frozen=True, slots=True)
class Line:
    """One liaison seat and who holds it on the day asked; nobody is a gap."""

    seat: Seat
    held: Appointment | None

    @property
    def gap(self) -> str:
        """What is missing, in words; empty when nothing is."""
        if self.held is None:
            return _("no liaison officer")
        if not self.held.person.phone:
            return _("no office phone")
        return ""


def lines(person, on: date, question: str = "") -> list[Line]:
    """The liaison seats `person` may see, with their holders on the day `on`.

    Narrowed by `question` in the name of the unit, the group or the person.
    """
    existing = Organisation.objects.existing(on)
    seats = Seat.objects.open(on).filter(post__in=LIAISONS, organisation__in=existing)
    seats = access.visible(person, seats).select_related("organisation", "scope")
    serving = Appointment.objects.current(on).filter(seat__post__in=LIAISONS)
    held = {a.seat_id: a for a in serving.select_related("person", "decision")}
    if question:
        named = serving.filter(person__name__icontains=question).values("seat_id")
        seats = seats.filter(
            Q(organisation__name__icontains=question)
            | Q(scope__name__icontains=question)
            | Q(pk__in=named)
        )
    ordered = seats.order_by("organisation__order", "order", "pk")
    return [Line(seat, held.get(seat.pk)) for seat in ordered]


def by_kind(found: list[Line]) -> list[tuple[str, list[Line]]]:
    """The lines under the kinds of organisation, bodies first."""
    grouped = defaultdict(list)
    for line in found:
        grouped[line.seat.organisation.kind].append(line)
    order = [kind for kind in Organisation.Kind if kind in grouped]
    units = (Organisation.Kind.DEPARTMENT, Organisation.Kind.DISTRICT_TOWN)
    order.sort(key=lambda kind: kind in units)
    return [(str(kind.label), grouped[kind]) for kind in order]


def by_group(found: list[Line]) -> list[tuple[str, list[Line]]]:
    """The lines under the groups they are liaisons of; those of units to the Office at the end."""
    groups: dict[int, Organisation] = {}
    grouped: dict[int, list[Line]] = defaultdict(list)
    units = []
    for line in found:
        own = line.seat.organisation if line.seat.post == Post.GROUP_LIAISON else None
        group = line.seat.scope or own
        if group is None:
            units.append(line)
            continue
        groups[group.pk] = group
        grouped[group.pk].insert(0 if own else len(found), line)
    order = sorted(groups.values(), key=lambda group: group.order)
    sections = [(group.name, grouped[group.pk]) for group in order]
    return [*sections, (_("Units"), units)] if units else sections


def workbook(found: list[Line]) -> bytes:
    """The roster as XLSX, a line per seat, gaps in words."""
    headings = [
        _("Unit or group"),
        _("Liaison to"),
        _("Name"),
        _("Login"),
        _("Office phone"),
        _("E-mail"),
        _("From"),
        _("To"),
        _("Decision"),
        _("Gap"),
    ]
    return spreadsheets.table(_("Liaison officers"), headings, WIDTHS, map(_cells, found))


def _cells(line: Line) -> list:
    scope = line.seat.scope.name if line.seat.scope else ""
    if line.held is None:
        return [line.seat.organisation.name, scope, *[""] * 7, line.gap]
    held = line.held
    return [
        line.seat.organisation.name,
        scope,
        held.person.name,
        held.person.username,
        held.person.phone,
        held.person.email,
        held.since.isoformat(),
        held.until.isoformat() if held.until else "",
        str(held.decision),
        line.gap,
    ]
