"""docs/examples/events_product.py runs, told by the real deliverer over HTTP."""

from __future__ import annotations

import importlib.util
import sqlite3
from pathlib import Path

import httpx
import pytest

from lib.billing.settings.outgoing import Endpoint
from lib.billing.store import deliveries
from lib.billing.store.engine import Store
from tests.http.serving import served

from .product import OLDER, SECRET
from .scene import Scene, failed, newcomer, subscribed

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "events_product.py"


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.parametrize("secret", [SECRET, OLDER], ids=["the newer secret", "the older secret"])
def test_the_product_keeps_what_it_is_told_once(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    path = tmp_path / "product.db"
    monkeypatch.setenv("BILLING_EVENTS_SECRET", secret)
    monkeypatch.setenv("PRODUCT_DATABASE", str(path))
    spec = importlib.util.spec_from_file_location("events_product", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    with served(example.app) as address:
        url = f"{address}/billing/events"
        scene = Scene(sqlite_store, [Endpoint("shop", url)], secrets={"shop": (SECRET, OLDER)})
        scene.each([newcomer(), subscribed(plan="pro"), failed(20)])
        assert scene.deliverer.round() == 4
        for event_id in (name for (name,) in rows(path, "SELECT webhook_id FROM seen")):
            with sqlite_store.writing() as connection:
                deliveries.send_again(connection, scene.clock(), event_id=str(event_id))
        assert scene.deliverer.round() == 4
        assert httpx.post(url, content=b"{}").status_code == 400
    assert rows(path, "SELECT plan, access, features FROM plans") == [("pro", 1, '["api"]')]
    assert rows(path, "SELECT text FROM mails") == [("Payment 1 of invoice A-0001 did not work.",)]
    assert rows(path, "SELECT count(*) FROM seen") == [(4,)]
