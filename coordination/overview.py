"""What the ground floor's pages list, read in few queries."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from axes.models import AccessAttempt
from celery import current_app
from django.conf import settings
from django.db import connection
from django.db.models import Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from . import rulebook, workflow
from .access import SEPARATOR
from .models import (
    Appointment,
    Body,
    Closing,
    Decision,
    Heartbeat,
    HolidayNotice,
    Job,
    Message,
    Organisation,
    PlannedChange,
    Seat,
    Unit,
)
from .posts import OFFICERS, Post

POSTS_SHOWN = 1000
FIELDS = {
    "name": _("Name of the group"),
    "short_name": _("Short name"),
    "lead_unit": _("Lead unit"),
    "deputy_units": _("Deputy units"),
}
UNITS = (Organisation.Kind.DEPARTMENT, Organisation.Kind.DISTRICT_TOWN)
EVENTS = {
    "signed_in": _("Signed in"),
    "signed_out": _("Signed out"),
    "sign_in_failed": _("Sign-in failed"),
    "locked_out": _("Locked out"),
    "password_refused": _("Wrong password where it is asked once more"),
    "unlocked": _("Unlocked"),
    "password_changed": _("Password changed"),
    "appointed": _("Appointed to a post"),
    "post_ended": _("Post ended"),
    "appointment_taken_back": _("Appointment taken back"),
    "person_created": _("Person entered"),
    "person_enabled": _("Person enabled"),
    "person_disabled": _("Person disabled"),
    "first_password_given": _("First password given"),
    "roster_imported": _("Roster read in"),
    "body_founded": _("Body founded"),
    "body_changed": _("Body changed"),
    "change_taken_back": _("Planned change taken back"),
    "body_closed": _("Body closed"),
    "closing_taken_back": _("Closing taken back"),
    "seat_added": _("Seat set up"),
    "seat_closed": _("Seat closed"),
    "calendar_published": _("Holiday notice published"),
    "cut_off_set": _("Cut-off hour set"),
    "contact_changed": _("E-mail or phone changed"),
    "messenger_set": _("Messenger set"),
    "feed_renewed": _("Calendar address made"),
    "feed_revoked": _("Calendar address revoked"),
    "refused": _("Refused"),
    "file_downloaded": _("File downloaded"),
    "format_checked": _("Format of a file checked"),
    "register_exported": _("Register exported"),
    "statistics_exported": _("Statistics exported"),
    "label_added": _("Label added"),
    "label_renamed": _("Label renamed"),
    "label_merged": _("Label merged into another"),
    "label_removed": _("Label taken off the list"),
    "documents_labelled": _("Labels put on or taken off"),
}


def rule_sets() -> list[tuple]:
    """The rule sets with their articles, in order."""
    return [
        (title, [a for a in rulebook.ARTICLES.values() if a.rule_set == letter])
        for letter, title in rulebook.RULE_SETS.items()
    ]


def steps_citing(code: str) -> list[tuple]:
    """The steps that carry out an article: what, and by which posts."""
    found: dict[str, tuple] = {}
    for route in workflow.ROUTES.values():
        for step in route.steps:
            if code in step.cites.split() and step.by:
                posts = [Post(post).label for post in step.by]
                found.setdefault(f"{route.name}:{step.action}", (step.label, posts))
    return list(found.values())


@dataclass(slots=True)
class Card:
    """One organisation as its page shows it: who holds which seat today, and by what decisions."""

    organisation: Organisation
    seats: list[tuple[Seat, Appointment | None]]
    body: Body | None = None
    decisions: list[tuple[Decision, str]] = field(default_factory=list)
    changes: list[tuple[PlannedChange, str]] = field(default_factory=list)


def organisations(rows) -> list[tuple]:
    """Organisations by kind, each with its seats and who holds them today."""
    today = timezone.localdate()
    held = Appointment.objects.active(today).select_related("person", "decision")
    by_seat = {appointment.seat_id: appointment for appointment in held}
    rows = rows.select_related("body__founded_by", "closed_by").prefetch_related(
        Prefetch("seats", Seat.objects.open(today).exclude(post__in=OFFICERS))
    )
    ahead = changes_ahead()
    found = defaultdict(list)
    for row in rows:
        seats = [(seat, by_seat.get(seat.pk)) for seat in row.seats.all()]
        card = Card(row, seats, getattr(row, "body", None))
        card.decisions, card.changes = _decisions(seats), ahead.get(row.pk, [])
        found[row.kind].append(card)
    order = [
        Organisation.Kind.COORDINATION_GROUP,
        Organisation.Kind.GROUP_OFFICE,
        Organisation.Kind.THEMATIC_GROUP,
        Organisation.Kind.SUPPORT_GROUP,
        Organisation.Kind.DEPARTMENT,
        Organisation.Kind.DISTRICT_TOWN,
        Organisation.Kind.SUPERIOR,
    ]
    return [(kind.label, found[kind]) for kind in order if found[kind]]


def _decisions(seats: list[tuple[Seat, Appointment | None]]) -> list[tuple[Decision, str]]:
    """Each decision behind these seats, with the titles of the seats given by it."""
    titles = defaultdict(list)
    for seat, held in seats:
        if held is not None:
            titles[held.decision].append(seat.title)
    return [(row, str(SEPARATOR).join(names)) for row, names in titles.items()]


def changes_ahead() -> dict[int, list[tuple[PlannedChange, str]]]:
    """By organisation, what is planned and not in force yet, in words, the next first."""
    rows = PlannedChange.objects.filter(applied_at=None).select_related("decision")
    listed = list(rows.order_by("in_force_from", "pk"))
    units = dict(Unit.objects.values_list("pk", "short_name")) if listed else {}
    found = defaultdict(list)
    for row in listed:
        found[row.organisation_id].append((row, _change_in_words(row.changes, units)))
    return found


def _change_in_words(changes: dict, units: dict[int, str]) -> str:
    told = []
    for name, value in changes.items():
        if name == "lead_unit":
            value = units.get(value, "–")
        elif name == "deputy_units":
            value = str(SEPARATOR).join(units[key] for key in value) or "–"
        told.append(f"{FIELDS[name]}: {value}")
    return "; ".join(told)


@dataclass(frozen=True, slots=True)
class TermLine:
    """A term of office on the page of posts, and what can be done about it there."""

    term: Appointment
    to_come: bool
    may_end: bool
    may_take_back: bool


def posts(rows, question: str) -> list[tuple[Seat, list[TermLine]]]:
    """Seats with their terms of office: those of the bodies, or of a name searched for."""
    today = timezone.localdate()
    rows = rows.open(today)
    if question:
        rows = rows.filter(
            Q(organisation__name__icontains=question)
            | Q(organisation__short_name__icontains=question)
        )
    else:
        rows = rows.exclude(organisation__kind__in=UNITS)
    rows = rows.select_related("organisation", "follows__organisation", "opened_by", "closed_by")
    terms = defaultdict(list)
    running = Appointment.objects.not_over(today).order_by("since")
    for term in running.select_related("person", "decision", "ended_by"):
        terms[term.seat_id].append(term)
    listed = rows.order_by("organisation__order", "order", "pk")[:POSTS_SHOWN]
    for seat in listed:
        for term in terms[seat.pk]:
            term.seat = seat
    return [(seat, _lines(terms[seat.pk], terms[seat.follows_id], today)) for seat in listed]


def _lines(terms: list[Appointment], of_post: list[Appointment], today: date) -> list[TermLine]:
    """`of_post`: the terms of the post the seat goes with; what goes with one is changed there."""
    with_post = {term.person_id for term in of_post}
    return [
        TermLine(
            term,
            to_come=term.since > today,
            may_end=term is terms[-1] and term.person_id not in with_post,
            may_take_back=term.since >= today and term.person_id not in with_post,
        )
        for term in terms
    ]


def going_along(seat: Seat) -> str:
    """The seats that change hands with `seat`, in words; empty where there are none."""
    rows = seat.followers.open(timezone.localdate()).select_related("organisation")
    names = [str(row) for row in rows.order_by("order", "pk")]
    return (
        gettext("With this post go: %(seats)s.") % {"seats": str(SEPARATOR).join(names)}
        if names
        else ""
    )


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group on the page of posts: when it closes, and what is planned for it."""

    body: Body
    closing: Closing | None
    changes: list[tuple[PlannedChange, str]]
    to_come: bool


