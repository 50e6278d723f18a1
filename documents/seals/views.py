"""Pages of the seals: get → access → form → action → render."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coordination import access, apart, audit, jobs, paging, workflow
from coordination import actions as ground
from coordination.downloads import file_response
from coordination.form_pages import changed
from coordination.formfields import add_refusal
from coordination.models import StoredFile
from documents.feedback import taken
from documents.models import Seal, SealRequest, SealUse
from documents.stepping import Line, begins_empty, step_page

from . import actions
from .filters import RequestFilter, UseFilter
from .forms import STEP_FORMS, ChangeForm, PictureForm, ReasonForm, SealForm, SealRequestForm

NEWEST = paging.Order(("pk",), descending=True)
LATEST = paging.Order(("year", "serial"), descending=True)
NEW_REQUEST = "seals:request"
TONES = {"requested": "waiting", "approved": "active", "sealed": "done"}
HISTORY_SHOWN = 50


@require_GET
def seals(request):
    """The seals with whose they are and who keeps them."""
    access.require(request.user, "view", Seal)
    rows = access.visible(request.user, Seal.objects.with_keeper())
    context = {
        "rows": rows.order_by("closed_on", "organisation__order", "pk")[: paging.COUNT_UP_TO],
        "may_add": access.may_ever(request.user, "add", Seal),
        **_doors(request),
    }
    return render(request, "seals/list.html", context)


def _doors(request) -> dict:
    """Which neighbouring pages are open to whoever looks."""
    return {
        "may_request": access.may_ever(request.user, "add", SealRequest),
        "may_see_requests": access.may_ever(request.user, "view", SealRequest),
        "may_see_uses": access.may_ever(request.user, "view", SealUse),
    }


def _seal(request, pk, verb="view"):
    """The seal if the person may `verb` it; 404 otherwise."""
    return get_object_or_404(access.visible(request.user, Seal.objects.with_keeper(), verb), pk=pk)


@require_GET
def seal(request, pk):
    """One seal: who keeps it, its picture, and what was changed when, by whom and why."""
    found = _seal(request, pk)
    history = found.history.select_related("history_user", "keeper__organisation")
    context = {
        "seal": found,
        "holder": access.holder(found.keeper),
        "proxies": found.proxy_for.all(),
        "history": history.order_by("-history_id")[:HISTORY_SHOWN],
        "may_change": access.may(request.user, "change", found) and found.closed_on is None,
        "may_see_picture": found.image and access.may(request.user, "picture", found),
    }
    return render(request, "seals/seal.html", context)


@require_http_methods(["GET", "POST"])
def new(request):
    """Set up a seal."""
    access.require(request.user, "add", Seal)
    form = SealForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.set_up(by=request.user, **form.values())
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The seal is set up."))
            return redirect(made)
    return _form_page(request, form, _("Set up a seal"))


@require_http_methods(["GET", "POST"])
def change(request, pk):
    """Give a seal to another keeper, or change its size or for whom it seals too."""
    access.require(request.user, "change", Seal)
    found = _seal(request, pk, "change")
    initial = {
        "keeper": found.keeper_id,
        "diameter_mm": found.diameter_mm,
        "proxy_for": list(found.proxy_for.values_list("pk", flat=True)),
    }
    form = ChangeForm(request.POST or None, person=request.user, initial=initial)

    def take(form):
        actions.change(found, by=request.user, **form.values())
        return _("The seal is changed.")

    done = changed(request, form, take, found.get_absolute_url())
    return done or _form_page(request, form, _("Change keeper or size"), found)


@require_http_methods(["GET", "POST"])
def close(request, pk):
    """Use a seal no more."""
    access.require(request.user, "change", Seal)
    found = _seal(request, pk, "change")
    form = ReasonForm(request.POST or None, person=request.user)

    def take(form):
        actions.close(found, by=request.user, **form.values())
        return _("The seal is closed.")

    done = changed(request, form, take, found.get_absolute_url())
    return done or _form_page(request, form, _("Close the seal"), found)


@require_http_methods(["GET", "POST"])
def picture(request, pk):
    """Upload the picture that sealed papers show, or take it off."""
    access.require(request.user, "change", Seal)
    found = _seal(request, pk, "change")
    bound = (request.POST, request.FILES) if request.method == "POST" else ()
    form = PictureForm(*bound, person=request.user)

    def take(form):
        reason = form.cleaned_data["reason"]
        actions.show(found, by=request.user, reason=reason, picture=form.picture())
        return _("The picture is changed.")

    done = changed(request, form, take, found.get_absolute_url())
    return done or _form_page(request, form, _("Picture of the seal"), found, picture=True)


def _form_page(request, form, heading, seal=None, **more):
    context = {"form": form, "heading": heading, "seal": seal, **more}
    if isinstance(form, PictureForm):
        context["kept"] = form.kept
    return render(request, "seals/form.html", context, status=422 if form.is_bound else 200)


@require_GET
def image(request, pk):
    """The picture of a seal, for its keeper and the director alone; put on record."""
    access.require(request.user, "picture", Seal)
    found = _seal(request, pk, "picture")
    if found.image is None:
        raise Http404
    audit.record_request(request, "file_downloaded", subject=f"{found} {found.image.name}"[:200])
    return file_response(found.image)


@require_GET
def requests(request):
    """The requests to have something sealed, narrowed by the address."""
    access.require(request.user, "view", SealRequest)
    seen = access.visible(request.user, SealRequest.objects.for_register())
    narrowed = RequestFilter(request.GET, queryset=seen, request=request)
    rows = narrowed.qs if narrowed.form.is_valid() else narrowed.queryset.none()
    context = {
        "filter": narrowed,
        "page": paging.page_of(request, rows, NEWEST),
        "tones": TONES,
        **_doors(request),
    }
    return render(request, "seals/requests.html", context)


@require_http_methods(["GET", "POST"])
def request_new(request):
    """Request to have something sealed."""
    access.require(request.user, "add", SealRequest)
    draft = ground.read_draft(request.user, NEW_REQUEST)
    if request.method == "GET":
        form = SealRequestForm(person=request.user, initial=draft.data if draft else {})
        return _request_page(request, form, draft, 200)
    form = SealRequestForm(request.POST, request.FILES, person=request.user)
    if form.is_valid():
        data = {name: value for name, value in form.cleaned_data.items() if name != "files"}
        try:
            made = actions.request_seal(person=request.user, files=form.kept, **data)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            ground.drop_draft(request.user, NEW_REQUEST)
            messages.success(request, _("Requested. Whoever answers for the seal is told."))
            return redirect(made)
    return _request_page(request, form, None, 422)


def _request_page(request, form, draft, status):
    context = {"form": form, "draft_key": NEW_REQUEST, "draft": draft, "kept": form.kept}
    return render(request, "seals/request_new.html", context, status=status)


def _request(request, pk):
    """The request if the person may see it; 404 otherwise, so that keys tell nothing."""
    rows = SealRequest.objects.for_register().select_related("seal__keeper__organisation")
    return get_object_or_404(access.visible(request.user, rows), pk=pk)


@require_GET
def seal_request(request, pk):
    """One request: what is to be sealed, where it stands, who decided what, what may be done."""
    return render(request, "seals/request.html", _about(request, _request(request, pk)))


def _about(request, found) -> dict:
    steps, held_back = apart.sorted_out(request.user, found)
    return {
        "row": found,
        "tone": TONES.get(found.state, "returned"),
        "steps": steps,
        "apart": held_back,
        "files": found.files.order_by("pk"),
        "use": SealUse.objects.filter(request=found).select_related("person").first(),
        "trail": workflow.trail(found),
    }


@require_http_methods(["GET", "POST"])
def request_step(request, pk, action):
    """Take one step of a request."""
    return step_page(request, _request(request, pk), action, LINE)


def _step_page(request, found, step, form, key, draft, status):
    context = {
        **_about(request, found),
        "form": form,
        "step": step,
        "record": found,
        "draft_key": key,
        "draft": draft,
    }
    return render(request, "seals/request_step.html", context, status=status)


LINE = Line(STEP_FORMS, begins_empty, actions.take_form_step, taken, _step_page)


@require_GET
def request_file(request, pk, file):
    """A file handed over with a request; put on record."""
    held = get_object_or_404(_request(request, pk).files.all(), pk=file)
    audit.record_request(request, "file_downloaded", subject=held.name)
    return file_response(StoredFile.objects.get(pk=held.pk))


@require_GET
def uses(request):
    """The seal register, narrowed by the address."""
    access.require(request.user, "view", SealUse)
    seen = access.visible(request.user, SealUse.objects.for_register())
    narrowed = UseFilter(request.GET, queryset=seen, request=request)
    rows = narrowed.qs if narrowed.form.is_valid() else narrowed.queryset.none()
    shown = request.GET.get("year", "")
    year = int(shown) if shown.isascii() and shown.isdigit() else timezone.localdate().year
    context = {
        "filter": narrowed,
        "page": paging.page_of(request, rows, LATEST),
        "year": year,
        "may_print": access.may_ever(request.user, "print", SealUse),
    }
    return render(request, "seals/uses.html", context)


@require_POST
def book(request, year):
    """Have the register of a year made as PDF; the page of the job shows how far it is."""
    access.require(request.user, "print", SealUse)
    params = {"year": year, "title": _("Seal register %(year)s") % {"year": year}}
    return redirect("job", pk=jobs.enqueue("seal_book", params, request.user).pk)
