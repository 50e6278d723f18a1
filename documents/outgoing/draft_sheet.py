"""发文稿纸: the processing draft sheet of an outgoing paper as PDF, after GB/T 826-1989.

Without 密级, for nothing classified enters here, and without 主题词, dropped in 2012.
"""

from dataclasses import dataclass
from datetime import datetime

from coordination import workflow
from coordination.models import Transition
from documents.models import OutgoingDocument
from documents.printing import form_pdf
from documents.states import ConsultationState, Disclosure

from . import opinions
from .content import from_data

REVIEWING = ("review", "agree")
BEGINNING_ANEW = ("submit", "return_to_drafter", "return_for_review", "withdraw")


@dataclass(frozen=True, slots=True)
class Opinion:
    """An opinion from beside the route: of whom, what it says, by whom and when.

    `signed`: the post and name as printed, with 代 and for whom where it is a stand-in's.
    """

    of: str
    words: str
    signed: str = ""
    at: datetime | None = None


def render(document: OutgoingDocument) -> bytes:
    """Return the PDF of the sheet: every opinion of the route in order, returned ones too, and
    those from beside it that stand.
    """
    return form_pdf("papers/draft_sheet.html", lambda: _context(document))


def beside(document: OutgoingDocument, route_name: str) -> list[Opinion]:
    """The opinions of this kind that were given on the paper and stand, in order."""
    rows = document.consultations.filter(state=ConsultationState.GIVEN, route_name=route_name)
    found = []
    for row in rows.select_related("organisation"):
        last = workflow.trail(row).filter(action__in=("give", "give_anew")).last()
        words = "：".join(filter(None, (row.get_finding_display(), row.opinion)))
        signed = f"{workflow.acted_as(last)} {last.person}" if last else ""
        found.append(Opinion(row.organisation.name, words, signed, row.given_at))
    return found


def _context(document: OutgoingDocument) -> dict:
    taken = list(workflow.trail(document))
    content = from_data(document.content)
    return {
        "document": document,
        "content": content,
        "disclosure": Disclosure(content.disclosure).label,
        "signed": _signature(document, taken),
        "reviewed": _reviews(taken),
        "checked": _last(taken, "pass_check") if document.signed_version_id else None,
        "registered": _last(taken, "register") if document.document_number else None,
        "countersigned": beside(document, opinions.COUNTERSIGNATURE),
        "legal": beside(document, opinions.LEGAL),
        "course": [(workflow.label_of(one), one) for one in taken],
    }


def _last(taken: list[Transition], *actions: str) -> Transition | None:
    return next((one for one in reversed(taken) if one.action in actions), None)


def _signature(document: OutgoingDocument, taken: list[Transition]) -> Transition | None:
    """The signature that holds; one that is void stands in the course alone."""
    return _last(taken, "sign") if document.signed_version_id else None


def _reviews(taken: list[Transition]) -> list[Transition]:
    """The reviews that hold: those since the paper last went back or was submitted."""
    found: list[Transition] = []
    for one in taken:
        if one.action in BEGINNING_ANEW:
            found = []
        elif one.action in REVIEWING:
            found.append(one)
    return found
