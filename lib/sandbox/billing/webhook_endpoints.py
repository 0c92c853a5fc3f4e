"""Webhook endpoints: where events go, and the secrets that sign them."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.event_types import EVENT_TYPES
from lib.sandbox.events import API_VERSION
from lib.sandbox.params import merge_metadata
from lib.sandbox.versions import VERSIONS

Object = dict[str, Any]


def create(sandbox: Sandbox, params: Object) -> Object:
    """An enabled endpoint; only this answer carries its ``secret``."""
    _check_url(params["url"])
    _check_events(params["enabled_events"])
    version = params.get("api_version")
    if version is not None and version not in VERSIONS:
        raise SandboxError(
            f"Invalid API version: {version}. The newest is {API_VERSION}.", param="api_version"
        )
    secret = f"whsec_{sandbox.ids.token(24)}"
    endpoint: Object = {
        "id": sandbox.new_id("we"),
        "object": "webhook_endpoint",
        "api_version": params.get("api_version"),
        "application": None,
        "created": sandbox.now(),
        "description": params.get("description"),
        "enabled_events": list(params["enabled_events"]),
        "livemode": False,
        "metadata": merge_metadata({}, params.get("metadata", {})),
        "status": "enabled",
        "url": params["url"],
        "_": {"secrets": [{"secret": secret, "expires_at": None}]},
    }
    sandbox.put(endpoint)
    sandbox.deliverer.reload()
    return {**endpoint, "secret": secret}


def update(sandbox: Sandbox, id: str, params: Object) -> Object:
    endpoint = sandbox.get("webhook_endpoint", id)
    if params.get("url"):
        _check_url(params["url"])
    _check_events(params.get("enabled_events") or [])
    for name in ("description", "enabled_events", "url"):
        if name in params:
            endpoint[name] = params[name]
    if "disabled" in params:
        endpoint["status"] = "disabled" if params["disabled"] else "enabled"
    if "metadata" in params:
        endpoint["metadata"] = merge_metadata(endpoint["metadata"], params["metadata"])
    sandbox.put(endpoint)
    sandbox.deliverer.reload()
    return endpoint


def roll_secret(sandbox: Sandbox, id: str, *, expires_in: float = 86_400) -> str:
    """A new signing secret; the old ones sign along for ``expires_in`` more (system) seconds."""
    endpoint = sandbox.get("webhook_endpoint", id)
    secret = f"whsec_{sandbox.ids.token(24)}"
    until = time.time() + expires_in
    for entry in endpoint["_"]["secrets"]:
        entry["expires_at"] = min(entry["expires_at"] or until, until)
    endpoint["_"]["secrets"].append({"secret": secret, "expires_at": None})
    sandbox.put(endpoint)
    return secret


def delete(sandbox: Sandbox, id: str) -> Object:
    sandbox.delete(sandbox.get("webhook_endpoint", id))
    sandbox.deliverer.reload()
    return {"id": id, "object": "webhook_endpoint", "deleted": True}


def _check_events(names: list[str]) -> None:
    """Whole names or a single ``*``; wildcards inside a name belong to ``GET /v1/events``."""
    for index, name in enumerate(names):
        if name != "*" and name not in EVENT_TYPES:
            raise SandboxError(
                f"Invalid enabled_events[{index}]: '{name}' is not an event type. Give whole "
                "names, or * for all.",
                param=f"enabled_events[{index}]",
            )


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SandboxError(
            "Invalid URL: An explicit scheme (such as https) must be provided.",
            code="url_invalid",
            param="url",
        )
