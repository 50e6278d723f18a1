"""How a document stands against its time limit, as conditions on the register (B16, C12).

One rule for the register's filter and the statistics, so that a figure and the rows behind it
cannot differ. Judged by the duty of the handler in charge: what it handed in and waits to be
judged is still running, late if it came late. A supplement in time does not make good an opinion
that was given late.
"""

from datetime import datetime

from django.db.models import Aggregate, Case, CharField, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone

from coordination.models import Duty
from coordination.querysets import late

from .states import IncomingState, Outcome


def conditions(now: datetime) -> dict[Outcome, Q]:
    """Each outcome as a condition; every document fits exactly one, a merged one none.

    What was returned to its sender was never to be handled, so it is not without a time limit.
    """
    in_time, is_late = _in_time(now), _late(now)
    running = Q(main_duty__isnull=False, main_duty__closed_at=None)
    done = Q(main_duty__outcome=Duty.Outcome.MET)
    was_late = Q(main_duty__days_late__gt=0) | Q(main_duty__in=_marred_supplements())
    return {
        Outcome.ON_TIME: done & ~was_late,
        Outcome.LATE: done & was_late,
        Outcome.RUNNING: running & in_time,
        Outcome.RUNNING_LATE: running & is_late,
        Outcome.NO_LIMIT: (Q(main_duty=None) | Q(main_duty__outcome=Duty.Outcome.CANCELLED))
        & ~Q(state__in=[IncomingState.RETURNED, IncomingState.MERGED]),
        Outcome.RETURNED: Q(state=IncomingState.RETURNED),
    }


def standing(now: datetime) -> Case:
    """The outcome of each document as an expression."""
    whens = [When(condition, then=Value(str(key))) for key, condition in conditions(now).items()]
    return Case(*whens, output_field=CharField())


def _in_time(now: datetime) -> Q:
    today = timezone.localdate(now)
    at_work = Q(main_duty__submitted_at=None) & (
        Q(main_duty__due_at=None, main_duty__due_on__gte=today) | Q(main_duty__due_at__gte=now)
    )
    return at_work | Q(main_duty__submitted_at__isnull=False) & (
        Q(main_duty__due_at=None, main_duty__submitted_at__date__lte=F("main_duty__due_on"))
        | Q(main_duty__submitted_at__lte=F("main_duty__due_at"))
    )


def _late(now: datetime) -> Q:
    today = timezone.localdate(now)
    at_work = Q(main_duty__submitted_at=None) & late(now, today, "main_duty__")
    return at_work | Q(main_duty__submitted_at__isnull=False) & (
        Q(main_duty__due_at=None, main_duty__submitted_at__date__gt=F("main_duty__due_on"))
        | Q(main_duty__submitted_at__gt=F("main_duty__due_at"))
    )


def _marred_supplements():
    """Supplements to an opinion that the same handler had given late.

    Not bound to the document outside, so a database reads them once, not for each document.
    """
    late_opinions = Duty.objects.filter(
        content_type=OuterRef("content_type"),
        object_id=OuterRef("object_id"),
        organisation=OuterRef("organisation"),
        kind=Duty.Kind.GIVE_OPINION,
        outcome=Duty.Outcome.MET,
        days_late__gt=0,
    )
    supplements = Duty.objects.filter(Exists(late_opinions), kind=Duty.Kind.SUPPLEMENT)
    return supplements.values("pk")


class Joined(Aggregate):
    """The texts of a group in one, a line each."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, chr(10))"
    output_field = CharField()

    def as_sqlite(self, compiler, connection, **extra):
        """SQLite's name for it."""
        return self.as_sql(
            compiler,
            connection,
            function="GROUP_CONCAT",
            template="%(function)s(%(expressions)s, char(10))",
            **extra,
        )
