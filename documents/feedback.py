"""What is said after a step: what happened and what comes next; and what a form starts with."""

from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.dates import long_day
from coordination.models import Duty
from coordination.workflow import Step

from .actions import REGISTRATION
from .models import Handling, IncomingDocument
from .states import IncomingState


def registered(document: IncomingDocument) -> str:
    """After registration."""
    return _("Registered as %(number)s. Next: the preliminary review.") % {
        "number": document.register_number
    }


def taken(record, step: Step) -> str:
    """After any step: what was done, where it stands, and who owes what by when."""
    if isinstance(record, Handling):
        return _("Done: %(step)s. It now stands at “%(state)s”.") % {
            "step": step.label,
            "state": record.get_state_display(),
        }
    if record.state == IncomingState.IN_HANDLING and record.main_duty is not None:
        return _assigned(record, record.main_duty)
    return _("Done: %(step)s. It now stands at “%(state)s”.") % {
        "step": step.label,
        "state": record.get_state_display(),
    }


def _assigned(document: IncomingDocument, duty: Duty) -> str:
    if duty.due_at is not None:
        local = timezone.localtime(duty.due_at)
        return _("With %(unit)s now, due %(day)s %(hour)s. They have been notified.") % {
            "unit": document.handler,
            "day": long_day(local.date()),
            "hour": local.strftime("%H:%M"),
        }
    return _("With %(unit)s now, due %(day)s, %(days)s working days. They have been notified.") % {
        "unit": document.handler,
        "day": _provisional(duty),
        "days": duty.working_days,
    }


def _provisional(duty: Duty) -> str:
    """The due day, marked where the calendar of its year is not published."""
    day = long_day(duty.due_on)
    return _("%(due)s (provisional)") % {"due": day} if duty.provisional else day


def initial(form: str, record) -> dict:
    """What the form of a step starts with."""
    if form != "correction":
        return {}
    names = [name for name in REGISTRATION if name != "sender_name"]
    found = {name: getattr(record, name) for name in names}
    if record.sender_id is None:
        found["sender_name"] = record.sender_name
    return found
