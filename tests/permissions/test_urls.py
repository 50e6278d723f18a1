"""Every URL × every persona, against a table. A URL without a row fails the build."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from coordination import (
    appointments,
    bodies,
    calendars,
    confirmations,
    delegations,
    extensions,
    feeds,
    jobs,
    phrases,
    registry,
    storage,
)
from coordination.models import Confirmation, HandOver, Job, Message, Notice
from documents import saved_filters
from documents.models import Attachment, Label, RecipientList, Seal
from documents.outgoing.content import Enclosed
from documents.paper import samples
from documents.paper.docx import render_docx
from documents.seals import actions as seal_actions

from ..cases import trying
from ..documents.filing_driver import Files
from ..documents.paper_driver import Papers

pytestmark = pytest.mark.django_db
PERSONAS = (
    "anonymous", "outsider", "leader", "deputy", "deputy2", "director", "clerk", "clerk2", "head1",
    "deputyhead1", "groupliaison1", "legal", "supervisor", "member1", "liaison1", "handler",
    "sysadmin", "secadmin", "auditor",
)  # fmt: skip
OFFICE = {"clerk", "clerk2", "director"}
LEADERS = {"leader", "deputy", "deputy2", "director"}
HEADS = {"head1", "member1", "deputy", "deputy2"}  # of their departments
HANDLERS = {*HEADS, "deputyhead1", "groupliaison1", "liaison1", "handler"}
OFFICERS = {"sysadmin", "secadmin", "auditor"}
ALL = set(PERSONAS) - {"anonymous"}
WITH_POST = ALL - {"outsider"}
INVOLVED = OFFICE | {"handler", "deputy"}  # laid before deputy, then with handler; deputy2 stands
# in for deputy, but nothing waits to be instructed any more: only the extension is deputy2's
DRAFTERS = OFFICE | {"head1", "deputyhead1", "groupliaison1"}
READERS = OFFICE | HANDLERS | {"leader", "deputy", "deputy2"}


def row(method, allowed, *, ok=200, refused=403, public=False):
    return {"method": method, "allowed": allowed, "ok": ok, "refused": refused, "public": public}


MATRIX = {
    "home": row("get", ALL),
    "login": row("get", ALL, ok=302, public=True),
    "logout": row("post", ALL, ok=302),
    "password_change": row("get", ALL),
    "set_language": row("post", ALL, ok=302, public=True),
    "healthz": row("get", ALL, public=True),
    "waiting": row("get", ALL),
    "notices": row("get", ALL),
    "notice": row("post", {"handler"}, ok=302, refused=404),
    "duties": row("get", READERS | {"supervisor", "legal"}),
    "duty": row("get", INVOLVED | {"deputy2"}, refused=404),
    "urge": row("post", OFFICE | LEADERS | {"supervisor"}, ok=422),
    "urged": row("get", READERS | {"supervisor", "legal"}),
    "extension_new": row("get", {"handler"}, refused=404),
    "extension_step": row("get", {"deputy", "deputy2"}, refused=404),
    "draft": row("post", ALL, ok=400),
    "job": row("get", {"handler"}, refused=404),
    "job_file": row("get", {"handler"}, refused=404),
    "rulebook": row("get", ALL),
    "article": row("get", ALL),
    "calendar": row("get", WITH_POST - OFFICERS),
    "calendar_count": row("get", WITH_POST - OFFICERS),
    "calendar_new": row("get", OFFICE),
    "cut_off": row("get", OFFICE),
    "preferences": row("get", ALL),
    "undelivered": row("get", OFFICE),
    "message_again": row("post", OFFICE, ok=302, refused=404),
    "message_settled": row("get", OFFICE, refused=404),
    "messenger": row("get", {"secadmin"}),
    "feed": row("get", READERS | {"supervisor", "legal"}),
    "feed_file": row("get", ALL, public=True),
    "roster": row("get", READERS | {"secadmin"}),
    "confirmations": row("get", OFFICE | HEADS | {"secadmin", "liaison1", "handler"}),
    "confirmation": row("get", OFFICE | {"secadmin", "handler"}, refused=404),
    "confirmation_step": row("get", {"handler"}, refused=404),
    "roster_import": row("get", {"secadmin"}),
    "slips": row("get", {"secadmin"}),
    "roster_export": row("get", READERS | {"secadmin"}),
    "person_new": row("get", {"secadmin"}),
    "person_active": row("post", {"secadmin"}, ok=302),
    "posts": row("get", {"secadmin"}),
    "appoint": row("get", {"secadmin"}),
    "appointment_end": row("get", {"secadmin"}),
    "appointment_take_back": row("get", {"secadmin"}),
    "seat_new": row("get", {"secadmin"}),
    "seat_close": row("get", {"secadmin"}),
    "body_new": row("get", {"secadmin"}),
    "body_change": row("get", {"secadmin"}),
    "body_close": row("get", {"secadmin"}),
    "closing_take_back": row("get", {"secadmin"}),
    "change_take_back": row("get", {"secadmin"}),
    "closings": row("get", OFFICE),
    "hand_overs": row("get", ALL),  # whoever hands over may hold no post any more
    "hand_over": row("get", OFFICE, refused=404),
    "delegations": row("get", WITH_POST - OFFICERS),
    "delegation_new": row("get", WITH_POST - OFFICERS),
    "delegation": row("get", OFFICE | {"deputy", "deputy2"}, refused=404),
    "delegation_file": row("get", OFFICE | {"deputy", "deputy2"}, refused=404),
    "absence_new": row("get", WITH_POST - OFFICERS),
    "absence_cancel": row("post", OFFICE | {"deputy"}, ok=302, refused=404),
    "organisation": row("get", WITH_POST - OFFICERS),
    "people": row("get", {"secadmin"}),
    "unlock": row("post", {"secadmin"}, ok=302),
    "audit": row("get", {"auditor"}),
    "system": row("get", {"sysadmin"}),
    "documents:register": row("get", WITH_POST - OFFICERS),
    "documents:reading": row("get", OFFICE | {"legal"}, ok=302, refused=404),
    "documents:reading_step": row("get", {"legal"}, refused=404),
    "documents:new": row("get", OFFICE),
    "documents:from_file": row("get", OFFICE, ok=302),
    "documents:transfer_many": row("get", OFFICE),
    "documents:paper_label": row("get", INVOLVED, refused=404),
    "documents:paper_label_code": row("get", INVOLVED, refused=404),
    "documents:export": row("post", OFFICE | HANDLERS),
    "documents:statistics": row("get", OFFICE | LEADERS | HANDLERS),
    "documents:statistics_export": row("post", OFFICE | LEADERS | HANDLERS),
    "documents:labels": row("get", OFFICE),
    "documents:label": row("get", OFFICE),
    "documents:label_merge": row("post", OFFICE, ok=422),
    "documents:label_remove": row("post", OFFICE, ok=302),
    "documents:label_documents": row("post", OFFICE, ok=302),
    "documents:document_labels": row("get", OFFICE),
    "documents:filters": row("get", WITH_POST - OFFICERS),
    "documents:filter_new": row("get", WITH_POST - OFFICERS),
    "documents:filter_change": row("get", {"handler"}, refused=404),
    "documents:filter_delete": row("post", {"handler"}, ok=302, refused=404),
    "phrases": row("get", WITH_POST - OFFICERS),
    "phrase": row("get", {"handler"}, refused=404),
    "phrase_delete": row("post", {"handler"}, ok=302, refused=404),
    "documents:detail": row("get", INVOLVED | {"legal"}, refused=404),
    "documents:sheet": row("post", INVOLVED, ok=302, refused=404),
    "documents:download": row("get", INVOLVED | {"legal"}, refused=404),
    "documents:check_attachment": row("get", INVOLVED | {"legal"}, refused=404),
    "format_check": row("get", DRAFTERS),
    "documents:step": row("get", OFFICE, refused=404),
    "documents:ended_parts": row("get", OFFICE | LEADERS | HANDLERS),
    "documents:part": row("get", INVOLVED, ok=302, refused=404),
    "documents:part_step": row("get", {"handler"}, refused=404),
    "filing:year": row("get", OFFICE),
    "filing:many": row("get", OFFICE),
    "filing:list": row("post", OFFICE, ok=302),
    "filing:package": row("post", OFFICE, ok=302),
    "filing:retention": row("get", OFFICE),
    "filing:new": row("get", OFFICE),
    "filing:item": row("get", OFFICE, refused=404),
    "filing:part": row("get", OFFICE, refused=404),
    "filing:step": row("get", {"director"}, refused=404),
    "papers:register": row("get", DRAFTERS | LEADERS),
    "papers:sign_many": row("get", DRAFTERS | LEADERS),
    "papers:new": row("get", DRAFTERS),
    "papers:lists": row("get", DRAFTERS),
    "papers:list_new": row("get", DRAFTERS),
    "papers:list": row("get", OFFICE, refused=404),
    "papers:list_history": row("get", DRAFTERS, refused=404),
    "papers:list_away": row("post", OFFICE, ok=302, refused=404),
    "papers:list_back": row("post", OFFICE, ok=302, refused=404),
    "papers:templates": row("get", DRAFTERS),
    "papers:template": row("get", OFFICE),
    "papers:template_history": row("get", DRAFTERS),
    "papers:ledger": row("get", OFFICE),
    "papers:received": row("get", OFFICE | HANDLERS),
    "papers:received_register_pdf": row("post", OFFICE | HANDLERS, ok=422),
    "papers:delivery": row("get", OFFICE | {"handler"}, refused=404),
    "papers:delivery_pdf": row("get", OFFICE | {"handler"}, refused=404),
    "papers:delivery_seal": row("get", OFFICE | {"handler"}, refused=404),
    "papers:delivery_file": row("get", OFFICE | {"handler"}, refused=404),
    "papers:delivery_step": row("get", {"handler"}, refused=404),
    "papers:distribution": row("get", OFFICE, refused=404),
    "papers:verify": row("get", ALL),
    "papers:consultations": row("get", DRAFTERS | HANDLERS | {"legal"}),
    "papers:consultation": row("get", OFFICE | {"handler"}, refused=404),
    "papers:consultation_step": row("get", {"handler"}, refused=404),
    "papers:consultation_file": row("get", OFFICE | {"handler"}, refused=404),
    "papers:ledger_pdf": row("post", OFFICE, ok=422),
    "papers:detail": row("get", OFFICE | {"deputy"}, refused=404),
    "papers:step": row("get", {"deputy"}, refused=404),
    "papers:pdf": row("post", OFFICE | {"deputy"}, ok=302, refused=404),
    "papers:issued_pdf": row("post", OFFICE | {"deputy"}, ok=302, refused=404),
    "papers:seal_picture": row("get", OFFICE, refused=404),
    "papers:docx": row("post", OFFICE | {"deputy"}, ok=302, refused=404),
    "papers:sheet": row("post", OFFICE | {"deputy"}, ok=302, refused=404),
    "papers:compare": row("get", OFFICE | {"deputy"}, refused=404),
    "papers:download": row("get", OFFICE | {"deputy"}, refused=404),
    "seals:list": row("get", OFFICE | HANDLERS | LEADERS),
    "seals:seal": row("get", OFFICE | HANDLERS | LEADERS, refused=404),
    "seals:new": row("get", {"director"}),
    "seals:change": row("get", {"director"}),
    "seals:close": row("get", {"director"}),
    "seals:picture": row("get", {"director"}),
    "seals:image": row("get", {"clerk", "director"}),
    "seals:uses": row("get", OFFICE),
    "seals:book": row("post", OFFICE, ok=302),
    "seals:requests": row("get", OFFICE | HANDLERS | LEADERS),
    "seals:request_new": row("get", OFFICE | HANDLERS),
    "seals:request": row("get", OFFICE | {"handler"}, refused=404),
    "seals:request_file": row("get", OFFICE | {"handler"}, refused=404),
    "seals:request_step": row("get", {"director"}, refused=404),
}
SEES_BUT_MAY_NOT = {  # they see the document, so they are told in words that the step is not theirs
    ("documents:step", "handler"): 403,
    ("documents:step", "deputy"): 403,
    **{("papers:step", who): 403 for who in OFFICE},
    **{("papers:consultation_step", who): 403 for who in OFFICE},
    **{("papers:delivery_step", who): 403 for who in OFFICE},
    ("seals:image", "clerk2"): 404,  # keeps no seal, but could
    **{("seals:request_step", who): 403 for who in ("clerk", "clerk2", "handler")},
    **{("filing:step", who): 403 for who in ("clerk", "clerk2")},
    **{("confirmation_step", who): 403 for who in (*OFFICE, "secadmin")},
    **{("extension_new", who): 403 for who in ("clerk", "clerk2", "director", "deputy", "deputy2")},
    **{("extension_step", who): 403 for who in ("clerk", "clerk2", "director", "handler")},
    ("documents:part_step", "deputy"): 403,
    ("documents:step", "legal"): 403,
    **{("documents:reading_step", who): 403 for who in OFFICE},
    ("documents:part_step", "clerk"): 403,
    ("documents:part_step", "clerk2"): 403,
    ("documents:part_step", "director"): 403,
}


def named_urls(resolver, prefix=""):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"
        else:
            namespace = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from named_urls(pattern, prefix + namespace)


def test_every_url_has_a_row():
    assert sorted(named_urls(get_resolver())) == sorted(MATRIX)


@pytest.fixture
def world(office, outsider, monkeypatch):
    """One document that went through a deputy to a handler, with a file, a notice and a job."""
    monkeypatch.setitem(
        registry.JOBS,
        "t",
        registry.JobKind("t", lambda job: ("a.txt", "text/plain", b"x"), lambda job: True),
    )
    document = office.proposed("deputy")
    document = office.step(document, "instruct", "deputy", "同意", **office.assignment())
    handler = office.liaison("market_regulation")
    file = storage.keep(SimpleUploadedFile("a.txt", b"text"), office.people["clerk"])
    attachment = Attachment.objects.create(document=document, file=file)
    word = SimpleUploadedFile("a.docx", render_docx(samples.letter()))
    word = storage.keep(word, office.people["clerk"])
    written = Attachment.objects.create(document=document, file=word)
    change = hand_over(office)
    reader = office.seat("legal")
    document = office.step(document, "circulate", opinion="供参考", seats=[reader])
    delegation, absence = stand_in(office)
    extension = extensions.ask_for_extension(
        document.main_duty,
        person=handler,
        reason="需补充材料",
        due_on=calendars.current().add(document.main_duty.due_on, 3),
    )
    job = jobs.enqueue("t", {}, handler)
    jobs.run(job.pk)
    confirmations.ask_all(person=office.people["clerk"], year=timezone.localdate().year)
    asked = Confirmation.objects.get(organisation__key="market_regulation")
    label = Label.objects.create(name="重点")
    saved = saved_filters.save_filter(handler, name="函", query="kind=letter", shared=False)
    phrase = phrases.keep(handler, text="请按时办理。", shared=False)
    now = timezone.now()
    lost = Message.objects.create(
        person=handler, channel="mail", status="given_up", created_at=now, next_at=now
    )
    pks = {
        "message_again": [lost.pk],
        "message_settled": [lost.pk],
        "notice": [Notice.objects.get(person=handler, code="assigned").pk],
        "duty": [document.main_duty_id],
        "extension_new": [document.main_duty_id],
        "extension_step": [extension.pk, "grant"],
        "draft": ["key"],
        "job": [job.pk],
        "job_file": [job.pk],
        "article": ["B16"],
        "feed_file": [feeds.renew(handler)],
        "confirmation": [asked.pk],
        "confirmation_step": [asked.pk, "confirm"],
        "person_active": [office.people["liaison40"].pk],
        "appoint": [office.seat("liaison40").pk],
        "appointment_end": [change.predecessor_id],
        "appointment_take_back": [change.successor_id],
        "body_change": [office.unit("streamlining").pk],
        "body_close": [office.unit("streamlining").pk],
        "closing_take_back": [office.unit("streamlining").pk],
        "change_take_back": [planned(office).pk],
        "seat_close": [office.seat("member1").pk],
        "hand_over": [change.pk],
        "delegation": [delegation.pk],
        "delegation_file": [delegation.pk, delegation.instructions.get().pk],
        "absence_cancel": [absence.pk],
        "unlock": [handler.pk],
        "documents:label": [label.pk],
        "documents:label_merge": [label.pk],
        "documents:label_remove": [label.pk],
        "documents:document_labels": [document.pk],
        "documents:filter_change": [saved.pk],
        "documents:filter_delete": [saved.pk],
        "phrase": [phrase.pk],
        "phrase_delete": [phrase.pk],
        "documents:detail": [document.pk],
        "documents:sheet": [document.pk],
        "documents:paper_label": [document.pk],
        "documents:paper_label_code": [document.pk],
        "documents:download": [document.pk, attachment.pk],
        "documents:check_attachment": [document.pk, written.pk],
        "documents:reading": [document.readings.get().pk],
        "documents:reading_step": [document.readings.get().pk, "read"],
        "documents:step": [document.pk, "circulate"],
        "documents:part": [office.part(document).pk],
        "documents:part_step": [office.part(document).pk, "accept"],
        **papers_pks(office, file),
        **seals_pks(office, handler),
        **filing_pks(office),
    }
    people = office.people | {"handler": handler, "outsider": outsider}
    return pks, people


def papers_pks(office, file):
    """A paper with an attachment, in the group's name, laid before the deputy for signature."""
    papers, towns = Papers(office), RecipientList.objects.get(key="towns")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>'
    seal, by = Seal.objects.get(organisation__kind="group_office"), office.people["director"]
    picture = storage.keep_picture(SimpleUploadedFile("a.svg", svg), by)
    seal_actions.show(seal, by=by, reason="上传", picture=picture)
    attached = (Enclosed("a", file.pk, file.sha256, file.name),)
    paper = papers.to_sign("in_group_name", attachments=attached)
    asked = papers.ask_units(paper, "market_regulation")[0]
    sent = papers.issued(attachments=attached).deliveries.get()  # to the handler's unit
    jobs.run(Job.objects.get(kind="issued_copy").pk)
    return {
        **{f"papers:{name}": [towns.pk] for name in LISTS},
        "papers:template": ["notice"],
        "papers:template_history": ["notice"],
        "papers:detail": [paper.pk],
        "papers:step": [paper.pk, "sign"],
        "papers:delivery": [sent.pk],
        "papers:delivery_pdf": [sent.pk],
        "papers:delivery_seal": [sent.pk],
        "papers:delivery_file": [sent.pk, file.pk],
        "papers:delivery_step": [sent.pk, "receive"],
        "papers:distribution": [sent.document_id],
        "papers:consultation": [asked.pk],
        "papers:consultation_step": [asked.pk, "give"],
        "papers:consultation_file": [asked.pk, file.pk],
        "papers:pdf": [paper.pk],
        "papers:docx": [paper.pk],
        "papers:issued_pdf": [paper.pk],
        "papers:seal_picture": [sent.document_id],
        "papers:sheet": [paper.pk],
        "papers:compare": [paper.pk, 1, 1],
        "papers:download": [paper.pk, file.pk],
    }


