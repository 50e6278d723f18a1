"""The path of an incoming document, and of each handler's part in it: one row per step.

B Office rules, C thematic-group rules, P the 2012 Regulations on official documents; the texts
are in coordination/rulebook.py, the page shows them beside each button.
"""

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coordination.assigners import DECIDERS, by_desk, decided_by, decides
from coordination.checks import has_reason
from coordination.posts import HANDLERS, LEADERS, OFFICE, OFFICE_DESK, READERS
from coordination.workflow import Reach, Route, Step

from . import checks as c
from . import circulation, relations
from . import effects as e
from . import laying as lay
from . import regrouping as r
from .querysets import CLOSED
from .states import HandlingState as H
from .states import IncomingState as S
from .states import ReadingState as D
from .states import Role


def _lies_before(document) -> str:
    if document.laid_before is None:
        return ""
    return gettext("It lies before: %(seat)s.") % {"seat": document.laid_before}


LAID = Reach(
    covers=lambda document, held: held.seat_id == document.laid_before_id,
    records=lambda held, posts: Q(laid_before__in=held.seats(posts)),
    elsewhere=_lies_before,
)
PART = Reach(
    covers=lambda part, held: held.seat.organisation_id == part.organisation_id,
    records=lambda held, posts: Q(organisation__in=held.organisations(posts)),
)
PART_IN_CHARGE = Reach(
    covers=lambda part, held: part.role != Role.CO and PART.covers(part, held),
    records=lambda held, posts: PART.records(held, posts) & ~Q(role=Role.CO),
)
PART_ASSIGNED = Reach(
    covers=lambda part, held: decides(part.duty.assigned_under if part.duty else None, held),
    records=lambda held, posts: decided_by("duty__assigned_under", held, posts),
)
CO_ASSIGNED = Reach(
    covers=lambda part, held: part.role == Role.CO and PART_ASSIGNED.covers(part, held),
    records=lambda held, posts: PART_ASSIGNED.records(held, posts) & Q(role=Role.CO),
)
IN_HANDS = Reach(
    covers=lambda document, held: decides(_assigner(document), held),
    records=lambda held, posts: decided_by("main_duty__assigned_under", held, posts),
)
OF_THE_DESK = Q(main_duty__assigned_under=None) | Q(
    main_duty__assigned_under__seat__post__in=OFFICE_DESK
)
IN_HANDS_OR_OFFICES = Reach(
    covers=lambda document, held: (
        IN_HANDS.covers(document, held)
        or (by_desk(_assigner(document)) and held.seat.post in OFFICE)
    ),
    records=lambda held, posts: (
        IN_HANDS.records(held, posts) | (OF_THE_DESK if held.holds(*OFFICE) else Q(pk__in=[]))
    ),
)
INSTRUCTED = Reach(
    covers=lambda document, held: not by_desk(_assigner(document)),
    records=lambda held, posts: (
        Q(main_duty__assigned_under__isnull=False) & ~OF_THE_DESK
        if held.holds(*posts)
        else Q(pk__in=[])
    ),
)
PART_AS_CO = Reach(
    covers=lambda part, held: part.role == Role.CO and PART.covers(part, held),
    records=lambda held, posts: PART.records(held, posts) & Q(role=Role.CO),
)
READER = Reach(
    covers=lambda reading, held: held.seat_id == reading.seat_id,
    records=lambda held, posts: Q(seat__in=held.seats(posts)),
)
WHO = (c.handlers_can_act, c.limit_is_ahead, c.urgent_has_limit)
REASON, OPINION = (has_reason,), (c.has_opinion,)


def _correct(state):
    return Step(
        "correct_registration", state, state, OFFICE, "P24", _("Correct the registration"),
        checks=REASON, form="correction", waits=False,
    )  # fmt: skip


def _assigner(document):
    """The appointment under which the handler in charge was given it."""
    return document.main_duty.assigned_under if document.main_duty else None


def _desk(action, source, target, cites, label, **more):
    """A step of the Office that waits on the desk of its staff; the director may take it too."""
    return Step(action, source, target, OFFICE, cites, label, waits_for=OFFICE_DESK, **more)


