"""Search in Chinese text: bigrams made in Python, indexed by either database.

Word indexes find nothing in unspaced Chinese, and trigram indexes none of its two-character
words. So each text is stored as its overlapping pairs of characters, and a question becomes the
pairs it contains.
"""

import re
import unicodedata

from django.db import connections
from django.db.models import Lookup, TextField

INDEXES = {
    "documents_incomingdocument": "documents_incoming_search",
    "documents_outgoingdocument": "documents_outgoing_search",
}
_WORD = re.compile(r"[^\W_]+")


def pairs(text: str) -> list[str]:
    """Return the pairs of neighbouring characters in `text`, lower-cased, in order.

    Letters and digits count, punctuation separates; a lone character stands for itself.
    """
    found: dict[str, None] = {}
    for word in _WORD.findall(unicodedata.normalize("NFKC", text).lower()):
        found.update(dict.fromkeys(word[i : i + 2] for i in range(max(1, len(word) - 1))))
    return list(found)


def plain(text: str) -> str:
    """`text` as it is compared: one width, small letters, no spaces."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def grams(*texts: str) -> str:
    """Return the stored form of `texts`: their distinct pairs and single characters, spaced."""
    found: dict[str, None] = {}
    for text in texts:
        for pair in pairs(text):
            found[pair] = None
            found.update(dict.fromkeys(pair))
    return " ".join(found)


@TextField.register_lookup
class HasGrams(Lookup):
    """`search_terms__has_grams="营商环境"`: rows that hold every pair of the question."""

    lookup_name = "has_grams"

    def get_prep_lookup(self):
        """Turn the question into its pairs."""
        return pairs(str(self.rhs))

    def get_db_prep_lookup(self, value, connection):
        """Hand the pairs over as one array or one full-text question."""
        if connection.vendor == "postgresql":
            return "%s", [value]
        return "%s", [" AND ".join(f'"{pair}"' for pair in value) or '""']

    def as_sql(self, compiler, connection):
        """Ask the index of the database at hand (migrations 0002 and 0009 make them)."""
        column, column_params = self.process_lhs(compiler, connection)
        value, params = self.process_rhs(compiler, connection)
        if connection.vendor == "postgresql":
            sql = f"string_to_array({column}, ' ') @> {value}::text[]"
            return sql, [*column_params, *params]
        index = INDEXES[self.lhs.target.model._meta.db_table]
        table = connections[connection.alias].ops.quote_name(index)
        key = column.rsplit(".", 1)[0] + '."id"'
        sql = f"{key} IN (SELECT rowid FROM {table} WHERE {table} MATCH {value})"  # noqa: S608
        return sql, [*column_params, *params]
