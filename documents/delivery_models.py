"""What becomes of issued papers: their PDF as issued, and each recipient's copy."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from coordination.models import Appointment, Duty, Organisation, Person, StoredFile

from .querysets import DeliveryQuerySet
from .states import Addressed, DeliveryState


class IssuedCopy(models.Model):
    """The PDF of a paper byte for byte as it was issued. Append-only by a database trigger."""

    document = models.OneToOneField(
        "documents.OutgoingDocument", on_delete=models.PROTECT, related_name="issued_copy"
    )
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, db_index=True)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("issued PDF")
        verbose_name_plural = _("issued PDFs")

    def __str__(self):
        return f"{self.document_id} {self.sha256[:12]}"


class Delivery(models.Model):
    """One recipient's copy of an issued paper: sent, opened, signed for, answered, recalled.

    At the unit it is the received document, without retyping, under the unit's own number from
    the moment it is signed for (P24); a database trigger keeps that number as it is. Where it asks
    for action its duty runs as for any document transferred to it (B16, C12). For a superior it is
    the record of one level: dispatch, receipt, answer (B15). Who is outside this system has a name
    alone: the copy goes on paper, and the Office notes who signed for it (P25). `files` are those
    handed in with the report, or that came with the answer.
    """

    document = models.ForeignKey(
        "documents.OutgoingDocument", on_delete=models.PROTECT, related_name="deliveries"
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("recipient"),
    )
    outside_name = models.CharField(
        _("recipient outside this system"), max_length=120, blank=True, editable=False
    )
    role = models.CharField(_("as"), max_length=10, choices=Addressed)
    state = models.CharField(_("state"), max_length=20, choices=DeliveryState, editable=False)
    sent_at = models.DateTimeField(_("sent"))
    sent_under = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("first opened"), null=True, blank=True)
    opened_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    received_at = models.DateTimeField(_("signed for"), null=True, blank=True)
    receiver = models.CharField(_("signed for by"), max_length=60, blank=True)
    register_year = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    register_serial = models.PositiveIntegerField(null=True, blank=True, editable=False)
    first_copy = models.PositiveIntegerField(_("first copy number"), null=True, blank=True)
    paper_copies = models.PositiveSmallIntegerField(_("paper copies"), default=0)
    asks = models.BooleanField(_("asks for action"), default=False)
    duty = models.ForeignKey(
        Duty, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    reply = models.TextField(_("report or answer"), blank=True)
    files = models.ManyToManyField(StoredFile, blank=True, related_name="+")

    objects = DeliveryQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[files])

    class Meta:
        ordering = ["pk"]
        verbose_name = _("copy of a paper")
        verbose_name_plural = _("copies of papers")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "organisation"],
                condition=~models.Q(state="recalled"),
                name="one_copy_for_each",
            ),
            models.UniqueConstraint(
                fields=["document", "outside_name"],
                condition=models.Q(organisation=None) & ~models.Q(state="recalled"),
                name="one_copy_for_each_outside",
            ),
            models.CheckConstraint(
                condition=models.Q(organisation__isnull=False, outside_name="")
                | (models.Q(organisation=None) & ~models.Q(outside_name="")),
                name="a_copy_is_for_a_body_or_a_name",
            ),
            models.UniqueConstraint(
                fields=["organisation", "register_year", "register_serial"],
                name="one_number_in_a_units_register",
            ),
            models.CheckConstraint(
                condition=models.Q(register_year=None, register_serial=None)
                | models.Q(
                    register_year__isnull=False,
                    register_serial__isnull=False,
                    register_serial__gte=1,
                ),
                name="a_register_number_has_its_year",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "-id"], name="copies_received"),
            models.Index(fields=["document", "state"], name="copies_of_paper"),
        ]

    def __str__(self):
        return f"{self.document} · {self.recipient_short}"

    def get_absolute_url(self):
        """Its page at the recipient."""
        return reverse("papers:delivery", args=[self.pk])

    @property
    def is_outside(self) -> bool:
        """Whether the recipient is outside this system, known by name alone."""
        return self.organisation is None

    @property
    def recipient(self) -> str:
        """Who gets it, by full name."""
        return self.outside_name if self.organisation is None else self.organisation.name

    @property
    def recipient_short(self) -> str:
        """Who gets it, as lists say it."""
        return self.outside_name if self.organisation is None else self.organisation.short_name

    @property
    def state_label(self):
        """The state in words."""
        return DeliveryState(self.state).label

    @property
    def register_number(self) -> str:
        """收文号 in the unit's own register; empty until it was signed for."""
        if self.register_serial is None:
            return ""
        return f"收〔{self.register_year}〕{self.register_serial}号"

    @property
    def copy_numbers(self) -> str:
        """The numbers of the paper copies (份号), six digits each; empty without paper copies."""
        if self.first_copy is None:
            return ""
        last = self.first_copy + self.paper_copies - 1
        first = f"{self.first_copy:06d}"
        return first if last == self.first_copy else f"{first}–{last:06d}"

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
        """Since when it is there."""
        return self.sent_at

    @property
    def inbox_duty(self) -> Duty | None:
        """The duty with its day, where action is asked."""
        return self.duty

    def content_digest(self) -> str:
        """That of the paper and of what was reported on it."""
        return self.document.content_digest()
