"""Pages of the yearly confirmation of liaison officers."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from . import access, calendars, confirmations, duties, urging, workflow
from .confirmation_forms import FORMS, AskForm
from .formfields import add_refusal
from .models import Appointment, Confirmation, Duty, Seat


@require_http_methods(["GET", "POST"])
def year(request):
    """One year's answers, unanswered first; POST asks the units."""
    access.require(request.user, "view", Confirmation)
    today = timezone.localdate()
    shown = request.GET.get("year", "")
    number = int(shown) if shown.isascii() and shown.isdigit() and len(shown) == 4 else today.year
    may_ask = access.may_ever(request.user, "ask", Confirmation) and number == today.year
    form = AskForm(request.POST or None)
    if request.method == "POST":
        access.require(request.user, "ask", Confirmation)
        if form.is_valid():
            done = confirmations.ask_all(
                person=request.user, year=today.year, working_days=form.cleaned_data["working_days"]
            )
            words = ngettext("Asked: %(n)s unit.", "Asked: %(n)s units.", len(done))
            messages.success(request, words % {"n": len(done)})
            return redirect("confirmations")
    rows = access.visible(request.user, Confirmation.objects.filter(year=number))
    listed = _listed(rows)
    context = {
        "year": number,
        "years": range(number - 1, min(number + 1, today.year) + 1),
        "sections": listed,
        "count": sum(len(lines) for _label, lines in listed),
        "form": form,
        "may_ask": may_ask and confirmations.not_asked(number).exists(),
        "may_urge": access.may_ever(request.user, "urge", Duty) and number == today.year,
    }
    status = 422 if form.errors else 200
    return render(request, "confirmations/year.html", context, status=status)


def _listed(rows) -> list[tuple[str, list[tuple]]]:
    """By state, unanswered first: each unit with its liaison officer, lamp, and urgings."""
    rows = list(rows.select_related("organisation", "seat", "duty").order_by("organisation__order"))
    held = Appointment.objects.active(timezone.localdate()).filter(
        seat__in=[row.seat_id for row in rows]
    )
    holders = {term.seat_id: term for term in held.select_related("person")}
    urged = urging.counts([row.duty for row in rows if row.duty])
    calendar = calendars.current()
    found = []
    for state in Confirmation.State:
        lines = [
            (
                row,
                holders.get(row.seat_id),
                duties.lamp(row.inbox_duty, calendar),
                urged.get(row.duty_id, 0),
            )
            for row in rows
            if row.state == state
        ]
        found.append((state, lines))
    return [(state, lines) for state, lines in found if lines]


def _row(request, pk):
    rows = access.visible(request.user, Confirmation.objects.all())
    return get_object_or_404(
        rows.select_related("organisation", "seat__organisation", "duty"), pk=pk
    )


@require_GET
def confirmation(request, pk):
    """What one unit was asked and answered, and what can be done now."""
    row = _row(request, pk)
    context = _context(request, row) | {"offered": workflow.offered(request.user, row)}
    return render(request, "confirmations/detail.html", context)


def _context(request, row) -> dict:
    return {
        "row": row,
        "holder": access.holder(row.seat),
        "trail": workflow.trail(row),
        "may_appoint": access.may_ever(request.user, "appoint", Seat),
        "lamp": duties.lamp(row.inbox_duty, calendars.current()),
    }


@require_http_methods(["GET", "POST"])
def step(request, pk, action):
    """One step of the route."""
    row = _row(request, pk)
    try:
        found = workflow.require_step(request.user, row, action)
    except workflow.Conflict as conflict:
        messages.warning(request, " ".join(conflict.messages))
        return redirect("confirmation", pk=pk)
    context = _context(request, row) | {"step": found}
    initial = {"seen": row.content_digest()}
    if found.form == "confirm" and context["holder"]:
        person = context["holder"].person
        initial |= {"phone": person.phone, "email": person.email}
    form = FORMS[found.form](request.POST or None, initial=initial, action=action)
    if request.method == "POST" and form.is_valid():
        try:
            workflow.advance(
                row,
                action,
                person=request.user,
                opinion=form.cleaned_data.get("opinion", ""),
                data=form.data_of(),
                seen=form.cleaned_data["seen"],
            )
        except workflow.Conflict as conflict:
            messages.warning(request, " ".join(conflict.messages))
            return redirect("confirmation", pk=pk)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Done: %(step)s.") % {"step": found.label})
            return redirect("confirmation", pk=pk)
    context["form"] = form
    return render(request, "confirmations/step.html", context, status=422 if form.is_bound else 200)
