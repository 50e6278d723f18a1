"""The paths of outgoing documents: one table per path, one row per step.

| paper | steps |
|---|---|
| in the coordination group's name (B13, C10) | the director reviews → leader or a deputy signs |
| in the Office's name, from the Office (B14) | the director signs |
| in the Office's name, from a thematic group (C11) | the head reviews → the director signs |
| upward, from a thematic group (B15) | its head agrees → the director reviews and signs |
| upward, from the Office (B15) | the director reviews and signs |
| a reform measure or normative document (A9) | before that: the legal opinion on this very text |

A, B, C are the city's own rules, P the 2012 Regulations on official documents.
"""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.apart import NotAfter
from coordination.checks import has_reason
from coordination.posts import DRAFTERS, DRAFTING_DESK, OFFICE, OFFICE_DESK, SIGNERS, Post
from coordination.workflow import Reach, Route, Step
from documents.checks import has_opinion
from documents.routes import LAID
from documents.states import IssuingName as N
from documents.states import PaperState as S

from . import checks as c
from . import consulting as o
from . import distribution as d
from . import effects as e
from . import keepers, opinions, reviewers, seals

MODEL, ACTS = "documents.outgoingdocument", "outgoing"
DIRECTOR = (Post.OFFICE_DIRECTOR,)
HEADS = (Post.GROUP_HEAD, Post.GROUP_LEADER)  # whose it is, the laying says (C11)
OWN_HEAD = (Post.GROUP_HEAD,)
DRAFTED = Reach(
    covers=lambda paper, held: held.seat.organisation_id == paper.originator_id,
    records=lambda held, posts: Q(originator__in=held.organisations(posts)),
    lent=False,
)
SIGNED_BY = Reach(covers=reviewers.stands_behind, records=reviewers.stood_behind, lent=False)
MARKED = Reach(
    covers=lambda paper, held: DRAFTED.covers(paper, held) and not opinions.not_needed(paper),
    records=lambda held, posts: DRAFTED.records(held, posts) & opinions.needing(),
    lent=False,
    closed=opinions.not_needed,
)
REASON = (has_reason,)
FIT = (c.obeys_the_rules_of_form, c.legal_opinion_covers_it)  # no draft goes further without
TO_DRAFTER = (e.lay_no_more, e.tell_returned)


def _drafting(submitted: S, cites: str, checks, effects):
    """Draft, edit, submit, drop; and what is submitted can be withdrawn until it is signed."""
    return (
        Step("draft", "", S.DRAFT, DRAFTERS, "P19", _("Draft a document"), DRAFTED, waits=False),
        Step("edit", S.DRAFT, S.DRAFT, DRAFTERS, "P19", _("Edit the draft"), DRAFTED,
             (c.something_changed,), (o.text_changed,), form="draft", waits=False),
        Step("submit", S.DRAFT, submitted, DRAFTERS, cites, _("Submit"), DRAFTED,
             (*FIT, *checks), effects, waits_for=DRAFTING_DESK),
        Step("drop", S.DRAFT, S.DROPPED, DRAFTERS, "P21", _("Drop the draft"), DRAFTED, REASON,
             (e.end_drafting, o.end_questions), waits=False),
        Step("take_up", S.DROPPED, S.DRAFT, DRAFTERS, "P19", _("Take the draft up again"),
             DRAFTED, waits=False),
        *_consulting(S.DRAFT),
    )  # fmt: skip


def _consulting(state: S):
    """Opinions are asked by whoever drafts, until the paper is signed."""
    return (
        Step("ask_legal_opinion", state, state, DRAFTERS, "A9", _("Ask for the legal opinion"),
             MARKED, (o.legal_opinion_can_be_asked, o.answer_day_is_ahead), (o.ask_legal,),
             form="ask_legal", waits=False),
        Step("ask_to_countersign", state, state, DRAFTERS, "P19", _("Ask units to countersign"),
             DRAFTED, (o.units_can_be_asked, o.answer_day_is_ahead), (o.ask_units,),
             form="ask_units", waits=False),
    )  # fmt: skip


