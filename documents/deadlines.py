"""Time limits of transferred documents, as a table (Office rules art. 16, thematic rules art. 12).

One handler within its own competence *completes* the matter in 7 working days; with co-handlers
the lead *gives its opinion* in 10. A document that names its own limit overrides both. The rules
give co-handlers no number of their own, only that the lead consults them first: their share is a
term of the charter that ends before the lead's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from coordination.workdays import SHANGHAI, Calendar, Term

SOLE, JOINT, CO_OPINION = "sole", "joint", "co_opinion"


@dataclass(frozen=True, slots=True)
class Limit:
    """What one handler is given: a term in working days, or an explicit moment; never both."""

    term: Term | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """The limit of the handler in charge, and that of the co-handlers if there are any."""

    main: Limit
    co: Limit | None = None


def limits(
    terms: Mapping[str, Term],
    *,
    joint: bool,
    sent_at: datetime,
    explicit: datetime | None,
    calendar: Calendar,
) -> Limits:
    """Return the limits of a document sent at `sent_at` to one handler or, `joint`, to several.

    `terms` holds Terms under SOLE, JOINT and CO_OPINION. Raises ValueError when an explicit
    limit is not after `sent_at`, or when the co-handlers' term does not end before the lead's.
    """
    if explicit is not None:
        if explicit <= sent_at:
            raise ValueError("The explicit limit is already past.")
        co = Limit(at=co_limit(sent_at, explicit, calendar)) if joint else None
        return Limits(Limit(at=explicit), co)
    if not joint:
        return Limits(Limit(terms[SOLE]))
    if terms[CO_OPINION].days >= terms[JOINT].days:
        raise ValueError("The co-handlers' term must end before the lead's.")
    return Limits(Limit(terms[JOINT]), Limit(terms[CO_OPINION]))


def co_limit(sent_at: datetime, explicit: datetime, calendar: Calendar) -> datetime:
    """The co-handlers' share of an explicit limit: the working day before it, at the same hour.

    Where that is not after `sent_at`, half of the time there is, in whole minutes.
    """
    limit = explicit.astimezone(SHANGHAI)
    day_before = calendar.add(limit.date(), -1)
    earlier = datetime.combine(day_before, limit.time(), tzinfo=SHANGHAI)
    if earlier > sent_at:
        return earlier
    half = sent_at + (explicit - sent_at) / 2
    return max(half.replace(second=0, microsecond=0), sent_at + timedelta(seconds=1))
