"""What a person is on a day: appointments held, and mandates of those stood in for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils import timezone

from .models import Appointment, Delegation, Seat
from .posts import LEADERS, OFFICERS, Post


@dataclass(frozen=True, slots=True)
class Mandate:
    """A delegation in force, with the appointment of whoever it stands in for today."""

    delegation: Delegation
    appointment: Appointment


@dataclass(frozen=True)
class Standing:
    """What a person is on one day: their current appointments, seats and organisations.

    `mandates` are what others entrusted to them; they count only where an act asks for them or
    access looks at what their acts are about, so that nothing entrusted can be passed on.
    """

    person_id: int | None
    appointments: tuple[Appointment, ...] = ()
    mandates: tuple[Mandate, ...] = ()

    def for_act(self, act: str) -> "Standing":
        """This standing together with the seats `act` ("route:action") was entrusted from."""
        lent = tuple(m.appointment for m in self.mandates if act in m.delegation.acts)
        return Standing(self.person_id, self.appointments + lent) if lent else self

    @property
    def posts(self) -> frozenset[str]:
        """The posts held."""
        return frozenset(a.seat.post for a in self.appointments)

    @property
    def seat_ids(self) -> list[int]:
        """Primary keys of all seats held, in order."""
        return sorted(a.seat_id for a in self.appointments)

    def holds(self, *posts: Post) -> bool:
        """Whether any of `posts` is held."""
        return not self.posts.isdisjoint(posts)

    def seats(self, posts: Iterable[str]) -> list[int]:
        """Primary keys of the seats held of `posts`."""
        return [a.seat_id for a in self.appointments if a.seat.post in posts]

    def organisations(self, posts: Iterable[str]) -> list[int]:
        """Primary keys of the organisations in which one of `posts` is held."""
        return sorted({a.seat.organisation_id for a in self.appointments if a.seat.post in posts})


def standing(person, on: date | None = None) -> Standing:
    """Return what `person` is on the day `on` (today unless told).

    Read once per request: middleware hangs a cache on the signed-in person.
    """
    on = on or timezone.localdate()
    cache = getattr(person, "standing_cache", None)
    if cache is not None and on in cache:
        return cache[on]
    found = Standing(None)
    if person is not None and person.is_authenticated and person.is_active:
        found = _standing(person.pk, on)
    if cache is not None:
        cache[on] = found
    return found


def may_stand_in(seat: Seat, serving: Iterable[Seat]) -> bool:
    """Whether somebody who serves in these seats can stand in for `seat`.

    In the same organisation, or as a leader for a leader; the three officers for nobody.
    """
    serving = list(serving)
    if any(own.post in OFFICERS for own in serving):
        return False
    leads = seat.post in LEADERS and any(own.post in LEADERS for own in serving)
    return leads or any(own.organisation_id == seat.organisation_id for own in serving)


def _standing(person_id: int, on: date) -> Standing:
    """Own appointments and those of the seats stood in for, in one query."""
    entrusted = Delegation.objects.current(on).filter(delegate_id=person_id).values("seat_id")
    rows = (
        Appointment.objects.active(on)
        .filter(Q(person_id=person_id) | Q(seat__in=entrusted))
        .select_related("seat__organisation__group", "person")
        .order_by("seat__order", "pk")
    )
    own = tuple(row for row in rows if row.person_id == person_id)
    serving = [row.seat for row in own]
    principals = {
        row.seat_id: row
        for row in rows
        if row.person_id != person_id and may_stand_in(row.seat, serving)
    }
    if not principals:
        return Standing(person_id, own)
    mandates = Delegation.objects.current(on).filter(delegate_id=person_id).order_by("pk")
    return Standing(
        person_id,
        own,
        tuple(Mandate(m, principals[m.seat_id]) for m in mandates if m.seat_id in principals),
    )
