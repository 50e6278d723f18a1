"""The yearly confirmation of liaison officers."""

import hashlib
import json

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from ..querysets import ConfirmationQuerySet
from .ledger import Duty
from .organisation import Appointment, Organisation, Seat


class Confirmation(models.Model):
    """年度核对: one unit, asked in one year whether its liaison officer is still right (A16).

    `appointment` is who held the seat when asked, empty for a gap; `name`, `phone` and `email`
    are those of whom the unit names instead.
    """

    class State(models.TextChoices):
        """What the unit said."""

        ASKED = "asked", _("Not answered")
        CONFIRMED = "confirmed", _("Confirmed by the unit")
        CHANGED = "changed", _("Somebody else named")
        SETTLED = "settled", _("Somebody else appointed")

    year = models.PositiveSmallIntegerField(_("year"))
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="confirmations")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    duty = models.ForeignKey(
        Duty, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(_("state"), max_length=20, choices=State, editable=False)
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(_("name"), max_length=60, blank=True)
    phone = models.CharField(_("office phone"), max_length=30, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)

    objects = ConfirmationQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("confirmation of a liaison officer")
        verbose_name_plural = _("confirmations of liaison officers")
        constraints = [models.UniqueConstraint(fields=["year", "seat"], name="asked_once_a_year")]

    def __str__(self):
        return f"{self.year}年度联络员核对"

    def get_absolute_url(self):
        """Its page."""
        return reverse("confirmation", args=[self.pk])

    @property
    def state_label(self):
        """The state in words."""
        return self.State(self.state).label

    @property
    def inbox_title(self) -> str:
        """How the home page names it."""
        return f"{self.organisation}：{self}"

    @property
    def inbox_since(self):
        """Since when it waits."""
        return self.asked_at

    @property
    def inbox_duty(self) -> Duty | None:
        """The duty whose lamp it shows."""
        return self.duty if self.duty and self.duty.closed_at is None else None

    def content_digest(self) -> str:
        """SHA-256 of what whoever answers has read."""
        content = [self.year, self.seat_id, self.appointment_id, self.name, self.phone, self.email]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
