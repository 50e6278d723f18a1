"""What follows when opinions are asked, given, or fall with the text they were on. Rows only."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from coordination import duties, notices, terms
from coordination.apart import Apart
from coordination.assigners import DECIDERS
from coordination.models import Duty, Organisation
from coordination.posts import ANSWERABLE, DRAFTING_DESK
from coordination.workflow import Act, follow
from documents.models import Consultation
from documents.states import (
    COUNTERSIGNING,
    LEGAL_FINDINGS,
    ConsultationState,
    Finding,
    PaperState,
    Urgency,
)

from . import opinions

KINDS = {
    opinions.LEGAL: Duty.Kind.LEGAL_OPINION,
    opinions.COUNTERSIGNATURE: Duty.Kind.COUNTERSIGN,
}
ASKED_ABOUT = ("consulted", "consulted_text_changed")
BEFORE_SIGNATURE = (PaperState.DRAFT, PaperState.HEAD_REVIEW, PaperState.REVIEW, PaperState.TO_SIGN)
NEEDS_WORDS = (Finding.AMEND, Finding.UNLAWFUL, Finding.REMARKS, Finding.DISAGREED)


class NotOnOnesOwnPaper(Apart):
    """Whoever drafted or edited a paper gives no opinion on it, in whatever post (P19)."""

    def why(self, act: Act) -> str:
        """That a version of the paper is the person's."""
        if not act.record.document.versions.filter(person=act.person).exists():
            return ""
        return _("You drafted this paper yourself, so another gives the opinion.")


def has_finding(act: Act) -> None:
    """An opinion comes to one of the findings of its kind, with words unless it simply agrees."""
    legal = act.record.route_name == opinions.LEGAL
    able = LEGAL_FINDINGS if legal else COUNTERSIGNING
    finding = act.data.get("finding")
    if finding not in able:
        raise ValidationError({"finding": _("Choose what your opinion is.")}, code="no_finding")
    if finding in NEEDS_WORDS and not act.opinion:
        raise ValidationError(
            {"opinion": _("Say what should be changed, or why.")}, code="reason_missing"
        )


def paper_is_open(act: Act) -> None:
    """Opinions are given until the paper is signed; then the text stands."""
    if act.record.document.state not in BEFORE_SIGNATURE:
        raise ValidationError(
            _("The paper is signed or dropped already; an opinion changes nothing any more."),
            code="signed",
        )


def legal_opinion_can_be_asked(act: Act) -> None:
    """It is asked once at a time, of a group that has an officer for it (A9)."""
    document = act.record
    opinion = opinions.legal_opinion(document)
    on_this = opinion is not None and opinion.version_id == document.version_id
    if opinion is not None and (on_this or opinion.state == ConsultationState.ASKED):
        raise ValidationError(
            _("The legal opinion on this text was asked for already."), code="asked"
        )
    if opinions.legal_officers() is None:
        raise ValidationError(_("No group gives legal opinions at present."), code="nobody")


def units_can_be_asked(act: Act) -> None:
    """Units other than the drafters themselves, each once at a time (P19)."""
    asked = list(act.data.get("organisations", ()))
    if not asked:
        raise ValidationError(
            {"organisations": _("Choose at least one unit.")}, code="nobody_asked"
        )
    own = [one for one in asked if one.pk == act.record.originator_id]
    standing = opinions.countersignatures(act.record).filter(organisation__in=asked)
    again = [row.organisation for row in standing]
    for rows, words in (
        (own, _("Drafted it itself: %(names)s.")),
        (again, _("Asked already: %(names)s.")),
    ):
        if rows:
            names = "、".join(one.short_name for one in rows)
            raise ValidationError({"organisations": words % {"names": names}}, code="not_these")


def answer_day_is_ahead(act: Act) -> None:
    """A day named for the answer is still to come."""
    moment = act.data.get("limit_at")
    if moment is not None and moment <= act.at:
        raise ValidationError({"limit_at": _("This moment is past already.")}, code="past")


def ask_legal(act: Act) -> None:
    """Ask the legal group for its opinion on this text (A9); an opinion on another one lapses."""
    before = opinions.legal_opinion(act.record)
    if before is not None:
        follow(act, before, "lapse")
    group = opinions.legal_officers()
    if group is not None:
        _ask(act, group, opinions.LEGAL)


