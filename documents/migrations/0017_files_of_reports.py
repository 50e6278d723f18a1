"""Files handed in with the report on a paper, or that came with a superior's answer."""

import django.db.models.deletion
import simple_history.models
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("coordination", "0017_opinions_on_papers"),
        ("documents", "0016_copies_outside"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="files",
            field=models.ManyToManyField(
                blank=True, related_name="+", to="coordination.storedfile"
            ),
        ),
        migrations.CreateModel(
            name="HistoricalDelivery_files",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "delivery",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="documents.delivery",
                    ),
                ),
                (
                    "history",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="documents.historicaldelivery",
                    ),
                ),
                (
                    "storedfile",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="coordination.storedfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "HistoricalDelivery_files",
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
    ]
