"""Demo people: one for each seat with a demo login, named by the post; never real persons.

A seat that goes with a post is held by whoever holds that post, here as everywhere.
"""

from datetime import date

from django.contrib.auth.hashers import make_password

from coordination.models import Appointment, Decision, Person, Seat

SINCE = date(2020, 3, 2)


def appoint_demo_people(password: str) -> dict[str, Person]:
    """Make or refresh the demo people; return them by login.

    Done again, it only sets a changed password; nothing else is touched.
    """
    decision = Decision.objects.get(key="working_rules")
    people: dict[str, Person] = {}
    hashed = ""
    for seat in Seat.objects.exclude(login="").select_related("organisation", "follows"):
        person = Person.objects.filter(username=seat.login).first()
        if person is None:
            person = Person(username=seat.login, email=f"{seat.login}@demo.invalid")
            person.name = demo_name(seat)
        if hashed == "" and person.pk and person.check_password(password):
            hashed = person.password  # all have the same; setting it anew would end every session
        hashed = hashed or make_password(password)
        if person.password != hashed:
            person.password = hashed
            person.save()
        people[seat.login] = person
        for held in held_together(seat):
            if not Appointment.objects.filter(seat=held).exists():
                Appointment(person=person, seat=held, since=SINCE, decision=decision).save()
    return people


def held_together(seat: Seat) -> list[Seat]:
    """The post `seat` goes with, if any, and every seat that goes with it; else `seat` alone."""
    post = seat.follows or seat
    return [post, *post.followers.order_by("order", "pk")]


def demo_name(seat: Seat) -> str:
    """A name that is a post: "市监局联络员(演示)"."""
    if seat.organisation.kind in ("coordination_group",):
        return f"{seat.title.split('（')[0]}{_which(seat)}(演示)"
    return f"{seat.organisation.short_name}{seat.title}(演示)"


def _which(seat: Seat) -> str:
    """Tell apart several seats of one title."""
    if "（" not in seat.title:
        return ""
    return "（" + seat.title.split("（", 1)[1]
