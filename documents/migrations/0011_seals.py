"""Seals, requests and the seal register, which is append-only on both databases.

A later migration that rebuilds the register on SQLite must put its triggers up again.
"""

import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

REGISTER = "documents_sealuse"


def guard(apps, schema_editor):
    """No line of the seal register is changed or taken out."""
    for event in ("UPDATE", "DELETE"):
        head = f"CREATE TRIGGER {REGISTER}_{event.lower()} BEFORE {event} ON {REGISTER} "
        if schema_editor.connection.vendor == "postgresql":
            body = "FOR EACH ROW EXECUTE FUNCTION coordination_refuse('append_only')"
        else:
            body = (
                f"BEGIN SELECT RAISE(ABORT, 'append_only: {event} on {REGISTER} is refused'); END"
            )
        schema_editor.execute(head + body, params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("coordination", "0016_number_codes"),
        ("documents", "0010_consultation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalSeal",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name of the seal")),
                (
                    "diameter_mm",
                    models.PositiveSmallIntegerField(
                        default=42,
                        validators=[
                            django.core.validators.MinValueValidator(30),
                            django.core.validators.MaxValueValidator(60),
                        ],
                        verbose_name="diameter in mm",
                    ),
                ),
                ("kept_from", models.DateField(verbose_name="kept from")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="closed on")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "image",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="coordination.storedfile",
                    ),
                ),
                (
                    "keeper",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="coordination.seat",
                        verbose_name="kept by",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="coordination.organisation",
                        verbose_name="whose",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical seal",
                "verbose_name_plural": "historical seals",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name of the seal")),
                (
                    "diameter_mm",
                    models.PositiveSmallIntegerField(
                        default=42,
                        validators=[
                            django.core.validators.MinValueValidator(30),
                            django.core.validators.MaxValueValidator(60),
                        ],
                        verbose_name="diameter in mm",
                    ),
                ),
                ("kept_from", models.DateField(verbose_name="kept from")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="closed on")),
                (
                    "image",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="coordination.storedfile",
                    ),
                ),
                (
                    "keeper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keeps_seals",
                        to="coordination.seat",
                        verbose_name="kept by",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seals",
                        to="coordination.organisation",
                        verbose_name="whose",
                    ),
                ),
                (
                    "proxy_for",
                    models.ManyToManyField(
                        blank=True,
                        related_name="sealed_for",
                        to="coordination.organisation",
                        verbose_name="also seals for",
                    ),
                ),
            ],
            options={
                "verbose_name": "seal",
                "verbose_name_plural": "seals",
                "ordering": ["organisation__order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalSealRequest",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("requested_at", models.DateTimeField(verbose_name="requested")),
                ("matter", models.CharField(max_length=200, verbose_name="what is to be sealed")),
                ("reason", models.TextField(max_length=1000, verbose_name="reason")),
                ("copies", models.PositiveSmallIntegerField(verbose_name="copies")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "Awaiting approval"),
                            ("approved", "Approved, to be sealed"),
                            ("sealed", "Sealed"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                            ("declined", "Not sealed by the keeper"),
                        ],
                        editable=False,
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "approved_under",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="coordination.appointment",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="coordination.organisation",
                        verbose_name="requested by",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "seal",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="documents.seal",
                        verbose_name="seal",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical seal request",
                "verbose_name_plural": "historical seal requests",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalSeal_proxy_for",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "history",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="documents.historicalseal",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="coordination.organisation",
                    ),
                ),
                (
                    "seal",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="documents.seal",
                    ),
                ),
            ],
            options={
                "verbose_name": "HistoricalSeal_proxy_for",
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="SealRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("requested_at", models.DateTimeField(verbose_name="requested")),
                ("matter", models.CharField(max_length=200, verbose_name="what is to be sealed")),
                ("reason", models.TextField(max_length=1000, verbose_name="reason")),
                ("copies", models.PositiveSmallIntegerField(verbose_name="copies")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "Awaiting approval"),
                            ("approved", "Approved, to be sealed"),
                            ("sealed", "Sealed"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                            ("declined", "Not sealed by the keeper"),
                        ],
                        editable=False,
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "approved_under",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="coordination.appointment",
                    ),
                ),
                (
                    "files",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="coordination.storedfile"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="coordination.organisation",
                        verbose_name="requested by",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "seal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="documents.seal",
                        verbose_name="seal",
                    ),
                ),
            ],
            options={
                "verbose_name": "seal request",
                "verbose_name_plural": "seal requests",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalSealRequest_files",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "history",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="documents.historicalsealrequest",
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
                (
                    "sealrequest",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="documents.sealrequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "HistoricalSealRequest_files",
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="SealUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("serial", models.PositiveIntegerField(verbose_name="number")),
                ("used_at", models.DateTimeField(verbose_name="sealed at")),
                ("matter", models.CharField(max_length=400, verbose_name="what was sealed")),
                ("copies", models.PositiveSmallIntegerField(verbose_name="copies")),
                ("reason", models.TextField(verbose_name="reason")),
                ("diameter_mm", models.PositiveSmallIntegerField(default=42)),
                ("remarks", models.TextField(blank=True, verbose_name="remarks")),
                ("previous_digest", models.CharField(blank=True, max_length=64)),
                ("digest", models.CharField(max_length=64)),
                (
                    "approved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "approver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="coordination.appointment",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seal_uses",
                        to="documents.outgoingdocument",
                    ),
                ),
                (
                    "handled_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "image",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="coordination.storedfile",
                    ),
                ),
                (
                    "keeper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="coordination.appointment",
                    ),
                ),
                (
                    "number",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seal_uses",
                        to="documents.papernumber",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="coordination.organisation",
                        verbose_name="for whom",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="use",
                        to="documents.sealrequest",
                    ),
                ),
                (
                    "seal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="documents.seal",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seal_uses",
                        to="documents.paperversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "use of a seal",
                "verbose_name_plural": "seal register",
                "ordering": ["year", "serial"],
            },
        ),
        migrations.AddConstraint(
            model_name="seal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_on", None)),
                fields=("organisation", "name"),
                name="one_open_seal_of_a_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="seal",
            constraint=models.CheckConstraint(
                condition=models.Q(("diameter_mm__gte", 30), ("diameter_mm__lte", 60)),
                name="a_seal_of_a_usual_size",
            ),
        ),
        migrations.AddConstraint(
            model_name="seal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_on", None), ("closed_on__gte", models.F("kept_from")), _connector="OR"
                ),
                name="a_seal_closes_after_it_was_kept",
            ),
        ),
        migrations.AddIndex(
            model_name="sealrequest",
            index=models.Index(fields=["state", "-id"], name="seal_requests_by_state"),
        ),
        migrations.AddIndex(
            model_name="sealrequest",
            index=models.Index(fields=["organisation", "-id"], name="seal_requests_of"),
        ),
        migrations.AddConstraint(
            model_name="sealuse",
            constraint=models.UniqueConstraint(
                fields=("year", "serial"), name="one_use_per_serial"
            ),
        ),
        migrations.AddConstraint(
            model_name="sealuse",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("document__isnull", False),
                        ("number__isnull", False),
                        ("request", None),
                        ("version__isnull", False),
                    ),
                    models.Q(
                        ("document", None),
                        ("number", None),
                        ("request__isnull", False),
                        ("version", None),
                    ),
                    _connector="OR",
                ),
                name="a_use_is_of_a_paper_or_a_request",
            ),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
