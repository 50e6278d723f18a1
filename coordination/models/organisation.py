"""Who exists: organisations, persons, seats, appointments, and the decisions behind them."""

from django.contrib.auth.models import AbstractUser, Group
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from ..posts import SINGLE, Post
from ..querysets import AppointmentQuerySet, OrganisationQuerySet, SeatQuerySet


class Person(AbstractUser):
    """Somebody who can sign in. What they may do follows from their appointments alone."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=60)
    phone = models.CharField(_("office phone"), max_length=30, blank=True)
    must_change_password = models.BooleanField(default=False)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")

    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")

    def __str__(self):
        return self.name or self.username

    def get_full_name(self):
        """Return the name as it stands on papers."""
        return self.name

    get_short_name = get_full_name


class Decision(models.Model):
    """The paper by which a body is founded, changed or closed, or a post is given (A4)."""

    key = models.CharField(max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=200)
    number = models.CharField(_("document number"), max_length=60, blank=True)
    decided_on = models.DateField(_("date"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")

    def __str__(self):
        return self.title

    @property
    def reference(self) -> str:
        """Day, number and title, by which the paper is found."""
        return " ".join(filter(None, (self.decided_on.isoformat(), self.number, self.title)))


class Organisation(models.Model):
    """A unit or a body: whatever can be addressed, owe something, or hold seats.

    Never deleted (A4): a database trigger refuses it; closing sets `closed_on` by a decision.
    `group` is the auth group that shares name; it stores no members.
    """

    class Kind(models.TextChoices):
        """What sort of unit or body it is."""

        DEPARTMENT = "department", _("Department")
        DISTRICT_TOWN = "district_town", _("Town or park")
        SUPERIOR = "superior", _("Superior body")
        COORDINATION_GROUP = "coordination_group", _("Coordination group")
        GROUP_OFFICE = "group_office", _("Office of the group")
        THEMATIC_GROUP = "thematic_group", _("Thematic group")
        SUPPORT_GROUP = "support_group", _("Support group")

    key = models.CharField(max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    name = models.CharField(_("name"), max_length=120, unique=True)
    short_name = models.CharField(_("short name"), max_length=60)
    issuer_code = models.CharField(_("issuer code"), max_length=20, blank=True)
    order = models.PositiveIntegerField(default=0)
    group = models.OneToOneField(Group, on_delete=models.PROTECT, editable=False)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closed_by = models.ForeignKey(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="closes"
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closed_on=None) | models.Q(closed_by__isnull=False),
                name="closing_has_a_decision",
            )
        ]

    def __str__(self):
        return self.short_name


class Unit(Organisation):
    """A department, a town or park, or a superior body."""

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")


class Body(Organisation):
    """The coordination group, its Office, a thematic or a support group (A1-A4)."""

    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    lead_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="leads"
    )
    deputy_units = models.ManyToManyField(Unit, blank=True, related_name="deputy_in")
    profile = models.TextField(_("duties"), blank=True)
    founded_on = models.DateField(_("founded on"))
    founded_by = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="founds")
    history = HistoricalRecords(m2m_fields=[deputy_units])

    class Meta:
        verbose_name = _("body")
        verbose_name_plural = _("bodies")


class Seat(models.Model):
    """One place of a post in an organisation; whoever is appointed to it acts in it.

    A seat that `follows` another goes with that post: a member of the group is the head of a
    unit, so whoever becomes head takes this seat too, from the same day (A2). A seat set up later
    than its organisation has the day and the decision; likewise one that was closed.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="seats", verbose_name=_("organisation")
    )
    post = models.CharField(_("post"), max_length=20, choices=Post)
    scope = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, blank=True, related_name="contact_seats"
    )
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followers"
    )
    title = models.CharField(_("title"), max_length=80)
    login = models.CharField(max_length=60, blank=True, help_text=_("Demo login, if any"))
    order = models.PositiveIntegerField(default=0)
    cites = models.CharField(max_length=40)
    opens_on = models.DateField(_("set up on"), null=True, blank=True)
    opened_by = models.ForeignKey(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closed_by = models.ForeignKey(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = SeatQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        constraints = [
            # A2, C3, C4, A16: exactly one place for such a post, hence one holder at a time.
            models.UniqueConstraint(
                fields=["organisation", "post"],
                condition=models.Q(post__in=[str(p) for p in SINGLE], scope=None, closed_on=None),
                name="one_seat_of_a_single_post",
            ),
            models.UniqueConstraint(
                fields=["organisation", "post", "scope"],
                condition=models.Q(scope__isnull=False, closed_on=None),
                name="one_liaison_seat_per_scope",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_on=None) | models.Q(closed_by__isnull=False),
                name="closing_a_seat_has_a_decision",
            ),
        ]

    def __str__(self):
        return f"{self.organisation.short_name}{self.title}"


class Appointment(models.Model):
    """A person holds a seat from `since` to `until` (both days included) by a decision.

    Two holders of one seat on one day are refused by the database on both engines
    (migration 0002: exclusion constraint on PostgreSQL, trigger on SQLite). `ended_by` is the
    decision behind `until`; `displaced` is the term this one ended, with what held for it before,
    so that taking this one back restores it exactly.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="appointments")
    since = models.DateField(_("from"))
    until = models.DateField(_("to"), null=True, blank=True)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="appoints")
    acting = models.BooleanField(_("in charge of a vacant post (主持工作)"), default=False)
    ended_by = models.ForeignKey(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="ends"
    )
    displaced = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    displaced_until = models.DateField(null=True, blank=True)
    displaced_ended_by = models.ForeignKey(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = AppointmentQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = [
            models.UniqueConstraint(
                fields=["seat"],
                condition=models.Q(until=None),
                name="one_open_appointment_per_seat",
            ),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="appointment_ends_after_it_begins",
            ),
        ]

    def __str__(self):
        return f"{self.person} · {self.seat}"
