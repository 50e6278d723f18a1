"""Run web, worker and beat together; stop them together on Ctrl-C or SIGTERM."""

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
HOST, PORT = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
VAR = Path(os.environ.get("VAR_DIR", str(ROOT / "var")))
COMMANDS = {
    "web": [
        "gunicorn", "config.wsgi", "--bind", f"{HOST}:{PORT}",
        "--workers", "2", "--worker-class", "gthread", "--threads", "4",
        "--log-level", "warning",
    ],
    "worker": ["celery", "-A", "config", "worker", "--concurrency", "2", "--loglevel", "WARNING"],
    "beat": ["celery", "-A", "config", "beat", "--loglevel", "WARNING", "--schedule",
             str(VAR / "beat-schedule")],
}  # fmt: skip
PATIENCE = 8  # seconds to stop in
GIVE_UP = (5, 60.0)  # deaths of one process within so many seconds
LOGINS = """
  leader, deputy, deputy2   组长、副组长 — instruct on a phone
  director                  办公室主任 — instructs, sees everything the Office sees
  clerk, clerk2             办公室工作人员 — register, review, propose, transfer
  head1 … head6             专题组组长;  groupliaison1 … groupliaison6 联络员
  liaison1 … liaison40      各部门、区镇联络员 — answer documents
  sysadmin, secadmin, auditor   系统、安全、审计管理员
"""


class Supervisor:
    """Keeps three processes alive until told to stop."""

    def __init__(self):
        self.running: dict[str, subprocess.Popen] = {}
        self.deaths: dict[str, list[float]] = {name: [] for name in COMMANDS}
        self.stopping = threading.Event()

    def start(self, name: str) -> None:
        """Start one process, its lines prefixed with its name."""
        command = [str(BIN / COMMANDS[name][0]), *COMMANDS[name][1:]]
        process = subprocess.Popen(  # noqa: S603
            command,
            cwd=ROOT,
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
            print(f"{name:>6} | {line}", end="", flush=True)

    def watch(self) -> int:
        """Restart what dies; give up on what dies again and again."""
        while not self.stopping.wait(0.5):
            for name, process in list(self.running.items()):
                if process.poll() is None:
                    continue
                now = time.monotonic()
                recent = [at for at in self.deaths[name] if now - at < GIVE_UP[1]] + [now]
                self.deaths[name] = recent
                if len(recent) >= GIVE_UP[0]:
                    print(f"{name} died {len(recent)} times in a minute; stopping. See above.")
                    return 1
                print(f"{name} ended ({process.returncode}); starting it again")
                self.stopping.wait(len(recent))
                if not self.stopping.is_set():
                    self.start(name)
        return 0

    def stop(self) -> None:
        """End all, kindly first; with their children."""
        self.stopping.set()
        for process in self.running.values():
            signal_group(process, signal.SIGTERM)
        end = time.monotonic() + PATIENCE
        for process in self.running.values():
            try:
                process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                signal_group(process, signal.SIGKILL)
                process.wait()


def signal_group(process: subprocess.Popen, number: int) -> None:
    """Signal a process; on the second, hard call its whole group."""
    try:
        if number == signal.SIGKILL:
            os.killpg(process.pid, number)
        elif process.poll() is None:
            process.send_signal(number)
    except ProcessLookupError:
        pass


def announce(supervisor: Supervisor) -> None:
    """Once the first page answers, print where, and who can sign in."""
    address = f"http://{HOST}:{PORT}/"
    while not supervisor.stopping.wait(0.3):
        try:
            with urllib.request.urlopen(address + "login/", timeout=2):  # noqa: S310
                break
        except (urllib.error.URLError, OSError):
            continue
    else:
        return
    password = (VAR / "demo_password").read_text(encoding="utf-8").strip()
    print(f"\nThe product runs at {address}  (Ctrl-C stops it)\nDemo logins, password {password}:")
    print(LOGINS, flush=True)


def main() -> int:
    """Start, watch, stop."""
    supervisor = Supervisor()

    def told_to_stop(*_):
        supervisor.stopping.set()

    signal.signal(signal.SIGINT, told_to_stop)
    signal.signal(signal.SIGTERM, told_to_stop)
    for name in COMMANDS:
        supervisor.start(name)
    threading.Thread(target=announce, args=(supervisor,), daemon=True).start()
    try:
        return supervisor.watch()
    finally:
        supervisor.stop()
        print("Stopped.")


if __name__ == "__main__":
    sys.exit(main())
