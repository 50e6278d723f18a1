"""Bodies are founded, changed and closed by a decision, from a day (A4); never deleted."""

import logging
from datetime import date
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from . import access, audit, history, notices, tenure
from .dates import long_day
from .models import (
    Appointment,
    Body,
    Closing,
    Decision,
    Duty,
    Organisation,
    PlannedChange,
    Seat,
    Unit,
)
from .posts import OFFICE, Post

Kind = Organisation.Kind
FOUNDED_HERE = (Kind.THEMATIC_GROUP, Kind.SUPPORT_GROUP)
SEATS = (  # the posts every new group begins with: C3, C4
    (Post.GROUP_HEAD, "组长", "C3"),
    (Post.GROUP_DEPUTY_HEAD, "副组长", "C3"),
    (Post.GROUP_LIAISON, "联络员", "C4"),
)
TO_LEAD = "专题组联络员"  # the seat in a deputy unit of C4
log = logging.getLogger(__name__)


def enter_decision(*, by, title: str, number: str, decided_on: date) -> Decision:
    """Put the decision behind a change on record."""
    row = Decision(key=f"entered:{uuid4().hex}", title=title, number=number, decided_on=decided_on)
    history.note(row, by, "entered")
    row.save()
    return row


@transaction.atomic
def found_body(
    *,
    by,
    kind: str,
    name: str,
    short_name: str,
    lead_unit: Unit | None,
    founded_on: date,
    decision: Decision,
) -> Body:
    """Found a thematic or support group with the seats of C3 and C4.

    The head of a thematic group is the head of its lead unit. Raises PermissionDenied unless `by`
    is the security officer, ValidationError in words.
    """
    access.require(by, "found", Body)
    if kind not in FOUNDED_HERE:
        raise ValidationError(
            {"kind": _("Only thematic and support groups are founded here.")}, code="kind"
        )
    _name_is_free(name, None)
    key = f"body_{uuid4().hex[:12]}"
    last = Organisation.objects.order_by("-order").values_list("order", flat=True).first() or 0
    body = Body(
        key=key,
        kind=kind,
        name=name,
        short_name=short_name,
        order=last + 1,
        group=Group.objects.create(name=f"organisation:{key}"),
        parent=Body.objects.filter(kind=Kind.COORDINATION_GROUP).first(),
        lead_unit=lead_unit,
        founded_on=founded_on,
        founded_by=decision,
    )
    history.note(body, by, decision.title)
    body.save()
    for order, (post, title, cites) in enumerate(SEATS):
        seat = Seat(organisation=body, post=post, title=title, cites=cites, order=last + 1 + order)
        history.note(seat, by, decision.title)
        seat.save()
    begins = max(founded_on, timezone.localdate())
    _tie_head(body, None, begins, by=by, decision=decision)
    audit.record("body_founded", person=by, subject=f"{name} {founded_on} · {decision.reference}")
    return body


def _tie_head(body: Body, lead_before: int | None, since: date, *, by, decision) -> None:
    """The head of a thematic group is the head of its lead unit (C3), unless otherwise set up."""
    seat = body.seats.filter(post=Post.GROUP_HEAD, closed_on=None).first()
    if body.kind != Kind.THEMATIC_GROUP or seat is None:
        return
    tied_to = seat.follows.organisation_id if seat.follows else None
    if tied_to != lead_before:
        return
    heads = Seat.objects.filter(organisation=body.lead_unit_id, post=Post.UNIT_HEAD, closed_on=None)
    tenure.tie(seat, heads.first(), since, by=by, decision=decision)


def _name_is_free(name: str, organisation: Organisation | None) -> None:
    """Neither now nor by a planned change has another organisation this name."""
    key = organisation.pk if organisation is not None else None
    taken = Organisation.objects.filter(name=name).exclude(pk=key)
    planned = PlannedChange.objects.filter(applied_at=None, changes__name=name)
    if taken.exists() or planned.exclude(organisation=key).exists():
        raise ValidationError({"name": _("There is one of this name already.")}, code="name")


