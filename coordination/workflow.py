"""The step engine: the only module that writes `state`.

A route is a table in the app that owns the paper. `advance` takes one step of it: lock the row →
find the step → the appointment acted under → checks → the content is the one that was read →
new state → one immutable Transition → effects; all or nothing. Buttons, inbox and refusals are
read from the same tables.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from . import access, chains, history, lending
from .models import Appointment, Delegation, Transition
from .posts import Post
from .registry import HOLDS


@dataclass(frozen=True, slots=True)
class Reach:
    """On which records a post may act: one rule, told in both directions.

    `covers(record, appointment)` judges one appointment, `records(standing, posts)` is the same
    rule as a condition on records; a test keeps the two equal. `lent`: its acts can be entrusted.
    `closed(record)`: why nobody at all takes the step on it as it stands; mostly empty.
    `elsewhere(record)`: with whom of those posts it is, for whoever holds another of them.
    """

    covers: Callable[[Any, Appointment], bool]
    records: Callable[[access.Standing, tuple[Post, ...]], Q]
    lent: bool = True
    closed: Callable[[Any], str] = lambda record: ""
    elsewhere: Callable[[Any], str] = lambda record: ""


ANYWHERE = Reach(
    covers=lambda record, appointment: True,
    records=lambda held, posts: Q(pk__isnull=False) if held.holds(*posts) else Q(pk__in=[]),
    lent=False,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a route. `by` empty: taken only as the consequence of another step.

    `waits`: the record waits for this step (home page), for all of `by` or, if given, for those
    of `waits_for`; `form` names the form in the app's forms.
    """

    action: str
    source: str
    target: str
    by: tuple[Post, ...]
    cites: str
    label: Any
    reach: Reach = ANYWHERE
    checks: tuple[Callable[["Act"], None], ...] = ()
    effects: tuple[Callable[["Act"], None], ...] = ()
    form: str = "opinion"
    waits: bool = True
    waits_for: tuple[Post, ...] | None = None

    @property
    def awaited(self) -> tuple[Post, ...]:
        """The posts on whose home page a record that waits for this step appears."""
        awaited = self.by if self.waits_for is None else self.waits_for
        return awaited if self.waits else ()


@dataclass(frozen=True, slots=True)
class Route:
    """The whole path of one kind of record.

    `shared`: where its model has several routes, the one name by which their acts are entrusted;
    each record says in `route_name` which of them it goes.
    """

    name: str
    model: str
    steps: tuple[Step, ...]
    shared: str = ""

    @property
    def among(self) -> Q:
        """The records of the model that go this route, as a condition."""
        return Q(route_name=self.name) if self.shared else Q(pk__isnull=False)

    def key(self, step: Step) -> str:
        """How a delegation names this act."""
        return f"{self.shared or self.name}:{step.action}"

    def find(self, state: str, action: str) -> Step | None:
        """The step `action` out of `state`, if the route has it."""
        found = (s for s in self.steps if s.source == state and s.action == action)
        return next(found, None)

    def leaving(self, state: str) -> Iterator[Step]:
        """The steps out of `state` that people take."""
        return (step for step in self.steps if step.source == state and step.by)


@dataclass(slots=True)
class Act:
    """One taking of one step, handed to its checks and effects."""

    record: Any
    step: Step
    person: Any
    appointment: Appointment
    at: datetime
    opinion: str = ""
    data: dict = field(default_factory=dict)
    details: dict = field(default_factory=dict)
    delegation: Any = None  # the Delegation acted under, for somebody else's seat
    transition: Any = None  # the Transition, once written


class Conflict(ValidationError):
    """Somebody was faster, or the content changed; nothing was done."""


ROUTES: dict[str, Route] = {}
OF_MODEL: dict[str, list[Route]] = {}


def register(route: Route) -> Route:
    """Make a route known to the inbox, to access and to the tests; apps call it when ready."""
    ROUTES[route.name] = route
    OF_MODEL.setdefault(route.model, []).append(route)
    lending.own(route)
    return route


def route_of(record) -> Route:
    """The route this record goes."""
    routes = OF_MODEL[record._meta.label_lower]
    return ROUTES[record.route_name] if routes[0].shared else routes[0]


def offered(person, record) -> list[Step]:
    """The steps `person` may take on `record` as it stands now, in the order of the table."""
    held = access.standing(person)
    steps = route_of(record).leaving(record.state)
    able = [step for step in steps if authority(held, step, record) is not None]
    return [step for step in able if not held_back(record, step.action)]


