"""What goes on around the main line in the demo: a stand-in, an absence, reading, urging."""

from datetime import timedelta

from django.utils import timezone

from coordination import delegations, duties, extensions, urging
from coordination.models import Duty, Seat

from ..models import IncomingDocument

AWAY = timedelta(days=6)


def play(story) -> None:
    """Everything around the documents that stand open today."""
    _stand_in(story)
    _circulate(story)
    _urge(story)
    _ask_for_an_extension(story)


def _stand_in(story) -> None:
    """A deputy leader is away this week; another signs for them."""
    today = timezone.localdate()
    people = story.people
    delegations.give_delegation(
        person=people["deputy"],
        seat=Seat.objects.get(login="deputy"),
        delegate=people["deputy2"],
        acts=["incoming:instruct", "incoming:return_proposal", "reading:read"],
        since=today,
        until=today + AWAY,
        reason="赴省参加培训",
    )
    delegations.enter_absence(
        person=people["deputy"],
        absent=people["deputy"],
        since=today,
        until=today + AWAY,
        note="省里培训",
    )


def _circulate(story) -> None:
    """The latest national document goes round; one leader has read it."""
    document = IncomingDocument.objects.filter(state="to_propose").latest("pk")
    logins = ("leader", "deputy", "deputy2", "head1", "legal", "member1")
    seats = list(Seat.objects.filter(login__in=logins))
    story.step(document, "circulate", story.clerk, 0, "新文件，请阅知。", seats=seats)
    reading = document.readings.get(seat__login="leader")
    story.step(reading, "read", story.people["leader"], 0, "请各组对照研究。")


def _urge(story) -> None:
    """The two that are latest are urged in words."""
    now, today = timezone.now(), timezone.localdate()
    late = Duty.objects.overdue(now, today).order_by("due_on", "pk")[:2]
    if late:
        urging.urge(person=story.clerk, duties=late, word="已超过办理时限，请本周内报送办理情况。")


def _ask_for_an_extension(story) -> None:
    """One handler asks in time for three more working days."""
    now = timezone.now()
    running = Duty.objects.running().filter(due_at=None).select_related("organisation")
    duty = next((d for d in running.order_by("-due_on") if not duties.is_late(d, now)), None)
    if duty is not None:
        extensions.ask_for_extension(
            duty,
            person=story.handlers[duty.organisation_id],
            reason="需赴现场核实数据，请准予延期。",
            due_on=story.calendar.add(duty.due_on, 3),
        )
