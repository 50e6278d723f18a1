"""What the pages of the outgoing line show, read in as few queries as it takes."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from coordination import access, apart, calendars, duties, workflow
from coordination.models import Transition
from documents import comparison, form_rules
from documents.models import Consultation, Laying, OutgoingDocument, PaperVersion, SealUse
from documents.paper.web import render_html
from documents.states import ConsultationState
from documents.states import PaperState as S
from documents.timeline import Entry, Stage, entries

from . import checks, opinions, seals
from .consulting import BEFORE_SIGNATURE
from .content import Content, Recipient, everybody, from_data
from .layout import paper_of
from .routes import PATHS

TONES = {
    S.DRAFT: "active",
    S.HEAD_REVIEW: "waiting",
    S.REVIEW: "waiting",
    S.TO_SIGN: "waiting",
    S.SIGNED: "active",
    S.CHECKED: "active",
    S.NUMBERED: "active",
    S.ISSUED: "done",
    S.REVOKED: "returned",
    S.REPEALED: "returned",
    S.DROPPED: "returned",
}
ENDED = (S.REVOKED, S.REPEALED, S.DROPPED)
SIGNING = [
    replace(path, steps=tuple(step for step in path.steps if step.action == "sign"))
    for path in PATHS
]
VERSIONS_SHOWN = 50
OPINIONS_SHOWN = 3
FORWARD = (
    "draft", "submit", "agree", "review", "sign", "pass_check", "register", "seal", "issue"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Detail:
    """Everything the page of one paper shows to one person."""

    document: OutgoingDocument
    content: Content
    tone: str
    stages: list[Stage]
    steps: list[workflow.Step]
    apart: list[str]
    remarks: list[tuple[form_rules.Remark, str]]
    entries: list[Entry]
    versions: list[PaperVersion]
    changed: list[comparison.Row | comparison.Gap]
    seen_before: PaperVersion | None
    reading: str
    digest: str
    opinions: list["Opinion"]
    legal_fault: str
    seal_uses: list[tuple[SealUse, bool]]
    seal_missing: str

    @property
    def said(self) -> list[Entry]:
        """The latest opinions of those before, for whoever decides next."""
        return [one for one in self.entries if one.opinion][:OPINIONS_SHOWN]

    @property
    def groups(self) -> list[Recipient]:
        """The recipients named by the words of a group, with the members as drafted."""
        return [one for one in (*self.content.main, *self.content.copies) if one.members]

    @property
    def outside(self) -> list[Recipient]:
        """The recipients outside this system."""
        rows = everybody((*self.content.main, *self.content.copies))
        return [one for one in rows if one.organisation is None]


@dataclass(frozen=True, slots=True)
class Opinion:
    """An opinion asked on a paper, as a line of its page shows it to one person."""

    row: Consultation
    lamp: duties.Lamp
    version: int
    covers: bool  # it is on the text in force
    steps: list[workflow.Step]


@dataclass(frozen=True, slots=True)
class Asked:
    """The page of an opinion asked, for whoever may see it."""

    content: Content
    reading: str
    lamp: duties.Lamp
    steps: list[workflow.Step]
    apart: list[str]
    entries: list[Entry]
    changed: list[comparison.Row | comparison.Gap]
    digest: str


def detail(person, document: OutgoingDocument) -> Detail:
    """Read the page of `document` for `person`, who may see it."""
    content = from_data(document.content)
    taken = list(workflow.trail(document))
    uses, beside = seals.uses_of(document), _opinions(person, document)
    steps, held_back = apart.sorted_out(person, document)
    versions = document.versions.select_related("person").defer("content").order_by("-serial")
    before = _last_read(person, taken, document)
    changed: list[comparison.Row | comparison.Gap] = []
    old = from_data(before.content).blocks if before is not None else content.blocks
    if old != content.blocks:
        changed = list(comparison.changes(comparison.compare(old, content.blocks)))
    return Detail(
        document,
        content,
        TONES[S(document.state)],
        stages(document, taken, sealed=any(counts for _use, counts in uses)),
        sorted(steps, key=lambda step: not step.waits),
        held_back,
        _remarks(content, beside),
        _with_whom(document, entries(taken, {})),
        list(versions[:VERSIONS_SHOWN]),
        changed,
        before,
        render_html(paper_of(document, content), _seal(document, uses)),
        document.content_digest(),
        beside,
        _legal_fault(document, content),
        uses,
        seals.not_to_be_issued(document) if document.state == S.NUMBERED else "",
    )


def _with_whom(document: OutgoingDocument, shown: list[Entry]) -> list[Entry]:
    """The lines of the course; where a step laid the paper before somebody, with whom."""
    rows = Laying.objects.filter(document=document).select_related("seat__organisation")
    laid: defaultdict[datetime, list[str]] = defaultdict(list)
    for row in rows:
        laid[row.at].append(str(row.seat))
    # of several steps at one moment the last ones laid it; the latest line stands first
    return [
        replace(one, note=f"→ {laid[one.when].pop()}") if laid[one.when] and not one.note else one
        for one in shown
    ]


def _seal(document: OutgoingDocument, uses: list[tuple[SealUse, bool]]) -> str | None:
    """Where the picture of its seal is for whoever reads the paper; see `render_html`."""
    counting = [use for use, counts in reversed(uses) if counts]
    if not counting:
        return None
    return reverse("papers:seal_picture", args=[document.pk]) if counting[0].image_id else ""


def _remarks(content: Content, beside: list[Opinion]) -> list[tuple[form_rules.Remark, str]]:
    """The rules of form as they judge it now, each with its clause."""
    unsettled = tuple(
        one.row.organisation.short_name for one in beside if opinions.is_unsettled(one.row)
    )
    remarks = form_rules.judge(content.draft(unsettled))
    return [(remark, checks.cited(remark.cites)) for remark in remarks]


def _legal_fault(document: OutgoingDocument, content: Content) -> str:
    """Why it cannot go on without the legal opinion, while opinions still matter."""
    needed = _is_open(document) and opinions.is_needed(document, content)
    return opinions.legal_fault(document) if needed else ""


def _is_open(document: OutgoingDocument) -> bool:
    """Whether opinions can still change anything on it."""
    return document.state in BEFORE_SIGNATURE


def _opinions(person, document: OutgoingDocument) -> list[Opinion]:
    """What was asked on the paper, in the order it was asked."""
    rows = document.consultations.select_related(
        "organisation", "duty", "version", "given_under__person"
    ).order_by("pk")
    calendar, now = calendars.current(), timezone.now()
    found = []
    for row in rows:
        row.document = document
        found.append(
            Opinion(
                row,
                duties.lamp(row.duty, calendar, now),
                row.version.serial,
                row.version_id == document.version_id,
                workflow.offered(person, row),
            )
        )
    return found


def text_of(row: Consultation) -> PaperVersion:
    """The text whoever is asked may read: the one in force until it is signed, then their own."""
    document = row.document
    if _is_open(document) and row.state != ConsultationState.TAKEN_BACK and document.version:
        return document.version
    return row.version


def asked(person, row: Consultation) -> Asked:
    """Read the page of an opinion for `person`, who may see it."""
    shown = text_of(row)
    content = from_data(shown.content)
    steps, held_back = apart.sorted_out(person, row)
    old = from_data(row.version.content).blocks
    changed: list[comparison.Row | comparison.Gap] = []
    if old != content.blocks:
        changed = list(comparison.changes(comparison.compare(old, content.blocks)))
    return Asked(
        content,
        render_html(paper_of(row.document, content)),
        duties.lamp(row.duty, calendars.current()),
        steps,
        held_back,
        entries(list(workflow.trail(row)), {}),
        changed,
        row.content_digest(),
    )


def asked_rows(rows) -> list[tuple[Consultation, duties.Lamp]]:
    """Each opinion asked with its lamp."""
    calendar, now = calendars.current(), timezone.now()
    return [(row, duties.lamp(row.duty, calendar, now)) for row in rows]


def _last_read(person, taken: list[Transition], document) -> PaperVersion | None:
    """The version this person last decided on or wrote, where the one in force is another."""
    decided = [t.content_digest for t in taken if t.person_id == person.pk]
    known = Q(person=person) | Q(digest__in=decided)
    last = document.versions.filter(known).order_by("-serial").first()
    return None if last is None or last.pk == document.version_id else last


def stages(
    document: OutgoingDocument, taken: list[Transition], *, sealed: bool = False
) -> list[Stage]:
    """The route of this paper as stages: done with who and when, current, to do.

    What was done before a paper came back is done no more; nor is the sealing of another version.
    """
    route = workflow.route_of(document)
    way = {step.action: step for step in reversed(route.steps) if step.action in FORWARD}
    order = [action for action in FORWARD if action in way]
    if document.kind in seals.UNSEALED:
        order.remove("seal")
    last: dict[str, Transition] = {}
    for transition in taken:
        if transition.action in way:
            last[transition.action] = transition
    ended = document.state in ENDED
    waiting = [action for action in order if way[action].source == document.state]
    current = next((a for a in waiting if not (sealed and a == "seal")), None)
    place = order.index(current) if current else len(order)
    drawn = []
    for number, action in enumerate(order):
        label = str(way[action].label)
        if number < place and action in last:
            done = last[action]
            drawn.append(Stage(label, "done", str(done.person), done.at))
        elif action == current and not ended:
            drawn.append(Stage(label, "current"))
        else:
            drawn.append(Stage(label, "skipped" if ended else "todo"))
    return drawn


def to_sign(person):
    """The papers that wait for `person`'s signature, urgent ones first."""
    waits = workflow.waiting(person, *SIGNING)
    mine = access.visible(person, OutgoingDocument.objects.for_inbox(waits))
    return mine.select_related("version", "originator", "issuer", "signed_under__person")


def readings(documents) -> list[tuple[OutgoingDocument, str, str, Transition | None]]:
    """Each paper with how it reads, the digest of what is read, and the latest opinion on it."""
    documents = list(documents)
    said = {
        step.object_id: step
        for step in (workflow.trail(*documents) if documents else ())
        if step.opinion
    }
    return [
        (one, render_html(paper_of(one)), one.content_digest(), said.get(one.pk))
        for one in documents
    ]


def versions_side_by_side(old: PaperVersion, new: PaperVersion):
    """The rows of the comparison of two versions' texts."""
    before, after = from_data(old.content), from_data(new.content)
    return comparison.changes(comparison.compare(before.blocks, after.blocks))
