"""Messages leave the product: once each, bundled, nothing lost when a host is away."""

import smtplib

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from coordination import bundling, channels, delivery, notices
from coordination.models import Enclosure, Message, Notice, QuietHours
from tests.conftest import shanghai

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("liaisons_alone")]
SENT = shanghai(2026, 3, 2, 10)  # a Monday
LOCMEM = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def owed(office):
    """Two notices to two liaisons, and the clock when they have settled."""
    with time_machine.travel(SENT, tick=False) as clock:
        office.transferred("finance", at=SENT, co=("health",))
        clock.shift(bundling.SETTLE)
        yield clock


def statuses():
    return sorted(Message.objects.values_list("status", flat=True))


def test_each_notice_is_mailed_once_with_a_stable_id(owed, settings):
    settings.SITE_URL = "https://office.example"
    settings.DEFAULT_FROM_EMAIL = "Office <office@qidong.example>"
    assert Notice.objects.unsorted().count() == 2
    assert delivery.deliver() == 2
    assert delivery.deliver() == 0
    ids = {message.extra_headers["Message-ID"] for message in mail.outbox}
    assert ids == {
        f"<message-{pk}@qidong.example>" for pk in Message.objects.values_list("pk", flat=True)
    }
    assert "https://office.example/incoming/" in mail.outbox[0].body
    assert statuses() == ["sent", "sent"]


def test_one_act_is_one_message_however_many_notices(owed, office):
    for _ in range(6):
        office.transferred("finance", at=SENT, co=("health",))
    owed.shift(bundling.SETTLE)
    assert delivery.deliver() == 2
    assert [len(m.body.split("\n\n")) for m in mail.outbox] == [8, 8]
    liaison = office.liaison("finance")
    [to_finance] = [m for m in mail.outbox if m.to == [liaison.email]]
    assert to_finance.subject.startswith("7")
    assert to_finance.body.count("/incoming/") == 7


def test_what_is_still_being_written_waits_but_not_for_ever(office):
    with time_machine.travel(SENT, tick=False) as clock:
        office.transferred("finance", at=SENT)
        clock.shift(bundling.SETTLE / 2)
        assert delivery.deliver() == 0
        while timezone.now() < SENT + bundling.LONGEST:
            office.transferred("finance", at=timezone.now())
            assert delivery.deliver() == 0
            clock.shift(bundling.SETTLE / 2)
        assert delivery.deliver() == 1


