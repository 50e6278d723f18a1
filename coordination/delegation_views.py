"""Pages about stand-ins and absences."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from . import access, audit, delegations, entrusting, subjects, workflow
from .delegation_forms import AbsenceForm, DelegationForm, RevocationForm
from .downloads import file_response
from .formfields import add_refusal
from .models import Absence, Delegation, Transition
from .posts import OFFICE

SHOWN = 50


@require_GET
def delegation_list(request):
    """Who stands in for whom, who is away; the Office sees all, everybody else their own."""
    access.require(request.user, "view", Delegation)
    today = timezone.localdate()
    rows = access.visible(
        request.user,
        Delegation.objects.select_related(
            "seat__organisation", "delegate", "given_under__person", "revoked_by"
        ),
    )
    current = rows.not_over(today).order_by("since", "pk")
    ended = rows.exclude(pk__in=current.values("pk")).order_by("-pk")
    absences = Absence.objects.not_over(today).select_related("person").order_by("since", "pk")
    in_office = access.standing(request.user).holds(*OFFICE)
    if not in_office:
        absences = absences.filter(person=request.user)
    context = {
        "current": _described(current[:SHOWN]),
        "ended": _described(ended[:SHOWN]),
        "absences": absences[:SHOWN],
        "may_give": bool(delegations.givable(request.user)),
        "today": today,
    }
    return render(request, "delegations/list.html", context)


def _described(rows):
    """Each delegation with its acts in words, and why it gives nothing today, if so."""
    rows = list(rows)
    resting = delegations.resting(rows)
    return [(row, entrusting.labels_of(row.acts), resting.get(row.pk, "")) for row in rows]


@require_http_methods(["GET", "POST"])
def delegation_new(request):
    """Entrust acts of a seat; whose seat is asked first where there are several."""
    seats = delegations.givable(request.user)
    if not seats:
        raise PermissionDenied(_("Your posts have no acts that somebody else could take."))
    wanted = request.GET.get("seat", "")
    seat = next((s for s in seats if str(s.pk) == wanted), seats[0] if len(seats) == 1 else None)
    if seat is None:
        return render(request, "delegations/choose.html", {"seats": seats})
    own = seat.pk in access.standing(request.user).seat_ids
    form = DelegationForm(
        request.POST or None,
        request.FILES or None,
        person=request.user,
        seat=seat,
        by_office=not own,
    )
    if request.method == "POST" and form.is_valid():
        data = {name: value for name, value in form.cleaned_data.items() if name != "files"}
        try:
            given = delegations.give_delegation(
                person=request.user, seat=seat, files=form.kept, **data
            )
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Entrusted. %(name)s was told.") % {"name": given.delegate})
            return redirect("delegation", pk=given.pk)
    context = {"form": form, "seat": seat, "kept": form.kept, "own": own}
    status = 422 if form.is_bound else 200
    return render(request, "delegations/new.html", context, status=status)


@require_http_methods(["GET", "POST"])
def delegation(request, pk):
    """One delegation and what was done under it; POST revokes it."""
    rows = access.visible(
        request.user,
        Delegation.objects.select_related(
            "seat__organisation", "delegate", "given_under__person", "entered_by", "revoked_by"
        ),
    )
    row = get_object_or_404(rows, pk=pk)
    form = RevocationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            delegations.revoke_delegation(row, person=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Revoked. What was done under it stands."))
            return redirect("delegation", pk=pk)
    over = row.revoked_at is not None or row.until < timezone.localdate()
    done = Transition.objects.filter(delegation=row).select_related(
        "person", "content_type", "acting_as__person", "acting_as__seat__organisation"
    )
    context = {
        "delegation": row,
        "acts": entrusting.labels_of(row.acts),
        "rests": delegations.resting([row]).get(row.pk, ""),
        "instructions": row.instructions.order_by("pk"),
        "form": form,
        "may_revoke": not over and access.may(request.user, "revoke", row),
        "done": [_done(request.user, step) for step in done.order_by("-pk")[:SHOWN]],
    }
    return render(request, "delegations/detail.html", context, status=422 if form.errors else 200)


def _done(person, step: Transition) -> tuple:
    """A step taken under a delegation: what, on which record, and where that is shown."""
    url = subjects.url_for(person, step.content_type_id, step.object_id)
    return step, workflow.label_of(step), str(step.record), url


@require_GET
def delegation_file(request, pk, file):
    """One file of the written instruction behind a delegation the Office entered."""
    row = get_object_or_404(access.visible(request.user, Delegation.objects.all()), pk=pk)
    found = get_object_or_404(row.instructions, pk=file)
    audit.record_request(request, "file_downloaded", subject=found.name)
    return file_response(found)


@require_http_methods(["GET", "POST"])
def absence_new(request):
    """Enter an absence: one's own, or for the Office anybody's."""
    access.require(request.user, "view", Delegation)
    in_office = access.standing(request.user).holds(*OFFICE)
    form = AbsenceForm(request.POST or None, person=request.user, for_anybody=in_office)
    if request.method == "POST" and form.is_valid():
        try:
            delegations.enter_absence(person=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(
                request, _("Entered. It is shown to whoever is about to send something there.")
            )
            return redirect("delegations")
    status = 422 if form.is_bound else 200
    return render(request, "delegations/absence.html", {"form": form}, status=status)


@require_POST
def absence_cancel(request, pk):
    """Take an absence back; taken back twice it stays so."""
    rows = Absence.objects.all()
    if not access.standing(request.user).holds(*OFFICE):
        rows = rows.filter(person=request.user)
    delegations.cancel_absence(get_object_or_404(rows, pk=pk), person=request.user)
    messages.success(request, _("The absence is taken back."))
    return redirect("delegations")