def seals_pks(office, handler):
    """The Office's seal with a picture; the handler's unit asks for it, with a file."""
    seal = Seal.objects.get(organisation__kind="group_office")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>'
    seal.image = storage.keep_picture(SimpleUploadedFile("a.svg", svg), office.people["director"])
    seal.save()
    asked = seal_actions.request_seal(
        person=handler, seal=seal, organisation=office.unit("market_regulation"), matter="协议",
        reason="签订", copies=1, files=[storage.keep(SimpleUploadedFile("b.txt", b"b"), handler)],
    )  # fmt: skip
    one = {key: [seal.pk] for key in ("seal", "change", "close", "picture", "image")}
    return {f"seals:{name}": pks for name, pks in one.items()} | {
        "seals:book": [2026],
        "seals:request": [asked.pk],
        "seals:request_file": [asked.pk, asked.files.get().pk],
        "seals:request_step": [asked.pk, "approve"],
    }


def filing_pks(office):
    """One document that is filed with a file, one that is to be filed."""
    files = Files(office)
    item = files.file(files.completed())
    return {
        "filing:new": ["incoming", files.completed().pk],
        "filing:item": [item.pk],
        "filing:part": [item.pk, item.parts.get(role="received").pk],
        "filing:step": [item.pk, "reopen"],
    }


