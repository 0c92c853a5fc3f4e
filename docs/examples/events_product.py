"""A product in FastAPI that is told of its customers: verified, each event once, the newest last.

BILLING_EVENTS_SECRET=whsec_… PRODUCT_DATABASE=product.db uvicorn events_product:app
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from standardwebhooks import Webhook, WebhookVerificationError

app = FastAPI()

TABLES = """
CREATE TABLE IF NOT EXISTS seen (webhook_id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS plans (
    customer_id TEXT PRIMARY KEY, sequence INTEGER, plan TEXT, access INTEGER, features TEXT
);
CREATE TABLE IF NOT EXISTS mails (customer_id TEXT, text TEXT);
"""


@contextmanager
def database() -> Iterator[sqlite3.Connection]:
    """One transaction: an event is remembered exactly when what it says was done."""
    with closing(sqlite3.connect(os.environ["PRODUCT_DATABASE"])) as connection:
        connection.executescript(TABLES)
        with connection:
            yield connection


@app.post("/billing/events", status_code=204)
async def billing_event(request: Request) -> None:
    body = await request.body()
    try:
        # Over the body as it came: parsed and written anew it would be another one.
        event = Webhook(os.environ["BILLING_EVENTS_SECRET"]).verify(body, dict(request.headers))
    except WebhookVerificationError:
        raise HTTPException(400, "This is not signed for us.") from None
    with database() as connection:
        new = connection.execute(
            "INSERT OR IGNORE INTO seen VALUES (?)", (request.headers["webhook-id"],)
        )
        if new.rowcount:  # else it was sent again, and is answered as the first time
            handle(connection, event["type"], event["data"])


def handle(connection: sqlite3.Connection, kind: str, data: dict[str, Any]) -> None:
    """A type that is not known is no fault: there will be more of them."""
    if kind == "entitlement.changed":
        # A dead letter that is sent again comes out of turn: what is newer stays.
        connection.execute(
            "INSERT INTO plans VALUES (?, ?, ?, ?, ?) ON CONFLICT (customer_id) DO UPDATE SET "
            "sequence = excluded.sequence, plan = excluded.plan, access = excluded.access, "
            "features = excluded.features WHERE excluded.sequence > plans.sequence",
            (
                data["customer_id"],
                data["sequence"],
                data["plan"]["key"],
                data["access"],
                json.dumps(data["features"]),
            ),
        )
    elif kind == "customer.payment_failed":
        text = f"Payment {data['attempt']} of invoice {data['invoice_number']} did not work."
        connection.execute("INSERT INTO mails VALUES (?, ?)", (data["customer_id"], text))
