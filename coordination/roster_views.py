"""The roster of liaison officers: page, print, XLSX, and read in from a table."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from . import access, audit, roster, roster_import, roster_jobs, storage
from .appointment_forms import RosterConfirmForm, RosterFileForm
from .form_pages import decided
from .models import Confirmation, Seat, StoredFile
from .spreadsheets import MEDIA_TYPE

SHOWN = 500  # lines of a preview


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
    by = "group" if request.GET.get("by") == "group" else "unit"
    context = {
        "kinds": roster.by_group(found) if by == "group" else roster.by_kind(found),
        "by": by,
        "gaps": [line for line in found if line.gap],
        "count": len(found),
        "on": on,
        "question": question,
        "may_confirm": access.may_ever(request.user, "view", Confirmation),
        "may_import": access.may_ever(request.user, "appoint", Seat),
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


@require_http_methods(["GET", "POST"])
def read_in(request):
    """Read a roster in: the table is previewed, then put into force by a decision, or nothing."""
    access.require(request.user, "appoint", Seat)
    if "put" in request.POST:
        return _put(request)
    form = RosterFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = storage.keep(form.cleaned_data["file"], request.user)
            return _preview(request, form, kept, form.cleaned_data["since"])
        except ValidationError as error:
            form.add_error("file", error)
    status = 422 if form.is_bound else 200
    return render(request, "roster_import.html", {"form": form}, status=status)


def _preview(request, form, kept: StoredFile, since: date, confirm=None):
    """What the table would change; where nothing keeps it from being done, with the decision."""
    rows, unread = roster_import.read(roster_jobs.content_of(kept))
    found = roster_import.plan(rows, request.user, since)
    initial = {"kept": kept.pk, "begins": since, "seen": found.digest}
    context = {
        "form": form,
        "kept": kept,
        "since": since,
        "plan": found,
        "changes": found.changes[:SHOWN],
        "faults": found.faults[:SHOWN],
        "unread": unread,
        "confirm": confirm or RosterConfirmForm(person=request.user, initial=initial),
    }
    status = 422 if found.faults or confirm is not None else 200
    return render(request, "roster_import.html", context, status=status)


def _put(request):
    """Hand the previewed table to the worker; refused, the preview stays with what was typed."""
    confirm = RosterConfirmForm(request.POST, person=request.user)
    valid = confirm.is_valid()
    kept = storage.unclaimed(request.user, [request.POST.get("kept", "")]).first()
    begins = confirm.cleaned_data.get("begins")
    if kept is None or begins is None:
        messages.warning(request, _("The file is not here any more. Choose it again."))
        return redirect("roster_import")
    if not valid:
        return _preview(request, RosterFileForm(), kept, begins, confirm)
    with transaction.atomic():
        job = roster_jobs.start(
            kept,
            by=request.user,
            since=begins,
            seen=confirm.cleaned_data["seen"],
            decision=decided(request, confirm),
            title=_("Roster from %(file)s") % {"file": kept.name},
        )
    return redirect("job", pk=job.pk)
