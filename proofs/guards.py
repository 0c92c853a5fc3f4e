"""The guards against a local Stripe: what is allowed works, what is refused would not have."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import httpx

from lib.billing.domain.errors import StripeRefused
from lib.billing.domain.flow_strictness import LEFT_TO_STRIPE, STRICTER
from lib.billing.domain.flow_values import Choice, Flow
from lib.billing.domain.permissions import Role
from lib.billing.domain.portal import Deeplink, PortalConfiguration
from lib.billing.linking.sessions import LinkMaker
from lib.billing.linking.values import LinkRequest
from lib.billing.links import LinkDesk

from .portals import RETURN_URL, Case, World, cases, world
from .proof import Disproved, Figures, holds

_RENEWS = "Don&#39;t cancel subscription", "Don't cancel subscription"


def guards(count: int) -> Figures:
    """Every flow for ``count`` subscriptions under each portal configuration.

    Raises Disproved when Stripe refuses what was allowed, or goes along with what was refused,
    unless `flow_strictness` names it.
    """
    found: Counter[str] = Counter()
    with world(cases(count)) as there, httpx.Client(timeout=30, follow_redirects=False) as visitor:
        for case, (customer, subscription) in there.customers.items():
            for name, configuration in there.configurations.items():
                trial = _Trial(there, visitor, case, name, configuration, customer, subscription)
                for choice in trial.desk.options(customer).choices:
                    trial.try_out(choice, found)
    holds(found["allowed"] > 0, "No flow was allowed at all.")
    holds(found["refused"] > 0, "No flow was refused at all.")
    holds(found["stricter"] > 0, "No refusal was stricter than Stripe's.")
    return {
        "subscriptions": count,
        "portal configurations": len(there.configurations),
        "flows tried": found["allowed"] + found["left"] + found["refused"] + found["stricter"],
        "allowed, and Stripe's page opens": found["allowed"],
        "allowed, refused by Stripe": found["broken"],
        "allowed, left to Stripe, refused there": found["left"],
        "refused, by Stripe too": found["refused"],
        "of these with the same code": found["same code"],
        "refused on purpose, Stripe would go along": found["stricter"],
        "refused, Stripe would go along": found["needless"],
    }


@dataclass(frozen=True)
class _Trial:
    there: World
    visitor: httpx.Client
    case: Case
    name: str
    configuration: PortalConfiguration
    customer: str
    subscription: str | None

    @property
    def desk(self) -> LinkDesk:
        maker = LinkMaker(_Under(self.there.gateway, self.configuration), return_url=RETURN_URL)
        setup, store = self.there.setup, self.there.store
        return LinkDesk(store=store, clock=self.there.now, setup=setup, maker=maker)

    def try_out(self, choice: Choice, found: Counter[str]) -> None:
        if choice.allowed:
            try:
                self._opens(choice.flow, self._mint(choice))
            except StripeRefused as error:
                if error.code not in LEFT_TO_STRIPE:
                    raise self._wrong(choice, f"allowed, but: {error}") from None
                found["left"] += 1
            else:
                found["allowed"] += 1
            return
        refused_by = self._bypassed(choice)
        if refused_by is not None:
            found["refused"] += 1
            found["same code"] += refused_by == choice.code
            if refused_by.startswith("stripe_"):
                raise self._wrong(choice, f"Stripe's refusal is not understood: {refused_by}")
            return
        flows, _ = STRICTER.get(str(choice.code), ((), ""))
        if choice.flow not in flows:
            raise self._wrong(choice, f"refused as {choice.code}, but Stripe goes along")
        found["stricter"] += 1

    def _mint(self, choice: Choice) -> str:
        names_plan = choice.flow in (Flow.CHECKOUT, Flow.SUBSCRIPTION_UPDATE_CONFIRM)
        wanted = LinkRequest(
            customer_id=self.customer,
            flow=choice.flow,
            # One agent a trial: nobody is held back.
            staff=f"{self.customer}.{self.configuration.id}@portside.example",
            roles={Role.SUPPORT},
            reason="A proof",
            click_id=f"{self.customer} {self.configuration.id} {choice.flow} {choice.invoice_id}",
            subscription_id=choice.subscription_id,
            invoice_id=choice.invoice_id,
            plan=choice.plans[0].lookup_key if names_plan else None,
        )
        return self.desk.mint(wanted).url

    def _opens(self, flow: Flow, url: str) -> None:
        """The page behind the address is there and offers what the flow is for."""
        page = self._visit(url)
        holds(page.status_code == 200, f"{self}: {flow} opens with {page.status_code}")
        if flow is Flow.RENEW:
            holds(any(words in page.text for words in _RENEWS), f"{self}: nothing to renew")

    def _visit(self, url: str) -> httpx.Response:
        page = self.visitor.get(url)
        while page.is_redirect and page.next_request is not None:
            target = str(page.next_request.url)
            if not target.startswith(self.there.running.url):
                break
            page = self.visitor.get(target)
        return page

    def _bypassed(self, choice: Choice) -> str | None:
        """The code of Stripe's refusal when it is asked all the same; None: it goes along."""
        try:
            if choice.flow is Flow.PAY_INVOICE:
                sandbox = self.there.running.sandbox
                invoices = sandbox.find("invoice", customer=self.customer, status="open")
                return str(choice.code) if not invoices else None
            if choice.flow is Flow.LOGIN_PAGE:
                return str(choice.code) if self.configuration.login_url is None else None
            if choice.flow is Flow.CHECKOUT:
                self.there.gateway.create_checkout_session(
                    price=self.there.prices["pro"],
                    success_url=RETURN_URL,
                    cancel_url=RETURN_URL,
                    idempotency_key=f"bypass {self.customer} {self.configuration.id}",
                    customer=self.customer,
                )
                return None
            return self._portal_bypassed(choice)
        except StripeRefused as error:
            return error.code

    def _portal_bypassed(self, choice: Choice) -> str | None:
        of_customer = (Flow.HOME, Flow.PAYMENT_METHOD_UPDATE, Flow.CUSTOMER_UPDATE, Flow.RENEW)
        if self.subscription is None and choice.flow not in of_customer:
            return str(choice.code)  # there is nothing that could be named
        item = None
        if choice.flow is Flow.SUBSCRIPTION_UPDATE_CONFIRM:
            kept = self.there.running.sandbox.get("subscription", str(self.subscription))
            item = str(kept["items"]["data"][0]["id"])
        made = self.there.gateway.create_portal_session(
            self.customer,
            return_url=RETURN_URL,
            idempotency_key=f"bypass {self.customer} {self.configuration.id} {choice.flow}",
            link=Deeplink(choice.flow, self.subscription, item, self.there.prices["pro"]),
            configuration=self.configuration.id,
        )
        if choice.flow is Flow.RENEW:
            page = self._visit(made.url)
            return None if any(words in page.text for words in _RENEWS) else str(choice.code)
        return None

    def _wrong(self, choice: Choice, what: str) -> Disproved:
        return Disproved(f"{self}: {choice.flow} is {what}")

    def __str__(self) -> str:
        return f"{self.case}, {self.name}"


class _Under:
    """Stripe with another default portal configuration."""

    def __init__(self, gateway: Any, configuration: PortalConfiguration) -> None:
        self._gateway = gateway
        self._configuration = configuration

    def default_configuration(self) -> PortalConfiguration:
        return self._configuration

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)
