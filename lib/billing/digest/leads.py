"""What needs somebody, in a sentence each, with the page where it is done."""

from __future__ import annotations

from .letter import Line
from .spelled import Names, counted, sums
from .values import Action, Digest


def lead(action: Action, digest: Digest, names: Names) -> Line:
    text, note = _said(action, digest, names)
    return Line(text, sums(action.sums), (note,), names.page(action.page))


def _said(action: Action, digest: Digest, names: Names) -> tuple[str, str]:
    n = action.count
    match action.kind:
        case "silence":
            return _silence(digest.trouble.last_webhook_at, names)
        case "failed_events":
            told = "Read the error, mend it and retry, or ignore it with a reason."
            return f"{counted(n, 'event')} could not be applied", told
        case "missing_events":
            return f"{counted(n, 'event')} of Stripe never arrived", "Repair takes them in."
        case "differences":
            told = "Repair, or leave alone with a reason."
            return f"{counted(n, 'difference')} from Stripe", told
        case "final_attempts":
            told = "Send each customer the link that helps with the decline."
            return f"{counted(n, 'failed payment')} that Stripe tries no more", told
        case "last_days":
            told = "The last chance to keep them."
            return f"{counted(n, 'subscription')} with a last day within a week", told
    raise ValueError(action.kind)


def _silence(last: int | None, names: Names) -> tuple[str, str]:
    if last is None:
        return "No webhook has ever arrived", "Look at the endpoint in Stripe."
    told = f"The last one came on {names.day(last)}. Until more arrive, every number may be behind."
    return "Webhooks have stopped", told
