"""Seals, who keeps them, requests to have something sealed, and the register of their use."""

import hashlib
import json

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from coordination.models import Appointment, Duty, Organisation, Person, Seat, StoredFile

from .outgoing_models import OutgoingDocument, PaperNumber, PaperVersion
from .querysets import SealQuerySet, SealRequestQuerySet, SealUseQuerySet
from .states import SealRequestState

SMALLEST, USUAL, LARGEST = 30, 42, 60  # millimetres


class Seal(models.Model):
    """印章: whose it is, and the seat of the Office that keeps it (B8).

    `image`: the office's own picture of it, printed on sealed papers; it is no legal electronic
    seal. `proxy_for`: the bodies without a seal of their own that it seals for (代章).
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="seals", verbose_name=_("whose")
    )
    name = models.CharField(_("name of the seal"), max_length=80)
    keeper = models.ForeignKey(
        Seat, on_delete=models.PROTECT, related_name="keeps_seals", verbose_name=_("kept by")
    )
    image = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    diameter_mm = models.PositiveSmallIntegerField(
        _("diameter in mm"),
        default=USUAL,
        validators=[MinValueValidator(SMALLEST), MaxValueValidator(LARGEST)],
    )
    proxy_for = models.ManyToManyField(
        Organisation, blank=True, related_name="sealed_for", verbose_name=_("also seals for")
    )
    kept_from = models.DateField(_("kept from"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    objects = SealQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[proxy_for])

    class Meta:
        ordering = ["organisation__order", "pk"]
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=models.Q(closed_on=None),
                name="one_open_seal_of_a_name",
            ),
            models.CheckConstraint(
                condition=models.Q(diameter_mm__gte=SMALLEST, diameter_mm__lte=LARGEST),
                name="a_seal_of_a_usual_size",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_on=None) | models.Q(closed_on__gte=models.F("kept_from")),
                name="a_seal_closes_after_it_was_kept",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Its page."""
        return reverse("seals:seal", args=[self.pk])


class SealRequest(models.Model):
    """非公文用印申请: something that is no official paper is to bear a seal (B8).

    `files`: what is to be sealed, as far as it was handed over. Who approved is kept here for the
    register; the steps tell the rest.
    """

    seal = models.ForeignKey(
        Seal, on_delete=models.PROTECT, related_name="requests", verbose_name=_("seal")
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("requested by")
    )
    requested_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("requested"))
    matter = models.CharField(_("what is to be sealed"), max_length=200)
    reason = models.TextField(_("reason"), max_length=1000)
    copies = models.PositiveSmallIntegerField(_("copies"))
    files = models.ManyToManyField(StoredFile, blank=True, related_name="+")
    state = models.CharField(_("state"), max_length=20, choices=SealRequestState, editable=False)
    approved_under = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = SealRequestQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[files])

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("seal request")
        verbose_name_plural = _("seal requests")
        indexes = [
            models.Index(fields=["state", "-id"], name="seal_requests_by_state"),
            models.Index(fields=["organisation", "-id"], name="seal_requests_of"),
        ]

    def __str__(self):
        return self.matter

    def get_absolute_url(self):
        """Its page."""
        return reverse("seals:request", args=[self.pk])

    @property
    def state_label(self):
        """The state in words."""
        return SealRequestState(self.state).label

    @property
    def inbox_title(self) -> str:
        """How the home page names it."""
        return f"{self.seal}：{self.matter}"

    @property
    def inbox_since(self):
        """Since when it waits."""
        return self.requested_at

    @property
    def inbox_duty(self) -> Duty | None:
        """A request has no day of its own."""
        return None

    def content_digest(self) -> str:
        """SHA-256 of what whoever decides has read."""
        files = sorted(self.files.values_list("sha256", flat=True)) if self.pk else []
        content = [self.seal_id, self.organisation_id, self.matter, self.reason, self.copies, files]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


class SealUse(models.Model):
    """One line of the seal register (用印登记表). Append-only by a database trigger, and chained:
    `digest` covers the line and the digest of the one before it in the year.

    A paper is sealed as the `version` that was signed, under the `number` it bore; picture and
    size are those of the day, so that what was sealed shows the same for ever. `approver` and
    `keeper` are the posts, `approved_by` and `person` who acted in them.
    """

    year = models.PositiveSmallIntegerField(_("year"))
    serial = models.PositiveIntegerField(_("number"))
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="uses")
    used_at = models.DateTimeField(_("sealed at"))
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("for whom")
    )
    document = models.ForeignKey(
        OutgoingDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="seal_uses"
    )
    version = models.ForeignKey(
        PaperVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="seal_uses"
    )
    number = models.ForeignKey(
        PaperNumber, on_delete=models.PROTECT, null=True, blank=True, related_name="seal_uses"
    )
    request = models.OneToOneField(
        SealRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="use"
    )
    matter = models.CharField(_("what was sealed"), max_length=400)
    copies = models.PositiveSmallIntegerField(_("copies"))
    reason = models.TextField(_("reason"))
    approver = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    keeper = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    handled_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    image = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    diameter_mm = models.PositiveSmallIntegerField(default=USUAL)
    remarks = models.TextField(_("remarks"), blank=True)
    previous_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    objects = SealUseQuerySet.as_manager()

    class Meta:
        ordering = ["year", "serial"]
        verbose_name = _("use of a seal")
        verbose_name_plural = _("seal register")
        constraints = [
            models.UniqueConstraint(fields=["year", "serial"], name="one_use_per_serial"),
            models.CheckConstraint(
                condition=models.Q(
                    request=None,
                    document__isnull=False,
                    version__isnull=False,
                    number__isnull=False,
                )
                | models.Q(request__isnull=False, document=None, version=None, number=None),
                name="a_use_is_of_a_paper_or_a_request",
            ),
        ]

    def __str__(self):
        return f"用印〔{self.year}〕{self.serial}号"
