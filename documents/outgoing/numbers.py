"""Numbers of papers: drawn in the registering transaction, gap-free, never given twice.

Source: 2012 Regulations art. 9 and 25; GB/T 9704-2012, 7.2.5. The ledger is append-only and
chained; a number that is used no more stays in it with its reason.
"""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.models import NumberCode, Series
from coordination.series import next_number
from coordination.workflow import Act
from documents.models import OutgoingDocument, PaperNumber, VoidedNumber

from .content import digest

SERIES = "paper:"  # before the code, in the names of the counters


def begun() -> list[Series]:
    """The series of which a number was ever drawn: one for each issuer, code and year."""
    found = Series.objects.filter(code__startswith=SERIES, last__gt=0)
    return list(found.select_related("organisation").order_by("-year", "organisation", "code"))


def codes_for(document: OutgoingDocument) -> list[NumberCode]:
    """The codes this paper can be numbered under: its issuer's for its kind, or for all kinds."""
    codes = list(NumberCode.objects.filter(organisation=document.issuer_id))
    named = [code for code in codes if document.kind in code.kinds]
    return named or [code for code in codes if not code.kinds]


def draw(act: Act, code: NumberCode) -> PaperNumber:
    """Draw the next number of `code` in the year of the signature; the caller's transaction.

    The counter stays locked until the transaction ends, so a crash leaves neither gap nor double.
    """
    document = act.record
    year = document.dated_on.year
    serial = next_number(document.issuer, SERIES + code.code, year)
    before = PaperNumber.objects.filter(
        organisation=document.issuer, code=code.code, year=year, serial=serial - 1
    ).first()
    row = PaperNumber(
        organisation=document.issuer,
        code=code.code,
        year=year,
        serial=serial,
        document=document,
        drawn_under=act.appointment,
        person=act.person,
        drawn_at=act.at,
        previous_digest=before.digest if before else "",
    )
    row.digest = _digest(row)
    row.save(force_insert=True)
    return row


def number_of(document: OutgoingDocument) -> PaperNumber | None:
    """The number the paper bears, if it bears one."""
    return document.numbers.filter(void=None).first()


def fits(document: OutgoingDocument, number: PaperNumber) -> bool:
    """Whether `number` can stay on the paper: of its issuer, for its kind, of the year it bears."""
    codes = {code.code for code in codes_for(document)}
    same_series = number.organisation_id == document.issuer_id and number.code in codes
    return same_series and document.dated_on is not None and number.year == document.dated_on.year


def void(act: Act, number: PaperNumber, reason: str) -> VoidedNumber:
    """Put on record that `number` is used no more, and why."""
    return VoidedNumber.objects.create(
        number=number,
        reason=reason,
        voided_under=act.appointment,
        person=act.person,
        at=act.at,
    )


def faults() -> Iterator[str]:
    """Where the ledger is broken, or a paper bears another number than it says."""
    yield from chain_faults()
    yield from _borne_faults()


def chain_faults() -> Iterator[str]:
    """Gaps in the series, and rows that are not what was written."""
    last: dict[tuple, PaperNumber] = {}
    for row in PaperNumber.objects.order_by("organisation", "code", "year", "serial").iterator():
        key = (row.organisation_id, row.code, row.year)
        before = last.get(key)
        expected = before.serial + 1 if before else 1
        if row.serial != expected:
            yield _("%(number)s: the number before it is missing") % {"number": row}
        if row.digest != _digest(row) or row.previous_digest != (before.digest if before else ""):
            yield _("%(number)s was changed in the ledger") % {"number": row}
        last[key] = row


def _borne_faults() -> Iterator[str]:
    """Numbers in use that no paper bears, and numbers borne that are not in use."""
    for row in PaperNumber.objects.filter(void=None).select_related("document").iterator():
        if row.document.document_number != str(row):
            yield _("%(number)s is in use, but its paper bears another number") % {"number": row}
    borne = OutgoingDocument.objects.exclude(document_number="")
    for paper in borne.exclude(numbers__in=PaperNumber.objects.filter(void=None)).iterator():
        yield _("%(number)s is borne by a paper, but not in use in the ledger") % {
            "number": paper.document_number
        }


def _digest(row: PaperNumber) -> str:
    return digest(
        {
            "organisation": row.organisation_id,
            "number": str(row),
            "document": row.document_id,
            "under": row.drawn_under_id,
            "person": row.person_id,
            "at": timezone.localtime(row.drawn_at).timestamp(),
            "before": row.previous_digest,
        }
    )
