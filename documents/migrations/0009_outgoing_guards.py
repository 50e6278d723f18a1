"""Versions and numbers of papers are append-only; the search index of the outgoing register.

A later migration that rebuilds one of these tables on SQLite must put all of this up again.
"""

from django.db import migrations

APPEND_ONLY = (
    "documents_paperversion",
    "documents_papernumber",
    "documents_voidednumber",
)
TABLE = "documents_outgoingdocument"
INDEX = "documents_outgoing_search"


def _on_postgresql():
    for table in APPEND_ONLY:
        for event in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table}_{event.lower()} BEFORE {event} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION coordination_refuse('append_only')"
            )
    yield f"CREATE INDEX {INDEX} ON {TABLE} USING gin (string_to_array(search_terms, ' '))"


def _on_sqlite():
    for table in APPEND_ONLY:
        for event in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table}_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'append_only: {event} on {table} is refused'); END"
            )
    yield (
        f"CREATE VIRTUAL TABLE {INDEX} "
        f"USING fts5(search_terms, content='{TABLE}', content_rowid='id')"
    )
    yield (
        f"CREATE TRIGGER {INDEX}_insert AFTER INSERT ON {TABLE} BEGIN "
        f"INSERT INTO {INDEX}(rowid, search_terms) VALUES (NEW.id, NEW.search_terms); END"
    )
    gone = (
        f"INSERT INTO {INDEX}({INDEX}, rowid, search_terms) "
        "VALUES ('delete', OLD.id, OLD.search_terms);"
    )
    yield f"CREATE TRIGGER {INDEX}_delete AFTER DELETE ON {TABLE} BEGIN {gone} END"
    yield (
        f"CREATE TRIGGER {INDEX}_update AFTER UPDATE OF search_terms ON {TABLE} BEGIN {gone} "
        f"INSERT INTO {INDEX}(rowid, search_terms) VALUES (NEW.id, NEW.search_terms); END"
    )


def guard(apps, schema_editor):
    """Put guards and index up in the dialect at hand."""
    vendor = schema_editor.connection.vendor
    for sql in _on_postgresql() if vendor == "postgresql" else _on_sqlite():
        schema_editor.execute(sql, params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0008_outgoing"),
        ("coordination", "0016_number_codes"),
    ]
    operations = [migrations.RunPython(guard, migrations.RunPython.noop)]
