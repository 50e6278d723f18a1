"""Worker, mail host and queue are killed or stopped for real: nothing is lost, nobody waits.

DEATHS=50 kills the worker fifty times over a run of 1,000 reminders, and waits for the lease of
the last one in real time; by default a smaller run is killed twice and the lease is moved on.
"""

import datetime as dt
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager

import pytest
import redis
from aiosmtpd.controller import Controller
from django.conf import settings as django_settings
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.utils import timezone

from coordination import calendars, jobs, tasks
from coordination.models import (
    Appointment,
    CalendarDay,
    Decision,
    Duty,
    Enclosure,
    HolidayNotice,
    Job,
    Message,
    Notice,
    Person,
    QuietHours,
    Seat,
    Unit,
)
from documents.models import IncomingDocument
from tests.browser.conftest import eventually
from tests.conftest import ROOT

pytestmark = pytest.mark.browser
DEATHS = int(os.environ.get("DEATHS", "2"))
REMINDED = 1000 if DEATHS > 10 else 60
TIMEOUT = 2  # seconds the worker waits for a mail host
QUICK = 2.0  # seconds a request may take on a busy machine; a dead host would cost 5 to 20


def free_port():
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Post:
    """A mail host's inbox: the ids of what it took, and a pause over each."""

    def __init__(self, pause=0.0):
        self.taken, self.pause = [], pause

    async def handle_DATA(self, server, session, envelope):
        text = envelope.content.decode("utf-8", "replace")
        lines = [line for line in text.splitlines() if line.lower().startswith("message-id:")]
        self.taken.append(lines[0].split(":", 1)[1].strip())
        time.sleep(self.pause)
        return "250 OK"


@contextmanager
def mail_host(pause=0.0):
    """A real SMTP server on a free port of this machine."""
    post = Post(pause)
    post.port = free_port()
    controller = Controller(post, hostname="127.0.0.1", port=post.port)
    controller.start()
    yield post
    controller.stop()


@contextmanager
def worker_with(port):
    """A real Celery worker that mails to `port`, in a process group of its own."""
    url = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{connection.settings_dict['NAME']}"
    env = os.environ | {"DATABASE_URL": url, "EMAIL_URL": f"smtp://127.0.0.1:{port}"}
    env |= {"EMAIL_TIMEOUT": str(TIMEOUT)}
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--concurrency", "1"]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=quiet, stderr=quiet, start_new_session=True
    )
    try:
        yield process
    finally:
        with_group(process, signal.SIGKILL)
        process.wait(20)


def with_group(process, what):
    """Signal the worker and its child."""
    try:
        os.killpg(process.pid, what)
    except ProcessLookupError:
        return


def a_working_morning():
    """Today is worked and nobody is asleep, whatever day and hour the tests run on."""
    today = timezone.localdate()
    if not calendars.current().is_workday(today):
        notice = HolidayNotice.objects.create(
            number="test", title="test", year=today.year, published_on=today, digest="0"
        )
        CalendarDay.objects.create(day=today, works=True, notice=notice)
    QuietHours.objects.bulk_create(
        QuietHours(person=person, since=dt.time(), until=dt.time(), days_off=False)
        for person in Person.objects.all()
    )
    return today


def many_owe_today(document, count):
    """`count` units with a liaison each, and a duty of each that is due today."""
    names = [f"测试单位{n}" for n in range(count)]
    groups = Group.objects.bulk_create(Group(name=f"test-{n}") for n in range(count))
    decision, since = Decision.objects.first(), dt.date(2020, 3, 2)
    duties = []
    for n, (name, group) in enumerate(zip(names, groups, strict=True)):
        unit = Unit.objects.create(
            key=f"test{n}", kind="department", name=name, short_name=name, group=group
        )
        seat = Seat.objects.create(organisation=unit, post="unit_liaison")
        person = Person.objects.create(username=f"t{n}", name=name, email=f"t{n}@example.org")
        Appointment.objects.create(seat=seat, person=person, since=since, decision=decision)
        duties.append(
            Duty(
                organisation=unit,
                kind=Duty.Kind.COMPLETE,
                content_type=ContentType.objects.get_for_model(IncomingDocument),
                object_id=document.pk,
                title=name,
                cites="B16",
                started_at=timezone.now() - dt.timedelta(days=12),
                working_days=7,
                due_on=timezone.localdate(),
            )
        )
    Duty.objects.bulk_create(duties)


def beat():
    """What beat sends, more often."""
    tasks.remind.delay()
    tasks.deliver_notices.delay()


def standing():
    """What changes as a worker gets on."""
    return (
        Notice.objects.count(),
        Message.objects.count(),
        Message.objects.filter(status="sent").count(),
    )


def kill_in_the_middle(port):
    """Start a worker, let it begin something, and kill it with no warning."""
    before = standing()
    with worker_with(port):
        end = time.monotonic() + 12
        while standing() == before and time.monotonic() < end:
            beat()
            time.sleep(0.25)
        time.sleep(random.uniform(0, 0.3))


