"""Pages of the ledger: what is owed, each deadline's proof, extensions, urging."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from . import absences, access, apart, calendars, extensions, paging, subjects, urging, workflow
from . import duties as ledger
from .duty_forms import ExtensionForm, UrgingForm
from .formfields import add_refusal
from .models import Duty, Extension, Organisation
from .storage import PRIMARY_KEY

BY_DAY = paging.Order(("due_on", "pk"))
LATEST = paging.Order(("closed_at", "pk"), descending=True)
SHOWN = 50
URGED_WITHIN = timedelta(days=365)
PROVED = timedelta(days=400)  # of a deadline's days, one by one; the page carries no more


@require_GET
def duties(request):
    """The ledger: what my organisations owe; the Office sees all. `?late` shows the late ones."""
    access.require(request.user, "view", Duty)
    return _ledger(request, UrgingForm(duties=Duty.objects.none()), set())


def _ledger(request, form, chosen, status=200):
    """The page of the ledger; `chosen` are the duties ticked in a form that was refused."""
    shown = request.GET.get("show", "running")
    rows = access.visible(request.user, Duty.objects.select_related("organisation"))
    now = timezone.now()
    if shown == "late":
        rows = rows.overdue(now, timezone.localdate())
    elif shown == "closed":
        rows = rows.exclude(closed_at=None)
    else:
        rows = rows.open()
    page = paging.page_of(request, rows, LATEST if shown == "closed" else BY_DAY)
    calendar, urged_often = calendars.current(), urging.counts(page.rows)
    urls = subjects.urls_of_duties(request.user, page.rows)
    may_urge = shown != "closed" and access.may_ever(request.user, "urge", Duty)
    away = absences.of_units(absences.away()) if may_urge else {}
    owed = [
        (
            row,
            ledger.lamp(row, calendar, now),
            urls[row.pk],
            urged_often.get(row.pk, 0),
            away.get(row.organisation_id, ""),
        )
        for row in page.rows
    ]
    context = {
        "page": page,
        "rows": owed,
        "shown": shown,
        "may_urge": may_urge,
        "form": form,
        "chosen": chosen,
    }
    return render(request, "duties.html", context, status=status)


@require_POST
def urge(request):
    """Urge the owners of the ticked duties with one word; refused, all that was typed stays."""
    access.require(request.user, "urge", Duty)
    able = access.visible(request.user, Duty.objects.all(), "urge")
    form = UrgingForm(request.POST, duties=able)
    if form.is_valid():
        try:
            done = urging.urge(
                person=request.user,
                duties=form.cleaned_data["duties"],
                word=form.cleaned_data["word"],
            )
        except ValidationError as error:
            add_refusal(form, error)
        else:
            words = ngettext("Urged: %(n)s duty.", "Urged: %(n)s duties.", len(done))
            messages.success(request, words % {"n": len(done)})
            return redirect(_back_to(request, done))
    return _ledger(request, form, set(request.POST.getlist("duties")), status=422)


def _back_to(request, done) -> str:
    """The duty urged; the list it was ticked in, where there were several."""
    if len(done) == 1:
        return reverse("duty", args=[done[0].duty_id])
    shown = request.GET.get("show", "")
    return reverse("duties") + (f"?show={shown}" if shown in ("late", "running") else "")


@require_GET
def urged(request):
    """Who was urged how often within a year; `?unit=` each urging of one, with its word."""
    access.require(request.user, "view", Duty)
    since = timezone.now() - URGED_WITHIN
    context = {"rows": urging.by_organisation(request.user, since), "since": since}
    unit = request.GET.get("unit", "")
    if PRIMARY_KEY.fullmatch(unit):
        organisation = get_object_or_404(Organisation, pk=int(unit))
        context["unit"] = organisation
        context["urgings"] = urging.of_organisation(request.user, organisation, since)
    return render(request, "urged.html", context)


@require_GET
def duty(request, pk):
    """A deadline with its proof: every day from the start, counted or skipped, and why."""
    rows = access.visible(request.user, Duty.objects.select_related("organisation"))
    row = get_object_or_404(rows.select_related("assigned_under__seat__organisation"), pk=pk)
    calendar = calendars.current()
    asked = row.extensions.select_related("assigned_under__seat").order_by("-pk")[:SHOWN]
    running = row.closed_at is None and row.submitted_at is None
    proved_to = min(row.due_on, ledger.local_day(row.started_at) + PROVED)
    proposed = extensions.proposed(row)
    url = subjects.url_for(request.user, row.content_type_id, row.object_id)
    may_urge = running and access.may(request.user, "urge", row)
    context = {
        "duty": row,
        "lamp": ledger.lamp(row, calendar),
        "days": calendar.strip(row.started_at, proved_to),
        "days_more": (row.due_on - proved_to).days,
        "url": url,
        "reminders": row.notices.select_related("person").order_by("pk")[:100],
        "extensions": [_extension(request.user, row, extension) for extension in asked],
        "may_ask": running and workflow.offered(request.user, proposed),
        "proposed": proposed,
        "earlier": ledger.earlier(row) if url else [],
        "urgings": row.urgings.select_related("urged_under__seat__organisation", "person")[:SHOWN],
        "may_urge": may_urge,
        "away": _away(row) if may_urge else [],
    }
    return render(request, "duty.html", context)


def _away(duty: Duty) -> list[str]:
    """Who of the duty's owners is away now or from a day before it is due."""
    due = max(duty.due_on, timezone.localdate())
    rows = absences.away(by=lambda: due, organisation_id=duty.organisation_id)
    return list(dict.fromkeys(one.words for one in rows))


