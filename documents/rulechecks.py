"""Which articles the handling of documents keeps: registered with the rulebook."""

from django.utils import timezone

from coordination.models import Duty
from coordination.rulebook import Finding, article, register_check


def _late(year: int, code: str, kinds: list[str]) -> list[Finding]:
    """A finding for every duty of that year that was or is late, by kind of organisation."""
    now, today = timezone.now(), timezone.localdate()
    duties = Duty.objects.filter(started_at__year=year, organisation__kind__in=kinds)
    duties = duties.select_related("organisation").order_by("due_on", "pk")
    late = [*duties.overdue(now, today), *duties.filter(outcome=Duty.Outcome.MET, days_late__gt=0)]
    return [
        Finding(article(code), f"{d.organisation.name}: {d.title} ({d.due_on.isoformat()})")
        for d in late
    ]


@register_check("B16")
def units_keep_their_limits(year: int) -> list[Finding]:
    """Departments and towns answered within their limits (B16)."""
    return _late(year, "B16", ["department", "district_town"])


@register_check("C12")
def groups_keep_their_limits(year: int) -> list[Finding]:
    """Thematic and support groups answered within their limits (C12)."""
    return _late(year, "C12", ["thematic_group", "support_group"])


def load() -> None:
    """Make sure the checks above are registered; importing this module did it."""
