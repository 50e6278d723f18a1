"""What the sources must not do: write `state` outside the engine, grow too long, go unexplained."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ["config", "coordination", "documents"]
SOURCES = [p for app in APPS for p in (ROOT / app).rglob("*.py") if "migrations" not in p.parts]
ENGINE = ROOT / "coordination" / "workflow.py"
RECORDED = {
    "IncomingDocument",
    "OutgoingDocument",
    "FiledItem",
    "RetentionRule",
    "Handling",
    "Duty",
    "Appointment",
    "Seat",
    "Unit",
    "Body",
}


def writes_state(node):
    targets = getattr(node, "targets", [getattr(node, "target", None)])
    by_attribute = isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and any(
        isinstance(target, ast.Attribute) and target.attr == "state" for target in _flat(targets)
    )
    by_update = (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"update", "update_or_create"}
        and any(keyword.arg == "state" for keyword in node.keywords)
    )
    by_setattr = (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "setattr"
        and isinstance(node.args[1], ast.Constant)
        and node.args[1].value == "state"
    )
    return by_attribute or by_update or by_setattr


def _flat(targets):
    for target in targets:
        if isinstance(target, ast.Tuple | ast.List):
            yield from _flat(target.elts)
        else:
            yield target


def test_only_the_engine_writes_state():
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        if path != ENGINE
        for node in ast.walk(ast.parse(path.read_text()))
        if writes_state(node)
    ]
    assert found == []
    assert any(writes_state(node) for node in ast.walk(ast.parse(ENGINE.read_text())))


def test_recorded_models_are_not_changed_behind_their_history():
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr in {"update", "bulk_create", "bulk_update"}:
                names = {n.id for n in ast.walk(node.func) if isinstance(n, ast.Name)}
                if names & RECORDED:
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert found == []


GATHERED = {"_", None}  # what makemessages reads as a text to translate, besides the names


def test_every_translated_text_is_called_by_a_name_that_makemessages_knows():
    found = [
        f"{path.relative_to(ROOT)}: {alias.name} as {alias.asname}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if "gettext" in alias.name and alias.asname not in GATHERED
    ]
    assert found == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_are_explained_and_readable(path):
    tree = ast.parse(path.read_text())
    if path.stat().st_size == 0:
        return
    assert ast.get_docstring(tree), "a module says what it is for"
    assert len(path.read_text().splitlines()) <= 420
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno <= 45, f"{node.name} is long"
            public = not node.name.startswith("_")
            nested = node.name in {"add", "take", "told_to_stop"}
            if public and not nested and node.name != "ready":
                assert ast.get_docstring(node), f"{node.name} has no docstring"
