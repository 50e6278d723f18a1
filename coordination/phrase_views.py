"""Pages of frequent opinions: one's own, and for the Office those of everybody."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from . import access, phrases
from .formfields import add_refusal
from .models import Phrase
from .phrase_forms import PhraseForm


@require_http_methods(["GET", "POST"])
def phrase_list(request):
    """What is offered beside opinions; POST adds a text."""
    access.require(request.user, "change", Phrase)
    form = PhraseForm(request.POST or None, person=request.user)

    def _keep(data):
        phrases.keep(request.user, text=data["text"], shared=data.get("shared", False))

    if request.method == "POST" and _accepted(form, _keep):
        messages.success(request, _("Added. It is offered beside every opinion now."))
        return redirect("phrases")
    own = set(_changeable(request).values_list("pk", flat=True))
    rows = [(phrase, phrase.pk in own) for phrase in phrases.offered(request.user)]
    context = {"form": form, "rows": rows}
    status = 422 if request.method == "POST" else 200
    return render(request, "phrases.html", context, status=status)


@require_http_methods(["GET", "POST"])
def phrase(request, pk):
    """Change a text."""
    row = get_object_or_404(_changeable(request), pk=pk)
    initial = {"text": row.text, "shared": row.shared}
    form = PhraseForm(request.POST or None, person=request.user, initial=initial)

    def _change(data):
        text, shared = data["text"], data.get("shared", False)
        phrases.change(request.user, row, text=text, shared=shared)

    if request.method == "POST" and _accepted(form, _change):
        messages.success(request, _("Saved."))
        return redirect("phrases")
    context = {
        "form": form,
        "heading": _("Change a frequent opinion"),
        "submit": _("Save"),
        "back": "phrases",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "form_page.html", context, status=status)


@require_POST
def phrase_delete(request, pk):
    """Delete a text; what was signed with it stays as it is."""
    get_object_or_404(_changeable(request), pk=pk).delete()
    messages.success(request, _("Deleted."))
    return redirect("phrases")


def _changeable(request):
    return access.visible(request.user, Phrase.objects.all(), "change")


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
