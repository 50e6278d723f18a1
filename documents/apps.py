"""The paper path as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    """Incoming documents; outgoing ones come on the same floor."""

    name = "documents"
    verbose_name = _("Documents")

    def ready(self) -> None:
        """Tell the ground floor which routes, subjects and pages this floor brings."""
        from . import registration

        registration.register()
