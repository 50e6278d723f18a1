"""What is missing before a document can be filed: one table, asked of the database.

Each row is one condition on documents, so that the yearly page counts, the lines show and the
step refuses by the same rule (2012 Regulations art. 27). What can still be put right blocks; what
cannot, once a document is completed, may be filed with a reason.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.expressions import Combinable
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.models import Duty
from documents.filed import FILABLE
from documents.models import (
    Attachment,
    Delivery,
    Handling,
    IncomingDocument,
    OutgoingDocument,
    Reading,
)
from documents.querysets import CLOSED, OPEN_PARTS
from documents.states import DeliveryState, IncomingState, PaperLine, PaperState, ReadingState


@dataclass(frozen=True, slots=True)
class Gap:
    """Something missing: in words, where, and (in Chinese) as the list of items remarks it.

    What the list does not remark blocks: it is put right first.
    """

    code: str
    words: Any
    where: Q | Combinable
    remark: str = ""

    @property
    def blocks(self) -> bool:
        """Whether nothing is filed that lacks this."""
        return not self.remark

    @property
    def column(self) -> str:
        """The name of its answer beside each document."""
        return f"gap_{self.code}"


_COPIES = Delivery.objects.filter(document=OuterRef("pk"))
_PARTS = Handling.objects.filter(document=OuterRef("pk"))


def _owed(model: str):
    about = {"content_type__app_label": "documents", "content_type__model": model}
    return Exists(Duty.objects.open().filter(object_id=OuterRef("pk"), **about))


GAPS: dict[str, tuple[Gap, ...]] = {
    PaperLine.INCOMING: (
        Gap("open_part", _("A unit still works on it."), Exists(
            _PARTS.filter(state__in=OPEN_PARTS))),
        Gap("open_duty", _("A duty about it is still open."), Exists(
            _PARTS.filter(duty__isnull=False, duty__closed_at=None)) | _owed("incomingdocument")),
        Gap("unread", _("It is still being read round: wait, or take the readings back."),
            Exists(Reading.objects.filter(document=OuterRef("pk"), state=ReadingState.UNREAD))),
        Gap("no_file", _("No file of the received document is there."),
            ~Exists(Attachment.objects.current().filter(document=OuterRef("pk"), handling=None)),
            "缺来文电子件"),
        Gap("no_answer", _("It was handled, and no answer to the sender is on record."),
            Q(state=IncomingState.COMPLETED, answer="", handler__isnull=False), "无答复"),
    ),
    PaperLine.OUTGOING: (
        Gap("unsigned", _("The signature does not cover its text."),
            ~Q(signed_version__isnull=False, signed_version=F("version"))),
        Gap("no_number", _("It bears no number."), Q(document_number="")),
        Gap("open_duty", _("A duty about it is still open."), _owed("outgoingdocument")),
        Gap("report_open", _("A recipient still owes a report on it."), Exists(
            _COPIES.filter(duty__isnull=False, duty__closed_at=None))),
        Gap("unreceived", _("Not every recipient has signed for it."),
            Q(state=PaperState.ISSUED) & Exists(_COPIES.filter(state=DeliveryState.SENT)),
            "尚有收件单位未签收"),
        Gap("answers_open", _("The document it answers is not completed."),
            Q(answers__isnull=False) & ~Q(answers__state__in=CLOSED), "所复来文未办结"),
    ),
}  # fmt: skip


def _asked(condition: Q | Combinable):
    return ExpressionWrapper(condition, output_field=BooleanField())


def documents_of(line: str):
    """The documents of a line that can be filed and never were, each with what it lacks."""
    model: Any = OutgoingDocument if line == PaperLine.OUTGOING else IncomingDocument
    rows = model.objects.for_register().filter(state__in=FILABLE, filed_item=None)
    return asked(rows, line)


def asked(rows, line: str):
    """`rows` of documents of a line, with the answer to each question beside them."""
    return rows.annotate(**{gap.column: _asked(gap.where) for gap in GAPS[line]})


def of_year(rows, line: str, year: int):
    """Those of a year: of the signature, or of the register (DA/T 22-2015)."""
    field = "dated_on__year" if line == PaperLine.OUTGOING else "register_year"
    return rows.filter(**{field: year})


def year_of(document, line: str) -> int:
    """The year a document is filed under; what is not signed yet has none of its own."""
    if line == PaperLine.INCOMING:
        return document.register_year
    return (document.dated_on or timezone.localdate()).year


def lacks_something(line: str) -> Q:
    """The documents that lack something, as a condition on those asked."""
    condition = Q(pk__in=[])
    for gap in GAPS[line]:
        condition |= Q(**{gap.column: True})
    return condition


def lacking(rows, line: str):
    """Those that lack something."""
    return rows.filter(lacks_something(line))


def complete(rows, line: str):
    """Those that lack nothing."""
    return rows.filter(**{gap.column: False for gap in GAPS[line]})


def found(document, line: str) -> list[Gap]:
    """What one document lacks: read beside it already, or asked now."""
    if not hasattr(document, GAPS[line][0].column):
        document = asked(type(document)._default_manager.filter(pk=document.pk), line).get()
    return [gap for gap in GAPS[line] if getattr(document, gap.column)]
