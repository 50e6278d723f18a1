"""What a post hands over when it changes hands, and organisational changes still to come."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from ..querysets import HandOverQuerySet
from .organisation import Appointment, Body, Decision, Organisation, Seat


class HandOver(models.Model):
    """交接: one change of hands of one seat.

    `listed` is what was open when the predecessor's last day was over, as codes and parameters;
    its words are made when it is read, in the reader's language.
    """

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="hand_overs")
    predecessor = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    successor = models.OneToOneField(
        Appointment, on_delete=models.CASCADE, related_name="takes_over"
    )
    listed = models.JSONField(null=True, blank=True)
    listed_at = models.DateTimeField(null=True, blank=True)
    given_at = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    carried_at = models.DateTimeField(null=True, blank=True)

    objects = HandOverQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")

    def __str__(self):
        return f"{self.seat}: {self.predecessor.person} → {self.successor.person}"


class PlannedChange(models.Model):
    """What becomes different in a group from a day to come, by a decision.

    `changes` holds only what changes: name, short_name, lead_unit (a key or none), deputy_units
    (a list of keys). `failed` says why it could not be put into force on its day.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="planned_changes"
    )
    changes = models.JSONField(_("changes"), default=dict)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="changes")
    in_force_from = models.DateField(_("in force from"))
    applied_at = models.DateTimeField(null=True, blank=True)
    failed = models.CharField(max_length=200, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("planned change")
        verbose_name_plural = _("planned changes")

    def __str__(self):
        return f"{self.organisation} {self.in_force_from}"


class Closing(models.Model):
    """To whom the work of a closing body goes, by the decision that closes it (A4)."""

    body = models.OneToOneField(Body, on_delete=models.PROTECT, related_name="closing")
    successor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("closing")
        verbose_name_plural = _("closings")

    def __str__(self):
        return f"{self.body} → {self.successor}"
