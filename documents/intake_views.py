"""Pages beside the registration: from an e-mail or a scan, many transferred at once, labels."""

from io import BytesIO

import segno
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from coordination import access, workflow
from coordination.formfields import add_refusal

from . import actions, feedback, intake, presenters
from .forms import ReadingForm, RegistrationForm
from .models import IncomingDocument
from .routes import INCOMING
from .states import IncomingState
from .step_forms import TransferManyForm

SHOWN = 100


@require_http_methods(["GET", "POST"])
def from_file(request):
    """Offer what an e-mail or a scan says in the form of registration, with its files.

    Its address opened anew, say after a change of language, leads back to the form.
    """
    access.require(request.user, "add", IncomingDocument)
    if request.method == "GET":
        return redirect("documents:new")
    typed = ReadingForm(request.POST, request.FILES, person=request.user)
    typed.is_valid()  # what was attached so far is kept, whatever is still missing
    fields = typed.as_typed()
    try:
        offered = intake.read(typed.paper(), request.user)
    except ValidationError as error:
        for words in error.messages:
            messages.warning(request, words)
        return _form(request, fields, typed.kept, status=422)
    for words in [*typed.errors.get("files", ()), *offered.refused]:
        messages.warning(request, words)
    messages.success(request, _("Read. Check every field before you register."))
    return _form(request, intake.fill(fields, offered.fields), [*typed.kept, *offered.kept])


def _form(request, fields, kept, status=200):
    form = RegistrationForm(person=request.user, initial=fields)
    return render(request, "documents/new.html", {"form": form, "kept": kept}, status=status)


@require_http_methods(["GET", "POST"])
def transfer_many(request):
    """Transfer several documents in one act; each stays its own record, all go or none."""
    access.require(request.user, "add", IncomingDocument)
    seen = access.visible(request.user, IncomingDocument.objects.all())
    form = TransferManyForm(request.POST or None, documents=seen, person=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.transfer_many(person=request.user, **form.assignment())
        except ValidationError as error:
            add_refusal(form, error)
        else:
            for words in feedback.transferred(done):
                messages.success(request, words)
            return redirect("documents:register")
    waiting = seen.filter(workflow.waiting(request.user, INCOMING), state=IncomingState.TO_PROPOSE)
    rows = list(waiting.defer("answer", "search_terms").order_by("pk")[:SHOWN])
    context = {
        "form": form,
        "rows": presenters.with_digests(rows),
        "chosen": set(request.POST.getlist("documents")),
    }
    status = 422 if form.is_bound else 200
    return render(request, "documents/transfer_many.html", context, status=status)


def _printable(request, pk):
    rows = access.visible(request.user, IncomingDocument.objects.all(), "print")
    return get_object_or_404(rows, pk=pk)


@require_GET
def paper_label(request, pk):
    """A label for the paper copy: number, and a code that opens the record."""
    return render(request, "documents/paper_label.html", {"document": _printable(request, pk)})


@require_GET
def paper_label_code(request, pk):
    """The code of the label as SVG: the address of the record."""
    document = _printable(request, pk)
    out = BytesIO()
    address = settings.SITE_URL + document.get_absolute_url()
    segno.make(address, error="m").save(out, kind="svg", scale=4, border=2, xmldecl=False)
    return HttpResponse(out.getvalue(), content_type="image/svg+xml")
