"""收文号: the number of a copy in its unit's own register, which nothing takes back or changes.

A later migration that rebuilds this table on SQLite must put the triggers up again.
"""

from django.conf import settings
from django.db import migrations, models


TABLE = "documents_delivery"
COLUMNS = "register_year, register_serial"
GIVEN = "OLD.register_serial IS NOT NULL"


def _on_postgresql():
    refuse = "coordination_refuse('append_only')"
    other = (
        "(OLD.register_year, OLD.register_serial) IS DISTINCT FROM "
        "(NEW.register_year, NEW.register_serial)"
    )
    yield (
        f"CREATE TRIGGER {TABLE}_number BEFORE UPDATE OF {COLUMNS} ON {TABLE} "
        f"FOR EACH ROW WHEN ({GIVEN} AND {other}) EXECUTE FUNCTION {refuse}"
    )
    yield (
        f"CREATE TRIGGER {TABLE}_numbered BEFORE DELETE ON {TABLE} "
        f"FOR EACH ROW WHEN ({GIVEN}) EXECUTE FUNCTION {refuse}"
    )


def _on_sqlite():
    other = (
        "(OLD.register_year IS NOT NEW.register_year "
        "OR OLD.register_serial IS NOT NEW.register_serial)"
    )
    yield (
        f"CREATE TRIGGER {TABLE}_number BEFORE UPDATE OF {COLUMNS} ON {TABLE} "
        f"WHEN {GIVEN} AND {other} "
        f"BEGIN SELECT RAISE(ABORT, 'append_only: the register number of a copy stays'); END"
    )
    yield (
        f"CREATE TRIGGER {TABLE}_numbered BEFORE DELETE ON {TABLE} WHEN {GIVEN} "
        f"BEGIN SELECT RAISE(ABORT, 'append_only: a numbered copy stays'); END"
    )


def guard(apps, schema_editor):
    """Put the guards up in the dialect at hand."""
    vendor = schema_editor.connection.vendor
    for sql in _on_postgresql() if vendor == "postgresql" else _on_sqlite():
        schema_editor.execute(sql, params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("coordination", "0017_opinions_on_papers"),
        ("documents", "0014_drafting"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="register_serial",
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="register_year",
            field=models.PositiveSmallIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="historicaldelivery",
            name="register_serial",
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="historicaldelivery",
            name="register_year",
            field=models.PositiveSmallIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("organisation", "register_year", "register_serial"),
                name="one_number_in_a_units_register",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("register_serial", None), ("register_year", None)),
                    models.Q(
                        ("register_serial__gte", 1),
                        ("register_serial__isnull", False),
                        ("register_year__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="a_register_number_has_its_year",
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="state",
            field=models.CharField(
                choices=[
                    ("sent", "Sent, not signed for"),
                    ("received", "Signed for by the recipient"),
                    ("answered", "Reported, awaiting acceptance"),
                    ("done", "Done"),
                    ("recalled", "Recalled"),
                ],
                editable=False,
                max_length=20,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="historicaldelivery",
            name="state",
            field=models.CharField(
                choices=[
                    ("sent", "Sent, not signed for"),
                    ("received", "Signed for by the recipient"),
                    ("answered", "Reported, awaiting acceptance"),
                    ("done", "Done"),
                    ("recalled", "Recalled"),
                ],
                editable=False,
                max_length=20,
                verbose_name="state",
            ),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
