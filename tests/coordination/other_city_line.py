"""Run by test_other_city in a database of its own: the whole incoming line under another charter."""

import datetime as dt

import time_machine

from coordination.models import Appointment, Decision, Duty, Organisation, Person, Seat
from coordination.workdays import SHANGHAI
from documents import actions
from documents.states import ReviewPoint

AT = dt.datetime(2026, 3, 2, 10, tzinfo=SHANGHAI)  # a Monday
people = {}
for seat in Seat.objects.select_related("organisation"):
    name = f"{seat.organisation.key}:{seat.post}"
    people[name] = Person.objects.create(username=name.replace(":", "-"), name=str(seat))
    Appointment.objects.create(
        person=people[name],
        seat=seat,
        since=dt.date(2024, 1, 8),
        decision=Decision.objects.get(key="working_rules"),
    )
unit = {organisation.key: organisation for organisation in Organisation.objects.all()}
clerk, director = people["leading_office:office_staff"], people["leading_office:office_director"]


def step(record, action, who, opinion="", **data):
    return actions.take_step(record, action, person=who, opinion=opinion, data=data, at=AT)


def register(number):
    data = {
        "sender": unit["river_town"],
        "sender_name": "江口镇人民政府",
        "sender_number": f"江政〔2026〕{number}号",
        "kind": "report",
        "title": "关于数据共享的报告",
        "received_at": AT,
        "copies": 1,
        "urgency": "ordinary",
    }
    document = actions.register_document(person=clerk, data=data, at=AT)
    return step(document, "pass_review", clerk, points=[p.value for p in ReviewPoint])


def reply(document, key, action):
    part = document.handlings.get(organisation__key=key)
    part = step(part, "accept", people[f"{key}:unit_liaison"])
    step(part, action, people[f"{key}:unit_liaison"], reply="已办。")


with time_machine.travel(AT, tick=False):
    whole = {"lead": unit["treasury"], "co_handlers": [], "limit_at": None}
    document = register(1)
    seat = Seat.objects.get(post="office_director")
    document = step(
        document, "propose_handling", clerk, "拟请财政局办。", laid_before=seat, **whole
    )
    document = step(document, "instruct", director, "同意。", **whole)
    print("sole", document.main_duty.due_on)
    reply(document, "treasury", "submit_reply")
    document.refresh_from_db()
    document = step(document, "accept_reply", clerk)
    document = step(document, "answer_sender", clerk, method="letter", answer="已办结。")
    print(step(document, "complete", clerk).state)
    document = register(2)
    document = step(
        document,
        "transfer",
        clerk,
        lead=unit["data"],
        co_handlers=[unit["treasury"]],
        limit_at=None,
    )
    print("lead", document.main_duty.due_on)
    print("co", Duty.objects.get(kind="co_opinion").due_on)
    reply(document, "treasury", "give_opinion")
    reply(document, "data", "submit_reply")
    document.refresh_from_db()
    print(document.state, document.register_number)
