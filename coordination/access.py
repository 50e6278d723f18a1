"""Who may do what, derived from current appointments: the only module that knows.

`GRANTS` is the rule; `visible` asks it about many records and `may` about one through it, so list
and detail cannot differ. Nothing is granted that no row grants. guardian's tables hold only what
no post gives by itself: a document shown to the auth group of a unit or body. Those groups store
no members; who belongs to one is read from the appointments of the day.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from guardian.utils import get_group_obj_perms_model

from . import rulebook
from .models import Appointment, Delegation, Organisation
from .posts import HANDLERS, LEADERS, OFFICE, OFFICERS, READERS, Post

EVERYTHING, OWN, LAID_BEFORE, SHARED, OWN_SEAT, TO_ME, ASSIGNED, OVERDUE, CIRCULATED, MINE = (
    "everything",  # every record
    "own",  # records whose `organisation` the person holds the post in
    "laid before",  # records whose `laid_before`, now or once, is the person's seat
    "shared",  # records shared with the organisation the person holds the post in
    "own seat",  # records of a `seat` the person holds
    "to me",  # records whose `delegate` is the person
    "assigned",  # records assigned under the person's seat
    "overdue",  # duties past their day
    "circulated",  # records circulated for reading to a seat the person holds
    "mine",  # changes of hands between the person and somebody else
)
IN_CHARGE, KEPT, COMMON = (
    "in charge",  # documents whose `handler` in charge the person holds the post in
    "kept",  # records the `person` keeps for nobody but themselves
    "common",  # records kept by the Office for others
)


@dataclass(frozen=True, slots=True)
class Grant:
    """These posts may `verbs` on records of `model` within `reach`, says `cites`."""

    posts: tuple[Post, ...]
    model: str
    verbs: frozenset[str]
    reach: str
    cites: str


def _grants(posts, model, verbs, reach, cites):
    return Grant(tuple(posts), model, frozenset(verbs.split()), reach, cites)


INCOMING, HANDLING, DUTY = "documents.incomingdocument", "documents.handling", "coordination.duty"
DELEGATION, EXTENSION = "coordination.delegation", "coordination.extension"
READING, CONFIRMATION = "documents.reading", "coordination.confirmation"
GRANTS = (
    _grants(OFFICE, INCOMING, "view add export print", EVERYTHING, "B8 P24"),
    _grants(LEADERS, INCOMING, "view print", LAID_BEFORE, "P24"),
    _grants(HANDLERS, INCOMING, "view print export", SHARED, "B16 C12"),
    _grants(READERS, INCOMING, "view", CIRCULATED, "P24"),
    _grants((*OFFICE, *LEADERS), INCOMING, "count", EVERYTHING, "B3 B16"),
    _grants(HANDLERS, INCOMING, "count", IN_CHARGE, "B16 C12"),
    _grants(OFFICE, "documents.label", "view change", EVERYTHING, "B8"),
    _grants(LEADERS, "documents.label", "view", EVERYTHING, "B8"),
    _grants(READERS, "documents.savedfilter", "view change", KEPT, "B8"),
    _grants(OFFICE, "documents.savedfilter", "view change share", COMMON, "B8"),
    _grants(READERS, "coordination.phrase", "view change", KEPT, "P22"),
    _grants(READERS, "coordination.phrase", "view", COMMON, "P22"),
    _grants(OFFICE, "coordination.phrase", "change share", COMMON, "B8 P22"),
    _grants(OFFICE, READING, "view", EVERYTHING, "B8 P24"),
    _grants(READERS, READING, "view", OWN_SEAT, "P24"),
    _grants(OFFICE, HANDLING, "view", EVERYTHING, "B8 P24"),
    _grants(HANDLERS, HANDLING, "view", OWN, "B16 C12"),
    _grants(LEADERS, HANDLING, "view", ASSIGNED, "P24"),
    _grants(OFFICE, DUTY, "view urge", EVERYTHING, "B3 B8"),
    _grants(HANDLERS, DUTY, "view", OWN, "B16 C12"),
    _grants(LEADERS, DUTY, "view urge", ASSIGNED, "P24"),
    _grants([Post.SUPERVISOR], DUTY, "view", OVERDUE, "A9 B3"),
    _grants(OFFICE, EXTENSION, "view", EVERYTHING, "B3 B8"),
    _grants(HANDLERS, EXTENSION, "view", OWN, "B16 C12"),
    _grants(LEADERS, EXTENSION, "view", ASSIGNED, "P24"),
    _grants(OFFICE, DELEGATION, "view revoke", EVERYTHING, "B3"),
    _grants(READERS, DELEGATION, "view add revoke", OWN_SEAT, "P22"),
    _grants(READERS, DELEGATION, "view", TO_ME, "P22"),
    _grants(READERS, "coordination.organisation", "view", EVERYTHING, "A2 A3 A4"),
    _grants([Post.SECURITY_OFFICER], "coordination.person", "view unlock add", EVERYTHING, "A2"),
    _grants([Post.SECURITY_OFFICER], "coordination.seat", "view appoint", EVERYTHING, "A2 A3"),
    _grants(OFFICE, "coordination.message", "view settle", EVERYTHING, "B8"),
    _grants([Post.SECURITY_OFFICER], "coordination.messenger", "view set", EVERYTHING, "B8"),
    _grants([Post.SECURITY_OFFICER], "coordination.body", "view found", EVERYTHING, "A4"),
    _grants(OFFICE, CONFIRMATION, "view ask", EVERYTHING, "A16 B8"),
    _grants([Post.SECURITY_OFFICER], CONFIRMATION, "view", EVERYTHING, "A16 A2"),
    _grants([Post.UNIT_LIAISON, Post.UNIT_HEAD], CONFIRMATION, "view", OWN, "A16"),
    _grants(OFFICE, "coordination.handover", "view", EVERYTHING, "B3 B8"),
    _grants(READERS, "coordination.handover", "view", MINE, "B8"),
    _grants(OFFICE, "coordination.closing", "view", EVERYTHING, "A4 B3"),
    _grants(READERS, "coordination.holidaynotice", "view", EVERYTHING, "B16"),
    _grants(OFFICE, "coordination.holidaynotice", "publish", EVERYTHING, "B16"),
    _grants((*OFFICE, *LEADERS), "coordination.seat", "view", EVERYTHING, "A16 B8"),
    _grants(HANDLERS, "coordination.seat", "view", OWN, "A16"),
    _grants([Post.AUDIT_OFFICER], "coordination.auditentry", "view", EVERYTHING, "A2"),
    _grants([Post.SYSTEM_OFFICER], "coordination.heartbeat", "view", EVERYTHING, "A2"),
)
# What a stand-in may do with the records of the seat: read them, as far as the seat reaches by
# itself. What a post opens everywhere is not lent.
BY_SEAT = (OWN, LAID_BEFORE, SHARED, ASSIGNED, CIRCULATED)
LENT = frozenset({"view", "print"})
Rows = TypeVar("Rows", bound=QuerySet)
VERBS = frozenset(verb for grant in GRANTS for verb in grant.verbs)


@dataclass(frozen=True, slots=True)
class Mandate:
    """A delegation in force, with the appointment of whoever it stands in for today."""

    delegation: Delegation
    appointment: Appointment


@dataclass(frozen=True)
class Standing:
    """What a person is on one day: their current appointments, seats and organisations.

    `mandates` are what others entrusted to them; they count only where asked for by `for_act`
    or `with_mandates`, so that nothing entrusted can be passed on.
    """

    person_id: int | None
    appointments: tuple[Appointment, ...] = ()
    mandates: tuple[Mandate, ...] = ()

    def for_act(self, act: str) -> "Standing":
        """This standing together with the seats `act` ("route:action") was entrusted from."""
        lent = tuple(m.appointment for m in self.mandates if act in m.delegation.acts)
        return Standing(self.person_id, self.appointments + lent) if lent else self

    def with_mandates(self) -> "Standing":
        """This standing together with every seat anything was entrusted from."""
        lent = tuple(m.appointment for m in self.mandates)
        return Standing(self.person_id, self.appointments + lent) if lent else self

    @property
    def posts(self) -> frozenset[str]:
        """The posts held."""
        return frozenset(a.seat.post for a in self.appointments)

    @property
    def seat_ids(self) -> list[int]:
        """Primary keys of all seats held, in order."""
        return sorted(a.seat_id for a in self.appointments)

    def holds(self, *posts: Post) -> bool:
        """Whether any of `posts` is held."""
        return not self.posts.isdisjoint(posts)

    def seats(self, posts: Iterable[str]) -> list[int]:
        """Primary keys of the seats held of `posts`."""
        return [a.seat_id for a in self.appointments if a.seat.post in posts]

    def organisations(self, posts: Iterable[str]) -> list[int]:
        """Primary keys of the organisations in which one of `posts` is held."""
        return sorted({a.seat.organisation_id for a in self.appointments if a.seat.post in posts})


def standing(person, on: date | None = None) -> Standing:
    """Return what `person` is on the day `on` (today unless told).

    Read once per request: middleware hangs a cache on the signed-in person.
    """
    on = on or timezone.localdate()
    cache = getattr(person, "standing_cache", None)
    if cache is not None and on in cache:
        return cache[on]
    found = Standing(person.pk if person is not None else None)
    if person is not None and person.is_authenticated and person.is_active:
        found = _standing(person.pk, on)
    if cache is not None:
        cache[on] = found
    return found


def _standing(person_id: int, on: date) -> Standing:
    """Own appointments and those of the seats stood in for, in one query."""
    entrusted = Delegation.objects.current(on).filter(delegate_id=person_id).values("seat_id")
    rows = (
        Appointment.objects.active(on)
        .filter(Q(person_id=person_id) | Q(seat__in=entrusted))
        .select_related("seat__organisation__group", "person")
        .order_by("seat__order", "pk")
    )
    own = tuple(row for row in rows if row.person_id == person_id)
    principals = {row.seat_id: row for row in rows if row.person_id != person_id}
    if not principals or not own or any(row.seat.post in OFFICERS for row in own):
        return Standing(
            person_id, own
        )  # who serves nowhere, or guards the system, stands in for none
    mandates = Delegation.objects.current(on).filter(delegate_id=person_id).order_by("pk")
    return Standing(
        person_id,
        own,
        tuple(Mandate(m, principals[m.seat_id]) for m in mandates if m.seat_id in principals),
    )


def _reaching(grant: Grant, held: Standing, verb: str) -> Standing:
    """With which standing `held` uses this grant: a stand-in reads what the seat itself reaches."""
    lent = verb in LENT and grant.reach in BY_SEAT
    return held.with_mandates() if lent else held


def _everything(grant: Grant, held: Standing, model: Any) -> Q:
    return Q(pk__isnull=False)  # a bare Q() | x would be x, not everything


def _own(grant: Grant, held: Standing, model: Any) -> Q:
    return Q(organisation__in=held.organisations(grant.posts))


def _own_seat(grant: Grant, held: Standing, model: Any) -> Q:
    return Q(seat__in=held.seats(grant.posts))


def _to_me(grant: Grant, held: Standing, model: Any) -> Q:
    return Q(delegate=held.person_id)


def _laid_before(grant: Grant, held: Standing, model: Any) -> Q:
    # Through the proposals, so that what was once laid before a seat stays readable to it.
    proposals = model._meta.get_field("proposals").related_model
    laid = proposals.objects.filter(laid_before__in=held.seats(grant.posts))
    return Q(pk__in=laid.values("document_id"))


def _circulated(grant: Grant, held: Standing, model: Any) -> Q:
    readings = model._meta.get_field("readings").related_model
    mine = readings.objects.filter(seat__in=held.seats(grant.posts))
    return Q(pk__in=mine.exclude(state="taken_back").values("document_id"))


def _assigned(grant: Grant, held: Standing, model: Any) -> Q:
    path = "duty__assigned_under" if grant.model == HANDLING else "assigned_under"
    return Q(**{f"{path}__seat__in": held.seats(grant.posts)})


def _overdue(grant: Grant, held: Standing, model: Any) -> Q:
    return Q(due_on__lt=timezone.localdate())


def _mine(grant: Grant, held: Standing, model: Any) -> Q:
    return Q(predecessor__person=held.person_id) | Q(successor__person=held.person_id)


def _in_charge(grant: Grant, held: Standing, model: Any) -> Q:
    return Q(handler__in=held.organisations(grant.posts))


def _kept(grant: Grant, held: Standing, model: Any) -> Q:
    return Q(person=held.person_id, shared=False)


def _common(grant: Grant, held: Standing, model: Any) -> Q:
    return Q(shared=True)


def _shared_with(grant: Grant, held: Standing, model: Any) -> Q:
    return Q(pk__in=_shared(model, held.organisations(grant.posts)))


# How each reach reads as a condition on the records of a model.
CONDITIONS: dict[str, Callable[[Grant, Standing, Any], Q]] = {
    EVERYTHING: _everything,
    OWN: _own,
    OWN_SEAT: _own_seat,
    TO_ME: _to_me,
    LAID_BEFORE: _laid_before,
    CIRCULATED: _circulated,
    ASSIGNED: _assigned,
    OVERDUE: _overdue,
    MINE: _mine,
    IN_CHARGE: _in_charge,
    KEPT: _kept,
    COMMON: _common,
    SHARED: _shared_with,
}


def _shared(model: Any, organisation_ids: list[int]):
    """Primary keys of the records of `model` shared with the groups of these organisations."""
    groups = Organisation.objects.filter(pk__in=organisation_ids).values("group_id")
    shares = _share_table(model).objects.filter(
        group__in=groups, permission__codename=_view_codename(model)
    )
    return shares.values("content_object_id")


def _share_table(model: Any) -> Any:
    """guardian's table of what is shared of this model."""
    return get_group_obj_perms_model(model)


