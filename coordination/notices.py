"""Notices: one message to one person about one thing.

A notice is a row of the transaction that caused it; a worker delivers it by e-mail later. Its
words are made from its code when it is read, in the reader's language.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from . import access
from .dates import long_day
from .models import Duty, Notice, Organisation

MESSAGES: dict[str, Any] = {
    "assigned": _("Assigned to %(organisation)s: %(title)s. Due %(due)s."),
    "due_soon": _("Due in %(days)s working days (%(due)s): %(title)s"),
    "due_today": _("Due today: %(title)s"),
    "late": _("Late by %(days)s working days (due %(due)s): %(title)s"),
    "due_moved": _("The due date moved from %(old)s to %(due)s: %(title)s (%(notice)s)"),
    "due_certain": _("The due date %(due)s is certain now: %(title)s (%(notice)s)"),
    "due_hour": _("The due day %(due)s ends at %(hour)s now: %(title)s"),
    "laid_before": _("Laid before you for instruction: %(title)s"),
    "laid_again": _("Recalled and laid before you again: %(title)s. Reason: %(reason)s"),
    "recalled": _("Recalled by whoever instructed it: %(title)s. Reason: %(reason)s"),
    "proposal_returned": _("Handling proposal returned: %(title)s. Reason: %(reason)s"),
    "instructed": _("Instruction given, in handling now: %(title)s"),
    "handed_back": _("%(organisation)s handed back: %(title)s. Reason: %(reason)s"),
    "opinion_given": _("%(organisation)s gave its opinion on: %(title)s"),
    "replied": _("%(organisation)s replied: %(title)s"),
    "sent_back": _("Your reply was sent back: %(title)s. Reason: %(reason)s"),
    "reply_accepted": _("Your reply was accepted: %(title)s"),
    "withdrawn": _("No longer yours to handle: %(title)s. Reason: %(reason)s"),
    "returned_to_sender": _("Returned by the Office: %(title)s. Reason: %(reason)s"),
    "answer": _("Answer to your document %(title)s: %(answer)s"),
    "late_at": _("%(organisation)s is late by %(days)s working days (due %(due)s): %(title)s"),
    "urged": _("%(who)s urges: %(word)s — %(title)s. Due %(due)s."),
    "extension_asked": _("%(organisation)s asks for an extension to %(due)s: %(title)s"),
    "extension_granted": _("Extension granted to %(due)s: %(title)s"),
    "extension_refused": _("Extension refused: %(title)s. Reason: %(reason)s"),
    "remarked": _("%(who)s remarked on %(title)s: %(remark)s"),
    "all_read": _("Everybody it was circulated to has read: %(title)s"),
    "paper_laid": _("Before you for review or signature: %(title)s"),
    "paper_changed": _(
        "Changed after your signature, which is void: %(title)s. It is before you again. "
        "Reason: %(reason)s"
    ),
    "paper_corrected": _("A slip in a paper you signed was mended: %(title)s. Reason: %(reason)s"),
    "paper_returned": _("Returned to its drafters: %(title)s. Reason: %(reason)s"),
    "paper_withdrawn": _("Withdrawn by its drafters: %(title)s. Reason: %(reason)s"),
    "paper_signed": _("Signed: %(title)s"),
    "delivered": _("A paper was sent to you: %(title)s"),
    "delivered_asks": _("A paper was sent to you; report back by %(due)s: %(title)s"),
    "delivery_urged": _("Please sign for the paper sent to you: %(title)s. %(word)s"),
    "delivery_passed_on": _("%(who)s passes on to you: %(title)s. %(word)s"),
    "delivery_recalled": _("Your copy was recalled: %(title)s. Reason: %(reason)s"),
    "paper_void": _("A paper you received is void now: %(title)s. Reason: %(reason)s"),
    "report_in": _("%(organisation)s reported back on: %(title)s"),
    "report_returned": _("Your report was sent back: %(title)s. Reason: %(reason)s"),
    "consulted": _("Your opinion is asked on a paper by %(due)s: %(title)s"),
    "consulted_text_changed": _("A paper you are asked about was changed: %(title)s"),
    "consultation_ended": _("Your opinion is not needed any more: %(title)s. Reason: %(reason)s"),
    "opinion_on_paper": _("%(organisation)s gave its opinion on the paper: %(title)s"),
    "legal_opinion_lapsed": _(
        "The text was changed, so the legal opinion does not cover it any more: %(title)s. "
        "Ask for it again."
    ),
    "seal_asked": _("For your approval: %(organisation)s asks to have sealed: %(title)s"),
    "seal_granted": _("Approved, to be sealed by you: %(title)s"),
    "seal_refused": _("Not to be sealed: %(title)s. Reason: %(reason)s"),
    "seal_put": _("Sealed, %(copies)s copies: %(title)s"),
    "seal_waits": _("Numbered, to be sealed by you: %(title)s"),
    "seal_kept": _("You keep this seal from now on: %(title)s"),
    "circulated": _("For you to read: %(title)s. Why: %(why)s"),
    "appointed": _("You are appointed to %(seat)s from %(due)s."),
    "post_ended": _("Your post %(seat)s ends on %(due)s."),
    "post_goes_on": _("Your post %(seat)s goes on; it has no last day any more."),
    "appointment_taken_back": _("Taken back: your appointment to %(seat)s from %(due)s."),
    "hand_over_waits": _("A hand-over list waits for you: %(seat)s, from %(due)s."),
    "body_closes": _(
        "%(body)s closes on %(due)s. What is still open in it goes to %(organisation)s: move it."
    ),
    "closing_taken_back": _("%(body)s goes on; its closing was taken back."),
    "asked_to_confirm": _(
        "Confirm your liaison officer for %(year)s, or name another, by %(due)s."
    ),
    "another_named": _("%(organisation)s names another liaison officer: %(name)s."),
    "roster_missing": _("Ask the units to confirm their liaison officers for %(year)s."),
    "calendar_missing": _("Enter the holiday notice of %(year)s: deadlines reach that year."),
    "entrusted": _("%(delegate)s stands in for %(seat)s from %(old)s to %(due)s."),
    "no_longer_entrusted": _("%(delegate)s no longer stands in for %(seat)s."),
    "job_done": _("Ready: %(title)s"),
    "job_refused": _("Not done: %(title)s. %(reason)s"),
    "job_failed": _("Could not be made: %(title)s. You can start it again."),
    "job_not_ready": _("Could not be made: %(title)s. %(reason)s Start it again when mended."),
}


# Where a notice leads that is about no record: a named address.
LINKS = {
    "calendar_missing": "calendar_new",
    "roster_missing": "confirmations",
    "body_closes": "closings",
}


def text_of(notice: Notice) -> str:
    """Return the notice in words, in the active language."""
    return str(MESSAGES[notice.code]) % in_words(notice.params)


def in_words(params: dict) -> dict:
    """The parameters as they are read: days in the language's style, with hour and mark."""
    params = dict(params)
    for name in ("due", "old"):
        if name in params:
            params[name] = _day(params[name])
    if params.get("at"):
        params["due"] = f"{params['due']} {params['at']}"
    if params.get("provisional"):
        params["due"] = gettext("%(due)s (provisional)") % {"due": params["due"]}
    return params


