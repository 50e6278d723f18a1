"""State Council holiday notices as data: the TOML file shipped with the product, and imports."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.utils.translation import gettext as _

from .workdays import Calendar, DayRule

NUMBER, TITLE, NAME = 60, 200, 40  # characters


@dataclass(frozen=True, slots=True)
class NoticeData:
    """One notice: the days off it names with their holiday, and the weekend days to be worked."""

    number: str
    year: int
    published_on: date
    title: str
    off: tuple[tuple[date, date, str], ...]
    work: tuple[date, ...]

    def off_days(self) -> dict[date, str]:
        """Every day off with the name of its holiday."""
        return {
            first + timedelta(days=n): name
            for first, last, name in self.off
            for n in range((last - first).days + 1)
        }


def load(path: Path) -> list[NoticeData]:
    """Read a file of notices, oldest first. Raises ValueError that says where it is wrong."""
    try:
        rows = tomllib.loads(Path(path).read_text(encoding="utf-8"))["notices"]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: {error}") from error
    except KeyError as error:
        raise ValueError(f"{path}: no [[notices]] in it") from error
    if not isinstance(rows, list) or not rows:
        raise ValueError(f"{path}: no [[notices]] in it")
    found = [_notice(row, place) for place, row in enumerate(rows, start=1)]
    numbers = [notice.number for notice in found]
    if len(set(numbers)) != len(numbers):
        raise ValueError(f"{path}: a notice number is used twice")
    return sorted(found, key=lambda notice: notice.published_on)


def _notice(row: dict, place: int) -> NoticeData:
    try:
        off = tuple((part["from"], part["to"], part.get("name", "")) for part in row["off"])
        notice = NoticeData(
            row["number"], row["year"], row["published_on"], row["title"], off, tuple(row["work"])
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"notice {place}: {error} is missing or of the wrong kind") from error
    check(notice)
    return notice


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def check(notice: NoticeData) -> None:
    """Raise ValueError, in words, for what no notice of the State Council says."""
    where = _("notice %(number)s") % {"number": notice.number}
    texts = (notice.number, notice.title, *(name for _, _, name in notice.off))
    if not all(isinstance(text, str) for text in texts) or not notice.number.strip():
        raise ValueError(f"{where}: " + _("its number, title and holidays are texts"))
    _check_lengths(where, notice)
    if type(notice.year) is not int or not 1900 < notice.year < 2300:
        raise ValueError(f"{where}: " + _("%(year)s is not a year") % {"year": notice.year})
    days = [day for first, last, _ in notice.off for day in (first, last)] + list(notice.work)
    if not all(_is_day(day) for day in [*days, notice.published_on]):
        raise ValueError(f"{where}: " + _("a date is not written as YYYY-MM-DD"))
    if not days:  # it would make the year's deadlines final without a word on its holidays
        raise ValueError(f"{where}: " + _("it names no day, neither off nor worked"))
    _check_days(where, notice, days)


def _check_lengths(where: str, notice: NoticeData) -> None:
    names = [(name, NAME) for _first, _last, name in notice.off]
    for text, most in [(notice.number, NUMBER), (notice.title, TITLE), *names]:
        if len(text) > most:
            words = _("%(text)s is longer than %(most)s characters")
            raise ValueError(f"{where[:NUMBER]}: " + words % {"text": text[:NAME], "most": most})


def _check_days(where: str, notice: NoticeData, days: list[date]) -> None:
    low, high = date(notice.year - 1, 12, 1), date(notice.year + 1, 1, 31)
    strange = [day for day in days if not low <= day <= high]
    if strange:
        words = _("%(day)s does not belong to %(year)s")
        raise ValueError(f"{where}: " + words % {"day": strange[0], "year": notice.year})
    backward = [f"{first} to {last}" for first, last, _ in notice.off if last < first]
    if backward:
        raise ValueError(f"{where}: " + _("%(days)s runs backwards") % {"days": backward[0]})
    weekdays = [day for day in notice.work if day.weekday() < 5]
    if weekdays:
        words = _("%(day)s is a weekday and worked anyway")
        raise ValueError(f"{where}: " + words % {"day": weekdays[0]})
    off = notice.off_days()
    both = [day for day in notice.work if day in off]
    if both:
        raise ValueError(f"{where}: " + _("%(day)s is both off and worked") % {"day": both[0]})
    named = sum((last - first).days + 1 for first, last, _ in notice.off) + len(notice.work)
    if named > len(off) + len(set(notice.work)):
        raise ValueError(f"{where}: " + _("a day is named twice"))


def calendar_from(notices: Iterable[NoticeData]) -> Calendar:
    """The calendar these notices make; a later notice overrides an earlier one on the same day."""
    days: dict[date, DayRule] = {}
    years = set()
    for notice in sorted(notices, key=lambda notice: notice.published_on):
        years.add(notice.year)
        days |= {
            d: DayRule(works=False, name=n, notice=notice.number)
            for d, n in notice.off_days().items()
        }
        days |= {d: DayRule(works=True, notice=notice.number) for d in notice.work}
    return Calendar(days, frozenset(years))
