"""A year's calendar arrives: provisional due dates become certain, and those concerned are told."""

import datetime as dt

import pytest
import time_machine
from django.core.management import CommandError, call_command

from coordination import calendars, notices_data
from coordination.models import CalendarDay, Duty, Notice
from tests.conftest import shanghai

pytestmark = pytest.mark.django_db
SENT = shanghai(2026, 12, 23, 10)
YEAR_2027 = """
[[notices]]
number = "国办发明电〔2026〕0号"
year = 2027
published_on = 2026-12-25
title = "演示"
off = [{ from = 2027-01-01, to = 2027-01-03, name = "元旦" }]
work = []
"""


@pytest.fixture
def document(office):
    with time_machine.travel(SENT, tick=False):
        return office.transferred(at=SENT)


@pytest.fixture
def file_2027(tmp_path):
    path = tmp_path / "2027.toml"
    path.write_text(YEAR_2027, encoding="utf-8")
    return path


def test_a_due_date_in_an_unpublished_year_is_provisional(document):
    assert document.main_duty.provisional
    assert document.main_duty.due_on == dt.date(2027, 1, 1)
    notice = Notice.objects.filter(code="assigned").first()
    from coordination.notices import text_of

    assert "(provisional)" in text_of(notice)


@pytest.mark.usefixtures("liaisons_alone")
def test_the_new_year_moves_it_and_tells_those_concerned(document, office, file_2027, capsys):
    call_command("import_calendar", file_2027)
    duty = Duty.objects.get(pk=document.main_duty_id)
    assert (duty.due_on, duty.provisional) == (dt.date(2027, 1, 4), False)
    told = set(Notice.objects.filter(code="due_moved").values_list("person__username", flat=True))
    assert told == {office.liaison("market_regulation").username, "clerk", "clerk2", "director"}
    notice = Notice.objects.filter(code="due_moved").first()
    assert notice.params["old"] == "2027-01-01"
    assert notice.params["due"] == "2027-01-04"
    assert duty.history.count() == 2
    assert "due 2027-01-04" in capsys.readouterr().out
    call_command("import_calendar", file_2027)
    assert "nothing changed" in capsys.readouterr().out
    assert Notice.objects.filter(code="due_moved").count() == 4


def test_a_closed_duty_and_an_explicit_limit_do_not_move(office, file_2027):
    limit = shanghai(2027, 1, 2, 12)
    with time_machine.travel(SENT, tick=False):
        urgent = office.transferred(at=SENT, urgency="urgent", limit_at=limit)
    call_command("import_calendar", file_2027)
    urgent.main_duty.refresh_from_db()
    assert urgent.main_duty.due_at == limit
    assert not Notice.objects.filter(code="due_moved").exists()


def test_a_wrong_file_changes_nothing(document, tmp_path):
    path = tmp_path / "wrong.toml"
    path.write_text(YEAR_2027.replace("2027-01-03", "2026-12-01"), encoding="utf-8")
    with pytest.raises(CommandError, match="backwards"):
        call_command("import_calendar", path)
    with pytest.raises(CommandError):
        call_command("import_calendar", tmp_path / "nowhere.toml")
    assert not CalendarDay.objects.filter(day__year=2027).exists()


def test_the_shipped_notices_again_change_nothing(charter):
    assert calendars.import_notices(notices_data.load(calendars.SHIPPED)) == []


def test_the_extension_of_2020_stands_over_the_notice_before_it(charter):
    day = dt.date(2020, 2, 1)
    assert CalendarDay.objects.filter(day=day).count() == 2  # first to be worked, then off
    assert calendars.current().days[day].notice == "国办发明电〔2020〕1号"
    assert not calendars.current().is_workday(day)


@pytest.mark.parametrize(
    ("start", "days", "printed"),
    [
        ("2026-09-30", "3", "2026-10-10\n"),
        ("2026-12-23", "7", "2027-01-01 provisional\n"),
        ("2026-03-01T17:00+00:00", "1", "2026-03-03\n"),
    ],
)
def test_the_deadline_command(charter, capsys, start, days, printed):
    call_command("deadline", start, days)
    assert capsys.readouterr().out == printed


@pytest.mark.parametrize(("start", "days"), [("yesterday", "3"), ("2026-09-30", "0")])
def test_the_deadline_command_says_what_is_wrong(charter, start, days):
    with pytest.raises(CommandError, match="Example"):
        call_command("deadline", start, days)
