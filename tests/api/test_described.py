"""The OpenAPI description says what the routes do: every answer here is held against it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from lib.billing.api.routes import described
from lib.billing.domain.flow_values import Flow
from lib.billing.settings.api_tokens import Scope
from lib.billing.store.engine import Store
from tests.api.schema import faults
from tests.client.test_examples import SECRET, organization, selling
from tests.fresh import fresh_store

DOCUMENT: dict[str, Any] = httpx.Response(200, content=described()).json()


def _templates() -> dict[str, re.Pattern[str]]:
    return {
        path: re.compile(re.sub(r"\{\w+\}", "[^/]+", path).replace(".", r"\."))
        for path in DOCUMENT["paths"]
    }


def _resolved(node: Any) -> Any:
    while "$ref" in node:
        found: Any = DOCUMENT
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    store = fresh_store(tmp_path_factory.mktemp("described") / "portside.db")
    with selling(store) as (front, url):
        organization(front, "org_pro", "pro")
        headers = {"Authorization": f"Bearer {SECRET}"}
        with httpx.Client(base_url=url, headers=headers, timeout=30) as client:
            yield client
    store.close()


MEMBER = {"member": "m", "permissions": ["org:write:billing"]}
CALLS: dict[str, tuple[str, str, dict[str, Any], int]] = {
    "entitlements": ("GET", "/v1/entitlements/org_pro", {}, 200),
    "a flag": ("GET", "/v1/entitlements/org_pro/features/advanced_analytics", {}, 200),
    "a limit": ("GET", "/v1/entitlements/org_pro/limits/seats", {}, 200),
    "a token": ("GET", "/v1/entitlements/org_pro/token", {}, 200),
    "the keys": ("GET", "/.well-known/jwks.json", {}, 200),
    "the description": ("GET", "/openapi.json", {}, 200),
    "the description, beside what it describes": ("GET", "/v1/openapi.json", {}, 200),
    "nobody": ("GET", "/v1/entitlements/nobody", {}, 404),
    "a name with a line break": ("GET", "/v1/entitlements/no%0Abody", {}, 404),
    "an unknown flag": ("GET", "/v1/entitlements/org_pro/features/x", {}, 404),
    "no token": ("GET", "/v1/entitlements/org_pro", {"headers": {"Authorization": ""}}, 401),
    "another method": ("DELETE", "/v1/entitlements/org_pro", {}, 405),
    "what is known": ("GET", "/v1/entitlements/org_pro", {"headers": {"If-None-Match": "*"}}, 304),
    "Manage billing": ("POST", "/v1/portal-sessions", {"json": {"org": "org_pro", **MEMBER}}, 201),
    "Manage billing, a newcomer": (
        "POST",
        "/v1/portal-sessions",
        {"json": {"org": "org_new", **MEMBER}},
        201,
    ),
    "a refused flow": (
        "POST",
        "/v1/portal-sessions",
        {"json": {"org": "org_pro", "flow": "renew", **MEMBER}},
        409,
    ),
    "an unknown flow": (
        "POST",
        "/v1/portal-sessions",
        {"json": {"org": "org_pro", "flow": "fly", **MEMBER}},
        422,
    ),
    "a member who may not": (
        "POST",
        "/v1/portal-sessions",
        {"json": {"org": "org_pro", "member": "m", "permissions": []}},
        403,
    ),
    "a pricing link": ("POST", "/v1/pricing-links", {"json": {"org": "org_pro", **MEMBER}}, 201),
    "a pricing link of an unknown table": (
        "POST",
        "/v1/pricing-links",
        {"json": {"org": "org_pro", "table": "gold", **MEMBER}},
        404,
    ),
    "a pricing link for nobody": ("POST", "/v1/pricing-links", {"json": MEMBER}, 422),
    "no JSON": ("POST", "/v1/portal-sessions", {"content": b"{"}, 400),
    "too much": ("POST", "/v1/portal-sessions", {"content": b" " * 20_000}, 413),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_the_answer_is_as_described_to(shop: httpx.Client, call: tuple[Any, ...]) -> None:
    method, path, options, status = call
    answer = shop.request(method, path, **options)
    assert answer.status_code == status, answer.text
    (template,) = [name for name, known in _templates().items() if known.fullmatch(path)]
    of_path = DOCUMENT["paths"][template]
    of_method = of_path.get(method.lower(), next(iter(of_path.values())))
    told = _resolved(of_method["responses"][str(status)])
    for header in told.get("headers", ()):
        assert header in answer.headers
    if "content" not in told:
        assert answer.content == b""
        return
    assert answer.headers["content-type"] == "application/json"
    schema = told["content"]["application/json"]["schema"]
    assert faults(answer.json(), schema, _resolved) == []
    if status >= 400 and not told["description"].endswith("…."):
        assert answer.json()["code"] in told["description"]


def test_every_route_is_described_and_nothing_else(sqlite_store: Store) -> None:
    from lib.billing.api.parts import Api
    from lib.billing.api.routes import ApiRoutes
    from lib.billing.gating import Gate
    from lib.billing.intake.meters import Meters
    from lib.billing.settings.setup import Setup
    from tests.api.product import CATALOG

    gate = Gate(sqlite_store, Setup(catalog=CATALOG), lambda: 0)
    made = ApiRoutes(gate, Api(), Meters())
    served = {route.path for route in made.routes()} - {"/v1", "/v1/{rest:everything}"}
    made.close()
    described_paths = {
        "/v1/entitlements/{rest:everything}" if path.startswith("/v1/entitlements/") else path
        for path in DOCUMENT["paths"]
    }
    assert served == described_paths


def test_flows_and_scopes_are_those_that_there_are() -> None:
    body = DOCUMENT["paths"]["/v1/portal-sessions"]["post"]["requestBody"]
    flows = body["content"]["application/json"]["schema"]["properties"]["flow"]["enum"]
    assert flows == list(Flow)
    asked = {
        scope
        for methods in DOCUMENT["paths"].values()
        for operation in methods.values()
        for security in operation["security"]
        for scope in security["token"]
    }
    assert asked == set(Scope)


def test_a_fault_is_seen() -> None:
    schema = {"$ref": "#/components/schemas/Token"}
    assert faults({"token": "x"}, schema, _resolved) == ["$: expires_at is missing"]
    assert faults({"token": 1, "expires_at": "x", "more": 1}, schema, _resolved) == [
        "$.token: 1 is no string",
        "$: more is not described",
    ]
