"""Sealing papers: which seal, what is left to be sealed, and the register of every use (用印登记).

Source: Office rules art. 8; 2012 Regulations art. 9 and 25. The register is append-only, gap-free
in each year and chained, as the ledger of numbers is; requests that are no papers stand in it too.
"""

from collections.abc import Iterator

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination import access, workflow
from coordination.models import Appointment, Person, StoredFile, Transition
from coordination.series import next_number
from coordination.workflow import Act, Reach
from documents.models import OutgoingDocument, Seal, SealUse
from documents.states import DocumentKind, PaperState

from . import numbers, reviewers
from .content import digest

SERIES = "seal_use"
UNSEALED = (DocumentKind.MINUTES,)  # 纪要 bear no seal (art. 9; GB/T 9704-2012, 10.3)


def for_paper(document: OutgoingDocument):
    """The open seals of the body in whose name it goes out; where it has none, those that seal
    for it (代章).
    """
    seals = Seal.objects.open(timezone.localdate())
    own = seals.filter(organisation=document.issuer_id)
    return seals.filter(
        Q(pk__in=own.values("pk"))
        | Q(pk__in=seals.filter(proxy_for=document.issuer_id).values("pk")) & ~Exists(own)
    )


def uses_of(document: OutgoingDocument) -> list[tuple[SealUse, bool]]:
    """Every use for this paper, latest first, and whether it counts: for the version in force,
    under a number that is not void.
    """
    rows = document.seal_uses.select_related("seal", "person", "version", "number__void")
    return [
        (row, row.version_id == document.version_id and not hasattr(row.number, "void"))
        for row in rows.order_by("-pk")
    ]


def in_force(document: OutgoingDocument):
    """The uses that count for this paper."""
    return SealUse.objects.in_force(document=document.pk, version=document.version_id)


def shown(document: OutgoingDocument) -> SealUse | None:
    """The use whose picture, or marked place, the paper shows wherever it is read; None where it
    is not sealed as it stands.
    """
    return in_force(document).select_related("image").order_by("pk").first()


def picture_of(document: OutgoingDocument) -> StoredFile | None:
    """The picture that the paper shows; None where it shows none. Who may have it, the caller
    asks: whoever may read the sealed paper.
    """
    use = shown(document)
    return use.image if use else None


def sealed(document: OutgoingDocument) -> int:
    """How many copies of the version in force bear the seal."""
    return sum(in_force(document).values_list("copies", flat=True))


def left(document: OutgoingDocument) -> int:
    """How many registered copies are still to be sealed."""
    return max(0, document.copies - sealed(document))


def nothing_to_seal(document: OutgoingDocument) -> str:
    """Why nobody seals it: minutes bear none, or every copy registered is sealed."""
    if document.kind in UNSEALED:
        return _("Minutes bear no seal.")
    if not left(document):
        return _("All %(count)s copies registered are sealed.") % {"count": document.copies}
    return ""


def not_to_be_issued(document: OutgoingDocument) -> str:
    """Why it cannot be issued: it should bear a seal, and no copy of this version does."""
    if document.kind in UNSEALED or in_force(document).exists():
        return ""
    seals = for_paper(document).with_keeper()
    keepers = str(access.SEPARATOR).join(f"{seal.keeper}（{seal}）" for seal in seals)
    if not keepers:
        return _(
            "%(body)s has no seal here and none seals for it. The director of the Office sets "
            "one up on the page of seals."
        ) % {"body": document.issuer}
    return _("This version is not sealed yet. It is sealed by: %(keepers)s.") % {"keepers": keepers}


def _kept(paper: OutgoingDocument, held: Appointment) -> bool:
    return for_paper(paper).filter(keeper=held.seat_id).exists()


def _to_seal(held: access.Standing, posts) -> Q:
    seals = Seal.objects.open(timezone.localdate())
    kept = seals.filter(keeper__in=held.seats(posts))
    mine = Q(issuer__in=kept.values("organisation"))
    mine |= Q(issuer__in=kept.values("proxy_for")) & ~Q(issuer__in=seals.values("organisation"))
    unsealed = _numbered().filter(copies__gt=F("sealed"))
    return mine & ~Q(kind__in=UNSEALED) & Q(pk__in=unsealed.values("pk"))


def _numbered():
    """The papers of which copies are counted: those that bear a number and are not out yet."""
    return OutgoingDocument.objects.filter(state=PaperState.NUMBERED).with_sealed()


