"""What the yearly page of filing shows; the address keeps it."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents.states import PaperLine, Retention

FIRST_YEAR = 1949


class Shown:
    """What of a year is shown."""

    TO_FILE, MISSING, FILED = "to_file", "missing", "filed"
    CHOICES = (
        (TO_FILE, _("To be filed")),
        (MISSING, _("Something is missing")),
        (FILED, _("Filed")),
    )


class YearForm(forms.Form):
    """Year, what is shown, which line, which period; whatever is no choice is the usual one."""

    year = forms.IntegerField(
        label=_("Year"),
        min_value=FIRST_YEAR,
        max_value=2199,
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )
    show = forms.ChoiceField(label=_("Show"), choices=Shown.CHOICES, required=False)
    line = forms.ChoiceField(label=_("Incoming or outgoing"), choices=PaperLine, required=False)
    retention = forms.ChoiceField(
        label=_("Retention period"), choices=[("", _("All")), *Retention.choices], required=False
    )

    def __init__(self, data):
        usual: dict[str, Any] = {
            "year": str(timezone.localdate().year - 1),  # what is handed over by the end of June
            "show": Shown.TO_FILE,
            "line": str(PaperLine.INCOMING),
            "retention": "",
        }
        given = {name: data.get(name, "") for name in usual}
        super().__init__({name: given[name] or usual[name] for name in usual})
        self.chosen = usual
        if not self.is_valid():
            wrong = {name: usual[name] for name in self.errors}
            super().__init__({**self.data, **wrong})
            self.full_clean()
        self.chosen = self.cleaned_data
