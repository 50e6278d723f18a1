"""Effects of linking documents, and of merging a registration that was made twice (P24).

A merged registration keeps its number and its record; its files are also put on the other, and
taken off again when the merge is undone.
"""

from coordination import history, notices, workflow
from coordination.workflow import Act, follow

from .effects import OFFICE_NEWS
from .models import Attachment, Relation
from .states import IncomingState, ReadingState, RelationKind


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
    """The same paper, registered twice: the other registration goes on, with all files.

    Readers who have not read this one are asked for nothing more; what the Office was told of it
    is over.
    """
    _relate(act, RelationKind.MERGED_INTO)
    other = act.data["other"]
    there = set(other.attachments.current().values_list("file__sha256", flat=True))
    taken = [
        Attachment.objects.create(document=other, file=attachment.file).pk
        for attachment in act.record.attachments.current().filter(handling=None)
        if attachment.file.sha256 not in there
    ]
    number = act.record.register_number
    follow(act, other, "take_over", details={"number": number, "files": taken})
    notices.end(subject=act.record, codes=OFFICE_NEWS, at=act.at)
    for reading in act.record.readings.filter(state=ReadingState.UNREAD):
        follow(act, reading, "end_with_merge")


def unmerge(act: Act) -> None:
    """The merge was a mistake: it stands where it stood, the other gives back what it took over."""
    record = act.record
    link = record.relations.select_related("other").get(
        kind=RelationKind.MERGED_INTO, ended_at=None
    )
    link.ended_at = act.at
    history.note(link, act.person, act.opinion)
    link.save()
    merged = workflow.trail(record).filter(action="merge").last()
    taken_over = workflow.caused_by(merged).get(action="take_over")
    taken = link.other.attachments.current().filter(pk__in=taken_over.details["files"])
    for attachment in taken:
        attachment.removed_at = act.at
        history.note(attachment, act.person, act.opinion)
        attachment.save()
    follow(act, link.other, "give_back", details={"number": record.register_number})
    ended = workflow.caused_by(merged).filter(action="end_with_merge")
    for reading in record.readings.filter(pk__in=ended.values("object_id")):
        follow(act, reading, "resume")
    if merged.source == IncomingState.TO_PROPOSE:
        act.record = follow(act, record, "keep_review")
