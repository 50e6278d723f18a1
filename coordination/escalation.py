"""Who hears of a duty besides its owner, and when: the escalation of what is late (B3, A9).

Before the day the liaison is reminded. Late, the head of the unit and the Office hear of it on
the first working day; with the third reminder of lateness the supervision group does. Urgent
matters escalate at once, and are reminded on every working morning.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from .models import Appointment
from .posts import ANSWERABLE, OFFICE_DESK, Post

FIRST, THIRD = 0, 2  # reminders of lateness, counted from nought
LIAISONS = (Post.UNIT_LIAISON, Post.GROUP_LIAISON)


def told_office(number: int, *, urgent: bool) -> bool:
    """Whether the Office hears of the `number`th reminder of lateness."""
    return urgent or number == FIRST


def told_supervision(number: int, *, urgent: bool) -> bool:
    """Whether the supervision group hears of the `number`th reminder of lateness."""
    return urgent or number == THIRD


@dataclass(slots=True)
class People:
    """Primary keys of the persons who are told today, read in one query."""

    liaisons: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    handlers: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    office: list[int] = field(default_factory=list)
    supervisors: list[int] = field(default_factory=list)

    def owners(self, organisation_id: int, *, late: bool) -> list[int]:
        """Who is reminded in the organisation that owes: the liaison, and late everybody there."""
        if late:
            return self.handlers.get(organisation_id, [])
        return self.liaisons.get(organisation_id) or self.handlers.get(organisation_id, [])

    def others(self, number: int, *, urgent: bool) -> list[int]:
        """Who besides the owner hears of the `number`th reminder of lateness."""
        told = list(self.office) if told_office(number, urgent=urgent) else []
        return told + (self.supervisors if told_supervision(number, urgent=urgent) else [])


def people(on: date) -> People:
    """Read who is told about duties on the day `on`."""
    posts = {*ANSWERABLE, *OFFICE_DESK, Post.SUPERVISOR}
    held = Appointment.objects.active(on).filter(seat__post__in=posts)
    found = People()
    rows = held.order_by("seat__order", "pk").values_list(
        "seat__organisation_id", "seat__post", "person_id"
    )
    for organisation_id, post, person_id in rows:
        if post in OFFICE_DESK:
            _add(found.office, person_id)
        elif post == Post.SUPERVISOR:
            _add(found.supervisors, person_id)
        else:
            _add(found.handlers[organisation_id], person_id)
            if post in LIAISONS:
                _add(found.liaisons[organisation_id], person_id)
    return found


def _add(people: list[int], person_id: int) -> None:
    """Each person once, whatever posts they hold."""
    if person_id not in people:
        people.append(person_id)
