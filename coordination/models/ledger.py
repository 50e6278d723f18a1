"""The ledger of duties, and the notices about them."""

import hashlib
import json

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from ..querysets import DutyQuerySet, ExtensionQuerySet, NoticeQuerySet
from .organisation import Appointment, Organisation


class Duty(models.Model):
    """What an organisation owes by a day, and on what basis. One ledger for every deadline.

    `working_days` is the term the due date came from, counted from `started_at`, whose day does
    not count; empty where the paper itself named the limit (`due_at`), which overrides the terms
    (Office rules art. 16). `provisional`: the year's calendar is not published yet.
    `submitted_at`: the work lies with whoever judges it, so the clock of the owner rests; it is
    emptied when the work is sent back. `days_late` and `days_taken`, in working days, are written
    once, when it closes.
    """

    class Kind(models.TextChoices):
        """What is owed."""

        COMPLETE = "complete", _("Complete the matter")
        GIVE_OPINION = "give_opinion", _("Give the lead handler's opinion")
        CO_OPINION = "co_opinion", _("Give an opinion to the lead handler")
        CONFIRM_LIAISON = "confirm_liaison", _("Confirm the liaison officer")
        SUPPLEMENT = "supplement", _("Supplement the reply")
        LEGAL_OPINION = "legal_opinion", _("Give the legal opinion")
        COUNTERSIGN = "countersign", _("Countersign")

    class Outcome(models.TextChoices):
        """How it ended."""

        MET = "met", _("Met")
        CANCELLED = "cancelled", _("Cancelled")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="duties")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    title = models.CharField(_("title"), max_length=300)
    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT)
    object_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey()
    cites = models.CharField(max_length=40)
    assigned_under = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    urgent = models.BooleanField(_("urgent"), default=False)
    started_at = models.DateTimeField(_("started"))
    working_days = models.PositiveSmallIntegerField(_("working days"), null=True, blank=True)
    due_on = models.DateField(_("due"))
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    provisional = models.BooleanField(_("provisional"), default=False)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    days_late = models.PositiveSmallIntegerField(_("working days late"), null=True, blank=True)
    days_taken = models.PositiveSmallIntegerField(_("working days taken"), null=True, blank=True)

    objects = DutyQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                condition=models.Q(closed_at=None),
                name="open_duties_by_day",
            ),
            models.Index(
                fields=["organisation", "due_on"],
                condition=models.Q(closed_at=None),
                name="open_duties_of",
            ),
            models.Index(
                fields=["-closed_at", "-id"],
                condition=models.Q(closed_at__isnull=False),
                name="closed_duties_by_day",
            ),
            models.Index(fields=["content_type", "object_id"], name="duties_about"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closed_at=None, outcome="")
                | (models.Q(closed_at__isnull=False) & ~models.Q(outcome="")),
                name="closed_duty_has_an_outcome",
            ),
        ]

    def __str__(self):
        return f"{self.organisation} · {self.get_kind_display()} · {self.due_on}"

    @property
    def named_at(self):
        """The hour the paper itself named; none where the day came from a term."""
        return self.due_at if self.working_days is None else None


class Extension(models.Model):
    """延期: one question for a later due date, and what came of it."""

    class State(models.TextChoices):
        """Where the question stands."""

        ASKED = "asked", _("Asked for, to be decided")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="extensions")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    assigned_under = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(_("state"), max_length=20, choices=State, editable=False)
    reason = models.CharField(_("reason"), max_length=2000)
    asked_at = models.DateTimeField()
    old_due_on = models.DateField()
    old_due_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(_("new due day"))
    due_at = models.DateTimeField(_("new due hour"), null=True, blank=True)

    objects = ExtensionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        constraints = [
            models.UniqueConstraint(
                fields=["duty"], condition=models.Q(state="asked"), name="one_question_at_a_time"
            )
        ]

    def __str__(self):
        return f"{self.duty.title} → {self.due_on}"

    def get_absolute_url(self):
        """The page of the duty it is about."""
        return reverse("duty", args=[self.duty_id])

    @property
    def state_label(self):
        """The state in words."""
        return self.State(self.state).label

    @property
    def inbox_title(self) -> str:
        """How the home page names it."""
        return f"{self.organisation}: {self.duty.title}"

    @property
    def inbox_since(self):
        """Since when it waits."""
        return self.asked_at

    @property
    def inbox_duty(self) -> Duty:
        """The duty whose lamp it shows."""
        return self.duty

    def content_digest(self) -> str:
        """SHA-256 of what whoever decides has read."""
        content = [self.duty_id, self.reason, str(self.due_on), str(self.due_at)]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


class Urging(models.Model):
    """催办: a word from the Office or a leader to whoever owes something. Rows are only added."""

    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="urgings")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    urged_under = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    word = models.CharField(_("word"), max_length=500)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("urging")
        verbose_name_plural = _("urgings")
        indexes = [models.Index(fields=["organisation", "-at"], name="urgings_of")]

    def __str__(self):
        return self.word


class Notice(models.Model):
    """One message to one person about one thing, written in the transaction that caused it.

    `key` makes each notice exactly one, whatever is retried or run twice. The text is made from
    `code` and `params` in the reader's language. `ended_at`: its cause is gone, so it is too.
    `sorted_at`: since then it is in the messages its person wants, if any.
    """

    key = models.CharField(max_length=160, unique=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    duty = models.ForeignKey(
        Duty, on_delete=models.CASCADE, null=True, blank=True, related_name="notices"
    )
    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, null=True, blank=True)
    object_id = models.PositiveBigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    sorted_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            models.Index(
                fields=["person", "-id"],
                condition=models.Q(ended_at=None),
                name="notices_alive",
            ),
            models.Index(
                fields=["person"],
                condition=models.Q(ended_at=None, read_at=None),
                name="notices_unread",
            ),
            models.Index(
                fields=["person", "created_at"],
                condition=models.Q(ended_at=None, sorted_at=None),
                name="notices_to_sort",
            ),
            models.Index(fields=["content_type", "object_id"], name="notices_about"),
        ]

    def __str__(self):
        return self.key
