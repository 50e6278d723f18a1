"""Named questions about the ground floor's records."""

from datetime import date, datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, OuterRef, Q


def late(now: datetime, today: date, path: str = "") -> Q:
    """Past their day, or past their hour where one was named; `path` leads to the duty."""
    no_hour = {f"{path}due_at": None, f"{path}due_on__lt": today}
    return Q(**no_hour) | Q(**{f"{path}due_at__lt": now})


class OrganisationQuerySet(models.QuerySet):
    """Units and bodies."""

    def not_closed(self, on: date):
        """Those not closed by `on`, founded already or not."""
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=on))

    def existing(self, on: date):
        """Those founded by `on` and not closed."""
        rows = self.not_closed(on)
        names = {field.name for field in self.model._meta.get_fields()}
        if "founded_on" in names:  # bodies themselves
            return rows.filter(founded_on__lte=on)
        return rows.exclude(body__founded_on__gt=on) if "body" in names else rows

    def named_here(self, names, on: date) -> set[str]:
        """Which of these names are of a body that exists on the day `on`, in full or short."""
        rows = self.existing(on).filter(Q(name__in=names) | Q(short_name__in=names))
        found = {name for row in rows.values_list("name", "short_name") for name in row}
        return found & set(names)

    def handling(self):
        """Those that documents are transferred to: departments, towns, working groups.

        The Office transfers and judges, so it is not its own handler.
        """
        return self.exclude(kind__in=["superior", "coordination_group", "group_office"])

    def assignable(self, on: date):
        """Those a document can be transferred to on the day `on`."""
        return self.existing(on).handling()


class HandOverQuerySet(models.QuerySet):
    """Changes of hands."""

    def begun(self, on: date):
        """Those whose successor serves by the day `on`."""
        return self.filter(successor__since__lte=on)

    def ended(self, on: date):
        """Those whose predecessor served until before the day `on`."""
        return self.filter(predecessor__until__lt=on)


class AppointmentQuerySet(models.QuerySet):
    """Who holds which seat."""

    def not_over(self, on: date):
        """In force on the day `on` or later; a closed body's are over with it (A4)."""
        open_then = Q(seat__organisation__closed_on=None) | Q(seat__organisation__closed_on__gt=on)
        return self.filter(Q(until=None) | Q(until__gte=on), open_then)

    def current(self, on: date):
        """Appointments in force on the day `on`."""
        return self.not_over(on).filter(since__lte=on)

    def active(self, on: date):
        """Current appointments of persons who can still sign in."""
        return self.current(on).filter(person__is_active=True)


class DelegationQuerySet(models.QuerySet):
    """Who stands in for whom."""

    def standing(self):
        """Those nobody revoked."""
        return self.filter(revoked_at=None)

    def current(self, on: date):
        """In force on the day `on`."""
        return self.standing().filter(since__lte=on, until__gte=on)

    def not_over(self, on: date):
        """In force on the day `on` or later."""
        return self.standing().filter(until__gte=on)


class AbsenceQuerySet(models.QuerySet):
    """Who is away."""

    def standing(self):
        """Those nobody took back."""
        return self.filter(cancelled_at=None)

    def current(self, on: date):
        """Away on the day `on`."""
        return self.standing().filter(since__lte=on, until__gte=on)

    def not_over(self, on: date):
        """Away on the day `on` or later."""
        return self.standing().filter(until__gte=on)


class SeatQuerySet(models.QuerySet):
    """Places of posts."""

    def open(self, on: date):
        """Those not closed by the day `on`, in organisations that are not."""
        organisation = Q(organisation__closed_on=None) | Q(organisation__closed_on__gt=on)
        return self.filter(organisation, Q(closed_on=None) | Q(closed_on__gt=on))

    def holding(self, posts, on: date):
        """Seats of `posts` that somebody holds on the day `on`."""
        held = Q(appointments__until=None) | Q(appointments__until__gte=on)
        return (
            self.open(on)
            .filter(
                held,
                post__in=posts,
                appointments__since__lte=on,
                appointments__person__is_active=True,
            )
            .distinct()
        )


class DutyQuerySet(models.QuerySet):
    """The ledger of what is owed."""

    def open(self):
        """Not yet met or cancelled."""
        return self.filter(closed_at=None)

    def running(self):
        """Open, and not lying with whoever judges the work."""
        return self.open().filter(submitted_at=None)

    def overdue(self, now: datetime, today: date):
        """Open and past their day, or past their hour where one was named."""
        return self.running().filter(late(now, today))

    def about(self, record):
        """Duties about this record, met and cancelled ones too."""
        content_type = ContentType.objects.get_for_model(record)
        return self.filter(content_type=content_type, object_id=record.pk)

    def noting_refusals(self):
        """Each with `refused`: a later day was asked for and refused, and none was granted."""
        extensions: Any = self.model._meta.get_field("extensions").related_model
        asked = extensions.objects.filter(duty=OuterRef("pk"))
        refused, granted = asked.filter(state="refused"), asked.filter(state="granted")
        return self.annotate(refused=Exists(refused) & ~Exists(granted))

    def owed_by(self, organisation_ids):
        """Duties of these organisations."""
        return self.filter(organisation__in=organisation_ids)


class ExtensionQuerySet(models.QuerySet):
    """Questions for a later day."""

    def for_inbox(self, condition: Q):
        """Those that fit `condition`, most pressing first, with what the home page shows."""
        return (
            self.filter(condition)
            .select_related("duty", "organisation", "assigned_under__seat")
            .order_by("duty__due_on", "pk")
        )


class ConfirmationQuerySet(models.QuerySet):
    """Units asked whether their liaison officer is still right."""

    def for_inbox(self, condition: Q):
        """Those that fit `condition`, most pressing first, with what the home page shows."""
        return (
            self.filter(condition)
            .select_related("duty", "organisation", "seat")
            .order_by("duty__due_on", "pk")
        )


class NoticeQuerySet(models.QuerySet):
    """Messages to persons."""

    def alive(self):
        """Those whose cause still stands."""
        return self.filter(ended_at=None)

    def unread(self):
        """Alive and not read."""
        return self.alive().filter(read_at=None)

    def unsorted(self):
        """Alive, and not yet looked at for who is to be told outside the product."""
        return self.alive().filter(sorted_at=None)


class MessageQuerySet(models.QuerySet):
    """What leaves the product."""

    def waiting(self):
        """Those that still have to go."""
        return self.filter(status="waiting")

    def due(self, now):
        """Waiting, and their moment has come; the oldest first."""
        return self.waiting().filter(next_at__lte=now).order_by("next_at", "pk")

    def undeliverable(self):
        """Given up, and nobody has said yet how the person was told."""
        return self.filter(status="given_up")
