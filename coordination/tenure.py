"""Terms of office on one seat: who comes after whom, what goes with it, how it is undone (A2-A4).

Actions decide who may and why; here is what one change does to the terms, with their history,
their hand-overs and what the persons are told.
"""

from datetime import date, timedelta
from itertools import zip_longest

from django.core.exceptions import ValidationError
from django.db.models import PROTECT, ManyToOneRel, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from . import history, notices
from .dates import long_day
from .models import Appointment, Decision, HandOver, Notice, Person, Seat

DAY = timedelta(days=1)
NEWS = ("appointed", "post_ended", "post_goes_on")


def span(seat: Seat) -> tuple[date, date]:
    """The first day on which `seat` exists, and the one from which it does not any more."""
    body = getattr(seat.organisation, "body", None)
    begins = [day for day in (body and body.founded_on, seat.opens_on) if day is not None]
    closes = [day for day in (seat.organisation.closed_on, seat.closed_on) if day is not None]
    return max(begins, default=date.min), min(closes, default=date.max)


def succeeded(
    seat: Seat,
    terms: list[Appointment],
    person: Person,
    since: date,
    *,
    acting: bool = False,
    decided_on: date | None = None,
) -> Appointment | None:
    """Whose term ends when `person` takes `seat` from `since`; None where nobody holds it then.

    `terms`: all there are of the seat, by their beginning, persons loaded. Raises ValidationError
    in words where that appointment is not possible.
    """
    _lies_within(seat, since)
    past = since < timezone.localdate()
    if past and terms:
        raise ValidationError(
            {"since": _("The day is past. A change begins today or later.")}, code="past"
        )
    if past and decided_on is not None and since < decided_on:
        raise ValidationError(
            {"since": _("The term begins before it was decided. Choose the day of the decision.")},
            code="before_decision",
        )
    standing = [term for term in terms if term.until is None or term.until >= since]
    later = next((term for term in standing if term.since >= since), None)
    if later is not None:
        raise take_back_first(later, seat)
    holder = standing[0] if standing else None
    if holder is not None and acting and not holder.acting:
        raise ValidationError(
            _("%(name)s holds %(seat)s then. Somebody in charge only fills a vacancy.")
            % {"name": holder.person, "seat": seat},
            code="held",
        )
    if holder is not None and (holder.person_id, holder.acting) == (person.pk, acting):
        raise ValidationError({"person": _("Holds this post already.")}, code="same")
    return holder


def _lies_within(seat: Seat, since: date) -> None:
    begins, closes = span(seat)
    if since < begins:
        raise ValidationError(
            {
                "since": _("%(seat)s exists from %(day)s. Choose that day or a later one.")
                % {"seat": seat, "day": long_day(begins)}
            },
            code="before_founding",
        )
    if since >= closes:
        raise ValidationError(
            {
                "since": _("%(seat)s is closed from %(day)s. Nobody is appointed from then on.")
                % {"seat": seat, "day": long_day(closes)}
            },
            code="closed",
        )


def take_back_first(term: Appointment, seat: Seat) -> ValidationError:
    """The refusal that names whom to take back before anything else."""
    return ValidationError(
        _("%(name)s is appointed to %(seat)s from %(day)s. Take that back first.")
        % {"name": term.person, "seat": seat, "day": long_day(term.since)},
        code="later",
    )


def predecessor(terms: list[Appointment], person: Person, since: date) -> Appointment | None:
    """From whom `person` takes over: whoever served last before `since`, unless it was they."""
    before = [term for term in terms if term.since < since]
    return before[-1] if before and before[-1].person_id != person.pk else None


def displace(holder: Appointment, term: Appointment) -> None:
    """End `holder` the day before `term` begins; `term` keeps what held before. Saves nothing."""
    term.displaced = holder
    term.displaced_until, term.displaced_ended_by = holder.until, holder.ended_by
    holder.until, holder.ended_by = term.since - DAY, term.decision


def fill(
    seat: Seat, person: Person, since: date, *, by, decision: Decision, acting: bool = False
) -> Appointment:
    """End who holds the seat, begin the next, open the hand-over, tell those concerned.

    Raises ValidationError, in words, where `succeeded` does.
    """
    terms = list(seat.appointments.select_related("person").order_by("since"))
    holder = succeeded(seat, terms, person, since, acting=acting, decided_on=decision.decided_on)
    found = Appointment(person=person, seat=seat, since=since, decision=decision, acting=acting)
    if holder is not None:
        displace(holder, found)
        history.note(holder, by, decision.title)
        holder.save()
    history.note(found, by, decision.title)
    found.save()
    before, change = predecessor(terms, person, since), None
    if before is not None:
        change = HandOver(seat=seat, predecessor=before, successor=found)
        history.note(change, by, decision.title)
        change.save()
    tell_begun(found, change)
    return found