def held_back(record, action: str) -> str:
    """Why nobody takes this step on the record now (`registry.add_hold`); mostly empty."""
    holds = HOLDS.get(record._meta.label_lower, ())
    return next(filter(None, (why(record, action) for why in holds)), "")


def _let_go(record, action: str) -> None:
    why = held_back(record, action)
    if why:
        raise Conflict(why, code="held_back")


def require_step(person, record, action: str) -> Step:
    """Return the step `person` is about to take on `record`.

    Raises Conflict when it moved on or is held back, PermissionDenied when others take this step.
    """
    step = route_of(record).find(record.state, action)
    if step is None or not step.by:
        raise Conflict(_no_longer(record), code="no_such_step")
    if authority(access.standing(person), step, record) is None:
        raise _refused(step, record)
    _let_go(record, action)
    return step


def _refused(step: Step, record) -> Exception:
    """Why a step is not taken: nobody takes it on this record, or others do."""
    why = step.reach.closed(record)
    if why:
        return Conflict(f"{why} ({access.clauses(step.cites)})", code="closed")
    words = f"{access.refusal(step.by, step.cites)} {step.reach.elsewhere(record)}"
    return PermissionDenied(words.strip())


@dataclass(frozen=True, slots=True)
class Authority:
    """Under which appointment a step is taken; by a stand-in, under which delegation."""

    appointment: Appointment
    delegation: Delegation | None = None


def authority(held: access.Standing, step: Step, record) -> Authority | None:
    """Return what `held` takes `step` under: their own posts first, then what was entrusted.

    Among several the order of the step's posts decides. None if they may not take it.
    """
    act = route_of(record).key(step)
    entrusted = [m for m in held.mandates if act in m.delegation.acts]
    for candidates in (
        [Authority(a) for a in held.appointments],
        [Authority(m.appointment, m.delegation) for m in entrusted],
    ):
        able = [
            c
            for c in candidates
            if c.appointment.seat.post in step.by and step.reach.covers(record, c.appointment)
        ]
        if able:
            order: dict[str, int] = {post: place for place, post in enumerate(step.by)}
            return min(able, key=lambda c: (order[c.appointment.seat.post], c.appointment.pk))
    return None


def for_whom(person, step: Step, record) -> str:
    """In whose name `person` takes `step` on `record`; empty where it is their own."""
    held = access.standing(person)
    found = authority(held, step, record) if held.mandates else None
    return str(found.appointment.person) if found and found.delegation else ""


def waiting(person, *routes: Route) -> Q:
    """Which records of `routes`, all of one model, wait for a step of `person`, as a condition."""
    held = access.standing(person)
    condition = Q(pk__in=[])
    for route in routes:
        mine = Q(pk__in=[])
        for step in route.steps:
            acting = held.for_act(route.key(step))
            if acting.holds(*step.awaited):
                mine |= Q(state=step.source) & step.reach.records(acting, step.awaited)
        condition |= route.among & mine if route.shared else mine
    return condition


def begin(record, action: str, *, person, opinion="", data=None, at=None):
    """Save a new record by the step of its route that starts from nothing.

    Raises PermissionDenied if the person's posts do not allow it, ValidationError from a check.
    """
    step = route_of(record).find("", action)
    with transaction.atomic():
        return _take(record, step, person, opinion, data, at)


def advance(record, action: str, *, person, opinion="", data=None, seen=None, at=None):
    """Take one step of the record's route, or raise and change nothing.

    `seen` is the content digest of what the person had before them. Raises Conflict when
    somebody else took the record on meanwhile, its content changed or it is held back,
    PermissionDenied when the person's current posts do not allow the step, ValidationError from
    a check. Returns the record as it stands afterwards.
    """
    with transaction.atomic():
        record = type(record)._default_manager.select_for_update(of=("self",)).get(pk=record.pk)
        step = route_of(record).find(record.state, action)
        if step is None or not step.by:
            raise Conflict(_no_longer(record), code="no_such_step")
        if seen is not None and seen != record.content_digest():
            raise Conflict(
                _("The content was changed since you opened it. Read it again, then decide."),
                code="content_changed",
            )
        _let_go(record, action)
        return _take(record, step, person, opinion, data, at)


