"""Acts apart: what one person may not both do on one record, in whatever post or name (P22).

The pairs stand in the routes among the checks of the later step, so that buttons, refusals and
tests read them from there. Whoever is refused reads who can.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from . import access
from .models import Appointment
from .workflow import Act, Step, authority, label_of, offered, trail

NAMED = 5


class Apart(ABC):
    """A check that refuses, in words, whoever may not take the step for what they are or did."""

    @abstractmethod
    def why(self, act: Act) -> str:
        """Why the person may not; empty where they may."""

    def __call__(self, act: Act) -> None:
        """Refuse the act, naming who can take it."""
        why = self.why(act)
        if why:
            raise ValidationError(f"{why} {_who_can(act)}", code="apart")


@dataclass(frozen=True, slots=True)
class NotAfter(Apart):
    """Whoever took `action`, the last time it was taken on one of `records(record)`."""

    action: str
    records: Callable[[Any], Iterable[Any]] = lambda record: (record,)

    def why(self, act: Act) -> str:
        """The earlier act, if it was this person's, in whoever's name."""
        last = trail(*self.records(act.record)).filter(action=self.action).last()
        if last is None or last.person_id != act.person.pk:
            return ""
        words = _("You did “%(act)s” here yourself, so another decides.")
        return words % {"act": label_of(last)}


@dataclass(frozen=True, slots=True)
class NotOnesOwn(Apart):
    """Whoever serves in the organisation the record is about; `lent`: only in another's name."""

    organisation: Callable[[Any], int | None]
    lent: bool = False

    def why(self, act: Act) -> str:
        """That it is about the person's own organisation."""
        if self.lent and act.delegation is None:
            return ""
        own = {a.seat.organisation_id for a in access.standing(act.person).appointments}
        if self.organisation(act.record) not in own:
            return ""
        if self.lent:
            return _("This is about your own organisation, so you do not do it in another's name.")
        return _("This is about your own organisation, so another decides.")


def sorted_out(person, record) -> tuple[list[Step], list[str]]:
    """The steps `person` may take on `record`, and of the others why another takes them."""
    judged = [(step, why_not(person, record, step)) for step in offered(person, record)]
    able = [step for step, why in judged if not why]
    return able, [f"{step.label}: {why}" for step, why in judged if why]


def why_not(person, record, step: Step) -> str:
    """Why `person`, who could take `step` by their posts, may not on this record; mostly empty."""
    checks = [check for check in step.checks if isinstance(check, Apart)]
    found = authority(access.standing(person), step, record) if checks else None
    if found is None:
        return ""
    act = Act(record, step, person, found.appointment, timezone.now(), delegation=found.delegation)
    why = next(filter(None, (check.why(act) for check in checks)), "")
    return f"{why} {_who_can(act)}" if why else ""


def _who_can(act: Act) -> str:
    """Who holds a post today that takes this step."""
    serving = Appointment.objects.active(timezone.localdate()).exclude(person=act.person)
    able = serving.filter(seat__post__in=act.step.by).select_related("person", "seat__organisation")
    names = [
        f"{held.person}（{held.seat}）"
        for held in able.order_by("seat__order", "pk")
        if act.step.reach.covers(act.record, held)
    ]
    if not names:
        return _("Have the post entrust this act to somebody else.")
    text = str(access.SEPARATOR).join(dict.fromkeys(names[:NAMED]))
    return _("It can be done by: %(names)s.") % {"names": text}
