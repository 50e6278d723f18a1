"""Pages of the incoming line: get → access → form → action → render."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coordination import access, audit, calendars, duties, jobs, paging
from coordination import actions as ground
from coordination.downloads import file_response

from . import (
    actions,
    duplicates,
    feedback,
    filed,
    format_check,
    labels,
    presenters,
    saved_filters,
)
from .export import export_small
from .filters import IncomingFilter
from .forms import RegistrationForm
from .models import Attachment, Handling, IncomingDocument, Label, Reading
from .step_forms import STEP_FORMS
from .stepping import Line, step_page

ORDERS = {
    "": paging.Order(("pk",), descending=True),
    "oldest": paging.Order(("pk",)),
    "due": paging.Order(("main_duty__due_on", "pk")),
}
ON_REPLIES = ("submit_reply", "accept_reply", "send_back")
NEW_DRAFT = "incoming:new"
COUNT_EXACTLY = 1_000_000


def _document(request, pk, verb="view"):
    """The document if the person may see it; 404 otherwise, so that numbers tell nothing."""
    rows = access.visible(request.user, IncomingDocument.objects.for_detail(), verb)
    rows = labels.shown_to(request.user, rows)
    return get_object_or_404(rows, pk=pk)


@require_GET
def register(request):
    """The register of incoming documents, narrowed by the address."""
    access.require(request.user, "view", IncomingDocument)
    narrowed = IncomingFilter(
        request.GET,
        queryset=access.visible(request.user, IncomingDocument.objects.for_register()),
        request=request,
    )
    rows = narrowed.qs if narrowed.form.is_valid() else narrowed.queryset.none()
    sort = request.GET.get("sort", "")
    if sort == "due":
        rows = rows.running()
    page = paging.page(
        labels.shown_to(request.user, rows),
        ORDERS.get(sort, ORDERS[""]),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    calendar = calendars.current()
    exact = request.GET.get("exact")  # opened from a figure, to be compared with it
    count, more = paging.bounded_count(rows, COUNT_EXACTLY if exact else paging.COUNT_UP_TO)
    context = {
        "filter": narrowed,
        "page": page,
        "rows": [(row, duties.lamp(row.main_duty, calendar)) for row in page.rows],
        "count": count,
        "more": more,
        "may_add": access.may_ever(request.user, "add", IncomingDocument),
        "may_count": access.may_ever(request.user, "count", IncomingDocument),
        "may_export": access.may_ever(request.user, "export", IncomingDocument),
        "tones": presenters.TONES,
        "chips": saved_filters.chips(request.user, request.GET),
        "question": saved_filters.question_of(request.GET),
        "may_label": access.may_ever(request.user, "change", Label),
        "may_have_ended": _may_have_ended(request.user),
        "ticked": request.GET.getlist("ticked"),
    }
    return render(request, "documents/register.html", context)


def _may_have_ended(person) -> bool:
    """Whether a part could be taken from this person's organisation; the Office sees them all."""
    may = access.may_ever(person, "view", Handling)
    return may and not access.reaches_all(person, "view", Handling)


@require_http_methods(["GET", "POST"])
def new(request):
    """Sign for and register a document; warns of a probable duplicate."""
    access.require(request.user, "add", IncomingDocument)
    draft = ground.read_draft(request.user, NEW_DRAFT)
    if request.method == "GET":
        form = RegistrationForm(person=request.user, initial=draft.data if draft else {})
        return render(request, "documents/new.html", {"form": form, "draft": draft})
    form = RegistrationForm(request.POST, request.FILES, person=request.user)
    alike = []
    if form.is_valid():
        data = form.cleaned_data
        alike = duplicates.probable(request.user, data)
        if not alike or data["duplicate_confirmed"]:
            document = actions.register_document(person=request.user, data=data, files=form.kept)
            ground.drop_draft(request.user, NEW_DRAFT)
            messages.success(request, feedback.registered(document))
            return redirect(document)
    if not form.may_store():
        ground.drop_draft(request.user, NEW_DRAFT)
    context = {"form": form, "alike": alike, "kept": form.kept}
    return render(request, "documents/new.html", context, status=200 if alike else 422)


