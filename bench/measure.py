"""`python -m bench.measure`: prints one JSON object with medians and ratios."""

import json
import os
import statistics
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench import bare, engines, pdf  # noqa: E402
from coordination.models import Appointment, Person  # noqa: E402
from documents.demo import scale  # noqa: E402
from documents.models import Handling, IncomingDocument  # noqa: E402

PEOPLE = 300
LARGE = int(os.environ.get("BENCH_LARGE", "100000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "60"))


def cpu(call) -> float:
    """Milliseconds of CPU of one call, the database's own work not included."""
    before = time.process_time()
    call()
    return (time.process_time() - before) * 1000


def interleaved(calls: dict) -> dict[str, float]:
    """Median CPU of each call, taken turn by turn so that noise falls on all alike."""
    for call in calls.values():
        for _ in range(5):
            call()
    taken = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, call in calls.items():
            taken[name].append(cpu(call))
    return {name: statistics.median(values) for name, values in taken.items()}


def visitor(username: str) -> Client:
    """Somebody signed in, through the whole stack of middleware."""
    client = Client(SERVER_NAME="localhost", headers={"accept-language": "zh-CN"})
    client.force_login(Person.objects.get(username=username), settings.AUTHENTICATION_BACKENDS[1])
    return client


def queries(client: Client, url: str) -> int:
    """How many queries one request costs."""
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    return len(captured)


def pages(username: str) -> dict:
    """Register, home and detail for one person, beside the bare page of the same rows and bytes."""
    client = visitor(username)
    person = Person.objects.get(username=username)
    documents = IncomingDocument.objects.order_by("-pk")
    if username != "clerk":
        units = Appointment.objects.filter(person=person).values("seat__organisation")
        parts = Handling.objects.filter(organisation__in=units)
        documents = documents.filter(pk__in=parts.values("document_id"))
    pks = list(documents.values_list("pk", flat=True)[:25])
    found = {}
    for name, url, rows in (
        ("register", "/incoming/", pks),
        ("home", "/", pks[:10]),
        ("detail", f"/incoming/{pks[0]}/", pks[:1]),
        ("statistics", "/incoming/statistics/", pks[:1]),
    ):
        answer = client.get(url)
        if answer.status_code != 200:
            sys.exit(f"{url} answered {answer.status_code}")
        bare.state.update(pks=rows, size=len(answer.content))
        bare_client = visitor(username)

        def bare_page(client=bare_client):
            with override_settings(ROOT_URLCONF="bench.bare"):
                client.get("/bare/")

        def bare_urls(client=client, url=url):
            with override_settings(ROOT_URLCONF=settings.ROOT_URLCONF):
                client.get(url)

        taken = interleaved({"page": bare_urls, "bare": bare_page})
        found[name] = {
            "page_ms": round(taken["page"], 2),
            "bare_ms": round(taken["bare"], 2),
            "ratio": round(taken["page"] / taken["bare"], 2),
            "bytes": len(answer.content),
            "queries": queries(client, url),
        }
    return found


def main() -> None:
    """Measure at 1,000 and at LARGE documents; print."""
    result: dict = {"cpu": "ms of CPU per request, median", "rounds": ROUNDS}
    scale.grow_people_to(PEOPLE)
    for size in (1000, LARGE):
        scale.grow_to(size)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        result[str(size)] = {"clerk": pages("clerk"), "liaison": pages("liaison24")}
    small, large = result["1000"], result[str(LARGE)]
    result["growth_percent"] = {
        who: {
            page: round(100 * (large[who][page]["ratio"] / small[who][page]["ratio"] - 1), 1)
            for page in small[who]
        }
        for who in small
    }
    result["due_dates"] = engines.due_dates()
    result["reminders"] = engines.reminders_run(LARGE)
    result["pdf"] = pdf.figures()
    print(json.dumps(result, indent=1))  # noqa: T201


if __name__ == "__main__":
    main()
