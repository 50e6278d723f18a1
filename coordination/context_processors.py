"""What every page shows: navigation by standing, unread notices, posts held."""

from dataclasses import dataclass
from functools import cache

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from . import access, phrases
from .models import (
    AuditEntry,
    Body,
    Delegation,
    Duty,
    Heartbeat,
    HolidayNotice,
    Notice,
    Organisation,
    Person,
)
from .registry import PAGES


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the main navigation."""

    label: str
    url: str
    active: bool


OWN_PAGES = (
    ("duties", _("Duties"), Duty),
    ("delegations", _("Stand-ins"), Delegation),
    ("calendar", _("Calendar"), HolidayNotice),
    ("organisation", _("Organisation"), Organisation),
    ("posts", _("Posts and bodies"), Body),
    ("people", _("Persons"), Person),
    ("audit", _("Audit trail"), AuditEntry),
    ("system", _("System"), Heartbeat),
)
HOME, RULEBOOK = ("home", _("Home"), None, ""), ("rulebook", _("Rulebook"), None, "")


def navigation(request):
    """Offer only what the person's posts open."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return {}
    held = access.standing(person)
    own = [(*entry, "view") for entry in OWN_PAGES]
    entries = [HOME, *PAGES, *own, RULEBOOK]
    offered = [
        (str(label), reverse(name))
        for name, label, model, verb in entries
        if model is None or access.may_ever(person, verb, model)
    ]
    # of pages that lie below one another the nearest; below the home page lies everything
    above = [url for _label, url in offered if request.path.startswith(url)]
    here = max(above, key=len, default="")
    if here == reverse("home") != request.path:
        here = ""
    return {
        "nav": [Item(label, url, url == here) for label, url in offered],
        "standing_posts": [
            f"{a.seat.get_post_display()} · {a.seat.organisation.short_name}"
            for a in held.appointments
        ],
        "phrases": cache(lambda: phrases.offered(person)),  # read only where a form offers them
        "unread_notices": Notice.objects.unread().filter(person=person)[:100].count(),
    }
