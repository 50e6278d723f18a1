"""The path of one copy of an issued paper (P24, P25; B15 for superiors; B16, C12 where it asks)."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.checks import has_reason
from coordination.posts import HANDLERS, OFFICE, OFFICE_DESK
from coordination.workflow import Reach, Route, Step
from documents.states import DeliveryState as S

from . import distribution as d

OWN = Reach(
    covers=lambda row, held: held.seat.organisation_id == row.organisation_id,
    records=lambda held, posts: Q(organisation__in=held.organisations(posts)),
)
IN_FORCE = Reach(  # what is revoked or repealed waits for nobody's receipt
    covers=lambda row, held: not d.is_void(row) and OWN.covers(row, held),
    records=lambda held, posts: OWN.records(held, posts) & d.not_void(),
    closed=d.is_void,
)
OWED = Reach(  # while its duty runs: of a void paper nobody reports any more
    covers=lambda row, held: (
        row.duty is not None and row.duty.closed_at is None and OWN.covers(row, held)
    ),
    records=lambda held, posts: (
        OWN.records(held, posts) & Q(duty__isnull=False, duty__closed_at=None)
    ),
)
NOT_ASKED = Reach(  # what a unit owes it reports itself; nobody does it in its name
    covers=lambda row, held: not row.asks,
    records=lambda held, posts: Q(asks=False) if held.holds(*posts) else Q(pk__in=[]),
    lent=False,
)
REASON = (has_reason,)
# fmt: off
DELIVERY = Route("delivery", "documents.delivery", (
    Step("send", "", S.SENT, (), "P25", _("Sent")),
    Step("receive", S.SENT, S.RECEIVED, HANDLERS, "P24", _("Sign for it"), IN_FORCE,
         effects=(d.note_receipt,)),
    Step("note_receipt", S.SENT, S.RECEIVED, OFFICE, "P25 B15", _("Note a receipt on paper"),
         checks=(d.names_receiver,), effects=(d.note_receipt,), form="receipt", waits=False),
    Step("pass_on", S.RECEIVED, S.RECEIVED, HANDLERS, "P24", _("Pass on within the unit"), OWN,
         (d.has_colleagues,), (d.pass_on,), form="colleagues", waits=False),
    Step("report", S.RECEIVED, S.ANSWERED, HANDLERS, "B16 C12", _("Report back"), OWED,
         (d.has_report,), (d.keep_report,), form="report"),
    Step("note_answer", S.RECEIVED, S.DONE, OFFICE, "B15", _("Note the answer"), NOT_ASKED,
         checks=(d.has_report,), effects=(d.keep_answer,), form="report", waits=False),
    Step("accept_report", S.ANSWERED, S.DONE, OFFICE, "B16 C12", _("Accept the report"),
         effects=(d.accept,), waits_for=OFFICE_DESK),
    Step("return_report", S.ANSWERED, S.RECEIVED, OFFICE, "B16 C12", _("Send the report back"),
         checks=REASON, effects=(d.send_back,), waits_for=OFFICE_DESK),
    *(Step("number_copies", state, state, OFFICE, "P25", _("Give out paper copies"),
           checks=(d.copies_are_left,), effects=(d.number_copies,), form="copies", waits=False)
      for state in (S.SENT, S.RECEIVED)),
    *(Step("recall", state, S.RECALLED, OFFICE, "P25", _("Recall this copy"), checks=REASON,
           effects=(d.recall,), waits=False) for state in d.OPEN),
))
# fmt: on
