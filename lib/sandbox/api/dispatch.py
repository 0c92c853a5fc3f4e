"""From an HTTP request to an answer: key, parameters, idempotency, handler, expansion, headers."""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
import re
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote_plus

import orjson

from lib.sandbox import params as p
from lib.sandbox.api.routing import Call, Endpoint, resolve
from lib.sandbox.api.scope import test_clock_of
from lib.sandbox.billing import lifecycle
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.events import API_VERSION
from lib.sandbox.expand import render
from lib.sandbox.forms import parse_form

LOG = logging.getLogger(__name__)
Object = dict[str, Any]
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(\.[a-z_]+)?(; ?[a-z0-9_=;. ]+)?")
IDEMPOTENCY_SECONDS = 86_400
LONGEST_KEY = 255
PAYMENT_FAILED = 402
"""A declined card is an answer that its idempotency key repeats; a bad parameter is not."""
TEST_KEYS = ("sk_test_", "rk_test_")


@dataclass(frozen=True)
class Request:
    """What the dispatcher needs of an HTTP request; header names are lower case."""

    method: str
    path: str
    query: str
    body: str
    headers: dict[str, str]


@dataclass
class Reply:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def dispatch(sandbox: Sandbox, request: Request) -> Reply:
    """Answer one API request; refusals become Stripe's error bodies."""
    request_id = sandbox.ids.new("req")
    try:
        reply = _answer(sandbox, request, request_id)
    except SandboxError as error:
        reply = _refusal(error)
    except Exception:
        LOG.exception("%s %s failed", request.method, request.path)
        reply = _refusal(SandboxError.internal(request_id))
    reply.headers |= {
        "Content-Type": "application/json",
        "Request-Id": request_id,
        "Stripe-Version": API_VERSION,
        "Date": formatdate(sandbox.clock.running(), usegmt=True),
    }
    return reply


def _answer(sandbox: Sandbox, request: Request, request_id: str) -> Reply:
    key = api_key(request.headers)
    if request.headers.get("content-type", "").startswith("application/json"):
        raise SandboxError(
            "Invalid request (check that your POST content type is "
            "application/x-www-form-urlencoded)."
        )
    version = request.headers.get("stripe-version", API_VERSION)
    if not _VERSION.fullmatch(version):
        raise SandboxError(f"Invalid Stripe API version: {version}")
    endpoint, parts = resolve(request.method, request.path)
    parts = {name: unquote_plus(value) for name, value in parts.items()}
    values = {**parse_form(request.query), **parse_form(request.body)}
    params = p.parse(endpoint.schema, values)
    paths = params.pop("expand", None) or []
    call = Call(sandbox, params, request_id, key)
    lifecycle.catch_up(sandbox)
    with sandbox.lock:
        if request.method == "GET" or not endpoint.keeps:
            with _scope(sandbox, parts, params):
                return Reply(200, orjson.dumps(_run(call, endpoint, parts, paths)))
        return _change(call, endpoint, parts, paths, request)


def _change(
    call: Call, endpoint: Endpoint, parts: dict[str, str], paths: list[str], request: Request
) -> Reply:
    """A request that changes something, at most once per idempotency key."""
    sandbox = call.sandbox
    key = request.headers.get("idempotency-key")
    if key and len(key) > LONGEST_KEY:
        raise SandboxError(f"An Idempotency-Key can have up to {LONGEST_KEY} characters.")
    seen = f"{call.api_key} {key}"
    print_ = hashlib.sha256(
        f"{request.method} {request.path} {request.query} {request.body}".encode()
    ).hexdigest()
    if key:
        kept = _kept(sandbox, key, seen, print_)
        if kept is not None:
            return kept

    def keep(reply: Reply) -> Reply:
        if key:
            now = sandbox.clock.running()
            sandbox.storage.set_reply(seen, print_, reply.status, reply.body, now)
            reply.headers["Idempotency-Key"] = key
        return reply

    try:
        with (
            sandbox.transaction(),
            _scope(sandbox, parts, call.params),
            sandbox.requested_by(call.request_id, key),
        ):
            answer = _run(call, endpoint, parts, paths)
            if call.refusal is not None:
                return keep(_refusal(call.refusal))
            return keep(Reply(200, orjson.dumps(answer)))
    except SandboxError as error:
        if error.status != PAYMENT_FAILED:
            raise
        with sandbox.transaction():
            return keep(_refusal(error))


def _kept(sandbox: Sandbox, key: str, seen: str, print_: str) -> Reply | None:
    kept = sandbox.storage.reply(seen)
    if kept is None or kept[3] < sandbox.clock.running() - IDEMPOTENCY_SECONDS:
        return None
    if kept[0] != print_:
        raise SandboxError.reused_idempotency_key(key)
    return Reply(kept[1], kept[2], {"Idempotent-Replayed": "true", "Idempotency-Key": key})


def _run(call: Call, endpoint: Endpoint, parts: dict[str, str], paths: list[str]) -> Object:
    answer = endpoint.handler(call, **parts)
    return {} if call.refusal is not None else render(call.sandbox, answer, paths)


def _scope(sandbox: Sandbox, parts: dict[str, str], params: Object) -> Any:
    """The time in which the request takes place: its test clock's, else the sandbox's.

    Pinned either way, so that everything one request does bears one second.
    """
    clock = test_clock_of(sandbox, parts, params)
    return sandbox.clock.pinned(clock["frozen_time"] if clock else sandbox.clock.now())


def _refusal(error: SandboxError) -> Reply:
    return Reply(error.status, orjson.dumps(error.body()))


def api_key(headers: dict[str, str]) -> str:
    """The secret test key of a request, sent as Bearer or Basic. Raises SandboxError 401."""
    scheme, _, credential = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            credential = base64.b64decode(credential, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            raise SandboxError.bad_key() from None
    elif scheme.lower() != "bearer":
        raise SandboxError.no_key()
    if not credential:
        raise SandboxError.no_key()
    if not credential.startswith(TEST_KEYS):
        raise SandboxError.bad_key()
    return credential
