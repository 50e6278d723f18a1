"""The paths of opinions asked on a paper: the legal one (A9), and the countersignature (P19).

| asked | by | given by |
|---|---|---|
| legal opinion, on a normative document or reform measure (A9) | drafters | the legal officer |
| countersignature (会签), of any unit concerned (P19) | drafters | the unit |
"""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.checks import has_reason
from coordination.posts import DRAFTERS, HANDLERS, Post
from coordination.workflow import Reach, Route, Step
from documents.states import ConsultationState as S

from . import consulting as c
from . import opinions

MODEL, ACTS = "documents.consultation", "consultation"
ASKED = Reach(
    covers=lambda row, held: held.seat.organisation_id == row.organisation_id,
    records=lambda held, posts: Q(organisation__in=held.organisations(posts)),
)
ASKER = Reach(
    covers=lambda row, held: held.seat.organisation_id == row.document.originator_id,
    records=lambda held, posts: Q(document__originator__in=held.organisations(posts)),
    lent=False,
)
GIVING = (c.paper_is_open, c.has_finding, c.NotOnOnesOwnPaper())


def _asking(cites: str, label):
    """Asked by a step of the paper; taken back by whoever drafts it, or ended with the paper."""
    return (
        Step("ask", "", S.ASKED, (), cites, label),
        Step("take_back", S.ASKED, S.TAKEN_BACK, DRAFTERS, cites, _("Take the question back"),
             ASKER, (has_reason,), (c.end_question,), waits=False),
        Step("end", S.ASKED, S.TAKEN_BACK, (), "P21", _("Ended: the draft was dropped"),
             effects=(c.end_question,)),
    )  # fmt: skip


LEGAL_OPINION = Route(opinions.LEGAL, MODEL, (
    *_asking("A9", _("Asked for the legal opinion")),
    Step("give", S.ASKED, S.GIVEN, (Post.LEGAL_OFFICER,), "A9", _("Give the legal opinion"), ASKED,
         GIVING, (c.note_opinion,), form="finding"),
    Step("lapse", S.GIVEN, S.LAPSED, (), "A9", _("Lapsed: the text was changed")),
), shared=ACTS)  # fmt: skip
COUNTERSIGNATURE = Route(opinions.COUNTERSIGNATURE, MODEL, (
    *_asking("P19", _("Asked to countersign")),
    Step("give", S.ASKED, S.GIVEN, HANDLERS, "P19", _("Countersign"), ASKED, GIVING,
         (c.note_opinion,), form="finding"),
    Step("give_anew", S.GIVEN, S.GIVEN, HANDLERS, "P19", _("Change the opinion given"), ASKED,
         GIVING, (c.note_opinion,), form="finding", waits=False),
), shared=ACTS)  # fmt: skip
PATHS = (LEGAL_OPINION, COUNTERSIGNATURE)
