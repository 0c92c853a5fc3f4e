"""One request to a portal page: whose session it is, and which pages it may reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.hosted.web import Page, Visit, route
from lib.sandbox.portal import configurations, sessions

NO_SUCH_LINK = "Check that the whole address was copied, or ask for a new link."
ROOT = "/p/session/{secret}"


@dataclass
class PortalVisit:
    """A visit within a valid session: ``configuration`` and ``customer`` as stored."""

    visit: Visit
    session: dict[str, Any]
    configuration: dict[str, Any]
    customer: dict[str, Any]

    @property
    def base(self) -> str:
        return f"/p/session/{self.session['_']['link']}"

    @property
    def flow(self) -> dict[str, Any] | None:
        """The deep-link flow as long as it is not completed."""
        return None if self.session["_"]["completed"] else self.session["flow"]

    def feature(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.configuration["features"][name]
        return found

    def page(self, template: str, **context: Any) -> Response:
        """A portal page; navigation is hidden while a flow runs."""
        profile = self.configuration["business_profile"]
        shared = {
            "base": self.base,
            "headline": profile["headline"] or "Manage your billing.",
            "terms_url": profile["terms_of_service_url"],
            "privacy_url": profile["privacy_policy_url"],
            "return_url": self.session["return_url"],
            "show_navigation": self.flow is None,
            "can_change_methods": self.feature("payment_method_update")["enabled"],
            "can_change_details": self.feature("customer_update")["enabled"]
            and bool(self.feature("customer_update")["allowed_updates"]),
            "back_url": self.session["return_url"] or self.base if self.flow else self.base,
        }
        told = self._told()
        return self.visit.page(template, **{**shared, **told, **context})

    def _told(self) -> dict[str, str | None]:
        """What an action left to be shown once; a declined card goes before it."""
        with self.visit.sandbox.transaction():
            told: dict[str, str | None] = self.session["_"].pop("told", None) or {}
            self.visit.sandbox.put(self.session)
        return {**told, "error": self.visit.declined} if self.visit.declined else told

    def home(self, *, notice: str | None = None, error: str | None = None) -> Response:
        """To the overview, which shows what happened."""
        return self.redirect(self.base, notice=notice, error=error)

    def redirect(
        self, url: str, *, notice: str | None = None, error: str | None = None
    ) -> Response:
        """To another page of the portal, which shows ``notice`` or ``error`` once."""
        with self.visit.sandbox.transaction():
            self.session["_"]["told"] = {"notice": notice, "error": error}
            self.visit.sandbox.put(self.session)
        return self.visit.redirect(url)

    def finish(self, done: str) -> Response:
        """The action succeeded: end the flow as it asked for, else back to the overview."""
        flow = self.flow
        if flow is None:
            return self.home(notice=done)
        sessions.complete_flow(self.visit.sandbox, self.session, done)
        completion = flow["after_completion"]
        if completion["type"] == "redirect":
            return self.visit.redirect(completion["redirect"]["return_url"])
        if completion["type"] == "hosted_confirmation":
            return self.visit.redirect(f"{self.base}/done")
        return self.home(notice=done)

    def subscription(self) -> dict[str, Any]:
        """The subscription in the path; raises SandboxError 404 when it is not this customer's."""
        id = self.visit.path["subscription"]
        found = self.visit.sandbox.get("subscription", id)
        if found["customer"] != self.customer["id"]:
            raise SandboxError.missing_resource("subscription", id)
        return found


PortalPage = Callable[[PortalVisit], Response]


def portal_route(
    method: str,
    path: str,
    page: PortalPage,
    *,
    flows: tuple[str, ...] = (),
    declined: PortalPage | None = None,
    in_transaction: bool = True,
) -> Route:
    """A page under a session's address; ``flows`` are the flow types that may reach it.

    ``declined`` is the page that a declined card leads back to (see ``web.route``).
    """
    retry = None if declined is None else _within_session(declined, flows)
    return route(
        method,
        ROOT + path,
        _within_session(page, flows),
        declined=retry,
        in_transaction=in_transaction,
    )


def _within_session(page: PortalPage, flows: tuple[str, ...]) -> Page:
    """``page`` for visitors whose session is valid; the others are told what is wrong."""

    def answer(visit: Visit) -> Response:
        session = sessions.by_secret(visit.sandbox, visit.path["secret"])
        if session is None:
            return visit.message("This link is not valid", NO_SUCH_LINK, status=404)
        if sessions.is_expired(visit.sandbox, session):
            return expired(visit, session)
        customer = visit.sandbox.peek("customer", session["customer"])
        if customer is None:
            return visit.message("This link is not valid", NO_SUCH_LINK, status=404)
        with visit.sandbox.transaction():
            sessions.touch(visit.sandbox, session)
        configuration = visit.sandbox.get(configurations.KIND, session["configuration"])
        portal = PortalVisit(visit, session, configuration, customer)
        if not _reachable(portal, flows):
            return visit.redirect(portal.base)
        with visit.sandbox.lock, visit.sandbox.clock.pinned(_time_of(visit.sandbox, customer)):
            return page(portal)

    return answer


def _time_of(sandbox: Sandbox, customer: dict[str, Any]) -> int:
    """A customer on a test clock lives in that clock's time."""
    clock = sandbox.peek("test_helpers.test_clock", customer["test_clock"])
    return sandbox.now() if clock is None else int(clock["frozen_time"])


def expired(visit: Visit, session: dict[str, Any]) -> Response:
    """Says so, and offers the way on that the session was created with."""
    form = None
    if sessions.may_recover(visit.sandbox, session):
        form = {
            "action": f"/p/recover/{session['_']['link']}",
            "explain": "You can log in again with a one-time code sent to your e-mail address.",
        }
    link = None
    if session["return_url"]:
        name = visit.sandbox.settings.account_name
        link = {"url": session["return_url"], "text": f"Return to {name}"}
    return visit.message(
        "This session has expired",
        "For your security, links to this portal work for a short time only.",
        status=410,
        link=link,
        email_form=form,
    )


def _reachable(portal: PortalVisit, flows: tuple[str, ...]) -> bool:
    """In a running flow only the flow's own pages, and its own subscription."""
    flow = portal.flow
    if flow is None or "any" in flows:
        return True
    if flow["type"] not in flows:
        return False
    details = flow[flow["type"]] if flow["type"] != "payment_method_update" else None
    wanted = (details or {}).get("subscription")
    return wanted is None or portal.visit.path.get("subscription", wanted) == wanted
