"""For how long a document is kept: the table of the charter and of the Office (art. 27)."""

from datetime import date

from django.utils import timezone

from documents.models import OutgoingDocument, RetentionRule
from documents.states import PaperLine, Retention


def line_of(document) -> PaperLine:
    """Which way a document went."""
    return PaperLine.OUTGOING if isinstance(document, OutgoingDocument) else PaperLine.INCOMING


class Table:
    """The rules in force on a day, read once."""

    def __init__(self, on: date | None = None):
        self.rules: dict[tuple[str, str], RetentionRule] = {}
        rows = RetentionRule.objects.filter(in_force_from__lte=on or timezone.localdate())
        for rule in rows.order_by("in_force_from", "pk"):
            self.rules[rule.line, rule.kind] = rule  # the latest stands

    def rule(self, line: str, kind: str) -> RetentionRule | None:
        """The rule for a kind of papers: its own, or that for all others of its line."""
        return self.rules.get((line, kind)) or self.rules.get((line, ""))

    def of(self, document) -> Retention | None:
        """The period a document is kept for, where the table says one."""
        found = self.rule(line_of(document), document.kind)
        return Retention(found.retention) if found else None