def followers(seat: Seat) -> list[Seat]:
    """The seats that go with `seat` and are not closed, locked for a change."""
    rows = seat.followers.open(timezone.localdate()).select_for_update(of=("self",))
    return list(rows.select_related("organisation__body").order_by("order", "pk"))


def follow(
    seat: Seat,
    person: Person,
    since: date,
    *,
    by,
    decision: Decision,
    acting: bool = False,
    until: date | None = None,
) -> None:
    """Let `person` take a following seat with the post; who holds it already simply goes on.

    `until`: the last day of the post, if it has one. Nothing happens where the seat is closed by
    then; one set up later is taken from its first day, instead of who would have had it then.
    """
    begins, closes = span(seat)
    if since < begins:
        since = begins
        for stale in seat.appointments.filter(since__gte=begins).order_by("-since"):
            if stale.person_id != person.pk:
                remove(stale, by=by, reason=decision.title)
    term = _held(seat, person, since, acting=acting)
    if term is not None and term.until is not None:
        if until is not None and until <= term.until:
            return
        since, term = term.until + DAY, None
    if term is None and since < closes and (until is None or since <= until):
        term = fill(seat, person, since, by=by, decision=decision, acting=acting)
    if term is not None and until is not None:
        end(term, until, by=by, decision=decision)


def _held(seat: Seat, person: Person, since: date, *, acting: bool) -> Appointment | None:
    """The term in which `person` holds `seat` on `since` already, as properly as asked."""
    terms = seat.appointments.filter(Q(until=None) | Q(until__gte=since), since__lte=since)
    return terms.filter(person=person, acting__in={False, acting}).first()


def mirror(seat: Seat, since: date, *, by, decision: Decision | None = None) -> None:
    """Give a following seat, from `since` on, to whoever holds the post then and later."""
    if seat.follows is None:
        return
    terms = list(seat.follows.appointments.not_over(since).order_by("since"))
    for term, after in zip_longest(terms, terms[1:]):
        cut = after is not None and after.displaced_id == term.pk
        follow(
            seat,
            term.person,
            max(term.since, since),
            by=by,
            decision=decision or term.decision,
            acting=term.acting,
            until=after.displaced_until if after is not None and cut else term.until,
        )


def mirror_later(seat: Seat, since: date, *, by) -> None:
    """What goes with `seat` but is set up after `since` is for whoever holds the post then."""
    for follower in followers(seat):
        begins = span(follower)[0]
        if begins > since:
            mirror(follower, begins, by=by)


def tie(seat: Seat, to: Seat | None, since: date, *, by, decision: Decision) -> None:
    """Let `seat` go with the post `to` from `since` on, or with none; its holder changes with it.

    Raises ValidationError where whoever holds it cannot be taken off it any more today.
    """
    seat.follows = to
    history.note(seat, by, decision.title)
    seat.save()
    if to is None:
        return
    holder = to.appointments.current(since).first()
    vacate(seat, since, by=by, decision=decision, but=holder and holder.person_id)
    mirror(seat, since, by=by, decision=decision)


def vacate(seat: Seat, day: date, *, by, decision: Decision, but: int | None = None) -> None:
    """End what is held on `seat` before `day`, unless by `but`; what begins later does not begin.

    Raises ValidationError where somebody acted in a term that would have to go.
    """
    for term in seat.appointments.order_by("-since"):
        term.refresh_from_db()
        if term.since >= day:
            remove(term, by=by, reason=decision.title)
        elif (term.until is None or term.until >= day) and term.person_id != but:
            end(term, day - DAY, by=by, decision=decision)


def close(seat: Seat, day: date, *, by, decision: Decision) -> None:
    """Close a seat from `day` on; what is held on it ends the day before."""
    vacate(seat, day, by=by, decision=decision)
    seat.closed_on, seat.closed_by = day, decision
    history.note(seat, by, decision.title)
    seat.save()


def end(term: Appointment, until: date | None, *, by, decision: Decision) -> None:
    """Give a term its last day, or none any more, and tell its holder.

    A term that would begin only after that day does not begin.
    """
    if until is not None and term.since > until:
        remove(term, by=by, reason=decision.title)
        return
    term.until, term.ended_by = until, decision if until is not None else None
    history.note(term, by, decision.title)
    term.save()
    tell_end(term, str(decision.pk))


