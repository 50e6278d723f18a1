"""联络员名册: by unit and group, on a day, with its gaps, as page and XLSX (A16, C4)."""

import datetime as dt
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from coordination import roster
from coordination.models import Appointment, AuditEntry, Person, Seat

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def found(person, on, question=""):
    return {
        f"{line.seat.organisation.key}:{line.seat.post}": line
        for line in roster.lines(person, on, question)
        if line.seat.scope is None
    }


def test_every_liaison_seat_is_a_line_and_what_is_missing_is_said(office, today):
    clerk = office.people["clerk"]
    liaison = office.liaison("finance")
    liaison.phone = "0513-80000000"
    liaison.save()
    lines = found(clerk, today)
    assert lines["finance:unit_liaison"].gap == ""
    assert lines["health:unit_liaison"].gap == "no office phone"
    Appointment.objects.filter(person=office.liaison("health")).delete()
    assert found(clerk, today)["health:unit_liaison"].gap == "no liaison officer"
    posts = {line.seat.post for line in roster.lines(clerk, today)}
    assert posts == {"unit_liaison", "group_liaison", "deputy_unit_liaison"}


def test_the_roster_of_a_day_names_who_served_then(office, outsider, today):
    held = Appointment.objects.get(person=office.liaison("finance"))
    held.until = today - DAY
    held.save()
    Appointment.objects.create(person=outsider, seat=held.seat, since=today, decision=held.decision)
    clerk = office.people["clerk"]
    assert found(clerk, today)["finance:unit_liaison"].held.person == outsider
    assert found(clerk, today - DAY)["finance:unit_liaison"].held.person == held.person


def test_it_is_shown_by_group_with_the_liaisons_of_its_deputy_units(office, today):
    found = roster.lines(office.people["clerk"], today)
    sections = dict(roster.by_group(found))
    group = office.unit("streamlining")
    posts = [line.seat.post for line in sections[group.name]]
    assert posts[0] == "group_liaison"
    assert set(posts[1:]) == {"deputy_unit_liaison"}
    assert {line.seat.scope_id for line in sections[group.name][1:]} == {group.pk}
    assert sum(map(len, sections.values())) == len(found)
    assert list(sections)[-1] == "Units"
    assert {line.seat.post for line in sections["Units"]} == {"unit_liaison"}


def test_who_sees_what(office, today):
    everything = Seat.objects.filter(post__in=roster.LIAISONS).count()
    for login in ("clerk", "director", "leader", "deputy"):
        assert len(roster.lines(office.people[login], today)) == everything
    own = roster.lines(office.liaison("finance"), today)
    assert {line.seat.organisation.key for line in own} == {"finance"}
    assert roster.lines(office.people["member1"], today) == own  # the head of the bureau
    for login in ("legal", "auditor", "sysadmin"):
        assert roster.lines(office.people[login], today) == []


def test_it_is_searched_by_unit_and_by_person(office, today):
    clerk = office.people["clerk"]
    assert set(found(clerk, today, "财政")) == {"finance:unit_liaison"}
    name = office.liaison("health").name
    assert set(found(clerk, today, name)) == {"health:unit_liaison"}
    assert found(clerk, today, "没有这个单位") == {}


def test_pages_and_workbook(office, client, today):
    liaison = office.liaison("finance")
    liaison.phone = "=1+1"
    liaison.save()
    client.force_login(office.people["clerk"])
    page = client.get(reverse("roster")).content.decode()
    assert office.unit("finance").name in page
    assert "no office phone" in page
    assert "Nobody of this name" in client.get(reverse("roster"), {"q": "无"}).content.decode()
    assert "Units</h2>" in client.get(reverse("roster"), {"by": "group"}).content.decode()
    assert client.get(reverse("roster"), {"on": "2199-99-99"}).status_code == 200
    answer = client.get(reverse("roster_export"), {"q": "财政"})
    rows = list(load_workbook(BytesIO(answer.content)).active.values)
    assert rows[1][0] == office.unit("finance").name
    assert rows[1][4] == "'=1+1"
    assert AuditEntry.objects.filter(event="register_exported").count() == 1


def test_nothing_a_person_types_as_their_phone_breaks_the_roster_of_all(office, client):
    liaison = office.liaison("finance")
    client.force_login(liaison)
    url = reverse("preferences")
    fields = client.get(url).context["form"]
    typed = {name: fields[name].value() for name in fields.fields} | {"quiet_days_off": ""}
    typed["phone"] = "0513\x0b-\x1f\n8331"
    assert client.post(url, typed).status_code == 302
    liaison.refresh_from_db()
    assert liaison.phone == "0513 - 8331"
    Person.objects.filter(pk=liaison.pk).update(phone="05\x0b13\ufffe")  # from before
    client.force_login(office.people["clerk"])
    answer = client.get(reverse("roster_export"), {"q": "财政"})
    rows = list(load_workbook(BytesIO(answer.content)).active.values)
    assert rows[1][4] == "0513"


def test_it_costs_few_queries(office, client, django_assert_max_num_queries):
    client.force_login(office.people["clerk"])
    client.get(reverse("roster"))
    with django_assert_max_num_queries(8):
        client.get(reverse("roster"))
