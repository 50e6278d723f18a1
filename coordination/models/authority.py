"""Who stands in for whom, and who is away."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from ..querysets import AbsenceQuerySet, DelegationQuerySet
from .files import StoredFile
from .organisation import Appointment, Person, Seat


class Delegation(models.Model):
    """A bounded, dated, revocable mandate from one seat to one person for named acts (代).

    It belongs to the seat, so it goes on under a successor until somebody revokes it, and gives
    nothing while nobody holds the seat. `acts` are "route:action" keys of the step engine. It is
    never changed: another person, other acts or other days are another delegation.
    """

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="delegations")
    delegate = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="delegations", verbose_name=_("stand-in")
    )
    acts = models.JSONField(_("acts"))
    since = models.DateField(_("from"))
    until = models.DateField(_("to"))
    reason = models.CharField(_("reason"), max_length=200)
    given_under = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="gave")
    entered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    instructions = models.ManyToManyField(StoredFile, related_name="+", blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_why = models.CharField(max_length=200, blank=True)

    objects = DelegationQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        indexes = [models.Index(fields=["delegate", "until"], name="delegations_to")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__gte=models.F("since")),
                name="delegation_ends_after_it_begins",
            )
        ]

    def __str__(self):
        return f"{self.seat} → {self.delegate}"


class Absence(models.Model):
    """A person is away from `since` to `until`, both days included."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="absences")
    since = models.DateField(_("from"))
    until = models.DateField(_("to"))
    note = models.CharField(_("where, or why"), max_length=100, blank=True)
    entered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = AbsenceQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        indexes = [models.Index(fields=["person", "until"], name="absences_of")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__gte=models.F("since")),
                name="absence_ends_after_it_begins",
            )
        ]

    def __str__(self):
        return f"{self.person} {self.since}–{self.until}"
