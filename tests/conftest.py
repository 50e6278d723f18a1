"""Shared ground for the tests: a charter in the database, people by their post, a Story helper."""

import datetime as dt
import os
from pathlib import Path

import hypothesis
import pytest
from django.contrib.auth.hashers import make_password
from django.db import connections
from django.test import Client
from django.utils import timezone, translation

from coordination import workflow
from coordination.models import Appointment, Organisation, Person
from coordination.workdays import SHANGHAI

from . import ground
from .ground import PASSWORD

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
hypothesis.settings.register_profile("unhurried", deadline=None)  # a busy machine is no fault
hypothesis.settings.load_profile("unhurried")
ROOT = Path(__file__).resolve().parents[1]


def pytest_addoption(parser):
    """`--second-engine`: what was tried in all its variants on one is tried less on the other."""
    words = "of each file one test that uses a database, and those marked for every engine"
    parser.addoption("--second-engine", action="store_true", help=words)


def pytest_collection_modifyitems(config, items):
    """On the second engine what is marked, and of each file the first that uses a database."""
    if not config.getoption("--second-engine"):
        return
    seen, kept, left_out = set(), [], []
    for item in items:
        (kept if _chosen(item, seen) else left_out).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


def _chosen(item, seen):
    """Whether the second engine tries this; `seen` holds the files of which one was chosen."""
    stored = item.get_closest_marker("django_db") or "db" in item.fixturenames
    if not stored or item.get_closest_marker("one_engine"):
        return False
    file = item.nodeid.split("::")[0]
    first = file not in seen
    seen.add(file)
    return first or item.get_closest_marker("every_engine") is not None


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
def django_db_modify_db_settings(django_db_modify_db_settings, django_db_blocker):
    """Every test database begins as a copy of one that holds the ground: tests/ground.py."""
    with django_db_blocker.unblock(), ground.begun_from(connections):
        yield


@pytest.fixture
def charter(db):
    """Every organisation of the shipped charter, by key; its seats are held: see `people`.

    A test that commits has the database flushed after it; whoever follows loads anew.
    """
    ground.restore()
    return {organisation.key: organisation for organisation in Organisation.objects.all()}


@pytest.fixture
def people(charter):
    """One person for every seat with a demo login, by login."""
    return everybody()


def everybody():
    """The people of the ground, by login."""
    return {person.username: person for person in Person.objects.all()}


@pytest.fixture
def vacant(charter):
    """Nobody is there yet: no person, no appointment."""
    Appointment.objects.all().delete()
    Appointment.history.all().delete()
    Person.objects.all().delete()


@pytest.fixture
def office(people):
    """A driver that takes documents along the route: tests/driver.py."""
    from .driver import Driver

    return Driver(people)


@pytest.fixture
def wordless(monkeypatch):
    """A refused act is refused; what is said of it (test_acts) is not looked up a thousand times."""
    monkeypatch.setattr(workflow, "_no_longer", lambda record: "no longer")


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
