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
from .forms import RegistrationForm
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
    upload = request.FILES.get("paper")
    if upload is None:
        messages.warning(request, _("Choose an e-mail (.eml) or a PDF."))
        return redirect("documents:new")
    try:
        offered = intake.read(upload, request.user)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
        return redirect("documents:new")
    for words in offered.refused:
        messages.warning(request, words)
    form = RegistrationForm(person=request.user, initial=offered.fields)
    messages.success(request, _("Read. Check every field before you register."))
    return render(request, "documents/new.html", {"form": form, "kept": offered.kept})


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
