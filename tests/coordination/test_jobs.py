"""Background jobs: the row is the truth; a dead worker or broker loses nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from coordination import jobs, registry, storage
from coordination.models import Job, Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def kind(monkeypatch):
    calls = []

    def run(job):
        calls.append(job.pk)
        if job.params.get("break"):
            raise RuntimeError("broken")
        return "a.txt", "text/plain", b"made"

    monkeypatch.setitem(registry.JOBS, "test", registry.JobKind("test", run, lambda job: True))
    return calls


def test_a_job_is_done_once_and_its_owner_told(kind, office):
    clerk = office.people["clerk"]
    job = jobs.enqueue("test", {"title": "sheet"}, clerk)
    assert jobs.run(job.pk)
    assert not jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.result.name, kind) == ("done", "a.txt", [job.pk])
    assert storage.path_of(job.result.sha256).read_bytes() == b"made"
    assert Notice.objects.get(person=clerk).code == "job_done"


def test_a_failure_is_told_and_can_be_started_again(kind, office):
    job = jobs.enqueue("test", {"break": True}, office.people["clerk"])
    assert not jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.error) == ("failed", "broken")
    assert Notice.objects.get().code == "job_failed"
    Job.objects.filter(pk=job.pk).update(params={})
    jobs.retry(job)
    assert jobs.run(job.pk)


def test_what_a_dead_worker_left_is_swept_and_given_up_in_the_end(kind, office):
    job = jobs.enqueue("test", {}, office.people["clerk"])
    assert jobs.sweep() == []  # just queued: the worker has its chance
    long_ago = timezone.now() - jobs.STALE_AFTER * 2
    Job.objects.update(status="running", beat_at=long_ago, attempts=1)
    assert jobs.sweep() == [job.pk]
    assert jobs.run(job.pk)
    Job.objects.update(status="running", beat_at=long_ago, attempts=jobs.MAX_ATTEMPTS)
    assert jobs.sweep() == []
    job.refresh_from_db()
    assert job.status == "failed"


def test_a_running_job_is_not_taken_twice(kind, office):
    job = jobs.enqueue("test", {}, office.people["clerk"])
    Job.objects.update(status="running", beat_at=timezone.now())
    assert not jobs.run(job.pk)
    assert kind == []


def test_an_unknown_kind_is_an_error(office):
    with pytest.raises(KeyError):
        jobs.enqueue("nonsense", {}, office.people["clerk"])


def test_files_nobody_claimed_are_cleared(office):
    from django.core.files.uploadedfile import SimpleUploadedFile

    clerk = office.people["clerk"]
    kept = storage.keep(SimpleUploadedFile("a.txt", b"one"), clerk)
    dropped = storage.keep(SimpleUploadedFile("b.txt", b"two"), clerk)
    storage.claim([kept])
    later = timezone.now() + timedelta(days=3)
    assert storage.sweep(later) == 1
    assert storage.path_of(kept.sha256).exists()
    assert not storage.path_of(dropped.sha256).exists()


def test_long_work_shows_how_far_it_is_and_stays_with_its_worker(kind, office):
    job = jobs.enqueue("test", {}, office.people["clerk"])
    long_ago = timezone.now() - jobs.STALE_AFTER * 2
    Job.objects.update(status="running", beat_at=long_ago, attempts=1)
    job.refresh_from_db()
    jobs.report(job, 40)
    job.refresh_from_db()
    assert job.progress == 40
    assert jobs.sweep() == []  # it lives


def test_a_worker_held_for_dead_does_not_finish_what_another_took_over(monkeypatch, office):
    def slow(job):
        Job.objects.update(attempts=2)  # the sweeper gave it to another meanwhile
        return "a.txt", "text/plain", b"late"

    monkeypatch.setitem(registry.JOBS, "test", registry.JobKind("test", slow, lambda job: True))
    job = jobs.enqueue("test", {}, office.people["clerk"])
    assert not jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.result) == ("running", None)
    assert not Notice.objects.exists()
