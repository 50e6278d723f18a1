"""Pages of the line of filing: get → access → form → action → render."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coordination import access, audit, jobs
from coordination.downloads import file_response
from coordination.formfields import add_refusal
from coordination.workflow import Conflict
from documents import filed
from documents.feedback import taken
from documents.models import FiledItem, IncomingDocument, OutgoingDocument, RetentionRule
from documents.states import PaperLine, Retention
from documents.stepping import Line, begins_empty, conflict_page, step_page

from . import actions, gaps, presenters
from .filters import Shown, YearForm
from .forms import STEP_FORMS, FileForm, FileManyForm, RetentionForm

MODELS: dict[str, Any] = {
    PaperLine.INCOMING: IncomingDocument,
    PaperLine.OUTGOING: OutgoingDocument,
}


def _item(request, pk):
    """The item if the person may see it; 404 otherwise, so that keys tell nothing."""
    rows = access.visible(request.user, FiledItem.objects.for_detail())
    return get_object_or_404(rows, pk=pk)


@require_GET
def year(request):
    """One year: what is to be filed, what lacks something, what is filed."""
    access.require(request.user, "view", FiledItem)
    form = YearForm(request.GET)
    chosen = form.chosen
    page, rows = presenters.page(request, chosen)
    context = {
        "form": form,
        "chosen": chosen,
        "page": page,
        "rows": rows,
        "counts": presenters.counts(request.user, chosen["year"]),
        "tones": presenters.TONES,
        "shows_filed": chosen["show"] == Shown.FILED,
        "retentions": Retention.choices,
        "handed_over": chosen["year"] + 1,
    }
    return render(request, "filing/year.html", context)


@require_http_methods(["GET", "POST"])
def new(request, line, pk):
    """File one document: what it consists of, what it lacks, for how long it is kept."""
    access.require(request.user, "add", FiledItem)
    if line not in MODELS:
        raise Http404
    rows = access.visible(request.user, MODELS[line].objects.for_detail())
    document = get_object_or_404(rows.filter(state__in=filed.FILABLE), pk=pk)
    found = filed.item_of(document)
    if found is not None:
        return redirect(found)
    if request.method == "GET":
        initial = {"seen": document.content_digest()}
        return _new_page(request, document, line, FileForm(document=document, initial=initial))
    form = FileForm(request.POST, document=document, person=request.user)
    if form.is_valid():
        data = form.cleaned_data
        try:
            item = actions.file_document(
                document,
                person=request.user,
                retention=data["retention"],
                opinion=data["opinion"],
                pages=data["pages"],
                places=form.places(),
                seen=data["seen"] or None,
            )
        except Conflict as conflict:
            return conflict_page(request, document, conflict)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Filed as %(code)s.") % {"code": item.code})
            return redirect(item)
    return _new_page(request, document, line, form, 422)


def _new_page(request, document, line, form, status=200):
    context = {
        "form": form,
        "document": document,
        "missing": gaps.found(document, line),
        "parts": actions.preview(document),
        "year": gaps.year_of(document, line),
    }
    return render(request, "filing/new.html", context, status=status)


@require_http_methods(["GET", "POST"])
def file_many(request):
    """File what lacks nothing, a page of it in one confirmation; each is an item of its own."""
    access.require(request.user, "add", FiledItem)
    chosen = YearForm(request.GET).chosen
    page, rows = presenters.complete_page(request, chosen)
    open_rows = presenters.to_file(request.user, chosen["line"], chosen["year"])
    form = FileManyForm(request.POST or None, rows=open_rows)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            done = actions.file_many(
                person=request.user, documents=data["documents"], seen=data["seen"]
            )
        except ValidationError as error:
            add_refusal(form, error)
        else:
            words = ngettext("%(n)s document filed.", "%(n)s documents filed.", len(done))
            messages.success(request, words % {"n": len(done)})
            return redirect(f"{reverse('filing:year')}?{request.GET.urlencode()}")
    context = {
        "form": form,
        "chosen": chosen,
        "page": page,
        "rows": presenters.with_digests(rows, chosen["line"]),
        "ticked": request.POST.getlist("documents") if form.is_bound else None,
        "back": f"{reverse('filing:year')}?{request.GET.urlencode()}",
    }
    return render(request, "filing/many.html", context, status=422 if form.is_bound else 200)


@require_GET
def item(request, pk):
    """One item: its code, its parts in their order, what was done with it."""
    found = _item(request, pk)
    context = {
        "detail": presenters.detail(request.user, found),
        "item": found,
        "may_see": access.may(request.user, "view", found.document),
    }
    return render(request, "filing/item.html", context)


@require_http_methods(["GET", "POST"])
def step(request, pk, action):
    """Reopen an item, or file it again."""
    return step_page(request, _item(request, pk), action, LINE)


def _step_page(request, found, step, form, key, draft, status):
    context = {
        "form": form,
        "step": step,
        "record": found,
        "item": found,
        "draft_key": key,
        "draft": draft,
        "missing": gaps.found(found.document, found.line),
    }
    return render(request, "filing/step.html", context, status=status)


LINE = Line(STEP_FORMS, begins_empty, actions.take_form_step, taken, _step_page)


@require_GET
def part(request, pk, part):
    """A file of an item; put on record."""
    found = get_object_or_404(_item(request, pk).parts.exclude(file=None), pk=part)
    audit.record_request(request, "file_downloaded", subject=f"{found.item.code} {found.title}")
    return file_response(found.file)


@require_POST
def item_list(request):
    """Have the list of items of a year and period printed."""
    access.require(request.user, "print", FiledItem)
    year, retention = _asked(request)
    if not retention:
        messages.warning(request, _("Choose a retention period: each has a list of its own."))
        return redirect(f"{reverse('filing:year')}?year={year}&show=filed")
    return _made(request, "filing_list", year, retention)


@require_POST
def package(request):
    """Have the export package of a year made, of one period or of all; put on record."""
    access.require(request.user, "export", FiledItem)
    year, retention = _asked(request)
    audit.record_request(request, "register_exported", subject=f"filing {year} {retention}")
    return _made(request, "filing_package", year, retention)


def _asked(request) -> tuple[int, str]:
    chosen = YearForm(request.POST).chosen
    return chosen["year"], chosen["retention"]


def _made(request, kind: str, year: int, retention: str):
    label = Retention(retention).label if retention else ""
    params = {"year": year, "retention": retention, "title": f"{year} {label}".strip()}
    return redirect("job", pk=jobs.enqueue(kind, params, request.user).pk)


@require_http_methods(["GET", "POST"])
def retention(request):
    """For how long which papers are kept: the table with its past and future, and a new rule."""
    access.require(request.user, "view", RetentionRule)
    form = RetentionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_rules(person=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Set. What is filed already keeps its period."))
            return redirect("filing:retention")
    context = {"form": form, "rows": presenters.retention_table(timezone.localdate())}
    status = 422 if form.is_bound else 200
    return render(request, "filing/retention.html", context, status=status)
