"""Every file of a written instruction is kept; hand-over lists are kept as data, not as words."""

from django.db import migrations, models


def _as_written(listed):
    """Lines kept as words stay as they were written."""
    return {
        part: [
            {"code": "as_written", "params": {"what": what, "title": title}}
            for what, title in listed.get(part, ())
        ]
        for part in ("moving", "staying")
    }


def carry(apps, schema_editor):
    """Bring what there is into the new shape."""
    for row in apps.get_model("coordination", "Delegation").objects.exclude(instruction=None):
        row.instructions.add(row.instruction_id)
    for name in ("HandOver", "HistoricalHandOver"):
        for row in apps.get_model("coordination", name).objects.exclude(listed__isnull=True):
            moments = [moment for moment in (row.given_at, row.taken_at) if moment is not None]
            row.listed = _as_written(row.listed)
            row.listed_at = min(moments, default=None)
            row.save(update_fields=["listed", "listed_at"])


class Migration(migrations.Migration):
    dependencies = [("coordination", "0012_days_of_every_notice")]
    operations = [
        migrations.AddField(
            model_name="delegation",
            name="instructions",
            field=models.ManyToManyField(
                blank=True, related_name="+", to="coordination.storedfile"
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="listed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="historicalhandover",
            name="listed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(carry, migrations.RunPython.noop),
        migrations.RemoveField(model_name="delegation", name="instruction"),
        migrations.RemoveField(model_name="historicaldelegation", name="instruction"),
    ]
