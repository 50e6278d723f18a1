"""Absences: shown wherever something is about to be sent, with the next in line to choose (B3)."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from coordination import absences, delegations
from coordination.models import Absence, Appointment
from documents import forms, step_forms
from tests.conftest import shanghai

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("liaisons_alone")]
DAY = dt.timedelta(days=1)


@pytest.fixture
def absent(office, today):
    def enter(login, since=0, days=1):
        return delegations.enter_absence(
            person=office.people["clerk"],
            absent=office.people[login],
            since=today + since * DAY,
            until=today + (since + days) * DAY,
        )

    return enter


def labels(form, name):
    return [str(label) for _value, label in form.fields[name].choices]


def test_absence_is_shown_where_something_is_about_to_be_sent(office, entrust, today):
    entrust(office.seat("deputy"), office.people["deputy2"], "incoming:instruct")
    for login in ("deputy", office.liaison("finance").username):
        delegations.enter_absence(
            person=office.people["clerk"],
            absent=office.people[login],
            since=today,
            until=today + DAY,
        )
    document = office.reviewed()
    form = forms.ProposalForm(record=document, person=office.people["clerk"])
    labels = {str(label) for _value, label in form.fields["laid_before"].choices}
    away = [label for label in labels if "away until" in label]
    assert len(away) == 1
    assert str(office.people["deputy2"]) in away[0]
    leads = [str(label) for _value, label in form.fields["lead"].choices]
    assert [label for label in leads if "away" in label] == [
        label for label in leads if label.startswith(office.unit("finance").short_name)
    ]


def test_everybody_enters_their_own_absence_and_only_the_office_others(office, today):
    liaison, clerk = office.liaison("finance"), office.people["clerk"]
    absence = delegations.enter_absence(
        person=liaison, absent=liaison, since=today, until=today, note="培训"
    )
    for act in (
        lambda: delegations.enter_absence(person=liaison, absent=clerk, since=today, until=today),
        lambda: delegations.cancel_absence(absence, person=office.liaison("health")),
    ):
        with pytest.raises(PermissionDenied):
            act()
    for since, until in ((today, today - DAY), (today - 3 * DAY, today - DAY)):
        with pytest.raises(ValidationError):
            delegations.enter_absence(person=clerk, absent=liaison, since=since, until=until)
    delegations.cancel_absence(absence, person=clerk)
    assert not Absence.objects.current(today).exists()


def test_an_absence_that_begins_before_the_due_day_is_shown_and_a_later_one_is_not(office, absent):
    finance, health = office.liaison("finance").username, office.liaison("health").username
    with time_machine.travel(shanghai(2026, 3, 2, 9), tick=False):
        today = dt.date(2026, 3, 2)
        for login, since in ((finance, today + DAY), (health, dt.date(2026, 3, 17))):
            delegations.enter_absence(
                person=office.people["clerk"],
                absent=office.people[login],
                since=since,
                until=since + 3 * DAY,
            )
        form = forms.TransferForm(record=office.reviewed(), person=office.people["clerk"])
        away = [label for label in labels(form, "lead") if "away" in label]
    assert len(away) == 1
    assert "away from Tue 3 Mar 2026 to Fri 6 Mar 2026" in away[0]


def test_the_next_in_line_is_taken_with_one_tick(office, absent, client):
    absent("deputy")
    clerk, document = office.people["clerk"], office.reviewed()
    client.force_login(clerk)
    url = reverse("documents:step", args=[document.pk, "propose_handling"])
    assert 'name="instead"' in client.get(url).content.decode()
    assert (
        office.seat("deputy2")
        == {one.seat_id: one for one in absences.away()}[office.seat("deputy").pk].next_seat
    )
    next_seat = office.seat("deputy2")
    typed = {
        "opinion": "拟请承办。",
        "lead": office.unit("finance").pk,
        "laid_before": office.seat("deputy").pk,
        "seen": document.content_digest(),
    }
    assert client.post(url, typed | {"instead": "on"}).status_code == 302
    assert office.fresh(document).laid_before == next_seat
    other = office.reviewed()
    url = reverse("documents:step", args=[other.pk, "propose_handling"])
    assert client.post(url, typed | {"seen": other.content_digest()}).status_code == 302
    assert office.fresh(other).laid_before == office.seat("deputy")
    url = reverse("documents:step", args=[other.pk, "circulate"])
    seats = [office.seat("deputy").pk, office.seat("legal").pk]
    seen = office.fresh(other).content_digest()
    typed = {"opinion": "参考", "seats": seats, "instead": "on", "seen": seen}
    assert client.post(url, typed).status_code == 302
    read_by = set(other.readings.values_list("seat", flat=True))
    assert read_by == {next_seat.pk, office.seat("legal").pk}


def test_where_a_stand_in_acts_or_nobody_is_away_nothing_else_is_offered(office, absent, entrust):
    document = office.reviewed()
    for step in (
        lambda: None,
        lambda: (
            absent("deputy"),
            entrust(office.seat("deputy"), office.people["deputy2"], "incoming:instruct"),
        ),
    ):
        step()
        for form in (forms.ProposalForm, step_forms.CirculationForm):
            assert "instead" not in form(record=document, person=office.people["clerk"]).fields


def test_whoever_is_to_be_urged_and_is_away_shows_so(office, absent, client):
    duty = office.transferred("finance").main_duty
    name = office.liaison("finance").name
    absent(office.liaison("finance").username)
    client.force_login(office.people["clerk"])
    for url in (reverse("duty", args=[duty.pk]), reverse("duties")):
        assert f"{name} is away until" in client.get(url).content.decode()
    Absence.objects.all().delete()
    absent(office.liaison("finance").username, since=2)
    page = client.get(reverse("duty", args=[duty.pk])).content.decode()
    assert f"{name} is away from" in page


def test_a_stand_in_who_may_not_stand_in_any_more_is_not_named(office, absent, entrust, today):
    entrust(office.seat("deputy"), office.people["deputy2"], "incoming:instruct")
    absent("deputy")
    one = next(one for one in absences.away() if one.seat_id == office.seat("deputy").pk)
    assert (one.instead, one.next_seat) == (office.people["deputy2"].name, None)
    Appointment.objects.filter(person=office.people["deputy2"]).delete()
    one = next(one for one in absences.away() if one.seat_id == office.seat("deputy").pk)
    assert one.next_seat is not None
