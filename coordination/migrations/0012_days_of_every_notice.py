"""Every notice keeps its own days; a day that a later notice overrode comes back from history."""

import hashlib

import django.db.models.deletion
from django.db import migrations, models


def rules_on_record(history, notice):
    """What the notice said of each day when it was last entered, by the history of its days."""
    rules = {}
    rows = history.filter(notice_id=notice.pk).order_by("history_id")
    for day, works, name, kind in rows.values_list("day", "works", "name", "history_type"):
        rules[day] = (works, name)
        if kind == "-":
            del rules[day]
    content = (notice.title, notice.year, notice.published_on, sorted(rules.items()))
    whole = hashlib.sha256(repr(content).encode()).hexdigest() == notice.digest
    return rules if whole else {}


def copy_days(apps, schema_editor):
    """Copy the days, bring back those written over, and name each in the history by its key."""
    model = lambda name: apps.get_model("coordination", name)
    old, new = model("CalendarDay").objects, model("NoticeDay").objects
    history = model("HistoricalCalendarDay").objects
    standing = {
        (notice_id, day): (works, name)
        for notice_id, day, works, name in old.values_list("notice_id", "day", "works", "name")
    }
    for notice in model("HolidayNotice").objects.all():
        for day, rule in rules_on_record(history, notice).items():
            standing.setdefault((notice.pk, day), rule)
    known = model("HolidayNotice").objects.values("pk")
    mentioned = set(history.filter(notice_id__in=known).values_list("notice_id", "day"))
    for notice_id, day in sorted(mentioned | set(standing)):
        works, name = standing.get((notice_id, day), (False, ""))
        row = new.create(notice_id=notice_id, day=day, works=works, name=name)
        history.filter(notice_id=notice_id, day=day).update(id=row.pk)
        if (notice_id, day) not in standing:
            row.delete()
    schema_editor.connection.check_constraints()  # at once: what follows alters the table


class Migration(migrations.Migration):
    dependencies = [("coordination", "0011_roster")]

    operations = [
        migrations.CreateModel(
            name="NoticeDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("works", models.BooleanField(verbose_name="working day")),
                ("name", models.CharField(blank=True, max_length=40, verbose_name="name")),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="days",
                        to="coordination.holidaynotice",
                    ),
                ),
            ],
            options={
                "verbose_name": "calendar day",
                "verbose_name_plural": "calendar days",
                "ordering": ["day"],
            },
        ),
        migrations.AddField(
            model_name="historicalcalendarday",
            name="id",
            field=models.BigIntegerField(
                auto_created=True, blank=True, db_index=True, default=0, verbose_name="ID"
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="historicalcalendarday",
            name="day",
            field=models.DateField(verbose_name="day"),
        ),
        migrations.RunPython(copy_days, migrations.RunPython.noop),
        migrations.DeleteModel(name="CalendarDay"),
        migrations.RenameModel(old_name="NoticeDay", new_name="CalendarDay"),
        migrations.AddConstraint(
            model_name="calendarday",
            constraint=models.UniqueConstraint(
                fields=("notice", "day"), name="a_notice_names_a_day_once"
            ),
        ),
    ]
