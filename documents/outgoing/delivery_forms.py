"""Forms of the copies of issued papers."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coordination import access
from coordination.formfields import (
    PICKER,
    KeepsFiles,
    LineField,
    MomentField,
    RecordsField,
    TextField,
)
from coordination.models import Organisation, Seat
from coordination.posts import READERS
from documents.forms import StepForm, choose_from


class ReceiptForm(StepForm):
    """Who signed for a copy on paper, and when."""

    receiver = LineField(label=_("Signed for by"), max_length=60)
    received_at = MomentField(label=_("Signed for at"))
    field_order = ["receiver", "received_at", "opinion"]

    def __init__(self, *args, **kwargs):
        kwargs["initial"] = {"received_at": timezone.localtime()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)


class ColleaguesForm(StepForm):
    """Which colleagues of the unit are to read it."""

    seats = RecordsField(
        label=_("Colleagues"),
        queryset=Seat.objects.none(),
        widget=forms.SelectMultiple(attrs=PICKER),
    )
    field_order = ["seats", "opinion"]

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        held = Seat.objects.holding(READERS, timezone.localdate())
        mine = access.standing(self.person).seats(READERS)
        own = held.filter(organisation=record.organisation_id).exclude(pk__in=mine)
        choose_from(self, "seats").queryset = own.select_related("organisation")


class ReportForm(KeepsFiles, StepForm):
    """What was done, or what a superior answered, with files."""

    reply = TextField(
        label=_("Report or answer"), max_length=10000, widget=forms.Textarea(attrs={"rows": 8})
    )
    field_order = ["reply", "files"]

    def __init__(self, *args, record, **kwargs):
        kwargs["initial"] = {"reply": record.reply} | kwargs.get("initial", {})
        super().__init__(*args, record=record, **kwargs)
        del self.fields["opinion"]


class CopiesForm(StepForm):
    """How many paper copies this recipient gets."""

    copies = forms.IntegerField(label=_("Paper copies"), min_value=1, max_value=9999, initial=1)
    field_order = ["copies", "opinion"]


class AsksAction(forms.Form):
    """Whether the recipients are to report back, and by when."""

    asks = forms.BooleanField(
        label=_("The main recipients are to report back"),
        required=False,
        help_text=_("Opens a duty of 7 working days at each, or until the moment named."),
    )
    limit_at = MomentField(label=_("Report by"), required=False)


class FurtherForm(AsksAction, StepForm):
    """Who gets a copy besides; for a paper to superiors, the next level."""

    organisations = RecordsField(
        label=_("Recipients"),
        queryset=Organisation.objects.none(),
        widget=forms.SelectMultiple(attrs=PICKER),
    )
    outside_name = LineField(
        label=_("Or a recipient outside this system"), max_length=120, required=False
    )
    field_order = ["organisations", "outside_name", "opinion", "asks", "limit_at"]

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.fields["organisations"].required = False
        existing = Organisation.objects.existing(timezone.localdate())
        has = record.deliveries.standing().exclude(organisation=None).values("organisation")
        choose_from(self, "organisations").queryset = existing.exclude(pk__in=has)
        self.fields["asks"].label = _("They are to report back")


class UrgeForm(StepForm):
    """What whoever has not signed is told."""

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        names = [row.recipient_short for row in record.deliveries.to_urge()]
        self.fields["opinion"].label = _("What to tell them")
        self.fields["opinion"].help_text = gettext("Goes to %(count)s: %(names)s.") % {
            "count": len(names),
            "names": "、".join(names),
        }


class VerifyForm(forms.Form):
    """A PDF to be compared with what was issued."""

    file = forms.FileField(label=_("PDF of an issued paper"))


DELIVERY_FORMS: dict[str, Any] = {
    "opinion": StepForm,
    "receipt": ReceiptForm,
    "colleagues": ColleaguesForm,
    "report": ReportForm,
    "copies": CopiesForm,
}
