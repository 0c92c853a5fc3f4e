"""What a change of plan, a cancellation and an unpaid invoice lead to, in sentences for staff.

Told is what the portal really does, where that is known, with a word where the catalogue says
otherwise; else what the catalogue says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from .catalog import Catalog
from .observations import State
from .portal import PortalConfiguration
from .portal_terms import LATER
from .said import said, said_in_turn

UPGRADES: Final[Mapping[str | None, str]] = {
    "create_prorations": said(
        "Upgrades take effect at once; Stripe prorates, and the difference is on the next invoice."
    ),
    "always_invoice": said(
        "Upgrades take effect at once; Stripe charges the prorated difference now."
    ),
    "none": said(
        "Upgrades take effect at once; nothing is charged for them before the next period."
    ),
    None: said("Upgrades take effect at once."),
}
"""By proration."""

DOWNGRADES: Final[Mapping[frozenset[str], str]] = {
    frozenset(LATER): said("Downgrades take effect at the end of the period."),
    frozenset(): said("Downgrades take effect at once."),
    frozenset(LATER[:1]): said(
        "A lower price takes effect at the end of the period, a shorter interval at once."
    ),
    frozenset(LATER[1:]): said(
        "A shorter interval takes effect at the end of the period, a lower price at once."
    ),
}
"""By what waits for the period's end."""

CANCELLATIONS: Final[Mapping[tuple[str, bool], str]] = {
    ("at_period_end", False): said("A cancellation keeps access until the period ends."),
    ("at_period_end", True): said("A cancellation keeps access until the period ends."),
    ("immediately", False): said("A cancellation ends access at once, also where it is paid for."),
    ("immediately", True): said(
        "A cancellation ends access at once; the rest of the period becomes a credit."
    ),
}
"""By mode, and by whether the rest is prorated."""

UNKNOWN: Final = said("The portal could not be asked: this is what the catalogue says.")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """None: not told. ``later``: what waits for the period's end, of `portal_terms.LATER`."""

    later: frozenset[str] | None
    proration: str | None
    cancel_mode: str | None
    cancel_proration: str | None = "none"

    @property
    def upgrades(self) -> str:
        return UPGRADES.get(self.proration, UPGRADES[None])

    @property
    def downgrades(self) -> str | None:
        return None if self.later is None else DOWNGRADES.get(self.later)

    @property
    def cancellations(self) -> str | None:
        prorated = self.cancel_proration not in (None, "none")
        return CANCELLATIONS.get((self.cancel_mode or "", prorated))


def of_catalog(catalog: Catalog) -> Behaviour:
    """What the catalogue wants the portal to do."""
    policies = catalog.policies
    return Behaviour(
        later=frozenset(LATER if policies.downgrade == "period_end" else ()),
        proration=catalog.portal.proration,
        cancel_mode="at_period_end" if policies.cancel == "period_end" else "immediately",
    )


def of_portal(configuration: PortalConfiguration) -> Behaviour:
    """What a configuration does."""
    later = configuration.downgrade_conditions
    return Behaviour(
        later=None if later is None else frozenset(later) & frozenset(LATER),
        proration=configuration.proration,
        cancel_mode=configuration.cancel_mode,
        cancel_proration=configuration.cancel_proration,
    )


def of_state(state: State) -> Behaviour:
    """The same of a configuration's state."""
    later = state.get("downgrade_conditions")
    return Behaviour(
        later=None if later is None else frozenset(later) & frozenset(LATER),
        proration=state.get("proration"),
        cancel_mode=state.get("cancel_mode"),
        cancel_proration=state.get("cancel_proration"),
    )


def change_note(configuration: PortalConfiguration | None, catalog: Catalog) -> str:
    """What to know before a link for changing the plan is handed over."""
    should = of_catalog(catalog)
    if configuration is None:
        return said_in_turn((should.downgrades or "", should.upgrades, UNKNOWN))
    does = of_portal(configuration)
    charged = None if does.proration is None else does.upgrades
    downgrades, upgrades = does.downgrades, should.upgrades
    return said_in_turn((*_beside(downgrades, should.downgrades), *_beside(charged, upgrades)))


def cancel_note(configuration: PortalConfiguration | None, catalog: Catalog) -> str:
    """What to know before a link for cancelling is handed over."""
    wanted = of_catalog(catalog).cancellations
    if configuration is None:
        return said_in_turn((wanted or "", UNKNOWN))
    return said_in_turn(_beside(of_portal(configuration).cancellations, wanted))


def grace_note(catalog: Catalog) -> str:
    """How long a plan stays whose payment failed."""
    days, default = catalog.policies.past_due_grace_days, catalog.default.name
    if days == 0:
        return said("While a payment is past due, {default} applies at once.", default=default)
    if days == 1:
        return said(
            "A past-due plan stays for 1 day; after that {default} applies until it is paid.",
            default=default,
        )
    return said(
        "A past-due plan stays for {count} days; after that {default} applies until it is paid.",
        count=days,
        default=default,
    )


def sentences(state: State) -> Iterator[str]:
    """What a configuration does, one sentence each; nothing for what is off or not told."""
    does = of_state(state)
    if state.get("plan_changes"):
        yield from filter(None, (does.upgrades, does.downgrades))
    if state.get("cancellation"):
        yield from filter(None, (does.cancellations,))


def _beside(does: str | None, should: str | None) -> tuple[str, ...]:
    """What it does, and beside it what the catalogue says where that is another thing."""
    if does is None or does == should:
        return (should or "",)
    otherwise = said(
        "The catalogue says otherwise: “{sentence}” An administrator can apply it on the Portal "
        "page.",
        sentence=should,
    )
    return does, otherwise
