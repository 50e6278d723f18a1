"""Background jobs: a row in the database is the truth, the queue only its courier."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from . import notices, storage
from .models import Job
from .registry import JOBS

STALE_AFTER = timedelta(minutes=5)
MAX_ATTEMPTS = 3
REST = 30  # seconds a queue that did not answer is left alone
TOLD = "told"  # among the parameters: the error is in words for the job's person
log = logging.getLogger(__name__)
_courier = ThreadPoolExecutor(max_workers=1, thread_name_prefix="courier")
_rest = {"until": 0.0}


class NotReady(Exception):
    """What the work takes is not there today; says in words what is missing.

    The job fails, its person reads why, and it can be started again when that is mended.
    """


class TakenOver(Exception):
    """Another worker does this job by now: this one was held for dead."""


def enqueue(kind: str, params: dict, person) -> Job:
    """Write a job and, once the transaction is through, call the worker.

    A dead broker only delays it: the sweeper finds the row. Raises KeyError for an unknown kind.
    """
    JOBS[kind]
    job = Job.objects.create(kind=kind, params=params, person=person, created_at=timezone.now())
    transaction.on_commit(lambda: call_worker(job.pk))
    return job


def call_worker(pk: int) -> None:
    """Have the job's key sent to the worker, without waiting for the queue.

    A queue that does not answer is left alone for a while; the sweeper finds the row.
    """
    _courier.submit(_send, pk)


def _send(pk: int) -> None:
    from .tasks import run_job

    if time.monotonic() < _rest["until"]:
        return
    try:
        run_job.apply_async([pk], retry=False)
    except (run_job.OperationalError, OSError):
        _rest["until"] = time.monotonic() + REST
        log.warning("The queue does not answer; job %s waits for the sweeper.", pk)


def run(pk: int) -> bool:
    """Do the job unless somebody else does it or it is done; return whether it was done here."""
    if not _claim(pk):
        return False
    job = Job.objects.select_related("person").get(pk=pk)
    try:
        name, media_type, content = JOBS[job.kind].run(job)
        report(job, 99)
    except TakenOver:
        log.warning("Job %s was taken over by another worker.", pk)
        return False
    except ValidationError as refusal:
        _end(job, Job.State.REFUSED, " ".join(refusal.messages))
        return False
    except NotReady as lack:
        log.error("Job %s is not ready: %s", pk, lack)
        _end(job, Job.State.FAILED, str(lack), "job_not_ready")
        return False
    except Exception as error:
        log.exception("Job %s failed", pk)
        _end(job, Job.State.FAILED, str(error))
        return False
    with transaction.atomic():
        job.result = storage.keep_made(name, media_type, content, job.person)
        job.status, job.progress, job.finished_at = Job.State.DONE, 100, timezone.now()
        job.error = ""
        job.save()
        _tell(job, "job_done")
    return True


def _claim(pk: int) -> bool:
    """Take the job for this process; one of several wins."""
    now = timezone.now()
    free = Q(status=Job.State.QUEUED) | Q(status=Job.State.RUNNING, beat_at__lt=now - STALE_AFTER)
    taken = Job.objects.filter(free, pk=pk).update(
        status=Job.State.RUNNING, beat_at=now, attempts=F("attempts") + 1
    )
    return taken == 1


def report(job: Job, percent: int) -> None:
    """Show how far `job` is and that its worker lives; long work calls this again and again.

    Raises TakenOver when the sweeper gave the job to another worker meanwhile.
    """
    ours = Job.objects.filter(pk=job.pk, status=Job.State.RUNNING, attempts=job.attempts)
    if not ours.update(progress=percent, beat_at=timezone.now()):
        raise TakenOver


def _end(job: Job, state: str, why: str, code: str = "") -> None:
    """It came to nothing: failed, which may be tried again, or refused in words."""
    job.error, job.status, job.finished_at = why[:300], state, timezone.now()
    job.params = job.params | {TOLD: bool(code)}
    with transaction.atomic():
        job.save()
        _tell(job, code or f"job_{state}")


def why_failed(job: Job) -> str:
    """What a failed job lacks, in words its person can act on; empty where nobody here can."""
    failed = job.status == Job.State.FAILED
    return job.error if failed and job.params.get(TOLD) else ""


def _tell(job: Job, code: str) -> None:
    notices.notify(
        [job.person],
        code,
        key=f"job:{job.pk}:{code}:{job.attempts}",
        params={"title": str(job.params.get("title", "")), "reason": job.error},
        subject=job,
    )


def retry(job: Job) -> None:
    """Start a failed job again."""
    Job.objects.filter(pk=job.pk, status=Job.State.FAILED).update(
        status=Job.State.QUEUED, progress=0, error="", created_at=timezone.now()
    )
    transaction.on_commit(lambda: call_worker(job.pk))


def sweep() -> list[int]:
    """Return the keys of jobs a dead worker or broker left; those past all attempts fail."""
    now = timezone.now()
    waiting = Q(status=Job.State.QUEUED, created_at__lt=now - timedelta(seconds=20))
    dead = Q(status=Job.State.RUNNING, beat_at__lt=now - STALE_AFTER)
    again = []
    for job in Job.objects.filter(waiting | dead).select_related("person")[:200]:
        if job.attempts >= MAX_ATTEMPTS:
            _end(job, Job.State.FAILED, "attempts used up")
        else:
            again.append(job.pk)
    return again
