"""The calendar of working days and the time limits of the rules (B16, C12)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class HolidayNotice(models.Model):
    """A State Council notice on one year's holidays; a year with one is a published year."""

    number = models.CharField(_("notice number"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=200)
    year = models.PositiveSmallIntegerField(_("year"))
    published_on = models.DateField(_("published on"))
    digest = models.CharField(max_length=64, editable=False)
    history = HistoricalRecords()

    class Meta:
        ordering = ["published_on", "pk"]
        verbose_name = _("holiday notice")
        verbose_name_plural = _("holiday notices")

    def __str__(self):
        return self.number


class CalendarDay(models.Model):
    """One day that a notice names: off, or a weekend day to be worked.

    Each notice keeps its own; on a day that several name, the one published last holds.
    """

    day = models.DateField(_("day"))
    works = models.BooleanField(_("working day"))
    name = models.CharField(_("name"), max_length=40, blank=True)
    notice = models.ForeignKey(HolidayNotice, on_delete=models.PROTECT, related_name="days")
    history = HistoricalRecords()

    class Meta:
        ordering = ["day"]
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        constraints = [
            models.UniqueConstraint(fields=["notice", "day"], name="a_notice_names_a_day_once")
        ]

    def __str__(self):
        return self.day.isoformat()


class CutOff(models.Model):
    """The hour at which a due day ends, from a day on; without one it ends at 24:00 (Civil Code
    art. 203). The latest that is in force on a day holds for it; one whose day has come stays.
    """

    hour = models.TimeField(_("hour"), null=True, blank=True)
    in_force_from = models.DateField(_("in force from"), unique=True)
    reason = models.CharField(_("reason"), max_length=200)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField()
    history = HistoricalRecords()

    class Meta:
        ordering = ["in_force_from"]
        verbose_name = _("cut-off hour")
        verbose_name_plural = _("cut-off hours")

    def __str__(self):
        return f"{self.hour or '24:00'} {self.in_force_from}"


class TimeLimit(models.Model):
    """A limit in working days as the charter states it, with the article behind it."""

    key = models.CharField(max_length=30, unique=True)
    working_days = models.PositiveSmallIntegerField(_("working days"))
    cites = models.CharField(max_length=40)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("time limit")
        verbose_name_plural = _("time limits")

    def __str__(self):
        return f"{self.key}: {self.working_days}"
