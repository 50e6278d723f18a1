"""A second charter, another city's, loads into an empty database and the whole line runs under it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests import ground
from tests.conftest import ROOT

HERE = Path(__file__).parent


pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="a database of its own, on SQLite whatever the others use"
)


@pytest.fixture
def manage(tmp_path):
    """`manage.py` on an empty database of its own."""
    shutil.copy(ground.empty_tables(), tmp_path / "data.sqlite3")
    env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
    env |= {"VAR_DIR": str(tmp_path), "SECRET_KEY": "x" * 50, "PYTHONPATH": str(ROOT)}

    def run(*args, **more):
        done = subprocess.run(
            [sys.executable, "manage.py", *args],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            check=False,
            **more,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_the_whole_line_runs_under_another_citys_charter(manage):
    manage("migrate", "-v0")
    charter = str(HERE / "other_city.toml")
    first = manage("load_charter", charter)
    assert "临江市数据局" in first
    assert "启东" not in first
    assert "nothing changed" in manage("load_charter", charter)
    line = (HERE / "other_city_line.py").read_text(encoding="utf-8")
    said = manage("shell", "-v0", input=line).splitlines()
    assert said == [
        "sole 2026-03-09",  # five working days after Monday 2 March, not seven
        "completed",
        "lead 2026-03-12",  # eight, not ten
        "co 2026-03-05",  # three
        "replied 收〔2026〕2号",
    ]
