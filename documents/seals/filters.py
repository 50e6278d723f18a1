"""What the register of requests and the seal register can be narrowed by; the address keeps it."""

import django_filters as filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination import workflow
from documents.models import Seal, SealRequest, SealUse
from documents.states import SealRequestState

from .routes import SEAL_REQUEST


class RequestFilter(filters.FilterSet):
    """By what is to be sealed, state, and whether it waits for the person who looks."""

    q = filters.CharFilter(label=_("What is to be sealed"), field_name="matter",
                           lookup_expr="contains", max_length=100)  # fmt: skip
    state = filters.ChoiceFilter(label=_("State"), choices=SealRequestState, empty_label=_("All"))
    mine = filters.BooleanFilter(
        label=_("Waiting for me"), method="waiting_for_me", widget=forms.CheckboxInput
    )

    class Meta:
        model = SealRequest
        fields: list[str] = []

    def waiting_for_me(self, rows, name, value):
        """Those that wait for a step of this person."""
        return rows.filter(workflow.waiting(self.request.user, SEAL_REQUEST)) if value else rows


class UseFilter(filters.FilterSet):
    """By year, seal, and what was sealed."""

    year = filters.NumberFilter(label=_("Year"), min_value=1949, max_value=2199)
    seal = filters.ModelChoiceFilter(
        label=_("The seal"), queryset=Seal.objects.all(), empty_label=_("All")
    )
    q = filters.CharFilter(label=_("What was sealed"), method="matching", max_length=100)

    class Meta:
        model = SealUse
        fields: list[str] = []

    def matching(self, rows, name, value):
        """Words of the matter or of the reason."""
        return rows.filter(Q(matter__contains=value) | Q(reason__contains=value))
