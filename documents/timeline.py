"""The way of one document, drawn and told: its stages, and 办理经过, a line for every act."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination import access, workflow
from coordination.dates import long_day, minute
from coordination.models import Duty, Extension, Transition

from .models import Handling, IncomingDocument, Reading
from .states import IncomingState as S

STAGES = (
    (("register",), gettext_lazy("Registered")),
    (("pass_review", "return_to_sender"), gettext_lazy("Reviewed")),
    (("propose_handling",), gettext_lazy("Proposed")),
    (("instruct", "transfer"), gettext_lazy("Assigned")),
    (("take_reply",), gettext_lazy("Replied")),
    (("accept_reply",), gettext_lazy("Accepted")),
    (("answer_sender",), gettext_lazy("Answered")),
    (("complete", "file_for_information"), gettext_lazy("Completed")),
)
AT_STAGE = {
    S.REGISTERED: 1,
    S.RETURNED: 1,
    S.TO_PROPOSE: 2,
    S.AWAITING_INSTRUCTION: 3,
    S.IN_HANDLING: 4,
    S.REPLIED: 5,
    S.TO_ANSWER: 6,
    S.ANSWERED: 7,
    S.COMPLETED: 8,
    S.MERGED: 1,
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the route as drawn."""

    label: str
    status: str  # done, current, todo, skipped
    who: str = ""
    when: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the time line, in words."""

    when: datetime
    who: str
    acting_as: str
    what: str
    opinion: str
    note: str = ""


def stages(document: IncomingDocument, taken: list[Transition]) -> list[Stage]:
    """The route as stages: done with who and when, current, to do, or left out."""
    here = AT_STAGE[S(document.state)]
    last = {t.action: t for t in taken if t.content_type.model == "incomingdocument"}
    drawn = []
    for place, (actions, label) in enumerate(STAGES):
        done = next((last[action] for action in actions if action in last), None)
        if place < here and done is not None:
            drawn.append(Stage(str(label), "done", _by(done), done.at))
        elif place < here:
            drawn.append(Stage(str(label), "skipped"))
        elif place == here and document.is_open:
            drawn.append(Stage(str(label), "current"))
        else:
            drawn.append(Stage(str(label), "todo" if document.is_open else "skipped"))
    return drawn


def _by(transition: Transition) -> str:
    """Who took a step; by a stand-in, both names."""
    if transition.delegation_id is None:
        return str(transition.person)
    return _("%(person)s for %(principal)s") % {
        "person": transition.person,
        "principal": transition.acting_as.person,
    }


def entries(taken: list[Transition], about: dict[tuple[str, int], Any]) -> list[Entry]:
    """The time line, latest first; a line about a part, a reading or an extension names whose.

    `about` holds parts, readings and extensions by model and key. What was circulated in one act
    is one line that names the readers.
    """
    readers = defaultdict(list)
    for transition in taken:
        if transition.action == "begin" and transition.content_type.model == "reading":
            readers[transition.cause_id].append(str(about["reading", transition.object_id].seat))
    return [
        Entry(
            transition.at,
            str(transition.person),
            workflow.acted_as(transition),
            _what(transition, about.get((transition.content_type.model, transition.object_id))),
            "" if transition.cause_id else transition.opinion,
            _note(transition, readers[transition.pk], about),
        )
        for transition in reversed(taken)
        if not (transition.action == "begin" and transition.content_type.model == "reading")
    ]


def _what(transition: Transition, record) -> str:
    """What was done, and to whose part, reading or time limit."""
    what = workflow.label_of(transition)
    if isinstance(record, Handling):
        return f"{record.organisation.short_name}（{record.get_role_display()}）: {what}"
    if isinstance(record, Reading):
        return f"{record.seat}: {what}"
    if isinstance(record, Extension):
        return f"{record.organisation.short_name}: {what}"
    return what


def _note(transition: Transition, readers: list[str], about: dict[tuple[str, int], Any]) -> str:
    """What a line adds in small: readers, days, earlier time limits, the other registration."""
    details = transition.details
    if readers:
        return str(access.SEPARATOR).join(readers)
    if "limits" in details:
        return _("Time limits before: %(limits)s") % {"limits": limits_in_words(details["limits"])}
    if "number" in details:
        return str(details["number"])
    if transition.content_type.model == "extension" and transition.action != "refuse":
        extension = about["extension", transition.object_id]
        old = _day(extension.old_due_on, extension.old_due_at)
        return f"{old} → {_day(extension.due_on, extension.due_at)}"
    return ""


def _day(day: date, moment: datetime | None) -> str:
    return minute(moment) if moment is not None else long_day(day)


def limits_in_words(limits: list[dict]) -> str:
    """Which limits a document had before, as they were put on record."""
    refused = _("%(limit)s (extension refused)")
    words = [f"{one['unit']} {one['due']}" for one in limits]
    return "; ".join(
        refused % {"limit": text} if one["refused"] else text
        for text, one in zip(words, limits, strict=True)
    )


def extensions_of(person, document: IncomingDocument) -> list[Extension]:
    """What was ever asked about the time limits of `document`, as far as `person` may see it."""
    if document.main_duty_id is None:
        return []
    owed = Duty.objects.about(document)
    asked = access.visible(person, Extension.objects.filter(duty__in=owed.values("pk")))
    return list(asked.select_related("organisation").order_by("pk"))
