"""Bodies are founded, changed and closed by a decision, from a day (A4); never deleted."""

from datetime import date
from uuid import uuid4

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import access, audit, history
from .models import Body, Closing, Decision, Duty, Organisation, PlannedChange, Seat, Unit
from .posts import Post

Kind = Organisation.Kind
FOUNDED_HERE = (Kind.THEMATIC_GROUP, Kind.SUPPORT_GROUP)
SEATS = (  # the posts every new group begins with: C3, C4
    (Post.GROUP_HEAD, "组长", "C3"),
    (Post.GROUP_DEPUTY_HEAD, "副组长", "C3"),
    (Post.GROUP_LIAISON, "联络员", "C4"),
)


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

    Raises PermissionDenied unless `by` is the security officer, ValidationError in words.
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
    audit.record("body_founded", person=by, subject=name)
    return body


def _name_is_free(name: str, organisation: Organisation | None) -> None:
    taken = Organisation.objects.filter(name=name)
    if organisation is not None:
        taken = taken.exclude(pk=organisation.pk)
    if taken.exists():
        raise ValidationError({"name": _("There is one of this name already.")}, code="name")


@transaction.atomic
def plan_change(
    *,
    by,
    organisation: Organisation,
    name: str,
    short_name: str,
    lead_unit: Unit | None,
    in_force_from: date,
    decision: Decision,
) -> PlannedChange:
    """Give an organisation another name or lead unit from a day on; today's takes effect at once.

    Raises PermissionDenied unless `by` is the security officer, ValidationError in words.
    """
    access.require(by, "found", Body)
    if in_force_from < timezone.localdate():
        raise ValidationError(
            {"in_force_from": _("The day is past. A change begins today or later.")}, code="past"
        )
    _name_is_free(name, organisation)
    row = PlannedChange(
        organisation=organisation,
        name=name,
        short_name=short_name,
        lead_unit=lead_unit,
        decision=decision,
        in_force_from=in_force_from,
    )
    history.note(row, by, decision.title)
    row.save()
    audit.record("body_changed", person=by, subject=f"{organisation.name} → {name}")
    apply_changes()
    row.refresh_from_db()
    return row


@transaction.atomic
def apply_changes(today: date | None = None) -> int:
    """Put into force what was planned for today or earlier; return how many changes that were."""
    today = today or timezone.localdate()
    due = PlannedChange.objects.filter(applied_at=None, in_force_from__lte=today)
    rows = list(due.select_for_update().order_by("in_force_from", "pk"))
    for change in rows:
        key = change.organisation_id
        target = Body.objects.filter(pk=key).first() or Unit.objects.get(pk=key)
        target.name, target.short_name = change.name, change.short_name
        if isinstance(target, Body):
            target.lead_unit = change.lead_unit
        history.note(target, None, change.decision.title)
        target.save()
        change.applied_at = timezone.now()
        history.note(change, None, "applied")
        change.save()
    return len(rows)


@transaction.atomic
def close_body(
    *, by, body: Body, closed_on: date, successor: Organisation, decision: Decision
) -> Closing:
    """Close a group from `closed_on`; what is still open in it goes to `successor`.

    The Office moves it, piece by piece (`open_in`). Raises PermissionDenied unless `by` is the
    security officer, ValidationError in words.
    """
    access.require(by, "found", Body)
    body = Body.objects.select_for_update().get(pk=body.pk)
    if body.kind not in FOUNDED_HERE:
        raise ValidationError(_("Only thematic and support groups are closed here."), code="kind")
    if body.closed_on is not None:
        raise ValidationError(_("It is closed already."), code="closed")
    if closed_on < timezone.localdate():
        raise ValidationError(
            {"closed_on": _("The day is past. A change begins today or later.")}, code="past"
        )
    able = Organisation.objects.assignable(closed_on).exclude(pk=body.pk)
    if not able.filter(pk=successor.pk).exists():
        raise ValidationError(
            {"successor": _("Choose who can be given documents on that day.")}, code="successor"
        )
    body.closed_on, body.closed_by = closed_on, decision
    history.note(body, by, decision.title)
    body.save()
    closing = Closing(body=body, successor=successor, decision=decision)
    history.note(closing, by, decision.title)
    closing.save()
    audit.record("body_closed", person=by, subject=body.name)
    return closing


def open_in(organisation: Organisation):
    """The duties still open in an organisation, most pressing first."""
    return Duty.objects.open().filter(organisation=organisation.pk).order_by("due_on", "pk")
