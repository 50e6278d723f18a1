"""Outgoing documents, their versions, who they were laid before, and the ledger of numbers."""

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from coordination.models import (
    Appointment,
    Duty,
    Organisation,
    Person,
    Seat,
)

from .form_rules import short_title
from .querysets import ConsultationQuerySet, OutgoingDocumentQuerySet
from .search import grams
from .states import ConsultationState, DocumentKind, Finding, PaperState, Urgency


class OutgoingDocument(models.Model):
    """A paper on its way out: where it stands, and what the registers ask of it.

    What is signed is its `version`: the whole content, kept as it was. The columns here that say
    the same (kind, title, urgency) are read from it, for the registers. `signed_version` is the
    version the signature covers; none where nobody has signed, or the signature is void.
    """

    route_name = models.CharField(max_length=30, editable=False)
    originator = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="drafted", verbose_name=_("drafted by")
    )
    issuer = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="issued", verbose_name=_("issued by")
    )
    kind = models.CharField(_("document kind"), max_length=30, choices=DocumentKind)
    title = models.CharField(_("title"), max_length=300)
    urgency = models.CharField(_("urgency"), max_length=20, choices=Urgency)
    answers = models.ForeignKey(
        "documents.IncomingDocument",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="answered_by",
    )
    state = models.CharField(_("state"), max_length=30, choices=PaperState, editable=False)
    version = models.ForeignKey(
        "documents.PaperVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    begun_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("drafter")
    )
    begun_at = models.DateTimeField(_("begun"))
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    laid_before = models.ForeignKey(
        Seat, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    laid_at = models.DateTimeField(null=True, blank=True)
    signed_version = models.ForeignKey(
        "documents.PaperVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_under = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    dated_on = models.DateField(_("date of the document"), null=True, blank=True)
    document_number = models.CharField(_("document number"), max_length=60, blank=True)
    copies = models.PositiveSmallIntegerField(_("copies"), default=0)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    void_from = models.DateField(_("void from"), null=True, blank=True)
    search_terms = models.TextField(editable=False, default="")

    objects = OutgoingDocumentQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["search_terms"])

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("outgoing document")
        verbose_name_plural = _("outgoing documents")
        constraints = [
            models.UniqueConstraint(
                fields=["document_number"],
                condition=~models.Q(document_number=""),
                name="one_paper_per_number",
            )
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="outgoing_by_state"),
            models.Index(fields=["originator", "-id"], name="outgoing_by_originator"),
            models.Index(fields=["laid_before", "-id"], name="outgoing_by_seat"),
            models.Index(fields=["kind", "-id"], name="outgoing_by_kind"),
        ]

    def __str__(self):
        return f"{self.document_number} {self.title}".strip()

    def save(self, *args, **kwargs):
        """Keep the search terms equal to what the registers show."""
        self.search_terms = grams(self.title, self.document_number)
        fields = kwargs.get("update_fields")
        if fields is not None:
            kwargs["update_fields"] = {*fields, "search_terms"}
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        """Its page."""
        return reverse("papers:detail", args=[self.pk])

    @property
    def state_label(self):
        """The state in words."""
        return PaperState(self.state).label

    @property
    def reference(self) -> str:
        """How a message about several papers names it."""
        return self.title

    @property
    def is_void(self) -> bool:
        """Whether it is revoked or repealed as of today; a repeal can name a day to come."""
        return self.void_from is not None and self.void_from <= timezone.localdate()

    @property
    def is_urgent(self) -> bool:
        """Whether it goes before others."""
        return self.urgency != Urgency.ORDINARY

    @property
    def inbox_title(self) -> str:
        """How the home page names it, without the body's name; what is urgent says so."""
        urgency = f"【{self.get_urgency_display()}】" if self.is_urgent else ""
        return urgency + f"{self.document_number} {self.short_title}".strip()

    @property
    def short_title(self) -> str:
        """The title as lists show it: what it is about, and the kind."""
        return short_title(self.title)

    @property
    def inbox_since(self):
        """Since when it waits where it is."""
        return self.laid_at or self.begun_at

    @property
    def inbox_duty(self) -> Duty | None:
        """A signature has no day of its own."""
        return None

    @property
    def content(self) -> dict:
        """The whole content of the version in force, as plain data."""
        return self.version.content if self.version else {}

    def content_digest(self) -> str:
        """SHA-256 of the whole content, as the version in force keeps it."""
        return self.version.digest if self.version else ""


