"""What the upper floors tell the ground floor: pages, pages of subjects, background jobs.

Apps fill it in `AppConfig.ready`, as Django's system checks are filled; nothing imports upward.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Subject:
    """Where a kind of record is shown: a named URL that takes its primary key."""

    model: str
    url_name: str


@dataclass(frozen=True, slots=True)
class JobKind:
    """Background work: `run(job)` returns (file name, media type, content).

    The content is bytes, or, where it is large, the path of a file of `storage.scratch`.

    `may_read(job)`: whether its person may, today, see what the job made.
    """

    name: str
    run: Callable[[Any], tuple[str, str, bytes | Path]]
    may_read: Callable[[Any], bool]


LISTED = 500  # lines of one kind in a hand-over list


@dataclass(frozen=True, slots=True)
class Holding:
    """Something open with a seat: a code for its words, since when, and the record it is about."""

    code: str
    title: str
    since: datetime
    model: str
    pk: int | None
    params: dict = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DraftKind:
    """A form about no record yet whose draft is kept, and the posts that fill it in."""

    label: Any
    posts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Awaited:
    """Something that waits for a person beside the steps of the routes."""

    title: str
    url: str
    what: str
    since: datetime | None
    due: date


DRAFTS: dict[str, DraftKind] = {}
WAITING: list[Callable[[Any], Iterable[Awaited]]] = []
HOLDING_WORDS: dict[str, Any] = {}
HOLDINGS: list[Callable[[Any], Iterable[Holding]]] = []
ENDINGS: list[Callable[[Any, Any], None]] = []
LOANS: dict[str, dict[str, Callable[[Any], Any]]] = {}
PAGES: list[tuple[str, Any, Any, str]] = []
CHARTER: list[Callable[[dict], Iterable[str]]] = []
CHARTER_LOADS: list[Callable[[dict, Callable[[Any, dict, dict], Any]], None]] = []
HOLDS: dict[str, list[Callable[[Any, str], str]]] = {}
INTEGRITY: list[Callable[[], Any]] = []
SUBJECTS: dict[str, Subject] = {}
JOBS: dict[str, JobKind] = {}


def add_subject(model: str, url_name: str) -> None:
    """Tell where records of `model` ("app.model") are shown."""
    SUBJECTS[model] = Subject(model, url_name)


def add_job(name: str, run, may_read) -> None:
    """Tell how jobs called `name` are done, and who may read what they made."""
    JOBS[name] = JobKind(name, run, may_read)


def add_holdings(source: Callable[[Any], Iterable[Holding]], words: dict[str, Any]) -> None:
    """Tell what is open with a seat and moves with it: `source(seat)` yields Holdings.

    `words`: what each of its codes says, with the parameters in it.
    """
    HOLDINGS.append(source)
    HOLDING_WORDS.update(words)


def add_draft(key: str, label, posts: Iterable[str]) -> None:
    """Tell which form a draft kept under `key` is of, and whose work that is."""
    DRAFTS[key] = DraftKind(label, tuple(posts))


def add_waiting(source: Callable[[Any], Iterable[Awaited]]) -> None:
    """Have the home page show what `source(person)` yields among what waits for them."""
    WAITING.append(source)


def add_ending(then: Callable[[Any, Any], None]) -> None:
    """Have `then(act, duty)` done whenever a duty is handed in or closed by an act."""
    ENDINGS.append(then)


def add_loan(model: str, name: str, source: Callable[[Any], Any]) -> None:
    """Tell which records of `model` a mandate is about: `source(mandate)` is a Q, or None."""
    LOANS.setdefault(model, {})[name] = source


def add_page(url_name: str, label, model, verb: str = "view") -> None:
    """Offer a page in the main navigation to whoever may view, or `verb`, records of `model`."""
    PAGES.append((url_name, label, model, verb))


def add_charter_check(check: Callable[[dict], Iterable[str]]) -> None:
    """Have the charter refused for what `check(data)` yields: what an app knows of its sections."""
    CHARTER.append(check)


def add_charter_load(load: Callable[[dict, Callable[[Any, dict, dict], Any]], None]) -> None:
    """Have `load(data, put)` carry out an app's sections of the charter.

    `put(model, key, values)` makes or alters one row, with history and a line of what changed, and
    returns it.
    """
    CHARTER_LOADS.append(load)


def add_hold(model: str, why: Callable[[Any, str], str]) -> None:
    """Have steps on records of `model` held back: `why(record, action)` says why, or is empty."""
    HOLDS.setdefault(model, []).append(why)


def add_integrity(check: Callable[[], Any]) -> None:
    """Have `check_integrity` ask this too: it yields faults in words."""
    INTEGRITY.append(check)
