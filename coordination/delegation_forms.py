"""Forms about stand-ins and absences."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import delegations, entrusting
from .formfields import PICKER, DayField, KeepsFiles, TextField
from .models import Person, Seat


class DelegationForm(KeepsFiles):
    """Who stands in for a seat, in which acts, from when to when."""

    delegate = forms.ModelChoiceField(
        label=_("Stand-in"),
        queryset=Person.objects.none(),
        widget=forms.Select(attrs=PICKER),
    )
    acts = forms.MultipleChoiceField(label=_("Entrusted acts"), widget=forms.CheckboxSelectMultiple)
    since = DayField(label=_("From"), initial=timezone.localdate)
    until = DayField(label=_("To, this day included"))
    reason = TextField(label=_("Reason"), max_length=200)
    field_order = ["delegate", "acts", "since", "until", "reason", "files"]

    def __init__(self, *args, seat: Seat, by_office: bool, **kwargs):
        super().__init__(*args, **kwargs)
        able = delegations.stand_ins(seat, entered_by=self.person)
        self.fields["delegate"].queryset = able  # type: ignore[attr-defined]
        choices = [(key, step.label) for key, step in entrusting.delegable(seat.post)]
        self.fields["acts"].choices = choices  # type: ignore[attr-defined]
        if not self.is_bound:
            self.initial.setdefault("acts", [key for key, _label in choices])
        if by_office:
            self.fields["files"].label = _("The leader's written instruction")
        else:
            del self.fields["files"]


class RevocationForm(forms.Form):
    """Why a delegation ends before its day."""

    reason = TextField(label=_("Reason"), max_length=200)


class AbsenceForm(forms.Form):
    """Who is away, from when to when."""

    absent = forms.ModelChoiceField(
        label=_("Who"), queryset=Person.objects.none(), widget=forms.Select(attrs=PICKER)
    )
    since = DayField(label=_("From"), initial=timezone.localdate)
    until = DayField(label=_("To, this day included"))
    note = TextField(label=_("Where, or why"), max_length=100, required=False)

    def __init__(self, *args, person, for_anybody: bool, **kwargs):
        super().__init__(*args, **kwargs)
        people = Person.objects.filter(is_active=True).order_by("name", "pk")
        if not for_anybody:
            people = people.filter(pk=person.pk)
        self.fields["absent"].queryset = people  # type: ignore[attr-defined]
        if not self.is_bound:
            self.initial.setdefault("absent", person.pk)
