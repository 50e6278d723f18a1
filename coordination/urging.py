"""催办: urge, in words of one's own, whoever owes something; and how often each was urged (P24)."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from . import access, notices
from .models import Duty, Organisation, Urging
from .posts import ANSWERABLE, LEADERS, OFFICE, Post

AT_MOST = 100  # duties urged in one act
SHOWN = 500  # urgings of one unit in a list


@transaction.atomic
def urge(*, person, duties: Iterable[Duty], word: str, at: datetime | None = None) -> list[Urging]:
    """Urge the owners of `duties` with `word`: one notice for each duty and handler.

    Raises PermissionDenied for a duty that is not the person's to urge, ValidationError without a
    word, without a duty, or where one is no longer owed.
    """
    at, word = at or timezone.now(), word.strip()
    wanted = {duty.pk for duty in duties}
    if not word:
        raise ValidationError({"word": _("Write what you want to say.")}, code="word_missing")
    if not 0 < len(wanted) <= AT_MOST:
        raise ValidationError(
            _("Choose at least one and at most %(most)s duties.") % {"most": AT_MOST}, code="count"
        )
    found = access.visible(person, Duty.objects.filter(pk__in=wanted), "urge")
    rows = list(found.select_related("organisation").order_by("organisation_id", "pk"))
    if len(rows) != len(wanted):
        raise PermissionDenied(access.refusal([*OFFICE, *LEADERS, Post.SUPERVISOR], "P24 A9"))
    ended = [duty for duty in rows if duty.closed_at is not None or duty.submitted_at is not None]
    if ended:
        raise ValidationError(
            _("Nothing is owed any more: %(titles)s. Take it out and urge the others.")
            % {"titles": "; ".join(duty.title for duty in ended)},
            code="not_running",
        )
    under = _appointment(person)
    urgings = [
        Urging.objects.create(
            duty=duty,
            organisation=duty.organisation,
            urged_under=under,
            person=person,
            word=word,
            at=at,
        )
        for duty in rows
    ]
    _tell(urgings)
    return urgings


def _appointment(person):
    """The post the word is given in: a leader's before the desk's, that of supervision last."""
    held = access.standing(person).appointments
    order = [*LEADERS, *OFFICE, Post.SUPERVISOR]
    able = [a for a in held if a.seat.post in order]
    return min(able, key=lambda a: order.index(Post(a.seat.post)))


def _tell(urgings: list[Urging]) -> None:
    """Everybody who answers for the duty reads the word, and whose it is."""
    for _pk, group in groupby(urgings, key=lambda urging: urging.organisation_id):
        mine = list(group)
        held = access.holders([mine[0].organisation_id], ANSWERABLE)
        people = [appointment.person for appointment in held]
        for urging in mine:
            notices.notify(
                people,
                "urged",
                key=f"urging:{urging.pk}",
                params={
                    "who": str(urging.urged_under.seat),
                    "word": urging.word,
                    "title": urging.duty.title,
                    **notices.due_params(urging.duty),
                },
                subject=urging.duty,
                duty=urging.duty,
            )


def counts(duties: Iterable[Duty]) -> dict[int, int]:
    """How often each of `duties` was urged, by primary key; those never urged are left out."""
    pks = [duty.pk for duty in duties]
    rows = Urging.objects.filter(duty__in=pks).values("duty_id").annotate(count=Count("pk"))
    return {row["duty_id"]: row["count"] for row in rows}


def of_organisation(person, organisation: Organisation, since: datetime):
    """Every urging of one unit since a moment, latest first, as far as `person` sees duties."""
    seen = access.visible(person, Duty.objects.filter(organisation=organisation))
    rows = Urging.objects.filter(at__gte=since, duty__in=seen.values("pk"))
    rows = rows.select_related("duty", "person", "urged_under__seat__organisation")
    return rows.order_by("-at", "-pk")[:SHOWN]


def by_organisation(person, since: datetime) -> list[dict]:
    """Who was urged how often since a moment: most often first, as far as `person` sees duties."""
    seen = access.visible(person, Duty.objects.all())
    rows = (
        Urging.objects.filter(at__gte=since, duty__in=seen.values("pk"))
        .values("organisation_id")
        .annotate(times=Count("pk"), duties=Count("duty", distinct=True), last=Max("at"))
        .order_by("-times", "organisation_id")[:200]
    )
    names = Organisation.objects.in_bulk([row["organisation_id"] for row in rows])
    return [row | {"organisation": names[row["organisation_id"]]} for row in rows]
