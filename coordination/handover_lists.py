"""交接清单, as data: what is open with a seat, what cannot move, and both in words to a reader.

A line is a code with parameters and, where there is one, the record it is about; so a list that
was kept is read in each reader's language, and a link is shown to those who may open it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import access, assigners, entrusting, notices, workflow
from .models import Appointment, Delegation, Draft, Duty, Extension, HandOver, Seat
from .posts import ANSWERABLE
from .registry import DRAFTS, HOLDING_WORDS, HOLDINGS, SUBJECTS, Holding
from .standings import Standing
from .subjects import url_of
from .workdays import SHANGHAI

AT_MOST = 500  # lines of one source
WORDS: dict[str, Any] = {
    "owed": _("%(kind)s, due %(due)s"),
    "to_decide": _("Extension to be decided, asked to %(due)s"),
    "asked": _("Extension asked for, to %(due)s"),
    "entrusted": _("Entrusted to %(name)s until %(due)s: %(acts)s"),
    "to_person": _("Entrusted to the person, not to the post, until %(due)s: %(acts)s"),
    "draft": _("Unsent draft, saved %(due)s"),
    "as_written": "%(what)s",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list in words: what it is, its title, and where it is shown if anywhere."""

    what: str
    title: str
    url: str


def listing(row: HandOver) -> dict[str, list[dict]]:
    """Both parts of the list as data: what came to the seat while the predecessor served."""
    return {
        "moving": [_line(holding) for holding in moving(row.seat, _left_at(row.predecessor))],
        "staying": [_line(holding) for holding in staying(row.predecessor)],
    }


def _left_at(term: Appointment) -> datetime | None:
    """When a term was over: with its last day, or when it was ended, if that was later."""
    if term.until is None:
        return None
    end = datetime.combine(term.until, time.max, tzinfo=SHANGHAI)
    ended = term.history.filter(until=term.until).order_by("history_date").first()
    return end if ended is None else max(end, ended.history_date)


def _line(holding: Holding) -> dict:
    params = {"title": holding.title} | holding.params
    line: dict[str, Any] = {"code": holding.code, "params": params}
    if holding.pk is not None:
        line |= {"model": holding.model, "pk": holding.pk}
    return line


def moving(seat: Seat, by: datetime | None = None) -> Iterator[Holding]:
    """What is open with the seat and moves with the post, as far as it had come `by` a moment."""
    for source in (_owed, _to_decide, _asked, _entrusted, *HOLDINGS):
        for holding in source(seat):
            if by is None or holding.since <= by:
                yield holding


def _owed(seat: Seat) -> Iterator[Holding]:
    """What the seat's organisation owes, where the seat answers for it."""
    if seat.post not in ANSWERABLE:
        return
    rows = Duty.objects.running().filter(organisation=seat.organisation_id)
    for duty in rows.prefetch_related("subject").order_by("due_on", "pk")[:AT_MOST]:
        params = {"kind": duty.kind, **notices.due_params(duty)}
        yield Holding("owed", _title(duty), duty.started_at, "coordination.duty", duty.pk, params)


def _title(duty: Duty) -> str:
    """The matter, with its number where its record has one."""
    full = str(duty.subject)
    return full if duty.title in full else duty.title


def _questions(seat: Seat, code: str, rows) -> Iterator[Holding]:
    running = rows.filter(state="asked", duty__closed_at=None, duty__submitted_at=None)
    running = running.select_related("duty", "organisation").prefetch_related("duty__subject")
    for row in running.order_by("duty__due_on", "pk")[:AT_MOST]:
        title = f"{row.organisation}: {_title(row.duty)}"
        params = notices.moment_params(row.due_on, row.due_at)
        yield Holding(code, title, row.asked_at, "coordination.duty", row.duty_id, params)


def _to_decide(seat: Seat) -> Iterator[Holding]:
    """The questions for a later day that wait for the seat's decision."""
    held = Standing(None, (Appointment(seat=seat),))
    decided = assigners.decided_by("assigned_under", held, assigners.DECIDERS)
    return _questions(seat, "to_decide", Extension.objects.filter(decided))


def _asked(seat: Seat) -> Iterator[Holding]:
    """The questions the seat's organisation asked."""
    mine = seat.organisation_id if seat.post in ANSWERABLE else None
    return _questions(seat, "asked", Extension.objects.filter(organisation=mine))


