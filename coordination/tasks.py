"""What the worker and beat do: small, idempotent, naming only primary keys."""

from celery import shared_task
from django.utils import timezone

from . import bodies, delivery, handovers, jobs, reminders, storage
from .models import Heartbeat


@shared_task
def remind() -> int:
    """Write the reminders of this working day."""
    return reminders.remind()


@shared_task
def deliver_notices() -> int:
    """Send the e-mail of every notice that still owes one."""
    return delivery.deliver()


@shared_task
def run_job(pk: int) -> bool:
    """Do one background job."""
    return jobs.run(pk)


@shared_task
def sweep_jobs() -> int:
    """Call the worker again for what was left behind; put into force what begins today."""
    bodies.apply_changes()
    handovers.carry_over()
    left = jobs.sweep()
    for pk in left:
        run_job.delay(pk)
    storage.sweep()
    return len(left)


@shared_task
def record_heartbeat() -> None:
    """Show that beat and a worker live: beat sent this, a worker ran it."""
    Heartbeat.objects.update_or_create(process="worker", defaults={"at": timezone.now()})
