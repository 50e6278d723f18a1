"""Copies for recipients outside this system, who have a name alone.

SQLite builds the table anew, and its triggers go with the old one: they are put up again.
"""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


GUARDS = import_module("documents.migrations.0015_signing")


def guard_again(apps, schema_editor):
    """On SQLite, the guards of the table."""
    if schema_editor.connection.vendor != "sqlite":
        return
    for name in ("number", "numbered"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {GUARDS.TABLE}_{name}")
    GUARDS.guard(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [
        ("coordination", "0017_opinions_on_papers"),
        ("documents", "0015_signing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="outside_name",
            field=models.CharField(
                blank=True,
                editable=False,
                max_length=120,
                verbose_name="recipient outside this system",
            ),
        ),
        migrations.AddField(
            model_name="historicaldelivery",
            name="outside_name",
            field=models.CharField(
                blank=True,
                editable=False,
                max_length=120,
                verbose_name="recipient outside this system",
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="organisation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="coordination.organisation",
                verbose_name="recipient",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("organisation", None), models.Q(("state", "recalled"), _negated=True)
                ),
                fields=("document", "outside_name"),
                name="one_copy_for_each_outside",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("organisation__isnull", False), ("outside_name", "")),
                    models.Q(("organisation", None), models.Q(("outside_name", ""), _negated=True)),
                    _connector="OR",
                ),
                name="a_copy_is_for_a_body_or_a_name",
            ),
        ),
        migrations.RunPython(guard_again, migrations.RunPython.noop),
    ]
