"""The roster of liaison officers: page, print, XLSX."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from . import access, audit, roster
from .models import Seat
from .spreadsheets import MEDIA_TYPE


def _asked(request) -> tuple[date, str]:
    """The day and the words asked for; today for a day that is none."""
    try:
        on = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        on = timezone.localdate()
    return on, request.GET.get("q", "").strip()[:100]


@require_GET
def page(request):
    """Who is liaison of which unit and group on a day, and what is missing."""
    access.require(request.user, "view", Seat)
    on, question = _asked(request)
    found = roster.lines(request.user, on, question)
    context = {
        "kinds": roster.by_kind(found),
        "gaps": [line for line in found if line.gap],
        "count": len(found),
        "on": on,
        "question": question,
    }
    return render(request, "roster.html", context)


@require_GET
def export(request):
    """The same as XLSX; written into the audit trail."""
    access.require(request.user, "view", Seat)
    on, question = _asked(request)
    content = roster.workbook(roster.lines(request.user, on, question))
    audit.record_request(request, "register_exported", subject=f"roster {on} {question}")
    answer = HttpResponse(content, content_type=MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="roster-{on.isoformat()}.xlsx"'
    return answer
