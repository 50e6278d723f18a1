"""What a unit keeps of a part that was taken away or handed back: the fact, and its own acts."""

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from coordination import access, paging

from . import presenters
from .models import Handling, IncomingDocument

LATEST = paging.Order(("pk",), descending=True)


def _parts(request):
    return access.visible(request.user, Handling.objects.for_register())


@require_GET
def ended_parts(request):
    """The parts that ended without being settled, latest first, each with the reason."""
    access.require(request.user, "view", Handling)
    page = paging.page_of(request, _parts(request).ended(), LATEST)
    context = {"page": page, "rows": presenters.ended_parts(page.rows)}
    return render(request, "documents/ended_parts.html", context)


@require_GET
def part(request, pk):
    """A part: the page of its document, or what its handler may still see once it ended."""
    row = get_object_or_404(_parts(request), pk=pk)
    rows = access.visible(request.user, IncomingDocument.objects.filter(pk=row.document_id))
    if rows.exists():
        return redirect("documents:detail", pk=row.document_id)
    return render(request, "documents/part.html", {"own": presenters.own_part(row)})
