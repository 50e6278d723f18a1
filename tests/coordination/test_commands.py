"""check_integrity and check_rulebook: they pass on sound data and fail on what was tampered with."""

import datetime as dt
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from coordination import audit, storage
from coordination.models import Appointment, Message, Seat, Transition
from documents.models import IncomingDocument

pytestmark = pytest.mark.django_db


@pytest.fixture
def sound(office):
    document = office.step(office.replied(co=("finance",)), "accept_reply")
    storage.keep(SimpleUploadedFile("a.txt", b"text"), office.people["clerk"])
    audit.record("signed_in", login="clerk")
    audit.record("signed_out", login="clerk")
    return document


def faults(capsys):
    with pytest.raises(CommandError):
        call_command("check_integrity")
    return capsys.readouterr().out


def without_guards(sql):
    """What somebody with the database's own password could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(sql)
            cursor.execute("SET session_replication_role = DEFAULT")
        else:
            for event in ("update", "delete"):
                for table in ("coordination_transition", "coordination_auditentry"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{event}")
            cursor.execute(sql)


def test_sound_data_has_no_faults(sound, capsys):
    call_command("check_integrity")
    assert capsys.readouterr().out == "No faults.\n"


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("UPDATE coordination_transition SET opinion = '改' WHERE action = 'transfer'", "step"),
        ("DELETE FROM coordination_transition WHERE action = 'pass_review'", "step"),
        ("UPDATE coordination_auditentry SET login = 'x' WHERE event = 'signed_in'", "audit entry"),
        ("DELETE FROM coordination_auditentry WHERE event = 'signed_in'", "audit entry"),
        ("UPDATE documents_incomingdocument SET register_serial = 9", "register"),
    ],
)
def test_what_was_tampered_with_is_found(sound, capsys, sql, told):
    without_guards(sql)
    assert told in faults(capsys)


def test_a_missing_and_a_changed_file_are_found(sound, capsys, office):
    other = storage.keep(SimpleUploadedFile("b.txt", b"other"), office.people["clerk"])
    storage.path_of(other.sha256).write_bytes(b"changed")
    first = storage.path_of(__import__("hashlib").sha256(b"text").hexdigest())
    first.unlink()
    told = faults(capsys)
    assert "a.txt) is missing" in told
    assert "b.txt) was changed" in told


def test_given_up_mail_is_told(sound, capsys, office):
    clerk = office.people["clerk"]
    now = timezone.now()
    Message.objects.create(
        person=clerk, channel="mail", status="given_up", created_at=now, next_at=now
    )
    assert "given up" in faults(capsys)


def test_the_rulebook_finds_gaps_and_lateness(office, capsys):
    office.transferred("finance", at=timezone.now() - dt.timedelta(days=40))
    with pytest.raises(CommandError, match="B16"):
        call_command("check_rulebook", "--json")
    year = json.loads(capsys.readouterr().out)
    found = year["findings"]
    assert set(found) == {"A2", "A3", "A4", "A16", "B16", "C12", "C3", "C4"}
    assert found["A2"] == found["A3"] == found["C12"] == []
    held = Appointment.objects.values("seat_id")
    gaps = Seat.objects.filter(post="unit_liaison").exclude(pk__in=held).count()
    assert len(found["A16"]) == gaps == 5
    assert sum("启东市财政局" in message for message in found["B16"]) == 1
    Appointment.objects.get(seat__login="leader").delete()
    with pytest.raises(CommandError, match="A2"):
        call_command("check_rulebook")
    assert "A2: 1" in capsys.readouterr().out
    assert Transition.objects.exists()
    assert IncomingDocument.objects.count() == 1
