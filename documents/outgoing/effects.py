"""What follows from a step of an outgoing document. Rows only."""

from django.utils import timezone

from coordination import access, notices
from coordination.models import Seat
from coordination.posts import DRAFTING_DESK, OFFICE_DESK
from coordination.workflow import Act
from documents import filed
from documents.models import Laying

from . import numbers, reviewers, seals

NO_LONGER_FITS = "重新签发后文号不再适用"  # the ledger is in Chinese, as papers are
LAYING = ("paper_laid", "paper_changed")  # what whoever it lies before was told
DRAFTING = ("paper_returned",)  # what its drafters were told until it is submitted or dropped
CHECKING = ("paper_signed",)  # what the desk was told until it checks the paper


def lay_before_director(act: Act) -> None:
    """It lies before the Office's director."""
    _first_laid(act, reviewers.director())


def lay_before_head(act: Act) -> None:
    """It lies before the head whom C11 means."""
    _first_laid(act, reviewers.head(act.record.originator))


def lay_before_own_head(act: Act) -> None:
    """It lies before the head of the group that drafted it (B15)."""
    _first_laid(act, reviewers.own_head(act.record.originator))


def _first_laid(act: Act, seat: Seat | None) -> None:
    notices.end(subject=act.record, codes=DRAFTING, at=act.at)
    if act.record.submitted_at is None:
        act.record.submitted_at = act.at
    if seat is not None:
        lay(act, seat)


def lay_before_signatory(act: Act) -> None:
    """It lies before the leader or the deputy who was chosen."""
    lay(act, act.data["laid_before"])


def lay(act: Act, seat: Seat, code: str = "paper_laid", **told) -> None:
    """The paper waits for this seat and no other; whoever holds it is told."""
    document = act.record
    notices.end(subject=document, codes=(*LAYING, *CHECKING), at=act.at)
    document.laid_before, document.laid_at = seat, act.at
    document.save()
    Laying.objects.create(document=document, seat=seat, at=act.at)
    _tell_holder(act, seat, code, **told)


def lay_no_more(act: Act) -> None:
    """It waits on nobody's desk."""
    notices.end(subject=act.record, codes=LAYING, at=act.at)
    act.record.laid_before = act.record.laid_at = None
    act.record.save()


def tell_returned(act: Act) -> None:
    """The drafters hear why it came back."""
    _tell(act, act.record.originator, DRAFTING_DESK, "paper_returned", reason=act.opinion)


def tell_withdrawn(act: Act) -> None:
    """Whoever had it before them hears that it is not theirs to decide any more."""
    _tell_holder(act, act.record.laid_before, "paper_withdrawn", reason=act.opinion)


def put_signature(act: Act) -> None:
    """The signature covers the version in force; its day is the date of the document (art. 9)."""
    document = act.record
    document.signed_version, document.signed_under = document.version, act.appointment
    document.dated_on = timezone.localdate(act.at)
    document.save()


def tell_signed(act: Act) -> None:
    """The Office's desk is to check it; its drafters hear that it is signed."""
    document, office = act.record, reviewers.the(reviewers.Kind.GROUP_OFFICE)
    _tell(act, office, OFFICE_DESK, "paper_signed")
    if document.originator != office:
        _tell(act, document.originator, DRAFTING_DESK, "paper_signed")


def void_signature(act: Act) -> None:
    """What was signed is changed: the signature is void, it lies before the same seat (art. 25)."""
    document = act.record
    seat = document.signed_under.seat
    document.signed_version = document.signed_under = document.dated_on = None
    lay(act, seat, "paper_changed", reason=act.opinion)


def tell_slip_corrected(act: Act) -> None:
    """Whoever signed hears which slip was mended."""
    _tell_holder(act, act.record.signed_under.seat, "paper_corrected", reason=act.opinion)


def end_drafting(act: Act) -> None:
    """A dropped draft asks nobody for anything; a number it still bore is used no more."""
    notices.end(subject=act.record, codes=DRAFTING, at=act.at)
    void_number(act)


def end_checking(act: Act) -> None:
    """The desk has checked it."""
    notices.end(subject=act.record, codes=CHECKING, at=act.at)


def draw_number(act: Act) -> None:
    """The number of the series, in this very transaction (art. 25).

    One drawn before a change stays where it still fits; otherwise it is void.
    """
    document = act.record
    document.copies = act.data["copies"]
    held = numbers.number_of(document)
    if held is not None and not numbers.fits(document, held):
        numbers.void(act, held, NO_LONGER_FITS)
        held = None
    document.document_number = str(held or numbers.draw(act, act.data["code"]))
    document.save()


def void_number(act: Act) -> None:
    """The number, if it bears one, is used no more; the ledger keeps it with the reason."""
    held = numbers.number_of(act.record)
    if held is not None:
        numbers.void(act, held, act.opinion)
    act.record.document_number = ""
    act.record.save()


def enter_seal(act: Act) -> None:
    """The seal register has this use from now on, with signature, number and keeper (B8)."""
    seals.put_on_paper(act)


def note_issue(act: Act) -> None:
    """The day it was issued (印发日期)."""
    act.record.issued_on = act.data["issued_on"]
    act.record.save()


def void_from_the_start(act: Act) -> None:
    """Revoked: void from the day it is dated (art. 33)."""
    act.record.void_from = act.record.dated_on
    act.record.save()
    filed.note_void(act)


def void_from_a_day(act: Act) -> None:
    """Repealed: void from the day named (art. 33)."""
    act.record.void_from = act.data["void_from"]
    act.record.save()
    filed.note_void(act)


def _tell_holder(act: Act, seat: Seat | None, code: str, **params) -> None:
    """Tell whoever holds the seat, if somebody does."""
    held = access.holder(seat) if seat is not None else None
    notices.notify(
        [held.person] if held else [],
        code,
        key=f"step:{act.transition.pk}:{code}",
        params={"title": act.record.inbox_title, **params},
        subject=act.record,
    )


def _tell(act: Act, organisation, posts, code: str, **params) -> None:
    notices.notify_posts(
        [organisation],
        posts,
        code,
        key=f"step:{act.transition.pk}:{code}:{organisation.pk}",
        params={"title": str(act.record), **params},
        subject=act.record,
    )
