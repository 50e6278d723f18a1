"""What is said after a step: what happened and what comes next; and what a form starts with."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination import access
from coordination.dates import long_day
from coordination.models import Duty
from coordination.workflow import Step

from .actions import REGISTRATION
from .models import Handling, IncomingDocument
from .states import RelationKind


def registered(document: IncomingDocument) -> str:
    """After registration."""
    return _("Registered as %(number)s. Next: the preliminary review.") % {
        "number": document.register_number
    }


def taken(record, step: Step, data: dict) -> str:
    """After any step: what was done, and what comes of it; `data` is what its form held."""
    told = AFTER.get(step.action)
    if told is not None:
        return told(record, data)
    return _("Done: %(step)s. It now stands at “%(state)s”.") % {
        "step": step.label,
        "state": record.get_state_display(),
    }


def transferred(documents: list[IncomingDocument]) -> list[str]:
    """After several were transferred in one act: each number with its handler and day."""
    words = _("%(number)s: with %(unit)s, due %(due)s.")
    return [
        words
        % {
            "number": document.register_number,
            "unit": document.handler,
            "due": _due(document.main_duty),
        }
        for document in documents
    ]


def _assigned(document: IncomingDocument, data: dict) -> str:
    return _("With %(unit)s now, due %(due)s. They have been notified.") % {
        "unit": document.handler,
        "due": _due(document.main_duty),
    }


def _circulated(document: IncomingDocument, data: dict) -> str:
    return _("Circulated to %(readers)s. They have been notified.") % {
        "readers": _names(data["seats"])
    }


def _related(document: IncomingDocument, data: dict) -> str:
    return _("Linked: %(kind)s %(other)s.") % {
        "kind": RelationKind(data["kind"]).label,
        "other": data["other"].survivor().register_number,
    }


def _unrelated(document: IncomingDocument, data: dict) -> str:
    return _("Taken off: %(links)s.") % {"links": _names(data["relations"])}


def _merged(document: IncomingDocument, data: dict) -> str:
    return _("Merged into %(other)s, which goes on with the files of both.") % {
        "other": data["other"].register_number
    }


def _drawn_in(document: IncomingDocument, data: dict) -> str:
    parts = document.handlings.open().filter(organisation__in=data["co_handlers"])
    drawn = [
        _("%(unit)s, due %(due)s") % {"unit": part.organisation, "due": _due(part.duty)}
        for part in parts.select_related("organisation", "duty")
    ]
    return _("Drawn in: %(units)s. They have been notified.") % {"units": "; ".join(drawn)}


def _sent_back(document: IncomingDocument, data: dict) -> str:
    return _("Sent back to %(unit)s, due %(due)s. They have been notified.") % {
        "unit": document.handler,
        "due": _due(document.main_duty),
    }


def _reassigned(part: Handling, data: dict) -> str:
    new = part.document.handlings.open().select_related("duty").get(organisation=data["lead"])
    return _("Taken from %(old)s; with %(unit)s now, due %(due)s. Both have been notified.") % {
        "old": part.organisation,
        "unit": data["lead"],
        "due": _due(new.duty),
    }


def _cancelled(part: Handling, data: dict) -> str:
    return _("The part of %(unit)s is cancelled. They have been notified.") % {
        "unit": part.organisation
    }


AFTER: dict[str, Callable[[Any, dict], str]] = {
    "transfer": _assigned,
    "instruct": _assigned,
    "circulate": _circulated,
    "relate": _related,
    "unrelate": _unrelated,
    "merge": _merged,
    "add_co_handlers": _drawn_in,
    "send_back": _sent_back,
    "reassign": _reassigned,
    "cancel": _cancelled,
}


def _names(rows) -> str:
    return str(access.SEPARATOR).join(str(row) for row in rows)


def _due(duty: Duty | None) -> str:
    """The due day with its hour, or with its working days; marked where it is provisional."""
    if duty is None:
        return "–"
    day = long_day(duty.due_on)
    if duty.named_at is not None:
        return f"{day} {timezone.localtime(duty.named_at).strftime('%H:%M')}"
    if duty.provisional:
        day = _("%(due)s (provisional)") % {"due": day}
    if duty.working_days is None:
        return day
    words = ngettext(
        "%(day)s, %(days)s working day", "%(day)s, %(days)s working days", duty.working_days
    )
    return words % {"day": day, "days": duty.working_days}


def initial(form: str, record) -> dict:
    """What the form of a step starts with."""
    if form != "correction":
        return {}
    names = [name for name in REGISTRATION if name != "sender_name"]
    found = {name: getattr(record, name) for name in names}
    if record.sender_id is None:
        found["sender_name"] = record.sender_name
    return found
