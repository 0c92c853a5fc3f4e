"""`portside events`, as a person runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib.billing.settings.outgoing import read_secrets
from tests.fresh import fresh_store
from tests.outgoing.scene import Scene, newcomer, subscribed

from .conftest import Run


@pytest.fixture
def told(tmp_path: Path) -> list[str]:
    """Ids of three events that wait in the database of the command line."""
    store = fresh_store(tmp_path / "portside.db")
    scene = Scene(store)
    scene.each([newcomer(), subscribed()])
    with store.reading() as connection:
        query = "SELECT event_id FROM outgoing_events ORDER BY sequence"
        found = [row[0] for row in connection.exec_driver_sql(query)]
    store.close()
    return found


def test_events_are_listed_with_what_became_of_them(portside: Run, told: list[str]) -> None:
    ran = portside("events", "list", "--state", "waiting", "--limit", "2")
    assert (ran.code, len(ran.out.splitlines())) == (0, 3)
    assert told[2] in ran.out
    assert "cus_1 #3" in ran.out
    assert portside("events", "list", "--state", "dead").err.strip() == "No outgoing event."
    assert portside("events", "list", "--state", "lost").code == 2


def test_an_event_is_made_due_again(portside: Run, told: list[str]) -> None:
    ran = portside("events", "resend", told[0])
    assert (ran.code, ran.err.strip()) == (0, "1 delivery is due now.")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ((), 2, "Name an event, or an endpoint with --dead."),
        (("msg_1", "--dead", "shop"), 2, "Name an event, or an endpoint with --dead."),
        (("msg_1",), 1, "No outgoing event has the id 'msg_1'."),
        (("--dead", "shop"), 1, "Nothing of 'shop' was given up"),
    ],
)
def test_what_cannot_be_sent_again_is_said(
    portside: Run, told: list[str], arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    ran = portside("events", "resend", *arguments)
    assert ran.code == code
    assert sentence in ran.err


def test_a_new_secret_is_one_that_can_be_used(portside: Run) -> None:
    made = portside("events", "secret", "shop").out.strip()
    assert list(read_secrets(made)) == ["shop"]
    assert made != portside("events", "secret", "shop").out.strip()
