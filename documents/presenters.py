"""What the page of a document shows, read in as few queries as it takes: no rules, no writing."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coordination import access, apart, calendars, duties, workflow
from coordination.models import Transition
from coordination.posts import Post

from .models import Attachment, Handling, HandlingProposal, IncomingDocument, Reading, Relation
from .routes import INCOMING
from .states import AGREED, ReadingState, RelationKind, ReviewPoint
from .states import IncomingState as S

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
STAGES = (
    (("register",), _("Registered")),
    (("pass_review", "return_to_sender"), _("Reviewed")),
    (("propose_handling",), _("Proposed")),
    (("instruct", "transfer"), _("Assigned")),
    (("take_reply",), _("Replied")),
    (("accept_reply",), _("Accepted")),
    (("answer_sender",), _("Answered")),
    (("complete", "file_for_information"), _("Completed")),
)
AT_STAGE = {
    S.REGISTERED: 1,
    S.RETURNED: 1,
    S.TO_PROPOSE: 2,
    S.AWAITING_INSTRUCTION: 3,
    S.IN_HANDLING: 4,
    S.REPLIED: 5,
    S.TO_ANSWER: 6,
    S.ANSWERED: 7,
    S.COMPLETED: 8,
    S.MERGED: 1,
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the route as drawn."""

    label: str
    status: str  # done, current, todo, skipped
    who: str = ""
    when: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the time line, in words."""

    when: datetime
    who: str
    acting_as: str
    what: str
    opinion: str
    cites: str


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
    everything = list(workflow.trail(document, *handlings, *readings))
    steps_taken = [t for t in everything if t.content_type.model != "reading"]
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
        stages(document, steps_taken),
        entries(steps_taken, handlings),
        readers(person, readings, everything),
        related(person, document),
    )


def _ordered(steps: list[workflow.Step], document: IncomingDocument) -> list[workflow.Step]:
    """What waits for the viewer first; no link to take off where none is."""
    if not getattr(document, "is_linked", True):
        steps = [step for step in steps if step.action != "unrelate"]
    return sorted(steps, key=lambda step: not step.waits)


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
    seen = access.visible(person, IncomingDocument.objects.all()).values("pk")
    links = Relation.objects.touching(document).filter(document__in=seen, other__in=seen)
    found = []
    for link in links.select_related("document", "other").order_by("pk")[:LINKS_SHOWN]:
        if link.document_id == document.pk:
            found.append((str(link.get_kind_display()), link.other))
        else:
            found.append((str(BACKWARD[RelationKind(link.kind)]), link.document))
    return found


def read_round(document: IncomingDocument) -> list[Reading]:
    """The seats that were given the document to read, in their order."""
    if not getattr(document, "is_circulated", True):
        return []
    rows = document.readings.select_related("seat__organisation").order_by("seat__order", "pk")
    readings = list(rows.exclude(state=ReadingState.TAKEN_BACK)[:READERS_SHOWN])
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


def stages(document: IncomingDocument, taken: list[Transition]) -> list[Stage]:
    """The route as stages: done with who and when, current, to do, or left out."""
    here = AT_STAGE[S(document.state)]
    last = {t.action: t for t in taken if t.content_type.model == "incomingdocument"}
    drawn = []
    for place, (actions, label) in enumerate(STAGES):
        done = next((last[action] for action in actions if action in last), None)
        if place < here and done is not None:
            drawn.append(Stage(str(label), "done", _by(done), done.at))
        elif place < here:
            drawn.append(Stage(str(label), "skipped"))
        elif place == here and document.is_open:
            drawn.append(Stage(str(label), "current"))
        else:
            drawn.append(Stage(str(label), "todo" if document.is_open else "skipped"))
    return drawn


def _by(transition: Transition) -> str:
    """Who took a step; by a stand-in, both names."""
    if transition.delegation_id is None:
        return str(transition.person)
    return gettext("%(person)s for %(principal)s") % {
        "person": transition.person,
        "principal": transition.acting_as.person,
    }


def entries(taken: list[Transition], handlings: list[Handling]) -> list[Entry]:
    """The time line, latest first; a handler's line names the handler."""
    by_pk = {handling.pk: handling for handling in handlings}
    found = []
    for transition in reversed(taken):
        what = workflow.label_of(transition)
        if transition.content_type.model == "handling":
            part = by_pk[transition.object_id]
            what = f"{part.organisation.short_name}（{part.get_role_display()}）: {what}"
        found.append(
            Entry(
                transition.at,
                str(transition.person),
                workflow.acted_as(transition),
                what,
                "" if transition.cause_id else transition.opinion,
                transition.cites,
            )
        )
    return found


def review_points(document: IncomingDocument) -> list[tuple[str, bool]]:
    """The five points of the preliminary review as they were judged, for the processing sheet."""
    actions = ("pass_review", "return_to_sender")
    judged = workflow.trail(document).filter(action__in=actions).last()
    confirmed = judged.details.get("points", []) if judged else []
    return [(str(point.label), point.value in confirmed) for point in ReviewPoint]
