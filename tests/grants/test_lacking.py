"""The doctor says which rights a role lacks after an upgrade, and which it has beyond its own."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from lib.billing.checks import running
from lib.billing.checks.finding import Finding
from lib.billing.store.engine import Store
from lib.billing.store.rights import rights

from .conftest import Roles

pytestmark = pytest.mark.postgres


def told(store: Store) -> Finding | None:
    found = {finding.name: finding for finding in running.postgres(store)}
    return found.get("Database rights")


CHANGES = {
    "a table that the upgrade made": (
        "REVOKE ALL ON staff_choices FROM {dashboard}",
        "dashboard",
        "SELECT on staff_choices, INSERT on staff_choices",
    ),
    "a right that this version gives": (
        "REVOKE DELETE ON staff_choices FROM {receiver}",
        "receiver",
        "DELETE on staff_choices",
    ),
    "a column of the inbox that the upgrade made": (
        "REVOKE SELECT (next_attempt_at) ON inbox FROM {dashboard}",
        "dashboard",
        "SELECT on inbox",
    ),
    "a dashboard that may write": (
        "GRANT UPDATE ON subscriptions TO {dashboard}",
        "dashboard",
        "UPDATE on subscriptions",
    ),
}


@pytest.mark.parametrize(("change", "party", "named"), CHANGES.values(), ids=CHANGES.keys())
def test_what_is_lacking_or_too_much_is_named(
    roles: Roles, change: str, party: str, named: str
) -> None:
    store: Store = getattr(roles, party)
    sound = told(store)
    assert sound is not None
    assert sound.ok
    receiver, dashboard = ('"' + name.replace('"', '""') + '"' for name in roles.names)
    with roles.owner.writing() as connection:
        connection.execute(text(change.format(receiver=receiver, dashboard=dashboard)))
    found = told(store)
    assert found is not None
    assert not found.ok
    assert f"{named}" in found.sentence
    assert "db grants --apply" in found.remedy


def test_of_the_owner_there_is_nothing_to_say(roles: Roles) -> None:
    assert told(roles.owner) is None
    with roles.owner.reading() as connection:
        assert rights(connection).party == "owner"
