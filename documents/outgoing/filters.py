"""What register and ledger of outgoing documents can be narrowed by; the address keeps it."""

import django_filters as filters
from django import forms
from django.utils.translation import gettext_lazy as _

from coordination import workflow
from documents.models import Consultation, Delivery, OutgoingDocument, PaperNumber
from documents.states import ConsultationState, DeliveryState, DocumentKind, PaperState

from .numbers import SERIES, begun
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


class DeliveryFilter(filters.FilterSet):
    """By where the copy stands."""

    state = filters.ChoiceFilter(label=_("State"), choices=DeliveryState, empty_label=_("All"))

    class Meta:
        model = Delivery
        fields: list[str] = []


class LedgerFilter(filters.FilterSet):
    """The ledger of numbers by issuing body, code and year; offered is what was ever drawn."""

    body = filters.ChoiceFilter(
        label=_("Issuing body"), field_name="organisation", choices=(), empty_label=_("All")
    )
    code = filters.ChoiceFilter(label=_("Issuer code"), choices=(), empty_label=_("All"))
    year = filters.ChoiceFilter(label=_("Year"), choices=(), empty_label=_("All"))

    class Meta:
        model = PaperNumber
        fields: list[str] = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        series = begun()
        codes = [one.code.removeprefix(SERIES) for one in series]
        for name, choices in (
            ("body", [(str(one.organisation_id), one.organisation.name) for one in series]),
            ("code", [(code, code) for code in codes]),
            ("year", [(str(one.year), str(one.year)) for one in series]),
        ):
            self.filters[name].extra["choices"] = list(dict.fromkeys(choices))

    def to_print(self) -> dict[str, str] | None:
        """Body, year and code, where the first two are chosen: what one printed ledger covers."""
        chosen = self.form.cleaned_data if self.form.is_valid() else {}
        if not (chosen.get("body") and chosen.get("year")):
            return None
        return {name: chosen[name] for name in ("body", "year", "code")}
