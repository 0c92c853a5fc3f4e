"""What writes or mints asks for a right itself, whatever the page before it has checked."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from typing import Any

import pytest
from sqlalchemy import text

from lib.billing.desk import Portside
from lib.billing.domain.errors import BillingError, PermissionDenied
from lib.billing.domain.permissions import GRANTS, Permission, Role
from lib.billing.links import LinkDesk, LinkRequest
from lib.billing.settings.setup import Setup
from lib.billing.store.engine import Store
from tests.reports.ledger import CATALOG

NOW = 1_795_000_000
Verb = Callable[[Portside, Collection[Role]], object]


def desk(store: Store, **settings: Any) -> Portside:
    setup = Setup(catalog=CATALOG, **settings)
    links = LinkDesk(store=store, clock=lambda: NOW, setup=setup, maker=None)  # type: ignore[arg-type]
    return Portside(store=store, clock=lambda: NOW, setup=setup, links=links)


def asks(name: str) -> Verb:
    return lambda desk, roles: getattr(desk, name)("x", staff="ann", roles=roles, reason="Because")


def acknowledges(desk: Portside, roles: Collection[Role]) -> object:
    return desk.acknowledge("drift:x", staff="ann", roles=roles, reason="Known", days=3)


def mints(desk: Portside, roles: Collection[Role]) -> object:
    return desk.mint_link(
        LinkRequest(
            customer_id="cus_1",
            flow="home",  # type: ignore[arg-type]
            staff="ann",
            roles=frozenset(roles),
            reason="Asked",
            click_id="click",
        )
    )


VERBS: dict[str, tuple[Permission, Verb]] = {
    "a check": (Permission.REPAIR, asks("request_check")),
    "a repair": (Permission.REPAIR, asks("request_repair")),
    "a retry": (Permission.REPAIR, asks("request_retry")),
    "an ignoring": (Permission.REPAIR, asks("request_ignore")),
    "an acknowledgement": (Permission.REPAIR, acknowledges),
    "a link": (Permission.LINKS, mints),
}


@pytest.mark.parametrize(("right", "verb"), VERBS.values(), ids=VERBS.keys())
@pytest.mark.parametrize("role", [None, *Role], ids=["nobody", *(role.value for role in Role)])
def test_only_a_role_with_the_right_gets_past_the_door(
    sqlite_store: Store, role: Role | None, right: Permission, verb: Verb
) -> None:
    granted = role is not None and right in GRANTS[role]
    with pytest.raises(BillingError) as refused:  # there is no such customer, event or finding
        verb(desk(sqlite_store), [role] if role else [])
    assert isinstance(refused.value, PermissionDenied) is not granted


def test_every_verb_that_names_who_acts_asks_for_their_roles() -> None:
    for name, method in inspect.getmembers(Portside, inspect.isfunction):
        parameters = inspect.signature(method).parameters
        if not name.startswith("_") and name != "record_audit" and "staff" in parameters:
            assert "roles" in parameters, name


ROLES = {"ann@example.com": frozenset({Role.SUPPORT})}
GROUPS = {"board": frozenset({Role.FOUNDER}), "books": frozenset({Role.FINANCE, Role.SUPPORT})}

NAMED = {
    "by address": ("Ann@Example.com ", (), {Role.SUPPORT}),
    "by group": ("bo@example.com", ("board",), {Role.FOUNDER}),
    "by both": ("ann@example.com", ("board", "books"), {Role.SUPPORT, Role.FOUNDER, Role.FINANCE}),
    "by a group in other letters": ("bo@example.com", ("Board",), set()),
    "by nothing": ("una@example.com", ("garden",), set()),
}


@pytest.mark.parametrize(("email", "groups", "roles"), NAMED.values(), ids=NAMED.keys())
def test_roles_come_from_addresses_and_groups(
    sqlite_store: Store, email: str, groups: tuple[str, ...], roles: set[Role]
) -> None:
    assert desk(sqlite_store, roles=ROLES, groups=GROUPS).roles_of(email, groups) == roles


def test_what_is_kept_once_is_kept_once_by_every_process(store: Store) -> None:
    here, there = desk(store), desk(store)
    for portside in (here, there, here):
        portside.record_audit("ann", "sign_in", detail="Through acme", once="sign_in_1")
    here.record_audit("ann", "sign_out", once="sign_in_1")
    there.record_audit("ann", "sign_in", once="sign_in_2")
    here.record_audit("una", "sign_in.refused", code="unknown_user", once="sign_in_3")
    with store.reading() as connection:
        rows = connection.execute(text("SELECT action, click_id, code FROM audit ORDER BY 2, 1"))
        assert rows.all() == [
            ("sign_in", "sign_in_1", None),
            ("sign_out", "sign_in_1", None),
            ("sign_in", "sign_in_2", None),
            ("sign_in.refused", "sign_in_3", "unknown_user"),
        ]
