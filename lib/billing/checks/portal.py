"""Does the customer portal do what the catalogue says?"""

from __future__ import annotations

from collections.abc import Iterator

from ..domain.portal_plan import PortalPlan
from .finding import Finding, some

APPLY = "See `portside portal plan`, then run `portside portal apply`."


def findings(planned: PortalPlan, *, told_by: str = "Stripe") -> Iterator[Finding]:
    """When cancellations take effect, and what differs. ``told_by``: who said how it is."""
    yield from _cancellation(planned)
    name = "Portal configuration"
    for problem in planned.problems:
        yield Finding(False, name, problem, "Correct it; until then nothing is applied.")
    for warning in planned.warnings:
        if warning.level == "amber":
            yield Finding(False, name, warning.sentence, "See `portside portal plan`.")
    missing = [group.group for group in planned.todo if group.action == "create"]
    if missing:
        yield Finding(
            False,
            name,
            f"None is applied for {some(missing)}: links use the account's default "
            "configuration, as somebody set it up by hand.",
            APPLY,
        )
    for group in planned.todo:
        if group.action == "update":
            changed = some([change.label for change in group.changes])
            yield Finding(
                False, name, f"{group.group} differs from the catalogue: {changed}.", APPLY
            )
    if planned.clean and not any(warning.level == "amber" for warning in planned.warnings):
        yield Finding(True, name, f"As the catalogue says, by what {told_by} tells.")


def _cancellation(planned: PortalPlan) -> Iterator[Finding]:
    red = [warning.sentence for warning in planned.warnings if warning.level == "red"]
    for sentence in red:
        yield Finding(
            False,
            "Portal",
            sentence,
            "Run `portside portal apply`; for the account's default configuration change it in "
            "Stripe: Settings, Billing, Customer portal, at the end of the period.",
        )
    if not red:
        yield Finding(True, "Portal", "Cancellations take effect as the catalogue says.")
