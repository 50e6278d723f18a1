"""Forms of the seals: requesting one, the steps of a request, and what the director changes."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from coordination import storage
from coordination.formfields import (
    PICKER,
    AsksPassword,
    KeepsFiles,
    LineField,
    RecordField,
    RecordsField,
    TextField,
)
from coordination.models import Organisation, Seat, StoredFile
from documents.forms import StepForm, choose_from
from documents.models import Seal
from documents.outgoing.forms import FinalForm
from documents.seal_models import LARGEST, SMALLEST, USUAL

from . import actions, routes

APPROVED = "同意用印。"  # the customary words; the register is in Chinese


class SealRequestForm(KeepsFiles):
    """非公文用印申请: what is to be sealed, with which seal, why, how many times."""

    organisation = RecordField(
        label=_("Requested by"), queryset=Organisation.objects.none(), empty_label=None
    )
    seal = RecordField(label=_("The seal"), queryset=Seal.objects.none(), empty_label=None)
    matter = LineField(
        label=_("What is to be sealed"),
        max_length=200,
        help_text=_("The name of the paper, with its number if it has one. Never a blank sheet."),
    )
    reason = TextField(
        label=_("Why it is to be sealed"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    copies = forms.IntegerField(label=_("Copies"), min_value=1, max_value=999, initial=1)

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, person=person, **kwargs)
        own = choose_from(self, "organisation")
        own.queryset = actions.asking_for(person)
        own.initial = own.queryset.values_list("pk", flat=True).first()
        seals = routes.answered_for().select_related("organisation")
        choose_from(self, "seal").queryset = seals


class ApproveForm(FinalForm):
    """The opinion, and the password once more."""

    def __init__(self, *args, **kwargs):
        kwargs["initial"] = {"opinion": APPROVED} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.fields["opinion"].label = _("Opinion")


class UseForm(FinalForm):
    """On how many copies the seal was put."""

    copies = forms.IntegerField(label=_("Copies"), min_value=1, max_value=999)
    field_order = ["copies", "opinion", "password"]

    def __init__(self, *args, record, **kwargs):
        kwargs["initial"] = {"copies": record.copies} | kwargs.get("initial", {})
        super().__init__(*args, record=record, **kwargs)
        self.fields["opinion"].label = _("Remarks")


STEP_FORMS: dict[str, Any] = {"opinion": StepForm, "approve": ApproveForm, "seal": UseForm}


class ReasonForm(AsksPassword):
    """Why a seal is set up, changed or closed; it stands in its history."""

    reason = LineField(label=_("Reason"), max_length=100)
    field_order = ["reason", "password"]

    def __init__(self, *args, person, **kwargs):
        self.person = person
        super().__init__(*args, **kwargs)

    def values(self) -> dict[str, Any]:
        """The fields as the action takes them."""
        return {key: value for key, value in self.cleaned_data.items() if key != "password"}


class ChangeForm(ReasonForm):
    """Who keeps a seal, how large it is, for whom it seals too."""

    keeper = RecordField(
        label=_("Kept by"), queryset=Seat.objects.none(), widget=forms.Select(attrs=PICKER)
    )
    diameter_mm = forms.IntegerField(
        label=_("Diameter in mm"), min_value=SMALLEST, max_value=LARGEST, initial=USUAL
    )
    proxy_for = RecordsField(
        label=_("Also seals for (代章)"),
        queryset=Organisation.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs=PICKER),
        help_text=_(
            "Bodies that have no seal of their own. Their papers say under the signature whose "
            "seal they bear."
        ),
    )
    field_order = ["organisation", "name", "keeper", "diameter_mm", "proxy_for", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choose_from(self, "keeper").queryset = actions.keepers().select_related("organisation")
        choose_from(self, "proxy_for").queryset = actions.without_seal()


class SealForm(ChangeForm):
    """A seal that is new here."""

    organisation = RecordField(
        label=_("Whose seal it is"),
        queryset=Organisation.objects.none(),
        widget=forms.Select(attrs=PICKER),
    )
    name = LineField(label=_("Name of the seal"), max_length=80)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choose_from(self, "organisation").queryset = actions.owners()


class PictureForm(KeepsFiles, AsksPassword):
    """The picture of a seal, or none from now on."""

    reason = LineField(label=_("Reason"), max_length=100)

    none = forms.BooleanField(label=_("No picture: print the marked place instead"), required=False)
    field_order = ["files", "none", "reason", "password"]

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, person=person, **kwargs)
        self.fields["files"].label = _("Picture of the seal: a square PNG or SVG")

    def store(self, upload) -> StoredFile:
        """Judge it as a picture of a seal."""
        return storage.keep_picture(upload, self.person)

    def clean(self):
        """One picture, or none."""
        cleaned = super().clean()
        wanted = 0 if self.cleaned_data.get("none") else 1
        if len(self.kept) != wanted and "files" not in self.errors:
            raise ValidationError(_("Choose one picture, or tick that there is to be none."))
        return cleaned

    def picture(self) -> StoredFile | None:
        """What a valid form holds."""
        return self.kept[0] if self.kept else None
