"""Who may do what, derived from current appointments: the only module that knows.

`grants.GRANTS` is the rule; `visible` asks it about many records and `may` about one through it, so
list and detail cannot differ. Nothing is granted that no row grants. guardian's tables hold only
what no post gives by itself: a document shown to the auth group of a unit or body. Those groups
store no members; who belongs to one is read from the appointments of the day.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from guardian.utils import get_group_obj_perms_model

from . import grants as g
from . import rulebook
from .grants import GRANTS, LENT, VERBS, Grant
from .models import Appointment, Organisation, Seat
from .posts import Post
from .querysets import late
from .registry import LOANS
from .standings import Standing, standing

Rows = TypeVar("Rows", bound=QuerySet)


def _lent(grant: Grant, held: Standing, verb: str) -> Iterator[tuple[Standing, Q]]:
    """For each seat lent to `held` that this grant serves: its standing, and which records the
    entrusted acts are about; nothing else the seat reaches is lent.
    """
    if verb not in LENT:
        return
    for mandate in held.mandates:
        if mandate.appointment.seat.post in grant.posts:
            for source in LOANS.get(grant.model, {}).values():
                about = source(mandate)
                if about is not None:
                    yield Standing(held.person_id, (mandate.appointment,)), about


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
    path = "duty__assigned_under" if grant.model == g.HANDLING else "assigned_under"
    return Q(**{f"{path}__seat__in": held.seats(grant.posts)})


def _overdue(grant: Grant, held: Standing, model: Any) -> Q:
    running = Q(closed_at=None, submitted_at=None)
    return running & late(timezone.now(), timezone.localdate()) | Q(days_late__gt=0)


def _mine(grant: Grant, held: Standing, model: Any) -> Q:
    begun = Q(successor__since__lte=timezone.localdate())
    return Q(predecessor__person=held.person_id) | (Q(successor__person=held.person_id) & begun)


def _in_charge(grant: Grant, held: Standing, model: Any) -> Q:
    return Q(handler__in=held.organisations(grant.posts))


def _kept(grant: Grant, held: Standing, model: Any) -> Q:
    return Q(person=held.person_id, shared=False)


def _common(grant: Grant, held: Standing, model: Any) -> Q:
    return Q(shared=True)


def _drafted(grant: Grant, held: Standing, model: Any) -> Q:
    return Q(originator__in=held.organisations(grant.posts))


def _asked_for(grant: Grant, held: Standing, model: Any) -> Q:
    return Q(document__originator__in=held.organisations(grant.posts))


def _handed_in(grant: Grant, held: Standing, model: Any) -> Q:
    return Q(submitted_at__isnull=False)


def _laid_here(grant: Grant, held: Standing, model: Any) -> Q:
    layings = model._meta.get_field("layings").related_model
    mine = layings.objects.filter(seat__in=held.seats(grant.posts))
    return Q(pk__in=mine.values("document_id"))


def _put_out(grant: Grant, held: Standing, model: Any) -> Q:
    return Q(issuer__in=held.organisations(grant.posts), issued_on__isnull=False)


def _keeps(grant: Grant, held: Standing, model: Any) -> Q:
    return Q(keeper__in=held.seats(grant.posts))


def _answers(grant: Grant, held: Standing, model: Any) -> Q:
    return Q(seal__organisation__in=held.organisations(grant.posts))


def _shared_with(grant: Grant, held: Standing, model: Any) -> Q:
    return Q(pk__in=_shared(model, held.organisations(grant.posts)))


# How each reach reads as a condition on the records of a model.
CONDITIONS: dict[str, Callable[[Grant, Standing, Any], Q]] = {
    g.EVERYTHING: _everything,
    g.OWN: _own,
    g.OWN_SEAT: _own_seat,
    g.TO_ME: _to_me,
    g.LAID_BEFORE: _laid_before,
    g.CIRCULATED: _circulated,
    g.ASSIGNED: _assigned,
    g.OVERDUE: _overdue,
    g.MINE: _mine,
    g.IN_CHARGE: _in_charge,
    g.KEPT: _kept,
    g.COMMON: _common,
    g.SHARED: _shared_with,
    g.DRAFTED: _drafted,
    g.ASKED_FOR: _asked_for,
    g.HANDED_IN: _handed_in,
    g.LAID_HERE: _laid_here,
    g.KEEPS: _keeps,
    g.PUT_OUT: _put_out,
    g.ANSWERS: _answers,
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


def _opens(grant: Grant, held: Standing) -> bool:
    """Whether the grant is for one of the posts held, or for whoever a record names."""
    return held.holds(*grant.posts) or (not grant.posts and held.person_id is not None)


def _rows(label: str, verb: str) -> list[Grant]:
    """The rows of GRANTS that open `verb` on the model `label`.

    Raises ValueError for a verb no row names: a misspelt verb must not read as a refusal.
    """
    if verb not in VERBS:
        raise ValueError(f"Unknown verb: {verb!r}")
    return [grant for grant in GRANTS if grant.model == label and verb in grant.verbs]


def visible(person, queryset: Rows, verb: str = "view") -> Rows:
    """Return the records of `queryset` that `person` may `verb` today. Nothing unless granted."""
    held, model = standing(person), queryset.model
    openings = []
    for grant in _rows(model._meta.label_lower, verb):
        condition = CONDITIONS[grant.reach]
        if _opens(grant, held):
            if grant.reach == g.EVERYTHING:
                return queryset
            openings.append(condition(grant, held, model))
        openings += [
            condition(grant, lent, model) & about for lent, about in _lent(grant, held, verb)
        ]
    return queryset.filter(reduce(or_, openings)) if openings else queryset.none()


def may(person, verb: str, record: Model) -> bool:
    """Whether `person` may `verb` this record today; whoever reaches all is not looked up again."""
    if record.pk is not None and reaches_all(person, verb, type(record)):
        return True
    return visible(person, type(record)._default_manager.filter(pk=record.pk), verb).exists()


def may_ever(person, verb: str, model: type[Model]) -> bool:
    """Whether any grant opens `verb` on some record of `model` to `person` (for navigation)."""
    held = standing(person)
    return any(
        _opens(grant, held) or any(_lent(grant, held, verb))
        for grant in _rows(model._meta.label_lower, verb)
    )


def reaches_all(person, verb: str, model: type[Model]) -> bool:
    """Whether `person` may `verb` every record of `model` today."""
    held = standing(person)
    return any(
        grant.reach == g.EVERYTHING and _opens(grant, held)
        for grant in _rows(model._meta.label_lower, verb)
    )


def require(person, verb: str, model: type[Model]) -> None:
    """Refuse, in words, unless some grant opens `verb` on `model` to `person`.

    Raises PermissionDenied naming the posts that may and the article behind it.
    """
    if may_ever(person, verb, model):
        return
    label = model._meta.label_lower
    rows = _rows(label, verb)
    posts = dict.fromkeys(post for grant in rows for post in grant.posts)
    raise PermissionDenied(refusal(posts, rows[0].cites if rows else ""))


SEPARATOR = gettext_lazy(", ")


def refusal(posts: Iterable[Post], cites: str) -> str:
    """Say who could do it and where that is written."""
    names = str(SEPARATOR).join(str(Post(post).label) for post in posts)
    if not names:
        return _("Nobody does this by hand; the system does it as a consequence.")
    return _("This is for: %(posts)s (%(rules)s).") % {"posts": names, "rules": clauses(cites)}


def clauses(cites: str) -> str:
    """The articles of a citation as one writes them."""
    return str(SEPARATOR).join(rulebook.label(found.code) for found in rulebook.parse(cites))


def holders(organisation_ids: Iterable[int], posts: Iterable[Post], on: date | None = None):
    """Return the current appointments to `posts` in these organisations, persons loaded."""
    return (
        Appointment.objects.active(on or timezone.localdate())
        .filter(seat__organisation__in=list(organisation_ids), seat__post__in=list(posts))
        .select_related("person", "seat__organisation")
        .order_by("seat__order", "pk")
    )


def holder(seat: Seat, on: date | None = None) -> Appointment | None:
    """Who holds the seat, if somebody does, person loaded."""
    return seat.appointments.active(on or timezone.localdate()).select_related("person").first()


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


def unshare(record: Any, organisation: Organisation) -> None:
    """Show `record` to `organisation` no more; what posts give by themselves stays. For effects."""
    _share_table(type(record)).objects.filter(
        group_id=organisation.group_id, content_object=record
    ).delete()
