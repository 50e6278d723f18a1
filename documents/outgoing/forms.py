"""Forms of the outgoing line: one for the draft, one per sort of step."""

from pathlib import PurePath
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination import access
from coordination.formfields import (
    PICKER,
    AsksPassword,
    DayField,
    KeepsFiles,
    LineField,
    RecordsField,
    TextField,
)
from coordination.models import NumberCode, Organisation, Seat, StoredFile
from coordination.posts import OFFICE_DESK
from documents import form_rules
from documents.form_rules import Rank
from documents.forms import StepForm, choose_from
from documents.models import OutgoingDocument, Seal
from documents.prose_field import ProseField
from documents.states import CheckPoint, Disclosure, DocumentKind, IssuingName, Urgency
from documents.step_forms import NumberField, SeenField

from . import actions, numbers, reviewers, seals
from .content import Content, Enclosed, Recipient, direction_of, from_data

TITLE = 300  # characters
SIGNED_OFF = "同意签发。"  # the customary words; papers are in Chinese
RANKS = {
    Organisation.Kind.SUPERIOR: Rank.SUPERIOR,
    Organisation.Kind.DISTRICT_TOWN: Rank.LOWER_GOVERNMENT,
    Organisation.Kind.COORDINATION_GROUP: Rank.SUPERIOR,
}


def _words(rows=2):
    return forms.Textarea(attrs={"rows": rows})


class DraftForm(KeepsFiles):
    """The whole of a paper: name, kind, subject, addressees, text, attachments."""

    originator = forms.ModelChoiceField(
        label=_("Drafted by"), queryset=Organisation.objects.none(), empty_label=None
    )
    name = forms.ChoiceField(
        label=_("In whose name"),
        choices=IssuingName,
        initial=IssuingName.OFFICE,
        widget=forms.RadioSelect,
        help_text=_("It decides who reviews and who signs."),
    )
    kind = forms.ChoiceField(
        label=_("Document kind"), choices=DocumentKind, initial=DocumentKind.NOTICE
    )
    subject = LineField(
        label=_("Subject"),
        max_length=200,
        help_text=_("What the title says between 关于 and the kind; the title is built from it."),
    )
    title = LineField(
        label=_("Title, if it is to read otherwise"), max_length=TITLE, required=False
    )
    urgency = forms.ChoiceField(
        label=_("Urgency"), choices=Urgency, initial=Urgency.ORDINARY, widget=forms.RadioSelect
    )
    main = RecordsField(
        label=_("Main recipients"),
        queryset=Organisation.objects.none(),
        widget=forms.SelectMultiple(attrs=PICKER),
        required=False,
    )
    in_person = forms.BooleanField(label=_("To the superior's leader in person"), required=False)
    reason_in_person = TextField(
        label=_("Why in person: what the leader assigned, and when"),
        max_length=500,
        required=False,
        widget=_words(),
    )
    copies = RecordsField(
        label=_("Copy recipients"),
        queryset=Organisation.objects.none(),
        widget=forms.SelectMultiple(attrs=PICKER),
        required=False,
    )
    text = ProseField(label=_("Text of the paper"), required=False)
    names = TextField(
        label=_("Attachments as listed, one a line, in their order"),
        max_length=4000,
        required=False,
        widget=_words(3),
        help_text=_("Left empty, they are listed by the names of their files."),
    )
    removed = RecordsField(
        label=_("Take off these files"),
        queryset=StoredFile.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    annotation = LineField(
        label=_("Annotation"), max_length=100, required=False, help_text="此件公开发布"
    )
    disclosure = forms.ChoiceField(
        label=_("May the public read it"),
        choices=Disclosure,
        initial=Disclosure.ON_REQUEST,
        widget=forms.RadioSelect,
    )
    answers = NumberField(
        label=_("Answers the incoming document"),
        max_length=60,
        required=False,
        help_text="收〔2026〕12号",
    )
    relays = forms.BooleanField(label=_("It takes a lower body's request further"), required=False)
    tendency = TextField(
        label=_("Our own opinion on it"), max_length=2000, required=False, widget=_words()
    )
    authorisation = LineField(
        label=_("By whose consent town governments are directed"), max_length=100, required=False
    )
    opinion = TextField(label=_("Reason"), max_length=2000, required=False, widget=_words())
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args, person, record=None, **kwargs):
        super().__init__(*args, person=person, **kwargs)
        self.record = record
        self.had = from_data(record.content).attachments if record else ()
        existing = Organisation.objects.existing(timezone.localdate())
        choose_from(self, "main").queryset = existing
        choose_from(self, "copies").queryset = existing
        choose_from(self, "answers").person = person
        own = actions.originators(person)
        choose_from(self, "originator").queryset = existing.filter(pk__in=[one.pk for one in own])
        attached = StoredFile.objects.filter(pk__in=[one.file for one in self.had])
        choose_from(self, "removed").queryset = attached
        if record is not None:
            del self.fields["originator"]
        else:
            del self.fields["opinion"], self.fields["seen"]
            if own:
                self.fields["originator"].initial = own[0].pk
        if not self.had:
            del self.fields["removed"]

    def clean(self):
        """Attachments are listed line by line, or by the names of their files; the title fits."""
        data: dict[str, Any] = super().clean() or {}
        data["attached"] = self._attached(data)
        if {"name", "kind", "subject"} <= data.keys() and not data.get("title"):
            issuer, kind = actions.issuer_of(data["name"]).name, DocumentKind(data["kind"])
            data["title"] = form_rules.built_title(issuer, data["subject"], kind)
            over = len(data["title"]) - TITLE
            if over > 0:
                words = _("The title built from it is %(count)s characters too long.")
                self.add_error("subject", words % {"count": over})
        return data

    def _attached(self, data: dict[str, Any]) -> tuple[Enclosed, ...]:
        off = {file.pk for file in data.get("removed") or ()}
        files = [(one.file, one.sha256, one.file_name) for one in self.had if one.file not in off]
        files += [(file.pk, file.sha256, file.name) for file in self.kept]
        typed = [line.strip() for line in (data.get("names") or "").splitlines() if line.strip()]
        if typed and len(typed) != len(files):
            words = _("%(listed)s attachments are listed, %(there)s are there.")
            self.add_error("names", words % {"listed": len(typed), "there": len(files)})
            return ()
        titles = typed or [PurePath(name).stem for _key, _digest, name in files]
        return tuple(
            Enclosed(title, key, digest, name)
            for title, (key, digest, name) in zip(titles, files, strict=True)
        )

    def content(self) -> Content:
        """What a valid form holds, as the content of a version."""
        data = self.cleaned_data
        name, issuer = data["name"], actions.issuer_of(data["name"]).name
        main = self._recipients(data["main"], in_person=data["in_person"])
        answered = data["answers"]
        return Content(
            name=name,
            issuer=issuer,
            kind=data["kind"],
            direction=direction_of(name, main),
            subject=data["subject"],
            title=data["title"],
            urgency=data["urgency"],
            main=main,
            copies=self._recipients(data["copies"]),
            blocks=data["text"],
            attachments=data["attached"],
            annotation=data["annotation"],
            disclosure=data["disclosure"],
            answers=answered.pk if answered else None,
            answers_kind=answered.kind if answered else "",
            relays=data["relays"],
            tendency=data["tendency"],
            reason_in_person=data["reason_in_person"],
            authorisation=data["authorisation"],
        )

    def _recipients(self, rows, *, in_person=False) -> tuple[Recipient, ...]:
        found = []
        for row in rows:
            rank = Rank.LEADER if in_person else RANKS.get(row.kind, Rank.LOWER)
            found.append(Recipient(row.name, str(rank), row.pk))
        return tuple(found)


