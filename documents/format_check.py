"""Format check of a Word file from elsewhere (GB/T 9704-2012): used by drafters, and in the
preliminary review of incoming documents (2012 Regulations art. 20, 24). Nothing of it is stored.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from coordination import storage, uploads
from coordination.models import StoredFile

from .paper import docx_apart
from .paper.check_docx import Finding, judge
from .paper.docx_reading import Reading, too_long, unsound

DOCX = uploads.MEDIA_TYPES["docx"]
SECONDS = 15  # of waiting; the processor's are bounded in the process itself


def check_upload(upload: UploadedFile) -> list[Finding]:
    """What departs from the standard in an upload; raises ValidationError for no sound .docx."""
    if not (upload.name or "").lower().endswith(".docx"):
        raise ValidationError(
            _("Choose a Word file (.docx). Save .doc and .wps files anew as .docx first."),
            code="kind",
        )
    uploads.inspect(upload)
    with NamedTemporaryFile(suffix=".docx") as copy:
        upload.seek(0)
        for chunk in upload.chunks():
            copy.write(chunk)
        copy.flush()
        return judge(_read_apart(Path(copy.name)))


def check_stored(file: StoredFile) -> list[Finding]:
    """What departs from the standard in a stored .docx, inspected when it was uploaded."""
    return judge(_read_apart(storage.path_of(file.sha256)))


def _read_apart(path: Path) -> Reading:
    """Read the file in a process of its own; a hostile one is stopped."""
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and a path of our own making
            [sys.executable, "-m", "documents.paper.docx_apart", str(path)],
            cwd=settings.BASE_DIR,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise too_long() from error
    if done.returncode == docx_apart.UNSOUND:
        raise unsound()
    if done.returncode != 0:
        raise too_long()
    return docx_apart.from_json(done.stdout)
