"""Foreign keys follow the import direction; import-linter cannot see "app.Model" strings."""

import pytest
from django.apps import apps

FLOORS = ["coordination", "documents"]  # low to high
RELATIONS = [
    (model, field)
    for label in FLOORS
    for model in apps.get_app_config(label).get_models()
    for field in model._meta.get_fields()
    if field.is_relation
    and field.concrete
    and field.related_model
    and field.related_model._meta.app_label in FLOORS
]


def test_there_are_relations_to_judge():
    assert len(RELATIONS) > 30


@pytest.mark.parametrize(("model", "field"), RELATIONS, ids=str)
def test_relation_points_down_or_sideways(model, field):
    ours, theirs = model._meta.app_label, field.related_model._meta.app_label
    assert FLOORS.index(theirs) <= FLOORS.index(ours), f"{field} points up to {theirs}"
