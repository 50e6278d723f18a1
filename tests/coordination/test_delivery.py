"""Mail for notices: swept from the table, once each, nothing lost when the mail host is away."""

import smtplib

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from coordination import delivery
from coordination.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def notices(office):
    office.transferred("finance", co=("health",))
    return Notice.objects.undelivered()


def test_each_notice_is_mailed_once_with_a_stable_id(notices, settings):
    settings.SITE_URL = "https://office.example"
    settings.DEFAULT_FROM_EMAIL = "Office <office@qidong.example>"
    owed = notices.count()
    assert owed == 2
    assert delivery.deliver() == 2
    assert delivery.deliver() == 0
    ids = {message.extra_headers["Message-ID"] for message in mail.outbox}
    assert ids == {
        f"<notice-{pk}@qidong.example>" for pk in Notice.objects.values_list("pk", flat=True)
    }
    assert "https://office.example/incoming/" in mail.outbox[0].body


def test_a_dead_mail_host_costs_no_notice_an_attempt(notices, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert delivery.deliver() == 0
    assert set(Notice.objects.values_list("attempts", flat=True)) == {0}
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert delivery.deliver() == 2


def test_a_refused_address_is_tried_again_and_given_up_in_the_end(notices, monkeypatch):
    def refuse(self, messages):
        raise smtplib.SMTPRecipientsRefused({"x": (550, b"no such user")})

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    start = timezone.now()
    for attempt in range(delivery.MAX_ATTEMPTS):
        with time_machine.travel(start + delivery.REST * 1.1 * attempt, tick=False):
            assert delivery.deliver() == 0
    row = Notice.objects.first()
    assert row.attempts == delivery.MAX_ATTEMPTS
    assert row.gave_up_at
    assert "550" in row.last_error
    assert not Notice.objects.undelivered().exists()


def test_a_notice_whose_cause_is_gone_is_not_mailed(notices):
    Notice.objects.update(ended_at=timezone.now())
    assert delivery.deliver() == 0
    assert mail.outbox == []


def test_people_without_an_address_are_owed_nothing(notices, office):
    liaison = office.liaison("finance")
    liaison.email = ""
    liaison.save()
    delivery.deliver()
    assert len(mail.outbox) == 1
    assert not Notice.objects.undelivered().exists()


def test_the_mail_speaks_the_readers_language(notices, office):
    liaison = office.liaison("finance")
    liaison.language = "zh-hans"
    liaison.save()
    delivery.deliver()
    text = next(m.body for m in mail.outbox if m.to == [liaison.email])
    assert "市财政局" in text
    assert "Assigned" not in text
