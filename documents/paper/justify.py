"""Chinese lines set to the full width: what is left over is spread between the characters.

WeasyPrint widens spaces only, and Chinese has none: a line that ends early, because no comma may
begin the next one, would stay short. This replaces one private function of WeasyPrint, whose
version is therefore pinned and its effect tested.
"""

from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline

MOST = 0.25  # of a character for each gap; beyond that a line had better stay short
LEAST = 0.03  # of a character for the whole line: a full one is left as it is
CHINESE = ("\u2e80", "\uffef")

_spaces_only = inline.justify_line


def install() -> None:
    """Make WeasyPrint use it from now on, in this process."""
    inline.justify_line = justify_line


def justify_line(context, line, extra_width) -> None:
    """Spread `extra_width` over a line that is mostly Chinese; others are left to WeasyPrint."""
    size = line.style["font_size"]
    if extra_width <= LEAST * size:
        return
    texts = list(_texts(line))
    length = sum(len(box.text) for box in texts)
    chinese = sum(CHINESE[0] <= char <= CHINESE[1] for box in texts for char in box.text)
    if length < 2 or chinese < length / 2:
        _spaces_only(context, line, extra_width)
        return
    extra = extra_width / (length - 1)
    if extra <= MOST * size:
        _spread(line, extra, length, 0.0)


def _texts(box):
    if isinstance(box, boxes.TextBox):
        yield box
    elif isinstance(box, boxes.LineBox | boxes.InlineBox):
        for child in box.children:
            yield from _texts(child)


def _spread(box, extra: float, left: int, shift: float) -> tuple[int, float]:
    """Move and widen a box; return how many characters are left, and the shift behind it.

    The text is laid out anew with its style when it is drawn, so only the style has to change.
    """
    if isinstance(box, boxes.TextBox):
        box.position_x += shift
        size = len(box.text)
        style = box.style.copy()
        spacing = style["letter_spacing"]
        style["letter_spacing"] = (0 if spacing == "normal" else spacing) + extra
        box.style = style
        box.width += extra * (size if left > size else size - 1)
        return left - size, shift + extra * size
    if isinstance(box, boxes.LineBox | boxes.InlineBox):
        box.position_x += shift
        begun = shift
        for child in box.children:
            if child.is_in_normal_flow():
                left, shift = _spread(child, extra, left, shift)
        box.width += shift - begun
        return left, shift
    box.translate(shift, 0)
    return left, shift
