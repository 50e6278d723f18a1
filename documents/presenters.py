"""What the page of a document shows, read in as few queries as it takes: no rules, no writing."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination import access, apart, calendars, duties, workflow
from coordination.models import Transition
from coordination.posts import Post

from .models import Attachment, Handling, HandlingProposal, IncomingDocument, Reading, Relation
from .routes import INCOMING
from .states import AGREED, HandlingState, RelationKind, ReviewPoint, Role
from .states import IncomingState as S
from .timeline import Entry, Stage, entries, extensions_of, stages

LINKS_SHOWN = 50
READERS_SHOWN = 300
TONES = {
    S.REGISTERED: "waiting",
    S.RETURNED: "returned",
    S.TO_PROPOSE: "waiting",
    S.AWAITING_INSTRUCTION: "waiting",
    S.IN_HANDLING: "active",
    S.REPLIED: "waiting",
    S.TO_ANSWER: "waiting",
    S.ANSWERED: "active",
    S.COMPLETED: "done",
    S.MERGED: "returned",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A handler's part with its lamp, files and what the viewer may do with it."""

    handling: Handling
    lamp: duties.Lamp
    files: list[Attachment]
    steps: list[workflow.Step]
    apart: list[str]


@dataclass(frozen=True, slots=True)
class Reader:
    """One seat's reading: when, by whom, with what remarks, and what the viewer may do."""

    reading: Reading
    taken: list[Transition]
    steps: list[workflow.Step]

    @property
    def read(self) -> Transition | None:
        """The step by which it was read."""
        return next((t for t in self.taken if t.action == "read"), None)

    @property
    def remarks(self) -> list[Transition]:
        """What was remarked, in order."""
        return [t for t in self.taken if t.opinion]


@dataclass(frozen=True, slots=True)
class Detail:
    """Everything the page of one document shows to one person."""

    document: IncomingDocument
    lamp: duties.Lamp
    tone: str
    files: list[Attachment]
    parts: list[Part]
    proposal: HandlingProposal | None
    steps: list[workflow.Step]
    apart: list[str]
    digest: str
    agreed: str
    waits_for: str
    stages: list[Stage]
    entries: list[Entry]
    readers: list[Reader]
    related: list[tuple[str, IncomingDocument]]

    @property
    def reading(self) -> list[Reader]:
        """The readings that wait for the viewer."""
        return [reader for reader in self.readers if any(step.waits for step in reader.steps)]

    @property
    def awaits(self) -> bool:
        """Whether the proposal still waits for its instruction."""
        return self.document.state == S.AWAITING_INSTRUCTION


def detail(person, document: IncomingDocument) -> Detail:
    """Read the page of `document` for `person`, who may see it."""
    calendar, now = calendars.current(), timezone.now()
    attachments = list(document.attachments.current().select_related("file"))
    files = [a for a in attachments if a.handling_id is None]
    handlings = list(
        document.handlings.select_related("organisation", "duty__assigned_under__seat")
    )
    for handling in handlings:
        handling.document = document
    proposals = document.proposals.select_related("lead", "laid_before__organisation")
    proposal = proposals.prefetch_related("co_handlers").order_by("-pk").first()
    readings = read_round(document)
    asked = extensions_of(person, document)
    everything = list(workflow.trail(document, *handlings, *readings, *asked))
    about = {(str(r._meta.model_name), r.pk): r for r in (*handlings, *readings, *asked)}
    parts = [
        Part(
            handling,
            duties.lamp(handling.duty, calendar, now),
            [a for a in attachments if a.handling_id == handling.pk],
            *apart.sorted_out(person, handling),
        )
        for handling in handlings
    ]
    steps, held_back = apart.sorted_out(person, document)
    steps = _ordered(steps, document)
    return Detail(
        document,
        duties.lamp(document.main_duty, calendar, now),
        TONES[S(document.state)],
        files,
        parts,
        proposal,
        steps,
        held_back,
        document.digest_of(files, proposal),
        AGREED,
        waits_for(document, handlings),
        stages(document, everything),
        entries(everything, about),
        readers(person, readings, everything),
        related(person, document),
    )


def _ordered(steps: list[workflow.Step], document: IncomingDocument) -> list[workflow.Step]:
    """What waits for the viewer first; no link to take off where none is."""
    if not getattr(document, "is_linked", True):
        steps = [step for step in steps if step.action != "unrelate"]
    return sorted(steps, key=lambda step: not step.waits)


def with_digests(documents: list[IncomingDocument]) -> list[tuple[IncomingDocument, str]]:
    """Each document with the digest of its content, read for all of them in two queries."""
    files: dict[int, list[Attachment]] = defaultdict(list)
    attached = Attachment.objects.current().filter(document__in=documents, handling=None)
    for attachment in attached.select_related("file"):
        files[attachment.document_id].append(attachment)
    proposals = HandlingProposal.objects.filter(document__in=documents).order_by("pk")
    last = {proposal.document_id: proposal for proposal in proposals}
    return [(row, row.digest_of(files[row.pk], last.get(row.pk))) for row in documents]


