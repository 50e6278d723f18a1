"""Forms about duties: an extension asked for or decided, a word of urging."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .formfields import DayField, MomentField, RecordsField, TextField
from .models import Duty


class ExtensionForm(forms.Form):
    """A later day, or hour where the paper named one, with the reason or the decision's words."""

    due_on = DayField(label=_("New due day"))
    due_at = MomentField(label=_("New due day and hour"))
    opinion = TextField(
        label=_("Reason"), max_length=2000, required=False, widget=forms.Textarea({"rows": 3})
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args, duty: Duty, action: str, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["due_on" if duty.named_at is not None else "due_at"]
        if action in ("refuse", "withdraw"):
            self.fields.pop("due_on", None)
            self.fields.pop("due_at", None)
        if action == "grant":
            self.fields["opinion"].label = _("Opinion")


class UrgingForm(forms.Form):
    """Whom to urge, and with which word."""

    duties = RecordsField(queryset=Duty.objects.none(), label=_("Duties"))
    word = TextField(label=_("Your word"), max_length=500, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args, duties, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["duties"].queryset = duties  # type: ignore[attr-defined]
