"""What each person chose, quiet hours, the signed messenger, and what the Office sees to."""

import datetime as dt
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from coordination import bundling, calendars, channels, delivery, notices, undeliverable, webhook
from coordination.channels import Quiet
from coordination.models import (
    AuditEntry,
    Channel,
    Enclosure,
    Event,
    Message,
    Messenger,
    Notice,
    Timing,
)
from coordination.notices_data import calendar_from, load
from tests.conftest import shanghai

CALENDAR = calendar_from(load(calendars.SHIPPED))
SENT = shanghai(2026, 3, 2, 10)
SECRET = "between the two of us"
hours = st.times().map(lambda t: t.replace(second=0, microsecond=0))
moments = st.integers(0, 6 * 365 * 24 * 60).map(
    lambda minutes: shanghai(2020, 1, 1) + dt.timedelta(minutes=minutes)
)


def test_every_notice_belongs_to_one_event_people_can_choose_about():
    assert set(channels.EVENT_OF) == set(notices.MESSAGES)
    assert sum(map(len, channels.EVENTS.values())) == len(channels.EVENT_OF)
    assert set(channels.DEFAULTS) == set(channels.EVENTS) == set(Event)


@given(moments, hours, hours, st.booleans())
def test_quiet_ends_at_the_first_moment_that_is_not_quiet(now, since, until, days_off):
    quiet = Quiet(since, until, days_off)
    end = quiet.end(now, CALENDAR)
    assert end >= now
    assert not quiet.covers(end, CALENDAR)
    step = now  # nothing before it was free: every quarter of an hour asked
    while step < min(end, now + dt.timedelta(days=2)):
        assert quiet.covers(step, CALENDAR), step
        step += dt.timedelta(minutes=15)


@given(moments)
def test_the_digest_comes_on_the_next_working_morning(now):
    moment = channels.next_digest(now, CALENDAR)
    assert moment > now
    assert moment.time() == channels.DIGEST_AT
    assert CALENDAR.is_workday(moment.date())
    assert CALENDAR.between(now.date(), moment.date()) <= 1


class Inbox(HTTPServer):
    """A messenger of the tests' own: keeps what it is sent, answers what it is told to."""

    def __init__(self):
        self.calls, self.status = [], 200
        super().__init__(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server_port}/hook?room=1"


