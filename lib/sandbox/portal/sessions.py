"""Portal sessions: one customer's short-lived address of the portal.

A new address must be opened within five minutes; from then on it lives for an hour after the
latest activity. Nothing but the address itself grants access, so it is not guessable.
"""

from __future__ import annotations

import secrets
from typing import Any

from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.portal import configurations, flows

KIND = "billing_portal.session"
OPEN_WITHIN = 5 * 60
IDLE_LIMIT = 60 * 60


def create(sandbox: Sandbox, params: dict[str, Any]) -> dict[str, Any]:
    """A session for ``params["customer"]``; raises SandboxError (400) as Stripe refuses."""
    customer = _customer(sandbox, params)
    configuration = _configuration(sandbox, params)
    return_url = params.get("return_url") or configuration["default_return_url"]
    if return_url is None:
        raise SandboxError(
            "You must provide a `return_url` because the portal configuration has no "
            "`default_return_url`.",
            code="parameter_missing",
            param="return_url",
        )
    flow = params.get("flow_data")
    if flow is not None:
        flows.check(sandbox, customer["id"], configuration, flow)
    return issue(
        sandbox,
        customer["id"],
        configuration["id"],
        return_url=return_url,
        flow=flows.rendered(flow),
        after_expiration=_after_expiration(sandbox, params.get("after_expiration")),
        locale=params.get("locale"),
    )


def issue(
    sandbox: Sandbox,
    customer: str,
    configuration: str,
    *,
    return_url: str | None,
    flow: dict[str, Any] | None = None,
    after_expiration: dict[str, Any] | None = None,
    locale: str | None = None,
) -> dict[str, Any]:
    """Store a session whose parts are already checked."""
    secret = f"test_{secrets.token_urlsafe(32)}"
    session: dict[str, Any] = {
        "id": sandbox.new_id("bps"),
        "object": KIND,
        "after_expiration": after_expiration,
        "configuration": configuration,
        "created": sandbox.now(),
        "customer": customer,
        "customer_account": None,
        "flow": flow,
        "livemode": False,
        "locale": locale,
        "on_behalf_of": None,
        "return_url": return_url,
        "url": f"{sandbox.settings.public_url}/p/session/{secret}",
        # An address ages in the sandbox's own time, whatever test clock its customer lives on.
        "_": {
            "link": secret,
            "issued": sandbox.clock.running(),
            "last_seen": None,
            "completed": None,
        },
    }
    sandbox.put(session)
    sandbox.emit("billing_portal.session.created", session)
    return session


def by_secret(sandbox: Sandbox, secret: str) -> dict[str, Any] | None:
    """The session that an address belongs to."""
    found = sandbox.find(KIND, link=secret, limit=1)
    return found[0] if found and found[0]["_"]["link"] == secret else None


def is_expired(sandbox: Sandbox, session: dict[str, Any]) -> bool:
    hidden, now = session["_"], sandbox.clock.running()
    if hidden["last_seen"] is None:
        return now > int(hidden["issued"]) + OPEN_WITHIN
    return now > int(hidden["last_seen"]) + IDLE_LIMIT


def touch(sandbox: Sandbox, session: dict[str, Any]) -> None:
    """Note activity now: the hour starts again."""
    session["_"]["last_seen"] = sandbox.clock.running()
    sandbox.put(session)


def complete_flow(sandbox: Sandbox, session: dict[str, Any], done: str) -> None:
    """Note that the flow reached its end; ``done`` is the sentence for the customer."""
    session["_"]["completed"] = done
    sandbox.put(session)


def may_recover(sandbox: Sandbox, session: dict[str, Any]) -> bool:
    """Whether an expired address offers its customer a login (``after_expiration``)."""
    rule = session["after_expiration"]
    if rule is None:
        return False
    until = (rule["customer_login"] or {}).get("expires_at")
    return until is None or sandbox.now() <= int(until)


def _customer(sandbox: Sandbox, params: dict[str, Any]) -> dict[str, Any]:
    if "customer" not in params:
        raise SandboxError.missing_parameter("customer")
    customer = sandbox.get("customer", params["customer"], param="customer")
    if customer.get("deleted"):
        raise SandboxError.missing_resource("customer", customer["id"], param="customer")
    return customer


def _configuration(sandbox: Sandbox, params: dict[str, Any]) -> dict[str, Any]:
    if "configuration" not in params:
        return configurations.default_of(sandbox)
    configuration = sandbox.get(configurations.KIND, params["configuration"], param="configuration")
    if not configuration["active"]:
        raise SandboxError(
            f"The portal configuration '{configuration['id']}' is inactive and cannot be used to "
            "create portal sessions.",
            param="configuration",
        )
    return configuration


def _after_expiration(sandbox: Sandbox, given: dict[str, Any] | None) -> dict[str, Any] | None:
    if given is None:
        return None
    until = given.get("customer_login", {}).get("expires_at")
    if until is not None and until <= sandbox.now():
        raise SandboxError(
            "This timestamp must be in the future.",
            param="after_expiration[customer_login][expires_at]",
        )
    return {"customer_login": {"expires_at": until}, "type": given["type"]}
