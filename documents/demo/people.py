"""Demo people: one for each seat with a demo login, named by the post; never real persons."""

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
    for seat in Seat.objects.exclude(login="").select_related("organisation"):
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
        if not Appointment.objects.filter(seat=seat).exists():
            Appointment(person=person, seat=seat, since=SINCE, decision=decision).save()
    return people


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
