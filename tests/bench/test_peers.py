"""What the comparison with the peers is made of; the peers themselves are not needed here."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from benchmarks.events import subscription_events
from benchmarks.peers import installed, lines, stub
from benchmarks.peers.deliveries import SECRET, signed, write
from benchmarks.peers.lines import Line
from benchmarks.peers.measuring import Run
from benchmarks.peers.own import delivered
from benchmarks.peers.told import text
from lib.billing.domain.errors import SignatureInvalid
from lib.billing.stripe.signature import verify

EVENTS = subscription_events(3, 2)
HTTP = {(32, 2): lines.over_http(32, 2), (8, 2): lines.over_http(8, 2)}


def measured(**rates):
    named = {
        "one": lines.ENGINE_ONE,
        "eight": lines.engine(8),
        "dj": lines.DJ_STRIPE,
        "fifty": lines.in_process(50),
        "http": HTTP[32, 2],
        "http_eight": HTTP[8, 2],
        "imported": lines.IMPORTED,
        "replayed": lines.REPLAYED,
    }
    return [Line(named[name], (rate,)) for name, rate in rates.items()]


def test_every_delivery_carries_the_signature_of_its_body():
    deliveries = signed(EVENTS, at=1_000)
    assert [verify(*each, [SECRET], now=1_000) for each in deliveries] == EVENTS
    with pytest.raises(SignatureInvalid):
        verify(deliveries[0].body, deliveries[1].header, [SECRET], now=1_000)


def test_a_driver_reads_bodies_and_headers_by_the_line(tmp_path):
    deliveries = signed(EVENTS)
    write(deliveries, tmp_path / "deliveries.jsonl")
    written = (tmp_path / "deliveries.jsonl").read_text("utf-8").splitlines()
    read = [json.loads(line) for line in written]
    assert [(each["body"].encode(), each["header"]) for each in read] == deliveries


def test_ours_is_fed_signed_deliveries(sqlite_store):
    assert delivered(str(sqlite_store.url), signed(EVENTS), 4) > 0
    with sqlite_store.reading() as connection:
        found = connection.exec_driver_sql("SELECT count(*) FROM subscriptions").scalar_one()
        assert found == 3


def test_ours_that_repeats_itself_is_no_measure(sqlite_store):
    deliveries = signed(EVENTS)
    with pytest.raises(RuntimeError, match="1 of 10 were not applied"):
        delivered(str(sqlite_store.url), [*deliveries, deliveries[0]], 4)


@pytest.mark.parametrize(
    ("path", "kind", "known"),
    [
        ("/v1/subscriptions/sub_1", "subscription", True),
        ("/v1/customers/cus_1", "customer", True),
        ("/v1/prices/price_pro", "price", True),
        ("/v1/products/prod_pro", "product", True),
        ("/v1/account", "account", True),
        ("/v1/subscriptions/sub_9", "subscription", False),
    ],
)
def test_the_local_stripe_knows_the_objects_of_the_events(path, kind, known):
    answer = asyncio.run(_asked(path))
    assert answer.status_code == (200 if known else 404)
    assert answer.json().get("object") == (kind if known else None)


async def _asked(path):
    transport = httpx.ASGITransport(app=stub.app(stub.answers(EVENTS)))
    async with httpx.AsyncClient(transport=transport, base_url="http://stripe") as client:
        return await client.get(path)


def test_a_subscription_is_read_again_as_it_last_was():
    found = json.loads(stub.answers(EVENTS)["/v1/subscriptions/sub_1"])
    assert found["latest_invoice"] == "in_1_2"


@pytest.mark.parametrize(
    ("rates", "verdicts"),
    [
        (
            {"one": 500, "eight": 1_000, "dj": 30, "fifty": 3_000, "http": 1_500}
            | {"imported": 5_000, "replayed": 4_999},
            ["met", "met", "met", "met", "missed"],
        ),
        (
            {"one": 1_200, "eight": 1_000, "dj": 61, "fifty": 3_000, "http_eight": 9_000},
            ["missed", "missed", "not measured", "not measured", "not measured"],
        ),
        ({"fifty": 3_000}, ["not measured"] * 5),
    ],
    ids=[
        "each is held against its own",
        "the best is the faster, and eight at once are not 32",
        "nothing to hold it against",
    ],
)
def test_targets_are_ratios_within_one_run(rates, verdicts):
    found = lines.targets(measured(**rates), HTTP)
    assert [target.verdict for target in found] == verdicts


def test_what_could_not_be_installed_says_so_in_its_line():
    reason = "npm is not on this machine"
    run = Run(4_000, 40_000, 3, "16.14", 0.2, [Line(lines.ENGINE_ONE, (), reason)], HTTP)
    run.lines += measured(fifty=3_000)
    section = text(run)
    assert f"| {lines.ENGINE_ONE} | not measured: {reason} |" in section
    assert "| over HTTP, 32 at once, to the sync engine's best in process | 1.5 × | – |" in section


def test_a_usual_round_is_the_one_in_the_middle():
    run = Run(4_000, 40_000, 3, "16.14", 0.2, [Line(lines.BARE, (3_000.0, 1_000.0, 2_000.0))])
    assert f"| {lines.BARE} | 2,000 | 1,000–3,000 | 1.00 | – |" in text(run)


def test_without_its_program_a_peer_is_not_installed(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(installed.NotInstalled, match="node is not on this machine"):
        installed.sync_engine(tmp_path / "cache")


def test_what_was_installed_once_is_taken_as_it_is(tmp_path, monkeypatch):
    for program in ("node", "npm"):
        (tmp_path / program).write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(installed.NotInstalled, match="npm failed and said: nothing"):
        installed.sync_engine(tmp_path / "cache")
    (place,) = (tmp_path / "cache").iterdir()
    (place / "whole").touch()
    assert installed.sync_engine(tmp_path / "cache") == place
