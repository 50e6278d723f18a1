"""Who is away, or will be before something is due, and who is next in line (B3)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from . import calendars, terms
from .dates import long_day
from .models import Absence, Appointment, Delegation, Seat
from .posts import HANDLERS, LEADERS
from .standings import may_stand_in


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody who is or will be away: in which seat, from when to when, who takes their place.

    `next_seat`: whom it can be put before instead; none where a stand-in acts for the seat itself.
    """

    seat_id: int
    organisation_id: int
    name: str
    since: date
    until: date
    instead: str = ""
    next_seat: Seat | None = None

    @property
    def words(self) -> str:
        """In a few words, to be shown where something is about to be sent to them."""
        words = _("%(name)s is away until %(day)s")
        if self.since > timezone.localdate():
            words = _("%(name)s is away from %(since)s to %(day)s")
        words %= {"name": self.name, "since": long_day(self.since), "day": long_day(self.until)}
        if not self.instead:
            return words
        return _("%(away)s; next in line: %(instead)s") % {"away": words, "instead": self.instead}


def horizon() -> date:
    """By when something given today is due at the latest, where no limit is named."""
    longest = max((term.days for term in terms.current().values()), default=0)
    return calendars.current().add(timezone.localdate(), longest)


def away(
    by: Callable[[], date] = timezone.localdate, organisation_id: int | None = None
) -> list[Away]:
    """Who is away today or from a day up to `by`, seat by seat, with whoever takes their place.

    `organisation_id` asks for one unit or body alone.
    """
    today = timezone.localdate()
    served = Appointment.objects.active(today).filter(seat__post__in={*LEADERS, *HANDLERS})
    rows = Absence.objects.not_over(today)
    if organisation_id is not None:
        served = served.filter(seat__organisation=organisation_id)
        rows = rows.filter(person__in=served.values("person"))
    entered = list(rows.order_by("-since", "until"))
    last = by() if entered else today
    absences = {row.person_id: row for row in entered if row.since <= last}  # the first to come
    if not absences:
        return []
    serving = list(
        served.select_related("person", "seat__organisation").order_by("seat__order", "pk")
    )
    stand_ins = _stand_ins(absences, today)
    return [
        _away(held, absences[held.person_id], serving, absences, stand_ins)
        for held in serving
        if held.person_id in absences
    ]


def _stand_ins(absences: dict[int, Absence], today: date) -> dict[int, list[Delegation]]:
    """The mandates of each seat that are not over, of stand-ins who are here and may stand in."""
    rows = Delegation.objects.not_over(today).exclude(delegate__in=list(absences))
    rows = rows.select_related("delegate", "seat").order_by("since", "pk")
    serving: dict[int, list[Seat]] = {}
    if not rows:
        return {}
    held = Appointment.objects.active(today).filter(person__in=[row.delegate_id for row in rows])
    for term in held.select_related("seat"):
        serving.setdefault(term.person_id, []).append(term.seat)
    found: dict[int, list[Delegation]] = {}
    for row in rows:
        if may_stand_in(row.seat, serving.get(row.delegate_id, ())):
            found.setdefault(row.seat_id, []).append(row)
    return found


def _away(held: Appointment, absence: Absence, serving, absences, stand_ins) -> Away:
    """One seat whose holder is away: its stand-in, or else who is next in line."""
    during = max(absence.since, timezone.localdate())
    place = (held.seat_id, held.seat.organisation_id, held.person.name)
    days = (absence.since, absence.until)
    for row in stand_ins.get(held.seat_id, ()):
        if row.since <= during <= row.until:
            return Away(*place, *days, row.delegate.name)
    place_in_line = serving.index(held)
    for other in serving[place_in_line + 1 :] + serving[:place_in_line]:
        same = other.seat.organisation_id == held.seat.organisation_id
        if same and other.person_id not in absences:
            instead = f"{other.person.name}（{other.seat.title}）"
            return Away(*place, *days, instead, other.seat)
    return Away(*place, *days)


def of_units(rows: list[Away]) -> dict[int, str]:
    """Who is away in each organisation, in words, by primary key."""
    found: dict[int, str] = {}
    for one in rows:
        found.setdefault(one.organisation_id, one.words)
    return found
