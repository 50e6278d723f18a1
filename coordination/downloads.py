"""Serving stored files: as attachment, never to be run or guessed at by the browser."""

from django.http import FileResponse, Http404

from . import storage
from .models import StoredFile


def file_response(file: StoredFile) -> FileResponse:
    """Return the content of a stored file whose reader was authorised by the caller.

    Raises Http404 when the content is missing; `check_integrity` reports such files.
    """
    path = storage.path_of(file.sha256)
    if not path.is_file():
        raise Http404
    response = FileResponse(
        path.open("rb"), as_attachment=True, filename=file.name, content_type=file.media_type
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
