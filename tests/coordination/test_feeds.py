"""The personal calendar: a secret, revocable address that shows what its person may see."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from coordination import extensions, feeds, workflow
from coordination.models import AuditEntry, FeedKey
from tests.conftest import shanghai

pytestmark = pytest.mark.django_db
SENT = shanghai(2026, 3, 2, 10)  # due Wed 11 March 2026


def events(person):
    found = Calendar.from_ical(feeds.calendar_of(person)).walk("VEVENT")
    return {str(e["uid"]): (e.decoded("dtstart"), int(e["sequence"])) for e in found}


def test_duties_are_whole_days_or_hours_and_move_with_their_due_dates(office):
    liaison = office.liaison("market_regulation")
    with time_machine.travel(SENT, tick=False):
        duty = office.transferred(at=SENT).main_duty
        limit = shanghai(2026, 3, 6, 17)
        urgent = office.transferred(at=SENT, limit_at=limit, urgency="urgent").main_duty
        before = events(liaison)
        assert before[f"duty-{duty.pk}@coordination-group"][0] == dt.date(2026, 3, 11)
        assert before[f"duty-{urgent.pk}@coordination-group"][0] == limit
        new = dt.date(2026, 3, 18)
        asked = extensions.ask_for_extension(duty, person=liaison, reason="核查", due_on=new)
        workflow.advance(asked, "grant", person=office.people["clerk"], data={"due_on": new})
        day, sequence = events(liaison)[f"duty-{duty.pk}@coordination-group"]
        assert day == new
        assert sequence > before[f"duty-{duty.pk}@coordination-group"][1]
        assert events(office.liaison("finance")) == {}


def test_the_text_is_as_rfc_5545_wants_it(office):
    title = "关于，分号；和\n换行的" + "很长的标题" * 30
    office.transferred(title=title)
    text = feeds.calendar_of(office.liaison("market_regulation"))
    assert text.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    assert b"\n" not in text.replace(b"\r\n", b"")


def test_a_secret_opens_one_calendar_until_it_is_renewed_or_revoked(office, client):
    liaison = office.liaison("market_regulation")
    office.transferred()
    secret = feeds.renew(liaison)
    assert not FeedKey.objects.filter(digest=secret).exists()  # only its digest is kept
    url = reverse("feed_file", args=[secret])
    answer = client.get(url)
    assert answer["Content-Type"].startswith("text/calendar")
    assert b"BEGIN:VEVENT" in answer.content
    again = feeds.renew(liaison)
    assert client.get(url).status_code == 404
    url = reverse("feed_file", args=[again])
    assert client.get(url).status_code == 200
    liaison.is_active = False
    liaison.save()
    assert client.get(url).status_code == 404
    liaison.is_active = True
    liaison.save()
    assert feeds.revoke(liaison) == 1
    assert client.get(url).status_code == 404
    assert client.get(reverse("feed_file", args=["x" * 43])).status_code == 404
    assert AuditEntry.objects.filter(event__startswith="feed_").count() == 4


def test_the_address_is_the_product_s_own_whatever_host_the_request_names(office, client, settings):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://office.example", ["*"]
    client.force_login(office.liaison("market_regulation"))
    page = client.post(reverse("feed"), headers={"host": "other.example"}).content.decode()
    assert "https://office.example/" in page
    assert "other.example" not in page


def test_the_page_shows_the_address_once(office, client):
    client.force_login(office.liaison("finance"))
    url = reverse("feed")
    assert ".ics" not in client.get(url).content.decode()
    assert ".ics" in client.post(url).content.decode()
    assert ".ics" not in client.get(url).content.decode()
    client.post(url, {"revoke": 1})
    assert feeds.current(office.liaison("finance")) is None


def test_it_is_personal_what_others_owe_is_not_in_it(office):
    office.transferred()
    laid = office.proposed("director")
    assert events(office.people["clerk"]) == {}
    assert events(office.people["supervisor"]) == {}
    found = Calendar.from_ical(feeds.calendar_of(office.people["director"])).walk("VEVENT")
    assert [str(event["url"]) for event in found] == [
        f"http://127.0.0.1:8000{laid.get_absolute_url()}"
    ]
    assert found[0].decoded("dtstart") == timezone.localdate()


def test_it_speaks_the_language_its_person_chose(office, client):
    liaison = office.liaison("market_regulation")
    office.transferred()
    client.force_login(liaison)
    client.post(reverse("set_language"), {"language": "zh-hans"})
    liaison.refresh_from_db()
    assert "办结".encode() in feeds.calendar_of(liaison)
    client.post(reverse("set_language"), {"language": "xx"})
    liaison.refresh_from_db()
    assert liaison.language == "zh-hans"
