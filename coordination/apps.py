"""The ground floor as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoordinationConfig(AppConfig):
    """Bodies, posts, access, the step engine, working days, duties, notices, the rulebook."""

    name = "coordination"
    verbose_name = _("Coordination")

    def ready(self) -> None:
        """Listen to sign-in events, which Django only tells by signal."""
        from . import (
            audit,
            confirmations,
            extensions,
            handovers,
            lending,
            registry,
            roster_jobs,
            rulechecks,
            workflow,
        )

        audit.listen()
        rulechecks.load()
        workflow.register(extensions.EXTENSION)
        workflow.register(confirmations.CONFIRMATION)
        extensions.lend()
        registry.add_waiting(handovers.waiting)
        registry.add_ending(extensions.lapse)
        lending.lend("coordination.duty", confirmations.CONFIRMATION, "duty")
        registry.add_subject("coordination.confirmation", "confirmation")
        registry.add_job("roster_import", roster_jobs.make, roster_jobs.may_read)
        registry.add_subject("coordination.delegation", "delegation")
        registry.add_subject("coordination.duty", "duty")
        registry.add_subject("coordination.handover", "hand_over")