def test_a_worker_killed_again_and_again_loses_and_doubles_nothing(office):
    document = office.register()
    Notice.objects.all().delete()
    many_owe_today(document, REMINDED)
    a_working_morning()
    with mail_host(pause=0.02) as post:
        for _ in range(DEATHS):
            kill_in_the_middle(post.port)
        if DEATHS <= 10:
            later = Message.objects.filter(status="waiting", next_at__gt=timezone.now())
            later.filter(digest=False).update(next_at=timezone.now())
        with worker_with(post.port):
            eventually(everything_is_mailed, seconds=300)
        taken = Counter(post.taken)
    reminded = Notice.objects.filter(code="due_today", duty__title__startswith="测试单位")
    assert reminded.count() == REMINDED
    assert reminded.values("duty").distinct().count() == REMINDED
    enclosed = Counter(Enclosure.objects.values_list("notice_id", flat=True))
    assert max(enclosed.values()) == 1
    assert len(enclosed) == Notice.objects.count()
    ids = {f"<message-{pk}@localhost>" for pk in Message.objects.values_list("pk", flat=True)}
    assert ids == set(taken)
    twice = sum(taken.values()) - len(taken)
    assert twice <= DEATHS  # a death costs at most the one message it was over


def everything_is_mailed():
    """All reminders are written and all that may go now is sent."""
    beat()
    time.sleep(1)
    return (
        Notice.objects.filter(code="due_today").count() >= REMINDED
        and not Notice.objects.unsorted().exists()
        and not Message.objects.waiting().exists()
    )


def timed(act):
    """How many seconds `act` takes, and what it returns."""
    started = time.monotonic()
    result = act()
    return time.monotonic() - started, result


def test_a_stopped_queue_costs_no_request_anything_and_loses_no_job(office):
    clerk = Client(headers={"accept-language": "en"})
    clerk.force_login(office.people["clerk"])
    document = office.register()
    queue = redis.from_url(django_settings.REDIS_URL)
    pid = queue.info()["process_id"]
    queue.close()
    sheet = f"/incoming/{document.pk}/sheet/"
    os.kill(pid, signal.SIGSTOP)
    try:
        took = [timed(lambda: clerk.post(sheet)) for _ in range(3)]
    finally:
        os.kill(pid, signal.SIGCONT)
    assert [answer.status_code for _, answer in took] == [302] * 3
    assert max(seconds for seconds, _ in took) < QUICK
    assert Job.objects.filter(status="queued").count() == 3
    Job.objects.update(created_at=timezone.now() - dt.timedelta(minutes=1))
    with mail_host() as post, worker_with(post.port):
        eventually(everything_is_done, seconds=40)
    assert Job.objects.filter(status="done", attempts=1).count() == 3


def everything_is_done():
    """Have the sweeper look, as beat does, until no job is left."""
    tasks.sweep_jobs.delay()
    time.sleep(0.5)
    return not Job.objects.filter(status__in=["queued", "running"]).exists()


def test_a_stopped_mail_host_costs_no_request_anything_and_loses_no_mail(office):
    a_working_morning()
    port = free_port()
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}"]
    host = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        eventually(lambda: answers(port))
        os.kill(host.pid, signal.SIGSTOP)
        document = office.reviewed()
        clerk = Client(headers={"accept-language": "en"})
        clerk.force_login(office.people["clerk"])
        with worker_with(port):
            lead = office.unit("finance").pk
            page = clerk.get(f"/incoming/{document.pk}/transfer/")
            form = {"lead": lead, "seen": page.context["form"]["seen"].value()}
            seconds, answer = timed(lambda: clerk.post(f"/incoming/{document.pk}/transfer/", form))
            assert answer.status_code == 302, answer.content.decode()[:2000]
            assert seconds < QUICK
            eventually(is_bundled, seconds=60)
            time.sleep(2.5 * TIMEOUT)  # the worker meets the silent host more than once
            assert set(Message.objects.values_list("status", "attempts")) == {("waiting", 0)}
            assert max(timed(lambda: clerk.get("/"))[0] for _ in range(5)) < QUICK
            os.kill(host.pid, signal.SIGCONT)
            eventually(is_sent, seconds=60)
    finally:
        host.kill()
        host.wait(10)


def answers(port):
    """Whether somebody listens on `port`."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_bundled():
    """The notice is in a message, ready to go."""
    tasks.deliver_notices.delay()
    time.sleep(0.5)
    return Message.objects.exists()


def is_sent():
    """The minute's pause is moved on, and the message goes."""
    Message.objects.waiting().filter(digest=False).update(next_at=timezone.now())
    tasks.deliver_notices.delay()
    time.sleep(1)
    return Message.objects.filter(status="sent").exists() and not (
        Message.objects.waiting().filter(digest=False).exists()
    )


def test_a_queue_that_was_away_is_asked_again_after_a_while(monkeypatch):
    asked = []
    monkeypatch.setattr(tasks.run_job, "apply_async", lambda args, retry: asked.append(args))
    monkeypatch.setitem(jobs._rest, "until", time.monotonic() + 60)
    jobs._send(1)
    assert asked == []
    monkeypatch.setitem(jobs._rest, "until", 0.0)
    jobs._send(2)
    assert asked == [[2]]
