"""Which acts of the routes a post can entrust to a stand-in, and how they are called."""

from .workflow import ROUTES, Step


def delegable(post: str) -> list[tuple[str, Step]]:
    """The acts a seat of `post` can entrust to a stand-in, each once, by key and step.

    Only where the seat itself is named by the record (laid before it, assigned to its unit):
    what a post may do everywhere goes with the post alone.
    """
    found: dict[str, Step] = {}
    for route in ROUTES.values():
        for step in route.steps:
            if post in step.by and step.reach.lent:
                found.setdefault(route.key(step), step)
    return list(found.items())


def labels_of(acts) -> list[str]:
    """The acts of a delegation in words, in the order of the tables."""
    steps = [(route.key(step), step.label) for route in ROUTES.values() for step in route.steps]
    found = {key: str(label) for key, label in reversed(steps)}  # the first one stands
    return [found.get(act, act) for act in acts]
