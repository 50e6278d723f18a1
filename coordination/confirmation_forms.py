"""Forms of the yearly confirmation: asking, confirming, naming somebody else."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .confirmations import DAYS
from .formfields import LineField, TextField


class AskForm(forms.Form):
    """How long the units have."""

    working_days = forms.IntegerField(
        label=_("Working days for the answer"), min_value=3, max_value=60, initial=DAYS
    )


class StepForm(forms.Form):
    """A step that asks for words at most."""

    opinion = TextField(
        label=_("Remark"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args, action: str, **kwargs):
        super().__init__(*args, **kwargs)
        if action in ("confirm", "name_another", "settle"):
            del self.fields["opinion"]
        elif action == "ask_again":
            self.fields["opinion"].label = _("Reason")
        else:
            self.fields["opinion"].label = _("Who in the unit told you, and how")
        self.order_fields(["name", "phone", "email", "opinion", "seen"])

    def data_of(self) -> dict[str, Any]:
        """The fields of the answer itself."""
        return {k: v for k, v in self.cleaned_data.items() if k not in ("opinion", "seen")}


class ConfirmForm(StepForm):
    """The liaison officer is right; is it the phone too?"""

    phone = LineField(label=_("Office phone"), max_length=30, required=False)
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)


class AnotherForm(StepForm):
    """Who takes over."""

    name = LineField(label=_("Name of the new liaison officer"), max_length=60)
    phone = LineField(label=_("Office phone"), max_length=30)
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)


FORMS: dict[str, type[StepForm]] = {
    "opinion": StepForm,
    "confirm": ConfirmForm,
    "another": AnotherForm,
}