def companions(term: Appointment) -> list[Appointment]:
    """The terms on following seats that began with `term`, or on its way."""
    rows = Appointment.objects.filter(
        person=term.person_id, seat__follows=term.seat_id, since__gte=term.since
    )
    if term.until is not None:
        rows = rows.filter(since__lte=term.until)
    return list(rows.select_related("seat__organisation", "person").order_by("-since"))


def remove(term: Appointment, *, by, reason: str) -> None:
    """Undo a term as if it had not been: whoever it ended goes on exactly as before.

    Raises ValidationError, in words, where somebody is appointed after it or it was acted under.
    """
    nobody_after(term)
    if acted_under(term):
        raise ValidationError(
            _("%(name)s has acted as %(seat)s already. End the term today instead.")
            % {"name": term.person, "seat": term.seat},
            code="acted",
        )
    change = HandOver.objects.filter(successor=term).select_related("predecessor").first()
    if change is not None:
        notices.end(subject=change, codes=("hand_over_waits",))
        _give_back(change, term)
    notices.end(subject=term, codes=NEWS)
    before, until, ended_by = term.displaced, term.displaced_until, term.displaced_ended_by
    told = {"seat": str(term.seat), "due": term.since.isoformat()}
    key = f"appointment:{term.pk}:appointment_taken_back"
    notices.notify([term.person], "appointment_taken_back", key=key, params=told)
    cause = f"back:{term.pk}"
    history.note(term, by, reason)
    term.delete()
    if before is not None:
        before.until, before.ended_by = until, ended_by
        history.note(before, by, reason)
        before.save()
        tell_end(before, cause)


def nobody_after(term: Appointment) -> None:
    """Raise ValidationError, in words, where somebody is appointed to the seat after `term`."""
    later = term.seat.appointments.filter(since__gt=term.since).order_by("since")
    found = later.select_related("person").first()
    if found is not None:
        raise take_back_first(found, term.seat)


def acted_under(term: Appointment) -> bool:
    """Whether anything on record rests on `term`: a step, a mandate, a duty, a signed list."""
    if HandOver.objects.filter(successor=term).exclude(taken_at=None).exists():
        return True
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: term}).exists()
        for relation in Appointment._meta.get_fields(include_hidden=True)
        if isinstance(relation, ManyToOneRel) and relation.on_delete is PROTECT
    )


def _give_back(change: HandOver, term: Appointment) -> None:
    """The messages carried to the successor are the predecessor's again, as they had read them."""
    suffix = f">{term.person_id}"
    copies = Notice.objects.filter(person=term.person_id, key__endswith=suffix)
    for copy in copies if change.carried_at is not None else ():
        own = Notice.objects.filter(
            key=copy.key.removesuffix(suffix), person=change.predecessor.person_id
        )
        if own.exclude(ended_at=None).exists():
            if copy.ended_at is None:
                own.update(ended_at=None)
            copy.key, copy.ended_at = f"given back:{copy.pk}", copy.ended_at or timezone.now()
            copy.save(update_fields=["key", "ended_at"])


def tell_begun(term: Appointment, change: HandOver | None) -> None:
    """Tell whoever begins, whoever's term it ended, and both that a hand-over list waits."""
    _tell(term, "appointed", term.since, str(term.since))
    if term.displaced is not None and term.displaced.person_id != term.person_id:
        tell_end(term.displaced, str(term.pk))
    if change is not None:
        params = {"seat": str(term.seat), "due": term.since.isoformat()}
        notices.notify(
            [change.predecessor.person, term.person],
            "hand_over_waits",
            key=f"hand_over:{change.pk}",
            params=params,
            subject=change,
        )


def tell_end(term: Appointment, cause: str) -> None:
    """Tell the holder the last day that holds now, or that there is none; what was said ends."""
    notices.end(subject=term, codes=("post_ended", "post_goes_on"))
    if term.until is None:
        _tell(term, "post_goes_on", term.since, cause)
    else:
        _tell(term, "post_ended", term.until, f"{cause}:{term.until}")


def tell_closing(term: Appointment, closed_on: date, cause: str) -> None:
    """Tell somebody who serves in a closing body that their post ends with it."""
    notices.end(subject=term, codes=("post_ended", "post_goes_on"))
    _tell(term, "post_ended", closed_on - DAY, f"{cause}:{closed_on}")


def _tell(term: Appointment, code: str, day: date, cause: str) -> None:
    notices.notify(
        [term.person],
        code,
        key=f"appointment:{term.pk}:{code}:{cause}",
        params={"seat": str(term.seat), "due": day.isoformat()},
        subject=term,
    )
