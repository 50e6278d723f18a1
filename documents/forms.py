"""Forms of the incoming line: one for registration, one per sort of step."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination import absences
from coordination.formfields import (
    PICKER,
    DayField,
    KeepsFiles,
    MomentField,
    RecordsField,
    TextField,
)
from coordination.models import Organisation, Seat
from coordination.posts import LEADERS

from .models import Attachment
from .states import AGREED, AnswerMethod, DocumentKind, ReviewPoint, Urgency

SECRECY = [
    ("none", _("Not classified")),
    ("confidential", _("Confidential (秘密)")),
    ("secret", _("Secret (机密)")),
    ("top_secret", _("Top secret (绝密)")),
]
LEFT_LYING = timedelta(days=366)  # from signing for a paper to its registration, at most
CLASSIFIED = _(
    "Classified papers may not enter this system, not even by their title. Nothing was stored. "
    "Close this page, hand the paper to the confidential documents officer and have it entered in "
    "the paper register for classified documents."
)


def _words(rows=3, **attrs):
    return forms.Textarea(attrs={"rows": rows, **attrs})


class RegistrationForm(KeepsFiles):
    """Sign for and register: what the register of incoming documents asks."""

    title = TextField(label=_("Title"), max_length=300, widget=_words(2, autofocus=True))
    sender = forms.ModelChoiceField(
        label=_("Sender"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("Not in the list"),
        widget=forms.Select(attrs=PICKER),
    )
    sender_name = TextField(
        label=_("Sender's name, if not in the list"), max_length=120, required=False
    )
    sender_number = TextField(
        label=_("Sender's number"), max_length=60, required=False, help_text="国办发〔2025〕33号"
    )
    kind = forms.ChoiceField(
        label=_("Document kind"), choices=DocumentKind, initial=DocumentKind.REPORT
    )
    dated_on = DayField(label=_("Date of the document"), required=False)
    received_at = MomentField(label=_("Signed for at"))
    copies = forms.IntegerField(label=_("Copies"), min_value=1, max_value=9999, initial=1)
    urgency = forms.ChoiceField(
        label=_("Urgency"), choices=Urgency, initial=Urgency.ORDINARY, widget=forms.RadioSelect
    )
    secrecy = forms.ChoiceField(
        label=_("Secrecy level"), choices=SECRECY, initial="none", widget=forms.RadioSelect
    )
    contact = TextField(
        label=_("Contact at the sender (name, office phone)"), max_length=80, required=False
    )
    remarks = TextField(label=_("Remarks"), max_length=2000, required=False, widget=_words(2))
    duplicate_confirmed = forms.BooleanField(
        label=_("It is another document; register it all the same"), required=False
    )

    field_order = ["title", "sender", "sender_name", "sender_number", "kind", "dated_on"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choose_from(self, "sender").queryset = Organisation.objects.existing(timezone.localdate())
        if not self.is_bound:
            self.initial.setdefault("received_at", timezone.localtime())
        self.order_fields([*self.field_order, *self.fields])

    def may_store(self):
        """Nothing of a classified paper is stored."""
        return self.data.get("secrecy", "none") == "none"

    def clean_title(self):
        """A title stands on one line, however it was pasted."""
        return " ".join(self.cleaned_data["title"].split())

    def clean_secrecy(self):
        """Refuse classified papers (2012 Regulations art. 26)."""
        if self.cleaned_data["secrecy"] != "none":
            raise ValidationError(CLASSIFIED, code="classified")
        return self.cleaned_data["secrecy"]

    def clean_received_at(self):
        """What is signed for is here already, and was not left lying for more than a year."""
        moment = self.cleaned_data["received_at"]
        if moment > timezone.now():
            raise ValidationError(_("This moment is still to come. Enter when it was signed for."))
        if moment < self.entered_at() - LEFT_LYING:
            raise ValidationError(
                _(
                    "This is more than a year ago. Check the year; for a paper found that late, "
                    "enter today and say in the remarks when it came."
                )
            )
        return moment

    def entered_at(self):
        """When the entry is made: no register of a year long closed is opened by a slip."""
        return timezone.now()

    def clean(self):
        """A document has one sender, and was written before it came."""
        data = super().clean()
        sender, name = data.get("sender"), data.get("sender_name", "")
        if sender is None and not name and "sender" not in self.errors:
            self.add_error("sender", _("Choose the sender, or type its name below."))
        if sender is not None:
            data["sender_name"] = sender.name
        self._point_to_reading()
        dated, received = data.get("dated_on"), data.get("received_at")
        if dated and received and dated > timezone.localdate(received):
            self.add_error("dated_on", _("The document cannot be dated after it was received."))
        return data

    def _point_to_reading(self):
        """An e-mail, or whatever was chosen to be read in, is not lost in silence."""
        uploads: Any = self.files
        attached = uploads.getlist("files") if hasattr(uploads, "getlist") else []
        mails = [file for file in attached if (file.name or "").lower().endswith(".eml")]
        if mails or uploads.get("paper"):
            words = _("To register from an e-mail or a scan, have it read in beside this form.")
            self.add_error("files", words)


class ReadingForm(RegistrationForm):
    """A registration being typed while a file is read into it: nothing typed is lost.

    What still stands as the empty form offered it does not count as typed; `opened_at` is the
    moment the form offered.
    """

    def as_typed(self) -> dict:
        """The fields as they were typed; the secrecy level is chosen anew."""
        left = ("secrecy", "duplicate_confirmed", "files")
        typed = {name: self.data.get(name, "") for name in self.fields if name not in left}
        if typed["received_at"] == self.data.get("opened_at"):
            del typed["received_at"]
        if typed["kind"] == self.fields["kind"].initial:
            del typed["kind"]
        return {name: value for name, value in typed.items() if value}

    def paper(self):
        """The file to be read. Raises ValidationError where there is none, or for a classified."""
        if not self.may_store():
            raise ValidationError(CLASSIFIED, code="classified")
        uploads: Any = self.files
        if not uploads.get("paper"):
            raise ValidationError(_("Choose an e-mail (.eml) or a PDF."), code="missing")
        return uploads["paper"]

    def _point_to_reading(self):
        """It is being read."""


class CorrectionForm(RegistrationForm):
    """Correct a registration: the same fields, the reason, and files to take off."""

    removed = RecordsField(
        label=_("Take off these files"),
        queryset=Attachment.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    opinion = TextField(label=_("Reason of the correction"), max_length=2000, widget=_words(2))
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        self.record = record
        del self.fields["duplicate_confirmed"]
        choose_from(self, "removed").queryset = (
            record.attachments.current().filter(handling=None).select_related("file")
        )

    def entered_at(self):
        """A correction is judged as of the first entry."""
        return self.record.received_at


class StepForm(forms.Form):
    """A step with an opinion; `seen` is the digest of the content it was opened on."""

    opinion = TextField(
        label=_("Opinion or reason"), max_length=2000, required=False, widget=_words(4)
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args, record, person=None, **kwargs):
        self.record, self.person = record, person
        self.next_in_line: dict[int, Seat] = {}
        super().__init__(*args, **kwargs)

    def clean(self):
        """Who is away gives way to the next in line, where that was ticked."""
        data: dict[str, Any] = super().clean() or {}
        if data.pop("instead", False):
            if data.get("laid_before"):
                seat = data["laid_before"]
                data["laid_before"] = self.next_in_line.get(seat.pk, seat)
            if data.get("seats"):
                seats = [self.next_in_line.get(seat.pk, seat) for seat in data["seats"]]
                data["seats"] = list(dict.fromkeys(seats))
        return data


class ReviewForm(StepForm):
    """The five points of the preliminary review; passing asks for all."""

    points = forms.MultipleChoiceField(
        label=_("Confirmed"),
        choices=ReviewPoint,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ["points", "opinion"]


class TransferForm(StepForm):
    """Who handles it, and by when if the document says so."""

    lead = forms.ModelChoiceField(
        label=_("Handling unit, or lead handler"),
        queryset=Organisation.objects.none(),
        widget=forms.Select(attrs=PICKER),
    )
    co_handlers = RecordsField(
        label=_("Co-handlers"),
        queryset=Organisation.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs=PICKER),
        help_text=_("With co-handlers the lead gives its opinion in 10 working days, not 7."),
    )
    limit_at = MomentField(
        label=_("Explicit time limit"),
        required=False,
        help_text=_("Only where the document is urgent; it overrides the working days."),
    )
    field_order = ["lead", "co_handlers", "limit_at", "opinion"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        able = Organisation.objects.assignable(timezone.localdate())
        choose_from(self, "lead").queryset = able
        choose_from(self, "co_handlers").queryset = able
        say_who_is_away(self)


class ProposalForm(TransferForm):
    """拟办: the Office's proposal, laid before a leader."""

    laid_before = forms.ModelChoiceField(
        label=_("Laid before"),
        queryset=Seat.objects.none(),
        widget=forms.Select(attrs=PICKER),
    )
    field_order = ["opinion", "lead", "co_handlers", "limit_at", "laid_before"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choose_from(self, "laid_before").queryset = leader_seats()
        say_who_is_away(self)
        self.fields["opinion"].label = _("Handling proposal")


class InstructionForm(TransferForm):
    """批办: the leader's instruction; the proposal is filled in and can be changed."""

    field_order = ["opinion", "lead", "co_handlers", "limit_at"]

    def __init__(self, *args, record, **kwargs):
        proposal = record.proposals.prefetch_related("co_handlers").order_by("-pk").first()
        if proposal is not None:
            filled = {
                "opinion": AGREED,
                "lead": proposal.lead_id,
                "co_handlers": [unit.pk for unit in proposal.co_handlers.all()],
                "limit_at": proposal.limit_at,
            }
            kwargs["initial"] = filled | kwargs.get("initial", {})
        super().__init__(*args, record=record, **kwargs)
        self.fields["opinion"].label = _("Instruction")


class LayFurtherForm(StepForm):
    """The proposal goes on to another leader, with an opinion."""

    laid_before = forms.ModelChoiceField(
        label=_("Laid before"),
        queryset=Seat.objects.none(),
        widget=forms.Select(attrs=PICKER),
    )
    field_order = ["laid_before", "opinion"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choose_from(self, "laid_before").queryset = leader_seats().exclude(
            pk=self.record.laid_before_id
        )
        say_who_is_away(self)


class SendBackForm(StepForm):
    """Why a reply is not accepted, and a lead handler's new limit."""

    limit_at = MomentField(
        label=_("To be supplemented by"),
        required=False,
        help_text=_("Needed for a lead handler; a single handler's time limit runs on."),
    )
    field_order = ["opinion", "limit_at"]


class AnswerForm(StepForm):
    """What the sender is told, and how."""

    method = forms.ChoiceField(
        label=_("How"), choices=AnswerMethod, widget=forms.RadioSelect, initial=AnswerMethod.LETTER
    )
    answer = TextField(
        label=_("Answer to the sender"), max_length=5000, required=False, widget=_words(6)
    )
    field_order = ["method", "answer", "opinion"]

    def __init__(self, *args, record, **kwargs):
        parts = [part for part in record.handlings.all() if part.role != "co" and part.reply]
        if parts:
            kwargs["initial"] = {"answer": parts[-1].reply} | kwargs.get("initial", {})
        super().__init__(*args, record=record, **kwargs)


class ReplyForm(KeepsFiles, StepForm):
    """A handler's reply or opinion, with files."""

    reply = TextField(label=_("Reply"), max_length=10000, widget=_words(8))
    field_order = ["reply", "files"]

    def __init__(self, *args, record, **kwargs):
        if record.reply:
            kwargs["initial"] = {"reply": record.reply} | kwargs.get("initial", {})
        super().__init__(*args, record=record, **kwargs)
        del self.fields["opinion"]


def leader_seats():
    """The seats a proposal can be laid before, filled today."""
    today = timezone.localdate()
    return Seat.objects.holding(LEADERS, today).select_related("organisation")


def choose_from(form: forms.Form, name: str) -> Any:
    """The choice field `name`, whose records depend on the day and the document."""
    return form.fields[name]


def say_who_is_away(form: forms.Form) -> None:
    """Where a unit or a leader is chosen, show who is away there before it would be due; where a
    person is chosen, offer whoever is next in line.
    """
    away = absences.away(by=absences.horizon)
    if not away:
        return
    seats = {one.seat_id: one.words for one in away}
    units = absences.of_units(away)
    for name, words in (
        ("lead", units),
        ("co_handlers", units),
        ("laid_before", seats),
        ("seats", seats),
    ):
        if name in form.fields:
            choose_from(form, name).label_from_instance = lambda row, words=words: (
                f"{row}（{words[row.pk]}）" if row.pk in words else str(row)
            )
    for name in ("laid_before", "seats"):
        if name in form.fields:
            _offer_next_in_line(form, name, away)


def _offer_next_in_line(form: Any, name: str, away: list[absences.Away]) -> None:
    """One tick puts it before the next in line instead of whoever is away."""
    able = set(choose_from(form, name).queryset.values_list("pk", flat=True))
    form.next_in_line = {
        one.seat_id: one.next_seat
        for one in away
        if one.next_seat is not None and {one.seat_id, one.next_seat.pk} <= able
    }
    if not form.next_in_line:
        return
    pairs = [f"{one.name} → {one.instead}" for one in away if one.seat_id in form.next_in_line]
    form.fields["instead"] = forms.BooleanField(
        label=_("Put it before the next in line instead of whoever is away"),
        required=False,
        help_text="; ".join(dict.fromkeys(pairs)),
    )
    names = [field for field in form.fields if field != "instead"]
    names.insert(names.index(name) + 1, "instead")
    form.order_fields(names)
