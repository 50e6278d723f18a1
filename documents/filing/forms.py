"""Forms of the line of filing."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.formfields import DayField, LineField, RecordsField
from documents.forms import StepForm, choose_from
from documents.models import OutgoingDocument
from documents.outgoing.forms import FinalForm
from documents.states import DocumentKind, PaperLine, Retention
from documents.step_forms import SeenField

from . import parts
from .retention import Table, line_of

PLACE = "place_"


class FileForm(StepForm):
    """For how long, how many pages, in which order its files, and why where something is missing.

    `document`: what is filed; the period the table says is offered first.
    """

    retention = forms.ChoiceField(
        label=_("Retention period"), choices=Retention, widget=forms.RadioSelect
    )
    pages = forms.IntegerField(
        label=_("Number of pages"),
        min_value=1,
        max_value=99999,
        required=False,
        help_text=_("Of all parts together, where they were counted."),
    )
    field_order = ["retention", "pages"]

    def __init__(self, *args, record=None, document=None, **kwargs):
        document = document or record.document
        period = record.retention if record else Table().of(document)
        initial = {"retention": period, "pages": record.pages if record else None}
        kwargs["initial"] = initial | kwargs.get("initial", {})
        super().__init__(*args, record=record, **kwargs)
        self.fields["opinion"].label = _("Remark, or why it is filed although something is missing")
        self._order_files(document)
        self.order_fields([*self.field_order, *self.placed, "opinion"])

    def _order_files(self, document) -> None:
        """Where there are several files, each has its place."""
        files = [] if line_of(document) == PaperLine.OUTGOING else parts.own_files(document, {})
        self.placed = [f"{PLACE}{file.pk}" for file in files] if len(files) > 1 else []
        for place, (name, file) in enumerate(zip(self.placed, files, strict=False), start=1):
            self.fields[name] = forms.IntegerField(
                label=_("Place of %(name)s") % {"name": file.name},
                min_value=1,
                max_value=len(files),
                initial=place,
            )

    def clean(self):
        """No two files in one place."""
        data: dict[str, Any] = super().clean() or {}
        given = [data[name] for name in self.placed if name in data]
        if len(set(given)) != len(given):
            self.add_error(self.placed[0], _("Two files have the same place."))
        return data

    def places(self) -> Mapping[int, int]:
        """The place of each file by its key, as a valid form holds them."""
        return {int(name.removeprefix(PLACE)): self.cleaned_data[name] for name in self.placed}


class FileManyForm(forms.Form):
    """Which documents are filed in one confirmation; each was seen as `seen` says."""

    documents = RecordsField(
        label=_("Documents"),
        queryset=OutgoingDocument.objects.none(),
        error_messages={"required": _("Tick at least one document.")},
    )
    seen = SeenField(label=_("Documents"))

    def __init__(self, *args, rows, **kwargs):
        super().__init__(*args, **kwargs)
        choose_from(self, "documents").queryset = rows


class RetentionForm(forms.Form):
    """For how long which kinds of papers are kept, from when, and on what basis."""

    line = forms.ChoiceField(
        label=_("Incoming or outgoing"), choices=PaperLine, widget=forms.RadioSelect
    )
    kinds = forms.MultipleChoiceField(
        label=_("Document kinds"),
        choices=DocumentKind,
        required=False,
        help_text=_("None ticked: all kinds of the line that have no rule of their own."),
        widget=forms.CheckboxSelectMultiple,
    )
    retention = forms.ChoiceField(
        label=_("Retention period"), choices=Retention, widget=forms.RadioSelect
    )
    in_force_from = DayField(label=_("In force from"))
    basis = LineField(
        label=_("Basis"), max_length=200, help_text=_("The table or decision it follows.")
    )

    def __init__(self, *args, **kwargs):
        kwargs["initial"] = {"in_force_from": timezone.localdate()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)


STEP_FORMS: dict[str, Any] = {"opinion": StepForm, "reopen": FinalForm, "refile": FileForm}