def planned(body: Organisation, day: date | None = None) -> dict[str, Any]:
    """What `body` will be on `day` by all that is planned until then; at the end of all by default.

    Values as `PlannedChange.changes` holds them.
    """
    row = Body.objects.get(pk=body.pk)
    state: dict[str, Any] = {
        "name": row.name,
        "short_name": row.short_name,
        "lead_unit": row.lead_unit_id,
        "deputy_units": sorted(unit.pk for unit in row.deputy_units.all()),
    }
    ahead = PlannedChange.objects.filter(organisation=body.pk, applied_at=None)
    if day is not None:
        ahead = ahead.filter(in_force_from__lte=day)
    for change in ahead.order_by("in_force_from", "pk"):
        state |= change.changes
    return state


@transaction.atomic
def plan_change(
    *, by, organisation: Organisation, in_force_from: date, decision: Decision, **wanted: Any
) -> PlannedChange:
    """Change a group's name, short_name, lead_unit or deputy_units from a day on.

    Only what differs from what holds on that day is recorded, so that a later change does not
    undo an earlier one; today's takes effect at once. Raises PermissionDenied unless `by` is the
    security officer, ValidationError in words.
    """
    access.require(by, "found", Body)
    _can_change(organisation, in_force_from, wanted)
    apply_changes()
    body = Body.objects.select_for_update().get(pk=organisation.pk)
    if in_force_from < body.founded_on:
        raise ValidationError(
            {
                "in_force_from": _("The group exists from %(day)s. Choose that day or a later one.")
                % {"day": long_day(body.founded_on)}
            },
            code="before_founding",
        )
    state = planned(body, in_force_from)
    values = {field: _plain(value) for field, value in wanted.items()}
    changes = {field: value for field, value in values.items() if state[field] != value}
    if not changes:
        raise ValidationError(_("That is how it stands on that day already."), code="same")
    if "name" in changes:
        _name_is_free(changes["name"], body)
    state |= changes
    if state["lead_unit"] in state["deputy_units"]:
        raise ValidationError(
            {"deputy_units": _("The lead unit is not a deputy unit of its own group.")},
            code="lead_is_deputy",
        )
    row = PlannedChange(
        organisation=organisation, changes=changes, decision=decision, in_force_from=in_force_from
    )
    history.note(row, by, decision.title)
    row.save()
    told = f"{body.name} {in_force_from}: {', '.join(changes)}"
    audit.record("body_changed", person=by, subject=f"{told} · {decision.reference}")
    if in_force_from <= timezone.localdate():
        _put_into_force(row, by)
    return row


def _can_change(organisation: Organisation, day: date, wanted: dict[str, Any]) -> None:
    if organisation.kind not in FOUNDED_HERE:
        raise ValidationError(
            _(
                "Only thematic and support groups are changed here. The coordination group, its "
                "Office and the units are set by the rules and the charter."
            ),
            code="kind",
        )
    if wanted.get("deputy_units") and organisation.kind != Kind.THEMATIC_GROUP:
        raise ValidationError(
            {"deputy_units": _("Only thematic groups have deputy units.")}, code="kind"
        )
    if day < timezone.localdate():
        raise ValidationError(
            {"in_force_from": _("The day is past. A change begins today or later.")}, code="past"
        )
    if organisation.closed_on is not None and day >= organisation.closed_on:
        raise ValidationError(
            {
                "in_force_from": _("%(body)s is closed from %(day)s.")
                % {"body": organisation.name, "day": long_day(organisation.closed_on)}
            },
            code="closed",
        )


def _plain(value: Any) -> Any:
    """A value as JSON keeps it: units by their keys."""
    if isinstance(value, Unit):
        return value.pk
    return value if value is None or isinstance(value, str) else sorted(unit.pk for unit in value)


