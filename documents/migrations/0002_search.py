"""The search index: GIN over pairs on PostgreSQL, FTS5 on SQLite; see documents/search.py."""

from django.db import migrations

TABLE = "documents_incomingdocument"
INDEX = "documents_incoming_search"
POSTGRESQL = (
    f"CREATE INDEX {INDEX} ON {TABLE} USING gin (string_to_array(search_terms, ' '))",
    # A title is looked up exactly when a document is registered, to warn of a duplicate.
    f"CREATE INDEX incoming_by_title ON {TABLE} (upper(title))",
)
SQLITE = (
    f"CREATE VIRTUAL TABLE {INDEX} USING fts5(search_terms, content='{TABLE}', content_rowid='id')",
    f"CREATE TRIGGER {INDEX}_insert AFTER INSERT ON {TABLE} BEGIN "
    f"INSERT INTO {INDEX}(rowid, search_terms) VALUES (NEW.id, NEW.search_terms); END",
    f"CREATE TRIGGER {INDEX}_delete AFTER DELETE ON {TABLE} BEGIN "
    f"INSERT INTO {INDEX}({INDEX}, rowid, search_terms) "
    "VALUES ('delete', OLD.id, OLD.search_terms); END",
    f"CREATE TRIGGER {INDEX}_update AFTER UPDATE OF search_terms ON {TABLE} BEGIN "
    f"INSERT INTO {INDEX}({INDEX}, rowid, search_terms) "
    "VALUES ('delete', OLD.id, OLD.search_terms); "
    f"INSERT INTO {INDEX}(rowid, search_terms) VALUES (NEW.id, NEW.search_terms); END",
)


def build(apps, schema_editor):
    """Make the index of the database at hand."""
    vendor = schema_editor.connection.vendor
    for sql in POSTGRESQL if vendor == "postgresql" else SQLITE:
        schema_editor.execute(sql, params=None)


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]
    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
