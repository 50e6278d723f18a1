"""Several cases tried on the same ground, for what a test stands on costs more than to judge it."""

import contextlib
from collections.abc import Iterator

from django.db import transaction


@contextlib.contextmanager
def trying(*case) -> Iterator[None]:
    """What is done meanwhile is taken back afterwards; a failure says which case it was."""
    with transaction.atomic():
        try:
            yield
        except BaseException as error:
            error.add_note(f"case: {case}")
            raise
        transaction.set_rollback(True)