def _sealed_papers(held: access.Standing, posts) -> Q:
    if not held.holds(*posts):
        return Q(pk__in=[])
    counting = _numbered().filter(sealed__gt=0)
    return Q(kind__in=UNSEALED) | Q(pk__in=counting.values("pk"))


KEPT_BY = Reach(
    covers=lambda paper, held: not nothing_to_seal(paper) and _kept(paper, held),
    records=_to_seal,
    lent=False,  # the seal goes with its keeper's seat; the director gives it to another
    closed=nothing_to_seal,
)
SEALED = Reach(
    covers=lambda paper, held: not not_to_be_issued(paper),
    records=_sealed_papers,
    lent=False,
    closed=not_to_be_issued,
)


def approved_by(document: OutgoingDocument) -> Person | None:
    """Who signed it: the signatory, or who signed in their name."""
    last = workflow.trail(document).filter(action="sign").last()
    return last.person if last else None


def put_on_paper(act: Act) -> SealUse:
    """Enter the sealing of a paper, under the signature and the number it bears."""
    document, seal = act.record, act.data["seal"]
    return enter(
        act,
        SealUse(
            seal=seal,
            organisation=document.originator,
            document=document,
            version=document.version,
            number=numbers.number_of(document),
            matter=str(document),
            copies=act.data["copies"],
            reason="印发公文",  # the register is in Chinese, as papers are
            approver=document.signed_under,
            approved_by=approved_by(document) or document.signed_under.person,
            handled_by=document.begun_by,
        ),
    )


def enter(act: Act, row: SealUse) -> SealUse:
    """Write the next line of the register, in the caller's transaction.

    The counter stays locked until the transaction ends, so a crash leaves neither gap nor double.
    """
    row.year = timezone.localtime(act.at).year
    row.serial = next_number(reviewers.the(reviewers.Kind.GROUP_OFFICE), SERIES, row.year)
    before = SealUse.objects.filter(year=row.year, serial=row.serial - 1).first()
    row.used_at, row.keeper, row.person = act.at, act.appointment, act.person
    row.image, row.diameter_mm = row.seal.image, row.seal.diameter_mm
    row.remarks = act.opinion
    row.previous_digest = before.digest if before else ""
    row.digest = _digest(row)
    row.save(force_insert=True)
    return row


def faults() -> Iterator[str]:
    """Where the register is broken, or tells of what must not be."""
    yield from chain_faults()
    signed = Transition.objects.filter(
        content_type=ContentType.objects.get_for_model(OutgoingDocument),
        object_id=OuterRef("document_id"),
        action="sign",
        content_digest=OuterRef("version__digest"),
    )
    of_papers = SealUse.objects.exclude(document=None)
    for row in of_papers.filter(version__corrects=None).exclude(Exists(signed)).iterator():
        yield _("%(use)s is on a version that nobody signed") % {"use": row}
    for row in SealUse.objects.filter(approved_by=F("person")).iterator():
        yield _("%(use)s was approved and sealed by the same person") % {"use": row}
    for row in SealUse.objects.exclude(request=None).filter(request__approved_under=None):
        yield _("%(use)s is for a request that nobody approved") % {"use": row}
    for paper in OutgoingDocument.objects.with_sealed().filter(sealed__gt=F("copies")).iterator():
        yield _("paper %(paper)s: more copies are sealed than are registered") % {"paper": paper.pk}


def chain_faults() -> Iterator[str]:
    """Gaps in the years of the register, and lines that are not what was written."""
    last: dict[int, SealUse] = {}
    for row in SealUse.objects.order_by("year", "serial").iterator():
        before = last.get(row.year)
        if row.serial != (before.serial + 1 if before else 1):
            yield _("%(use)s: the line before it is missing") % {"use": row}
        if row.digest != _digest(row) or row.previous_digest != (before.digest if before else ""):
            yield _("%(use)s was changed in the seal register") % {"use": row}
        last[row.year] = row


def _digest(row: SealUse) -> str:
    return digest(
        {
            "use": str(row),
            "at": row.used_at.timestamp(),
            "before": row.previous_digest,
            "keys": [
                getattr(row, f"{name}_id")
                for name in (
                    "seal", "organisation", "document", "version", "number", "request",
                    "approver", "approved_by", "keeper", "person", "handled_by", "image",
                )
            ],
            "words": [row.matter, row.copies, row.reason, row.diameter_mm, row.remarks],
        }
    )  # fmt: skip
