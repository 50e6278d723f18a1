"""Records of the ground floor."""

from .authority import Absence, Delegation
from .calendar import CalendarDay, CutOff, HolidayNotice, TimeLimit
from .feeds import FeedKey
from .files import Draft, StoredFile
from .handover import Closing, HandOver, PlannedChange
from .ledger import Duty, Extension, Notice, Urging
from .messaging import (
    Channel,
    Enclosure,
    Event,
    Message,
    Messenger,
    Preference,
    QuietHours,
    Timing,
)
from .organisation import Appointment, Body, Decision, Organisation, Person, Seat, Unit
from .phrases import Phrase
from .records import AuditEntry, Heartbeat, Job, NumberCode, RuleSetting, Series, Transition
from .roster import Confirmation
from .sharing import GroupShare

__all__ = [
    "Absence",
    "Appointment",
    "AuditEntry",
    "Body",
    "CalendarDay",
    "Channel",
    "Closing",
    "Confirmation",
    "CutOff",
    "Decision",
    "Delegation",
    "Draft",
    "Duty",
    "Enclosure",
    "Event",
    "Extension",
    "FeedKey",
    "GroupShare",
    "HandOver",
    "Heartbeat",
    "HolidayNotice",
    "Job",
    "Message",
    "Messenger",
    "Notice",
    "NumberCode",
    "Organisation",
    "Person",
    "Phrase",
    "PlannedChange",
    "Preference",
    "QuietHours",
    "RuleSetting",
    "Seat",
    "Series",
    "StoredFile",
    "TimeLimit",
    "Timing",
    "Transition",
    "Unit",
    "Urging",
]