class PaperVersion(models.Model):
    """One version of a paper's whole content. Rows are added, never changed (database trigger).

    `corrects`: the signed version of which this one mends a slip, and nothing else.
    """

    document = models.ForeignKey(
        OutgoingDocument, on_delete=models.PROTECT, related_name="versions"
    )
    serial = models.PositiveIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    made_under = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    why = models.TextField(blank=True)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        ordering = ["serial"]
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        constraints = [
            models.UniqueConstraint(fields=["document", "serial"], name="one_version_per_serial")
        ]

    def __str__(self):
        return f"{self.document_id} v{self.serial}"


class Laying(models.Model):
    """A paper was laid before a seat, for review or signature; the seat keeps sight of it."""

    document = models.ForeignKey(OutgoingDocument, on_delete=models.PROTECT, related_name="layings")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("laid before")
        verbose_name_plural = _("laid before")
        indexes = [models.Index(fields=["seat", "document"], name="layings_of")]

    def __str__(self):
        return f"{self.seat} · {self.document_id}"


class Consultation(models.Model):
    """An opinion asked on a paper while it is drafted and reviewed: the legal opinion on a
    normative document or reform measure (A9), or the countersignature (会签) of a unit.

    `version`: the text it was asked on, and, once given, the very text it is on.
    """

    route_name = models.CharField(max_length=30, editable=False)
    document = models.ForeignKey(
        OutgoingDocument, on_delete=models.PROTECT, related_name="consultations"
    )
    version = models.ForeignKey(PaperVersion, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked")
    )
    state = models.CharField(_("state"), max_length=20, choices=ConsultationState, editable=False)
    question = models.TextField(_("what is asked"), blank=True)
    asked_at = models.DateTimeField(_("asked at"))
    finding = models.CharField(_("finding"), max_length=20, choices=Finding, blank=True)
    opinion = models.TextField(_("opinion"), blank=True)
    given_under = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    given_at = models.DateTimeField(_("given at"), null=True, blank=True)
    duty = models.ForeignKey(
        Duty, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = ConsultationQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("opinion on a paper")
        verbose_name_plural = _("opinions on papers")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "organisation", "route_name"],
                condition=models.Q(state__in=["asked", "given"]),
                name="one_opinion_at_a_time",
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "-id"], name="opinions_asked_of"),
        ]

    def __str__(self):
        return f"{self.organisation} · {self.document}"

    def get_absolute_url(self):
        """Its page."""
        return reverse("papers:consultation", args=[self.pk])

    @property
    def state_label(self):
        """The state in words."""
        return ConsultationState(self.state).label

    @property
    def is_urgent(self) -> bool:
        """Whether the paper goes before others."""
        return self.document.is_urgent

    @property
    def inbox_title(self) -> str:
        """How the home page names it."""
        return self.document.inbox_title

    @property
    def inbox_since(self):
        """Since when it waits."""
        return self.asked_at

    @property
    def inbox_duty(self) -> Duty | None:
        """The duty with its day."""
        return self.duty

    def content_digest(self) -> str:
        """That of the paper as it stands: an opinion is on what was read."""
        return self.document.content_digest()


class PaperNumber(models.Model):
    """A number of a series, drawn for a paper. Append-only by a database trigger, and chained:
    `digest` covers the row and the digest of the number before it in the series.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(_("issuer code"), max_length=30)
    year = models.PositiveSmallIntegerField(_("year"))
    serial = models.PositiveIntegerField(_("number"))
    document = models.ForeignKey(OutgoingDocument, on_delete=models.PROTECT, related_name="numbers")
    drawn_under = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(_("drawn at"))
    previous_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["organisation", "code", "year", "serial"]
        verbose_name = _("number")
        verbose_name_plural = _("numbers")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code", "year", "serial"], name="one_number_once"
            )
        ]

    def __str__(self):
        return f"{self.code}〔{self.year}〕{self.serial}号"


class VoidedNumber(models.Model):
    """A number that is used no more, with the reason; it is never given again. Append-only."""

    number = models.OneToOneField(PaperNumber, on_delete=models.PROTECT, related_name="void")
    reason = models.CharField(_("reason"), max_length=2000)
    voided_under = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("void number")
        verbose_name_plural = _("void numbers")

    def __str__(self):
        return str(self.number)