@dataclass(frozen=True, slots=True)
class Ended:
    """A part that ended, with the step that ended it."""

    handling: Handling
    step: Transition


def ended_parts(handlings: list[Handling]) -> list[Ended]:
    """Each part with who ended it, when, and why."""
    last = {t.object_id: t for t in workflow.trail(*handlings)} if handlings else {}
    return [Ended(handling, last[handling.pk]) for handling in handlings]


@dataclass(frozen=True, slots=True)
class Replies:
    """What the handlers said, with their files, and which co-handlers have not answered yet."""

    given: list[tuple[Handling, list[Attachment]]]
    missing: list[Handling]


def replies(document: IncomingDocument) -> Replies:
    """What is to be read before a reply is handed in or judged."""
    parts = list(document.handlings.open().select_related("organisation"))
    files: dict[int | None, list[Attachment]] = defaultdict(list)
    attached = document.attachments.current().filter(handling__in=parts).select_related("file")
    for attachment in attached:
        files[attachment.handling_id].append(attachment)
    given = [(part, files[part.pk]) for part in parts if part.reply]
    submitted = HandlingState.SUBMITTED
    missing = [part for part in parts if part.role == Role.CO and part.state != submitted]
    return Replies(given, missing)


@dataclass(frozen=True, slots=True)
class OwnPart:
    """What a unit keeps of a part that ended: its own acts, reply and files, and the reason."""

    handling: Handling
    lamp: duties.Lamp
    files: list[Attachment]
    entries: list[Entry]
    reason: str


def own_part(handling: Handling) -> OwnPart:
    """Read the page of a part without its document."""
    taken = list(workflow.trail(handling))
    return OwnPart(
        handling,
        duties.lamp(handling.duty, calendars.current()),
        list(handling.attachments.current().select_related("file")),
        entries(taken, {("handling", handling.pk): handling}),
        taken[-1].opinion,
    )


BACKWARD = {
    RelationKind.ANSWERS: _("Answered by"),
    RelationKind.FORWARDS: _("Forwarded by"),
    RelationKind.CONCERNS: _("Concerns the same matter as"),
    RelationKind.MERGED_INTO: _("Registered once more as"),
}


def related(person, document: IncomingDocument) -> list[tuple[str, IncomingDocument]]:
    """The documents linked to this one that `person` may see too, and how they stand to it."""
    if not getattr(document, "is_linked", True):
        return []
    mine = access.visible(person, IncomingDocument.objects.all()).values("pk")
    links = Relation.objects.touching(document).filter(document__in=mine, other__in=mine)
    found = []
    for link in links.select_related("document", "other").order_by("pk")[:LINKS_SHOWN]:
        if link.document_id == document.pk:
            words, other = str(link.get_kind_display()), link.other
        else:
            words, other = str(BACKWARD[RelationKind(link.kind)]), link.document
        if link.kind != RelationKind.MERGED_INTO and other.state == S.MERGED:
            other = other.survivor()
            if not access.may(person, "view", other):
                continue
        found.append((words, other))
    return found


def read_round(document: IncomingDocument) -> list[Reading]:
    """The seats that were given the document to read, in their order."""
    if not getattr(document, "is_circulated", True):
        return []
    rows = document.readings.select_related("seat__organisation").order_by("seat__order", "pk")
    readings = list(rows[:READERS_SHOWN])
    for reading in readings:
        reading.document = document
    return readings


def readers(person, readings: list[Reading], steps: list[Transition]) -> list[Reader]:
    """Each reading with what came of it (`steps` of documents and parts are passed over)."""
    taken: dict[int, list[Transition]] = {}
    for transition in steps:
        if transition.content_type.model == "reading" and transition.action in ("read", "remark"):
            taken.setdefault(transition.object_id, []).append(transition)
    return [
        Reader(reading, taken.get(reading.pk, []), workflow.offered(person, reading))
        for reading in readings
    ]


def waits_for(document: IncomingDocument, handlings: list[Handling]) -> str:
    """Who is to act next, in words; empty when the document is closed."""
    if document.laid_before is not None:
        return str(document.laid_before)
    working = [part for part in handlings if part.state in ("assigned", "accepted")]
    if document.state == S.IN_HANDLING and working:
        return str(access.SEPARATOR).join(str(part.organisation) for part in working)
    steps = INCOMING.leaving(document.state)
    posts = dict.fromkeys(Post(post) for step in steps for post in step.awaited)
    return str(access.SEPARATOR).join(str(post.label) for post in posts)


def review_points(document: IncomingDocument) -> list[tuple[str, bool]]:
    """The five points of the preliminary review as they were judged, for the processing sheet."""
    actions = ("pass_review", "return_to_sender")
    judged = workflow.trail(document).filter(action__in=actions).last()
    confirmed = judged.details.get("points", []) if judged else []
    return [(str(point.label), point.value in confirmed) for point in ReviewPoint]
