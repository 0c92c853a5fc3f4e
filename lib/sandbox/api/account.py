"""/v1/account: who the sandbox pretends to be."""

from __future__ import annotations

from lib.sandbox.api.routing import Call, Object, endpoint
from lib.sandbox.errors import SandboxError


@endpoint("GET", "/v1/account")
def retrieve_own(call: Call) -> Object:
    return _account(call)


@endpoint("GET", "/v1/accounts/{account}")
def retrieve(call: Call, account: str) -> Object:
    if account != call.sandbox.settings.account:
        raise SandboxError.missing_resource("account", account)
    return _account(call)


def _account(call: Call) -> Object:
    settings = call.sandbox.settings
    return {
        "id": settings.account,
        "object": "account",
        "business_type": "company",
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "country": settings.account_country,
        "default_currency": "usd",
        "details_submitted": True,
        "email": None,
        "metadata": {},
        "payouts_enabled": True,
        "type": "standard",
    }
