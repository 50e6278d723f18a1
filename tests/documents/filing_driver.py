"""Files documents by the real actions."""

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from coordination import storage, workflow
from coordination.models import StoredFile
from documents.filing import actions
from documents.models import Attachment, FiledItem
from documents.states import DeliveryState
from documents.states import IncomingState as S

from .paper_driver import Papers


class Files:
    """The Office, filing."""

    def __init__(self, office):
        self.office, self.people, self.papers = office, office.people, Papers(office)

    def upload(self, name="来文.txt", text="来文正文") -> StoredFile:
        """A file of a clerk."""
        content = ContentFile(text.encode(), name).read()
        return storage.keep(SimpleUploadedFile(name, content), self.people["clerk"])

    def attach(self, document, *names):
        """Put files on a received document."""
        for name in names:
            file = self.upload(name, name)
            storage.claim([file])
            Attachment.objects.create(document=document, file=file)
        return document

    def completed(self, *names):
        """A completed received document with a file, or with these."""
        return self.attach(self.office.at_state(S.COMPLETED), *(names or ("来文.txt",)))

    def issued(self, path="in_office_name", **more):
        """An issued paper for which every recipient has signed."""
        return self.signed_for(self.papers.issued(path, **more))

    def signed_for(self, paper):
        """The paper, after every recipient has signed for it."""
        for row in paper.deliveries.filter(state=DeliveryState.SENT):
            data = {"receiver": "王某", "received_at": timezone.now()}
            workflow.advance(row, "note_receipt", person=self.people["clerk"], data=data)
        return paper

    def file(self, document, retention="D10", who="clerk", **more) -> FiledItem:
        """File it."""
        return actions.file_document(document, person=self.people[who], retention=retention, **more)

    def reopen(self, item, why="期限有误") -> FiledItem:
        """By the director."""
        return actions.take_step(item, "reopen", person=self.people["director"], opinion=why)

    def refile(self, item, retention="D10", **more) -> FiledItem:
        """Again."""
        return actions.refile(item, person=self.people["clerk"], retention=retention, **more)
