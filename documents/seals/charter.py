"""The seals of the charter: set up once; what the director changed since is left as it is."""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils import timezone

from coordination.models import Organisation, Seat
from coordination.posts import Post
from documents.models import Seal
from documents.seal_models import LARGEST, SMALLEST, USUAL


def faults(data: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the section [[seals]] of a charter."""
    keys = {row["key"] for section in ("units", "bodies") for row in data[section]}
    titles = [row["title"] for row in data["seats"] if row["post"] == Post.OFFICE_STAFF]
    rows = data.get("seals", ())
    named = [(row["organisation"], row["name"]) for row in rows]
    for row in rows:
        what = f"seal {row['name']}"
        if named.count((row["organisation"], row["name"])) > 1:
            yield f"{what}: named twice"
        if not SMALLEST <= row.get("diameter", USUAL) <= LARGEST:
            yield f"{what}: a diameter of {SMALLEST} to {LARGEST} mm is expected"
        if not titles or row.get("keeper", titles[0]) not in titles:
            yield f"{what}: no Office-staff seat keeps it"
        for key in {row["organisation"], *row.get("proxy_for", ())} - keys:
            yield f"{what}: unknown organisation {key}"
        for key in {*row.get("proxy_for", ())} & {owner for owner, _name in named}:
            yield f"{what}: {key} has a seal of its own"


def load(data: dict[str, Any], put: Callable[[Any, dict, dict], Any]) -> None:
    """Set up the seals that were never there."""
    for row in data.get("seals", ()):
        organisation = Organisation.objects.get(key=row["organisation"])
        key = {"organisation": organisation, "name": row["name"]}
        if Seal.objects.filter(**key).exists():
            continue
        seats = Seat.objects.open(timezone.localdate()).filter(post=Post.OFFICE_STAFF)
        if "keeper" in row:
            seats = seats.filter(title=row["keeper"])
        values = {
            "keeper": seats.order_by("order", "pk")[0],
            "diameter_mm": row.get("diameter", USUAL),
            "kept_from": data["charter"].get("rules_effective_on") or timezone.localdate(),
        }
        seal = put(Seal, key, values)
        seal.proxy_for.set(Organisation.objects.filter(key__in=row.get("proxy_for", ())))
