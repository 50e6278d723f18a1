"""No form takes a text that is longer than the column it is written to: PostgreSQL refuses it."""

import importlib
import pkgutil

import pytest
from django import forms
from django.db import models

from coordination.models import (
    Absence,
    Appointment,
    Body,
    Confirmation,
    CutOff,
    Decision,
    Delegation,
    Extension,
    HolidayNotice,
    Message,
    Messenger,
    Person,
    Phrase,
    Seat,
    Transition,
    Urging,
)
from documents.models import (
    Consultation,
    Delivery,
    Handling,
    IncomingDocument,
    Label,
    OutgoingDocument,
    PaperVersion,
    Reading,
    RecipientList,
    RetentionRule,
    SavedFilter,
    Seal,
    SealRequest,
)

COLUMNS = {
    "DecidedForm.decision_title": (Decision, "title"),
    "DecidedForm.decision_number": (Decision, "number"),
    "TakeBackForm.reason": (Appointment.history.model, "history_change_reason"),
    "SeatForm.title": (Seat, "title"),
    "PersonForm.username": (Person, "username"),
    "PersonForm.name": (Person, "name"),
    "PersonForm.phone": (Person, "phone"),
    "PersonForm.email": (Person, "email"),
    "BodyForm.name": (Body, "name"),
    "BodyForm.short_name": (Body, "short_name"),
    "ChangeForm.name": (Body, "name"),
    "ChangeForm.short_name": (Body, "short_name"),
    "NoticeForm.number": (HolidayNotice, "number"),
    "NoticeForm.title": (HolidayNotice, "title"),
    "CutOffForm.reason": (CutOff, "reason"),
    "ChannelsForm.email": (Person, "email"),
    "ChannelsForm.phone": (Person, "phone"),
    "SettleForm.word": (Message, "word"),
    "MessengerForm.url": (Messenger, "url"),
    "StepForm.opinion": (Transition, "opinion"),
    "ConfirmForm.phone": (Confirmation, "phone"),
    "ConfirmForm.email": (Confirmation, "email"),
    "AnotherForm.name": (Confirmation, "name"),
    "AnotherForm.phone": (Confirmation, "phone"),
    "AnotherForm.email": (Confirmation, "email"),
    "DelegationForm.reason": (Delegation, "reason"),
    "RevocationForm.reason": (Delegation, "revoked_why"),
    "AbsenceForm.note": (Absence, "note"),
    "ExtensionForm.opinion": (Extension, "reason"),
    "UrgingForm.word": (Urging, "word"),
    "PhraseForm.text": (Phrase, "text"),
    "LabelForm.name": (Label, "name"),
    "ListForm.name": (RecipientList, "name"),
    "ListForm.printed_as": (RecipientList, "printed_as"),
    "_OneLine.name": (SavedFilter, "name"),
    "RegistrationForm.title": (IncomingDocument, "title"),
    "RegistrationForm.sender_name": (IncomingDocument, "sender_name"),
    "RegistrationForm.sender_number": (IncomingDocument, "sender_number"),
    "RegistrationForm.contact": (IncomingDocument, "contact"),
    "RegistrationForm.remarks": (IncomingDocument, "remarks"),
    "CorrectionForm.opinion": (Transition, "opinion"),
    "AnswerForm.answer": (IncomingDocument, "answer"),
    "ReplyForm.reply": (Handling, "reply"),
    "CirculationForm.opinion": (Reading, "why"),
    "ReceiptForm.receiver": (Delivery, "receiver"),
    "FurtherForm.outside_name": (Delivery, "outside_name"),
    "ReportForm.reply": (Delivery, "reply"),
    "AskLegalForm.opinion": (Consultation, "question"),
    "FindingForm.opinion": (Consultation, "opinion"),
    "SealRequestForm.matter": (SealRequest, "matter"),
    "SealRequestForm.reason": (SealRequest, "reason"),
    "SealForm.name": (Seal, "name"),
    "ReasonForm.reason": (Seal.history.model, "history_change_reason"),
    "PictureForm.reason": (Seal.history.model, "history_change_reason"),
    "RetentionForm.basis": (RetentionRule, "basis"),
    "DraftForm.title": (OutgoingDocument, "title"),
    "DraftForm.opinion": (PaperVersion, "why"),
    **{
        f"DraftForm.{name}": (PaperVersion, "content")
        for name in ("subject", "annotation", "tendency", "authorisation", "reason_in_person")
    },
}
# Compared or read, not stored; a notice's lines and the reason of its change have no column.
NOT_STORED = {
    "password",
    "seen",
    "other",
    "confirmed",
    "NoticeForm.lines",
    "NoticeForm.reason",
    "DraftForm.answers",
}


def texts():
    """Every text field of every form, with the classes it may come from."""
    packages = ("outgoing", "seals", "filing")
    for app in ("coordination", "documents", *(f"documents.{name}" for name in packages)):
        package = importlib.import_module(app)
        for found in pkgutil.iter_modules(package.__path__):
            if not found.name.endswith("forms"):
                continue
            module = importlib.import_module(f"{app}.{found.name}")
            for form in vars(module).values():
                if isinstance(form, type) and issubclass(form, forms.BaseForm):
                    for name, field in form.base_fields.items():
                        if isinstance(field, forms.CharField):
                            yield form, name, field


def column_of(form, name):
    """Where a text of this form is written: the nearest class of the form that says so."""
    if name in NOT_STORED or f"{form.__name__}.{name}" in NOT_STORED:
        return None
    written = (COLUMNS.get(f"{kind.__name__}.{name}") for kind in form.__mro__)
    model, column = next(found for found in written if found)
    return model._meta.get_field(column)


@pytest.mark.parametrize(
    ("form", "name", "field"),
    list(texts()),
    ids=lambda part: getattr(part, "__name__", str(part)[:30]),
)
def test_a_text_field_is_no_longer_than_its_column(form, name, field):
    column = column_of(form, name)
    if column is None:
        return
    assert field.max_length, "a form bounds what it takes"
    unbounded = isinstance(column, models.TextField | models.JSONField)
    longest = None if unbounded else column.max_length
    assert longest is None or field.max_length <= longest


def test_the_table_names_no_form_that_is_gone():
    known = {f"{kind.__name__}.{name}" for form, name, _ in texts() for kind in form.__mro__}
    assert set(COLUMNS) <= known
