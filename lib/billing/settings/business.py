"""`portside.toml`: what is the business's own choice rather than a matter of deployment.

timezone = "Europe/Berlin"          # business days and months; default UTC
policy = "portside"                 # portside · stripe · chartmogul · profitwell · one's own
org_key = "org_id"                  # the metadata key that names the organization
reporting_currency = "usd"
rates_file = "rates.csv"            # dated rates to it, beside this file: see docs/currencies.md
stale_after_minutes = 60            # without a webhook, before the dashboard says so
retention_days = 90                 # raw event bodies; default for ever, 30 at least
reconcile_hours = 24                # between comparisons with Stripe; 0 = never by itself

[roles]                             # who may do what: support · finance · founder · admin
support = ["agent@example.com"]

[groups]                            # the same by a group of the identity provider
support = ["billing-support"]

[sign_in]                           # see `settings.sign_in`

[policies.ours]                     # a policy of one's own, see `settings.policies`
base = "chartmogul"
discounts = "forever"

[rates.eur]                         # the same as text; these hold where the file says otherwise
2026-01-01 = "1.08"

[links]                             # what staff may put into a link; coupons by Stripe's id
retention_coupons = ["STAY20"]      # offered before a cancellation
checkout_coupons = ["WELCOME10"]
longest_trial_days = 14             # of a Checkout link; default 0, no trials

[self_service]                      # see `settings.self_service`

[pricing]                           # see `settings.pricing`

[[outgoing]]                        # see `settings.outgoing`

[digest]                            # see `settings.notices`

[alerts]                            # see `settings.notices`
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from ..domain.errors import ConfigurationError
from ..domain.flow_values import LinkPolicy
from ..domain.permissions import Role
from ..domain.policy import PRESETS, Policy
from ..domain.rates import Rates, gathered
from ..domain.sign_in import SignIn
from .notices import AlertPolicy, DigestPolicy, read_alerts, read_digest
from .outgoing import Endpoint, read_endpoints
from .policies import choose, read_policies
from .pricing import PricingPolicy, read_pricing
from .rates_file import read_rates
from .self_service import SelfServicePolicy, read_self_service
from .sign_in import read_sign_in_section
from .table import Table

_KNOWN: Final = frozenset(
    "timezone policy policies org_key reporting_currency rates_file stale_after_minutes "
    "retention_days "
    "reconcile_hours roles groups sign_in rates links self_service pricing outgoing digest "
    "alerts".split()
)

SHORTEST_RETENTION: Final = 30
"""Days. Stripe lists and sends an event again for thirty days, and retries need the body."""

LONGEST_TRIAL: Final = 730
"""Days. Stripe takes no longer trial."""


@dataclass(frozen=True, slots=True)
class Business:
    """``policies``: the presets and one's own, by slug. ``roles``: e-mail, lower case -> roles.
    ``groups``: group, as the provider spells it -> roles. ``rates``: currency -> (first day,
    rate), sorted."""

    timezone: str = "UTC"
    policy: Policy = PRESETS["portside"]
    policies: Mapping[str, Policy] = field(default_factory=lambda: PRESETS)
    org_key: str = "org_id"
    reporting_currency: str | None = None
    stale_after: int = 3_600  # seconds
    retention_days: int | None = None  # None = bodies are kept for ever
    reconcile_hours: int = 24  # 0 = never by itself
    roles: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    groups: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    sign_in: SignIn = field(default_factory=SignIn)
    rates: Mapping[str, tuple[tuple[date, Decimal], ...]] = field(default_factory=dict)
    reporting: Rates | None = None  # every rate there is, of the file too
    links: LinkPolicy = field(default_factory=LinkPolicy)
    self_service: SelfServicePolicy = field(default_factory=SelfServicePolicy)
    pricing: PricingPolicy = field(default_factory=PricingPolicy)
    outgoing: tuple[Endpoint, ...] = ()
    digest: DigestPolicy = field(default_factory=DigestPolicy)
    alerts: AlertPolicy = field(default_factory=AlertPolicy)


def read_business(path: Path, *, required: bool = False) -> Business:
    """Read the file; an absent one is all defaults unless it was named explicitly."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        if required:
            raise ConfigurationError(
                f"PORTSIDE_CONFIG names {path}, which does not exist. Create it or unset it."
            ) from None
        return Business()
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"{path} cannot be read as UTF-8 text.") from None
    return parse_business(text, source=str(path), folder=path.parent)


def parse_business(text: str, *, source: str = "portside.toml", folder: Path = Path()) -> Business:
    """``folder``: where relative paths begin.

    Raises ConfigurationError naming the file, the key and what it should be.
    """
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{source} is not TOML: {error}.") from None
    table = Table(given, source)
    table.only(_KNOWN)
    policies = read_policies(table.sub("policies"))
    rates = _rates(table)
    return Business(
        timezone=_timezone(table),
        policy=choose(table, policies),
        policies=policies,
        org_key=table.text("org_key", "org_id"),
        reporting_currency=_currency(table),
        stale_after=60 * table.positive("stale_after_minutes", 60),
        retention_days=_retention(table),
        reconcile_hours=_reconcile_hours(table),
        roles=_roles(table),
        groups=_groups(table),
        sign_in=read_sign_in_section(table.sub("sign_in")),
        rates=rates,
        reporting=_reporting(table, rates, folder),
        links=_links(table),
        self_service=read_self_service(table.sub("self_service")),
        pricing=read_pricing(table.sub("pricing")),
        outgoing=read_endpoints(table),
        digest=read_digest(table.sub("digest")),
        alerts=read_alerts(table.sub("alerts")),
    )


