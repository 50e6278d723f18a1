"""Effects of linking documents, and of merging a registration that was made twice (P24).

A merged registration keeps its number and its record; its files are also put on the other.
"""

from coordination import history
from coordination.workflow import Act

from .models import Attachment, Relation
from .states import RelationKind


def relate(act: Act) -> None:
    """The document stands to another in the way that was chosen."""
    _relate(act, act.data["kind"])


def _relate(act: Act, kind: str) -> None:
    other = act.data["other"]
    relation = Relation(document=act.record, other=other, kind=kind)
    history.note(relation, act.person, f"step {act.transition.pk}")
    relation.save()


def unrelate(act: Act) -> None:
    """The links that were chosen do not hold any more; they stay on record."""
    for relation in act.data["relations"]:
        relation.ended_at = act.at
        history.note(relation, act.person, act.opinion)
        relation.save()


def merge(act: Act) -> None:
    """The same paper, registered twice: the other registration goes on, with all files."""
    _relate(act, RelationKind.MERGED_INTO)
    other = act.data["other"]
    there = set(other.attachments.current().values_list("file__sha256", flat=True))
    for attachment in act.record.attachments.current().filter(handling=None).select_related("file"):
        if attachment.file.sha256 not in there:
            Attachment.objects.create(document=other, file=attachment.file)
