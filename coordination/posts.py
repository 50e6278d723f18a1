"""The posts of the rules: working rules art. 2-4, thematic-group rules art. 3-4."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Post(models.TextChoices):
    """What a person can be appointed to; a seat is one place of a post in one organisation."""

    GROUP_LEADER = "group_leader", _("Group leader")
    DEPUTY_LEADER = "deputy_leader", _("Deputy leader")
    GROUP_MEMBER = "group_member", _("Member of the group")
    OFFICE_DIRECTOR = "office_director", _("Director of the Office")
    OFFICE_STAFF = "office_staff", _("Office staff")
    GROUP_HEAD = "group_head", _("Head of a working group")
    GROUP_DEPUTY_HEAD = "group_deputy_head", _("Deputy head of a working group")
    GROUP_LIAISON = "group_liaison", _("Liaison officer of a working group")
    UNIT_HEAD = "unit_head", _("Head of a unit")
    UNIT_LIAISON = "unit_liaison", _("Liaison officer of a unit")
    DEPUTY_UNIT_LIAISON = "deputy_unit_liaison", _("Liaison officer to the lead unit")
    LEGAL_OFFICER = "legal_officer", _("Legal officer")
    SUPERVISOR = "supervisor", _("Supervision officer")
    SYSTEM_OFFICER = "system_officer", _("System officer")
    SECURITY_OFFICER = "security_officer", _("Security officer")
    AUDIT_OFFICER = "audit_officer", _("Audit officer")


OFFICE = (Post.OFFICE_STAFF, Post.OFFICE_DIRECTOR)
OFFICE_DESK = (Post.OFFICE_STAFF,)  # who is told what comes back to the Office
LEADERS = (Post.OFFICE_DIRECTOR, Post.DEPUTY_LEADER, Post.GROUP_LEADER)
HANDLERS = (
    Post.UNIT_LIAISON,
    Post.UNIT_HEAD,
    Post.GROUP_LIAISON,
    Post.GROUP_HEAD,
    Post.GROUP_DEPUTY_HEAD,
)
ANSWERABLE = (*HANDLERS, Post.LEGAL_OFFICER)  # who answers for what their organisation owes
DRAFTERS = (*OFFICE, Post.GROUP_LIAISON, Post.GROUP_DEPUTY_HEAD, Post.GROUP_HEAD)
DRAFTING_DESK = (*OFFICE_DESK, Post.GROUP_LIAISON)  # on whose home page drafts wait
SIGNERS = (Post.DEPUTY_LEADER, Post.GROUP_LEADER)  # B13, C10: in the coordination group's name
OFFICERS = (Post.SYSTEM_OFFICER, Post.SECURITY_OFFICER, Post.AUDIT_OFFICER)

READERS = tuple(post for post in Post if post not in OFFICERS)  # whom a paper may be shown

# A2, C3, C4: one seat of these in one organisation (and, for liaisons, one scope), so one holder.
SINGLE = (
    Post.GROUP_LEADER,
    Post.OFFICE_DIRECTOR,
    Post.GROUP_HEAD,
    Post.GROUP_LIAISON,
    Post.UNIT_HEAD,
    Post.UNIT_LIAISON,
    Post.DEPUTY_UNIT_LIAISON,
)
