"""Forms of the steps beside the main line, and which form each step of a route has."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination import access, storage
from coordination.formfields import PICKER, MomentField, RecordsField, TextField
from coordination.models import Organisation, Seat
from coordination.posts import READERS

from .forms import (
    AnswerForm,
    CorrectionForm,
    InstructionForm,
    LayFurtherForm,
    ProposalForm,
    ReplyForm,
    ReviewForm,
    SendBackForm,
    StepForm,
    TransferForm,
    choose_from,
    say_who_is_away,
)
from .models import IncomingDocument, Relation
from .states import RelationKind


class ReassignForm(StepForm):
    """Which unit takes a part over, and why."""

    lead = forms.ModelChoiceField(
        label=_("Unit that takes it over"),
        queryset=Organisation.objects.none(),
        widget=forms.Select(attrs=PICKER),
    )
    limit_at = MomentField(
        label=_("Explicit time limit"),
        required=False,
        help_text=_("Without one the working days are counted anew from now."),
    )
    field_order = ["lead", "limit_at", "opinion"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choose_from(self, "lead").queryset = Organisation.objects.assignable(timezone.localdate())
        say_who_is_away(self)


class CoHandlersForm(StepForm):
    """Which units are drawn in while a document is being handled, and why."""

    co_handlers = RecordsField(
        label=_("Co-handlers"),
        queryset=Organisation.objects.none(),
        widget=forms.SelectMultiple(attrs=PICKER),
        help_text=_(
            "A single handler becomes the lead and gives its opinion in 10 working days, counted "
            "from the day it was given the document."
        ),
    )
    field_order = ["co_handlers", "opinion"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        able = Organisation.objects.assignable(timezone.localdate())
        choose_from(self, "co_handlers").queryset = able
        say_who_is_away(self)


class SeenField(forms.Field):
    """The digests of what stood on the page, as "key:digest", each by its document's key."""

    widget = forms.MultipleHiddenInput

    def __init__(self, **kwargs):
        super().__init__(required=False, **kwargs)

    def clean(self, value):
        """What is no pair of a key and a digest was not on the page."""
        pairs = (str(one).partition(":") for one in value or ())
        return {
            int(key): digest for key, _colon, digest in pairs if storage.PRIMARY_KEY.fullmatch(key)
        }


class TransferManyForm(TransferForm):
    """Which documents go to the same handlers in one act."""

    documents = RecordsField(
        label=_("Documents"),
        queryset=IncomingDocument.objects.none(),
        error_messages={"required": _("Tick at least one document.")},
    )
    seen = SeenField(label=_("Documents"))  # type: ignore[assignment]

    def __init__(self, *args, documents, **kwargs):
        super().__init__(*args, record=None, **kwargs)
        choose_from(self, "documents").queryset = documents
        self.fields["limit_at"].help_text = _("Counts for the urgent documents among them alone.")

    def assignment(self) -> dict:
        """What the action takes."""
        return dict(self.cleaned_data)


class NumberField(TextField):
    """A document by its register number or its sender's number; `person` must be set."""

    person: Any = None

    def clean(self, value):
        """Return the document, or refuse in words: none, or more than one, has this number."""
        text = super().clean(value)
        if not text:
            return None
        seen = access.visible(self.person, IncomingDocument.objects.all())
        found = list(seen.numbered(text).order_by("-pk")[:2])
        if not found:
            raise ValidationError(_("No document has this number. Write it as 收〔2026〕12号."))
        if len(found) > 1:
            raise ValidationError(
                _("Several documents have this sender's number. Give the register number.")
            )
        return found[0]


class OtherForm(StepForm):
    """Another document, by its number."""

    other = NumberField(
        label=_("Register number of the other document"), max_length=60, help_text="收〔2026〕12号"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choose_from(self, "other").person = self.person


class RelationForm(OtherForm):
    """How this document stands to another."""

    kind = forms.ChoiceField(
        label=_("This document"),
        choices=[
            (str(kind), kind.label) for kind in RelationKind if kind != RelationKind.MERGED_INTO
        ],
        widget=forms.RadioSelect,
    )
    field_order = ["kind", "other", "opinion"]


class MergeForm(OtherForm):
    """Which registration of the same paper goes on; it is shown before the two are merged.

    `confirmed` is the key of the registration that was shown; `shown` the one to look at now.
    """

    confirmed = forms.CharField(widget=forms.HiddenInput, required=False, max_length=18)
    field_order = ["other", "opinion"]
    shown: IncomingDocument | None = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.pop("confirmed", None)  # a draft confirms nothing

    def clean(self):
        """Ask to look at the other registration first, each time another is named."""
        super().clean()
        other = self.cleaned_data.get("other")
        if other is not None and self.cleaned_data.get("confirmed") != str(other.pk):
            self.shown, typed = other, dict(self.data.items())
            self.data = typed | {"confirmed": str(other.pk)}
            raise ValidationError(
                _("Look at the other registration below. If it is the same paper, confirm."),
                code="not_confirmed",
            )
        return self.cleaned_data


class UnrelateForm(StepForm):
    """Which links are taken off, and why."""

    relations = RecordsField(
        label=_("Links"),
        queryset=Relation.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ["relations", "opinion"]

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        kept = record.relations.filter(ended_at=None).select_related("other")
        choose_from(self, "relations").queryset = kept


class CirculationForm(StepForm):
    """Who is to read the document, and why."""

    seats = RecordsField(
        label=_("Readers"),
        queryset=Seat.objects.none(),
        widget=forms.SelectMultiple(attrs=PICKER),
    )
    field_order = ["seats", "opinion"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        held = Seat.objects.holding(READERS, timezone.localdate())
        choose_from(self, "seats").queryset = held.select_related("organisation")
        say_who_is_away(self)
        self.fields["opinion"].label = _("Why it is circulated")


class RemarkForm(StepForm):
    """What a reader remarks; it decides nothing."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["opinion"].label = _("Remark")
        self.fields["opinion"].help_text = _("It stays a remark: it neither instructs nor decides.")


STEP_FORMS: dict[str, Any] = {
    "opinion": StepForm,
    "review": ReviewForm,
    "return": ReviewForm,
    "proposal": ProposalForm,
    "transfer": TransferForm,
    "instruction": InstructionForm,
    "relation": RelationForm,
    "unrelate": UnrelateForm,
    "merge": MergeForm,
    "circulation": CirculationForm,
    "remark": RemarkForm,
    "reassign": ReassignForm,
    "co_handlers": CoHandlersForm,
    "lay_further": LayFurtherForm,
    "send_back": SendBackForm,
    "answer": AnswerForm,
    "reply": ReplyForm,
    "correction": CorrectionForm,
}
