"""The form field for official prose: an editor in the browser, a plain box without scripts."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from . import prose
from .prose import Block, NotProse
from .typed_prose import read_lines, write_lines

MARK = '{"blocks":'  # how the editor's value begins; nobody begins a paper so


class Damaged(ValueError):
    """The editor's value did not arrive as it was sent."""


def from_editor(value: str) -> list | None:
    """The rows the editor sent, unjudged; None for what was typed into the plain box.

    Raises Damaged for an editor's value that cannot be read.
    """
    if not value.startswith(MARK):
        return None
    try:
        rows = json.loads(value)["blocks"]
        json.dumps(rows, ensure_ascii=False).encode()  # half a character is no text
    except (ValueError, KeyError, RecursionError) as error:
        raise Damaged from error
    if not isinstance(rows, list):
        raise Damaged
    return rows


def read(value: str) -> tuple[Block, ...]:
    """The blocks of a posted value of either kind.

    Raises Damaged, NotProse for too much, another ValueError for headings that cannot be counted.
    """
    rows = from_editor(value)
    return read_lines(value) if rows is None else prose.parse(rows)


class ProseInput(forms.Widget):
    """A box with typed lines, out of which scripts make the editor."""

    template_name = "forms/prose.html"

    class Media:
        css = {"all": ["css/prose.css"]}
        js = [forms.Script("vendor/editor.js", defer=True)]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Both shapes of the text: lines for the box, rows for the editor."""
        context = super().get_context(name, value, attrs)
        lines, rows = _shown(value)
        if rows is not None:
            context["widget"]["attrs"]["data-prose"] = json.dumps(rows, ensure_ascii=False)
        context["lines"] = lines
        context["levels"] = [
            (level, sample, _("Heading level %(level)s") % {"level": level})
            for level, sample in zip(prose.LEVELS, ("一、", "（一）", "1.", "（1）"), strict=True)
        ]
        return context


def _shown(value: Any) -> tuple[str, list | None]:
    """Lines and rows of blocks, or of whatever was posted or kept as a draft."""
    if not isinstance(value, str):
        blocks = tuple(value or ())
        return write_lines(blocks), prose.to_data(blocks)
    try:
        blocks = read(value)
    except Damaged:
        return value, None
    except ValueError:
        return value, from_editor(value)
    return write_lines(blocks), prose.to_data(blocks)


class ProseField(forms.Field):
    """Official prose; cleaned to blocks, empty to an empty tuple."""

    widget = ProseInput
    default_error_messages = {
        "required": _("Write the text."),
        "damaged": _("The text arrived damaged. Look it through and send it once more."),
        "too_much": _(
            "The text is too long to be taken: at most %(blocks)s paragraphs of %(length)s "
            "characters, %(cells)s cells a table. Move a part of it into an attachment."
        ),
        "uncountable": _(
            "More than 99 headings of one level follow each other; they cannot be numbered. "
            "Divide the text by headings of a higher level."
        ),
    }

    def to_python(self, value: Any) -> tuple[Block, ...]:
        """Read what the editor or the plain box sent."""
        if not isinstance(value, str):
            return tuple(value or ())
        try:
            return read(value)
        except Damaged:
            raise self._refuse("damaged") from None
        except NotProse:
            limits = {"blocks": prose.BLOCKS, "length": prose.LENGTH, "cells": prose.CELLS}
            raise self._refuse("too_much", limits) from None
        except ValueError:
            raise self._refuse("uncountable") from None

    def _refuse(self, code: str, params: dict | None = None) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params=params)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other blocks were sent than stood there."""
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True
