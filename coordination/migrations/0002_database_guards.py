"""What the database itself refuses, on PostgreSQL and SQLite alike.

Steps taken and audit entries are append-only; organisations are closed, never deleted (A4); a
seat has one holder a day (A2, C3, C4, A16).
"""

from django.db import migrations

APPEND_ONLY = ("coordination_transition", "coordination_auditentry")
KEPT = ("coordination_organisation", "coordination_unit", "coordination_body")
OVERLAP = """
    SELECT 1 FROM coordination_appointment other
    WHERE other.seat_id = NEW.seat_id AND other.id <> NEW.id
      AND other.since <= COALESCE(NEW.until, '9999-12-31')
      AND COALESCE(other.until, '9999-12-31') >= NEW.since
"""


def _refusals():
    for table in APPEND_ONLY:
        yield table, "UPDATE", "append_only"
        yield table, "DELETE", "append_only"
    for table in KEPT:
        yield table, "DELETE", "never_deleted"


def _on_postgresql():
    yield """
        CREATE FUNCTION coordination_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '%: % on % is refused', TG_ARGV[0], TG_OP, TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
    """
    for table, event, why in _refusals():
        yield (
            f"CREATE TRIGGER {table}_{event.lower()} BEFORE {event} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION coordination_refuse('{why}')"
        )
    yield "CREATE EXTENSION IF NOT EXISTS btree_gist"
    yield """
        ALTER TABLE coordination_appointment ADD CONSTRAINT one_holder_a_day
        EXCLUDE USING gist (seat_id WITH =, daterange(since, until, '[]') WITH &&)
    """


def _on_sqlite():
    for table, event, why in _refusals():
        yield (
            f"CREATE TRIGGER {table}_{event.lower()} BEFORE {event} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{why}: {event} on {table} is refused'); END"
        )
    for event in ("INSERT", "UPDATE"):
        yield (
            f"CREATE TRIGGER one_holder_a_day_{event.lower()} "
            f"AFTER {event} ON coordination_appointment WHEN EXISTS ({OVERLAP}) "
            "BEGIN SELECT RAISE(ABORT, 'one_holder_a_day'); END"
        )


def guard(apps, schema_editor):
    """Put the guards up in the dialect at hand."""
    vendor = schema_editor.connection.vendor
    for sql in _on_postgresql() if vendor == "postgresql" else _on_sqlite():
        schema_editor.execute(sql, params=None)


class Migration(migrations.Migration):
    dependencies = [("coordination", "0001_initial")]
    operations = [migrations.RunPython(guard, migrations.RunPython.noop)]