def _day(iso: str) -> str:
    return long_day(date.fromisoformat(iso[:10]))


def due_params(duty) -> dict:
    """The parameters that tell of the due day of `duty`: its hour too, where it has one."""
    params = moment_params(duty.due_on, duty.due_at)
    if duty.provisional:
        params["provisional"] = True
    return params


def moment_params(day: date, moment: datetime | None) -> dict:
    """The parameters that tell of a day, and of its hour where one is named."""
    params: dict[str, Any] = {"due": day.isoformat()}
    if moment is not None:
        params["at"] = timezone.localtime(moment).strftime("%H:%M")
    return params


def notify(
    persons: Iterable, code: str, *, key: str, params: dict, subject=None, duty: Duty | None = None
) -> None:
    """Write one notice to each of `persons`, once per `key` and person. For effects only.

    `params` hold plain JSON values; days as ISO text under "due" and "old".
    """
    content_type = ContentType.objects.get_for_model(subject) if subject is not None else None
    now = timezone.now()
    rows = [
        Notice(
            key=f"{key}:{person_id}",
            person_id=person_id,
            code=code,
            params=params,
            duty=duty,
            content_type=content_type,
            object_id=subject.pk if subject is not None else None,
            created_at=now,
        )
        for person_id in dict.fromkeys(person.pk for person in persons)
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)


def notify_posts(organisations: Iterable[Organisation], posts, code: str, **kwargs) -> None:
    """Write one notice to each person who holds one of `posts` in `organisations` today."""
    held = access.holders([o.pk for o in organisations], posts)
    notify([appointment.person for appointment in held], code, **kwargs)


def told(subject, codes: Iterable[str]) -> set[int]:
    """The keys of the persons to whom a notice of `codes` about `subject` is alive."""
    content_type = ContentType.objects.get_for_model(subject)
    alive = Notice.objects.alive().filter(content_type=content_type, object_id=subject.pk)
    return set(alive.filter(code__in=codes).values_list("person_id", flat=True))


def end(
    *, duty: Duty | None = None, subject=None, codes: Iterable[str] = (), at=None, person=None
) -> int:
    """Let notices die with their cause: those about `duty`, or those of `codes` about `subject`.

    `person`: only those to that person.
    """
    alive = Notice.objects.alive()
    if person is not None:
        alive = alive.filter(person=person)
    if duty is not None:
        alive = alive.filter(duty=duty)
    if subject is not None:
        content_type = ContentType.objects.get_for_model(subject)
        alive = alive.filter(content_type=content_type, object_id=subject.pk, code__in=codes)
    return alive.update(ended_at=at or timezone.now())
