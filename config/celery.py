"""The Celery application: `celery -A config worker`, `celery -A config beat`."""

import os
from pathlib import Path

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("config")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

if not settings.REDIS_URL:
    for folder in ("data_folder_in", "control_folder"):
        Path(str(settings.CELERY_BROKER_TRANSPORT_OPTIONS[folder])).mkdir(
            parents=True, exist_ok=True
        )
