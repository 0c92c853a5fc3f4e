"""The start page: act as a customer, move the clock, run a scenario, disturb deliveries."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from lib.sandbox.billing import calendar
from lib.sandbox.control import api, clock, people
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.hosted import wording
from lib.sandbox.hosted.web import Visit, route
from lib.sandbox.portal import configurations, sessions

STEPS = {"hour": 3_600, "day": 86_400, "week": 7 * 86_400}
SHOWN_EVENTS = 15
SHOWN_CUSTOMERS = 8


def show(visit: Visit) -> Response:
    return _page(visit)


def act(visit: Visit) -> Response:
    """Open a customer's portal."""
    sandbox = visit.sandbox
    customer = sandbox.get("customer", visit.form.get("customer", ""), param="customer")
    configuration = configurations.default_of(sandbox)
    session = sessions.issue(
        sandbox,
        customer["id"],
        configuration["id"],
        return_url=f"{sandbox.settings.public_url}/",
    )
    return visit.redirect(session["url"])


def move(visit: Visit) -> Response:
    sandbox, form = visit.sandbox, visit.form
    now = sandbox.clock.running()
    step = form.get("step", "")
    try:
        if step in STEPS:
            to = now + STEPS[step]
        elif step == "month":
            to = calendar.add(now, "month", 1)
        else:
            to = clock.parse_time(form.get("to") or None)
        count = clock.move(sandbox, to)
    except SandboxError as error:
        return _page(visit, error=error.message)
    return _page(visit, notice=f"The clock was moved. {count} events happened on the way.")


def run_scenario(visit: Visit) -> Response:
    try:
        result = api.play(visit.sandbox, visit.form.get("name", ""))
    except SandboxError as error:
        return _page(visit, error=error.message)
    return _page(visit, notice=result["summary"], played=result["customers"])


def disturb(visit: Visit) -> Response:
    """Set the disturbances from the form: shares in percent."""
    form = visit.form
    try:
        wanted: dict[str, Any] = {
            name: _number(form, name) / 100 for name in api.SHARES if form.get(name)
        }
        wanted["delay"] = _number(form, "delay")
        wanted["reorder"] = form.get("reorder") == "1"
        wanted["paused"] = form.get("paused") == "1"
        api.set_disturbances(visit.sandbox, wanted, None)
    except SandboxError as error:
        return _page(visit, error=error.message)
    return _page(visit, notice="Deliveries are disturbed as you asked.")


def _number(form: dict[str, str], name: str) -> float:
    try:
        return float(form.get(name) or 0)
    except ValueError:
        raise SandboxError(f"Give {name} as a number.") from None


def _page(
    visit: Visit,
    *,
    notice: str | None = None,
    error: str | None = None,
    played: dict[str, str] | None = None,
) -> Response:
    sandbox = visit.sandbox
    query = visit.query.get("query", "")
    with sandbox.lock:
        return visit.page(
            "start.html",
            status=200 if error is None else 400,
            title="Sandbox",
            notice=notice,
            error=error,
            played=played or {},
            clock=clock.shown(sandbox),
            query=query,
            customers=people.search(sandbox, query, SHOWN_CUSTOMERS),
            counts={
                kind: sandbox.storage.count(kind)
                for kind in ("customer", "subscription", "invoice")
            },
            scenarios=_scenarios(),
            disturbances=sandbox.deliverer.disturbances,
            deliveries=sandbox.deliverer.counts.shown(),
            endpoints=sandbox.find("webhook_endpoint"),
            events=_events(sandbox),
            logins=_login_pages(sandbox),
        )


def _scenarios() -> list[dict[str, Any]]:
    from lib.sandbox.world.scenarios import SCENARIOS

    return [{"name": name, "title": scenario.title} for name, scenario in SCENARIOS.items()]


def _events(sandbox: Sandbox) -> list[dict[str, Any]]:
    rows = sandbox.storage.event_rows("1 = 1", (), f"seq DESC LIMIT {SHOWN_EVENTS}")
    pending = sandbox.deliverer.pending
    return [
        {
            "id": id,
            "type": type,
            "at": wording.moment(created),
            "pending": pending.get(id, 0),
        }
        for _, id, type, created in rows
    ]


def _login_pages(sandbox: Sandbox) -> list[dict[str, str]]:
    return [
        {"url": found["login_page"]["url"], "name": found["name"] or found["id"]}
        for found in sandbox.find(configurations.KIND)
        if found["active"] and found["login_page"]["url"]
    ]


routes: list[Route] = [
    route("GET", "/", show, in_transaction=False),
    route("POST", "/_sandbox/act", act),
    route("POST", "/_sandbox/start/clock", move, in_transaction=False),
    route("POST", "/_sandbox/start/scenario", run_scenario, in_transaction=False),
    route("POST", "/_sandbox/start/deliveries", disturb, in_transaction=False),
]
