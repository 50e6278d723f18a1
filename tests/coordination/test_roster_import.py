"""The roster read in from a table: previewed, all or nothing, the same again changes nothing."""

import datetime as dt
from io import BytesIO

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from coordination import bodies, jobs, roster, roster_import, roster_jobs
from coordination.models import (
    Appointment,
    AuditEntry,
    HandOver,
    Job,
    Notice,
    Person,
    Seat,
    StoredFile,
    Unit,
)
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
HEAD = ["单位", "联络对象", "姓名", "登录名", "办公电话", "电子邮件", "自"]
URL = "roster_import"


def csv(*lines, head=HEAD, encoding="utf-8"):
    return "\n".join(",".join(line) for line in [head, *lines]).encode(encoding)


def plan(office, *lines, **kwargs):
    rows, _unread = roster_import.read(csv(*lines, **kwargs))
    return roster_import.plan(rows, office.people["secadmin"], timezone.localdate())


def faults(office, *lines):
    return dict(plan(office, *lines).faults)


def decision(office):
    return bodies.enter_decision(
        by=office.people["secadmin"],
        title="关于调整联络员的通知",
        number="",
        decided_on=timezone.localdate(),
    )


def force(office, data, today, seen=None, by="secadmin"):
    rows, _unread = roster_import.read(data)
    by = office.people[by]
    seen = roster_import.plan(rows, by, today).digest if seen is None else seen
    return roster_import.put_into_force(
        rows, by=by, since=today, seen=seen, decision=decision(office), source="t.csv"
    )


NEW = ["市财政局", "", "王新", "wangxin", "0513-1", "wang@example.org", ""]


def test_a_new_liaison_takes_the_seat_by_the_decision(office, today):
    before = office.liaison("finance")
    done = force(office, csv(NEW), today)
    assert (done.appointed, done.entered, done.unchanged) == (1, 1, 0)
    seat = Seat.objects.get(organisation__key="finance", post="unit_liaison")
    terms = list(seat.appointments.order_by("since"))
    assert [term.person.name for term in terms] == [before.name, "王新"]
    assert terms[0].until == today - dt.timedelta(days=1)
    assert (terms[1].since, terms[1].decision.title) == (today, "关于调整联络员的通知")
    assert terms[1].history.get().history_user == office.people["secadmin"]
    assert terms[0].history.latest().until == terms[0].until
    person = terms[1].person
    assert (person.phone, person.email) == ("0513-1", "wang@example.org")
    assert not person.has_usable_password()
    assert HandOver.objects.get(seat=seat).predecessor == terms[0]
    told = Notice.objects.filter(person=person).values_list("code", flat=True)
    assert set(told) == {"appointed", "hand_over_waits"}
    assert Notice.objects.filter(person=before, code="post_ended").exists()
    assert "1 appointed, 1 new" in AuditEntry.objects.get(event="roster_imported").subject


def test_the_same_file_twice_changes_nothing(office, today):
    force(office, csv(NEW), today)
    again = plan(office, NEW)
    assert (again.changes, again.faults, again.unchanged) == ([], [], 1)
    count = Appointment.objects.count()
    force(office, csv(NEW), today)
    assert Appointment.objects.count() == count


def test_what_is_exported_can_be_read_in_and_changes_nothing(office, today):
    Appointment.objects.filter(person=office.liaison("health")).delete()
    content = roster.workbook(roster.lines(office.people["clerk"], today))
    rows, unread = roster_import.read(content)
    found = roster_import.plan(rows, office.people["secadmin"], today)
    assert (found.changes, found.faults) == ([], [])
    assert found.unchanged == len(rows) == Seat.objects.filter(post__in=roster.LIAISONS).count()
    assert unread == ["To", "Decision", "Gap"]


def test_only_phone_and_address_change_where_the_holder_stays(office, today):
    liaison = office.liaison("finance")
    found = plan(office, ["启东市财政局", "", liaison.name, "", "0513-9", "", ""])
    assert [(c.since, c.reached) for c in found.changes] == [(None, "0513-9")]
    force(office, csv(["启东市财政局", "", liaison.name, "", "0513-9", "", ""]), today)
    liaison.refresh_from_db()
    assert liaison.phone == "0513-9"
    assert liaison.email  # an empty cell takes nothing away


