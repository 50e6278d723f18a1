"""What the ground floor's pages list, read in few queries."""

from collections import defaultdict
from datetime import timedelta

from axes.models import AccessAttempt
from celery import current_app
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from . import rulebook, workflow
from .models import Appointment, Heartbeat, HolidayNotice, Job, Message, Organisation
from .posts import Post

POSTS_SHOWN = 1000
UNITS = (Organisation.Kind.DEPARTMENT, Organisation.Kind.DISTRICT_TOWN)
EVENTS = {
    "signed_in": _("Signed in"),
    "signed_out": _("Signed out"),
    "sign_in_failed": _("Sign-in failed"),
    "locked_out": _("Locked out"),
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
    "body_closed": _("Body closed"),
    "calendar_published": _("Holiday notice published"),
    "cut_off_set": _("Cut-off hour set"),
    "contact_changed": _("E-mail or phone changed"),
    "messenger_set": _("Messenger set"),
    "feed_renewed": _("Calendar address made"),
    "feed_revoked": _("Calendar address revoked"),
    "refused": _("Refused"),
    "file_downloaded": _("File downloaded"),
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


def organisations(rows) -> list[tuple]:
    """Organisations by kind, each with its seats and who holds them today."""
    held = Appointment.objects.active(timezone.localdate()).select_related("person")
    by_seat = {appointment.seat_id: appointment for appointment in held}
    found = defaultdict(list)
    for organisation in rows.prefetch_related("seats"):
        seats = [
            (seat, by_seat.get(seat.pk))
            for seat in organisation.seats.all()
            if seat.post not in (Post.SYSTEM_OFFICER, Post.SECURITY_OFFICER, Post.AUDIT_OFFICER)
        ]
        found[organisation.kind].append((organisation, seats))
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


def posts(rows, question: str) -> list[tuple]:
    """Seats with their terms of office: those of the bodies, or of a name searched for."""
    today = timezone.localdate()
    if question:
        rows = rows.filter(organisation__name__icontains=question)
    else:
        rows = rows.exclude(organisation__kind__in=UNITS)
    rows = rows.filter(organisation__in=Organisation.objects.filter(closed_on=None))
    rows = rows.select_related("organisation").order_by("organisation__order", "order", "pk")
    terms = defaultdict(list)
    to_come = Appointment.objects.exclude(until__lt=today).select_related("person")
    for appointment in to_come.order_by("since"):
        terms[appointment.seat_id].append((appointment, appointment.since > today))
    return [(seat, terms[seat.pk]) for seat in rows[:POSTS_SHOWN]]


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
