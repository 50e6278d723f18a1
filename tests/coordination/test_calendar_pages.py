"""Entering a year's notice, what it moves, the calculator, the cut-off hour (B16, V201-V203)."""

import datetime as dt
import re

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from coordination import (
    calendar_views,
    calendars,
    duties,
    holidays,
    notice_files,
    reminders,
)
from coordination.calendar_forms import NoticeForm
from coordination.models import AuditEntry, CalendarDay, CutOff, Duty, HolidayNotice, Notice
from coordination.notices import text_of
from coordination.workdays import Calendar
from tests.conftest import shanghai

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("liaisons_alone")]
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
        notice_files.from_csv(csv.encode()),
        notice_files.from_csv(csv.encode("gb18030")),
        notice_files.from_ics(ics.encode()),
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
        ("9999-12-31..9999-12-31 x", "does not belong"),
        ("2027-01-01 " + "元" * 41, "longer than 40"),
        ("2027-01-01..2027-02-09 元旦\n" * 11, "More than 400 days"),
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
        (notice_files.from_csv, "2027-01-01,也许,元旦".encode(), "Line 1"),
        (notice_files.from_csv, b"2027-01-01,\xe4\xbc\n2027-99-01,\xff\xff", "Line|neither"),
        (notice_files.from_csv, b"2027-01-01,off\n" * 10_000, "not one year"),
        (notice_files.from_ics, b"hello", "not a calendar|No day"),
        (notice_files.from_ics, b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "No day"),
        (notice_files.from_ics, b"\x00\xff", "not a calendar|No day"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(read, data, words):
    with pytest.raises(ValidationError, match=words):
        read(data)


def event(body, name="元旦"):
    return f"BEGIN:VEVENT\r\nSUMMARY:{name}\r\n{body}END:VEVENT\r\n"


def ics(*events):
    text = "".join(events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{text}END:VCALENDAR\r\n".encode()


FIRST = "DTSTART;VALUE=DATE:20270101\r\n"


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (FIRST, "2027-01-01..2027-01-01 元旦"),
        (FIRST + "DURATION:P3D\r\n", "2027-01-01..2027-01-03 元旦"),
        (FIRST + "DTEND;VALUE=DATE:20270101\r\n", "2027-01-01..2027-01-01 元旦"),
        ("DTSTART:20261231T160000Z\r\nDTEND:20270102T155900Z\r\n", "2027-01-01..2027-01-02 元旦"),
        ("DTSTART:20270101T000000\r\nDURATION:PT24H\r\n", "2027-01-01..2027-01-01 元旦"),
    ],
)
def test_an_event_names_its_days_in_office_time(body, lines):
    assert notice_files.from_ics(ics(event(body))) == lines


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (FIRST + "DTEND;VALUE=DATE:20270102\r\nDTEND;VALUE=DATE:20270103\r\n", "DTEND twice"),
        (FIRST * 2, "DTSTART twice"),
        (FIRST + "DTEND:20270103T000000Z\r\n", "of another kind"),
        (FIRST + "DTEND;VALUE=DATE:20270102\r\nDURATION:P1D\r\n", "both an end and a duration"),
        (FIRST + "DTEND;VALUE=DATE:20261201\r\n", "does not last"),
        (FIRST + "DTEND;VALUE=DATE:25000101\r\n", "the year 2500"),
        (FIRST + "DTEND;VALUE=DATE:21000101\r\n", "does not last"),
        (FIRST + "DURATION:-P1D\r\n", "does not last"),
        (FIRST + "DURATION:P99999999999W\r\n", "DURATION cannot be read"),
        (FIRST + "RRULE:FREQ=DAILY\r\n", "repeats itself"),
        ("DTSTART;VALUE=DATE:00010101\r\n", "the year 1 "),
        ("DTSTART:99991231T235959Z\r\n", "the year 9999"),
        ("DTSTART;VALUE=DATE:gestern\r\n", "DTSTART cannot be read"),
        ("DTSTART;VALUE=TIME:120000\r\n", "DTSTART cannot be read"),
        ("", "when it begins"),
    ],
)
def test_an_event_that_does_not_say_its_days_is_refused_by_its_name(body, why):
    for name in ("元旦", "元旦补班"):
        with pytest.raises(ValidationError, match=f"Event {name}: .*{why}"):
            notice_files.from_ics(ics(event(body, name)))