def test_each_line_that_cannot_be_is_named_with_what_to_do(office, today):
    past = (today - dt.timedelta(days=3)).isoformat()
    liaison, other = office.liaison("finance"), office.liaison("health")
    other.is_active = False
    other.save()
    told = faults(
        office,
        ["无此单位", "", "甲", "jia", "", "", ""],
        ["市财政局", "", "乙", "", "", "", ""],
        ["市财政局", "", "乙", "yi", "", "", ""],
        ["市公安局", "", "乙", "yi", "", "", past],
        ["市民政局", "", "乙", "yi", "", "", "明天"],
        ["市司法局", "", "", "", "", "", ""],
        ["市教体局", "", "别名", liaison.username, "", "", ""],
        ["市科技局", "", other.name, other.username, "", "", ""],
        ["市工信局", "", office.people["auditor"].name, "auditor", "", "", ""],
        ["市人社局", "", office.people["secadmin"].name, "secadmin", "", "", ""],
        ["市发改委", "", "丙", "bing", "", "not an address", ""],
        ["市政务办", "", "丙 丁", "b/d", "", "", ""],
        ["市财政局", "精简行政审批组", "戊", "wu", "", "", ""],
    )
    assert sorted(told) == list(range(2, 15))
    words = [
        "is no unit", "Give a login", "Line 3", "past", "no day", "not by a table", "belongs to",
        "Enable them", "officer", "themselves", "valid email", "valid username", "no such liaison",
    ]  # fmt: skip
    for line, word in zip(range(2, 15), words, strict=True):
        assert word in told[line], (line, told[line])


def test_a_term_read_in_begins_no_earlier_than_its_decision(office, today):
    Appointment.objects.filter(person=office.liaison("finance")).delete()
    line = [*NEW[:6], (today - dt.timedelta(days=3)).isoformat()]
    with pytest.raises(ValidationError, match="Line 2: the term begins before it was decided"):
        force(office, csv(line), today)
    assert not Person.objects.filter(username="wangxin").exists()


def test_one_fault_keeps_the_whole_table_out(office, today):
    before = Appointment.objects.count(), Person.objects.count()
    with pytest.raises(ValidationError, match="Meanwhile"):
        force(office, csv(NEW, ["无此单位", "", "甲", "jia", "", "", ""]), today)
    assert (Appointment.objects.count(), Person.objects.count()) == before


def test_what_changed_since_the_preview_is_not_done(office, today):
    seen = plan(office, NEW).digest
    force(office, csv(["市财政局", "", "李二", "lier", "", "", ""]), today)
    with pytest.raises(ValidationError, match="Meanwhile"):
        force(office, csv(NEW), today, seen=seen)


def test_only_the_security_officer_may(office, today):
    with pytest.raises(PermissionDenied):
        force(office, csv(NEW), today, by="clerk")


def test_one_person_for_two_posts_is_entered_once(office, today):
    twice = ["市卫健委", "", "王新", "wangxin", "0513-1", "", ""]
    done = force(office, csv(NEW, twice), today)
    assert (done.appointed, done.entered) == (2, 1)
    other = ["市卫健委", "", "王新", "wangxin", "0513-2", "", ""]
    assert "another phone" in faults(office, NEW, other)[3]


def test_a_namesake_is_known_by_phone(office, today):
    known = office.liaison("health")
    known.phone = "0513-7"
    known.save()
    found = plan(office, ["市财政局", "", known.name, "", "0513-7", "", ""])
    assert found.changes[0].person == known
    found = plan(office, ["市财政局", "", known.name, "", "0513-8", "", ""])
    assert "Give a login" in found.faults[0][1]


def test_tables_of_every_kind_are_read_or_refused_in_words(office):
    book = Workbook()
    book.active.append(["Unit", "Name", "From", "Office phone", "工号"])
    book.active.append(["市财政局", " 王\u202e新\n", dt.date(2026, 12, 1), 5138, "1"])
    out = BytesIO()
    book.save(out)
    rows, unread = roster_import.read(out.getvalue())
    assert (rows[0].name, rows[0].since, rows[0].phone) == ("王新", "2026-12-01", "5138")
    assert unread == ["工号"]
    rows, _unread = roster_import.read(csv(NEW, encoding="gb18030"))
    assert rows[0].organisation == "市财政局"
    for content in (b"", b"\xff\xfe\x00", b"PK\x03\x04nothing", csv(NEW, head=["a", "b"])):
        with pytest.raises(ValidationError):
            roster_import.read(content)
    many = csv(*[NEW] * (roster_import.LIMIT + 1))
    with pytest.raises(ValidationError, match="Split it"):
        roster_import.read(many)


def send(client, content, today, name="名册.csv"):
    file = SimpleUploadedFile(name, content)
    return client.post(reverse(URL), {"file": file, "since": today.isoformat()})


def confirm(client, page, **more):
    hidden = page.context["confirm"].initial
    data = {"kept": hidden["kept"], "begins": hidden["begins"].isoformat(), "seen": hidden["seen"]}
    data |= {"put": "1", "decision_title": "通知", "decided_on": "2026-01-05", "password": PASSWORD}
    return client.post(reverse(URL), data | more)


