"""Run web, worker and beat together; stop them together on Ctrl-C, SIGTERM or a closed terminal."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOST, PORT = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
HOST_IN_URL = f"[{HOST}]" if ":" in HOST else HOST
ADDRESS = os.environ.get("SITE_URL", f"http://{HOST_IN_URL}:{PORT}").rstrip("/")
VAR = Path(os.environ.get("VAR_DIR", str(ROOT / "var")))
CELERY = ["celery", "--quiet", "-A", "config"]
COMMANDS = {
    "web": [
        "gunicorn", "config.wsgi", "--bind", f"{HOST_IN_URL}:{PORT}",
        "--workers", "2", "--worker-class", "gthread", "--threads", "4",
        "--graceful-timeout", "5", "--log-level", "warning",
    ],
    "worker": [
        *CELERY, "worker", "--concurrency", "2", "--loglevel", "WARNING",
        "--without-gossip", "--without-mingle",
    ],
    "beat": [*CELERY, "beat", "--loglevel", "WARNING", "--schedule", str(VAR / "beat-schedule")],
}  # fmt: skip
# The kernel tells the children when this process is killed outright, so that none is left behind.
LEASH = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
PATIENCE = 8  # seconds to stop in
GIVE_UP = (5, 60.0)  # deaths of one process within so many seconds
LOGINS = """
  leader, deputy, deputy2       组长、副组长 — instruct on a phone
  member1                       协调小组成员
  director                      办公室主任 — instructs, sees everything the Office sees
  clerk, clerk2                 办公室工作人员 — register, review, propose, transfer
  head1 … head6                 专题组组长 (deputyhead1 专题组副组长)
  groupliaison1 … groupliaison6 专题组联络员
  legal, supervisor             法治保障组、督查考评组
  liaison1 … liaison40          各部门、区镇联络员 — answer documents
  sysadmin, secadmin, auditor   系统、安全、审计管理员
"""


def say(text: str) -> None:
    """Print at once; a reader who went away (`make run | head`) stops nothing."""
    try:
        print(text, flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


class Supervisor:
    """Keeps three processes alive until told to stop."""

    def __init__(self):
        self.running: dict[str, subprocess.Popen] = {}
        self.deaths: dict[str, list[float]] = {name: [] for name in COMMANDS}
        self.stopping = threading.Event()
        # Under make, its death is ours; started by hand (nohup), only a signal ends us.
        self.make = os.getppid() if os.environ.get("MAKELEVEL") else None

    def start(self, name: str) -> None:
        """Start one process, its lines prefixed with its name."""
        process = subprocess.Popen(  # noqa: S603
            [*LEASH, sys.executable, "-m", *COMMANDS[name]],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.running[name] = process
        threading.Thread(target=self.echo, args=(name, process), daemon=True).start()

    def echo(self, name: str, process: subprocess.Popen) -> None:
        """Pass a process's lines on."""
        for line in process.stdout or ():
            say(f"{name:>6} | {line.rstrip()}")

    def watch(self) -> int:
        """Restart what dies; give up on what dies again and again."""
        while not self.stopping.wait(0.5):
            if self.make is not None and os.getppid() != self.make:
                return 1
            for name, process in self.running.items():
                if process.poll() is not None and not self.revive(name, process):
                    return 1
        return 0

    def revive(self, name: str, process: subprocess.Popen) -> bool:
        """Start a dead process again, later each time; False once it died too often."""
        kill_group(process)  # children that outlived it
        now = time.monotonic()
        recent = [at for at in self.deaths[name] if now - at < GIVE_UP[1]] + [now]
        self.deaths[name] = recent
        if len(recent) >= GIVE_UP[0]:
            say(f"{name} died {len(recent)} times in a minute; stopping. Its last words are above.")
            return False
        say(f"{name} ended ({process.returncode}); starting it again in {len(recent)} s")
        if not self.stopping.wait(len(recent)):
            self.start(name)
        return True

    def stop(self) -> None:
        """End all, kindly first; then whatever is left of their groups."""
        self.stopping.set()
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        end = time.monotonic() + PATIENCE
        for process in self.running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, end - time.monotonic()))
            kill_group(process)
            process.wait()


def kill_group(process: subprocess.Popen) -> None:
    """Kill what is left of a process and its children."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def answers() -> bool:
    """Whether the web server answers, be it with an error page."""
    local = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(HOST, HOST_IN_URL)  # noqa: S104
    try:
        with urllib.request.urlopen(f"http://{local}:{PORT}/healthz/", timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def announce(supervisor: Supervisor) -> None:
    """Once the web server answers, print where it is and who can sign in."""
    while not answers():
        if supervisor.stopping.wait(0.3):
            return
    say(f"\nThe product runs at {ADDRESS}/  (Ctrl-C stops it)")
    kept = VAR / "demo_password"
    if kept.is_file():
        say(f"Demo logins, password {kept.read_text(encoding='utf-8').strip()}:{LOGINS}")


def main() -> int:
    """Start, watch, stop."""
    supervisor = Supervisor()
    ends = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:  # started by nohup
        ends.remove(signal.SIGHUP)
    for number in ends:
        signal.signal(number, lambda *_: supervisor.stopping.set())
    try:
        for name in COMMANDS:
            supervisor.start(name)
        threading.Thread(target=announce, args=(supervisor,), daemon=True).start()
        return supervisor.watch()
    finally:
        supervisor.stop()
        say("Stopped.")


if __name__ == "__main__":
    sys.exit(main())
