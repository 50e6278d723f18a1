"""收文号 of a unit's own register: drawn when it signs for a paper, gap-free in unit and year.

Source: 2012 Regulations art. 24 (whoever receives a paper signs for it and registers it). The
number stays with the copy for ever: a recalled one is marked, and its number is not given again.
"""

from collections.abc import Iterator

from django.db.models import Count, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination import access
from coordination.models import Organisation, Series
from coordination.series import next_number
from coordination.workflow import Act
from documents.models import Delivery

SERIES = "delivery"


def draw(act: Act) -> None:
    """Draw the next number of the unit in the year of the receipt's entry; the caller's
    transaction. Superiors, and who is outside this system, keep their register
    elsewhere, so their copies get none here.

    The counter stays locked until the transaction ends, so a crash leaves neither gap nor double.
    """
    row: Delivery = act.record
    unit = Organisation.objects.handling().filter(pk=row.organisation_id).first()
    if unit is None:
        return
    row.register_year = timezone.localtime(act.at).year
    row.register_serial = next_number(unit, SERIES, row.register_year)


def begun(person) -> list[Series]:
    """The registers, one for each unit and year, of which `person` may see any copy."""
    seen = access.visible(person, Delivery.objects.numbered()).order_by()
    found = Series.objects.filter(code=SERIES, last__gt=0)
    found = found.filter(organisation__in=seen.values("organisation"))
    return list(found.select_related("organisation").order_by("organisation__order", "-year"))


def faults() -> Iterator[str]:
    """Registers with a gap, and numbers given that no copy bears."""
    rows = Delivery.objects.numbered().values("organisation", "register_year")
    counted = {
        (row["organisation"], row["register_year"]): (row["many"], row["last"])
        for row in rows.annotate(many=Count("pk"), last=Max("register_serial")).order_by()
    }
    for series in Series.objects.filter(code=SERIES, last__gt=0).select_related("organisation"):
        many, last = counted.get((series.organisation_id, series.year), (0, 0))
        if not many == last == series.last:
            yield _("register of %(unit)s, %(year)s: %(last)s numbers given, %(many)s borne") % {
                "unit": series.organisation,
                "year": series.year,
                "last": series.last,
                "many": many,
            }
