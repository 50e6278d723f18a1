"""Taking one step of a record in the browser: the same for every line of documents."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy

from coordination import actions as ground
from coordination import workflow
from coordination.checks import has_reason
from coordination.formfields import add_refusal
from coordination.middleware import WRITTEN

from . import prose
from .checks import has_opinion
from .prose_field import read


def begins_empty(step: workflow.Step, record) -> dict:
    """The forms of a line that start with nothing."""
    return {}


WANTED = {
    has_reason: gettext_lazy("Give the reason."),
    has_opinion: gettext_lazy("Write the opinion."),
}
STANDING = ("held_back", "closed")  # nobody was faster: it cannot be done as things stand


@dataclass(frozen=True, slots=True)
class Line:
    """How one line of documents takes its steps.

    `forms`: the form of each sort of step; `starts(step, record)`: what it begins with;
    `take(record, step, person=, form=)`: the action; `said(record, step, data)`: what is said
    afterwards; `page(request, record, step, form, key, draft, status)`: the page of the form.
    """

    forms: Mapping[str, Any]
    starts: Callable[[workflow.Step, Any], dict]
    take: Callable[..., Any]
    said: Callable[[Any, workflow.Step, dict], Any]
    page: Callable[..., Any]


def draft_key(record, action: str) -> str:
    """Under which name what is typed into the form of a step is kept."""
    return f"{record._meta.model_name}:{record.pk}:{action}"


def step_page(request, record, action: str, line: Line):
    """Show the form of a step, or take the step; a record that moved on says so in words."""
    try:
        step = workflow.require_step(request.user, record, action)
    except workflow.Conflict as conflict:
        return conflict_page(request, record, conflict)
    form_class, key = line.forms[step.form], draft_key(record, action)
    if request.method == "GET":
        draft = ground.read_draft(request.user, key)
        initial = line.starts(step, record) | (draft.data if draft else {})
        initial["seen"] = record.content_digest()
        form = _asking(step, form_class(record=record, person=request.user, initial=initial))
        return line.page(request, record, step, form, key, draft, 200)
    form = form_class(request.POST, request.FILES, record=record, person=request.user)
    if _asking(step, form).is_valid():
        try:
            record = line.take(record, step, person=request.user, form=form)
        except workflow.Conflict as conflict:
            return conflict_page(request, record, conflict)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            ground.drop_draft(request.user, key)
            messages.success(request, line.said(record, step, form.cleaned_data))
            return redirect(record)
    return line.page(request, record, step, form, key, None, 422)


def _asking(step: workflow.Step, form):
    """The form, with its opinion marked as wanted where a check of the step wants one."""
    field = form.fields.get("opinion")
    wanted = next((WANTED[check] for check in step.checks if check in WANTED), None)
    if field is not None and wanted:
        field.required, field.error_messages["required"] = True, wanted
    return form


def conflict_page(request, record, conflict: workflow.Conflict):
    """Somebody was faster, or it cannot be done as things stand; what was typed is shown to be
    copied, nothing else happened.
    """
    words = [_plain(request.POST[name]) for name in (*WRITTEN, "text") if request.POST.get(name)]
    last = workflow.trail(record).last()
    other = last is not None and last.person != request.user
    context = {
        "reason": " ".join(conflict.messages),
        "record": record,
        "words": words,
        "faster": other and conflict.code not in STANDING,
    }
    return render(request, "documents/conflict.html", context, status=409)


def _plain(typed: str) -> str:
    """What was typed, as lines; what the editor sent is read first."""
    try:
        return prose.plain(read(typed))
    except ValueError:
        return typed
