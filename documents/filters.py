"""What a register can be narrowed by; the address keeps it."""

from datetime import date, datetime, time, timedelta

import django_filters as filters
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination import access, calendars, duties, workflow
from coordination.formfields import RecordsField
from coordination.models import Organisation

from .models import IncomingDocument, Label
from .routes import INCOMING
from .states import DocumentKind, IncomingState, Outcome

LAMPS = [
    ("red", _("Red: late")),
    ("yellow", _("Yellow: two working days or fewer")),
    ("green", _("Green: in time")),
]
SORTS = [("", _("Newest first")), ("oldest", _("Oldest first")), ("due", _("Due first"))]


def _day(**attrs):
    return forms.DateInput(attrs={"type": "date", **attrs})


class RecordsFilter(filters.filters.QuerySetRequestMixin, filters.Filter):
    """Several records of a list; a key no database can hold is told, not an error."""

    field_class = RecordsField


def offered_labels(person) -> list[Label]:
    """The labels on the list, for whoever may see labels."""
    return list(access.visible(person, Label.objects.filter(removed_at=None)))


class PeriodForm(forms.Form):
    """A question whose period, where it names one, ends after it begins."""

    def clean(self):
        """Refuse a period that runs backward, in words."""
        asked = super().clean() or self.cleaned_data
        since, until = asked.get("since"), asked.get("until")
        if since and until and since > until:
            self.add_error("until", _("The last day is before the first."))
        return asked


class IncomingFilter(filters.FilterSet):
    """The register of incoming documents by text, state, lamp, unit, sender, kind and period.

    `charge`, `unassigned` and `exact` have no control in the register; statistics link with them.
    """

    q = filters.CharFilter(label=_("Title, sender or number"), method="matching", max_length=100)
    state = filters.ChoiceFilter(label=_("State"), choices=IncomingState, empty_label=_("All"))
    lamp = filters.ChoiceFilter(
        label=_("Lamp"), choices=LAMPS, method="by_lamp", empty_label=_("All")
    )
    unit = filters.ModelChoiceFilter(
        label=_("Handler"),
        queryset=lambda request: Organisation.objects.assignable(timezone.localdate()),
        method="by_unit",
        empty_label=_("All"),
    )
    sender = filters.CharFilter(
        label=_("Sender"), field_name="sender_name", lookup_expr="startswith", max_length=120
    )
    kind = filters.ChoiceFilter(label=_("Kind"), choices=DocumentKind, empty_label=_("All"))
    since = filters.DateFilter(label=_("Received from"), method="from_day", widget=_day())
    until = filters.DateFilter(label=_("Received to"), method="to_day", widget=_day())
    outcome = filters.ChoiceFilter(
        label=_("Time limit"), choices=Outcome, method="by_outcome", empty_label=_("All")
    )
    label = filters.ChoiceFilter(
        label=_("Label"), choices=(), method="by_label", empty_label=_("All")
    )
    charge = RecordsFilter(
        label=_("Handler in charge"),
        queryset=Organisation.objects.all(),
        method="in_charge",
        widget=forms.MultipleHiddenInput,
    )
    unassigned = filters.BooleanFilter(
        label=_("Not assigned"), method="not_assigned", widget=forms.HiddenInput
    )
    exact = filters.BooleanFilter(
        label=_("Counted exactly"), method="as_counted", widget=forms.HiddenInput
    )
    mine = filters.BooleanFilter(
        label=_("Waiting for me"), method="waiting_for_me", widget=forms.CheckboxInput
    )
    sort = filters.ChoiceFilter(
        label=_("Sort by"), choices=SORTS[1:], method="leave", empty_label=SORTS[0][1]
    )

    class Meta:
        model = IncomingDocument
        form = PeriodForm
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        person = self.request.user
        self.labels: list[Label] = []
        if access.may_ever(person, "view", Label):
            self.labels = offered_labels(person)
            self.filters["label"].extra["choices"] = [
                (str(one.pk), one.name) for one in self.labels
            ]
        else:
            del self.filters["label"]

    def matching(self, rows, name, value):
        """By words of the title, the sender or a number."""
        return rows.matching(value)

    def by_unit(self, rows, name, value):
        """Given to this unit, in whatever role."""
        return rows.handled_by(value)

    def by_lamp(self, rows, name, value):
        """By the lamp of the handler in charge, as the page shows it."""
        now, today = timezone.now(), timezone.localdate()
        if value == duties.RED:
            return rows.overdue(now, today)
        in_time = rows.running().filter(
            Q(main_duty__due_at=None, main_duty__due_on__gte=today) | Q(main_duty__due_at__gte=now)
        )
        last_yellow = duties.yellow_until(today, calendars.current())
        if value == duties.YELLOW:
            return in_time.filter(main_duty__due_on__lte=last_yellow)
        return in_time.filter(main_duty__due_on__gt=last_yellow)

    def by_outcome(self, rows, name, value):
        """By how it stands against the time limit, as the statistics count it."""
        return rows.of_outcome(Outcome(value), timezone.now())

    def by_label(self, rows, name, value):
        """Bearing this label."""
        return rows.labelled(int(value))

    def in_charge(self, rows, name, value):
        """With one of these as the handler in charge."""
        return rows.filter(handler__in=list(value)) if value else rows

    def not_assigned(self, rows, name, value):
        """With no handler in charge."""
        return rows.unassigned() if value else rows

    def as_counted(self, rows, name, value):
        """What the statistics counted, opened from one of their figures."""
        return rows.counted() if value else rows

    def from_day(self, rows, name, value):
        """Received on this day or later."""
        return rows.filter(received_at__gte=_midnight(value))

    def to_day(self, rows, name, value):
        """Received on this day or earlier."""
        return rows.filter(received_at__lt=_midnight(value) + timedelta(days=1))

    def waiting_for_me(self, rows, name, value):
        """Waiting for a step of the person asking."""
        return rows.filter(workflow.waiting(self.request.user, INCOMING)) if value else rows

    def leave(self, rows, name, value):
        """Order and counting are the page's business, not the filter's."""
        return rows


def _midnight(day):
    """The day's beginning; a year far off stays within what a database can hold."""
    day = min(max(day, date(1900, 1, 1)), date(2200, 1, 1))
    return timezone.make_aware(datetime.combine(day, time.min))
