"""``/v1/billing_portal``: configurations and sessions."""

from __future__ import annotations

from typing import Any

from lib.sandbox import params as p
from lib.sandbox.api.routing import Call, endpoint
from lib.sandbox.paging import listing, page
from lib.sandbox.portal import configurations, sessions
from lib.sandbox.portal.schemas import (
    CONFIGURATION_CREATE,
    CONFIGURATION_UPDATE,
    SESSION_CREATE,
)

Object = dict[str, Any]
URL = "/v1/billing_portal/configurations"


@endpoint("POST", URL, CONFIGURATION_CREATE)
def create_configuration(call: Call) -> Object:
    return configurations.create(call.sandbox, call.params)


@endpoint("GET", URL, listing(active=p.boolean(), is_default=p.boolean()))
def list_configurations(call: Call) -> Object:
    wanted = {name: call.params[name] for name in ("active", "is_default") if name in call.params}
    return page(
        call.sandbox,
        configurations.KIND,
        URL,
        call.params,
        keep=lambda obj: all(obj[name] == value for name, value in wanted.items()),
    )


@endpoint("GET", URL + "/{configuration}")
def retrieve_configuration(call: Call, configuration: str) -> Object:
    return call.sandbox.get(configurations.KIND, configuration)


@endpoint("POST", URL + "/{configuration}", CONFIGURATION_UPDATE)
def update_configuration(call: Call, configuration: str) -> Object:
    return configurations.update(call.sandbox, configuration, call.params)


@endpoint("POST", "/v1/billing_portal/sessions", SESSION_CREATE)
def create_session(call: Call) -> Object:
    return sessions.create(call.sandbox, call.params)
