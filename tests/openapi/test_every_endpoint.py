"""A tour through every endpoint over real HTTP; every answer is judged by Stripe's document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from lib.sandbox.api.routing import ENDPOINTS
from lib.sandbox.billing import disputes
from lib.sandbox.testing import running_sandbox
from tests.openapi.calls import Api
from tests.openapi.recording import Exchange, JudgedApp, Ledger
from tests.openapi.tour import Tour, whole_tour

NOW = 1_795_230_000


@pytest.fixture(scope="module")
def ledger() -> Iterator[Ledger]:
    seen = Ledger()
    with (
        running_sandbox(now=NOW, frozen=True, wrap=lambda app: JudgedApp(app, seen)) as running,
        httpx.Client(base_url=running.url, timeout=30) as client,
    ):

        def open_dispute(charge: str) -> None:
            with running.sandbox.transaction():
                disputes.open_dispute(running.sandbox, charge)

        whole_tour(Tour(Api(client), running.sandbox.now, running.advance, open_dispute))
        yield seen


def test_every_answer_and_event_matches_the_document(ledger: Ledger) -> None:
    assert ledger.response_findings() == []


def test_the_same_answers_are_refused_with_a_planted_property(ledger: Ledger) -> None:
    planted = [_plant(x) for x in ledger.exchanges if x.status == 200]
    assert planted
    assert [
        x.path for x in planted if "/planted: unknown property" not in x.response_findings()
    ] == []


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


def _plant(exchange: Exchange) -> Exchange:
    body = json.dumps({**json.loads(exchange.body), "planted": 1})
    return replace(exchange, body=body.encode())
