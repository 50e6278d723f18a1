"""联络员名册 from a table: read, compared with what holds, put into force all or nothing (A16, C4).

A line names a unit or group and its liaison officer. What the line says already holds changes
nothing, so the same file twice does nothing the second time, and what the roster exports can be
imported. A line never ends a term of office without a successor.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from . import access, audit, spreadsheets, tenure
from .models import Appointment, Decision, HandOver, Organisation, Person, Seat
from .posts import OFFICERS
from .roster import LIAISONS
from .text import clean_text

LIMIT = 5000  # lines
STEP = 200  # lines between two reports of progress
HEADINGS = {
    "organisation": {"unit or group", "unit", "单位或工作组", "单位", "工作组", "单位名称"},
    "scope": {"liaison to", "联络对象", "对口工作组", "专题组"},
    "name": {"name", "姓名", "联络员", "联络员姓名"},
    "login": {"login", "登录名", "账号"},
    "phone": {"office phone", "phone", "办公电话", "电话", "联系电话"},
    "email": {"e-mail", "email", "电子邮件", "邮箱", "电子邮箱"},
    "since": {"from", "自", "起始日期", "任职日期"},
}
NEEDED = ("organisation", "name")
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


class Fault(ValueError):
    """A line that cannot be put into force; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table as it is written."""

    line: int
    organisation: str
    scope: str
    name: str
    login: str
    phone: str
    email: str
    since: str


@dataclass(slots=True)
class Change:
    """What one line changes. `since` None: only where the holder is reached."""

    line: int
    seat: Seat
    person: Person  # not saved yet where it is somebody new
    since: date | None
    ends: Appointment | None  # whose term ends the day before
    before: Appointment | None  # who hands over
    reached: str  # the new phone and address in words; empty where they stay
    is_new_person: bool = False


@dataclass(slots=True)
class Plan:
    """What the whole table would do, and what keeps it from being done."""

    changes: list[Change] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    unchanged: int = 0
    unread: list[str] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """What was shown, in short: nothing else than that is put into force."""
        content = [
            (c.line, c.seat.pk, c.person.username, c.since, c.ends and c.ends.pk, c.reached)
            for c in self.changes
        ]
        return hashlib.sha256(repr(content).encode()).hexdigest()

    @property
    def appointed(self) -> int:
        """How many seats get another holder."""
        return sum(change.since is not None for change in self.changes)

    @property
    def entered(self) -> int:
        """How many persons are new."""
        return len({c.person.username for c in self.changes if c.is_new_person})


def read(data: bytes) -> tuple[list[Row], list[str]]:
    """The lines of a roster, and the headings of columns that are not read.

    The first line holds the headings, Chinese or English. Raises ValidationError in words.
    """
    lines = spreadsheets.lines(data, limit=LIMIT + 1)
    _number, headings = next(lines, (0, []))
    places, unread = {}, []
    for place, heading in enumerate(headings):
        name = next((n for n, known in HEADINGS.items() if heading.lower() in known), None)
        if name is not None and name not in places:
            places[name] = place
        elif heading:
            unread.append(heading)
    if not all(name in places for name in NEEDED):
        raise ValidationError(
            _("The first line must name the columns, at least 单位 (unit) and 姓名 (name)."),
            code="headings",
        )
    return [Row(number, **_named(places, cells)) for number, cells in lines], unread


def _named(places: dict[str, int], cells: list[str]) -> dict[str, str]:
    found = {}
    for name in HEADINGS:
        place = places.get(name, len(cells))
        found[name] = " ".join(clean_text(cells[place]).split()) if place < len(cells) else ""
    return found


class Ground:
    """What holds today, read once for all lines."""

    def __init__(self, rows: list[Row], by: Person, since: date):
        today = timezone.localdate()
        self.by, self.since = by, since
        self.organisations: dict[str, set[int]] = defaultdict(set)
        existing = Organisation.objects.existing(today)
        for pk, *names in existing.values_list("pk", "name", "short_name"):
            for name in names:
                self.organisations[name].add(pk)
        seats = Seat.objects.open(today).filter(post__in=LIAISONS, organisation__in=existing)
        self.seats = {
            (seat.organisation_id, seat.scope_id): seat
            for seat in seats.select_related("organisation__body", "scope")
        }
        self.followed = set(
            Seat.objects.filter(follows__in=seats).values_list("follows", flat=True)
        )
        people = {person.pk: person for person in Person.objects.all()}
        self.people = {person.username.lower(): person for person in people.values()}
        self.terms: dict[int, list[Appointment]] = defaultdict(list)
        for term in Appointment.objects.filter(seat__in=seats).order_by("since"):
            term.person = people[term.person_id]
            self.terms[term.seat_id].append(term)
        names = {row.name for row in rows}
        self.namesakes: dict[str, list[Person]] = defaultdict(list)
        for person in people.values():
            if person.name in names:
                self.namesakes[person.name].append(person)
        officers = Appointment.objects.filter(seat__post__in=OFFICERS).exclude(until__lt=today)
        self.officers = set(officers.values_list("person_id", flat=True))
        self.taken: dict[int, int] = {}  # by seat, the line that is about it
        self.said: dict[str, tuple[int, str, str]] = {}  # by login: line, phone and address


def plan(
    rows: list[Row], by: Person, since: date, report: Callable[[int], None] | None = None
) -> Plan:
    """Compare the lines with what holds; `since` counts where a line names no day.

    `report` hears how many lines are done. Changes nothing.
    """
    ground, found = Ground(rows, by, since), Plan()
    for count, row in enumerate(rows):
        if report is not None and count % STEP == 0:
            report(count)
        try:
            change = _judge(row, ground)
        except Fault as fault:
            found.faults.append((row.line, str(fault)))
            continue
        except ValidationError as error:
            found.faults.append((row.line, " ".join(error.messages)))
            continue
        if change is None:
            found.unchanged += 1
        else:
            found.changes.append(change)
    return found


def _judge(row: Row, ground: Ground) -> Change | None:
    """What one line changes; None where it holds already. Raises Fault or ValidationError."""
    seat = _seat(row, ground)
    terms = ground.terms[seat.pk]
    last = terms[-1] if terms else None
    holder = last if last is not None and _goes_on(last) else None
    if not row.name:
        if holder is not None:
            raise Fault(
                _("No name. The term of %(name)s is ended on the page of posts, not by a table.")
                % {"name": holder.person}
            )
        return None
    since = _day(row.since) if row.since else None
    if holder is not None and _is(holder.person, row):
        if since is not None and since != holder.since:
            raise Fault(
                _("%(name)s serves from %(day)s already; correct the day, or leave it empty.")
                % {"name": holder.person, "day": holder.since.isoformat()}
            )
        reached = _reach(row, holder.person, ground)
        return Change(row.line, seat, holder.person, None, None, None, reached) if reached else None
    person = _person(row, ground)
    reached = _reach(row, person, ground)
    begins = since or ground.since
    ends = tenure.succeeded(seat, terms, person, begins)
    before = tenure.predecessor(terms, person, begins)
    is_new = person.pk is None
    return Change(row.line, seat, person, begins, ends, before, reached, is_new)


def _goes_on(term: Appointment) -> bool:
    return term.until is None or term.until >= timezone.localdate()


def _is(person: Person, row: Row) -> bool:
    """Whether the line means this person."""
    return person.name == row.name and row.login.lower() in ("", person.username.lower())


def _seat(row: Row, ground: Ground) -> Seat:
    """The one seat the line is about."""
    organisation = _one(row.organisation, ground)
    scope = _one(row.scope, ground) if row.scope else None
    seat = ground.seats.get((organisation, scope))
    if seat is None:
        raise Fault(
            _("%(unit)s has no such liaison officer. Check the columns of unit and group.")
            % {"unit": row.organisation}
        )
    if seat.pk in ground.followed:
        raise Fault(_("Other posts go with this one. Change it on the page of posts."))
    if seat.pk in ground.taken:
        raise Fault(_("Line %(line)s is about the same post.") % {"line": ground.taken[seat.pk]})
    ground.taken[seat.pk] = row.line
    return seat


def _one(name: str, ground: Ground) -> int:
    found = ground.organisations.get(name, set())
    if len(found) != 1:
        raise Fault(
            _("“%(name)s” is no unit or group here. Write its name as the roster shows it.")
            % {"name": name[:60]}
        )
    return next(iter(found))


def _day(text: str) -> date:
    found = DAY.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        return date(*map(int, found.groups()))
    except ValueError:
        raise Fault(_("“%(text)s” is no day like 2026-10-13.") % {"text": text[:40]}) from None


def _person(row: Row, ground: Ground) -> Person:
    """Whom the line means: by login, else by name with phone or e-mail; else somebody new."""
    if row.login:
        known = ground.people.get(row.login.lower())
        if known is None:
            known = ground.people[row.login.lower()] = _newcomer(row)
        elif known.name != row.name:
            raise Fault(
                _("The login %(login)s belongs to %(name)s.")
                % {"login": row.login, "name": known.name}
            )
    else:
        alike = [p for p in ground.namesakes[row.name] if _reached_alike(p, row)]
        if len(alike) != 1:
            raise Fault(
                _("Give a login: that of %(name)s, or a new one for somebody new.")
                % {"name": row.name}
            )
        known = alike[0]
    if known.pk == ground.by.pk:
        raise Fault(_("Nobody appoints themselves."))
    if not known.is_active:
        raise Fault(_("%(name)s cannot sign in. Enable them first.") % {"name": known.name})
    if known.pk in ground.officers:
        raise Fault(_("A system, security or audit officer holds no other post."))
    return known


def _reached_alike(person: Person, row: Row) -> bool:
    """The same phone or address as the line names, so that namesakes are not mixed up."""
    same_phone = bool(row.phone) and row.phone == person.phone
    return same_phone or (bool(row.email) and row.email == person.email)


def _newcomer(row: Row) -> Person:
    if len(row.name) > 60 or len(row.login) > 60:
        raise Fault(_("A name or login has at most 60 characters."))
    Person.username_validator(row.login)
    return Person(username=row.login, name=row.name, must_change_password=True)


def _reach(row: Row, person: Person, ground: Ground) -> str:
    """Put phone and address of the line into `person`; say what is new. Empty cells change nothing.

    Raises Fault where another line says otherwise.
    """
    if row.email:
        validate_email(row.email)
    if len(row.phone) > 30:
        raise Fault(_("A phone number has at most 30 characters."))
    line, phone, email = ground.said.get(person.username, (0, "", ""))
    for before, now in ((phone, row.phone), (email, row.email)):
        if before and now and before != now:
            raise Fault(
                _("Line %(line)s gives %(name)s another phone or e-mail.")
                % {"line": line, "name": person}
            )
    ground.said[person.username] = (line or row.line, phone or row.phone, email or row.email)
    told = []
    for name, new in (("phone", row.phone), ("email", row.email)):
        if new and new != getattr(person, name):
            setattr(person, name, new)
            told.append(new)
    return ", ".join(told)


@transaction.atomic
def put_into_force(
    rows: list[Row], *, by: Person, since: date, seen: str, decision: Decision, source: str
) -> Plan:
    """Do what was previewed, all of it or nothing; returns the plan as it was done.

    `seen` is the digest of what was shown, `source` names the file for the audit trail. Raises
    PermissionDenied unless `by` is the security officer, ValidationError when it would do
    something else by now.
    """
    access.require(by, "appoint", Seat)
    seats = Seat.objects.select_for_update().filter(post__in=LIAISONS).order_by("pk")
    list(seats.values_list("pk", flat=True))
    done = plan(rows, by, since)
    if done.faults or done.digest != seen:
        raise ValidationError(
            _("Meanwhile something changed. Choose the file again and look at the preview."),
            code="changed",
        )
    _decided_before(done.changes, decision)
    _enter_people(done.changes)
    _write(done.changes, by, decision)
    audit.record(
        "roster_imported",
        person=by,
        subject=f"{source}: {done.appointed} appointed, {done.entered} new, {decision}",
    )
    return done


def _decided_before(changes: Iterable[Change], decision: Decision) -> None:
    """No term entered for days past begins before its decision."""
    day = min(decision.decided_on, timezone.localdate())
    early = [change.line for change in changes if change.since is not None and change.since < day]
    if early:
        raise ValidationError(
            _("Line %(line)s: the term begins before it was decided. Correct the day.")
            % {"line": early[0]},
            code="before_decision",
        )


def _enter_people(changes: Iterable[Change]) -> None:
    """Persons who are new, and where the others are reached now. A newcomer cannot sign in yet."""
    new = {c.person.username: c.person for c in changes if c.is_new_person}
    moved = {c.person.pk: c.person for c in changes if not c.is_new_person and c.reached}
    for person in new.values():
        person.set_unusable_password()
    Person.objects.bulk_create(new.values())
    Person.objects.bulk_update(moved.values(), ["phone", "email"], batch_size=STEP)


def _write(changes: list[Change], by: Person, decision: Decision) -> None:
    """End terms, begin the next, open the hand-overs, tell everybody; with history."""
    why = {"default_user": by, "default_change_reason": decision.title[:100]}
    begun = [change for change in changes if change.since is not None]
    ended = [change.ends for change in begun if change.ends is not None]
    rows = [
        Appointment(person=c.person, seat=c.seat, since=c.since, decision=decision) for c in begun
    ]
    for change, row in zip(begun, rows, strict=True):
        if change.ends is not None:
            tenure.displace(change.ends, row)
    bulk_update_with_history(ended, Appointment, ["until", "ended_by"], batch_size=STEP, **why)
    terms = bulk_create_with_history(rows, Appointment, batch_size=STEP, **why)
    changed_hands = [
        HandOver(seat=change.seat, predecessor=change.before, successor=term)
        for change, term in zip(begun, terms, strict=True)
        if change.before is not None
    ]
    hand_overs = bulk_create_with_history(changed_hands, HandOver, batch_size=STEP, **why)
    by_term = {row.successor_id: row for row in hand_overs}
    for term in terms:
        tenure.tell_begun(term, by_term.get(term.pk))
