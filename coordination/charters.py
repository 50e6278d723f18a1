"""The charter: units, bodies, seats and time limits of one city, from one TOML file.

Loading is idempotent and says what it changes. Nothing is ever deleted by it: what a new charter
no longer names is left to a decision, and what a decision changed since is left as it is.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction

from . import history, registry
from .models import (
    Body,
    Decision,
    NumberCode,
    Organisation,
    PlannedChange,
    RuleSetting,
    Seat,
    TimeLimit,
    Unit,
)
from .posts import Post
from .rulebook import parse

DEFAULT = Path(__file__).parent / "charter" / "qidong.toml"


class CharterError(ValueError):
    """The file cannot be loaded; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing the charter made or altered: "added" or "changed", and what."""

    what: str
    name: str
    fields: str = ""

    def __str__(self):
        return f"{self.what}: {self.name}" + (f" ({self.fields})" if self.fields else "")


def read(path: Path) -> dict[str, Any]:
    """Read and check a charter file. Raises CharterError."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CharterError(f"{path}: {error}") from error
    for section in ("charter", "terms", "decisions", "units", "bodies", "seats"):
        if not data.get(section):
            raise CharterError(f"{path}: section [{section}] is missing or empty")
    _check(data, path)
    return data


def _check(data: dict[str, Any], path: Path) -> None:
    keys = [row["key"] for section in ("units", "bodies") for row in data[section]]
    double = {key for key in keys if keys.count(key) > 1}
    if double:
        raise CharterError(f"{path}: keys used twice: {', '.join(sorted(double))}")
    for seat in data["seats"]:
        if seat["organisation"] not in keys:
            raise CharterError(f"{path}: seat in unknown organisation {seat['organisation']}")
        if seat["post"] not in Post.values:
            raise CharterError(f"{path}: unknown post {seat['post']}")
    for row in [*data["terms"], *data["seats"], *data.get("settings", ())]:
        try:
            parse(row["cites"])
        except KeyError as error:
            raise CharterError(f"{path}: {error}") from error
    _check_papers(data, keys, path)


def _check_papers(data: dict[str, Any], keys: list[str], path: Path) -> None:
    """What the papers need: codes of known bodies, and whatever the upper floors look at."""
    for row in data.get("number_codes", ()):
        if row["organisation"] not in keys:
            raise CharterError(f"{path}: code {row['code']} of an unknown organisation")
    for check in registry.CHARTER:
        for fault in check(data):
            raise CharterError(f"{path}: {fault}")


@transaction.atomic
def load(path: Path = DEFAULT) -> list[Change]:
    """Bring the database into line with the charter; return what was added or changed.

    Raises CharterError and changes nothing when the file is wrong.
    """
    data = read(path)
    changes: list[Change] = []
    for row in data["terms"]:
        values = {"working_days": row["working_days"], "cites": row["cites"]}
        _put(TimeLimit, {"key": row["key"]}, values, changes)
    for row in data["decisions"]:
        values = {name: row[name] for name in ("title", "number", "decided_on")}
        _put(Decision, {"key": row["key"]}, values, changes)
    for order, row in enumerate(data["units"], start=1):
        _put_organisation(Unit, row, {"order": 100 + order}, changes)
    decided = _decided()
    for order, row in enumerate(data["bodies"], start=1):
        _put_body(order, row, changes, decided[row["key"]])
    _put_seats(data["seats"], changes, decided)
    for row in data.get("number_codes", ()):
        organisation = Organisation.objects.get(key=row["organisation"])
        values = {"organisation": organisation, "kinds": list(row.get("kinds", ()))}
        _put(NumberCode, {"code": row["code"]}, values, changes)
    for row in data.get("settings", ()):
        values = {"value": row["value"], "cites": row["cites"]}
        _put(RuleSetting, {"key": row["key"]}, values, changes)
    for load_section in registry.CHARTER_LOADS:
        load_section(data, partial(_put, changes=changes))
    return changes


