"""Pages of the security officer: groups and seats set up, changed and closed; closing bodies."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from . import access, bodies, seats
from .appointment_forms import (
    BodyForm,
    ChangeForm,
    CloseForm,
    SeatCloseForm,
    SeatForm,
    TakeBackForm,
)
from .dates import long_day
from .form_pages import changed, decided, form_page
from .models import Body, Closing, PlannedChange, Seat


def _body(request, pk) -> Body:
    """A group that is not closed yet."""
    access.require(request.user, "found", Body)
    rows = access.visible(request.user, Body.objects.not_closed(timezone.localdate()), "found")
    return get_object_or_404(rows, id=pk)


@require_http_methods(["GET", "POST"])
def body_new(request):
    """Found a group by a decision."""
    access.require(request.user, "found", Body)
    form = BodyForm(request.POST or None, person=request.user)

    def take(form):
        bodies.found_body(by=request.user, decision=decided(request, form), **form.change())
        return _("Founded, with the posts of a group. Now appoint to them.")

    note = _("The head of a thematic group is the head of its lead unit.")
    return changed(request, form, take, "posts") or form_page(
        request, form, _("Found a group"), _("Found"), "posts", note
    )


@require_http_methods(["GET", "POST"])
def body_change(request, pk):
    """Another name, lead unit or deputy units, from today or a day to come."""
    body = _body(request, pk)
    initial = bodies.planned(body)
    form = ChangeForm(request.POST or None, person=request.user, body=body, initial=initial)

    def take(form):
        wanted = form.wanted()
        decision = decided(request, form)
        bodies.plan_change(by=request.user, organisation=body, decision=decision, **wanted)
        return _("Entered. It takes effect on its day.")

    heading = _("Change %(body)s") % {"body": body.name}
    note = _("Only what you change is recorded; what is planned already is filled in.")
    return changed(request, form, take, "posts") or form_page(
        request, form, heading, _("Change"), "posts", note
    )


@require_http_methods(["GET", "POST"])
def change_take_back(request, pk):
    """Take back a planned change that is not in force yet."""
    access.require(request.user, "found", Body)
    row = get_object_or_404(PlannedChange.objects.select_related("organisation"), pk=pk)
    form = TakeBackForm(request.POST or None, person=request.user)

    def take(form):
        bodies.take_back_change(row, by=request.user, reason=form.cleaned_data["reason"])
        return _("Taken back.")

    heading = _("Take back the change of %(body)s from %(day)s") % {
        "body": row.organisation.name,
        "day": long_day(row.in_force_from),
    }
    return changed(request, form, take, "posts") or form_page(
        request, form, heading, _("Take back"), "posts"
    )


@require_http_methods(["GET", "POST"])
def body_close(request, pk):
    """Close a group by a decision, naming to whom its work goes."""
    body = _body(request, pk)
    form = CloseForm(request.POST or None, person=request.user, body=body)

    def take(form):
        bodies.close_body(
            by=request.user, body=body, decision=decided(request, form), **form.change()
        )
        return _("It closes on its day. The Office sees what is still open in it.")

    count = bodies.open_in(body).count()
    note = ngettext(
        "Still open in it: %(count)s duty. The Office moves it to the successor.",
        "Still open in it: %(count)s duties. The Office moves them to the successor.",
        count,
    )
    heading = _("Close %(body)s") % {"body": body.name}
    return changed(request, form, take, "posts") or form_page(
        request, form, heading, _("Close"), "posts", note % {"count": count} if count else ""
    )


@require_http_methods(["GET", "POST"])
def closing_take_back(request, pk):
    """Let a group go on that was to be closed on a day to come."""
    body = _body(request, pk)
    form = TakeBackForm(request.POST or None, person=request.user)

    def take(form):
        bodies.take_back_closing(body, by=request.user, reason=form.cleaned_data["reason"])
        return _("Taken back. The group goes on.")

    heading = _("Take back the closing of %(body)s") % {"body": body.name}
    return changed(request, form, take, "posts") or form_page(
        request, form, heading, _("Take back"), "posts"
    )


@require_GET
def closings(request):
    """What is still open in bodies that close, and to whom it goes: for the Office to move."""
    access.require(request.user, "view", Closing)
    rows = access.visible(request.user, Closing.objects.all())
    rows = rows.select_related("body", "successor", "decision").order_by("-pk")[:20]
    shown = [(row, list(bodies.open_in(row.body)[:200])) for row in rows]
    return render(request, "closings.html", {"rows": shown})


@require_http_methods(["GET", "POST"])
def seat_new(request):
    """Set up a further seat by a decision."""
    access.require(request.user, "appoint", Seat)
    form = SeatForm(request.POST or None, person=request.user)

    def take(form):
        seat = seats.add_seat(by=request.user, decision=decided(request, form), **form.change())
        if seat.follows is not None:
            return _("Set up. Whoever heads the unit holds it.")
        return _("Set up. Now appoint to it.")

    return changed(request, form, take, "posts") or form_page(
        request, form, _("New seat"), _("Set up"), "posts"
    )


@require_http_methods(["GET", "POST"])
def seat_close(request, pk):
    """Close a seat by a decision."""
    access.require(request.user, "appoint", Seat)
    rows = access.visible(request.user, Seat.objects.open(timezone.localdate()), "appoint")
    seat = get_object_or_404(rows.select_related("organisation", "follows__organisation"), pk=pk)
    form = SeatCloseForm(request.POST or None, person=request.user)

    def take(form):
        seats.close_seat(seat, by=request.user, decision=decided(request, form), **form.change())
        return _("The seat closes on its day.")

    note = ""
    if seat.follows is not None:
        note = _("Whoever holds %(post)s holds it till then.") % {"post": seat.follows}
    heading = _("Close the seat %(seat)s") % {"seat": seat}
    return changed(request, form, take, "posts") or form_page(
        request, form, heading, _("Close"), "posts", note
    )