# fmt: off
INCOMING = Route("incoming", "documents.incomingdocument", (
    Step("register", "", S.REGISTERED, OFFICE, "B8 P24", _("Sign for and register"), waits=False),
    _correct(S.REGISTERED),
    _desk("pass_review", S.REGISTERED, S.TO_PROPOSE, "B16 C12 P24",
         _("Pass preliminary review"), checks=(c.passes_review,), form="review"),
    _desk("return_to_sender", S.REGISTERED, S.RETURNED, "B16 C12 P24",
         _("Return to sender"), checks=(c.fails_review, has_reason), effects=(e.tell_returned,),
         form="return"),
    _correct(S.TO_PROPOSE),
    _desk("propose_handling", S.TO_PROPOSE, S.AWAITING_INSTRUCTION, "P24",
         _("Propose handling"), checks=(*WHO, c.has_seat, c.has_opinion), effects=(lay.lay_before,),
         form="proposal"),
    _desk("transfer", S.TO_PROPOSE, S.IN_HANDLING, "B16 C12 P24",
         _("Transfer"), checks=(*WHO, c.limits_on_record), effects=(e.dispatch,),
         form="transfer"),
    _desk("file_for_information", S.TO_PROPOSE, S.COMPLETED, "P24",
         _("File for information"), checks=REASON, effects=(e.end_news,)),
    _correct(S.AWAITING_INSTRUCTION),
    Step("instruct", S.AWAITING_INSTRUCTION, S.IN_HANDLING, LEADERS, "B16 C12 P24",
         _("Instruct handling"), LAID, (*WHO, c.has_opinion, c.not_ones_own_proposal,
         c.limits_on_record),
         (lay.end_laying, e.dispatch, lay.tell_instructed), form="instruction"),
    Step("lay_further", S.AWAITING_INSTRUCTION, S.AWAITING_INSTRUCTION, LEADERS, "P24",
         _("Lay before another leader"), LAID, (c.has_seat, c.has_opinion), (lay.end_laying,
         lay.lay_further), form="lay_further"),
    Step("return_proposal", S.AWAITING_INSTRUCTION, S.TO_PROPOSE, LEADERS, "P24",
         _("Return the proposal"), LAID, REASON, (lay.end_laying, lay.tell_proposal_returned)),
    Step("withdraw_proposal", S.AWAITING_INSTRUCTION, S.TO_PROPOSE, OFFICE, "P24",
         _("Withdraw the proposal"), checks=(has_reason, c.not_a_leaders_recalled),
         effects=(lay.end_laying,), waits=False),
    Step("recall", S.IN_HANDLING, S.TO_PROPOSE, DECIDERS, "B16 C12",
         _("Recall from the handlers"), IN_HANDS_OR_OFFICES, REASON, (lay.recall,), waits=False),
    Step("lay_again", S.IN_HANDLING, S.AWAITING_INSTRUCTION, OFFICE_DESK, "B16 C12 P24",
         _("Recall and lay before the leader again"), INSTRUCTED, REASON, (lay.lay_again,),
         waits=False),
    Step("add_co_handlers", S.IN_HANDLING, S.IN_HANDLING, DECIDERS, "B16 C12 P24",
         _("Draw in co-handlers"), IN_HANDS, (c.not_ones_own_matter, has_reason,
         c.co_handlers_can_act, c.limits_on_record), (r.add_co_handlers,), form="co_handlers",
         waits=False),
    *(Step("circulate", state, state, OFFICE, "P24", _("Circulate for reading"),
           checks=(c.has_readers,), effects=(circulation.circulate,), form="circulation",
           waits=False)
      for state in S if state not in ("registered", "returned", "merged")),
    *(Step("relate", state, state, OFFICE, "P24", _("Link to another document"),
           checks=(c.other_is_known,), effects=(relations.relate,), form="relation", waits=False)
      for state in S if state not in ("returned", "merged")),
    *(Step("unrelate", state, state, OFFICE, "P24", _("Take a link off"),
           checks=REASON, effects=(relations.unrelate,), form="unrelate", waits=False)
      for state in S if state not in ("returned", "merged")),
    *(Step("merge", state, S.MERGED, OFFICE, "P24", _("Merge a duplicate registration"),
           checks=(has_reason, c.other_is_known, c.other_is_open), effects=(relations.merge,),
           form="merge", waits=False)
      for state in (S.REGISTERED, S.TO_PROPOSE)),
    *(Step("take_over", state, state, (), "P24", _("Took over a duplicate registration"))
      for state in S if state not in CLOSED),
    Step("unmerge", S.MERGED, S.REGISTERED, OFFICE, "P24", _("Undo the merge"),
         checks=(has_reason, c.survivor_is_there), effects=(relations.unmerge,), waits=False),
    *(Step("give_back", state, state, (), "P24", _("Gave back a registration merged by mistake"))
      for state in S if state != S.MERGED),
    Step("keep_review", S.REGISTERED, S.TO_PROPOSE, (), "P24",
         _("The review passed before stands")),
    Step("take_hand_back", S.IN_HANDLING, S.TO_PROPOSE, (), "B16 C12",
         _("Handed back to the Office"), effects=(e.withdraw_parts,)),
    Step("take_reply", S.IN_HANDLING, S.REPLIED, (), "B16 C12", _("Reply received")),
    _desk("accept_reply", S.REPLIED, S.TO_ANSWER, "B16 C12 P24",
         _("Accept the reply"), checks=(c.not_ones_own_reply,), effects=(e.settle_parts,)),
    _desk("send_back", S.REPLIED, S.IN_HANDLING, "B16 C12 P24",
         _("Send back to the handler"), checks=(has_reason, c.limit_is_ahead,
         c.supplement_has_limit), effects=(e.reopen_part,), form="send_back"),
    _desk("answer_sender", S.TO_ANSWER, S.ANSWERED, "P24",
         _("Answer the sender"), checks=(c.has_answer,), effects=(e.keep_answer, e.tell_answer),
         form="answer"),
    _desk("complete", S.ANSWERED, S.COMPLETED, "B16 C12",
         _("Complete"), checks=(c.nothing_is_open,), effects=(e.end_news,)),
))
HANDLING = Route("handling", "documents.handling", (
    Step("assign", "", H.ASSIGNED, (), "B16 C12", _("Assigned")),
    Step("accept", H.ASSIGNED, H.ACCEPTED, HANDLERS, "B16 C12", _("Accept"), PART),
    Step("hand_back", H.ASSIGNED, H.HANDED_BACK, HANDLERS, "B16 C12", _("Hand back: not ours"),
         PART, REASON, (e.hand_back,)),
    Step("report_progress", H.ACCEPTED, H.ACCEPTED, HANDLERS, "B16 C12", _("Report progress"),
         PART, OPINION, waits=False),
    Step("give_opinion", H.ACCEPTED, H.SUBMITTED, HANDLERS, "B16 C12",
         _("Give opinion to the lead handler"), PART_AS_CO, (c.has_reply,), (e.give_opinion,),
         form="reply"),
    Step("submit_reply", H.ACCEPTED, H.SUBMITTED, HANDLERS, "B16 C12",
         _("Submit the reply"), PART_IN_CHARGE, (c.has_reply,), (e.submit_reply,), form="reply"),
    *(Step("cancel", state, H.WITHDRAWN, DECIDERS, "B16 C12", _("Cancel this part"),
           CO_ASSIGNED, (c.not_ones_own_part, *REASON), (r.cancel_part,), waits=False)
      for state in (H.ASSIGNED, H.ACCEPTED)),
    *(Step("reassign", state, H.WITHDRAWN, DECIDERS, "B16 C12", _("Give it to another unit"),
           PART_ASSIGNED, (c.not_ones_own_part, has_reason, c.limit_is_ahead,
           c.new_handler_can_act, c.limits_on_record),
           (r.reassign_part,), form="reassign", waits=False)
      for state in (H.ASSIGNED, H.ACCEPTED)),
    Step("settle", H.SUBMITTED, H.SETTLED, (), "B16 C12", _("Reply accepted by the Office")),
    Step("reopen", H.SUBMITTED, H.ACCEPTED, (), "B16 C12", _("Sent back by the Office")),
    *(Step("withdraw", state, H.WITHDRAWN, (), "B16 C12", _("Withdrawn"))
      for state in (H.ASSIGNED, H.ACCEPTED, H.SUBMITTED)),
))
READING = Route("reading", "documents.reading", (
    Step("begin", "", D.UNREAD, (), "P24", _("Circulated for reading"),
         effects=(circulation.tell_reader,)),
    Step("read", D.UNREAD, D.READ, READERS, "P24", _("I have read it"), READER,
         effects=(circulation.end_notice, circulation.tell_remark, circulation.tell_all_read),
         form="remark"),
    Step("remark", D.READ, D.READ, READERS, "P24", _("Add a remark"), READER, OPINION,
         (circulation.tell_remark,), form="remark", waits=False),
    Step("take_back", D.UNREAD, D.TAKEN_BACK, OFFICE, "P24", _("Take back"),
         effects=(circulation.end_notice,), waits=False),
    Step("end_with_merge", D.UNREAD, D.TAKEN_BACK, (), "P24", _("Ended: registered twice"),
         effects=(circulation.end_notice,)),
    Step("resume", D.TAKEN_BACK, D.UNREAD, (), "P24", _("To be read again"),
         effects=(circulation.tell_reader,)),
))
# fmt: on