def ask_units(act: Act) -> None:
    """Ask each chosen unit to countersign, in parallel (P19)."""
    for organisation in act.data["organisations"]:
        _ask(act, organisation, opinions.COUNTERSIGNATURE)


def _ask(act: Act, organisation: Organisation, route_name: str) -> None:
    """One question: its row, its duty with a day, the notice of it."""
    document, limit = act.record, act.data.get("limit_at")
    row = Consultation(
        route_name=route_name,
        document=document,
        version=document.version,
        organisation=organisation,
        question=act.opinion,
        asked_at=act.at,
        state="",
    )
    row = follow(act, row, "ask")
    # Who decides on a later day: the asker where the ledger knows them as one who assigns.
    under = act.appointment if act.appointment.seat.post in DECIDERS else None
    row.duty = duties.open_duty(
        organisation,
        KINDS[route_name],
        subject=row,
        title=document.title,
        cites=act.step.cites,
        started_at=act.at,
        assigned_under=under,
        urgent=document.urgency != Urgency.ORDINARY,
        by=act.person,
        **_limit(route_name, limit),
    )
    row.save()
    notices.notify_posts(
        [organisation],
        ANSWERABLE,
        "consulted",
        key=f"duty:{row.duty.pk}:asked",
        params={"title": document.inbox_title, **notices.due_params(row.duty)},
        subject=row,
        duty=row.duty,
    )


def _limit(route_name: str, moment: datetime | None) -> dict[str, Any]:
    """The day that was named, else the term of the charter."""
    if moment is not None:
        return {"limit_at": moment}
    return {"term": terms.current()[route_name]}


def note_opinion(act: Act) -> None:
    """Keep what was found and on which version; the duty is done, the drafters hear of it."""
    row = act.record
    row.version, row.given_under, row.given_at = row.document.version, act.appointment, act.at
    row.finding, row.opinion = act.data["finding"], act.opinion
    row.save()
    if row.duty is not None and row.duty.closed_at is None:
        duties.close(row.duty, act.at, by=act.person, cause=act)
    notices.end(subject=row, codes=ASKED_ABOUT, at=act.at)
    _tell_drafters(act, row.document, "opinion_on_paper", row.organisation)


def end_question(act: Act) -> None:
    """Nobody waits for the opinion any more: nothing is owed, whoever was asked hears why."""
    row = act.record
    if row.duty is not None and row.duty.closed_at is None:
        duties.close(row.duty, act.at, outcome=Duty.Outcome.CANCELLED, by=act.person, cause=act)
    notices.end(subject=row, codes=ASKED_ABOUT, at=act.at)
    _tell_asked(act, row, "consultation_ended", reason=act.opinion)


def text_changed(act: Act) -> None:
    """The text is another now: a legal opinion given on it lapses (A9), the others are told.

    A countersignature stands; the unit is told and can change its mind until the paper is signed.
    """
    document = act.record
    for row in document.consultations.standing().select_related("organisation"):
        if row.route_name == opinions.LEGAL and row.state == ConsultationState.GIVEN:
            follow(act, row, "lapse")
            _tell_drafters(act, document, "legal_opinion_lapsed")
        else:
            _tell_asked(act, row, "consulted_text_changed", cause=act.transition.pk)


def end_questions(act: Act) -> None:
    """The paper is dropped: no opinion on it is awaited."""
    for row in act.record.consultations.filter(state=ConsultationState.ASKED):
        follow(act, row, "end", opinion=act.opinion)


def _tell_asked(act: Act, row: Consultation, code: str, cause: int | None = None, **more) -> None:
    notices.notify_posts(
        [row.organisation],
        ANSWERABLE,
        code,
        key=f"opinion:{row.pk}:{code}:{cause or act.transition.pk}",
        params={"title": row.document.title, **more},
        subject=row,
    )


def _tell_drafters(act: Act, document, code: str, organisation: Organisation | None = None) -> None:
    notices.notify_posts(
        [document.originator],
        DRAFTING_DESK,
        code,
        key=f"step:{act.transition.pk}:{code}",
        params={
            "title": document.title,
            "organisation": organisation.short_name if organisation else "",
        },
        subject=document,
    )
