"""The tenant: billing customers, what happens to them, and the events that tell of it."""

from __future__ import annotations

import json
import random
import secrets
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lib.sandbox.kinde.delivering import Deliverer
from lib.sandbox.kinde.signing import Ring

Object = dict[str, Any]

MONTH = 30 * 86_400
SUB_NAVS = (
    "profile", "organization_details", "organization_members", "organization_plan_details",
    "organization_payment_details", "organization_plan_selection", "plan_details",
    "plan_selection", "payment_details",
)  # fmt: skip


class KindeError(Exception):
    """A refusal, with its status."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class Tenant:
    """One tenant. ``directory`` keeps it between starts. Safe to share by threads."""

    def __init__(
        self,
        *,
        now: Callable[[], int] = lambda: int(time.time()),
        directory: Path | None = None,
        seed: int = 7,
    ) -> None:
        self._now = now
        self._file = directory / "kinde.json" if directory else None
        self._random = random.Random(f"kinde {seed}")
        self.lock = threading.RLock()
        self.issuer = ""
        self.client_id = "m2m_portside"
        self.client_secret = secrets.token_urlsafe(24)
        self.webhook: str | None = None
        self.customers: dict[str, Object] = {}
        self.events: dict[str, Object] = {}
        self.portal: dict[str, Object] = {}  # one-time addresses: for this process alone
        self.access_tokens: set[str] = set()
        self.ring = Ring()
        self.shape = "nested"
        self._read()
        self.deliverer = Deliverer(self)

    # -- what happens --------------------------------------------------------------------------

    def add(self, *, org_code: str, name: str, email: str | None = None) -> Object:
        """A billing customer of an organization, with the person who will manage it."""
        with self.lock:
            customer: Object = {
                "id": self._id("customer"),
                "org_code": org_code,
                "name": name,
                "email": email,
                "user_id": self._id("kp"),
                "agreement": None,
                "status": "none",
            }
            self.customers[customer["id"]] = customer
            self._save()
            return customer

    def subscribe(self, customer_id: str, plan: str) -> Object:
        customer = self.customer(customer_id)
        with self.lock:
            self._agree(customer, plan)
            self.emit("customer.agreement_created", customer)
            self.emit("customer.plan_assigned", customer)
        return customer

    def change(self, customer_id: str, plan: str) -> Object:
        """A new agreement in the place of the old one, as Kinde's API describes it."""
        customer = self.customer(customer_id)
        with self.lock:
            old = customer["agreement"]
            self._agree(customer, plan)
            self.emit("customer.agreement_created", customer)
            self.emit("customer.plan_changed", customer)
            if old is not None:
                self.emit("customer.agreement_cancelled", customer, agreement=old)
        return customer

    def cancel(self, customer_id: str, *, at_period_end: bool = False) -> Object:
        customer = self.customer(customer_id)
        with self.lock:
            agreement = customer["agreement"]
            if agreement is None:
                raise KindeError("The customer has no agreement.", 409)
            if at_period_end:
                agreement["expires_on"] = agreement["current_period_end"]
            else:
                customer["agreement"], customer["status"] = None, "cancelled"
            self.emit("customer.agreement_cancelled", customer, agreement=agreement)
        return customer

    def fail(self, customer_id: str) -> Object:
        return self._tell("customer.payment_failed", customer_id)

    def pay(self, customer_id: str) -> Object:
        return self._tell("customer.payment_succeeded", customer_id)

    def overdue(self, customer_id: str) -> Object:
        return self._tell("customer.invoice_overdue", customer_id)

    def _tell(self, kind: str, customer_id: str) -> Object:
        customer = self.customer(customer_id)
        with self.lock:
            self.emit(kind, customer)
        return customer

    def customer(self, customer_id: str) -> Object:
        found = self.customers.get(customer_id)
        if found is None:
            raise KindeError(f"There is no customer {customer_id}.", 404)
        return found

    def _agree(self, customer: Object, plan: str) -> None:
        now = self._now()
        customer["agreement"] = {
            "id": self._id("agreement"),
            "plan_code": plan,
            "expires_on": None,
            "current_period_start": now,
            "current_period_end": now + MONTH,
        }
        customer["status"] = "active"

    # -- events --------------------------------------------------------------------------------

    def emit(self, kind: str, customer: Object, *, agreement: Object | None = None) -> Object:
        """Keep an event, and queue it for the webhook when there is one."""
        agreement = agreement or customer["agreement"]
        data = (_flat if self.shape == "flat" else _nested)(customer, agreement)
        return self.publish(kind, data)

    def publish(self, kind: str, data: Object, **over: Any) -> Object:
        """An event with any data at all."""
        now = self._now()
        event = {
            "data": data,
            "event_id": self._id("event"),
            "event_timestamp": _iso(now),
            "source": "api",
            "type": kind,
        } | over
        with self.lock:
            self.events[event["event_id"]] = event
            self._save()
            self.deliverer.queue(event["event_id"])
        return event

    def token(self, event: Object, **over: Any) -> str:
        """The event as it is sent at this moment; times of sending are the system clock's."""
        sent = int(time.time())
        claims = {**event, "iat": sent, "timestamp": _iso(sent)} | over
        return self.ring.sign({key: value for key, value in claims.items() if value is not None})

    # -- the management API --------------------------------------------------------------------

    def authorize(self, client_id: str, client_secret: str, audience: str) -> str:
        """An access token. Raises KindeError."""
        if client_id != self.client_id or client_secret != self.client_secret:
            raise KindeError("invalid_client", 401)
        if audience != f"{self.issuer}/api":
            raise KindeError("invalid_audience", 400)
        token = secrets.token_urlsafe(24)
        self.access_tokens.add(token)
        return token

    def generate_url(self, asked: Object) -> str:
        """A one-time address of the portal. Raises KindeError."""
        user, sub_nav = asked.get("user_id"), asked.get("sub_nav") or "profile"
        with self.lock:
            held = [c for c in self.customers.values() if c["user_id"] == user]
            if not held:
                raise KindeError("USER_NOT_FOUND", 404)
            code = asked.get("organization_code")
            if code and code not in {customer["org_code"] for customer in held}:
                raise KindeError("ORGANIZATION_NOT_FOUND", 404)
            if sub_nav not in SUB_NAVS:
                raise KindeError("INVALID_SUB_NAV")
            token = secrets.token_urlsafe(18)
            self.portal[token] = {
                "customer": held[0]["id"],
                "sub_nav": sub_nav,
                "return_url": asked.get("return_url"),
            }
            return f"{self.issuer}/portal/{token}"

    # -- keeping -------------------------------------------------------------------------------

    def _id(self, prefix: str) -> str:
        return f"{prefix}_{self._random.getrandbits(80):020x}"

    def _save(self) -> None:
        if self._file is None:
            return
        kept = {
            "client_secret": self.client_secret,
            "customers": self.customers,
            "events": self.events,
            "keys": self.ring.stored(),
            "random": len(self.events) + len(self.customers),
        }
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(json.dumps(kept))
        self._file.chmod(0o600)

    def _read(self) -> None:
        if self._file is None or not self._file.exists():
            return
        kept = json.loads(self._file.read_text())
        self.client_secret = kept["client_secret"]
        self.customers, self.events = kept["customers"], kept["events"]
        self.ring = Ring.read(kept["keys"])
        self._random = random.Random(f"kinde again {kept['random']}")


def _nested(customer: Object, agreement: Object | None) -> Object:
    data: Object = {
        "customer": {"id": customer["id"], "name": customer["name"], "email": customer["email"]},
        "organization": {"code": customer["org_code"], "name": customer["name"]},
        "user": {"id": customer["user_id"], "email": customer["email"]},
    }
    if agreement is not None:
        code = agreement["plan_code"]
        data["agreement"] = {
            **agreement,
            **{
                key: None if agreement[key] is None else _iso(agreement[key])
                for key in ("expires_on", "current_period_start", "current_period_end")
            },
        }
        data["plan"] = {"code": code, "key": code, "name": code.title()}
    return data


def _flat(customer: Object, agreement: Object | None) -> Object:
    data: Object = {
        "customer_id": customer["id"],
        "org_code": customer["org_code"],
        "user_id": customer["user_id"],
    }
    if agreement is not None:
        data |= {
            "agreement_id": agreement["id"],
            "plan_code": agreement["plan_code"],
            "expires_on": agreement["expires_on"],
        }
    return data


def _iso(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).isoformat().replace("+00:00", "Z")
