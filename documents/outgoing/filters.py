"""What register and ledger of outgoing documents can be narrowed by; the address keeps it."""

import django_filters as filters
from django import forms
from django.utils.translation import gettext_lazy as _

from coordination import paging, workflow
from documents.models import Consultation, Delivery, OutgoingDocument, PaperNumber
from documents.states import ConsultationState, DeliveryState, DocumentKind, PaperState

from . import unit_numbers
from .numbers import SERIES, begun
from .routes import PATHS

SORTS = [("register", _("By register number, latest first"))]
ORDERS = {
    "": paging.Order(("pk",), descending=True),
    "register": paging.Order(("register_year", "register_serial", "pk"), descending=True),
}


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
    """The papers received by text, unit, year of their register and where the copy stands;
    offered are the registers that were ever begun. Whoever sees one unit alone chooses none.
    """

    q = filters.CharFilter(
        label=_("Title, number or register number"), method="matching", max_length=100
    )
    unit = filters.ChoiceFilter(
        label=_("Unit"), field_name="organisation", choices=(), empty_label=_("All")
    )
    year = filters.ChoiceFilter(
        label=_("Registered in"), field_name="register_year", choices=(), empty_label=_("All")
    )
    state = filters.ChoiceFilter(label=_("State"), choices=DeliveryState, empty_label=_("All"))
    sort = filters.ChoiceFilter(
        label=_("Sort by"), choices=SORTS, method="in_order", empty_label=_("Newest first")
    )

    class Meta:
        model = Delivery
        fields: list[str] = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        registers = unit_numbers.begun(self.request.user)
        units = {str(one.organisation_id): one.organisation.name for one in registers}
        years = sorted({str(one.year) for one in registers}, reverse=True)
        self.sole = next(iter(units)) if len(units) == 1 else ""
        self.filters["unit"].extra["choices"] = list(units.items())
        self.filters["year"].extra["choices"] = [(year, year) for year in years]
        if len(units) < 2:
            del self.filters["unit"]

    def matching(self, rows, name, value):
        """Words of the paper's title or number, or the unit's register number."""
        return rows.matching(value)

    def in_order(self, rows, name, value):
        """By register number: only what bears one."""
        return rows.numbered()

    @property
    def order(self) -> paging.Order:
        """The order chosen: newest first, or by the unit's register number."""
        return ORDERS[self._chosen().get("sort") or ""]

    def to_print(self) -> dict[str, str] | None:
        """Unit and year, where both are chosen: what one printed register covers."""
        chosen = self._chosen()
        unit, year = self.sole or chosen.get("unit"), chosen.get("year")
        return {"unit": unit, "year": year} if unit and year else None

    def _chosen(self) -> dict:
        return self.form.cleaned_data if self.form.is_valid() else {}


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