def _extension(person, duty: Duty, extension: Extension):
    """An extension with what `person` may do with it and what was said when it was decided."""
    extension.duty = duty
    decided = workflow.trail(extension).exclude(action="ask").last()
    steps, held_back = apart.sorted_out(person, extension)
    return extension, steps, held_back, decided


@require_http_methods(["GET", "POST"])
def extension_new(request, pk):
    """Ask for a later due day; too late, or twice, is refused with what to do instead."""
    rows = access.visible(request.user, Duty.objects.select_related("organisation"))
    row = get_object_or_404(rows.select_related("assigned_under__seat"), pk=pk)
    step = workflow.require_step(request.user, extensions.proposed(row), "ask")
    form = ExtensionForm(request.POST or None, duty=row, action="ask")
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            extensions.ask_for_extension(
                row,
                person=request.user,
                reason=data["opinion"],
                due_on=data.get("due_on"),
                due_at=data.get("due_at"),
            )
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(
                request, _("Asked for. The present due day holds until it is decided.")
            )
            return redirect("duty", pk=row.pk)
    return _extension_page(request, row, form, step)


@require_http_methods(["GET", "POST"])
def extension_step(request, pk, action):
    """Grant, refuse or withdraw a question for an extension."""
    rows = access.visible(request.user, Extension.objects.select_related("organisation"))
    rows = rows.select_related("duty__organisation", "assigned_under__seat")
    row = get_object_or_404(rows, pk=pk)
    try:
        step = workflow.require_step(request.user, row, action)
    except workflow.Conflict as conflict:
        messages.warning(request, " ".join(conflict.messages))
        return redirect("duty", pk=row.duty_id)
    initial = {"due_on": row.due_on, "due_at": row.due_at, "seen": row.content_digest()}
    form = ExtensionForm(request.POST or None, duty=row.duty, action=action, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        opinion, seen = data.pop("opinion"), data.pop("seen")
        try:
            workflow.advance(
                row, action, person=request.user, opinion=opinion, data=data, seen=seen
            )
        except workflow.Conflict as conflict:
            messages.warning(request, " ".join(conflict.messages))
            return redirect("duty", pk=row.duty_id)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Done: %(step)s.") % {"step": step.label})
            return redirect("duty", pk=row.duty_id)
    return _extension_page(request, row.duty, form, step, row)


def _extension_page(request, duty, form, step, extension=None):
    context = {
        "duty": duty,
        "form": form,
        "step": step,
        "extension": extension,
        "record": extension or extensions.proposed(duty),
    }
    status = 422 if form.is_bound else 200
    return render(request, "extension.html", context, status=status)
