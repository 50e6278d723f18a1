"""Who is told outside the product, how and when: what each person chose, and quiet hours.

In the product every notice is shown at once, whatever is chosen here. What is urgent waits for
no digest and no morning.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.db import transaction

from .models import Channel, Event, Messenger, Notice, Preference, QuietHours, Timing
from .workdays import SHANGHAI, Calendar

DIGEST_AT = time(8, 30)  # on working days, after the morning's reminders are written
EVENTS: dict[Event, tuple[str, ...]] = {
    Event.WORK: (
        "assigned",
        "laid_before",
        "laid_again",
        "recalled",
        "handed_back",
        "proposal_returned",
        "sent_back",
        "replied",
        "circulated",
        "extension_asked",
        "calendar_missing",
        "roster_missing",
        "asked_to_confirm",
        "another_named",
        "hand_over_waits",
        "paper_laid",
        "paper_changed",
        "paper_returned",
        "delivered",
        "delivered_asks",
        "delivery_urged",
        "delivery_passed_on",
        "report_in",
        "report_returned",
        "consulted",
        "consulted_text_changed",
        "legal_opinion_lapsed",
        "seal_asked",
        "seal_granted",
        "seal_waits",
        "body_closes",
    ),
    Event.DEADLINES: (
        "due_soon",
        "due_today",
        "late",
        "late_at",
        "due_moved",
        "due_certain",
        "due_hour",
        "urged",
    ),
    Event.NEWS: (
        "paper_corrected",
        "paper_withdrawn",
        "paper_signed",
        "delivery_recalled",
        "paper_void",
        "opinion_on_paper",
        "consultation_ended",
        "seal_refused",
        "seal_put",
        "instructed",
        "remarked",
        "all_read",
        "opinion_given",
        "reply_accepted",
        "withdrawn",
        "returned_to_sender",
        "answer",
        "extension_granted",
        "extension_refused",
    ),
    Event.POSTS: (
        "appointed",
        "seal_kept",
        "appointment_taken_back",
        "post_ended",
        "post_goes_on",
        "closing_taken_back",
        "entrusted",
        "no_longer_entrusted",
    ),
    Event.FILES: ("job_done", "job_failed", "job_not_ready", "job_refused"),
}
EVENT_OF = {code: event for event, codes in EVENTS.items() for code in codes}
DEFAULTS = {
    Event.WORK: Timing.AT_ONCE,
    Event.DEADLINES: Timing.AT_ONCE,
    Event.NEWS: Timing.DIGEST,
    Event.POSTS: Timing.AT_ONCE,
    Event.FILES: Timing.NEVER,
}


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the day, in office time, and whether days off are quiet; equal hours are none."""

    since: time = time(20)
    until: time = time(7, 30)
    days_off: bool = True

    def covers(self, moment: datetime, calendar: Calendar) -> bool:
        """Whether `moment`, in office time, is to be left in peace."""
        if self.days_off and not calendar.is_workday(moment.date()):
            return True
        hour = moment.time()
        if self.since <= self.until:
            return self.since <= hour < self.until
        return hour >= self.since or hour < self.until

    def end(self, now: datetime, calendar: Calendar) -> datetime:
        """The first moment from `now` on that is not quiet. Both aware."""
        moment = now.astimezone(SHANGHAI)
        while self.covers(moment, calendar):
            midnight = datetime.combine(moment.date() + timedelta(days=1), time(), SHANGHAI)
            until = datetime.combine(moment.date(), self.until, SHANGHAI)
            moment = until if moment < until < midnight else midnight
        return moment


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the persons of one run chose."""

    quiet: dict[int, Quiet] = field(default_factory=dict)
    timings: dict[tuple[int, str, str], Timing] = field(default_factory=dict)

    def timing(self, notice: Notice, channel: str) -> Timing:
        """When `channel` carries `notice` to its person."""
        event = EVENT_OF[notice.code]
        chosen = self.timings.get((notice.person_id, event, channel), DEFAULTS[event])
        return Timing.AT_ONCE if pressing(notice) and chosen == Timing.DIGEST else chosen

    def moment(self, notice: Notice, timing: Timing, now: datetime, calendar: Calendar) -> datetime:
        """Not before when `notice` may go out."""
        if pressing(notice):
            return now
        if timing == Timing.DIGEST:
            return next_digest(now, calendar)
        quiet = self.quiet.get(notice.person_id, Quiet())
        return (
            now
            if not quiet.covers(now.astimezone(SHANGHAI), calendar)
            else quiet.end(now, calendar)
        )


def pressing(notice: Notice) -> bool:
    """Whether it is about the deadline of an urgent matter (B16: urgent papers have their hour)."""
    return notice.duty is not None and notice.duty.urgent and notice.duty.closed_at is None


def next_digest(now: datetime, calendar: Calendar) -> datetime:
    """When the next daily digest goes out: on a working day, after `now`."""
    today = now.astimezone(SHANGHAI).date()
    moment = datetime.combine(today, DIGEST_AT, SHANGHAI)
    if now < moment and calendar.is_workday(today):
        return moment
    return datetime.combine(calendar.add(today, 1), DIGEST_AT, SHANGHAI)


def wishes(person_ids: Iterable[int]) -> Wishes:
    """What these persons chose, in two queries."""
    ids = list(person_ids)
    found = Wishes()
    for row in QuietHours.objects.filter(person__in=ids):
        found.quiet[row.person_id] = Quiet(row.since, row.until, row.days_off)
    for choice in Preference.objects.filter(person__in=ids):
        key = (choice.person_id, choice.event, choice.channel)
        found.timings[key] = Timing(choice.timing)
    return found


def chosen(person) -> dict[tuple[str, str], Timing]:
    """By event and channel, what holds for `person`: their choice, else the default."""
    mine = wishes([person.pk]).timings
    return {
        (event, channel): mine.get((person.pk, event, channel), DEFAULTS[event])
        for event in Event
        for channel in Channel
    }


@transaction.atomic
def choose(person, timings: dict[tuple[str, str], str], quiet: Quiet) -> None:
    """Keep what `person` chose, by event and channel, and their quiet hours."""
    for (event, channel), timing in timings.items():
        Preference.objects.update_or_create(
            person=person, event=event, channel=channel, defaults={"timing": timing}
        )
    hours = {"since": quiet.since, "until": quiet.until, "days_off": quiet.days_off}
    QuietHours.objects.update_or_create(person=person, defaults=hours)


def quiet_of(person) -> Quiet:
    """The quiet hours of `person`."""
    return wishes([person.pk]).quiet.get(person.pk, Quiet())


def messenger() -> str:
    """The address of the messenger in force; empty where there is none."""
    row = Messenger.objects.order_by("-pk").first()
    return row.url if row else ""


def in_use() -> list[Channel]:
    """The channels that lead anywhere."""
    return [Channel.MAIL, Channel.MESSENGER] if messenger() else [Channel.MAIL]