def _entrusted(seat: Seat) -> Iterator[Holding]:
    """What the seat entrusted: it stays in force for the successor."""
    rows = Delegation.objects.not_over(timezone.localdate()).filter(seat=seat)
    for row in rows.select_related("delegate").order_by("pk"):
        yield _delegation(row, "entrusted", str(seat))


def _delegation(row: Delegation, code: str, title: str) -> Holding:
    params = {"name": str(row.delegate), "acts": row.acts, "due": row.until.isoformat()}
    return Holding(code, title, row.entered_at, "coordination.delegation", row.pk, params)


def staying(term: Appointment) -> Iterator[Holding]:
    """What is bound to the predecessor's person and cannot move."""
    to_them = Delegation.objects.not_over(timezone.localdate()).filter(delegate=term.person_id)
    for row in to_them.select_related("seat__organisation", "delegate").order_by("pk"):
        yield _delegation(row, "to_person", str(row.seat))
    for draft in Draft.objects.filter(person=term.person_id).order_by("key"):
        title = _draft_of(term, draft)
        if title is not None:
            params = {"key": draft.key, "due": timezone.localdate(draft.saved_at).isoformat()}
            yield Holding("draft", title, draft.saved_at, "", None, params)


def _draft_of(term: Appointment, draft: Draft) -> str | None:
    """What a draft is about, if it is about this post's work; None where it is about another's."""
    if draft.key in DRAFTS:
        return "" if term.seat.post in DRAFTS[draft.key].posts else None
    label, pk, action = _parsed(draft.key)
    record = apps.get_model(label)._default_manager.filter(pk=pk).first() if label else None
    step = workflow.route_of(record).find(record.state, action) if record else None
    if step is None or workflow.authority(Standing(None, (term,)), step, record) is None:
        return None
    return str(getattr(record, "document", record))


def _parsed(key: str) -> tuple[str, int, str]:
    """The model, record and act of a step's form, from the key of its draft; no model: not one."""
    model, _colon, rest = key.partition(":")
    number, _colon, action = rest.partition(":")
    label = next((name for name in workflow.OF_MODEL if name.endswith(f".{model}")), "")
    return label, int(number) if number.isdecimal() else 0, action


def lines(person, listed: dict[str, list[dict]]) -> dict[str, list[Line]]:
    """Both parts in words for `person`, each line linked if they may open what it is about."""
    found = {part: list(listed.get(part, ())) for part in ("moving", "staying")}
    urls = _urls(person, [line for part in found.values() for line in part])
    return {
        part: [
            Line(_what(one), _titled(one), urls.get((one.get("model"), one.get("pk")), ""))
            for one in part_lines
        ]
        for part, part_lines in found.items()
    }


def _what(line: dict) -> str:
    """What a line is, in the active language."""
    params = notices.in_words(line["params"])
    if "acts" in params:
        params["acts"] = str(access.SEPARATOR).join(entrusting.labels_of(params["acts"]))
    if "kind" in params:
        params["kind"] = Duty.Kind(params["kind"]).label
    return str((WORDS | HOLDING_WORDS)[line["code"]]) % params


def _titled(line: dict) -> str:
    """The title; that of a draft says which form it is of."""
    params = line["params"]
    if line["code"] != "draft":
        return params["title"]
    if params["key"] in DRAFTS:
        return str(DRAFTS[params["key"]].label)
    label, _pk, action = _parsed(params["key"])
    act = workflow.act_label(label, action) if label else ""
    return " · ".join(filter(None, [act, params["title"]]))


def _urls(person, listed: Iterable[dict]) -> dict[tuple, str]:
    """Where those records that `person` may see today are shown: one query for each model."""
    wanted = defaultdict(set)
    for line in listed:
        if line.get("model") in SUBJECTS:
            wanted[line["model"]].add(line["pk"])
    found = {}
    for label, pks in wanted.items():
        model = apps.get_model(label)
        rows = access.visible(person, model._default_manager.filter(pk__in=pks))
        content_type = ContentType.objects.get_for_model(model)
        for pk in rows.values_list("pk", flat=True):
            found[label, pk] = url_of(content_type.pk, pk)
    return found


def about(seat: Seat) -> set[tuple[str, int | None]]:
    """The records the open items of a seat are about, for the messages that go with them."""
    return {(holding.model, holding.pk) for holding in moving(seat)}
