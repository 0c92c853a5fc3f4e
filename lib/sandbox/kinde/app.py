"""The tenant over HTTP: what Kinde answers, the hosted page, and what makes things happen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from lib.sandbox.kinde import pages
from lib.sandbox.kinde.tenant import KindeError, Tenant

Handler = Callable[[Request], Awaitable[Response]]

ACTS = ("subscribe", "change", "cancel", "fail", "pay", "overdue")


def kinde_app(tenant: Tenant) -> Starlette:
    """The application; mount it where ``tenant.issuer`` points to."""
    app = Starlette(
        routes=[
            Route("/", _index),
            Route("/.well-known/jwks", _jwks),
            Route("/.well-known/jwks.json", _jwks),
            _route("/oauth2/token", _token),
            _route("/api/v1/portal/generate_url", _generate_url),
            Route("/api/v1/events/{event_id}", _refusing(_event)),
            Route("/portal/{token}", _refusing(_portal)),
            _route("/portal/{token}/{act}", _act_in_portal),
            _route("/act/{customer_id}/{act}", _act_on_index),
            _route("/control/webhook", _register),
            Route("/control/customers", _refusing(_customers), methods=["GET", "POST"]),
            _route("/control/customers/{customer_id}/{act}", _act),
            _route("/control/events", _publish),
            _route("/control/events/{event_id}/deliver", _deliver),
            Route("/control/deliveries", _deliveries),
            _route("/control/rotate", _rotate),
        ]
    )
    app.state.tenant = tenant
    return app


def _refusing(handler: Handler) -> Handler:
    async def asked(request: Request) -> Response:
        try:
            return await handler(request)
        except KindeError as error:
            return JSONResponse({"errors": [{"code": str(error)}]}, error.status)

    return asked


def _route(path: str, handler: Handler) -> Route:
    return Route(path, _refusing(handler), methods=["POST"])


def _of(request: Request) -> Tenant:
    tenant: Tenant = request.app.state.tenant
    return tenant


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        body = {}
    return body if isinstance(body, dict) else {}


def _bearer(request: Request) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or token not in _of(request).access_tokens:
        raise KindeError("INVALID_CREDENTIALS", 401)


async def _jwks(request: Request) -> Response:
    return JSONResponse(await run_in_threadpool(_of(request).ring.jwks))


async def _token(request: Request) -> Response:
    async with request.form() as form:
        given = {key: str(value) for key, value in form.items()}
    if given.get("grant_type") != "client_credentials":
        raise KindeError("unsupported_grant_type")
    token = _of(request).authorize(
        given.get("client_id", ""), given.get("client_secret", ""), given.get("audience", "")
    )
    kind = "bearer"  # nosec B105 - how it is presented, no secret
    return JSONResponse({"access_token": token, "token_type": kind, "expires_in": 86_400})


async def _generate_url(request: Request) -> Response:
    _bearer(request)
    return JSONResponse({"url": _of(request).generate_url(await _body(request))})


async def _event(request: Request) -> Response:
    _bearer(request)
    event = _of(request).events.get(request.path_params["event_id"])
    if event is None:
        raise KindeError("EVENT_NOT_FOUND", 404)
    return JSONResponse({"code": "OK", "event": event})


async def _portal(request: Request) -> Response:
    tenant, token = _of(request), request.path_params["token"]
    with tenant.lock:
        visit = tenant.portal.get(token)
        if visit is None or visit.get("opened"):
            raise KindeError("LINK_USED", 410)
        visit["opened"] = True
        customer = tenant.customer(visit["customer"])
    return HTMLResponse(pages.portal(customer, visit, token))


async def _act_in_portal(request: Request) -> Response:
    """What a customer does on the hosted page."""
    tenant, token = _of(request), request.path_params["token"]
    visit = tenant.portal.get(token)
    if visit is None:
        raise KindeError("LINK_USED", 410)
    async with request.form() as form:
        plan = str(form.get("plan") or "")
    await run_in_threadpool(
        _do, tenant, visit["customer"], request.path_params["act"], {"plan": plan}
    )
    back = visit["return_url"]
    return RedirectResponse(back, 303) if back else HTMLResponse("<p>Done.</p>")


async def _index(request: Request) -> Response:
    """The tenant's customers, and what can be made to happen to them."""
    return HTMLResponse(pages.index(list(_of(request).customers.values())))


async def _act_on_index(request: Request) -> Response:
    parts = request.path_params
    async with request.form() as form:
        plan = str(form.get("plan") or "")
    await run_in_threadpool(_do, _of(request), parts["customer_id"], parts["act"], {"plan": plan})
    return RedirectResponse("../..", 303)


async def _register(request: Request) -> Response:
    """Where webhooks go from now on, with all that happened before; gives what a
    machine-to-machine application is told."""
    tenant = _of(request)
    tenant.webhook = (await _body(request)).get("url")
    for event_id in list(tenant.events):
        tenant.deliverer.queue(event_id)
    return JSONResponse(
        {
            "issuer": tenant.issuer,
            "client_id": tenant.client_id,
            "client_secret": tenant.client_secret,
        }
    )


async def _customers(request: Request) -> Response:
    tenant = _of(request)
    if request.method == "GET":
        return JSONResponse(list(tenant.customers.values()))
    body = await _body(request)
    made = tenant.add(
        org_code=str(body.get("org_code") or "org_new"),
        name=str(body.get("name") or "New company"),
        email=body.get("email"),
    )
    return JSONResponse(made, 201)


async def _act(request: Request) -> Response:
    parts, body = request.path_params, await _body(request)
    found = await run_in_threadpool(_do, _of(request), parts["customer_id"], parts["act"], body)
    return JSONResponse(found)


def _do(tenant: Tenant, customer_id: str, act: str, body: dict[str, Any]) -> dict[str, Any]:
    if act not in ACTS:
        raise KindeError(f"One of {', '.join(ACTS)}.", 404)
    if act in ("subscribe", "change"):
        plan = body.get("plan")
        if not isinstance(plan, str) or not plan:
            raise KindeError("Give a plan.")
        return (
            tenant.subscribe(customer_id, plan)
            if act == "subscribe"
            else tenant.change(customer_id, plan)
        )
    if act == "cancel":
        return tenant.cancel(customer_id, at_period_end=bool(body.get("at_period_end")))
    return {"fail": tenant.fail, "pay": tenant.pay, "overdue": tenant.overdue}[act](customer_id)


async def _publish(request: Request) -> Response:
    """Any event: ``type`` and ``data``."""
    body = await _body(request)
    return JSONResponse(_of(request).publish(str(body.get("type")), body.get("data") or {}), 201)


async def _deliver(request: Request) -> Response:
    event_id = request.path_params["event_id"]
    return JSONResponse(
        {"status": await run_in_threadpool(_of(request).deliverer.attempt, event_id)}
    )


async def _deliveries(request: Request) -> Response:
    deliverer = _of(request).deliverer
    return JSONResponse({"queued": deliverer.waiting, "answers": deliverer.answers[-100:]})


async def _rotate(request: Request) -> Response:
    keep = bool((await _body(request)).get("keep", True))
    return JSONResponse({"kid": await run_in_threadpool(_rotated, _of(request), keep)})


def _rotated(tenant: Tenant, keep: bool) -> str:
    return tenant.ring.rotate(keep=keep)