@require_GET
def detail(request, pk):
    """One document: where it stands, who does what by when, what may be done."""
    document = _document(request, pk)
    # Whoever was only given it to read may not print it; nobody else sees it without printing.
    may_print = not document.is_circulated or access.may(request.user, "print", document)
    context = {
        "detail": presenters.detail(request.user, document),
        "document": document,
        "may_print": may_print,
        "may_label": access.may_ever(request.user, "change", Label),
        **filed.marks(request.user, document),
    }
    return render(request, "documents/detail.html", context)


@require_http_methods(["GET", "POST"])
def step(request, pk, action):
    """Take one step of a document."""
    return step_page(request, _document(request, pk), action, LINE)


@require_http_methods(["GET", "POST"])
def part_step(request, pk, action):
    """Take one step of a handler's part."""
    rows = access.visible(request.user, Handling.objects.select_related("document", "organisation"))
    return step_page(request, get_object_or_404(rows, pk=pk), action, LINE)


@require_GET
def reading(request, pk):
    """Where a notice about reading leads: to the document."""
    rows = access.visible(request.user, Reading.objects.select_related("document"))
    return redirect(get_object_or_404(rows, pk=pk))


@require_http_methods(["GET", "POST"])
def reading_step(request, pk, action):
    """Mark as read, remark, or take back."""
    rows = access.visible(request.user, Reading.objects.select_related("document", "seat"))
    return step_page(request, get_object_or_404(rows, pk=pk), action, LINE)


def _step_page(request, record, found, form, key, draft, status):
    document = getattr(record, "document", record)
    context = {
        "form": form,
        "step": found,
        "record": record,
        "document": document,
        "draft_key": key,
        "draft": draft,
        "kept": getattr(form, "kept", []),
        "files": list(document.attachments.current().filter(handling=None).select_related("file")),
        "proposal": document.proposals.select_related("lead").order_by("-pk").first(),
        "checkable": format_check.DOCX if found.action == "pass_review" else "",
        "replies": presenters.replies(document) if found.action in ON_REPLIES else None,
    }
    return render(request, "documents/step.html", context, status=status)


LINE = Line(
    STEP_FORMS,
    lambda step, record: feedback.initial(step.form, record),
    actions.take_form_step,
    feedback.taken,
    _step_page,
)


@require_GET
def download(request, pk, attachment):
    """A file of a document, to whoever may see the document or handed it in; put on record."""
    wanted = IncomingDocument.objects.filter(pk=pk)
    documents = access.visible(request.user, wanted)
    parts = access.visible(request.user, Handling.objects.filter(document__in=wanted.values("pk")))
    rows = Attachment.objects.current().of(documents, parts).select_related("file", "document")
    found = get_object_or_404(rows, pk=attachment)
    actions.note_download(request, found)
    return file_response(found.file)


@require_POST
def sheet(request, pk):
    """Have the processing sheet made; the page of the job shows how far it is."""
    document = _document(request, pk, "print")
    job = jobs.enqueue(
        "processing_sheet", {"document": document.pk, "title": str(document)}, request.user
    )
    return redirect("job", pk=job.pk)


@require_POST
def export(request):
    """What is filtered as XLSX: at once when short, in the background when long."""
    access.require(request.user, "export", IncomingDocument)
    narrowed = IncomingFilter(
        request.GET,
        queryset=access.visible(request.user, IncomingDocument.objects.for_register(), "export"),
        request=request,
    )
    if not narrowed.form.is_valid():
        raise Http404
    audit.record_request(request, "register_exported", subject=request.GET.urlencode()[:200])
    small = export_small(narrowed.qs)
    if small is not None:
        return small
    query = request.GET.urlencode()
    seats = access.standing(request.user).seat_ids
    params = {"query": query, "title": query, "seats": seats}
    return redirect("job", pk=jobs.enqueue("register_export", params, request.user).pk)