def _decided() -> dict[str, set[str]]:
    """By the key of a group, what decisions have changed in it."""
    found: dict[str, set[str]] = defaultdict(set)
    rows = PlannedChange.objects.exclude(applied_at=None)
    for key, changes in rows.values_list("organisation__key", "changes"):
        found[key] |= set(changes)
    return found


def _put(model, key: dict, values: dict, changes: list[Change], name: str = ""):
    """Make or alter one row, with history, and note what changed."""
    row = model.objects.filter(**key).first()
    title = f"{model._meta.verbose_name} {name or ' '.join(str(v) for v in key.values())}"
    if row is None:
        row = model(**key, **values)
        changes.append(Change("added", title))
    else:
        different = [field for field, value in values.items() if getattr(row, field) != value]
        if not different:
            return row
        altered = [f"{field}: {getattr(row, field)} → {values[field]}" for field in different]
        for field in different:
            setattr(row, field, values[field])
        changes.append(Change("changed", title, "; ".join(altered)))
    history.note(row, None, "charter")
    row.save()
    return row


def _put_organisation(
    model, row: dict, extra: dict, changes: list[Change], decided: Iterable[str] = ()
):
    values = {
        "kind": row["kind"],
        "name": row["name"],
        "short_name": row.get("short_name") or row["name"],
        "issuer_code": row.get("issuer_code", ""),
        **extra,
    }
    if not Organisation.objects.filter(key=row["key"]).exists():
        values["group"], _ = Group.objects.get_or_create(name=f"organisation:{row['key']}")
    values = {field: value for field, value in values.items() if field not in decided}
    return _put(model, {"key": row["key"]}, values, changes, row["name"])


def _put_body(order: int, row: dict, changes: list[Change], decided: set[str]) -> None:
    extra = {
        "order": order,
        "parent": Body.objects.filter(key=row.get("parent", "")).first(),
        "lead_unit": _named(Unit, row.get("lead_unit")),
        "profile": row.get("profile", ""),
        "founded_on": row["founded_on"],
        "founded_by": _named(Decision, row["founded_by"]),
    }
    body = _put_organisation(Body, row, extra, changes, decided)
    deputies = {_named(Unit, key) for key in row.get("deputy_units", [])}
    if "deputy_units" not in decided and set(body.deputy_units.all()) != deputies:
        body.deputy_units.set(deputies)
        changes.append(Change("changed", body.name, "deputy units"))


def _named(model, key: str | None):
    if not key:
        return None
    row = model.objects.filter(key=key).first()
    if row is None:
        raise CharterError(f"{model._meta.verbose_name} {key} is named but not defined")
    return row


def _put_seats(rows: list[dict], changes: list[Change], decided: dict[str, set[str]]) -> None:
    organisations = {o.key: o for o in Organisation.objects.all()}
    bodies = {b.key: b for b in Body.objects.all()}
    following: list[tuple[Seat, str, str]] = []
    for order, row in enumerate(rows, start=1):
        key = {
            "organisation": organisations[row["organisation"]],
            "post": row["post"],
            "scope": bodies[row["scope"]] if row.get("scope") else None,
            "title": row["title"],
        }
        values = {"order": order, "cites": row["cites"], "login": row.get("login", "")}
        name = f"{row['organisation']} {row['title']}"
        seat = _put(Seat, key, values, changes, name)
        if row.get("follows") and "lead_unit" not in decided[row["organisation"]]:
            following.append((seat, row["follows"], name))
    for seat, followed, name in following:  # once every seat is there
        _put(Seat, {"pk": seat.pk}, {"follows": _followed(followed)}, changes, name)


def _followed(name: str) -> Seat:
    """The seat "organisation:post" that another goes with."""
    key, _, post = name.partition(":")
    seat = Seat.objects.filter(organisation__key=key, post=post, scope=None).first()
    if seat is None:
        raise CharterError(f"seat {name} is followed but not defined")
    return seat