def test_more_events_than_a_year_has_days_are_refused():
    many = [event(FIRST + "DURATION:P40D\r\n", "班") for _n in range(11)]
    with pytest.raises(ValidationError, match="More than 400 days"):
        notice_files.from_ics(ics(*many))


def test_an_event_s_name_cannot_write_lines_of_its_own():
    name = r"元旦\n班 2027-01-30\n2027-05-01 x"
    lines = notice_files.from_ics(ics(event(FIRST, name.replace("班", ""))))
    assert len(lines.splitlines()) == 1


@pytest.mark.parametrize("day", ["2027-1-1", "2027/1/1", "2027.1.1", "2027年1月1日", "2027-01-01"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_table_is_read_however_its_days_and_line_ends_are_written(day, end):
    table = end.join(["日期,类型,名称", f"{day},休,元旦", ""])
    assert notice_files.from_csv(table.encode()) == "2027-01-01..2027-01-01 元旦"
    assert notice_files.from_lines(f"{day} 元旦")[0][0][0] == dt.date(2027, 1, 1)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("2027/13/1,休", "Line 1: 2027/13/1 is not a day"),
        ("日期,类型\n明年元旦,休", "Line 2: 明年元旦 is not a day"),
        ("2027-01-01,休," + "x" * 131_073, "no table"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_what_stands_in_it(table, words):
    with pytest.raises(ValidationError, match=words):
        notice_files.from_csv(table.encode())


def test_the_preview_says_what_publishing_does_and_changes_nothing(office, duty):
    assert (duty.due_on, duty.provisional) == (dt.date(2027, 1, 4), True)  # 1 January counted
    shown = holidays.preview(notice())
    assert [(m.duty.pk, m.old.on, m.new.on) for m in shown.moves] == [
        (duty.pk, dt.date(2027, 1, 4), dt.date(2027, 1, 5))
    ]
    assert shown.moves[0].words == "Mon 4 Jan 2027 (provisional) → Tue 5 Jan 2027"
    assert shown.notices == len(shown.told) == 4  # the liaison and the Office, by name
    assert any("市监局" in words for words in shown.told)
    assert shown.changes == []
    assert not HolidayNotice.objects.filter(year=2027).exists()
    assert 2027 not in calendars.current().published
    duty.refresh_from_db()
    assert duty.provisional
    done = holidays.publish(notice(), person=office.people["clerk"], seen=shown.digest)
    assert done == shown or done.digest == shown.digest
    duty.refresh_from_db()
    assert (duty.due_on, duty.provisional) == (dt.date(2027, 1, 5), False)
    assert Notice.objects.filter(code="due_moved").count() == shown.notices
    assert AuditEntry.objects.filter(event="calendar_published").count() == 1


def publish(office, data, reason=""):
    """Preview and publish at once."""
    seen = holidays.preview(data).digest
    return holidays.publish(data, person=office.people["clerk"], seen=seen, reason=reason)


def test_a_number_used_again_for_another_year_is_refused(office, client):
    publish(office, notice())
    other = notice("2028-01-01 元旦", year=2028)
    with pytest.raises(ValidationError, match="entered for 2027 already"):
        holidays.preview(other)
    with pytest.raises(ValidationError, match="entered for 2027 already"):
        holidays.publish(other, person=office.people["clerk"], seen="")
    assert calendars.current().published >= {2027}
    assert CalendarDay.objects.filter(day__year=2027).count() == 12
    client.force_login(office.people["clerk"])
    typed = {"number": other.number, "title": "通知", "year": 2028, "published_on": "2026-11-10"}
    answer = client.post(reverse("calendar_new"), typed | {"lines": "2028-01-01 元旦"})
    assert answer.status_code == 422
    assert "entered for 2027 already" in answer.content.decode()


def test_a_correction_says_what_it_corrects_and_which_days_change_or_vanish(office, client):
    publish(office, notice())
    lines = LINES.replace("2027-01-01..2027-01-03 元旦", "2027-01-01..2027-01-02 新年")
    lines = lines.replace(", 2027-02-13", "") + "2027-04-05 清明节\n"
    changes = {change.day: change.words for change in holidays.preview(notice(lines)).changes}
    assert changes == {
        dt.date(2027, 1, 1): "off (元旦) → off (新年)",
        dt.date(2027, 1, 2): "off (元旦) → off (新年)",
        dt.date(2027, 1, 3): "off (元旦) → not named",
        dt.date(2027, 2, 13): "worked → not named",
        dt.date(2027, 4, 5): "not named → off (清明节)",
    }
    client.force_login(office.people["clerk"])
    typed = {"number": notice().number, "title": "通知", "year": 2027, "lines": lines}
    page = client.post(reverse("calendar_new"), typed | {"published_on": "2026-11-10"})
    assert "This corrects notice 国办发明电〔2026〕9号 of 2027." in page.content.decode()


def test_what_is_published_is_what_was_previewed(office):
    seen = holidays.preview(notice()).digest
    for edited in (
        notice(LINES + "2027-10-01 国庆节"),
        notice(title="别的通知"),
        notice(published_on=dt.date(2026, 11, 11)),
    ):
        with pytest.raises(ValidationError, match="preview again"):
            holidays.publish(edited, person=office.people["clerk"], seen=seen)
    assert not HolidayNotice.objects.filter(year=2027).exists()


def test_a_workday_relied_on_that_a_correction_takes_away_is_named(office):
    publish(office, notice())
    with time_machine.travel(DECEMBER, tick=False):
        office.transferred(at=DECEMBER)  # due 5 January
    shown = holidays.preview(notice(LINES + "2027-01-04 元旦"))
    assert shown.relied_on == [dt.date(2027, 1, 4)]
    assert holidays.preview(notice(LINES + "2027-01-20 x")).relied_on == []


def test_days_whose_year_stops_being_published_were_relied_on(duty):
    now = calendars.current()
    named = holidays._relied_on(now, Calendar(now.days, now.published - {2026}))
    assert (named[0], named[-1]) == (dt.date(2026, 12, 25), dt.date(2026, 12, 31))
    assert len(named) == 7


def test_an_earlier_notice_holds_again_once_a_later_one_no_longer_names_the_day(office):
    day = dt.date(2027, 1, 30)  # a Saturday the first notice has worked
    publish(office, notice())
    later = {"number": "国办发明电〔2026〕10号", "published_on": dt.date(2026, 11, 20)}
    publish(office, notice("2027-01-30 春节（延长）", **later))
    assert not calendars.current().is_workday(day)
    shown = publish(office, notice("2027-01-31 春节（延长）", **later))
    assert [c.words for c in shown.changes if c.day == day] == ["off (春节（延长）) → worked"]
    assert calendars.current().is_workday(day)
    assert calendars.current().days[day].notice == "国办发明电〔2026〕9号"
    gone = CalendarDay.history.filter(day=day, notice__number=later["number"])
    assert sorted(gone.values_list("history_type", flat=True)) == ["+", "-"]


def test_an_earlier_notice_entered_late_stays_under_the_later_one(office):
    later = {"number": "国办发明电〔2026〕10号", "published_on": dt.date(2026, 11, 20)}
    publish(office, notice("2027-01-30 春节（延长）", **later))
    publish(office, notice())
    assert not calendars.current().is_workday(dt.date(2027, 1, 30))
    assert CalendarDay.objects.filter(day=dt.date(2027, 1, 30)).count() == 2


def test_reading_the_calendar_anew_is_one_query_for_the_notices_and_one_for_the_days(
    office, django_assert_num_queries
):
    calendars._kept.clear()
    with django_assert_num_queries(2):
        calendars.current()


def test_a_notice_still_to_be_published_is_refused(charter):
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    with pytest.raises(ValidationError, match="still to come"):
        notice(published_on=tomorrow)


def test_the_example_of_the_form_is_one_the_form_accepts(charter):
    words = str(NoticeForm.base_fields["lines"].help_text)
    off, work = re.search(r"2027\S+ 元旦", words)[0], re.search(r"班 2027-\d\d-\d\d", words)[0]
    assert notice(f"{off}\n{work}").work


def test_a_due_date_moved_back_and_forth_is_told_each_time(office, duty):
    publish(office, notice())
    for lines in (LINES.replace("2027-01-01..2027-01-03", "2027-01-02..2027-01-03"), LINES):
        publish(office, notice(lines), reason="更正")
    assert Notice.objects.filter(duty=duty, code="due_moved").count() == 3 * 4


def test_a_preview_that_is_cut_says_so(office, client, monkeypatch):
    monkeypatch.setattr(calendar_views, "SHOWN", 1)
    with time_machine.travel(DECEMBER, tick=False):
        office.transferred(at=DECEMBER)
        office.transferred(at=DECEMBER)
    client.force_login(office.people["clerk"])
    typed = {"number": "号", "title": "通知", "year": 2027, "lines": LINES}
    page = client.post(reverse("calendar_new"), typed | {"published_on": "2026-11-10"})
    assert "The first 1 of 2:" in page.content.decode()
    assert "The first 1 of 4:" in page.content.decode()  # those told


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
    assert [asked(2026, 12, day) for day in (1, 2, 5, 7)] == [desk] * 4  # 5 is a Saturday
    shown = holidays.preview(notice())
    holidays.publish(notice(), person=office.people["clerk"], seen=shown.digest)
    assert asked(2026, 12, 8) == 0
    assert not Notice.objects.alive().filter(code="calendar_missing").exists()


def test_this_year_s_missing_notice_is_asked_for_daily_whatever_the_month(office):
    HolidayNotice.objects.filter(year=2026).first().days.all().delete()
    HolidayNotice.objects.filter(year=2026).delete()
    for day in (dt.date(2026, 1, 1), dt.date(2026, 1, 2), dt.date(2026, 6, 6)):
        with time_machine.travel(shanghai(day.year, day.month, day.day, 9), tick=False):
            reminders.remind()
            reminders.remind()
    asked = Notice.objects.filter(code="calendar_missing", params__year=2026)
    assert asked.count() == 3 * 2  # clerk and clerk2


def set_cut_off(office, hour, day, reason="作息", login="clerk"):
    """Preview and set at once, as somebody does who reads quickly."""
    entry = {"person": office.people[login], "hour": hour, "in_force_from": day, "reason": reason}
    shown = holidays.preview_cut_off(**entry)
    return holidays.set_cut_off(**entry, seen=shown.digest)


def test_the_cut_off_hour_is_dated_and_moves_what_ends_then(office):
    sent = shanghai(2026, 3, 2, 10)  # due 11 March
    with time_machine.travel(sent, tick=False):
        duty = office.transferred(at=sent).main_duty
        with pytest.raises(ValidationError, match="day to come"):
            set_cut_off(office, dt.time(17, 30), dt.date(2026, 3, 2))
        shown = set_cut_off(office, dt.time(17, 30), dt.date(2026, 3, 9))
        assert [move.duty.pk for move in shown.moves] == [duty.pk]
        assert shown.moves[0].words == "Wed 11 Mar 2026 → Wed 11 Mar 2026 17:30"
        duty.refresh_from_db()
        assert (duty.due_on, duty.due_at) == (dt.date(2026, 3, 11), shanghai(2026, 3, 11, 17, 30))
        assert duty.named_at is None
        told = Notice.objects.filter(duty=duty, code="due_hour").first()
        assert text_of(told).startswith("The due day Wed 11 Mar 2026 ends at 17:30 now")
        early = office.transferred(at=shanghai(2026, 2, 25, 9)).main_duty  # due 6 March
        assert early.due_at is None
    assert not duties.is_late(duty, shanghai(2026, 3, 11, 17, 29))
    assert duties.is_late(duty, shanghai(2026, 3, 11, 17, 31))
    late = Duty.objects.overdue(shanghai(2026, 3, 11, 18), dt.date(2026, 3, 11))
    assert duty in late
    assert CutOff.objects.count() == 1


def test_a_mistyped_cut_off_hour_is_replaced_before_its_day_and_stays_afterwards(office):
    sent, day = shanghai(2026, 3, 2, 10), dt.date(2026, 3, 9)
    with time_machine.travel(sent, tick=False):
        duty = office.transferred(at=sent).main_duty
        set_cut_off(office, dt.time(7, 30), day, "笔误")
        set_cut_off(office, dt.time(17, 30), day, "更正")
        duty.refresh_from_db()
        assert duty.due_at == shanghai(2026, 3, 11, 17, 30)
        assert Notice.objects.filter(duty=duty, code="due_hour").count() == 8  # both were told
    row = CutOff.objects.get()
    assert [(h.hour, h.reason) for h in row.history.order_by("history_id")] == [
        (dt.time(7, 30), "笔误"),
        (dt.time(17, 30), "更正"),
    ]
    on_the_day = time_machine.travel(shanghai(2026, 3, 9, 9), tick=False)
    with on_the_day, pytest.raises(ValidationError, match="day to come"):
        set_cut_off(office, dt.time(18), day)


def test_a_cut_off_hour_is_not_set_otherwise_than_it_was_shown(office):
    entry = {"person": office.people["clerk"], "hour": dt.time(17, 30), "reason": "作息"}
    with time_machine.travel(shanghai(2026, 3, 2, 10), tick=False):
        entry["in_force_from"] = dt.date(2026, 3, 9)
        shown = holidays.preview_cut_off(**entry)
        assert not CutOff.objects.exists()
        for edited in ({"hour": dt.time(18)}, {"in_force_from": dt.date(2026, 3, 10)}):
            with pytest.raises(ValidationError, match="preview again"):
                holidays.set_cut_off(**(entry | edited), seen=shown.digest)
        set_cut_off(office, dt.time(17), entry["in_force_from"])
        with pytest.raises(ValidationError, match="preview again"):
            holidays.set_cut_off(**entry, seen=shown.digest)
        for login in ("leader", "liaison1", "secadmin"):
            with pytest.raises(PermissionDenied):
                set_cut_off(office, dt.time(17), entry["in_force_from"], login=login)


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
    typed["title"] = "关于2027年部分节假日安排的通知"
    assert client.post(url, typed | {"publish": "1", "seen": seen}).status_code == 302
    assert HolidayNotice.objects.get(year=2027).days.count() == 12
    corrected = client.get(url, {"number": "国办发明电〔2026〕9号"}).content.decode()
    assert "2027-02-05..2027-02-11 春节" in corrected
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    data = {"hour": "17:30", "in_force_from": tomorrow, "reason": "作息时间"}
    assert client.post(reverse("cut_off"), data | {"reason": ""}).status_code == 422
    answer = client.post(reverse("cut_off"), data)
    assert answer.status_code == 200
    assert "What will happen" in answer.content.decode()
    data["seen"] = answer.context["preview"].digest
    answer = client.post(reverse("cut_off"), data | {"publish": "1", "hour": "18:30"})
    assert answer.status_code == 422
    assert client.post(reverse("cut_off"), data | {"publish": "1"}).status_code == 302
    assert "17:30" in client.get(reverse("calendar")).content.decode()
    answer = client.post(reverse("cut_off"), data | {"hour": "18:30"})
    assert "This replaces what was set" in answer.content.decode()
