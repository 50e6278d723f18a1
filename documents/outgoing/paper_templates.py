"""The text a draft begins with: one for each kind of paper, kept by the Office."""

from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination import history
from documents import prose
from documents.models import PaperTemplate
from documents.prose import Block
from documents.states import DocumentKind
from documents.typed_prose import read_lines

from .content import digest


def blocks_of(kind: str) -> tuple[Block, ...]:
    """What a draft of this kind begins with; empty where the Office set nothing."""
    row = PaperTemplate.objects.filter(kind=kind).first()
    return prose.parse(row.blocks) if row else ()


def all_blocks() -> dict[str, tuple[Block, ...]]:
    """The text of every kind that has one."""
    found = {row.kind: prose.parse(row.blocks) for row in PaperTemplate.objects.all()}
    return {kind: blocks for kind, blocks in found.items() if blocks}


def is_untouched(blocks: tuple[Block, ...], templates: dict[str, tuple[Block, ...]]) -> bool:
    """Whether nobody has written anything yet: no text, or one of the templates as it is."""
    return not blocks or blocks in templates.values()


MEANWHILE = _(
    "Somebody else changed this meanwhile. What you typed is kept here: look at what it says now, "
    "then save again to put yours in its place."
)


def state_of(blocks: tuple[Block, ...]) -> str:
    """SHA-256 of a text."""
    return digest({"blocks": prose.to_data(blocks)})


@transaction.atomic
def change(person, kind: str, blocks: tuple[Block, ...], seen: str = "") -> bool:
    """Put a text in place of the one `seen`; whether that changed anything.

    Raises ValidationError, code "changed", where somebody changed it meanwhile.
    """
    row = PaperTemplate.objects.select_for_update().filter(kind=kind).first()
    if seen and seen != state_of(prose.parse(row.blocks) if row else ()):
        raise ValidationError(MEANWHILE, code="changed")
    row = row or PaperTemplate(kind=kind)
    data = prose.to_data(blocks)
    if row.blocks == data:
        return False
    row.blocks, row.changed_by, row.changed_at = data, person, timezone.now()
    history.note(row, person, "template")
    row.save()
    return True


def charter_faults(data: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the section [[paper_templates]] of a charter."""
    rows = data.get("paper_templates", ())
    for row in rows:
        if row["kind"] not in DocumentKind.values:
            yield f"template: unknown kind {row['kind']}"
        if [one["kind"] for one in rows].count(row["kind"]) > 1:
            yield f"template {row['kind']}: named twice"
        if not read_lines(row["text"]):
            yield f"template {row['kind']}: no text"


def load_charter(data: dict[str, Any], put: Callable[[Any, dict, dict], Any]) -> None:
    """Set the texts of kinds that have none; what the Office changed since is left as it is."""
    for row in data.get("paper_templates", ()):
        if not PaperTemplate.objects.filter(kind=row["kind"]).exists():
            values = {"blocks": prose.to_data(read_lines(row["text"]))}
            put(PaperTemplate, {"kind": row["kind"]}, values)
