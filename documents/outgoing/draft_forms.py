"""The form of a draft: the whole of a paper."""

import json
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.formfields import LineField, TextField
from coordination.models import Organisation
from documents import form_rules, prose
from documents.form_rules import Rank
from documents.forms import choose_from
from documents.prose_field import MARK, ProseField
from documents.states import Addressed, Disclosure, DocumentKind, IssuingName, Urgency
from documents.step_forms import NumberField

from . import actions, paper_templates, recipient_fields
from .content import Content, Recipient, direction_of, from_data
from .draft_rows import ARRANGE, NAME, RANK, ROLE, HasAttachments, HasOutsiders
from .recipient_fields import RecipientsField

TITLE = 300  # characters
FOLDS = (  # what matters only sometimes: why one would open it, and the fields in it
    (_("The title is to read otherwise"), ("title",)),
    (_("To a superior's leader in person"), ("in_person", "reason_in_person")),
    (_("A lower body's request is taken further"), ("relays", "tendency")),
    (_("Town governments are directed by somebody's consent"), ("authorisation",)),
    (_("A normative document or a reform measure"), ("normative", "reform")),
    (_("It answers an incoming document"), ("answers",)),
)


def _words(rows=2):
    return forms.Textarea(attrs={"rows": rows})


# What of a submission is no part of what was typed.
NOT_TYPED = ("csrfmiddlewaretoken", "seen", "kept_files", "attached_order", ARRANGE)


@dataclass(frozen=True, slots=True)
class Fold:
    """Fields that matter only sometimes; open where one of them is filled or refused."""

    label: Any
    fields: list[BoundField]
    is_open: bool


class DraftForm(HasAttachments, HasOutsiders):
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
    main = RecipientsField(
        label=_("Main recipients"),
        help_text=_(
            "Units, bodies and lists. A list that has words of its own is printed by them."
        ),
    )
    in_person = forms.BooleanField(label=_("To the superior's leader in person"), required=False)
    reason_in_person = TextField(
        label=_("Why in person: what the leader assigned, and when"),
        max_length=500,
        required=False,
        widget=_words(),
    )
    copies = RecipientsField(label=_("Copy recipients"))
    text = ProseField(label=_("Text of the paper"), required=False)
    annotation = LineField(
        label=_("Annotation"), max_length=100, required=False, help_text="此件公开发布"
    )
    disclosure = forms.ChoiceField(
        label=_("May the public read it"),
        choices=Disclosure,
        initial=Disclosure.ON_REQUEST,
        widget=forms.RadioSelect,
    )
    normative = forms.BooleanField(
        label=_("It is a normative document (规范性文件): it binds the public"),
        required=False,
        help_text=_("Then the legal group gives its opinion before it is submitted."),
    )
    reform = forms.BooleanField(
        label=_("It is a reform measure"),
        required=False,
        help_text=_("Then the legal group gives its opinion before it is submitted."),
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
        content = from_data(record.content) if record else None
        had = content.attachments if content else ()
        super().__init__(*args, person=person, had=had, **kwargs)
        self.record, self.template_refused = record, False
        offered = recipient_fields.offer(person, content)
        for name in ("main", "copies"):
            self.fields[name].offer(offered)  # type: ignore[attr-defined]
        if content is not None and not self.is_bound:
            self.initial.setdefault("main", offered.keys_of(content.main))
            self.initial.setdefault("copies", offered.keys_of(content.copies))
        choose_from(self, "answers").person = person
        own = actions.originators(person)
        if record is not None:
            del self.fields["originator"]
            return
        existing = Organisation.objects.existing(timezone.localdate())
        choose_from(self, "originator").queryset = existing.filter(pk__in=[one.pk for one in own])
        del self.fields["opinion"], self.fields["seen"]
        if own:
            self.fields["originator"].initial = own[0].pk

    def clean_annotation(self):
        """The words alone: the brackets are printed around them."""
        return self.cleaned_data["annotation"].strip("（）() ")

    def clean(self):
        """The title fits; a template goes in where nobody has written anything yet."""
        data: dict[str, Any] = super().clean() or {}
        if self.data.get(ARRANGE) == "template":
            self._put_template(data)
        if {"name", "kind", "subject"} <= data.keys() and not data.get("title"):
            issuer, kind = actions.issuer_of(data["name"]).name, DocumentKind(data["kind"])
            data["title"] = form_rules.built_title(issuer, data["subject"], kind)
            over = len(data["title"]) - TITLE
            if over > 0:
                words = _("The title built from it is %(count)s characters too long.")
                self.add_error("subject", words % {"count": over})
        return data

    def _put_template(self, data: dict[str, Any]) -> None:
        """The text of the kind chosen; what somebody has written is never touched."""
        templates, kind = paper_templates.all_blocks(), data.get("kind", "")
        if not paper_templates.is_untouched(data.get("text", ("damaged",)), templates):
            self.template_refused = True
            return
        rows = prose.to_data(templates.get(kind, ()))
        self.data["text"] = MARK + json.dumps(rows, ensure_ascii=False) + "}"

    @property
    def arranges(self) -> bool:
        """Whether what was sent only changes the form: nothing is kept, little is refused."""
        return bool(self.data.get(ARRANGE))

    def arrange(self) -> None:
        """Take in what was sent to be shown again; only what is said of files stands."""
        self.full_clean()
        said = self.errors.get("files")
        self._errors = ErrorDict({"files": said} if said else {})

    def typed(self) -> dict[str, Any]:
        """What was typed, as drafts keep it."""
        data: Any = self.data
        rows = {name: values for name, values in data.lists() if name not in NOT_TYPED}
        return {name: one[0] if len(one) == 1 else one for name, one in rows.items()}

    def folds(self) -> list[Fold]:
        """The fields that matter only sometimes, each group with whether it is open."""
        found = []
        for label, names in FOLDS:
            fields = [self[name] for name in names]
            is_open = any(one.errors or one.value() not in (None, "", False) for one in fields)
            found.append(Fold(label, fields, is_open))
        return found

    def outsiders_are_open(self) -> bool:
        """Whether recipients outside this system are named, or are being."""
        return self.data.get(ARRANGE) == "outsiders" or any(
            row.name.value() or row.name.errors for row in self.outside_rows()
        )

    def templates(self) -> dict[str, list]:
        """The text of each kind, for scripts that put it in when another kind is chosen."""
        found = paper_templates.all_blocks()
        return {kind: prose.to_data(blocks) for kind, blocks in found.items()}

    def content(self) -> Content:
        """What a valid form holds, as the content of a version."""
        data = self.cleaned_data
        name, issuer = data["name"], actions.issuer_of(data["name"]).name
        main = self._everybody("main", in_person=data["in_person"])
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
            copies=self._everybody("copies"),
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
            normative=data["normative"],
            reform=data["reform"],
        )

    def _everybody(self, name: str, *, in_person=False) -> tuple[Recipient, ...]:
        """Those picked and those named; superiors that are only named stand first."""
        picked = self.cleaned_data[name]
        named = self.outside(Addressed.MAIN if name == "main" else Addressed.COPY)
        above = tuple(one for one in named if one.rank == Rank.SUPERIOR)
        rest = tuple(one for one in named if one.rank != Rank.SUPERIOR)
        if in_person:
            above = tuple(_in_person(one) for one in above)
            picked = tuple(one if one.members else _in_person(one) for one in picked)
        return (*above, *picked, *rest)