class Answer(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", self.server.url)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        """Say nothing on the terminal."""


@pytest.fixture
def inbox(settings):
    server = Inbox()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.WEBHOOK_ALLOWED = [f"http://127.0.0.1:{server.server_port}"]
    settings.WEBHOOK_SECRET = SECRET
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def connected(office, inbox):
    """The messenger is set, and one notice to the finance bureau has settled."""
    undeliverable.set_messenger(inbox.url, person=office.people["secadmin"])
    with time_machine.travel(SENT, tick=False) as clock:
        office.transferred("finance", at=SENT)
        clock.shift(bundling.SETTLE)
        yield clock


@pytest.mark.django_db
@pytest.mark.usefixtures("liaisons_alone")
def test_the_messenger_gets_signed_calls(connected, inbox, office):
    assert delivery.deliver() == 2  # one by mail, one by messenger
    [(path, headers, body)] = inbox.calls
    assert path == "/hook?room=1"
    timestamp = headers["X-Timestamp"]
    expected = hmac.new(SECRET.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
    assert hmac.compare_digest(headers["X-Signature"], expected.hexdigest())
    content = json.loads(body)
    assert content["to"]["login"] == office.liaison("finance").username
    assert "/incoming/" in content["text"]
    message = Message.objects.get(channel=Channel.MESSENGER)
    assert headers["X-Message-Id"].startswith(f"message-{message.pk}@")
    assert delivery.deliver() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "attempts", "left"), [(503, 0, "waiting"), (400, 1, "waiting"), (302, 1, "waiting")]
)
@pytest.mark.usefixtures("liaisons_alone")
def test_a_messenger_in_trouble_costs_nothing_and_a_redirect_is_not_followed(
    connected, inbox, status, attempts, left
):
    inbox.status = status
    assert delivery.deliver() == 1  # the mail
    message = Message.objects.get(channel=Channel.MESSENGER)
    assert (message.attempts, message.status, len(inbox.calls)) == (attempts, left, 1)
    inbox.status = 204
    connected.shift(delivery.REST)
    assert delivery.deliver() == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("liaisons_alone")
def test_a_messenger_that_is_switched_off_leaves_nothing_waiting(connected, inbox, office):
    bundling.collect(timezone.now())
    undeliverable.set_messenger("", person=office.people["secadmin"])
    assert delivery.deliver() == 1
    assert Message.objects.get(channel=Channel.MESSENGER).status == "needless"
    assert inbox.calls == []


def test_an_address_in_chinese_is_called_as_addresses_are_written(inbox):
    webhook.post(f"http://127.0.0.1:{inbox.server_port}/消息?群=一", "x", {"text": "试"})
    [(path, _headers, _body)] = inbox.calls
    assert path == "/%E6%B6%88%E6%81%AF?%E7%BE%A4=%E4%B8%80"


def test_only_allowed_addresses_are_called(settings, inbox):
    port = inbox.server_port
    for url in (
        f"http://127.0.0.1:{port + 1}/",
        f"https://127.0.0.1:{port}/",
        f"http://user:word@127.0.0.1:{port}/",
        f"http://127.0.0.1:{port}@evil.example/",
        f"http://127.0.0.1:{port}.evil.example/",
        "file:///etc/passwd",
        "http://[",
    ):
        assert not webhook.allowed(url)
        with pytest.raises(webhook.Refused):
            webhook.post(url, "x", {})
    assert webhook.allowed(f"http://127.0.0.1:{port}/any/path")
    settings.WEBHOOK_SECRET = ""
    with pytest.raises(webhook.Refused):
        webhook.post(inbox.url, "x", {})
    assert inbox.calls == []


@pytest.mark.django_db
def test_the_security_officer_sets_and_tries_the_messenger(office, client, inbox):
    client.force_login(office.people["secadmin"])
    url = reverse("messenger")
    answer = client.post(url, {"url": "https://elsewhere.example/"})
    assert answer.status_code == 422
    assert "WEBHOOK_ALLOWED" in answer.content.decode()
    assert client.post(url, {"url": inbox.url, "test": "1"}).status_code == 200
    assert len(inbox.calls) == 1
    assert not Messenger.objects.exists()  # a trial sets nothing
    inbox.status = 500
    answer = client.post(url, {"url": inbox.url, "test": "1"})
    assert answer.status_code == 422
    assert "HTTP 500" in answer.content.decode()
    assert client.post(url, {"url": inbox.url}).status_code == 302
    assert channels.messenger() == inbox.url
    assert AuditEntry.objects.filter(event="messenger_set").count() == 1
    with pytest.raises(PermissionDenied):
        undeliverable.set_messenger("", person=office.people["clerk"])


@pytest.mark.django_db
def test_a_person_chooses_by_event_and_channel(office, client):
    liaison = office.liaison("finance")
    client.force_login(liaison)
    url = reverse("preferences")
    page = client.get(url)
    assert page.status_code == 200
    assert "messenger" not in page.content.decode()  # there is none
    form = page.context["form"]
    data = {name: form[name].value() for name in form.fields}
    data |= {
        "work_mail": "digest",
        "quiet_since": "22:00",
        "quiet_until": "06:00",
        "quiet_days_off": "",
        "email": "new@example.org",
        "phone": "0513-83210000",
    }
    assert client.post(url, data).status_code == 302
    chosen = channels.chosen(liaison)
    assert chosen[Event.WORK, Channel.MAIL] == Timing.DIGEST
    assert chosen[Event.FILES, Channel.MAIL] == Timing.NEVER
    assert channels.quiet_of(liaison) == Quiet(dt.time(22), dt.time(6), days_off=False)
    liaison.refresh_from_db()
    assert (liaison.email, liaison.phone) == ("new@example.org", "0513-83210000")
    assert AuditEntry.objects.filter(event="contact_changed").count() == 1
    bad = client.post(url, data | {"email": "nonsense", "quiet_since": "99"})
    assert bad.status_code == 422
    assert 'value="nonsense"' in bad.content.decode()
    liaison.refresh_from_db()
    assert liaison.email == "new@example.org"


@pytest.mark.django_db
@pytest.mark.usefixtures("liaisons_alone")
def test_the_office_sees_to_what_could_not_be_delivered(office, client, monkeypatch):
    office.transferred("finance", co=("health", "justice"))
    bundling.collect(timezone.now() + bundling.SETTLE)
    Message.objects.update(status="given_up", last_error="550 no such user", attempts=8)
    first, second, third = Message.objects.order_by("pk")
    nobody = office.liaison("civil_affairs")
    nobody.email = ""
    nobody.save()
    clerk = office.people["clerk"]
    client.force_login(clerk)
    assert "3 messages could not be delivered" in client.get("/").content.decode()
    page = client.get(reverse("undelivered")).content.decode()
    for text in ("550 no such user", office.liaison("finance").name, nobody.name):
        assert text in page
    assert client.post(reverse("message_again", args=[first.pk])).status_code == 302
    first.refresh_from_db()
    assert (first.status, first.attempts) == ("waiting", 0)
    url = reverse("message_settled", args=[second.pk])
    assert client.post(url, {"word": ""}).status_code == 422
    assert client.post(url, {"word": "电话告知"}).status_code == 302
    second.refresh_from_db()
    assert (second.status, second.word, second.settled_by) == ("settled", "电话告知", clerk)
    with pytest.raises(ValidationError):
        undeliverable.settle(second.pk, person=clerk, word="again")
    with pytest.raises(PermissionDenied):
        undeliverable.try_again(third.pk, person=office.liaison("finance"))
    assert "1 message could not be delivered" in client.get("/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("count", [2, 14])
def test_the_page_of_undelivered_messages_costs_the_same_for_many(
    office, client, count, django_assert_max_num_queries
):
    office.transferred("finance")
    for number in range(count):
        at = SENT + dt.timedelta(minutes=number)
        liaison = office.liaison(("finance", "health")[number % 2])
        message = Message.objects.create(
            person=liaison, channel="mail", status="given_up", created_at=at, next_at=at
        )
        notice = Notice.objects.create(
            key=f"test:{number}",
            person=liaison,
            code="job_done",
            params={"title": "x"},
            created_at=at,
        )
        Enclosure.objects.create(notice=notice, message=message, channel="mail")
    client.force_login(office.people["clerk"])
    client.get(reverse("undelivered"))
    with django_assert_max_num_queries(10):
        page = client.get(reverse("undelivered")).content.decode()
    assert page.count("Send again") == count
