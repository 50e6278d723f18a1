"""Pages of what drafters begin with: lists of recipients, and the templates of the kinds."""

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coordination import access, paging
from coordination.formfields import add_refusal
from documents import prose
from documents.models import PaperTemplate, RecipientList
from documents.states import DocumentKind

from . import paper_templates, recipient_lists
from .drafting_forms import ListForm, TemplateForm

NEWEST = paging.Order(("history_id",), descending=True)


def _lists(request, verb="view"):
    return access.visible(request.user, RecipientList.objects.for_register(), verb)


@require_GET
def list_register(request):
    """The lists one may draft with: the charter's and the Office's, and those of one's own body."""
    access.require(request.user, "view", RecipientList)
    own = set(_lists(request, "change").values_list("pk", flat=True))
    rows = recipient_lists.read(_lists(request)[: 10 * recipient_lists.MOST])
    context = {
        "rows": [(one, one.row.pk in own) for one in rows if one.row.put_away_at is None],
        "away": [one for one in rows if one.row.put_away_at and one.row.pk in own],
        "may_add": access.may_ever(request.user, "add", RecipientList),
    }
    return render(request, "papers/lists.html", context)


@require_http_methods(["GET", "POST"])
def list_new(request):
    """Set up a list of one's own body, or, for the Office, one for everybody who drafts."""
    access.require(request.user, "add", RecipientList)
    form = ListForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        row = RecipientList(organisation=form.cleaned_data.pop("organisation"))
        if _kept(request, form, row):
            return redirect("papers:lists")
    return _list_page(request, form, _("New recipient list"))


@require_http_methods(["GET", "POST"])
def list_change(request, pk):
    """Change a list; papers that were drafted with it keep their recipients."""
    row = get_object_or_404(_lists(request, "change"), pk=pk)
    initial = {
        "name": row.name,
        "printed_as": row.printed_as,
        "takes": row.takes,
        "members": [one.pk for one in row.members.all()],
        "seen": recipient_lists.state_of(row),
    }
    form = ListForm(request.POST or None, person=request.user, row=row, initial=initial)
    if request.method == "POST" and form.is_valid() and _kept(request, form, row):
        return redirect("papers:lists")
    [shown] = recipient_lists.read([row])
    return _list_page(request, form, _("Change a recipient list"), shown)


def _kept(request, form, row) -> bool:
    try:
        recipient_lists.keep(request.user, row, **form.cleaned_data)
    except ValidationError as error:
        add_refusal(form, error)
        if form.has_error(NON_FIELD_ERRORS, "changed"):
            form.shows(recipient_lists.state_of(RecipientList.objects.get(pk=row.pk)))
        return False
    messages.success(request, _("Kept. Drafts made from now on use it as it is."))
    return True


def _list_page(request, form, heading, shown=None):
    context = {"form": form, "heading": heading, "shown": shown}
    status = 422 if request.method == "POST" else 200
    return render(request, "papers/list.html", context, status=status)


@require_GET
def list_history(request, pk):
    """What a list said before, who was on it, who changed it and when."""
    row = get_object_or_404(_lists(request), pk=pk)
    context = {"row": row, "states": recipient_lists.earlier_states(row)}
    return render(request, "papers/list_history.html", context)


@require_POST
def list_away(request, pk):
    """Offer a list no more."""
    row = get_object_or_404(_lists(request, "change"), pk=pk)
    recipient_lists.put_away(request.user, row)
    words = _("“%(list)s” is put away; papers that name it stay as they are.")
    messages.success(request, words % {"list": row})
    return redirect("papers:lists")


@require_POST
def list_back(request, pk):
    """Offer a list again that was put away."""
    row = get_object_or_404(_lists(request, "change"), pk=pk)
    try:
        recipient_lists.take_up(request.user, row)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("“%(list)s” is offered again.") % {"list": row})
    return redirect("papers:lists")


@require_GET
def template_register(request):
    """The kinds of papers, each with the text its drafts begin with."""
    access.require(request.user, "view", PaperTemplate)
    found = {row.kind: row for row in PaperTemplate.objects.select_related("changed_by")}
    rows = [(kind, found.get(kind.value)) for kind in DocumentKind]
    may_change = access.may_ever(request.user, "change", PaperTemplate)
    return render(request, "papers/templates.html", {"rows": rows, "may_change": may_change})


@require_http_methods(["GET", "POST"])
def template_change(request, kind):
    """Set the text drafts of one kind begin with."""
    access.require(request.user, "change", PaperTemplate)
    found = _kind(kind)
    there = paper_templates.blocks_of(kind)
    initial = {"text": there, "seen": paper_templates.state_of(there)}
    form = TemplateForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _put_in_place(request, kind, form):
        return redirect("papers:templates")
    status = 422 if request.method == "POST" else 200
    return render(request, "papers/template.html", {"form": form, "kind": found}, status=status)


def _put_in_place(request, kind: str, form) -> bool:
    data = form.cleaned_data
    try:
        changed = paper_templates.change(request.user, kind, data["text"], data["seen"])
    except ValidationError as error:
        form.add_error(None, error)
        form.shows(paper_templates.state_of(paper_templates.blocks_of(kind)))
        return False
    words = _("Kept. New drafts of this kind begin with it.")
    messages.success(request, words if changed else _("Nothing was changed."))
    return True


@require_GET
def template_history(request, kind):
    """What the template of a kind was before, by whom and when."""
    access.require(request.user, "view", PaperTemplate)
    found = _kind(kind)
    rows = PaperTemplate.history.filter(kind=kind).select_related("history_user")
    page = paging.page_of(request, rows, NEWEST)
    context = {
        "kind": found,
        "page": page,
        "rows": [(row, list(prose.texts(prose.parse(row.blocks)))) for row in page.rows],
    }
    return render(request, "papers/template_history.html", context)


def _kind(kind: str) -> DocumentKind:
    """The kind in the address; 404 for none."""
    if kind not in DocumentKind.values:
        raise Http404
    return DocumentKind(kind)
