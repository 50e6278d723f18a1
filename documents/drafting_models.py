"""What drafters begin with: lists of recipients, and a starting text for each kind of paper."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from coordination.models import Organisation, Person

from .querysets import RecipientListQuerySet
from .states import DocumentKind, Everybody


class RecipientList(models.Model):
    """A list of recipients: one of the charter's, of the Office, or of a body that drafts (P9).

    On it are `members` and, if it `takes` all of a sort, whoever is of that sort on the day it is
    used. `printed_as`: the words a paper names it by (各区镇); without them its members are named
    one by one. `shared`: it is the Office's, and offered to everybody who drafts. Lists are put
    away, never deleted; papers keep the members they were drafted with.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("whose list")
    )
    shared = models.BooleanField(_("for everybody who drafts"), default=False)
    key = models.CharField(max_length=60, blank=True, editable=False)
    name = models.CharField(_("name of the list"), max_length=60)
    printed_as = models.CharField(_("printed as"), max_length=100, blank=True)
    takes = models.CharField(_("all of a sort"), max_length=20, choices=Everybody, blank=True)
    members = models.ManyToManyField(Organisation, blank=True, related_name="+")
    put_away_at = models.DateTimeField(_("put away"), null=True, blank=True)

    objects = RecipientListQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[members])

    class Meta:
        ordering = ["-shared", "pk"]
        verbose_name = _("recipient list")
        verbose_name_plural = _("recipient lists")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=models.Q(put_away_at=None),
                name="one_recipient_list_of_a_name",
            ),
            models.UniqueConstraint(
                fields=["key"], condition=~models.Q(key=""), name="one_recipient_list_of_a_key"
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Its page."""
        return reverse("papers:list", args=[self.pk])


class PaperTemplate(models.Model):
    """The text a draft of one kind begins with, kept by the Office (P9, P19)."""

    kind = models.CharField(_("document kind"), max_length=30, choices=DocumentKind, unique=True)
    blocks = models.JSONField(_("text"), default=list)
    changed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(_("changed at"), null=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("template of a kind")
        verbose_name_plural = _("templates of kinds")

    def __str__(self):
        return self.get_kind_display()
