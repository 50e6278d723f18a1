"""Forms of the outgoing line: one per sort of step."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination import access
from coordination.formfields import PICKER, AsksPassword, DayField, MomentField, RecordsField
from coordination.models import NumberCode, Organisation, Seat
from coordination.posts import OFFICE_DESK
from documents.forms import StepForm, choose_from
from documents.models import OutgoingDocument, Seal
from documents.states import COUNTERSIGNING, LEGAL_FINDINGS, CheckPoint
from documents.step_forms import SeenField

from . import numbers, opinions, reviewers, seals
from .delivery_forms import AsksAction, FurtherForm, UrgeForm
from .draft_forms import DraftForm

SIGNED_OFF = "同意签发。"  # the customary words; papers are in Chinese


class FinalForm(AsksPassword, StepForm):
    """A step that cannot be undone: an opinion or reason, and the password once more."""

    field_order = ["opinion", "password"]


class SignForm(FinalForm):
    """签发: the opinion, and the password once more."""

    def __init__(self, *args, **kwargs):
        kwargs["initial"] = {"opinion": SIGNED_OFF} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.fields["opinion"].label = _("Opinion")


class SignManyForm(SignForm):
    """Which papers are signed in one confirmation; each was read as `seen` says."""

    papers = RecordsField(
        label=_("Papers"),
        queryset=OutgoingDocument.objects.none(),
        error_messages={
            "required": _("Tick at least one paper."),
            "invalid_choice": _(
                "A paper you ticked is not before you any more, so nothing was signed. Read those "
                "that are, and tick again."
            ),
        },
    )
    seen = SeenField(label=_("Papers"))  # type: ignore[assignment]

    def __init__(self, *args, papers, **kwargs):
        super().__init__(*args, record=None, **kwargs)
        choose_from(self, "papers").queryset = papers


class LayForm(StepForm):
    """The opinion, and who is to sign."""

    laid_before = forms.ModelChoiceField(
        label=_("To be signed by"), queryset=Seat.objects.none(), widget=forms.Select(attrs=PICKER)
    )
    field_order = ["opinion", "laid_before"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choose_from(self, "laid_before").queryset = reviewers.signing_seats()


class PassOnForm(LayForm):
    """Another signatory than the one it lies before."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = choose_from(self, "laid_before")
        field.queryset = field.queryset.exclude(pk=self.record.laid_before_id)


class CheckForm(StepForm):
    """复核: every point is looked at."""

    points = forms.MultipleChoiceField(
        label=_("Confirmed"),
        choices=CheckPoint,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ["points", "opinion"]


class RegisterForm(StepForm):
    """登记: under which code, in how many copies."""

    code = forms.ModelChoiceField(
        label=_("Issuer code"), queryset=NumberCode.objects.none(), empty_label=None
    )
    copies = forms.IntegerField(label=_("Copies"), min_value=1, max_value=9999, initial=1)
    field_order = ["code", "copies"]

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        codes = numbers.codes_for(record)
        choose_from(self, "code").queryset = NumberCode.objects.filter(
            pk__in=[code.pk for code in codes]
        )


class SealForm(FinalForm):
    """用印: which seal, on how many copies."""

    seal = forms.ModelChoiceField(
        label=_("The seal"), queryset=Seal.objects.none(), empty_label=None
    )
    copies = forms.IntegerField(label=_("Copies"), min_value=1, max_value=9999)
    field_order = ["seal", "copies", "opinion", "password"]

    def __init__(self, *args, record, person=None, **kwargs):
        kwargs["initial"] = {"copies": seals.left(record)} | kwargs.get("initial", {})
        super().__init__(*args, record=record, person=person, **kwargs)
        kept = access.standing(person).seats(OFFICE_DESK)
        choose_from(self, "seal").queryset = seals.for_paper(record).filter(keeper__in=kept)
        self.fields["opinion"].label = _("Remarks")


class IssueForm(AsksAction, FinalForm):
    """印发: on which day, and whether the recipients are to report back."""

    issued_on = DayField(
        label=_("Issued on"),
        help_text=_("An issued paper is changed no more; it can only be revoked or repealed."),
    )
    field_order = ["issued_on", "asks", "limit_at", "opinion", "password"]

    def __init__(self, *args, **kwargs):
        kwargs["initial"] = {"issued_on": timezone.localdate()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)


class RepealForm(FinalForm):
    """废止: from which day, and why."""

    void_from = DayField(label=_("Void from"))
    field_order = ["void_from", "opinion", "password"]


class AskLegalForm(StepForm):
    """What is asked of the legal group, and by when."""

    limit_at = MomentField(
        label=_("Answer by"),
        required=False,
        help_text=_("Left empty, the term of the charter holds."),
    )
    field_order = ["opinion", "limit_at"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["opinion"].label = _("What is asked")


class AskUnitsForm(AskLegalForm):
    """Which units are to countersign, what they are asked, and by when."""

    organisations = RecordsField(
        label=_("Units"),
        queryset=Organisation.objects.none(),
        widget=forms.SelectMultiple(attrs=PICKER),
    )
    field_order = ["organisations", "opinion", "limit_at"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        able = Organisation.objects.assignable(timezone.localdate())
        field = choose_from(self, "organisations")
        field.queryset = able.exclude(pk=self.record.originator_id)


class FindingForm(StepForm):
    """What the opinion comes to, and its words."""

    finding = forms.ChoiceField(label=_("Your opinion"), widget=forms.RadioSelect)
    field_order = ["finding", "opinion"]

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        legal = record.route_name == opinions.LEGAL
        able = LEGAL_FINDINGS if legal else COUNTERSIGNING
        field = self.fields["finding"]
        field.choices = [(str(one), one.label) for one in able]  # type: ignore[attr-defined]
        self.fields["opinion"].label = _("In words")


STEP_FORMS: dict[str, Any] = {
    "opinion": StepForm,
    "draft": DraftForm,
    "change": DraftForm,
    "slip": DraftForm,
    "review": LayForm,
    "pass_on": PassOnForm,
    "sign": SignForm,
    "check": CheckForm,
    "register": RegisterForm,
    "seal": SealForm,
    "issue": IssueForm,
    "revoke": FinalForm,
    "repeal": RepealForm,
    "ask_legal": AskLegalForm,
    "ask_units": AskUnitsForm,
    "finding": FindingForm,
    "further": FurtherForm,
    "urge": UrgeForm,
}
