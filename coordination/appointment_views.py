"""Pages of the security officer: posts, persons, bodies; and the hand-over between two people."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from . import access, appointments, bodies, handovers, overview
from .appointment_forms import (
    AppointForm,
    BodyForm,
    ChangeForm,
    CloseForm,
    EndForm,
    PersonForm,
    SlipsForm,
)
from .formfields import add_refusal
from .models import Appointment, Body, Closing, HandOver, Person, Seat


def _changed(request, form, take, done: str, target: str):
    """Take a change a form asks for; None where it was refused, in the form, in words."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        take(form)
    except ValidationError as error:
        add_refusal(form, error)
        return None
    messages.success(request, done)
    return redirect(target)


def _form_page(request, form, heading: str, submit: str, back: str, note: str = ""):
    context = {"form": form, "heading": heading, "submit": submit, "back": back, "note": note}
    return render(request, "form_page.html", context, status=422 if form.is_bound else 200)


def _decided(request, form):
    return bodies.enter_decision(by=request.user, **form.decision())


@require_GET
def posts(request):
    """Every seat with who holds it, and from when somebody else will."""
    access.require(request.user, "appoint", Seat)
    question = request.GET.get("q", "").strip()[:100]
    rows = access.visible(request.user, Seat.objects.all(), "appoint")
    context = {
        "rows": overview.posts(rows, question),
        "question": question,
        "bodies": Body.objects.filter(closed_on=None, kind__in=bodies.FOUNDED_HERE),
    }
    return render(request, "posts.html", context)


@require_http_methods(["GET", "POST"])
def appoint(request, pk):
    """Appoint somebody to a seat by a decision."""
    access.require(request.user, "appoint", Seat)
    rows = access.visible(request.user, Seat.objects.select_related("organisation"), "appoint")
    seat = get_object_or_404(rows, pk=pk)
    form = AppointForm(request.POST or None, person=request.user)

    def take(form):
        data = form.change()
        appointments.appoint(
            by=request.user,
            seat=seat,
            person=data["person_appointed"],
            since=data["since"],
            acting=data["acting"],
            decision=_decided(request, form),
        )

    done = _("Appointed. Whoever held the post ends the day before.")
    heading = _("Appoint to %(seat)s") % {"seat": seat}
    return _changed(request, form, take, done, "posts") or _form_page(
        request, form, heading, _("Appoint"), "posts"
    )


@require_http_methods(["GET", "POST"])
def appointment_end(request, pk):
    """End a term of office by a decision."""
    access.require(request.user, "appoint", Seat)
    row = get_object_or_404(
        Appointment.objects.select_related("seat__organisation", "person"), pk=pk
    )
    form = EndForm(request.POST or None, person=request.user)

    def take(form):
        appointments.end_appointment(
            row, by=request.user, until=form.change()["until"], decision=_decided(request, form)
        )

    heading = _("End the term of %(person)s as %(seat)s") % {"person": row.person, "seat": row.seat}
    return _changed(request, form, take, _("The term has its last day."), "posts") or _form_page(
        request, form, heading, _("End the term"), "posts"
    )


@require_POST
def appointment_take_back(request, pk):
    """Take back an appointment that has not begun."""
    access.require(request.user, "appoint", Seat)
    row = get_object_or_404(Appointment, pk=pk)
    try:
        appointments.take_back(row, by=request.user)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        messages.success(request, _("Taken back. Whoever held the post goes on."))
    return redirect("posts")


@require_http_methods(["GET", "POST"])
def person_new(request):
    """Enter somebody who is to sign in."""
    access.require(request.user, "add", Person)
    form = PersonForm(request.POST or None)

    def take(form):
        appointments.create_person(by=request.user, **form.cleaned_data)

    done = _("Entered. Now appoint this person to a post.")
    return _changed(request, form, take, done, "posts") or _form_page(
        request, form, _("New person"), _("Enter"), "people"
    )


@require_http_methods(["GET", "POST"])
def slips(request):
    """Slips with first passwords, to be printed and handed over; shown this once."""
    access.require(request.user, "add", Person)
    waiting = [person.pk for person in appointments.without_password()]
    form = SlipsForm(request.POST or None, person=request.user, initial={"persons": waiting})
    if request.method == "POST" and form.is_valid():
        made = appointments.give_first_passwords(form.cleaned_data["persons"], by=request.user)
        return render(request, "slips.html", {"slips": made, "site": settings.SITE_URL})
    note = _(
        "Each of these persons gets a new password on a slip of paper and must change it at the "
        "first sign-in. Those who cannot sign in yet are chosen already."
    )
    return _form_page(
        request, form, _("Sign-in slips"), _("Give new first passwords"), "people", note
    )


