"""Feeds dj-stripe through its own view: URL FILE SECRET STRIPE (the address of a local Stripe).

Run by the Python that it is installed for: nothing of ours is imported. Prints one line of JSON:
{"events", "seconds", "rows", "cpu"}.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings

TOLERANCE = 3_600  # all were signed before the first was sent
BESIDE = ("auth", "contenttypes")
urlpatterns = []  # filled once there are settings


def configure(url: str, stripe: str) -> None:
    parts = urlsplit(url)
    settings.configure(
        SECRET_KEY="of the benchmark",
        ALLOWED_HOSTS=["testserver"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        MIDDLEWARE=[],
        INSTALLED_APPS=[f"django.contrib.{name}" for name in BESIDE] + ["djstripe"],
        # Its tables as they are now, without the minutes that their history takes.
        MIGRATION_MODULES=dict.fromkeys([*BESIDE, "djstripe"]),
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": parts.path.lstrip("/"),
                "USER": parts.username or "postgres",
                "HOST": parse_qs(parts.query)["host"][0],
                "CONN_MAX_AGE": None,
            }
        },
        LOGGING_CONFIG=None,
        STRIPE_API_HOST=stripe,
        STRIPE_LIVE_MODE=False,
        STRIPE_TEST_SECRET_KEY="sk_test_" + "0" * 24,
        DJSTRIPE_FOREIGN_KEY_TO_FIELD="id",
    )
    django.setup()

    from django.urls import include, path

    urlpatterns.append(path("stripe/", include("djstripe.urls", namespace="djstripe")))


def main() -> None:
    url, file, secret, stripe = sys.argv[1:]
    configure(url, stripe)

    from django.core.management import call_command
    from django.test import Client
    from djstripe.models import Subscription, WebhookEndpoint

    call_command("migrate", run_syncdb=True, verbosity=0)
    endpoint = WebhookEndpoint.objects.create(
        id="we_bench",
        livemode=False,
        secret=secret,
        enabled_events=["*"],
        url="https://billing.example/stripe",
        status="enabled",
        djstripe_tolerance=TOLERANCE,
    )
    address = f"/stripe/webhook/{endpoint.djstripe_uuid}/"
    deliveries = [json.loads(line) for line in Path(file).read_text("utf-8").splitlines()]
    client = Client()
    began, started = time.process_time(), time.perf_counter()
    for delivery in deliveries:
        answer = client.post(
            address,
            data=delivery["body"],
            content_type="application/json",
            headers={"stripe-signature": delivery["header"]},
        )
        if answer.status_code != 200:
            raise SystemExit(f"a delivery was answered {answer.status_code}")
    seconds = time.perf_counter() - started
    told = {
        "events": len(deliveries),
        "seconds": seconds,
        "rows": Subscription.objects.count(),
        "cpu": time.process_time() - began,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
