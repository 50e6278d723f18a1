"""Explicit shares: a record shown to the auth group of a unit or body (guardian, direct keys)."""

from guardian.models import GroupObjectPermissionBase


class GroupShare(GroupObjectPermissionBase):
    """Base of the share tables of the upper floors; rows are written by access.share alone."""

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = True
