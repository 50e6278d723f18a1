"""Pages of labels and saved filters: get → access → form → action → render."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coordination import access, paging
from coordination.formfields import add_refusal

from . import labels, saved_filters
from .desk_forms import (
    LabelForm,
    LabellingForm,
    LabelsForm,
    MergeForm,
    NewFilterForm,
    SavedFilterForm,
)
from .models import IncomingDocument, Label, SavedFilter


def _labels(request):
    """The labels on the list, for whoever keeps them; others are refused in words."""
    access.require(request.user, "change", Label)
    return access.visible(request.user, labels.live(), "change")


def _accepted(form, action) -> bool:
    """Whether the form is sound and the action went through; a refusal is shown in the form."""
    if not form.is_valid():
        return False
    try:
        action(form.cleaned_data)
    except ValidationError as error:
        add_refusal(form, error)
        return False
    return True


# Labels ------------------------------------------------------------------------------------------
@require_http_methods(["GET", "POST"])
def label_list(request):
    """The list of labels with how many documents bear each; POST adds one."""
    rows = _labels(request)
    form = LabelForm(request.POST or None)
    if request.method == "POST" and _accepted(
        form, lambda data: labels.add_label(request, data["name"])
    ):
        messages.success(request, _("Added."))
        return redirect("documents:labels")
    context = {"form": form, "rows": rows.annotate(documents=Count("labellings"))}
    status = 422 if request.method == "POST" else 200
    return render(request, "documents/labels.html", context, status=status)


@require_http_methods(["GET", "POST"])
def label(request, pk):
    """Rename a label; beside it, merging and taking off the list."""
    rows = _labels(request)
    row = get_object_or_404(rows, pk=pk)
    form = LabelForm(request.POST or None, initial={"name": row.name})
    if request.method == "POST" and _accepted(
        form, lambda data: labels.rename_label(request, row, data["name"])
    ):
        messages.success(request, _("Renamed."))
        return redirect("documents:labels")
    return _label_page(request, row, form, MergeForm(others=rows.exclude(pk=pk)))


@require_POST
def label_merge(request, pk):
    """Merge a label into another."""
    rows = _labels(request)
    row = get_object_or_404(rows, pk=pk)
    merge = MergeForm(request.POST, others=rows.exclude(pk=pk))
    if _accepted(merge, lambda data: labels.merge_label(request, row, data["into"])):
        words = _("“%(label)s” is now part of “%(into)s”; the audit trail tells so.")
        into = merge.cleaned_data["into"]
        messages.success(request, words % {"label": row.name, "into": into.name})
        return redirect("documents:labels")
    return _label_page(request, row, LabelForm(initial={"name": row.name}), merge)


@require_POST
def label_remove(request, pk):
    """Take a label off the list; asked again, it is off already."""
    access.require(request.user, "change", Label)
    row = get_object_or_404(access.visible(request.user, Label.objects.all(), "change"), pk=pk)
    labels.remove_label(request, row)
    words = _("“%(label)s” is off the list; the audit trail keeps what bore it.")
    messages.success(request, words % {"label": row.name})
    return redirect("documents:labels")


def _label_page(request, row, form, merge):
    context = {
        "label": row,
        "form": form,
        "merge": merge,
        "documents": row.labellings.count(),
        "refused": merge if merge.is_bound else form,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "documents/label.html", context, status=status)


@require_http_methods(["GET", "POST"])
def document_labels(request, pk):
    """Which labels one document bears."""
    offered = _labels(request)
    rows = access.visible(request.user, IncomingDocument.objects.all())
    document = get_object_or_404(rows, pk=pk)
    initial = {"labels": offered.filter(labellings__document=document)}
    typed = request.POST if request.method == "POST" else None
    form = LabelsForm(typed, offered=offered, initial=initial)
    if _accepted(form, lambda data: labels.set_labels(request, document, data["labels"])):
        return redirect(document)
    context = {"form": form, "document": document}
    status = 422 if form.is_bound else 200
    return render(request, "documents/document_labels.html", context, status=status)


@require_POST
def label_documents(request):
    """Put a label on the ticked documents of the register, or take it off; go back to it."""
    question = request.GET.copy()
    offered = _labels(request)
    rows = access.visible(request.user, IncomingDocument.objects.all())
    form = LabellingForm(request.POST, documents=rows, offered=offered)
    counts: list[int] = []

    def _put(data):
        put = data["act"] == "put"
        counts.append(labels.label_documents(request, data["documents"], data["label"], put=put))

    if not _accepted(form, _put):
        for error in (error for errors in form.errors.values() for error in errors):
            messages.error(request, str(error))
        question.setlist("ticked", request.POST.getlist("documents")[: paging.ROWS])
        return redirect(f"{reverse('documents:register')}?{question.urlencode()}")
    data, count = form.cleaned_data, counts[0]
    if data["act"] == "put":
        words = ngettext(
            "“%(label)s” put on %(n)s document.", "“%(label)s” put on %(n)s documents.", count
        )
    else:
        words = ngettext(
            "“%(label)s” taken off %(n)s document.", "“%(label)s” taken off %(n)s documents.", count
        )
    messages.success(request, words % {"label": data["label"], "n": count})
    question.pop("ticked", None)
    return redirect(f"{reverse('documents:register')}?{question.urlencode()}")


# Saved filters -----------------------------------------------------------------------------------
@require_GET
def filter_list(request):
    """One's own saved filters and those of the Office, to rename and delete."""
    access.require(request.user, "change", SavedFilter)
    rows = access.visible(request.user, SavedFilter.objects.all(), "change")
    return render(request, "documents/saved_filters.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def filter_new(request):
    """Keep the question in the address under a name."""
    access.require(request.user, "change", SavedFilter)
    query = saved_filters.question_of(request.GET)
    form = NewFilterForm(request.POST or None, person=request.user, query=query)

    def _save(data):
        saved_filters.save_filter(
            request.user, name=data["name"], query=query, shared=data.get("shared", False)
        )

    if request.method == "POST" and _accepted(form, _save):
        messages.success(request, _("Saved. It stands above the register now."))
        return redirect(f"{reverse('documents:register')}?{query}")
    back = f"{reverse('documents:register')}?{query}"
    return _filter_page(request, form, _("Save this filter"), back)


@require_http_methods(["GET", "POST"])
def filter_change(request, pk):
    """Rename a saved filter or change who sees it."""
    row = _filter(request, pk)
    initial = {"name": row.name, "shared": row.shared}
    form = SavedFilterForm(request.POST or None, person=request.user, initial=initial)

    def _change(data):
        saved_filters.change_filter(
            request.user, row, name=data["name"], shared=data.get("shared", False)
        )

    if request.method == "POST" and _accepted(form, _change):
        messages.success(request, _("Saved."))
        return redirect("documents:filters")
    return _filter_page(request, form, _("Rename a saved filter"), reverse("documents:filters"))


@require_POST
def filter_delete(request, pk):
    """Delete a saved filter; no document changes by it."""
    row = _filter(request, pk)
    row.delete()
    messages.success(request, _("Deleted: %(name)s.") % {"name": row.name})
    return redirect("documents:filters")


def _filter(request, pk):
    rows = access.visible(request.user, SavedFilter.objects.all(), "change")
    return get_object_or_404(rows, pk=pk)


def _filter_page(request, form, heading, back):
    context = {"form": form, "heading": heading, "back": back}
    status = 422 if request.method == "POST" else 200
    return render(request, "documents/saved_filter.html", context, status=status)