def hand_over(office):
    """liaison39 is to be followed by somebody new tomorrow."""
    secadmin, today = office.people["secadmin"], timezone.localdate()
    decision = bodies.enter_decision(by=secadmin, title="任免", number="", decided_on=today)
    appointments.appoint(
        by=secadmin,
        seat=office.seat("liaison39"),
        person=office.people["liaison38"],
        since=today + timedelta(days=1),
        decision=decision,
    )
    return HandOver.objects.get()


def planned(office):
    """A group is to have another name tomorrow."""
    secadmin, today = office.people["secadmin"], timezone.localdate()
    return bodies.plan_change(
        by=secadmin,
        organisation=office.unit("innovation"),
        name="创新组",
        in_force_from=today + timedelta(days=1),
        decision=bodies.enter_decision(by=secadmin, title="更名", number="", decided_on=today),
    )


LISTS = ("list", "list_history", "list_away", "list_back")


def stand_in(office):
    """deputy2 stands in for deputy, by a written instruction; deputy is away."""
    today, clerk = timezone.localdate(), office.people["clerk"]
    delegation = delegations.give_delegation(
        person=clerk,
        seat=office.seat("deputy"),
        delegate=office.people["deputy2"],
        acts=["incoming:instruct", "extension:grant"],
        since=today,
        until=today,
        reason="出差",
        files=[storage.keep(SimpleUploadedFile("a.txt", b"text"), clerk)],
    )
    absence = delegations.enter_absence(
        person=clerk, absent=office.people["deputy"], since=today, until=today
    )
    return delegation, absence