def groups(rows) -> list[GroupLine]:
    """Groups that are not closed yet, those founded later and those closing later too."""
    today = timezone.localdate()
    ahead = changes_ahead()
    closing = {row.body_id: row for row in Closing.objects.select_related("successor")}
    rows = rows.not_closed(today).select_related("founded_by", "closed_by", "lead_unit")
    return [
        GroupLine(row, closing.get(row.pk), ahead.get(row.pk, []), row.founded_on > today)
        for row in rows
    ]


def people(rows) -> list[tuple]:
    """Persons with their current appointments and whether they are locked out."""
    since = timezone.now() - timedelta(hours=settings.AXES_COOLOFF_TIME)
    attempts = AccessAttempt.objects.filter(
        attempt_time__gte=since, failures_since_start__gte=settings.AXES_FAILURE_LIMIT
    )
    locked = set(attempts.values_list("username", flat=True))
    held = defaultdict(list)
    current = Appointment.objects.current(timezone.localdate())
    for appointment in current.select_related("seat__organisation"):
        held[appointment.person_id].append(appointment)
    return [
        (person, held[person.pk], person.username in locked)
        for person in rows.order_by("username")[:1000]
    ]


def worker_age() -> int | None:
    """Seconds since beat and a worker were last seen; None if never."""
    at = Heartbeat.objects.filter(process="worker").values_list("at", flat=True).first()
    return None if at is None else int((timezone.now() - at).total_seconds())


def broker_answers() -> bool:
    """Whether the queue can be reached; asked once, briefly, for a monitor."""
    try:
        with current_app.connection_for_write(connect_timeout=1) as link:
            link.ensure_connection(max_retries=0, timeout=1)
    except (OSError, KombuError, RedisError):
        return False
    return True


def system_facts() -> list[tuple]:
    """Name and value of what the system officer watches."""
    beats = {beat.process: beat.at for beat in Heartbeat.objects.all()}
    newest = HolidayNotice.objects.order_by("-year").first()
    unfinished = Job.objects.filter(status__in=[Job.State.QUEUED, Job.State.RUNNING]).count()
    return [
        (_("Database"), connection.vendor),
        (_("Queue"), "Redis" if settings.REDIS_URL else _("embedded")),
        (_("Worker last seen"), beats.get("worker")),
        (_("Reminders last written"), beats.get("remind")),
        (_("Jobs waiting or running"), unfinished),
        (_("Jobs failed"), Job.objects.filter(status=Job.State.FAILED).count()),
        (_("Messages waiting to be sent"), Message.objects.waiting().count()),
        (_("Messages given up"), Message.objects.undeliverable().count()),
        (_("Holiday calendar entered up to"), newest.year if newest else None),
    ]
