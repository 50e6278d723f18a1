"""What every test database starts from, made once and copied: tables, charter, calendar, people.

The steps from an empty database to the tables of today cost more than most tests together. So they
are taken once for each state of the sources; every test session, and every process of one, begins
with a copy. `python -m tests.ground` makes the original ahead of time.
"""

import contextlib
import datetime as dt
import fcntl
import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "Correct-horse-1"
SINCE = dt.date(2020, 3, 2)
PREFIX = "test_ground_"
KEPT = "ground"
SUFFIX, EMPTY = ".sqlite3", ".empty"
SOURCES = ("config", "coordination", "documents", "requirements/dev.txt", "tests/ground.py")


def restore() -> None:
    """Put the ground back where a test that committed had the database flushed after it."""
    from django.contrib.contenttypes.models import ContentType
    from django.db import connection, transaction

    from coordination.models import Person

    if Person.objects.exists():
        return
    if connection.vendor != "postgresql":
        load()
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # rows as they were
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [KEPT])
        for (table,) in cursor.fetchall():
            cursor.execute(f'DELETE FROM public."{table}"')
            cursor.execute(f'INSERT INTO public."{table}" SELECT * FROM {KEPT}."{table}"')
        # inside a test's own transaction it would last, and no trigger refuse anything
        cursor.execute("SET LOCAL session_replication_role = origin")
    ContentType.objects.clear_cache()


def empty_tables() -> str:
    """On SQLite, a file with all tables and nothing of the charter in them."""
    return original().removesuffix(SUFFIX) + EMPTY


def keep_empty() -> None:
    """On SQLite, keep the tables as they are before the ground is laid."""
    from django.db import connection

    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"]).replace("new_", "").removesuffix(SUFFIX)
        Path(name + EMPTY).unlink(missing_ok=True)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [name + EMPTY])


def keep() -> None:
    """On PostgreSQL, keep a second copy of every row of the ground for `restore`."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {KEPT}")
        for table in connection.introspection.django_table_names():
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM public."{table}")')
            if cursor.fetchone()[0]:
                cursor.execute(f'CREATE TABLE {KEPT}."{table}" AS TABLE public."{table}"')
        cursor.execute("ANALYZE")  # questions are planned for this many rows


def load() -> None:
    """The charter, the calendar, and a person in every seat with a demo login."""
    from coordination import calendars, charters, notices_data

    charters.load()
    calendars.import_notices(notices_data.load(calendars.SHIPPED))
    _appoint_everybody()


def _appoint_everybody() -> None:
    """A person in every seat with a demo login, and in the post it goes with."""
    from django.contrib.auth.hashers import MD5PasswordHasher
    from simple_history.utils import bulk_create_with_history

    from coordination.models import Appointment, Decision, Person, Seat
    from documents.demo.people import held_together

    decision, hasher = Decision.objects.get(key="working_rules"), MD5PasswordHasher()
    hashed = hasher.encode(PASSWORD, hasher.salt())  # cheap, whatever the settings say just now
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


def digest() -> str:
    """Names the state of the sources; any change of them asks for a new original."""
    found = hashlib.sha256()
    for source in SOURCES:
        path = ROOT / source
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and file.suffix != ".pyc":
                found.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return found.hexdigest()[:16]


@contextlib.contextmanager
def begun_from(databases) -> Iterator[None]:
    """While this lasts, a test database that is made is a copy of the original."""
    conn = databases["default"]
    if conn.vendor == "postgresql":
        conn.settings_dict["TEST"]["TEMPLATE"] = original()
        yield
    else:
        with (
            contextlib.closing(sqlite3.connect(original())) as source,
            contextlib.closing(
                sqlite3.connect(conn.creation._get_test_db_name(), uri=True)
            ) as copy,
        ):
            source.backup(copy)
            yield  # a database in memory lives as long as somebody is connected


def original() -> str:
    """The name or path of the original; made first unless it is there."""
    from django.conf import settings

    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    postgresql = "postgresql" in settings.DATABASES["default"]["ENGINE"]
    store = _Server() if postgresql else _Folder(settings.VAR_DIR)
    with (settings.VAR_DIR / f"{PREFIX}{store.kind}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        name = PREFIX + digest()
        if name not in store.names():
            for old in store.names():
                store.remove(old)
            env = os.environ | {"DATABASE_URL": store.begin(f"new_{name}")}
            command = [sys.executable, "-m", "tests.ground", "--fill"]
            subprocess.run(command, cwd=ROOT, env=env, check=True)
            store.finish(f"new_{name}", name)
    return store.address(name)


class _Folder:
    """Originals on SQLite: files."""

    kind = "sqlite"

    def __init__(self, folder: Path):
        self.folder = folder

    def address(self, name: str) -> str:
        return str(self.folder / f"{name}{SUFFIX}")

    def names(self) -> list[str]:
        return [path.stem for path in self.folder.glob(f"{PREFIX}*{SUFFIX}")]

    def remove(self, name: str) -> None:
        for path in self.folder.glob(f"{name}.*"):
            path.unlink()

    def begin(self, name: str) -> str:
        for rest in self.folder.glob(f"{name}.*"):
            rest.unlink()
        return f"sqlite:///{self.address(name)}"

    def finish(self, name: str, final: str) -> None:
        with contextlib.closing(sqlite3.connect(self.address(name))) as made:
            made.execute("PRAGMA journal_mode=DELETE")  # all of it in the one file
        Path(self.address(name)).replace(self.address(final))


class _Server:
    """Originals on PostgreSQL: databases beside the one that DATABASE_URL names."""

    kind = "postgresql"

    def __init__(self):
        self.base = os.environ["DATABASE_URL"].rsplit("/", 1)[0]

    def _execute(self, sql: str) -> list[tuple]:
        import psycopg2

        made = psycopg2.connect(os.environ["DATABASE_URL"])
        with contextlib.closing(made):
            made.autocommit = True
            cursor = made.cursor()
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def address(self, name: str) -> str:
        return name

    def names(self) -> list[str]:
        return [
            name
            for (name,) in self._execute("SELECT datname FROM pg_database")
            if name.startswith(PREFIX)
        ]

    def remove(self, name: str) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{name}"')

    def begin(self, name: str) -> str:
        self.remove(name)
        self._execute(f'CREATE DATABASE "{name}"')
        return f"{self.base}/{name}"

    def finish(self, name: str, final: str) -> None:
        self._execute(f'ALTER DATABASE "{name}" RENAME TO "{final}"')


def main() -> None:
    """Make the original where DATABASE_URL points; with --fill, fill the database it names."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    if "--fill" in sys.argv:
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        keep_empty()
        load()
        keep()
    else:
        original()


if __name__ == "__main__":
    main()
