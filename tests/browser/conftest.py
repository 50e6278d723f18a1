"""Chromium, a live web server, and a real Celery worker on the same database and queue."""

import os
import shutil
import subprocess
import sys
import time

import pytest
from django.db import connection
from playwright.sync_api import sync_playwright

from tests import ground
from tests.conftest import PASSWORD, ROOT, everybody
from tests.driver import Driver

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
QUICK = "{resultTypes: ['violations'], preload: false}"  # the same findings in a third of the time
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def chromium():
    """One browser for all tests of the session."""
    found = map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))
    path = next(filter(None, found), None)  # the first has no windows to care for, and is quicker
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def office(transactional_db, settings):
    """The charter's people, committed, and files where the worker finds them."""
    settings.FILES_DIR = settings.VAR_DIR / "files"
    ground.restore()
    return Driver(everybody())


@pytest.fixture
def worker(office, settings, tmp_path):
    """A real Celery worker in a process of its own, on the test database."""
    name = connection.settings_dict["NAME"]
    url = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{name}"
    mail = tmp_path / "mail"
    log = (tmp_path / "worker.log").open("w")
    env = os.environ | {"DATABASE_URL": url, "EMAIL_URL": f"filemail:///{mail}"}
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--concurrency", "1"]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
    yield mail
    process.terminate()
    process.wait(20)
    log.close()


WIDE = """[...document.querySelectorAll("body *")]
  .filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5)
  .slice(0, 4).map((e) => e.outerHTML.slice(0, 160))"""


class Visitor:
    """One person in one browser window."""

    def __init__(self, chromium, base, login, *, viewport=DESKTOP, locale="en"):
        self.base, self.login = base, login
        self.context = chromium.new_context(viewport=viewport, locale=locale, accept_downloads=True)
        self.page = self.context.new_page()
        self.errors = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._listen)

    def _listen(self, message):
        if message.type == "error" and "status of 4" not in message.text:
            self.errors.append(message.text)

    def sign_in(self):
        """Sign in through the ordinary form."""
        self.page.goto(self.base + "/login/")
        self.page.fill("#id_username", self.login)
        self.page.fill("#id_password", PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(self.base + "/")
        return self

    def open(self, path):
        """Open a page of the product."""
        self.page.goto(self.base + path)
        return self.page

    def pick(self, field, *names):
        """Choose in a searchable picker by typing, without the mouse."""
        box = self.page.locator(f"#{field}-ts-control")
        for name in names:
            box.focus()
            self.page.keyboard.type(name)
            self.page.wait_for_timeout(150)
            self.page.keyboard.press("Enter")
        self.page.keyboard.press("Escape")

    def judge(self, *, axe=True):
        """No violation axe knows of, no sideways scrolling, no script error."""
        if axe:
            self.page.evaluate(AXE)
            found = self.page.evaluate(f"axe.run(document, {QUICK})")["violations"]
            told = [(v["id"], [node["html"][:150] for node in v["nodes"][:3]]) for v in found]
            assert told == [], (self.page.url, told)
        width = self.page.evaluate("document.documentElement.scrollWidth")
        window = self.page.viewport_size["width"]
        wide = self.page.evaluate(WIDE) if width > window else []
        assert width <= window, (self.page.url, width, wide)
        assert self.errors == [], self.page.url


@pytest.fixture
def visit(chromium, live_server):
    """Open a window for a login; all are closed in the end."""
    opened = []

    def make(login, **kwargs):
        visitor = Visitor(chromium, live_server.url, login, **kwargs)
        opened.append(visitor)
        return visitor.sign_in()

    yield make
    for visitor in opened:
        visitor.context.set_offline(True)  # no parting words while the tables are emptied
        visitor.context.close()


def eventually(check, seconds=20):
    """Wait until `check()` is true; its last value is returned."""
    end = time.monotonic() + seconds
    while not (value := check()):
        assert time.monotonic() < end, "this did not come about in time"
        time.sleep(0.2)
    return value