def test_from_the_file_to_the_slip_in_the_browser(
    office, client, today, django_capture_on_commit_callbacks
):
    client.force_login(office.people["secadmin"])
    page = send(client, csv(NEW), today)
    assert page.status_code == 200
    assert "王新" in page.content.decode()
    refused = confirm(client, page, password="wrong")
    assert refused.status_code == 422
    assert "通知" in refused.content.decode()
    assert "王新" in refused.content.decode()
    assert not Person.objects.filter(username="wangxin").exists()
    answer = confirm(client, page)
    job = Job.objects.get()
    assert answer["Location"] == reverse("job", args=[job.pk])
    assert jobs.run(job.pk)
    rows = list(
        load_workbook(
            BytesIO(client.get(reverse("job_file", args=[job.pk])).getvalue())
        ).active.values
    )
    assert rows[1][2:4] == ("王新", "wangxin")
    page = client.get(reverse("slips"))
    new = Person.objects.get(username="wangxin")
    assert page.context["form"].initial["persons"] == [new.pk]
    assert client.post(reverse("slips"), {"persons": [new.pk], "password": "x"}).status_code == 422
    page = client.post(reverse("slips"), {"persons": [new.pk], "password": PASSWORD})
    [(_person, password)] = page.context["slips"]
    assert password in page.content.decode()
    assert client.login(username="wangxin", password=password)
    assert client.get("/")["Location"] == reverse("password_change")


def test_what_the_worker_refuses_is_said_and_changes_nothing(office, client, today):
    client.force_login(office.people["secadmin"])
    page = send(client, csv(NEW), today)
    confirm(client, page)
    force(office, csv(["市财政局", "", "李二", "lier", "", "", ""]), today)
    job = Job.objects.get()
    assert not jobs.run(job.pk)
    job.refresh_from_db()
    assert job.status == "refused"
    page = client.get(reverse("job", args=[job.pk])).content.decode()
    assert "Meanwhile something changed" in page
    assert "Start again" not in page
    assert Notice.objects.filter(code="job_refused").count() == 1


def test_faults_are_shown_with_their_lines_and_a_lost_file_is_asked_for(office, client, today):
    client.force_login(office.people["secadmin"])
    page = send(client, csv(NEW, ["无此单位", "", "甲", "jia", "", "", ""]), today)
    assert page.status_code == 422
    assert "is no unit" in page.content.decode()
    assert "Put into force" not in page.content.decode()
    assert send(client, b"MZ", today, "x.exe").status_code == 422
    assert send(client, b"", today).status_code == 422
    page = send(client, csv(NEW), today)
    StoredFile.objects.all().delete()
    assert confirm(client, page)["Location"] == reverse(URL)


def test_two_thousand_lines_with_progress(office, today, monkeypatch):
    groups = Group.objects.bulk_create(Group(name=f"t{n}") for n in range(2000))
    for n, group in enumerate(groups):
        Unit(
            key=f"t{n}", kind="department", name=f"单位{n}", short_name=f"单位{n}", group=group
        ).save_base()
    units = Unit.objects.filter(key__startswith="t").filter(name__startswith="单位")
    Seat.objects.bulk_create(
        Seat(organisation=unit, post="unit_liaison", cites="A16") for unit in units
    )
    lines = [[f"单位{n}", "", f"人{n}", f"r{n}", "", "", ""] for n in range(2000)]
    client_file = SimpleUploadedFile("big.csv", csv(*lines))
    from coordination import storage

    by = office.people["secadmin"]
    kept = storage.keep(client_file, by)
    rows, _unread = roster_import.read(roster_jobs.content_of(kept))
    seen = roster_import.plan(rows, by, today).digest
    job = roster_jobs.start(
        kept, by=by, since=today, seen=seen, decision=decision(office), title="t"
    )
    told = []
    real = jobs.report
    monkeypatch.setattr(
        jobs, "report", lambda job, percent: (told.append(percent), real(job, percent))
    )
    assert jobs.run(job.pk)
    assert len(told) > 10
    assert told == sorted(told)
    assert Appointment.objects.filter(seat__organisation__name__startswith="单位").count() == 2000


def test_the_preview_costs_the_same_for_two_and_fourteen_lines(
    office, today, django_assert_num_queries
):
    units = ["市财政局", "市公安局", "市民政局", "市司法局", "市教体局", "市科技局", "市工信局", "市人社局",
             "市发改委", "市政务办", "市行政审批局", "市卫健委", "市商务局", "市住建局"]  # fmt: skip
    for count in (2, 14):
        with django_assert_num_queries(6):
            plan(
                office,
                *[
                    [unit, "", f"人{n}", f"r{n}", "", "", ""]
                    for n, unit in enumerate(units[:count])
                ],
            )