def _with(state: S, by, back=None):
    """Whoever has it before them can return it; its drafters can withdraw it.

    `back`: the reviewer's state, whether the reviewer is there, and the laying before them.
    """
    rows = [
        Step("return_to_drafter", state, S.DRAFT, by, "P21", _("Return to the drafter"), LAID,
             REASON, TO_DRAFTER),
        Step("withdraw", state, S.DRAFT, DRAFTERS, "P19", _("Withdraw"), DRAFTED, REASON,
             (e.tell_withdrawn, e.lay_no_more), waits=False),
        *_consulting(state),
    ]  # fmt: skip
    if back is not None:
        reviewing, is_there, lay = back
        rows.append(
            Step("return_for_review", state, reviewing, by, "P21", _("Return for review"), LAID,
                 (has_reason, is_there), (lay,))
        )  # fmt: skip
    return rows


def _signing(by, cites: str, label, back=None, apart=(), more=()):
    """Sign, return or pass on; the password is typed again (its form asks for it)."""
    return (
        Step("sign", S.TO_SIGN, S.SIGNED, by, cites, label, LAID,
             (has_opinion, *FIT, c.countersigned, c.NotOwnDraftInAnothersName(), *apart),
             (e.lay_no_more, e.put_signature, e.tell_signed), form="sign"),
        *_with(S.TO_SIGN, by, back),
        *more,
    )  # fmt: skip


def _issuing(by):
    """Check, register, seal, issue; change what is signed; revoke or repeal what is issued."""
    signed = (S.SIGNED, S.CHECKED, S.NUMBERED)
    return (
        Step("pass_check", S.SIGNED, S.CHECKED, OFFICE, "P25", _("Pass the pre-issue check"),
             checks=(c.signature_covers_it, c.all_points_are_right), effects=(e.end_checking,),
             form="check", waits_for=OFFICE_DESK),
        Step("register", S.CHECKED, S.NUMBERED, OFFICE, "P25", _("Register and number"),
             checks=(c.signature_covers_it, c.code_is_the_issuers),
             effects=(e.draw_number, keepers.tell),
             form="register", waits_for=OFFICE_DESK),
        Step("void_number", S.NUMBERED, S.CHECKED, OFFICE, "P25", _("Void the number"),
             checks=REASON, effects=(e.void_number, keepers.tell), waits=False),
        Step("seal", S.NUMBERED, S.NUMBERED, OFFICE_DESK, "B8 P25", _("Seal"), seals.KEPT_BY,
             (c.NotTheSignatory(), c.signature_covers_it, c.bears_a_number, c.seal_fits,
              c.copies_are_registered), (e.enter_seal, keepers.tell), form="seal"),
        Step("issue", S.NUMBERED, S.ISSUED, OFFICE, "P25", _("Issue"), seals.SEALED,
             checks=(c.signature_covers_it, c.day_of_issue_fits, c.all_copies_are_sealed,
                     d.limit_is_ahead,
                     d.somebody_can_be_asked),
             effects=(e.note_issue, keepers.tell, d.deliver), form="issue", waits_for=OFFICE_DESK),
        Step("distribute", S.ISSUED, S.ISSUED, OFFICE, "P25 B15", _("Send to further recipients"),
             checks=(d.has_recipients, d.limit_is_ahead, d.somebody_can_be_asked),
             effects=(d.deliver_further,),
             form="further", waits=False),
        Step("urge_receipts", S.ISSUED, S.ISSUED, OFFICE, "P25", _("Urge whoever has not signed"),
             checks=(d.somebody_has_not_signed,), effects=(d.urge,), form="urge",
             waits=False),
        *(Step("change", state, S.TO_SIGN, OFFICE, "P25", _("Change the signed paper"),
               checks=(has_reason, c.something_changed),
               effects=(e.void_signature, o.text_changed),
               form="change", waits=False)
          for state in signed),
        *(Step("correct_slip", state, state, OFFICE, "P25", _("Correct a slip of the pen"),
               checks=(has_reason, c.something_changed, c.only_a_slip),
               effects=(e.tell_slip_corrected,), form="slip", waits=False)
          for state in signed),
        Step("revoke", S.ISSUED, S.REVOKED, by, "P33", _("Revoke the paper"), SIGNED_BY, REASON,
             (e.void_from_the_start, d.tell_void), form="revoke", waits=False),
        Step("repeal", S.ISSUED, S.REPEALED, by, "P33", _("Repeal the paper"), SIGNED_BY,
             (has_reason, c.repeal_follows_issue), (e.void_from_a_day, d.tell_void), form="repeal",
             waits=False),
    )  # fmt: skip