@require_POST
def person_active(request, pk):
    """Let a person sign in, or keep them out."""
    access.require(request.user, "add", Person)
    person = get_object_or_404(access.visible(request.user, Person.objects.all(), "add"), pk=pk)
    try:
        appointments.set_active(person, by=request.user, active="enable" in request.POST)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        messages.success(request, _("Changed: %(person)s.") % {"person": person})
    return redirect("people")


@require_http_methods(["GET", "POST"])
def body_new(request):
    """Found a group by a decision."""
    access.require(request.user, "found", Body)
    form = BodyForm(request.POST or None, person=request.user)

    def take(form):
        bodies.found_body(by=request.user, decision=_decided(request, form), **form.change())

    done = _("Founded, with the posts of a group. Now appoint to them.")
    return _changed(request, form, take, done, "posts") or _form_page(
        request, form, _("Found a group"), _("Found"), "posts"
    )


@require_http_methods(["GET", "POST"])
def body_change(request, pk):
    """Another name or lead unit, from today or a day to come."""
    access.require(request.user, "found", Body)
    body = get_object_or_404(Body.objects.filter(closed_on=None), id=pk)
    initial = {"name": body.name, "short_name": body.short_name, "lead_unit": body.lead_unit_id}
    form = ChangeForm(request.POST or None, person=request.user, initial=initial)

    def take(form):
        bodies.plan_change(
            by=request.user, organisation=body, decision=_decided(request, form), **form.change()
        )

    heading = _("Change %(body)s") % {"body": body.name}
    done = _("Entered. It takes effect on its day.")
    return _changed(request, form, take, done, "posts") or _form_page(
        request, form, heading, _("Change"), "posts"
    )


@require_http_methods(["GET", "POST"])
def body_close(request, pk):
    """Close a group by a decision, naming to whom its work goes."""
    access.require(request.user, "found", Body)
    body = get_object_or_404(Body.objects.filter(closed_on=None), id=pk)
    form = CloseForm(request.POST or None, person=request.user, body=body)

    def take(form):
        bodies.close_body(
            by=request.user, body=body, decision=_decided(request, form), **form.change()
        )

    count = bodies.open_in(body).count()
    note = _("Still open in it: %(count)s duties. The Office moves them to the successor.")
    heading = _("Close %(body)s") % {"body": body.name}
    done = _("It closes on its day. The Office sees what is still open in it.")
    return _changed(request, form, take, done, "posts") or _form_page(
        request, form, heading, _("Close"), "posts", note % {"count": count}
    )


@require_GET
def closings(request):
    """What is still open in bodies that close, and to whom it goes: for the Office to move."""
    access.require(request.user, "view", Closing)
    rows = access.visible(request.user, Closing.objects.select_related("body", "successor"))
    shown = [(row, list(bodies.open_in(row.body)[:200])) for row in rows.order_by("-pk")[:20]]
    return render(request, "closings.html", {"rows": shown})


@require_GET
def hand_overs(request):
    """Changes of hands: one's own, for the Office all."""
    access.require(request.user, "view", HandOver)
    rows = access.visible(request.user, HandOver.objects.all()).select_related(
        "seat__organisation", "predecessor__person", "successor__person"
    )
    return render(request, "hand_overs.html", {"rows": rows.order_by("-pk")[:100]})


@require_http_methods(["GET", "POST"])
def hand_over(request, pk):
    """The list of one change of hands, to be printed and signed; POST confirms it."""
    rows = access.visible(request.user, HandOver.objects.all())
    row = handovers.settled(get_object_or_404(rows, pk=pk))
    if request.method == "POST":
        try:
            row = handovers.confirm(row, person=request.user)
        except ValidationError as error:
            messages.warning(request, " ".join(error.messages))
        else:
            messages.success(request, _("Confirmed."))
        return redirect("hand_over", pk=pk)
    mine = request.user.pk in (row.predecessor.person_id, row.successor.person_id)
    done = row.given_at if request.user.pk == row.predecessor.person_id else row.taken_at
    context = {
        "row": row,
        "listed": handovers.lists(request.user, row),
        "may_confirm": mine and done is None and row.successor.since <= timezone.localdate(),
    }
    return render(request, "hand_over.html", context)
