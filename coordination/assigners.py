"""Who assigned a duty, and so decides on it: the leader who instructed, or the Office's desk."""

from django.db.models import Q

from .models import Appointment
from .posts import LEADERS, OFFICE_DESK

DECIDERS = (*OFFICE_DESK, *LEADERS)


def by_desk(assigned_under: Appointment | None) -> bool:
    """Whether the Office's desk assigned it; a duty that names nobody is the desk's."""
    return assigned_under is None or assigned_under.seat.post in OFFICE_DESK


def decides(assigned_under: Appointment | None, held: Appointment) -> bool:
    """Whether the appointment `held` decides on what was assigned under `assigned_under`.

    The desk's is any of its staff's; a leader's is that very seat's, whoever holds it now.
    """
    if assigned_under is None or by_desk(assigned_under):
        return held.seat.post in OFFICE_DESK
    return held.seat_id == assigned_under.seat_id


def decided_by(path: str, held, posts) -> Q:
    """The same rule as a condition on records whose `path` leads to the appointment."""
    seats = held.seats([post for post in posts if post not in OFFICE_DESK])
    mine = Q(**{f"{path}__seat__in": seats})
    if held.holds(*(post for post in posts if post in OFFICE_DESK)):
        mine |= Q(**{path: None}) | Q(**{f"{path}__seat__post__in": OFFICE_DESK})
    return mine
