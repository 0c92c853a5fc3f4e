"""A digest in words: what its numbers are called, and in which order they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from .leads import lead
from .letter import Figures, Letter, Line, Section, Tone, clean
from .lines import churned, ending, failing, upgraded
from .spelled import Names, counted, days, money, sums
from .values import Digest, Listed, Mrr, T

_FLOWS: Final[tuple[tuple[str, str, Tone], ...]] = (
    ("new_minor", "New", "good"),
    ("reactivation_minor", "Reactivation", "good"),
    ("expansion_minor", "Expansion", "good"),
    ("contraction_minor", "Contraction", "bad"),
    ("churn_minor", "Churn", "bad"),
)


def letter_of(digest: Digest, names: Names) -> Letter:
    span = digest.covered
    weekly = span.by == "week"
    what = "Weekly digest" if weekly else "Daily digest"
    when = days(span.first_day, span.last_day)
    about = f"Days in {digest.timezone}, policy {digest.policy}"
    return Letter(
        subject=f"Portside {what.lower()}: {when}",
        title=f"{what}, {when}",
        about=f"{span.name}. {about}" if weekly else about,
        sections=tuple(_sections(digest, names)),
        foot=tuple(_foot(digest)),
        test_mode=not digest.livemode,
    )


def _sections(digest: Digest, names: Names) -> Iterator[Section]:
    if digest.quiet:
        yield Section("Nothing to tell", summary="No movement of MRR, and nothing needs you.")
        return
    if digest.actions:
        yield Section("Needs you", tuple(lead(each, digest, names) for each in digest.actions))
    if digest.mrr:
        yield _mrr(digest, names)
    yield from _listed("Largest upgrades", digest.upgrades, upgraded, names, "upgrade", "upgrades")
    yield from _listed("Largest churn", digest.churned, churned, names, "customer", "churn")
    yield from _listed(
        "Newly winding down", digest.winding_down, ending, names, "subscription", "winding-down"
    )
    yield from _listed(
        "Newly failing payments", digest.failing, failing, names, "invoice", "failed-payments"
    )
    if digest.recovered:
        lines = tuple(
            Line(counted(s.count, "invoice"), sums([s]), tone="good") for s in digest.recovered
        )
        yield Section("Recovered", lines, summary="Paid after a first attempt that failed.")


def _mrr(digest: Digest, names: Names) -> Section:
    unmoved = ", ".join(code.upper() for code in digest.unmoved)
    return Section(
        "MRR",
        figures=tuple(_figures(mrr) for mrr in digest.mrr),
        link=names.page("mrr"),
        more=f"Without a movement: {unmoved}." if unmoved else "",
    )


def _figures(mrr: Mrr) -> Figures:
    code = mrr.currency
    rows: list[tuple[str, str, Tone]] = [("Opening", money(mrr.opening_minor, code), "")]
    for name, label, tone in _FLOWS:
        if minor := getattr(mrr, name):
            rows.append((label, money(minor, code, signed=True), tone))
    rows.append(("Closing", money(mrr.closing_minor, code), ""))
    change = mrr.closing_minor - mrr.opening_minor
    notes = []
    if (share := mrr.churn) is not None:
        people = f"{share.numerator:,} of {share.denominator:,}"
        notes.append(f"Customer churn {share.rate:.1%} ({people}).")
    if mrr.reconstructed_minor:
        inferred = money(mrr.reconstructed_minor, code, signed=True)
        notes.append(f"{inferred} of the change was inferred from objects first seen mid-life.")
    told = money(change, code, signed=True) if change else "no change"
    return Figures(f"{code.upper()}: {told}", tuple(rows), " ".join(notes))


def _listed(
    title: str,
    listed: Listed[T],
    line: Callable[[T, Names], Line],
    names: Names,
    noun: str,
    page: str,
) -> Iterator[Section]:
    if not listed.count:
        return
    worth = "open" if noun == "invoice" else "MRR"
    yield Section(
        title,
        tuple(line(each, names) for each in listed.top),
        summary=f"{counted(listed.count, noun)}, {sums(listed.sums, worth)}.",
        link=names.page(page),
        more=f"And {listed.more:,} more." if listed.more else "",
    )


def _foot(digest: Digest) -> Iterator[str]:
    if new := digest.trouble.differences_new:
        yield f"{counted(new, 'difference')} from Stripe first found in this period."
    if digest.as_of is not None:
        yield f"As of {clean(digest.as_of, 30)}, from all that is stored now."
