"""Units no longer see documents that were taken from them; the notice of it leads to their part."""

from django.db import migrations
from django.db.models import Exists, OuterRef

ENDED = ("handed_back", "withdrawn")


def end_shares(apps, schema_editor):
    Handling = apps.get_model("documents", "Handling")
    Share = apps.get_model("documents", "IncomingDocumentShare")
    mine = Handling.objects.filter(
        document=OuterRef("content_object"), organisation__group=OuterRef("group")
    )
    Share.objects.filter(
        Exists(mine.filter(state__in=ENDED)), ~Exists(mine.exclude(state__in=ENDED))
    ).delete()


def lead_to_parts(apps, schema_editor):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Notice = apps.get_model("coordination", "Notice")
    kind, _ = ContentType.objects.get_or_create(app_label="documents", model="handling")
    for notice in Notice.objects.filter(code="withdrawn", key__startswith="part:").iterator():
        part = notice.key.split(":")[1]
        if part.isdigit():
            notice.content_type, notice.object_id = kind, int(part)
            notice.save(update_fields=["content_type", "object_id"])


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0006_reading_why_as_long_as_its_form"),
        ("coordination", "0011_roster"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(end_shares, migrations.RunPython.noop),
        migrations.RunPython(lead_to_parts, migrations.RunPython.noop),
    ]
