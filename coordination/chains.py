"""The chain of transitions: each covers what was done, and the digest of the one before it."""

import hashlib
import json
from typing import Any


def digest(row: Any) -> str:
    """SHA-256 of a transition and of the one before it, for the chain."""
    content = [
        row.content_type_id,
        row.object_id,
        row.serial,
        row.action,
        row.source,
        row.target,
        row.person_id,
        row.acting_as_id,
        row.opinion,
        row.details,
        row.cites,
        row.content_digest,
        row.at.timestamp(),
        row.cause_id,
        row.previous_digest,
    ]
    if row.delegation_id is not None:  # rows from before there were delegations keep their digest
        content.append(row.delegation_id)
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