def _in_person(recipient: Recipient) -> Recipient:
    return replace(recipient, rank=str(Rank.LEADER))


def _outsiders(content: Content) -> dict[str, Any]:
    """The rows of those who are named alone, as the form begins with them."""
    rows = [(one, Addressed.MAIN) for one in content.main]
    rows += [(one, Addressed.COPY) for one in content.copies]
    named = [(one, role) for one, role in rows if not one.members and one.organisation is None]
    found: dict[str, Any] = {}
    for at, (one, role) in enumerate(named):
        rank = Rank.SUPERIOR if one.rank == Rank.LEADER else one.rank
        found |= {f"{NAME}{at}": one.name, f"{RANK}{at}": str(rank), f"{ROLE}{at}": str(role)}
    return found


def begins_with(kind: str) -> dict[str, Any]:
    """What a new draft starts with: a kind, and the Office's text for it (P9, P19)."""
    kind = kind if kind in DocumentKind.values else str(DocumentKind.NOTICE)
    return {"kind": kind, "text": paper_templates.blocks_of(kind)}


def initial_of(record) -> dict[str, Any]:
    """What the form of a draft starts with: the version in force."""
    content = from_data(record.content)
    built = form_rules.built_title(content.issuer, content.subject, DocumentKind(content.kind))
    same = ("name", "kind", "subject", "urgency", "annotation", "disclosure")
    more = ("relays", "tendency", "reason_in_person", "authorisation", "normative", "reform")
    return {
        **{field: getattr(content, field) for field in (*same, *more)},
        "title": "" if content.title == built else content.title,
        **_outsiders(content),
        "in_person": any(one.rank == Rank.LEADER for one in content.main),
        "text": content.blocks,
        "answers": record.answers.register_number if record.answers else "",
    }
