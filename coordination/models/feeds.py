"""Secret addresses of personal calendars."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class FeedKey(models.Model):
    """The secret of one person's calendar address; only its SHA-256 is kept. One at a time."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(revoked_at=None),
                name="one_calendar_address_per_person",
            )
        ]

    def __str__(self):
        return f"{self.person} {self.created_at:%Y-%m-%d}"
