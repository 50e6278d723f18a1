"""Which registered documents are probably the very paper that is being registered.

The same sender, and the same number or title; compared as people read them, so that width,
spaces and a sender's short name make no difference.
"""

from itertools import chain

from coordination import access
from coordination.models import Organisation

from .models import IncomingDocument
from .search import plain

LOOKED_AT = 500  # the latest of one sender, and of one number
SHOWN = 5


def probable(person, data: dict) -> list[IncomingDocument]:
    """What `person` may see of those that are probably registered already, the latest first."""
    units = list(Organisation.objects.values_list("pk", "name", "short_name"))
    by_name = {plain(name): pk for pk, *names in units for name in names}
    number, title = plain(data.get("sender_number", "")), plain(data["title"])
    name = data["sender_name"]
    sender = data["sender"].pk if data.get("sender") else by_name.get(plain(name), plain(name))
    called = {name}.union(*(names for pk, *names in units if pk == sender))
    rows = access.visible(person, IncomingDocument.objects.all()).not_given_up().order_by("-pk")
    found = {}
    for row in chain(
        rows.filter(sender_name__in=called)[:LOOKED_AT],
        rows.filter(sender_name=name, title__iexact=data["title"])[:SHOWN],
        rows.matching(data["sender_number"])[:LOOKED_AT] if number else (),
    ):
        theirs = row.sender_id or by_name.get(plain(row.sender_name), plain(row.sender_name))
        same = plain(row.title) == title or (number and plain(row.sender_number) == number)
        if theirs == sender and same:
            found[row.pk] = row
    return [found[pk] for pk in sorted(found, reverse=True)[:SHOWN]]
