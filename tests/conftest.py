"""Shared ground for the tests: a charter in the database, people by their post, a Story helper."""

import datetime as dt
import os
from pathlib import Path

import hypothesis
import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone, translation
from simple_history.utils import bulk_create_with_history

from coordination import calendars, charters, notices_data
from coordination.models import Appointment, Decision, Organisation, Person, Seat
from coordination.workdays import SHANGHAI
from documents.demo.people import held_together

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
hypothesis.settings.register_profile("unhurried", deadline=None)  # a busy machine is no fault
hypothesis.settings.load_profile("unhurried")
SINCE = dt.date(2020, 3, 2)
PASSWORD = "Correct-horse-1"
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def _quick_and_english(settings, tmp_path):
    """Cheap password hashes, English words, files of its own, mail kept in memory."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.FILES_DIR = tmp_path / "files"
    settings.AXES_ENABLED = False
    translation.activate("en")
    yield
    translation.deactivate()


@pytest.fixture
def client():
    """A browser that asks for English pages."""
    return Client(headers={"accept-language": "en"})


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The shipped charter and holiday calendar, once for all tests that roll back."""
    with django_db_blocker.unblock():
        load_ground()


def load_ground():
    """The charter and the calendar, for tests that commit and are flushed afterwards."""
    charters.load()
    calendars.import_notices(notices_data.load(calendars.SHIPPED))


@pytest.fixture
def charter(db):
    """Every organisation of the shipped charter, by key.

    A test that commits has the database flushed after it; whoever follows loads anew.
    """
    if not Organisation.objects.exists():
        load_ground()
    return {organisation.key: organisation for organisation in Organisation.objects.all()}


@pytest.fixture
def people(charter):
    """One person for every seat with a demo login, by login."""
    return appoint_everybody()


def appoint_everybody():
    """A person in every seat with a demo login, and in the post it goes with."""
    decision = Decision.objects.get(key="working_rules")
    hashed = make_password(PASSWORD)
    seats = list(Seat.objects.exclude(login="").select_related("organisation", "follows"))
    Person.objects.bulk_create(
        Person(
            username=seat.login,
            name=f"{seat.organisation.short_name}{seat.title}",
            email=f"{seat.login}@example.invalid",
            password=hashed,
            language="en",
        )
        for seat in seats
    )
    found = {person.username: person for person in Person.objects.all()}
    bulk_create_with_history(
        [
            Appointment(person=found[seat.login], seat=held, since=SINCE, decision=decision)
            for seat in seats
            for held in held_together(seat)
        ],
        Appointment,
    )
    return found


@pytest.fixture
def office(people):
    """A driver that takes documents along the route: tests/driver.py."""
    from .driver import Driver

    return Driver(people)


@pytest.fixture
def liaisons_alone(office):
    """Units without a head: one person is told of each matter."""
    Appointment.objects.filter(seat__post="unit_head").delete()


@pytest.fixture
def outsider(charter):
    """Somebody who can sign in and holds no post."""
    return Person.objects.create(
        username="outsider", name="outsider", password=make_password(PASSWORD)
    )


def shanghai(*args):
    """A moment in office time."""
    return dt.datetime(*args, tzinfo=SHANGHAI)


@pytest.fixture
def today():
    """The day of the test in the office."""
    return timezone.localdate()
