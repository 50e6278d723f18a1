"""Short texts people use again and again in opinions and remarks (常用意见)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Phrase(models.Model):
    """A text kept by one person for themselves or, `shared`, by the Office for everybody.

    It is only offered: what is signed is what then stands in the form.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="phrases"
    )
    text = models.CharField(_("text"), max_length=500)
    shared = models.BooleanField(_("for everybody"), default=False)

    class Meta:
        ordering = ["shared", "pk"]
        verbose_name = _("frequent opinion")
        verbose_name_plural = _("frequent opinions")
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(shared=True), name="phrases_for_everybody"
            )
        ]

    def __str__(self):
        return self.text