def _view_codename(model: type[Model]) -> str:
    """The name of the model's view permission, the only one that is shared."""
    return f"view_{model._meta.model_name}"


def applying(held: Standing, label: str, verb: str) -> list[Grant]:
    """Return the rows of GRANTS that open `verb` on the model `label` to `held`.

    Raises ValueError for a verb no row names: a misspelt verb must not read as a refusal.
    """
    if verb not in VERBS:
        raise ValueError(f"Unknown verb: {verb!r}")
    return [
        grant
        for grant in GRANTS
        if grant.model == label
        and verb in grant.verbs
        and _reaching(grant, held, verb).holds(*grant.posts)
    ]


def visible(person, queryset: Rows, verb: str = "view") -> Rows:
    """Return the records of `queryset` that `person` may `verb` today. Nothing unless granted."""
    held = standing(person)
    grants = applying(held, queryset.model._meta.label_lower, verb)
    if any(grant.reach == EVERYTHING for grant in grants):
        return queryset
    condition = Q(pk__in=[])
    for grant in grants:
        reaching = _reaching(grant, held, verb)
        condition |= CONDITIONS[grant.reach](grant, reaching, queryset.model)
    return queryset.filter(condition) if grants else queryset.none()


def may(person, verb: str, record: Model) -> bool:
    """Whether `person` may `verb` this record today."""
    return visible(person, type(record)._default_manager.filter(pk=record.pk), verb).exists()