GETS = [name for name, rule in MATRIX.items() if rule["method"] == "get"]
POSTS = [name for name, rule in MATRIX.items() if rule["method"] != "get"]
SHARES = range(4)  # each sets out from one world; several, so that two processes have their part


@pytest.mark.every_engine
@pytest.mark.parametrize("share", SHARES)
def test_reading_answers_every_persona_as_the_table_says(world, client, share):
    answers_as_told(world, client, GETS[share :: len(SHARES)])


@pytest.mark.every_engine
@pytest.mark.parametrize("share", SHARES)
def test_writing_answers_every_persona_as_the_table_says(world, client, share):
    for name in POSTS[share :: len(SHARES)]:
        with trying(name):
            answers_as_told(world, client, [name])


def answers_as_told(world, client, names):
    """Every persona asks each of these addresses."""
    pks, people = world
    found, expected = {}, {}
    for persona in PERSONAS:
        client.logout()
        if persona != "anonymous":
            client.force_login(people[persona])
        for name in names:
            rule = MATRIX[name]
            answer = getattr(client, rule["method"])(reverse(name, args=pks.get(name, [])))
            found[name, persona] = answer.status_code
            expected[name, persona] = _expected(name, persona)
            if persona == "anonymous" and not rule["public"]:
                assert answer["Location"].startswith("/login/")
    assert found == expected


def _expected(name, persona):
    rule = MATRIX[name]
    if persona == "anonymous":
        if name == "login":
            return 200
        return rule["ok"] if rule["public"] else 302
    if persona in rule["allowed"]:
        return rule["ok"]
    return SEES_BUT_MAY_NOT.get((name, persona), rule["refused"])


def test_the_other_methods_do_nothing(world, client):
    pks, people = world
    client.force_login(people["clerk"])
    answers = {
        (name, method): getattr(client, method)(reverse(name, args=pks.get(name, []))).status_code
        for name in MATRIX
        for method in ("put", "delete", "patch")
    }
    signed_in = {(name, method) for name, method in answers if name == "login"}  # sent home at once
    strange = {key: code for key, code in answers.items() if code not in (403, 404, 405)}
    assert set(strange) == signed_in
    assert set(strange.values()) == {302}


def test_a_refusal_is_written_into_the_audit_trail(world, client):
    from coordination.models import AuditEntry

    client.force_login(world[1]["sysadmin"])
    answer = client.get("/incoming/")
    assert "art. 8" in answer.content.decode()
    entry = AuditEntry.objects.filter(event="refused").get()
    assert (entry.login, entry.subject, entry.succeeded) == ("sysadmin", "/incoming/", False)
