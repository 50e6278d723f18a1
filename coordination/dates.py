"""Days and moments as people here write them, in the active language and office time. Pure."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language


def _in_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def long_day(day: date) -> str:
    """A day with its weekday: 2026年10月13日 星期二, or Tue 13 Oct 2026."""
    return date_format(day, "Y年n月j日 l" if _in_chinese() else "D j M Y")


def minute(moment: datetime) -> str:
    """A moment to the minute: 2026年10月13日 09:30, or 13 Oct 2026 09:30."""
    local = timezone.localtime(moment)
    return date_format(local, "Y年n月j日 H:i" if _in_chinese() else "j M Y H:i")
