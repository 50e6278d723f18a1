"""The records of this floor, whichever module describes them."""

from .delivery_models import Delivery, IssuedCopy
from .desk_models import Label, Labelling, Relation, SavedFilter
from .drafting_models import PaperTemplate, RecipientList
from .filing_models import FiledItem, FiledPart, RetentionRule, VacatedCode
from .incoming_models import (
    Attachment,
    Handling,
    HandlingProposal,
    IncomingDocument,
    IncomingDocumentShare,
    Reading,
)
from .outgoing_models import (
    Consultation,
    Laying,
    OutgoingDocument,
    PaperNumber,
    PaperVersion,
    VoidedNumber,
)
from .seal_models import Seal, SealRequest, SealUse

__all__ = [
    "Attachment",
    "Consultation",
    "Delivery",
    "FiledItem",
    "FiledPart",
    "Handling",
    "HandlingProposal",
    "IncomingDocument",
    "IncomingDocumentShare",
    "IssuedCopy",
    "Label",
    "Labelling",
    "Laying",
    "OutgoingDocument",
    "PaperNumber",
    "PaperTemplate",
    "PaperVersion",
    "Reading",
    "RecipientList",
    "Relation",
    "RetentionRule",
    "SavedFilter",
    "Seal",
    "SealRequest",
    "SealUse",
    "VacatedCode",
    "VoidedNumber",
]