def may_ever(person, verb: str, model: type[Model]) -> bool:
    """Whether any grant opens `verb` on some record of `model` to `person` (for navigation)."""
    return bool(applying(standing(person), model._meta.label_lower, verb))


def reaches_all(person, verb: str, model: type[Model]) -> bool:
    """Whether `person` may `verb` every record of `model` today."""
    grants = applying(standing(person), model._meta.label_lower, verb)
    return any(grant.reach == EVERYTHING for grant in grants)


def require(person, verb: str, model: type[Model]) -> None:
    """Refuse, in words, unless some grant opens `verb` on `model` to `person`.

    Raises PermissionDenied naming the posts that may and the article behind it.
    """
    if may_ever(person, verb, model):
        return
    label = model._meta.label_lower
    rows = [grant for grant in GRANTS if grant.model == label and verb in grant.verbs]
    posts = dict.fromkeys(post for grant in rows for post in grant.posts)
    raise PermissionDenied(refusal(posts, rows[0].cites if rows else ""))


SEPARATOR = gettext_lazy(", ")


def refusal(posts: Iterable[Post], cites: str) -> str:
    """Say who could do it and where that is written."""
    names = str(SEPARATOR).join(str(Post(post).label) for post in posts)
    articles = rulebook.parse(cites)
    rules = str(SEPARATOR).join(rulebook.label(article.code) for article in articles)
    if not names:
        return _("Nobody does this by hand; the system does it as a consequence.")
    return _("This is for: %(posts)s (%(rules)s).") % {"posts": names, "rules": rules}


def holders(organisation_ids: Iterable[int], posts: Iterable[Post], on: date | None = None):
    """Return the current appointments to `posts` in these organisations, persons loaded."""
    return (
        Appointment.objects.active(on or timezone.localdate())
        .filter(seat__organisation__in=list(organisation_ids), seat__post__in=list(posts))
        .select_related("person", "seat__organisation")
        .order_by("seat__order", "pk")
    )


def everybody(posts: Iterable[Post], on: date | None = None) -> list:
    """The persons who hold any of `posts` anywhere, each once."""
    held = Appointment.objects.active(on or timezone.localdate())
    rows = held.filter(seat__post__in=list(posts)).select_related("person").order_by("pk")
    return list({row.person_id: row.person for row in rows}.values())


def share(record: Any, organisation: Organisation) -> None:
    """Show `record` to whoever serves in `organisation`, from now on. For effects only."""
    permission = Permission.objects.get(
        content_type=ContentType.objects.get_for_model(record),
        codename=_view_codename(type(record)),
    )
    _share_table(type(record)).objects.get_or_create(
        group_id=organisation.group_id, permission=permission, content_object=record
    )