def apply_changes(today: date | None = None) -> int:
    """Put into force what was planned for today or earlier; return how many changes that were.

    One that cannot be applied says why on the page of posts and stops no other; it is tried again.
    """
    today = today or timezone.localdate()
    due = PlannedChange.objects.filter(applied_at=None, in_force_from__lte=today)
    keys = list(due.order_by("in_force_from", "pk").values_list("pk", flat=True))
    return sum(_applied(key) for key in keys)


def _applied(key: int) -> bool:
    try:
        with transaction.atomic():
            rows = PlannedChange.objects.select_for_update(of=("self",)).select_related("decision")
            change = rows.filter(pk=key, applied_at=None).first()
            if change is not None:
                _put_into_force(change, None)
            return change is not None
    except Exception as error:
        words = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        change = PlannedChange.objects.get(pk=key)
        if change.failed != words[:200]:
            log.exception("Planned change %s could not be put into force", key)
            change.failed = words[:200]
            history.note(change, None, "failed")
            change.save()
        return False


def _put_into_force(change: PlannedChange, by) -> None:
    body = Body.objects.select_for_update().get(pk=change.organisation_id)
    lead_before = body.lead_unit_id
    wanted = change.changes
    body.name = wanted.get("name", body.name)
    body.short_name = wanted.get("short_name", body.short_name)
    body.lead_unit_id = wanted.get("lead_unit", body.lead_unit_id)
    history.note(body, by, change.decision.title)
    body.save()
    since = timezone.localdate()
    if body.lead_unit_id != lead_before:
        _tie_head(body, lead_before, since, by=by, decision=change.decision)
    if "deputy_units" in wanted:
        _set_deputies(body, wanted["deputy_units"], since, by=by, decision=change.decision)
    change.applied_at, change.failed = timezone.now(), ""
    history.note(change, by, "applied")
    change.save()


def _set_deputies(body: Body, keys: list[int], since: date, *, by, decision: Decision) -> None:
    """Each deputy unit has its liaison officer to the lead unit; who is none any more has none."""
    body.deputy_units.set(keys)
    last = Seat.objects.order_by("-order").values_list("order", flat=True).first() or 0
    seats = Seat.objects.filter(post=Post.DEPUTY_UNIT_LIAISON, scope=body, closed_on=None)
    there = {seat.organisation_id: seat for seat in seats}
    for key in keys:
        if key not in there:
            seat = Seat(
                organisation_id=key,
                post=Post.DEPUTY_UNIT_LIAISON,
                scope=body,
                title=TO_LEAD,
                cites="C4",
                order=last + 1,
                opens_on=since,
                opened_by=decision,
            )
            history.note(seat, by, decision.title)
            seat.save()
    for key, seat in there.items():
        if key not in keys:
            tenure.close(seat, since, by=by, decision=decision)


@transaction.atomic
def take_back_change(change: PlannedChange, *, by, reason: str) -> None:
    """Take back a change that is not in force yet.

    Raises PermissionDenied unless `by` is the security officer, ValidationError once it is.
    """
    access.require(by, "found", Body)
    rows = PlannedChange.objects.select_for_update(of=("self",)).select_related("organisation")
    row = rows.get(pk=change.pk)
    if row.applied_at is not None:
        raise ValidationError(_("It is in force. Enter another change instead."), code="applied")
    told = f"{row.organisation.name} {row.in_force_from}: {', '.join(row.changes)} · {reason}"
    history.note(row, by, f"taken back: {reason}")
    row.delete()
    audit.record("change_taken_back", person=by, subject=told)


