"""Forms about labels and saved filters."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from coordination import access
from coordination.formfields import RecordsField, TextField

from .desk_models import QUERY_LENGTH
from .models import IncomingDocument, Label, SavedFilter


class _OneLine(forms.Form):
    """A name on one line."""

    name = TextField(label=_("Name of the filter"), max_length=30)

    def clean_name(self):
        """A name stands on one line, however it was pasted."""
        return " ".join(self.cleaned_data["name"].split())


class LabelForm(_OneLine):
    """A label's name."""

    name = TextField(label=_("Label"), max_length=20)


class MergeForm(forms.Form):
    """Which label takes the documents of another over."""

    into = forms.ModelChoiceField(label=_("Merge into"), queryset=Label.objects.none())

    def __init__(self, *args, others, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = others  # type: ignore[attr-defined]


class LabelsForm(forms.Form):
    """The labels one document bears."""

    labels = RecordsField(
        label=_("Labels"),
        queryset=Label.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, offered, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["labels"].queryset = offered  # type: ignore[attr-defined]


class LabellingForm(forms.Form):
    """One label put on the ticked documents, or taken off them."""

    documents = RecordsField(
        label=_("Documents"),
        queryset=IncomingDocument.objects.none(),
        error_messages={"required": _("Tick the documents first.")},
    )
    label = forms.ModelChoiceField(label=_("Label"), queryset=Label.objects.none())
    act = forms.ChoiceField(choices=[("put", _("Put on")), ("take", _("Take off"))])

    def __init__(self, *args, documents, offered, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["documents"].queryset = documents  # type: ignore[attr-defined]
        self.fields["label"].queryset = offered  # type: ignore[attr-defined]


class SavedFilterForm(_OneLine):
    """A saved filter's name and, for the Office, whether all its staff see it."""

    shared = forms.BooleanField(label=_("For all staff of the Office"), required=False)

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        if not access.may_ever(person, "share", SavedFilter):
            del self.fields["shared"]


class NewFilterForm(SavedFilterForm):
    """The same for a question that is kept for the first time."""

    def __init__(self, *args, query: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.query = query

    def clean(self):
        """An empty question is the register itself; an endless one is a slip."""
        if not self.query:
            raise ValidationError(_("Narrow the register first, then save what it shows."))
        if len(self.query) > QUERY_LENGTH:
            raise ValidationError(_("This filter is too long to be saved."))
        return super().clean()
