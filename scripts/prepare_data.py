"""Bring the database up to date in one process: migrations, charter, demo data."""

import os
import sys
from pathlib import Path

import django
from django.core.management import call_command

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()
call_command("migrate", verbosity=0)
with (Path(os.environ["VAR_DIR"]) / "charter.log").open("w", encoding="utf-8") as log:
    call_command("load_charter", stdout=log)
call_command("load_demo")
