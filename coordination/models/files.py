"""Stored files and unsent forms."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """An uploaded file: its content lies under its SHA-256 outside the web root.

    Until a record claims it, only its uploader sees it: a rejected form keeps its files so.
    """

    sha256 = models.CharField(max_length=64, db_index=True)
    name = models.CharField(_("name"), max_length=160)
    media_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField(_("size"))
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    claimed_at = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")

    def __str__(self):
        return self.name


class Draft(models.Model):
    """What a person has typed into a form and not sent yet."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    key = models.CharField(max_length=80)
    data = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="one_draft_per_form"),
        ]

    def __str__(self):
        return self.key
