"""Pages that ask for one change by a form: its decision is put on record with it, or neither is."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect, render

from . import bodies
from .formfields import add_refusal
from .models import Decision


def decided(request, form) -> Decision:
    """The decision of a form, put on record."""
    return bodies.enter_decision(by=request.user, **form.decision())


def changed(request, form, take, target: str):
    """Take the change a form asks for, all of it or nothing; None where there is none to take.

    `take(form)` makes the change and says what was done; a refusal is shown in the form.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        with transaction.atomic():
            done = take(form)
    except ValidationError as error:
        add_refusal(form, error)
        return None
    messages.success(request, done)
    return redirect(target)


def form_page(request, form, heading: str, submit: str, back: str, *notes: str):
    """The form with what it changes: `notes` are sentences above it."""
    context = {
        "form": form,
        "heading": heading,
        "submit": submit,
        "back": back,
        "notes": [note for note in notes if note],
    }
    return render(request, "form_page.html", context, status=422 if form.is_bound else 200)
