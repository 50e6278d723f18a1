"""The path of a filed item: filed, reopened where something is wrong, filed again.

B Office rules (art. 8: the Office keeps the files), P the 2012 Regulations on official documents.
"""

from django.utils.translation import gettext_lazy as _

from coordination.checks import has_reason
from coordination.posts import OFFICE, OFFICE_DESK, Post
from coordination.workflow import Route, Step
from documents.states import FilingState as F

from . import checks as c
from . import effects as e

FIT = (c.is_done_with, c.of_a_year_that_has_begun, c.nothing_is_missing, c.files_are_there)
# fmt: off
FILING = Route("filing", "documents.fileditem", (
    Step("file", "", F.FILED, OFFICE, "B8 P27", _("File"), checks=FIT, effects=(e.keep_parts,),
         waits=False),
    Step("reopen", F.FILED, F.REOPENED, (Post.OFFICE_DIRECTOR,), "B8 P27", _("Reopen"),
         checks=(has_reason,), form="reopen", waits=False),
    Step("refile", F.REOPENED, F.FILED, OFFICE, "B8 P27", _("File again"), checks=FIT,
         effects=(e.take_new_code, e.keep_parts), form="refile", waits_for=OFFICE_DESK),
    Step("note_void", F.FILED, F.FILED, (), "P33", _("Its paper is void"),
         effects=(e.keep_remark,)),
))
# fmt: on
