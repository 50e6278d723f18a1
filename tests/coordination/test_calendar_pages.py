"""Entering a year's notice, what it moves, the calculator, the cut-off hour (B16, V201-V203)."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from coordination import calendars, duties, holidays, reminders
from coordination.models import AuditEntry, CalendarDay, CutOff, Duty, HolidayNotice, Notice
from tests.conftest import shanghai

pytestmark = pytest.mark.django_db
LINES = """2027-01-01..2027-01-03 元旦
2027-02-05..2027-02-11 春节
班 2027-01-30, 2027-02-13
"""
DECEMBER = shanghai(2026, 12, 24, 10)  # seven working days reach into 2027


def notice(lines=LINES, number="国办发明电〔2026〕9号", **more):
    fields = {"title": "关于2027年部分节假日安排的通知", "year": 2027}
    fields |= {"published_on": dt.date(2026, 11, 10), "number": number, "lines": lines} | more
    return holidays.notice_from(**fields)


@pytest.fixture
def duty(office):
    with time_machine.travel(DECEMBER, tick=False):
        return office.transferred(at=DECEMBER).main_duty


def test_lines_tables_and_calendar_files_say_the_same(charter):
    expected = notice()
    csv = "日期,类型,名称\n2027-01-01,休,元旦\n2027-01-02,休,元旦\n2027/01/03,休,元旦\n"
    csv += "".join(f"2027-02-{day:02},休,春节\n" for day in range(5, 12))
    csv += "2027-01-30,班,\n2027-02-13,班,\n"
    ics = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n"
    for start, end, name in (
        ("20270101", "20270104", "元旦（休）"),
        ("20270205", "20270212", "春节 休"),
        ("20270130", "20270131", "元旦 补班"),
        ("20270213", "20270214", "春节 补班"),
    ):
        ics += f"BEGIN:VEVENT\r\nUID:{start}\r\nDTSTART;VALUE=DATE:{start}\r\n"
        ics += f"DTEND;VALUE=DATE:{end}\r\nSUMMARY:{name}\r\nEND:VEVENT\r\n"
    ics += "END:VCALENDAR\r\n"
    for lines in (
        holidays.from_csv(csv.encode()),
        holidays.from_csv(csv.encode("gb18030")),
        holidays.from_ics(ics.encode()),
    ):
        found = notice(lines)
        assert (found.off_days(), sorted(found.work)) == (
            expected.off_days(),
            sorted(expected.work),
        )


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("1月1日 元旦", "Line 1"),
        ("2027-01-01 元旦\n2027-13-01 春节", "Line 2"),
        ("2027-01-05..2027-01-01 元旦", "Line 1"),
        ("班 2027-01-04", "weekday"),
        ("2027-01-02 元旦\n班 2027-01-02", "both off and worked"),
        ("2027-01-01..2027-01-03 元旦\n2027-01-02 元旦", "twice"),
        ("2031-01-01 元旦", "does not belong"),
        ("", "no day"),
        ("2027-01-01 元旦\n" * 1001, "not one year"),
    ],
)
def test_what_is_no_notice_is_refused_with_the_line(charter, lines, words):
    with pytest.raises(ValidationError, match=words):
        notice(lines)


@pytest.mark.parametrize(
    ("read", "data", "words"),
    [
        (holidays.from_csv, "2027-01-01,也许,元旦".encode(), "Line 1"),
        (holidays.from_csv, b"2027-01-01,\xe4\xbc\n2027-99-01,\xff\xff", "Line|neither"),
        (holidays.from_csv, b"2027-01-01,off\n" * 10_000, "not one year"),
        (holidays.from_ics, b"hello", "not a calendar|No day"),
        (holidays.from_ics, b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "No day"),
        (holidays.from_ics, b"\x00\xff", "not a calendar|No day"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(read, data, words):
    with pytest.raises(ValidationError, match=words):
        read(data)


def test_the_preview_says_what_publishing_does_and_changes_nothing(office, duty):
    assert (duty.due_on, duty.provisional) == (dt.date(2027, 1, 4), True)  # 1 January counted
    shown = holidays.preview(notice())
    assert [(m.duty.pk, m.old, m.new) for m in shown.moves] == [
        (duty.pk, dt.date(2027, 1, 4), dt.date(2027, 1, 5))
    ]
    assert shown.told >= 2  # the liaison and the Office
    assert not HolidayNotice.objects.filter(year=2027).exists()
    assert 2027 not in calendars.current().published
    duty.refresh_from_db()
    assert duty.provisional
    done = holidays.publish(notice(), person=office.people["clerk"], seen=shown.digest)
    assert done == shown or done.digest == shown.digest
    duty.refresh_from_db()
    assert (duty.due_on, duty.provisional) == (dt.date(2027, 1, 5), False)
    assert Notice.objects.filter(code="due_moved").count() == shown.told
    assert AuditEntry.objects.filter(event="calendar_published").count() == 1


def test_what_changed_since_the_preview_is_shown_anew(office, duty):
    shown = holidays.preview(notice())
    with time_machine.travel(DECEMBER, tick=False):
        office.transferred(at=DECEMBER)
    with pytest.raises(ValidationError, match="Look at the preview again"):
        holidays.publish(notice(), person=office.people["clerk"], seen=shown.digest)


def test_a_day_relied_on_is_not_changed_silently(office, duty):
    clerk = office.people["clerk"]
    holidays.publish(notice(), person=clerk, seen=holidays.preview(notice()).digest)
    amended = notice(LINES.replace("2027-01-01..2027-01-03", "2027-01-02..2027-01-03"))
    shown = holidays.preview(amended)
    assert shown.relied_on == [dt.date(2027, 1, 1)]
    with pytest.raises(ValidationError, match="relied on"):
        holidays.publish(amended, person=clerk, seen=shown.digest)
    assert CalendarDay.objects.filter(day=dt.date(2027, 1, 1)).exists()
    holidays.publish(amended, person=clerk, seen=shown.digest, reason="国务院通知更正")
    assert AuditEntry.objects.filter(subject__contains="国务院通知更正").exists()
    duty.refresh_from_db()
    assert duty.due_on == dt.date(2027, 1, 4)


def test_only_the_office_publishes(office):
    shown = holidays.preview(notice())
    for login in ("leader", "liaison1", "head1", "secadmin"):
        with pytest.raises(PermissionDenied):
            holidays.publish(notice(), person=office.people[login], seen=shown.digest)


def test_the_office_is_asked_in_november_and_daily_in_december_until_it_is_entered(office):
    def asked(*day):
        before = Notice.objects.filter(code="calendar_missing").count()
        with time_machine.travel(shanghai(*day, 9), tick=False):
            reminders.remind()
            reminders.remind()
        return Notice.objects.filter(code="calendar_missing").count() - before

    desk = 2  # clerk and clerk2
    assert asked(2026, 10, 30) == 0
    assert asked(2026, 11, 2) == desk
    assert asked(2026, 11, 3) == 0
    assert [asked(2026, 12, day) for day in (1, 2, 5, 7)] == [desk, desk, 0, desk]
    shown = holidays.preview(notice())
    holidays.publish(notice(), person=office.people["clerk"], seen=shown.digest)
    assert asked(2026, 12, 8) == 0
    assert not Notice.objects.alive().filter(code="calendar_missing").exists()


def test_the_cut_off_hour_is_dated_and_moves_what_ends_then(office):
    sent = shanghai(2026, 3, 2, 10)  # due 11 March
    clerk = office.people["clerk"]
    with time_machine.travel(sent, tick=False):
        duty = office.transferred(at=sent).main_duty
        with pytest.raises(ValidationError, match="day to come"):
            holidays.set_cut_off(
                person=clerk, hour=dt.time(17, 30), in_force_from=dt.date(2026, 3, 2), reason="x"
            )
        moved = holidays.set_cut_off(
            person=clerk, hour=dt.time(17, 30), in_force_from=dt.date(2026, 3, 9), reason="作息"
        )
        assert [d.pk for d in moved] == [duty.pk]
        duty.refresh_from_db()
        assert (duty.due_on, duty.due_at) == (dt.date(2026, 3, 11), shanghai(2026, 3, 11, 17, 30))
        assert duty.named_at is None
        early = office.transferred(at=shanghai(2026, 2, 25, 9)).main_duty  # due 6 March
        assert early.due_at is None
        with pytest.raises(ValidationError, match="already"):
            holidays.set_cut_off(
                person=clerk, hour=None, in_force_from=dt.date(2026, 3, 9), reason="x"
            )
    assert not duties.is_late(duty, shanghai(2026, 3, 11, 17, 29))
    assert duties.is_late(duty, shanghai(2026, 3, 11, 17, 31))
    late = Duty.objects.overdue(shanghai(2026, 3, 11, 18), dt.date(2026, 3, 11))
    assert duty in late
    assert CutOff.objects.count() == 1


def test_pages(office, client, duty):
    client.force_login(office.liaison("finance"))
    page = client.get(reverse("calendar"), {"year": "2026"}).content.decode()
    assert "国办发明电〔2025〕7号" in page
    assert page.count('class="cal-off"') >= 33
    assert page.count('class="cal-work"') >= 6
    assert "not entered" in client.get(reverse("calendar"), {"year": "2027"}).content.decode()
    for strange in ("", "x", "0001", "99999", "²⁰²⁶"):
        assert client.get(reverse("calendar"), {"year": strange}).status_code == 200
    count = reverse("calendar_count")
    page = client.get(count, {"start": "2026-12-28", "days": "10"}).content.decode()
    assert "provisional" in page
    assert "strip-number" in page
    for question in ({"start": "x", "days": "7"}, {"start": "2026-01-01", "days": "0"}):
        assert client.get(count, question).status_code == 422
    client.force_login(office.people["clerk"])
    url = reverse("calendar_new")
    assert "2027" in client.get(url).content.decode()
    typed = {
        "number": "国办发明电〔2026〕9号",
        "title": "通知",
        "year": 2027,
        "published_on": "2026-11-10",
        "lines": LINES + "bad",
    }
    answer = client.post(url, typed)
    assert answer.status_code == 422
    assert "春节" in answer.content.decode()
    csv = SimpleUploadedFile("a.csv", "2027-01-01,休,元旦\n".encode())
    answer = client.post(url, typed | {"file": csv})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "2027-01-01..2027-01-01 元旦" in page
    assert "What will happen" in page
    typed["lines"] = LINES
    seen = holidays.preview(notice()).digest
    answer = client.post(url, typed | {"publish": "1", "seen": "stale"})
    assert answer.status_code == 422
    assert client.post(url, typed | {"publish": "1", "seen": seen}).status_code == 302
    assert HolidayNotice.objects.get(year=2027).days.count() == 12
    corrected = client.get(url, {"number": "国办发明电〔2026〕9号"}).content.decode()
    assert "2027-02-05..2027-02-11 春节" in corrected
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    data = {"hour": "17:30", "in_force_from": tomorrow, "reason": "作息时间"}
    assert client.post(reverse("cut_off"), data | {"reason": ""}).status_code == 422
    assert client.post(reverse("cut_off"), data).status_code == 302
    assert "17:30" in client.get(reverse("calendar")).content.decode()