def test_a_host_that_is_away_costs_no_message_an_attempt(owed, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert delivery.deliver() == 0
    assert set(Message.objects.values_list("attempts", "status")) == {(0, "waiting")}
    settings.EMAIL_BACKEND = LOCMEM
    assert delivery.deliver() == 2


def test_a_host_that_goes_away_in_between_ends_the_run(owed, monkeypatch):
    def vanish(self, messages):
        raise smtplib.SMTPServerDisconnected("gone")

    with monkeypatch.context() as patch:
        patch.setattr(f"{LOCMEM}.send_messages", vanish)
        assert delivery.deliver() == 0
    assert set(Message.objects.values_list("attempts", flat=True)) == {0}
    assert delivery.deliver() == 1  # the one that met it rests for a minute
    owed.shift(delivery.PAUSE)
    assert delivery.deliver() == 1
    assert statuses() == ["sent", "sent"]


def test_a_refused_address_is_tried_again_and_given_up_in_the_end(owed, monkeypatch):
    def refuse(self, messages):
        raise smtplib.SMTPRecipientsRefused({"x": (550, b"no such user")})

    monkeypatch.setattr(f"{LOCMEM}.send_messages", refuse)
    for _ in range(delivery.MAX_ATTEMPTS):
        assert delivery.deliver() == 0
        owed.shift(delivery.REST)
    row = Message.objects.first()
    assert row.attempts == delivery.MAX_ATTEMPTS
    assert row.closed_at
    assert "550" in row.last_error
    assert statuses() == ["given_up", "given_up"]


def test_a_worker_that_died_over_a_message_is_followed_by_another_under_the_same_id(
    owed, monkeypatch
):
    sent = []

    def die(self, messages):
        sent.extend(m.extra_headers["Message-ID"] for m in messages)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(f"{LOCMEM}.send_messages", die)
        with pytest.raises(KeyboardInterrupt):
            delivery.deliver()
    assert delivery.deliver() == 1  # only the other: the first may still be on its way
    owed.shift(delivery.LEASE)
    assert delivery.deliver() == 1
    assert mail.outbox[-1].extra_headers["Message-ID"] == sent[0]


def test_what_is_past_is_not_mailed(owed):
    bundling.collect(timezone.now())
    Notice.objects.update(ended_at=timezone.now())
    assert delivery.deliver() == 0
    assert mail.outbox == []
    assert statuses() == ["needless", "needless"]


def test_people_without_an_address_are_owed_nothing(owed, office):
    liaison = office.liaison("finance")
    liaison.email = ""
    liaison.save()
    assert delivery.deliver() == 1
    assert not Notice.objects.unsorted().exists()


def test_the_mail_speaks_the_readers_language(owed, office):
    liaison = office.liaison("finance")
    liaison.language = "zh-hans"
    liaison.save()
    delivery.deliver()
    text = next(m.body for m in mail.outbox if m.to == [liaison.email])
    assert "市财政局" in text
    assert "Assigned" not in text


def test_quiet_hours_hold_a_message_back_until_morning(office):
    evening = shanghai(2026, 3, 6, 21)  # a Friday
    with time_machine.travel(evening, tick=False) as clock:
        office.transferred("finance", at=evening)
        clock.shift(bundling.SETTLE)
        assert delivery.deliver() == 0
        clock.move_to(shanghai(2026, 3, 9, 7, 29))
        assert delivery.deliver() == 0
        clock.move_to(shanghai(2026, 3, 9, 7, 30))
        assert delivery.deliver() == 1


def test_what_is_urgent_waits_for_no_morning(office):
    evening = shanghai(2026, 3, 6, 21)
    with time_machine.travel(evening, tick=False) as clock:
        office.transferred(
            "finance", at=evening, urgency="urgent", limit_at=shanghai(2026, 3, 7, 12)
        )
        clock.shift(bundling.SETTLE)
        assert delivery.deliver() == 1


def test_the_daily_digest_gathers_what_was_chosen_for_it(office):
    liaison = office.liaison("finance")
    chosen = dict.fromkeys([("work", "mail")], "digest")
    channels.choose(liaison, chosen, channels.Quiet())
    with time_machine.travel(SENT, tick=False) as clock:
        office.transferred("finance", at=SENT)
        clock.shift(bundling.SETTLE)
        assert delivery.deliver() == 0
        later = timezone.now()
        gone = office.transferred("finance", at=later).main_duty
        office.transferred("finance", at=later)
        clock.shift(bundling.SETTLE)
        assert delivery.deliver() == 0
        message = Message.objects.get()
        assert message.next_at == shanghai(2026, 3, 3, 8, 30)
        assert Enclosure.objects.filter(message=message).count() == 3
        notices.end(duty=gone)
        clock.move_to(shanghai(2026, 3, 3, 8, 30))
        assert delivery.deliver() == 1
    assert mail.outbox[0].subject in ("Daily digest: 2 notices", "每日摘要：2条提醒")


def test_a_digest_about_to_go_takes_in_nothing_more(office):
    liaison = office.liaison("finance")
    channels.choose(liaison, {("work", "mail"): "digest"}, channels.Quiet())
    with time_machine.travel(SENT, tick=False) as clock:
        office.transferred("finance", at=SENT)
        clock.shift(bundling.SETTLE)
        delivery.deliver()
        late = shanghai(2026, 3, 3, 8, 29, 30)
        clock.move_to(late)
        office.transferred("finance", at=late)
        clock.shift(bundling.SETTLE)
        bundling.collect(timezone.now())
        assert Message.objects.count() == 2
        clock.move_to(shanghai(2026, 3, 3, 8, 30))
        assert delivery.deliver() == 2


def test_nothing_leaves_the_product_where_nothing_is_wanted(owed, office):
    for unit in ("finance", "health"):
        channels.choose(office.liaison(unit), {("work", "mail"): "never"}, channels.Quiet())
    assert delivery.deliver() == 0
    assert not Message.objects.exists()
    assert not Notice.objects.unsorted().exists()
    assert QuietHours.objects.count() == 2


def test_two_workers_that_sort_the_same_notices_write_one_message(owed, monkeypatch):
    original, calls = bundling._write, []

    def both(channel, bundles, now):
        calls.append(channel)
        original(channel, bundles, now)
        if len(calls) == 1:  # the other worker got as far as this one in the same moment
            original(channel, bundles, now)

    monkeypatch.setattr(bundling, "_write", both)
    assert bundling.collect(timezone.now()) == 0  # rolled back as a whole
    assert not Message.objects.exists()
    monkeypatch.undo()
    assert bundling.collect(timezone.now()) == 2
    assert Message.objects.count() == 2
