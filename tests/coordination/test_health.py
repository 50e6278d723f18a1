"""/healthz/ for a monitor: every part in a word, nothing about versions."""

import datetime as dt

import pytest
from celery import current_app
from django.utils import timezone

from coordination import overview, tasks
from coordination.models import Heartbeat

pytestmark = pytest.mark.django_db


def test_a_worker_never_seen_and_one_just_seen(client):
    first = client.get("/healthz/").json()
    assert first == {"web": "ok", "database": "ok", "broker": "ok", "worker_age_seconds": None}
    tasks.record_heartbeat()
    assert 0 <= client.get("/healthz/").json()["worker_age_seconds"] <= 5
    Heartbeat.objects.update(at=timezone.now() - dt.timedelta(minutes=10))
    assert client.get("/healthz/").json()["worker_age_seconds"] >= 600


def test_a_dead_broker_is_told_and_does_not_break_the_page(client, monkeypatch):
    link = current_app.connection_for_write("redis://127.0.0.1:9/0")
    monkeypatch.setattr(current_app, "connection_for_write", lambda **kwargs: link)
    assert not overview.broker_answers()
    answer = client.get("/healthz/")
    assert (answer.status_code, answer.json()["broker"]) == (200, "down")