def _timezone(table: Table) -> str:
    name = table.text("timezone", "UTC")
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, malformed, a folder of names
        raise table.refuse("timezone", "a name like Europe/Berlin") from None
    return name


def _retention(table: Table) -> int | None:
    if "retention_days" not in table.given:
        return None
    days = table.positive("retention_days", SHORTEST_RETENTION)
    if days < SHORTEST_RETENTION:
        raise table.refuse(
            "retention_days", f"{SHORTEST_RETENTION} or more: Stripe sends events again that long"
        )
    return days


def _reconcile_hours(table: Table) -> int:
    hours = table.given.get("reconcile_hours", 24)
    if type(hours) is not int or hours < 0:
        raise table.refuse("reconcile_hours", "a whole number of hours; 0 for never")
    return hours


def _currency(table: Table) -> str | None:
    if "reporting_currency" not in table.given:
        return None
    name = table.text("reporting_currency", "").lower()
    if len(name) != 3 or not name.isalpha():
        raise table.refuse("reporting_currency", "a three-letter code like usd")
    return name


def _roles(table: Table) -> dict[str, frozenset[Role]]:
    people: dict[str, set[Role]] = defaultdict(set)
    for role, addresses in _by_role(table.sub("roles"), "a list of e-mail addresses"):
        for address in addresses:
            if "@" not in address:
                raise table.refuse(
                    f"roles.{role}", f"e-mail addresses; {address!r} is none. Groups go in [groups]"
                )
            people[address.lower()].add(role)
    return {address: frozenset(roles) for address, roles in people.items()}


def _links(table: Table) -> LinkPolicy:
    given = table.section("links")
    known = ("retention_coupons", "checkout_coupons", "longest_trial_days")
    for name in given:
        if name not in known:
            raise table.refuse(f"links.{name}", f"one of {', '.join(known)}")
    days = given.get("longest_trial_days", 0)
    if type(days) is not int or not 0 <= days <= LONGEST_TRIAL:
        raise table.refuse("links.longest_trial_days", f"a whole number, at most {LONGEST_TRIAL}")
    return LinkPolicy(_coupons(table, given, known[0]), _coupons(table, given, known[1]), days)


def _coupons(table: Table, given: Mapping[str, Any], name: str) -> tuple[str, ...]:
    coupons = given.get(name, [])
    if not isinstance(coupons, list) or not all(isinstance(c, str) and c.strip() for c in coupons):
        raise table.refuse(f"links.{name}", "a list of the ids of coupons in Stripe")
    return tuple(dict.fromkeys(c.strip() for c in coupons))


def _groups(table: Table) -> dict[str, frozenset[Role]]:
    found: dict[str, set[Role]] = defaultdict(set)
    for role, names in _by_role(table.sub("groups"), "a list of the provider's groups"):
        for name in names:
            found[name].add(role)
    return {name: frozenset(roles) for name, roles in found.items()}


def _by_role(table: Table, expected: str) -> Iterator[tuple[Role, list[str]]]:
    for name in table.given:
        if name not in [role.value for role in Role]:
            raise table.refuse(name, f"named {', '.join(r.value for r in Role)}")
        yield Role(name), table.texts(name, expected)


def _rates(table: Table) -> dict[str, tuple[tuple[date, Decimal], ...]]:
    found: dict[str, tuple[tuple[date, Decimal], ...]] = {}
    for currency, dated in table.section("rates").items():
        name = f"rates.{currency}"
        if not isinstance(dated, dict):
            raise table.refuse(name, "a section of dated rates")
        found[currency.lower()] = tuple(sorted(_rate(table, name, d, r) for d, r in dated.items()))
    return found


def _reporting(
    table: Table, rates: Mapping[str, tuple[tuple[date, Decimal], ...]], folder: Path
) -> Rates | None:
    currency, file = _currency(table), table.maybe_text("rates_file")
    if currency is None:
        if file is not None or rates:
            raise table.refuse("reporting_currency", "given: it is what rates are to")
        return None
    if currency in rates:
        raise table.refuse(f"rates.{currency}", "of another currency than the reporting one")
    told = {} if file is None else read_rates(folder / file, currency)
    own = {name: {day: (rate, Decimal(1)) for day, rate in dated} for name, dated in rates.items()}
    return gathered(currency, told, own)


def _rate(table: Table, name: str, day: str, rate: Any) -> tuple[date, Decimal]:
    wanted = 'written like 2026-01-01 = "1.08", the rate as text'
    if not isinstance(rate, str):
        raise table.refuse(f"{name}.{day}", wanted)
    try:
        value = Decimal(rate)
        first_day = date.fromisoformat(day)
    except (InvalidOperation, ValueError):
        raise table.refuse(f"{name}.{day}", wanted) from None
    if not value.is_finite() or value <= 0:
        raise table.refuse(f"{name}.{day}", wanted)
    return first_day, value
