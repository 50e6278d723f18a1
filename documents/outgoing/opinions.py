"""Which opinions on a paper stand: the legal one on its very text, and who countersigned it."""

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from coordination.models import Organisation
from documents.models import Consultation, OutgoingDocument
from documents.states import ConsultationState, Finding

from .content import Content, from_data

LEGAL, COUNTERSIGNATURE = "legal_opinion", "countersignature"  # the two routes


def legal_officers() -> Organisation | None:
    """The group that gives legal opinions (A9): the one with a seat for it."""
    found = Organisation.objects.filter(seats__post="legal_officer", seats__closed_on=None)
    return found.order_by("pk").first()


def legal_opinion(document: OutgoingDocument) -> Consultation | None:
    """The legal opinion asked or given last that did not lapse; None where there is none."""
    rows = document.consultations.standing().filter(route_name=LEGAL)
    return rows.order_by("pk").last()


def is_needed(document: OutgoingDocument, content: Content) -> bool:
    """Whether it goes on only with a legal opinion (A9): it is marked so, or was found unlawful or
    to be amended when it was, and taking the mark off does not undo that.
    """
    if content.needs_legal_opinion:
        return True
    found = document.consultations.filter(route_name=LEGAL).exclude(finding="").last()
    return found is not None and found.finding != Finding.LAWFUL


def not_needed(document: OutgoingDocument) -> str:
    """Why nobody asks for the legal opinion on it: no article asks for one; mostly empty (A9)."""
    if is_needed(document, from_data(document.content)):
        return ""
    return _("The draft is marked neither as a normative document nor as a reform measure.")


def needing() -> Q:
    """`is_needed`, as a condition on papers."""
    found = Consultation.objects.filter(document=OuterRef("pk"), route_name=LEGAL)
    last = found.exclude(finding="").order_by("-pk").values("finding")[:1]
    papers = OutgoingDocument.objects.annotate(found=Subquery(last)).exclude(found=None)
    faulty = papers.exclude(found=Finding.LAWFUL)
    marked = Q(version__content__normative=True) | Q(version__content__reform=True)
    return marked | Q(pk__in=faulty.values("pk"))


def covers(opinion: Consultation | None, document: OutgoingDocument) -> bool:
    """Whether it says that this very text is lawful."""
    return (
        opinion is not None
        and opinion.state == ConsultationState.GIVEN
        and opinion.finding == Finding.LAWFUL
        and opinion.version_id == document.version_id
    )


def legal_fault(document: OutgoingDocument) -> str:
    """Why a paper that needs the legal opinion cannot go on, in words; empty where it can."""
    opinion = legal_opinion(document)
    if covers(opinion, document):
        return ""
    if opinion is None:
        return _("It is a normative document or a reform measure: ask for the legal opinion first.")
    if opinion.state == ConsultationState.ASKED:
        return _("The legal opinion is still awaited.")
    if opinion.version_id != document.version_id:
        return _("The legal opinion is on an earlier text. Ask for it again.")
    return _("The legal opinion is “%(finding)s”. Change the text and ask again.") % {
        "finding": opinion.get_finding_display()
    }


def countersignatures(document: OutgoingDocument):
    """The countersignatures asked and not taken back, in the order they were asked."""
    rows = document.consultations.standing().filter(route_name=COUNTERSIGNATURE)
    return rows.select_related("organisation")


def is_unsettled(row: Consultation) -> bool:
    """Whether it is a countersignature that was asked, and the unit has not agreed."""
    standing = row.state in (ConsultationState.ASKED, ConsultationState.GIVEN)
    agreed = row.finding in (Finding.AGREED, Finding.REMARKS)
    return row.route_name == COUNTERSIGNATURE and standing and not agreed


def unsettled(document: OutgoingDocument) -> tuple[str, ...]:
    """The units that were asked and have not agreed, by name."""
    rows = [row for row in countersignatures(document) if is_unsettled(row)]
    return tuple(row.organisation.short_name for row in rows)


def awaited(document: OutgoingDocument) -> tuple[str, ...]:
    """The units whose countersignature is still to come, by name."""
    rows = countersignatures(document).filter(state=ConsultationState.ASKED)
    return tuple(row.organisation.short_name for row in rows)
