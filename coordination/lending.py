"""What a mandate lets its stand-in read: the records its acts are about, told route by route."""

from functools import partial
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from . import registry
from .models import Transition
from .standings import Mandate, Standing


def own(route: Any) -> None:
    """The acts of `route` are about its own records."""
    registry.add_loan(route.model, route.name, partial(opened, route))


def lend(model: str, route: Any, path: str) -> None:
    """The acts of `route` are about records of `model` too: those that `path` leads to."""

    def source(mandate: Mandate) -> Q | None:
        """The records of `model` that what a mandate is about leads to."""
        found = opened(route, mandate)
        if found is None:
            return None
        return Q(pk__in=apps.get_model(route.model).objects.filter(found).values(path))

    registry.add_loan(model, f"{route.name}:{path}", source)


def opened(route: Any, mandate: Mandate) -> Q | None:
    """Which records of `route` a mandate is about: those its acts can be taken on now, and those
    they were taken on under it. None where it entrusts no act of this route.
    """
    steps = [step for step in route.steps if route.key(step) in mandate.delegation.acts]
    if not steps:
        return None
    content_type = ContentType.objects.get_for_model(apps.get_model(route.model))
    done = Transition.objects.filter(delegation=mandate.delegation, content_type=content_type)
    lent = Standing(None, (mandate.appointment,))
    about = Q(pk__in=done.values("object_id"))
    for step in steps:
        if step.source:
            about |= route.among & Q(state=step.source) & step.reach.records(lent, step.by)
    return about
