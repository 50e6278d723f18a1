"""Pages of the format check: get → access → form → action → render. Nothing is stored."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods

from coordination import access, audit, storage
from coordination.formfields import add_refusal

from . import format_check
from .format_forms import FormatCheckForm
from .models import Attachment, Handling, IncomingDocument, OutgoingDocument


@require_http_methods(["GET", "POST"])
def page(request):
    """Check a Word file before it is handed in, or after it came in."""
    access.require(request.user, "add", OutgoingDocument)
    posted = request.method == "POST"
    form = FormatCheckForm(request.POST, request.FILES) if posted else FormatCheckForm()
    context: dict[str, Any] = {"form": form}
    if posted and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            context |= {"findings": format_check.check_upload(upload), "name": upload.name}
        except ValidationError as error:
            add_refusal(form, ValidationError({"file": error}))
    status = 422 if form.errors else 200
    return render(request, "documents/format_check.html", context, status=status)


@require_GET
def attachment(request, pk, attachment):
    """Check a Word file of an incoming document, for whoever may open it; put on record."""
    wanted = IncomingDocument.objects.filter(pk=pk)
    documents = access.visible(request.user, wanted)
    parts = access.visible(request.user, Handling.objects.filter(document__in=wanted.values("pk")))
    rows = Attachment.objects.current().of(documents, parts).select_related("file", "document")
    found = get_object_or_404(rows, pk=attachment, file__media_type=format_check.DOCX)
    if not storage.path_of(found.file.sha256).is_file():
        raise Http404
    audit.record_request(request, "format_checked", subject=found.file.name)
    context = {"document": found.document, "name": found.file.name}
    try:
        context["findings"] = format_check.check_stored(found.file)
    except ValidationError as error:
        context["refusal"] = error.messages
    status = 422 if "refusal" in context else 200
    return render(request, "documents/format_check.html", context, status=status)
