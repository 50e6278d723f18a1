"""Pages of the security officer: posts and persons; and the hand-over between two people."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from . import access, appointments, bodies, handovers, overview
from .appointment_forms import AppointForm, EndForm, PersonForm, SlipsForm, TakeBackForm
from .form_pages import changed, decided, form_page
from .models import Appointment, Body, HandOver, Person, Seat
from .posts import SINGLE


@require_GET
def posts(request):
    """Every seat with who holds it, and from when somebody else will."""
    access.require(request.user, "appoint", Seat)
    question = request.GET.get("q", "").strip()[:100]
    rows = access.visible(request.user, Seat.objects.all(), "appoint")
    context = {
        "rows": overview.posts(rows, question),
        "question": question,
        "single": SINGLE,
        "groups": overview.groups(Body.objects.filter(kind__in=bodies.FOUNDED_HERE)),
    }
    return render(request, "posts.html", context)


@require_http_methods(["GET", "POST"])
def appoint(request, pk):
    """Appoint somebody to a seat by a decision; to one that goes with a post, to that post."""
    access.require(request.user, "appoint", Seat)
    rows = Seat.objects.select_related("organisation", "follows__organisation")
    seat = get_object_or_404(access.visible(request.user, rows, "appoint"), pk=pk)
    if seat.follows is not None and request.method == "GET":
        words = _("%(seat)s goes with this post.") % {"seat": seat}
        messages.info(request, words)
        return redirect("appoint", seat.follows_id)
    form = AppointForm(request.POST or None, person=request.user)

    def take(form):
        data = form.change()
        found = appointments.appoint(
            by=request.user,
            seat=seat,
            person=data["person_appointed"],
            since=data["since"],
            acting=data["acting"],
            decision=decided(request, form),
        )
        if found.displaced is None:
            return _("Appointed.")
        return _("Appointed. %(name)s ends the day before.") % {"name": found.displaced.person}

    heading = _("Appoint to %(seat)s") % {"seat": seat}
    return changed(request, form, take, "posts") or form_page(
        request, form, heading, _("Appoint"), "posts", overview.going_along(seat)
    )


def _term(request, pk) -> Appointment:
    access.require(request.user, "appoint", Seat)
    rows = Appointment.objects.select_related("seat__organisation", "person", "displaced__person")
    return get_object_or_404(rows, pk=pk)


@require_http_methods(["GET", "POST"])
def appointment_end(request, pk):
    """The last day of a term of office by a decision: the first, another one, or none."""
    row = _term(request, pk)
    initial = {"until": row.until or max(row.since, timezone.localdate())}
    form = EndForm(request.POST or None, person=request.user, initial=initial)

    def take(form):
        until = form.change()["until"]
        decision = decided(request, form)
        appointments.end_appointment(row, by=request.user, until=until, decision=decision)
        return _("The term has its last day.") if until else _("The term has no last day any more.")

    heading = _("Last day of %(person)s as %(seat)s") % {"person": row.person, "seat": row.seat}
    return changed(request, form, take, "posts") or form_page(
        request, form, heading, _("Enter"), "posts", overview.going_along(row.seat)
    )


@require_http_methods(["GET", "POST"])
def appointment_take_back(request, pk):
    """Take back an appointment that begins today or later; who acted in it, ends today."""
    row = _term(request, pk)
    form = TakeBackForm(request.POST or None, person=request.user)

    def take(form):
        appointments.take_back(row, by=request.user, reason=form.cleaned_data["reason"])
        if row.displaced is None:
            return _("Taken back.")
        return _("Taken back. %(name)s goes on as before.") % {"name": row.displaced.person}

    done = changed(request, form, take, "posts")
    if done is None and form.has_error("__all__", "acted"):
        messages.warning(request, " ".join(map(str, form.non_field_errors())))
        return redirect("appointment_end", pk)
    heading = _("Take back %(person)s as %(seat)s") % {"person": row.person, "seat": row.seat}
    goes_on = ""
    if row.displaced is not None:
        goes_on = _("%(name)s goes on as before.") % {"name": row.displaced.person}
    return done or form_page(
        request, form, heading, _("Take back"), "posts", goes_on, overview.going_along(row.seat)
    )


@require_http_methods(["GET", "POST"])
def person_new(request):
    """Enter somebody who is to sign in."""
    access.require(request.user, "add", Person)
    named = {key: request.GET.get(key, "")[:254] for key in ("name", "phone", "email")}
    form = PersonForm(request.POST or None, initial=named)

    def take(form):
        appointments.create_person(by=request.user, **form.cleaned_data)
        return _("Entered. Now appoint this person to a post.")

    return changed(request, form, take, "posts") or form_page(
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
    return form_page(
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
    context = {
        "row": row,
        "listed": handovers.lists(request.user, row),
        "may_confirm": handovers.may_confirm(row, request.user),
    }
    return render(request, "hand_over.html", context)