def _review(action: str, by, cites: str, label, apart=(), effects=(e.lay_before_director,), **more):
    """A head or the director reads it and lets it go on; or edits it, or returns it."""
    state = S.REVIEW if by == DIRECTOR else S.HEAD_REVIEW
    return (
        Step(action, state, S.TO_SIGN, by, cites, label, LAID,
             (has_opinion, *FIT, c.NotOwnDraftInAnothersName(), *apart), effects, **more),
        Step("revise", state, state, by, "P20", _("Edit while reviewing"), LAID,
             (c.something_changed,), (o.text_changed,), form="draft", waits=False),
        *_with(state, by),
    )  # fmt: skip


BY_DIRECTOR = (S.REVIEW, c.director_is_there, e.lay_before_director)
BY_HEAD = (S.HEAD_REVIEW, c.head_is_there, e.lay_before_head)
BY_OWN_HEAD = (S.HEAD_REVIEW, c.own_head_is_there, e.lay_before_own_head)
IN_GROUP_NAME = Route("in_group_name", MODEL, (
    *_drafting(S.REVIEW, "B13 C10", (c.director_is_there,), (e.lay_before_director,)),
    *_review("review", DIRECTOR, "B13 C10", _("Review: pass on for signature"),
             (c.has_signatory,), (e.lay_before_signatory,), form="review"),
    *_signing(SIGNERS, "B13 C10", _("Sign"), BY_DIRECTOR, (NotAfter("review"),), (
        Step("pass_on", S.TO_SIGN, S.TO_SIGN, SIGNERS, "B13 C10", _("Pass on to another"), LAID,
             (has_opinion, c.another_signatory), (e.lay_before_signatory,), form="pass_on"),
    )),
    *_issuing(SIGNERS),
), shared=ACTS)  # fmt: skip
IN_OFFICE_NAME = Route("in_office_name", MODEL, (
    *_drafting(S.TO_SIGN, "B14", (c.director_is_there,), (e.lay_before_director,)),
    *_signing(DIRECTOR, "B14", _("Sign")),
    *_issuing(DIRECTOR),
), shared=ACTS)  # fmt: skip
IN_OFFICE_NAME_FROM_GROUP = Route("in_office_name_from_group", MODEL, (
    *_drafting(S.HEAD_REVIEW, "C11", (c.head_is_there,), (e.lay_before_head,)),
    *_review("agree", HEADS, "C11", _("Agree: pass on for signature"), (c.director_is_there,)),
    *_signing(DIRECTOR, "C11", _("Sign"), BY_HEAD, (NotAfter("agree"),)),
    *_issuing(DIRECTOR),
), shared=ACTS)  # fmt: skip
UPWARD_FROM_GROUP = Route("upward_from_group", MODEL, (
    *_drafting(S.HEAD_REVIEW, "B15", (c.own_head_is_there,), (e.lay_before_own_head,)),
    *_review("agree", OWN_HEAD, "B15", _("Agree: pass on for signature"), (c.director_is_there,)),
    *_signing(DIRECTOR, "B15", _("Review and sign"), BY_OWN_HEAD, (NotAfter("agree"),)),
    *_issuing(DIRECTOR),
), shared=ACTS)  # fmt: skip
UPWARD = Route("upward", MODEL, (
    *_drafting(S.TO_SIGN, "B15", (c.director_is_there,), (e.lay_before_director,)),
    *_signing(DIRECTOR, "B15", _("Review and sign")),
    *_issuing(DIRECTOR),
), shared=ACTS)  # fmt: skip
PATHS = (IN_GROUP_NAME, IN_OFFICE_NAME, IN_OFFICE_NAME_FROM_GROUP, UPWARD_FROM_GROUP, UPWARD)


def path_of(name: str, *, from_group: bool) -> Route:
    """The path of a paper in this name, drafted by the Office or `from_group`."""
    return {
        (N.GROUP, False): IN_GROUP_NAME,
        (N.GROUP, True): IN_GROUP_NAME,
        (N.OFFICE, False): IN_OFFICE_NAME,
        (N.OFFICE, True): IN_OFFICE_NAME_FROM_GROUP,
        (N.UPWARD, False): UPWARD,
        (N.UPWARD, True): UPWARD_FROM_GROUP,
    }[N(name), from_group]