def follow(cause: Act, record, action: str, *, opinion="", details=None):
    """Take a step as the consequence of another, in its transaction and under its authority.

    A record that is not saved yet begins by it. `details` stand in its transition.
    """
    if record.pk is not None:
        record = type(record)._default_manager.select_for_update(of=("self",)).get(pk=record.pk)
    step = route_of(record).find(record.state, action)
    if step is None:
        raise Conflict(_no_longer(record), code="no_such_step")
    _let_go(record, action)
    act = Act(record, step, cause.person, cause.appointment, cause.at, opinion, cause.data)
    act.delegation, act.details = cause.delegation, details or {}
    return _write(act, cause.transition)


def _take(record, step, person, opinion, data, at):
    """Authorise, check, write."""
    found = authority(access.standing(person), step, record)
    if found is None:
        raise _refused(step, record)
    at, opinion = at or timezone.now(), opinion.strip()
    act = Act(record, step, person, found.appointment, at, opinion, data or {})
    act.delegation = found.delegation
    for check in step.checks:
        check(act)
    return _write(act, None)


def _write(act: Act, cause: Transition | None):
    """The new state, its transition, its effects."""
    record, step = act.record, act.step
    source, record.state = record.state, step.target
    history.note(record, act.person, f"{step.action} {step.cites}")
    record.save()
    before = _trail(record).order_by("-serial").first() if source else None
    act.transition = Transition(
        content_type=ContentType.objects.get_for_model(record),
        object_id=record.pk,
        serial=before.serial + 1 if before else 1,
        action=step.action,
        source=source,
        target=step.target,
        person=act.person,
        acting_as=act.appointment,
        delegation=act.delegation,
        opinion=act.opinion,
        details=act.details,
        cites=step.cites,
        content_digest=record.content_digest(),
        at=act.at,
        cause=cause,
        previous_digest=before.digest if before else "",
    )
    act.transition.digest = chains.digest(act.transition)
    act.transition.save(force_insert=True)
    for effect in step.effects:
        effect(act)
    return act.record


def _trail(record: Model):
    return Transition.objects.filter(
        content_type=ContentType.objects.get_for_model(record), object_id=record.pk
    )


def trail(*records: Model):
    """The steps taken on these records, in time order, with who took them."""
    condition = Q(pk__in=[])
    for model in {type(record) for record in records}:
        content_type = ContentType.objects.get_for_model(model)
        pks = [record.pk for record in records if type(record) is model]
        condition |= Q(content_type=content_type, object_id__in=pks)
    return (
        Transition.objects.filter(condition)
        .select_related(
            "person", "acting_as__seat__organisation", "acting_as__person", "content_type"
        )
        .order_by("pk")
    )


def caused_by(transition: Transition):
    """The steps that were consequences of this one."""
    return Transition.objects.filter(cause=transition)


def label_of(transition: Transition) -> str:
    """What was done, in the reader's language."""
    model = f"{transition.content_type.app_label}.{transition.content_type.model}"
    return act_label(model, transition.action, transition.cites)


def act_label(model: str, action: str, cites: str = "") -> str:
    """How `action` on records of `model` is called, by these articles where routes differ; the
    bare name where no route has it.
    """
    steps = [step for r in OF_MODEL[model] for step in r.steps if step.action == action]
    steps.sort(key=lambda step: step.cites != cites)
    return str(steps[0].label) if steps else action


def acted_as(transition: Transition) -> str:
    """The post a step was taken in; by a stand-in, with 代 and the name of whose post it is."""
    seat = transition.acting_as.seat
    post = f"{seat.organisation.short_name}{seat.title}"
    if transition.acting_as.acting:
        post = _("%(post)s (in charge)") % {"post": post}
    if transition.delegation_id is None:
        return post
    return _("for %(principal)s (%(post)s)") % {
        "principal": transition.acting_as.person,
        "post": post,
    }


def _no_longer(record) -> str:
    """Tell whoever came second what happened meanwhile."""
    last = trail(record).last()
    if last is None:
        return _("This step is not possible in the present state.")
    return _(
        "Not possible any more: %(person)s did “%(action)s” on %(when)s. "
        "It now stands at “%(state)s”."
    ) % {
        "person": last.person,
        "action": label_of(last),
        "when": timezone.localtime(last.at).strftime("%Y-%m-%d %H:%M"),
        "state": record.get_state_display(),
    }
