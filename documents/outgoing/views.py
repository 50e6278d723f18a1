"""Pages of the outgoing line: get → access → form → action → render."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coordination import access, audit, jobs, paging, workflow
from coordination import actions as ground
from coordination.downloads import file_response
from coordination.formfields import add_refusal
from coordination.models import StoredFile
from documents import filed
from documents.feedback import taken
from documents.models import Delivery, OutgoingDocument, PaperNumber
from documents.stepping import Line, conflict_page, draft_key, step_page

from . import actions, presenters, seals
from .content import from_data
from .draft_forms import DraftForm, begins_with, initial_of
from .draft_rows import ARRANGE
from .filters import LedgerFilter, OutgoingFilter
from .forms import STEP_FORMS, SignManyForm

NEWEST = paging.Order(("pk",), descending=True)
NEW_DRAFT = "outgoing:new"
AT_ONCE = 20  # papers on one page to be read and signed


def _document(request, pk, verb="view"):
    """The paper if the person may see it; 404 otherwise, so that keys tell nothing."""
    rows = access.visible(request.user, OutgoingDocument.objects.for_detail(), verb)
    return get_object_or_404(rows, pk=pk)


@require_GET
def register(request):
    """The register of outgoing documents, narrowed by the address."""
    access.require(request.user, "view", OutgoingDocument)
    seen = access.visible(request.user, OutgoingDocument.objects.for_register())
    narrowed = OutgoingFilter(request.GET, queryset=seen, request=request)
    rows = narrowed.qs if narrowed.form.is_valid() else narrowed.queryset.none()
    count, more = paging.bounded_count(rows)
    context = {
        "filter": narrowed,
        "page": paging.page_of(request, rows, NEWEST),
        "count": count,
        "more": more,
        "tones": presenters.TONES,
        "may_add": access.may_ever(request.user, "add", OutgoingDocument),
        "several_to_sign": presenters.to_sign(request.user)[1:2].exists(),
        "may_see_numbers": access.may_ever(request.user, "view", PaperNumber),
    }
    return render(request, "papers/register.html", context)


@require_http_methods(["GET", "POST"])
def new(request):
    """Draft a paper."""
    access.require(request.user, "add", OutgoingDocument)
    draft = ground.read_draft(request.user, NEW_DRAFT)
    if request.method == "GET":
        initial = draft.data if draft else begins_with(request.GET.get("kind", ""))
        form = DraftForm(person=request.user, initial=initial)
        return _draft_page(request, form, NEW_DRAFT, draft)
    form = DraftForm(request.POST, request.FILES, person=request.user)
    if form.arranges:
        return _arranged(request, form, NEW_DRAFT)
    if form.is_valid():
        document = actions.draft_document(
            person=request.user, originator=form.cleaned_data["originator"], content=form.content()
        )
        ground.drop_draft(request.user, NEW_DRAFT)
        messages.success(request, _("Kept as version 1. Look at the rules of form, then submit."))
        return redirect(document)
    return _draft_page(request, form, NEW_DRAFT, None, status=422)


def _arranged(request, form, key, **more):
    """The form once more, changed as it was asked to be; nothing is kept but what is typed."""
    form.arrange()
    if form.template_refused:
        words = _("You have written something, so it stays. Empty the text to begin anew.")
        messages.warning(request, words)
    ground.save_draft(request.user, key, form.typed())
    status = 422 if form.errors else 200
    return _draft_page(request, form, key, None, status=status, arranged=True, **more)


def _draft_page(request, form, key, draft, status=200, **more):
    context = {"form": form, "draft_key": key, "draft": draft, "kept": form.kept, **more}
    return render(request, "papers/draft.html", context, status=status)


@require_GET
def detail(request, pk):
    """One paper: its text, where it stands, who decided what, what may be done."""
    document = _document(request, pk)
    answered = document.answers
    context = {
        "detail": presenters.detail(request.user, document),
        "document": document,
        **filed.marks(request.user, document),
        "may_see_copies": document.issued_on and access.may_ever(request.user, "follow", Delivery),
        "may_see_answered": answered and access.may(request.user, "view", answered),
    }
    return render(request, "papers/detail.html", context)


@require_GET
def seal_picture(request, pk):
    """The picture of the seal that a paper shows, for whoever may read the paper."""
    picture = seals.picture_of(_document(request, pk))
    if picture is None:
        raise Http404
    return file_response(picture)


@require_http_methods(["GET", "POST"])
def step(request, pk, action):
    """Take one step of a paper."""
    document = _document(request, pk)
    if request.method == "POST" and ARRANGE in request.POST:
        return _rearranged(request, document, action)
    return step_page(request, document, action, LINE)


def _rearranged(request, document, action):
    """The form of a step that brings a version, changed and shown again; the step is not taken."""
    try:
        found = workflow.require_step(request.user, document, action)
    except workflow.Conflict as conflict:
        return conflict_page(request, document, conflict)
    if STEP_FORMS[found.form] is not DraftForm:
        raise Http404
    form = DraftForm(request.POST, request.FILES, record=document, person=request.user)
    key = draft_key(document, action)
    return _arranged(request, form, key, step=found, document=document)


@require_http_methods(["GET", "POST"])
def sign_many(request):
    """Read several papers, sign those ticked in one confirmation; each is its own approval."""
    access.require(request.user, "view", OutgoingDocument)
    papers = presenters.to_sign(request.user)
    form = SignManyForm(request.POST or None, person=request.user, papers=papers)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            done = actions.sign_many(
                person=request.user,
                documents=data["papers"],
                seen=data["seen"],
                opinion=data["opinion"],
            )
        except ValidationError as error:
            add_refusal(form, error)
        else:
            for document in done:
                messages.success(request, _("Signed: %(title)s") % {"title": document.title})
            return redirect("papers:sign_many")
    ticked = request.POST.getlist("papers")
    context = {
        "form": form,
        "rows": presenters.readings(papers[:AT_ONCE]),
        "ticked": ticked,
        "more": papers[AT_ONCE : AT_ONCE + 1].exists(),
    }
    return render(request, "papers/sign_many.html", context, status=422 if form.is_bound else 200)


def _step_page(request, document, found, form, key, draft, status):
    if isinstance(form, DraftForm):
        return _draft_page(request, form, key, draft, status, step=found, document=document)
    context = {
        "form": form,
        "step": found,
        "record": document,
        "document": document,
        "draft_key": key,
        "draft": draft,
        "detail": presenters.detail(request.user, document),
    }
    return render(request, "papers/step.html", context, status=status)


def _starts(found, document) -> dict:
    """The form of a draft begins with the version in force."""
    return initial_of(document) if STEP_FORMS[found.form] is DraftForm else {}


LINE = Line(STEP_FORMS, _starts, actions.take_form_step, taken, _step_page)


@require_GET
def compare(request, pk, old, new):
    """Two versions of a paper side by side, in words."""
    document = _document(request, pk)
    first = get_object_or_404(document.versions, serial=old)
    second = get_object_or_404(document.versions, serial=new)
    context = {
        "document": document,
        "rows": presenters.versions_side_by_side(first, second),
        "old_name": _("Version %(serial)s") % {"serial": old},
        "new_name": _("Version %(serial)s") % {"serial": new},
    }
    return render(request, "papers/compare.html", context)


@require_GET
def download(request, pk, file):
    """An attachment of the version in force; put on record."""
    document = _document(request, pk)
    held = {one.file for one in from_data(document.content).attachments}
    found = get_object_or_404(StoredFile.objects.filter(pk__in=held), pk=file)
    audit.record_request(request, "file_downloaded", subject=f"{document} {found.name}"[:200])
    return file_response(found)


@require_POST
def printed(request, pk, job):
    """Have one of the paper's printed forms made; the page of the job shows how far it is."""
    document = _document(request, pk, "print")
    params = {"paper": document.pk, "title": str(document)}
    return redirect("job", pk=jobs.enqueue(job, params, request.user).pk)


@require_GET
def ledger(request):
    """The ledger of numbers: every number drawn, with its paper, the void ones with the reason."""
    access.require(request.user, "view", PaperNumber)
    return _ledger_page(request)


def _ledger_page(request, status=200):
    rows = access.visible(request.user, PaperNumber.objects.all())
    rows = rows.select_related("document", "person", "void__person")
    narrowed = LedgerFilter(request.GET, queryset=rows, request=request)
    rows = narrowed.qs if narrowed.form.is_valid() else rows.none()
    context = {
        "filter": narrowed,
        "page": paging.page_of(request, rows, NEWEST),
        "may_print": narrowed.to_print() is not None,
        "not_chosen": status == 422,
    }
    return render(request, "papers/ledger.html", context, status=status)


@require_POST
def ledger_pdf(request):
    """Have the ledger of one issuing body and year printed; the page of the job shows how far."""
    access.require(request.user, "view", PaperNumber)
    chosen = LedgerFilter(request.GET, request=request).to_print()
    if chosen is None:
        return _ledger_page(request, status=422)
    params = chosen | {"title": f"发文字号登记簿 {chosen['year']}"}
    return redirect("job", pk=jobs.enqueue("number_ledger", params, request.user).pk)