def initial_of(record) -> dict[str, Any]:
    """What the form of a draft starts with: the version in force."""
    content = from_data(record.content)
    built = form_rules.built_title(content.issuer, content.subject, DocumentKind(content.kind))
    same = ("name", "kind", "subject", "urgency", "annotation", "disclosure")
    more = ("relays", "tendency", "reason_in_person", "authorisation")
    return {
        **{field: getattr(content, field) for field in (*same, *more)},
        "title": "" if content.title == built else content.title,
        "main": [one.organisation for one in content.main],
        "copies": [one.organisation for one in content.copies],
        "in_person": any(one.rank == Rank.LEADER for one in content.main),
        "text": content.blocks,
        "names": "\n".join(one.title for one in content.attachments),
        "answers": record.answers.register_number if record.answers else "",
    }


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
        error_messages={"required": _("Tick at least one paper.")},
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


class IssueForm(FinalForm):
    """印发: on which day."""

    issued_on = DayField(
        label=_("Issued on"),
        help_text=_("An issued paper is changed no more; it can only be revoked or repealed."),
    )
    field_order = ["issued_on", "opinion", "password"]

    def __init__(self, *args, **kwargs):
        kwargs["initial"] = {"issued_on": timezone.localdate()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)


class RepealForm(FinalForm):
    """废止: from which day, and why."""

    void_from = DayField(label=_("Void from"))
    field_order = ["void_from", "opinion", "password"]


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
}
