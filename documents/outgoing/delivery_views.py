"""Pages of the copies of issued papers: at the recipient, the board of a paper, verification."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coordination import access, audit, jobs, paging, workflow
from coordination.downloads import file_response
from coordination.models import StoredFile
from documents.feedback import taken
from documents.models import Delivery, IssuedCopy, OutgoingDocument
from documents.stepping import Line, begins_empty, step_page

from . import actions, receiving, seals
from .content import from_data
from .delivery_forms import DELIVERY_FORMS, VerifyForm
from .filters import DeliveryFilter


def _delivery(request, pk) -> Delivery:
    """The copy if the person may see it; 404 otherwise."""
    rows = access.visible(request.user, Delivery.objects.for_detail())
    return get_object_or_404(rows, pk=pk)


@require_GET
def register(request):
    """The papers received, with the numbers of the units' registers; the Office sees every copy."""
    access.require(request.user, "view", Delivery)
    return _register_page(request)


def _register_page(request, status=200):
    seen = access.visible(request.user, Delivery.objects.for_register())
    narrowed = DeliveryFilter(request.GET, queryset=seen, request=request)
    rows = narrowed.qs if narrowed.form.is_valid() else narrowed.queryset.none()
    page = paging.page_of(request, rows, narrowed.order)
    context = {
        "filter": narrowed,
        "page": page,
        "rows": receiving.with_lamps(page.rows),
        "may_print": narrowed.to_print() is not None,
        "not_chosen": status == 422,
    }
    return render(request, "papers/received.html", context, status=status)


@require_POST
def register_pdf(request):
    """Have the register of one unit and year printed; the page of the job shows how far it is."""
    access.require(request.user, "view", Delivery)
    seen = access.visible(request.user, Delivery.objects.all())
    chosen = DeliveryFilter(request.GET, queryset=seen, request=request).to_print()
    if chosen is None:
        return _register_page(request, status=422)
    params = chosen | {"title": f"收文登记簿 {chosen['year']}"}
    return redirect("job", pk=jobs.enqueue("received_register", params, request.user).pk)


@require_GET
def detail(request, pk):
    """One copy; that it was opened, by whom and when, is put on record."""
    row = _delivery(request, pk)
    receiving.note_opened(row, request.user)
    context = {"received": receiving.received(request.user, row), "row": row}
    return render(request, "papers/delivery.html", context)


@require_http_methods(["GET", "POST"])
def step(request, pk, action):
    """Take one step of a copy."""
    return step_page(request, _delivery(request, pk), action, LINE)


def _step_page(request, row, found, form, key, draft, status):
    context = {
        "form": form,
        "step": found,
        "record": row,
        "draft_key": key,
        "draft": draft,
        "received": receiving.received(request.user, row),
        "row": row,
    }
    return render(request, "papers/delivery_step.html", context, status=status)


LINE = Line(DELIVERY_FORMS, begins_empty, actions.take_step_beside, taken, _step_page)


def _readable(request, pk) -> Delivery:
    row = _delivery(request, pk)
    if receiving.is_recalled(row):
        raise Http404
    return row


@require_GET
def issued_pdf(request, pk):
    """The PDF byte for byte as issued; put on record."""
    row = _readable(request, pk)
    copy = get_object_or_404(IssuedCopy.objects.select_related("file"), document=row.document_id)
    audit.record_request(request, "file_downloaded", subject=str(row)[:200])
    return file_response(copy.file)


@require_GET
def seal_picture(request, pk):
    """The picture of the seal that a copy shows; not of a recalled one."""
    picture = seals.picture_of(_readable(request, pk).document)
    if picture is None:
        raise Http404
    return file_response(picture)


@require_GET
def attachment(request, pk, file):
    """An attachment of the paper received, or a file of the report on it; put on record."""
    row = _readable(request, pk)
    held = {one.file for one in from_data(row.document.content).attachments}
    held.update(row.files.values_list("pk", flat=True))
    found = get_object_or_404(StoredFile.objects.filter(pk__in=held), pk=file)
    audit.record_request(request, "file_downloaded", subject=f"{row} {found.name}"[:200])
    return file_response(found)


@require_GET
def board(request, pk):
    """Who has a copy of a paper, who opened and signed for it, who has not."""
    papers = access.visible(request.user, OutgoingDocument.objects.for_detail())
    document = get_object_or_404(papers.select_related("issued_copy"), pk=pk)
    access.require(request.user, "follow", Delivery)
    rows = Delivery.objects.for_register().filter(document=document)
    shown = list(rows.order_by("pk")[:500])
    acts = ("urge_receipts", "distribute")
    context = {
        "document": document,
        "steps": [s for s in workflow.offered(request.user, document) if s.action in acts],
        "rows": receiving.with_lamps(shown),
        "missing": receiving.not_signed(shown),
        "is_made": hasattr(document, "issued_copy"),
        "may_print": access.may(request.user, "print", document),
        "any_outside": any(row.is_outside for row in shown),
    }
    return render(request, "papers/distribution.html", context)


@require_http_methods(["GET", "POST"])
def verify(request):
    """Drop a PDF and learn whether it is byte for byte what was issued, and what became of it."""
    form = VerifyForm(request.POST or None, request.FILES or None)
    verdict = None
    if request.method == "POST" and form.is_valid():
        verdict = receiving.verify(request.user, form.cleaned_data["file"].chunks())
    context = {"form": form, "verdict": verdict}
    status = 422 if request.method == "POST" and verdict is None else 200
    return render(request, "papers/verify.html", context, status=status)