@transaction.atomic
def close_body(
    *, by, body: Body, closed_on: date, successor: Organisation, decision: Decision
) -> Closing:
    """Close a group from `closed_on`; what is still open in it goes to `successor`.

    The Office hears of it and moves it, piece by piece (`open_in`). Raises PermissionDenied unless
    `by` is the security officer, ValidationError in words.
    """
    access.require(by, "found", Body)
    body = Body.objects.select_for_update().get(pk=body.pk)
    _can_close(body, closed_on, successor)
    body.closed_on, body.closed_by = closed_on, decision
    history.note(body, by, decision.title)
    body.save()
    closing = Closing(body=body, successor=successor, decision=decision)
    history.note(closing, by, decision.title)
    closing.save()
    audit.record(
        "body_closed", person=by, subject=f"{body.name} {closed_on} · {decision.reference}"
    )
    params = {"body": body.name, "organisation": successor.name, "due": closed_on.isoformat()}
    notices.notify(
        access.everybody(OFFICE),
        "body_closes",
        key=f"closing:{closing.pk}",
        params=params,
        subject=closing,
    )
    for term in _serving_beyond(body, closed_on):
        if term.since >= closed_on:
            tenure.remove(term, by=by, reason=decision.title)
        else:
            tenure.tell_closing(term, closed_on, f"closing:{closing.pk}")
    return closing


def _serving_beyond(body: Body, day: date) -> list[Appointment]:
    """The terms of a body that would go on on `day` or begin later, the latest first."""
    rows = Appointment.objects.filter(Q(until=None) | Q(until__gte=day), seat__organisation=body)
    return list(rows.select_related("seat__organisation", "person").order_by("-since"))


def _can_close(body: Body, closed_on: date, successor: Organisation) -> None:
    if body.kind not in FOUNDED_HERE:
        raise ValidationError(_("Only thematic and support groups are closed here."), code="kind")
    if body.closed_on is not None:
        raise ValidationError(_("It is closed already."), code="closed")
    if closed_on < timezone.localdate():
        raise ValidationError(
            {"closed_on": _("The day is past. A change begins today or later.")}, code="past"
        )
    if closed_on <= body.founded_on:
        raise ValidationError(
            {
                "closed_on": _("It is founded on %(day)s, so it is closed later than that.")
                % {"day": long_day(body.founded_on)}
            },
            code="before_founding",
        )
    able = Organisation.objects.assignable(closed_on).exclude(pk=body.pk)
    if not able.filter(pk=successor.pk).exists():
        raise ValidationError(
            {"successor": _("Choose who can be given documents on that day.")}, code="successor"
        )
    for term in _serving_beyond(body, closed_on):
        if term.since >= closed_on and term.seat.follows_id is None:
            raise tenure.take_back_first(term, term.seat)


@transaction.atomic
def take_back_closing(body: Body, *, by, reason: str) -> None:
    """Let a group go on that was to be closed on a day to come; its posts go on with it.

    Raises PermissionDenied unless `by` is the security officer, ValidationError once it is closed.
    """
    access.require(by, "found", Body)
    body = Body.objects.select_for_update().get(pk=body.pk)
    if body.closed_on is None:
        raise ValidationError(_("It is not to be closed."), code="open")
    if body.closed_on <= timezone.localdate():
        raise ValidationError(_("It is closed. Found a group anew instead."), code="closed")
    closing, closed_on = Closing.objects.get(body=body), body.closed_on
    notices.end(subject=closing, codes=("body_closes",))
    cause = f"closing:{closing.pk}"
    notices.notify(
        access.everybody(OFFICE),
        "closing_taken_back",
        key=f"{cause}:back",
        params={"body": body.name},
    )
    history.note(closing, by, f"taken back: {reason}")
    closing.delete()
    body.closed_on = body.closed_by = None
    history.note(body, by, f"taken back: {reason}")
    body.save()
    for term in _serving_beyond(body, closed_on):
        tenure.tell_end(term, f"{cause}:back")
    following = Seat.objects.open(closed_on).filter(organisation=body.pk).exclude(follows=None)
    for seat in following.select_related("organisation__body", "follows"):
        tenure.mirror(seat, timezone.localdate(), by=by)
    audit.record("closing_taken_back", person=by, subject=f"{body.name} {closed_on} · {reason}")


def open_in(organisation: Organisation):
    """The duties still open in an organisation, most pressing first."""
    return Duty.objects.open().filter(organisation=organisation.pk).order_by("due_on", "pk")
