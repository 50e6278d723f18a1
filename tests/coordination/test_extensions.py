"""延期 and 催办: asked in time, decided by who assigned; urged in words, and counted."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from coordination import (
    calendars,
    delegations,
    duties,
    extensions,
    holidays,
    inbox,
    reminders,
    urging,
    workflow,
)
from coordination.models import CutOff, Duty, Extension, Notice, Urging
from coordination.notices import text_of
from tests.conftest import shanghai

pytestmark = pytest.mark.django_db
SENT = shanghai(2026, 3, 2, 10)  # due Wed 11 March 2026
NEW = dt.date(2026, 3, 18)


@pytest.fixture
def clock():
    with time_machine.travel(SENT, tick=False) as clock:
        yield clock


@pytest.fixture
def duty(office, clock):
    return office.transferred(at=SENT).main_duty


def liaison(office):
    return office.liaison("market_regulation")


def ask(office, duty, due_on=NEW, reason="需现场核查", **more):
    return extensions.ask_for_extension(
        duty, person=liaison(office), reason=reason, due_on=due_on, **more
    )


def decide(extension, action, person, opinion="", **data):
    return workflow.advance(extension, action, person=person, opinion=opinion, data=data)


def test_granted_the_day_moves_and_the_reminders_with_it(office, duty, clock):
    clock.move_to(shanghai(2026, 3, 9, 8))
    reminders.remind()
    assert Notice.objects.alive().filter(duty=duty, code="due_soon").exists()
    extension = ask(office, duty)
    duty.refresh_from_db()
    assert duty.due_on == dt.date(2026, 3, 11)  # nothing moves by asking
    decide(extension, "grant", office.people["clerk2"], due_on=NEW)
    assert not Notice.objects.alive().filter(duty=duty, code="due_soon").exists()
    duty.refresh_from_db()
    assert (duty.due_on, duty.working_days, duty.provisional) == (NEW, None, False)
    assert Notice.objects.filter(code="extension_granted", person=liaison(office)).exists()
    told = []
    for day in range(9, 24):
        clock.move_to(shanghai(2026, 3, day, 8))
        own = Notice.objects.filter(duty=duty).exclude(code="late_at").count()
        reminders.remind()
        if Notice.objects.filter(duty=duty).exclude(code="late_at").count() > own:
            told.append(day)
    assert told == [16, 18, 19]
    assert Duty.history.filter(id=duty.pk, due_on=dt.date(2026, 3, 11)).exists()


def test_a_later_calendar_does_not_undo_it(office, duty):
    decide(ask(office, duty), "grant", office.people["clerk"], due_on=NEW)
    duties.recompute(notice_number="test")
    duty.refresh_from_db()
    assert duty.due_on == NEW


def test_the_decider_may_grant_another_day(office, duty):
    extension = decide(
        ask(office, duty), "grant", office.people["clerk"], due_on=dt.date(2026, 3, 13)
    )
    duty.refresh_from_db()
    extension.refresh_from_db()
    assert duty.due_on == extension.due_on == dt.date(2026, 3, 13)


def test_a_granted_day_ends_at_the_cut_off_hour_in_force_on_it(office, duty, client, clock):
    clerk = office.people["clerk"]
    entry = {"person": clerk, "hour": dt.time(17, 30), "in_force_from": dt.date(2026, 3, 16)}
    shown = holidays.preview_cut_off(**entry, reason="作息")
    holidays.set_cut_off(**entry, reason="作息", seen=shown.digest)
    extension = decide(ask(office, duty), "grant", clerk, due_on=NEW)
    duty.refresh_from_db()
    assert (duty.due_on, duty.due_at) == (NEW, shanghai(2026, 3, 18, 17, 30))
    assert extension.due_at is None  # nobody named an hour


def test_a_term_that_ends_at_the_cut_off_hour_is_extended_to_a_day(office, client, clock):
    CutOff.objects.create(
        hour=dt.time(17), in_force_from=dt.date(2026, 1, 1), reason="x",
        entered_by=office.people["clerk"], entered_at=SENT,
    )  # fmt: skip
    duty = office.transferred(at=SENT).main_duty
    assert duty.due_at == shanghai(2026, 3, 11, 17)
    client.force_login(liaison(office))
    page = reverse("extension_new", args=[duty.pk])
    assert 'type="date"' in client.get(page).content.decode()
    answer = client.post(page, {"due_on": NEW.isoformat(), "opinion": "需现场核查"})
    assert answer.status_code == 302


def test_a_day_more_than_a_year_ahead_is_refused(office, duty):
    with pytest.raises(ValidationError, match="one year ahead"):
        ask(office, duty, dt.date(2027, 3, 8))
    with pytest.raises(ValidationError, match="one year ahead"):
        ask(office, duty, dt.date(2199, 3, 8))
    extension = ask(office, duty, dt.date(2027, 3, 1))
    with pytest.raises(ValidationError, match="one year ahead"):
        decide(extension, "grant", office.people["clerk"], due_on=dt.date(2030, 3, 4))


def test_the_page_of_a_far_deadline_stays_light(office, duty, client):
    Duty.objects.update(due_on=dt.date(2199, 12, 31))
    client.force_login(office.people["clerk"])
    page = client.get(reverse("duty", args=[duty.pk])).content
    assert len(page) < 500_000
    assert "are not shown" in page.decode()


def test_refused_the_old_day_stands_and_the_owner_hears_why(office, duty):
    extension = ask(office, duty)
    with pytest.raises(ValidationError, match="reason"):
        decide(extension, "refuse", office.people["clerk"])
    decide(extension, "refuse", office.people["clerk"], "时限已足")
    duty.refresh_from_db()
    assert duty.due_on == dt.date(2026, 3, 11)
    notice = Notice.objects.get(code="extension_refused", person=liaison(office))
    assert notice.params["reason"] == "时限已足"
    assert ask(office, duty).state == "asked"  # it may be asked again


@pytest.mark.parametrize("giver", ["deputy", "director"])
def test_what_a_leader_assigned_that_leader_decides_and_nobody_else(office, clock, giver):
    document = office.step(office.proposed(giver), "instruct", giver, "同意", **office.assignment())
    extension = ask(office, document.main_duty)
    others = {"clerk", "clerk2", "director", "leader", "deputy", "deputy2"} - {giver}
    for login in others:
        with pytest.raises(PermissionDenied):
            decide(extension, "grant", office.people[login], due_on=NEW)
        assert not any(
            row.url.startswith("/duties/") for row in inbox.waiting(office.people[login])[0]
        )
    assert [row.url for row in inbox.waiting(office.people[giver])[0]] == [
        reverse("duty", args=[document.main_duty_id])
    ]
    assert Notice.objects.get(code="extension_asked").person == office.people[giver]
    assert decide(extension, "grant", office.people[giver], due_on=NEW).state == "granted"


def test_nobody_asks_for_anothers_duty(office, duty):
    for person in (office.liaison("finance"), office.people["clerk"], office.people["leader"]):
        with pytest.raises(PermissionDenied):
            extensions.ask_for_extension(duty, person=person, reason="x", due_on=NEW)


def test_too_late_is_refused_with_what_to_do_instead(office, duty, clock):
    clock.move_to(shanghai(2026, 3, 11, 23, 59))
    assert ask(office, duty).state == "asked"
    Extension.objects.all().delete()
    clock.move_to(shanghai(2026, 3, 12, 0, 1))
    with pytest.raises(ValidationError, match="Hand in what there is"):
        ask(office, duty)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (dt.date(2026, 3, 11), "after the present"),
        (dt.date(2026, 3, 10), "after the present"),
        (dt.date(2026, 3, 14), "day off"),
        (None, "Name the new day"),
    ],
)
def test_a_day_that_cannot_be_is_refused(office, duty, day, words):
    with pytest.raises((ValidationError, TypeError), match=words):
        ask(office, duty, due_on=day)
    assert not Extension.objects.exists()


def test_one_question_at_a_time_and_it_can_be_withdrawn(office, duty):
    extension = ask(office, duty)
    with pytest.raises(ValidationError, match="already"):
        ask(office, duty)
    decide(extension, "withdraw", liaison(office))
    assert not Notice.objects.alive().filter(code="extension_asked").exists()
    assert ask(office, duty).state == "asked"


@pytest.mark.parametrize("end", ["submit_reply", "recall", "add_co_handlers"])
def test_a_question_ends_with_its_duty_and_its_notices_too(office, duty, client, end):
    extension = ask(office, duty)
    if end == "submit_reply":
        part = office.step(office.part(duty.subject), "accept", liaison(office))
        office.step(part, end, liaison(office), reply="情况如下")
    else:
        more = {"co_handlers": [office.unit("finance")]}
        office.step(duty.subject, end, opinion="调整", **more)
    extension.refresh_from_db()
    assert extension.state == "withdrawn"
    last = workflow.trail(extension).last()
    assert (last.action, last.cause.action) == ("lapse", end)
    assert not Notice.objects.alive().filter(code="extension_asked").exists()
    client.force_login(office.people["clerk"])
    page = client.get(reverse("duty", args=[duty.pk])).content.decode()
    assert "nothing is owed any more" in page
    assert reverse("extension_step", args=[extension.pk, "grant"]) not in page


def test_what_was_handed_in_or_closed_meanwhile_needs_no_later_day(office, duty):
    closed = {"submitted_at": None, "closed_at": SENT, "outcome": "met"}
    for done in ({"submitted_at": SENT}, closed):
        Duty.objects.filter(pk=duty.pk).update(**done)  # the page still shows it running
        with pytest.raises(ValidationError, match="Nothing is owed"):
            ask(office, duty)


def test_once_handed_in_there_is_nothing_to_decide(office, duty):
    extension = ask(office, duty)
    part = office.step(office.part(duty.subject), "accept", liaison(office))
    office.step(part, "submit_reply", liaison(office), reply="情况如下")
    assert inbox.waiting(office.people["clerk"])[0][0].url != extension.get_absolute_url()
    with pytest.raises(workflow.Conflict):
        decide(extension, "grant", office.people["clerk"], due_on=NEW)
    with pytest.raises(PermissionDenied):
        ask(office, Duty.objects.get(pk=duty.pk))


def test_an_hour_stays_an_hour(office, clock):
    limit = shanghai(2026, 3, 6, 17)
    duty = office.transferred(at=SENT, limit_at=limit, urgency="urgent").main_duty
    with pytest.raises(ValidationError, match="after the present"):
        ask(office, duty, due_on=None, due_at=limit)
    later = limit + dt.timedelta(hours=1)
    decide(
        ask(office, duty, due_on=None, due_at=later), "grant", office.people["clerk"], due_at=later
    )
    duty.refresh_from_db()
    assert (duty.due_at, duty.due_on) == (later, later.date())


def test_in_the_pages(office, duty, client):
    client.force_login(liaison(office))
    page = reverse("duty", args=[duty.pk])
    url = reverse("extension_new", args=[duty.pk])
    assert url in client.get(page).content.decode()
    answer = client.post(url, {"due_on": "2026-03-14", "opinion": "周末核查"})
    assert answer.status_code == 422
    assert "周末核查" in answer.content.decode()
    assert client.post(url, {"due_on": "2026-03-18", "opinion": "周末核查"}).status_code == 302
    extension = Extension.objects.get()
    client.force_login(office.people["clerk"])
    home = client.get("/").content.decode()
    assert page in home
    step = reverse("extension_step", args=[extension.pk, "grant"])
    assert "2026-03-18" in client.get(step).content.decode()
    typed = {"due_on": "2026-03-18", "opinion": "", "seen": extension.content_digest()}
    assert client.post(step, typed).status_code == 302
    assert client.post(step, typed, follow=True).status_code == 200
    answer = client.get(page)
    assert "Granted" in answer.content.decode()


def test_urged_in_words_each_handler_once_and_counted(office, duty, clock):
    other = office.transferred("finance", co=("health",)).main_duty
    clerk = office.people["clerk"]
    urging.urge(person=clerk, duties=[duty, other], word="请今日报送。")
    urging.urge(person=clerk, duties=[duty], word="再催。")
    told = Notice.objects.filter(code="urged").values_list("person__username", flat=True)
    finance = [office.liaison("finance").username, "member1"]  # and the head of the bureau
    assert sorted(told) == sorted([liaison(office).username, "head4"] * 2 + finance)
    assert urging.counts([duty, other]) == {duty.pk: 2, other.pk: 1}
    rows = urging.by_organisation(clerk, SENT)
    assert [(row["organisation"].key, row["times"], row["duties"]) for row in rows] == [
        ("market_regulation", 2, 1),
        ("finance", 1, 1),
    ]


def test_only_what_is_owed_is_urged_and_only_by_the_office_or_who_assigned(office, duty):
    for person in (office.people["leader"], liaison(office), office.people["supervisor"]):
        with pytest.raises(PermissionDenied):
            urging.urge(person=person, duties=[duty], word="催")
    with pytest.raises(ValidationError, match="what you want to say"):
        urging.urge(person=office.people["clerk"], duties=[duty], word="  ")
    with pytest.raises(ValidationError, match="at least one"):
        urging.urge(person=office.people["clerk"], duties=[], word="催")
    office.step(duty.subject, "recall", opinion="转错")
    with pytest.raises(ValidationError, match="Nothing is owed"):
        urging.urge(person=office.people["clerk"], duties=[duty], word="催")
    assert not Urging.objects.exists()


def test_a_leader_urges_what_that_leader_assigned(office, clock):
    document = office.step(
        office.proposed("deputy"), "instruct", "deputy", "同意", **office.assignment()
    )
    done = urging.urge(person=office.people["deputy"], duties=[document.main_duty], word="抓紧")
    assert done[0].urged_under.seat == office.seat("deputy")


def test_the_page_of_duties_urges_many_and_keeps_what_was_typed(office, duty, client):
    other = office.transferred("finance").main_duty
    client.force_login(office.people["clerk"])
    ticked = {"duties": [duty.pk, other.pk]}
    answer = client.post(reverse("urge"), ticked | {"word": ""})
    assert answer.status_code == 422
    assert answer.content.decode().count("checked") == 2
    answer = client.post(reverse("urge"), ticked | {"word": "请抓紧"}, follow=True)
    page = answer.content.decode()
    assert "Urged: 2 duties." in page
    assert page.count("urged 1 time") == 2
    assert "请抓紧" in client.get(reverse("duty", args=[duty.pk])).content.decode()
    assert client.get(reverse("urged")).status_code == 200


def test_the_supervision_group_urges_what_is_late_and_nothing_else(office, client):
    with time_machine.travel(SENT, tick=False):
        duty = office.transferred(at=SENT).main_duty
        with pytest.raises(PermissionDenied):
            urging.urge(person=office.people["supervisor"], duties=[duty], word="催")
    late = office.transferred(at=SENT).main_duty
    done = urging.urge(person=office.people["supervisor"], duties=[late], word="请说明原因。")
    assert done[0].urged_under.seat.post == "supervisor"
    client.force_login(office.people["clerk"])
    page = client.get(reverse("urged"), {"unit": late.organisation_id}).content.decode()
    assert "请说明原因。" in page
    client.force_login(office.liaison("health"))
    page = client.get(reverse("urged"), {"unit": late.organisation_id}).content.decode()
    assert "请说明原因。" not in page


def test_the_page_of_a_deadline_keeps_within_its_queries(
    office, client, today, django_assert_max_num_queries
):
    duty = office.transferred().main_duty
    for login in ("liaison1", office.liaison("market_regulation").username):
        delegations.enter_absence(
            person=office.people["clerk"], absent=office.people[login], since=today, until=today
        )
    client.force_login(office.people["clerk"])
    client.get(reverse("duty", args=[duty.pk]))
    with django_assert_max_num_queries(13):  # one more while somebody in the unit is away
        page = client.get(reverse("duty", args=[duty.pk])).content.decode()
    assert "is away until" in page


def test_who_hears_of_an_hour_hears_the_hour(office):
    limit = shanghai(2026, 3, 13, 17)
    with time_machine.travel(SENT, tick=False):
        duty = office.transferred(at=SENT, limit_at=limit, urgency="urgent").main_duty
        assigned = Notice.objects.get(code="assigned", person=liaison(office))
        assert "Fri 13 Mar 2026 17:00" in text_of(assigned)
        later = shanghai(2026, 3, 16, 10, 30)
        asked = extensions.ask_for_extension(
            duty, person=liaison(office), reason="核查", due_at=later
        )
        question = Notice.objects.filter(code="extension_asked").first()
        assert "Mon 16 Mar 2026 10:30" in text_of(question)
        clerk = office.people["clerk"]
        workflow.advance(asked, "grant", person=clerk, data={"due_at": later})
    granted = Notice.objects.get(code="extension_granted", person=liaison(office))
    assert "Mon 16 Mar 2026 10:30" in text_of(granted)


def test_a_day_granted_after_a_refusal_is_not_called_refused(office, client):
    clerk = office.people["clerk"]
    with time_machine.travel(SENT, tick=False):
        duty = office.transferred(at=SENT).main_duty
        days = [calendars.current().add(duty.due_on, n) for n in (2, 4)]
        for day, action in zip(days, ("refuse", "grant"), strict=True):
            asked = extensions.ask_for_extension(
                duty, person=liaison(office), reason="核查", due_on=day
            )
            workflow.advance(asked, action, person=clerk, opinion="另议", data={"due_on": day})
        assert not Duty.objects.noting_refusals().get(pk=duty.pk).refused
        document = office.step(
            duty.subject, "add_co_handlers", opinion="会办", co_handlers=[office.unit("finance")]
        )
        client.force_login(clerk)
        page = client.get(document.get_absolute_url()).content.decode()
    assert page.count("Grant the extension") == 1  # the history stays with the matter
    assert "extension refused" not in page
