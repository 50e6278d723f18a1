"""The trail: transitions, the audit log, numbers, background jobs, heartbeats."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from .organisation import Appointment, Organisation


class Transition(models.Model):
    """One step of one record: who, acting as what, when, in which words, under which article.

    Append-only by a database trigger, and chained: `digest` covers the row and the digest of the
    record's step before it.
    """

    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT)
    object_id = models.PositiveBigIntegerField()
    record = GenericForeignKey()
    serial = models.PositiveIntegerField()
    action = models.CharField(max_length=40)
    source = models.CharField(max_length=30, blank=True)
    target = models.CharField(max_length=30)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    acting_as = models.ForeignKey(Appointment, on_delete=models.PROTECT)
    delegation = models.ForeignKey(
        "coordination.Delegation", on_delete=models.PROTECT, null=True, blank=True
    )
    opinion = models.TextField(blank=True)
    details = models.JSONField(default=dict)
    cites = models.CharField(max_length=40)
    content_digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    cause = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True)
    previous_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("step taken")
        verbose_name_plural = _("steps taken")
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "serial"], name="one_step_per_serial"
            )
        ]

    def __str__(self):
        return f"{self.action} ({self.cites})"


class AuditEntry(models.Model):
    """A security event: signing in and out, refusals, downloads, exports. Append-only, chained."""

    at = models.DateTimeField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True
    )
    login = models.CharField(_("login"), max_length=150, blank=True)
    address = models.CharField(_("address"), max_length=64, blank=True)
    event = models.CharField(_("event"), max_length=40)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    succeeded = models.BooleanField(_("succeeded"), default=True)
    previous_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")

    def __str__(self):
        return f"{self.event} {self.subject}"


class Series(models.Model):
    """A counter per (organisation, code, year), raised under its lock: numbers without gaps."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    code = models.CharField(max_length=30)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code", "year"], name="one_series")
        ]

    def __str__(self):
        return f"{self.code}〔{self.year}〕{self.last}"


class NumberCode(models.Model):
    """机关代字: the letters before the numbers of a body's papers, as the charter states them.

    `kinds`: the kinds of papers it is for; an empty list is for all that no other code names.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="number_codes"
    )
    code = models.CharField(max_length=20, unique=True)
    kinds = models.JSONField(default=list)
    history = HistoricalRecords()

    class Meta:
        ordering = ["organisation", "pk"]
        verbose_name = _("issuer code")
        verbose_name_plural = _("issuer codes")

    def __str__(self):
        return self.code


class RuleSetting(models.Model):
    """What the rules leave open and the charter decides, with the article that leaves it open."""

    key = models.CharField(max_length=40, unique=True)
    value = models.CharField(max_length=60)
    cites = models.CharField(max_length=40)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("setting of a rule")
        verbose_name_plural = _("settings of the rules")

    def __str__(self):
        return f"{self.key}: {self.value}"


class Job(models.Model):
    """Work for the background worker; this row is the truth, the queue only its courier."""

    class State(models.TextChoices):
        """How far it has come."""

        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        REFUSED = "refused", _("Refused")

    kind = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    progress = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    created_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    result = models.ForeignKey(
        "coordination.StoredFile", on_delete=models.SET_NULL, null=True, blank=True
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=models.Q(status__in=["queued", "running"]),
                name="unfinished_jobs",
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.status}"


class Heartbeat(models.Model):
    """When a background process was last seen alive."""

    process = models.CharField(max_length=30, primary_key=True)
    at = models.DateTimeField()

    def __str__(self):
        return self.process
