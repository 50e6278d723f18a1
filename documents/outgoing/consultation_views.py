"""Pages of opinions asked on a paper: for the legal officer and the units that countersign.

Whoever is asked sees the text, its attachments and their own question, and nothing of what
others wrote on the paper.
"""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods

from coordination import access, audit, paging
from coordination.downloads import file_response
from coordination.models import StoredFile
from documents.feedback import taken
from documents.models import Consultation
from documents.stepping import Line, begins_empty, step_page

from . import actions, presenters
from .content import from_data
from .filters import ConsultationFilter
from .forms import STEP_FORMS

NEWEST = paging.Order(("pk",), descending=True)


def _consultation(request, pk) -> Consultation:
    """The opinion asked, if the person may see it; 404 otherwise."""
    rows = access.visible(request.user, Consultation.objects.for_detail())
    return get_object_or_404(rows, pk=pk)


@require_GET
def register(request):
    """Every opinion asked that the person may see, newest first, narrowed by the address."""
    access.require(request.user, "view", Consultation)
    seen = access.visible(request.user, Consultation.objects.for_register())
    narrowed = ConsultationFilter(request.GET, queryset=seen)
    rows = narrowed.qs if narrowed.form.is_valid() else narrowed.queryset.none()
    page = paging.page_of(request, rows, NEWEST)
    context = {"filter": narrowed, "page": page, "rows": presenters.asked_rows(page.rows)}
    return render(request, "papers/consultations.html", context)


@require_GET
def detail(request, pk):
    """What is asked, on which text, and what was answered."""
    row = _consultation(request, pk)
    context = {"asked": presenters.asked(request.user, row), "row": row}
    return render(request, "papers/consultation.html", context)


@require_http_methods(["GET", "POST"])
def step(request, pk, action):
    """Give the opinion, change it, or take the question back."""
    return step_page(request, _consultation(request, pk), action, LINE)


def _step_page(request, row, found, form, key, draft, status):
    context = {
        "form": form,
        "step": found,
        "record": row,
        "draft_key": key,
        "draft": draft,
        "asked": presenters.asked(request.user, row),
        "row": row,
    }
    return render(request, "papers/consultation_step.html", context, status=status)


LINE = Line(STEP_FORMS, begins_empty, actions.take_step_beside, taken, _step_page)


@require_GET
def download(request, pk, file):
    """An attachment of the text that is asked about; put on record."""
    row = _consultation(request, pk)
    held = {one.file for one in from_data(presenters.text_of(row).content).attachments}
    found = get_object_or_404(StoredFile.objects.filter(pk__in=held), pk=file)
    audit.record_request(request, "file_downloaded", subject=f"{row} {found.name}"[:200])
    return file_response(found)
