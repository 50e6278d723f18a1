"""What the register of outgoing documents can be narrowed by; the address keeps it."""

import django_filters as filters
from django import forms
from django.utils.translation import gettext_lazy as _

from coordination import workflow
from documents.models import Consultation, OutgoingDocument
from documents.states import ConsultationState, DocumentKind, PaperState

from .routes import PATHS


class OutgoingFilter(filters.FilterSet):
    """By text, state, kind, and whether it waits for the person who looks."""

    q = filters.CharFilter(label=_("Title or number"), method="matching", max_length=100)
    state = filters.ChoiceFilter(label=_("State"), choices=PaperState, empty_label=_("All"))
    kind = filters.ChoiceFilter(label=_("Kind"), choices=DocumentKind, empty_label=_("All"))
    mine = filters.BooleanFilter(
        label=_("Waiting for me"), method="waiting_for_me", widget=forms.CheckboxInput
    )

    class Meta:
        model = OutgoingDocument
        fields: list[str] = []

    def matching(self, rows, name, value):
        """Words of the title or number."""
        return rows.matching(value)

    def waiting_for_me(self, rows, name, value):
        """Those that wait for a step of this person."""
        return rows.filter(workflow.waiting(self.request.user, *PATHS)) if value else rows


class ConsultationFilter(filters.FilterSet):
    """By where the opinion stands."""

    state = filters.ChoiceFilter(label=_("State"), choices=ConsultationState, empty_label=_("All"))

    class Meta:
        model = Consultation
        fields: list[str] = []
