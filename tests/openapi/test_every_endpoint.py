"""A tour through every endpoint over real HTTP; every answer is judged by Stripe's document."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from lib.sandbox.api.routing import ENDPOINTS
from lib.sandbox.testing import running_sandbox
from tests.openapi.calls import Api
from tests.openapi.drive import Tour, whole_tour
from tests.openapi.recording import JudgedApp, Ledger

NOW = 1_795_230_000


@pytest.fixture(scope="module")
def ledger() -> Iterator[Ledger]:
    seen = Ledger()
    with (
        running_sandbox(now=NOW, frozen=True, wrap=lambda app: JudgedApp(app, seen)) as running,
        httpx.Client(base_url=running.url, timeout=30) as client,
    ):
        whole_tour(Tour(Api(client), running.sandbox.now, running.advance, {}))
        yield seen


def test_every_answer_and_event_matches_the_document(ledger: Ledger) -> None:
    assert ledger.response_findings() == []


def test_the_tour_itself_sends_only_what_stripe_accepts(ledger: Ledger) -> None:
    assert ledger.request_findings() == []


def test_the_tour_leaves_out_no_endpoint(ledger: Ledger) -> None:
    answered = [(x.method, x.path) for x in ledger.exchanges if x.status == 200]
    missed = [
        f"{endpoint.method} {endpoint.pattern.pattern}"
        for endpoint in ENDPOINTS
        if not any(m == endpoint.method and endpoint.pattern.match(p) for m, p in answered)
    ]
    assert missed == []
