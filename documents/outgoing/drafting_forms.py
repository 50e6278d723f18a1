"""Forms of what drafters begin with: lists of recipients, and the templates of the kinds."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.formfields import PICKER, LineField, RecordsField
from coordination.models import Organisation
from documents.forms import choose_from
from documents.prose_field import ProseField
from documents.states import Everybody

from . import actions


class _SeenForm(forms.Form):
    """A form of what several people change: it knows which state of it stood on the page."""

    data: Any
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def shows(self, state: str) -> None:
        """Given back refused, the form shows `state` too: sent once more it replaces that."""
        self.data = self.data.copy()
        self.data[self.add_prefix("seen")] = state


class ListForm(_SeenForm):
    """A list of recipients: whose, its name, the words it is printed by, who is on it."""

    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Whose list"), queryset=Organisation.objects.none(), empty_label=None
    )
    name = LineField(label=gettext_lazy("Name of the list"), max_length=60)
    printed_as = LineField(
        label=gettext_lazy("Printed on the paper as"),
        max_length=100,
        required=False,
        help_text=gettext_lazy(
            "Such as 各区镇: the paper names these words, and each member gets its copy. Left "
            "empty, the members are named one by one."
        ),
    )
    takes = forms.ChoiceField(
        label=gettext_lazy("All of a sort"),
        choices=[("", gettext_lazy("No: only those picked below")), *Everybody.choices],
        required=False,
        help_text=gettext_lazy("Whoever is of that sort on the day the list is used."),
    )
    members = RecordsField(
        label=gettext_lazy("Members"),
        queryset=Organisation.objects.none(),
        widget=forms.SelectMultiple(attrs=PICKER),
        required=False,
    )

    def __init__(self, *args, person, row=None, **kwargs):
        super().__init__(*args, **kwargs)
        existing = Organisation.objects.existing(timezone.localdate())
        choose_from(self, "members").queryset = existing
        if row is not None:
            del self.fields["organisation"]
            return
        del self.fields["seen"]
        own = actions.originators(person)
        choose_from(self, "organisation").queryset = existing.filter(pk__in=[o.pk for o in own])

    def clean(self) -> dict[str, Any]:
        """Somebody is on it."""
        data: dict[str, Any] = super().clean() or {}
        if not data.get("takes") and not data.get("members") and "members" not in self.errors:
            self.add_error("members", ValidationError(_("Choose who is on the list.")))
        return data


class TemplateForm(_SeenForm):
    """The text drafts of a kind begin with."""

    text = ProseField(
        label=gettext_lazy("Text of the template"),
        required=False,
        help_text=gettext_lazy("×× marks a gap to be filled; what is left of them is pointed out."),
    )
