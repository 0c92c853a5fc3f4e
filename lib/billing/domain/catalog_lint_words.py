"""What is amiss in a catalogue's translations."""

from __future__ import annotations

from collections.abc import Iterator

from .catalog import Catalog
from .catalog_findings import CatalogFinding, at
from .plans import Path
from .translations import LANGUAGES, Translation


def translations(catalog: Catalog) -> Iterator[CatalogFinding]:
    """Languages that no page speaks, and words for what the file does not have."""
    for language, words in catalog.translations.items():
        if language not in LANGUAGES:
            yield at(
                catalog,
                "error",
                "translation_language",
                _where(language, words),
                f"Pricing pages do not speak {language!r}, so nobody would read its words.",
                f"Use one of {', '.join(LANGUAGES)}.",
            )
        known = (
            ("plans", "plan", words.plans, catalog.plans),
            ("features", "feature", words.features, catalog.features),
            ("tables", "pricing table", words.tables, catalog.tables),
        )
        for kind, called, given, there in known:
            for key in sorted(given.keys() - there.keys()):
                yield at(
                    catalog,
                    "error",
                    "translation_unknown",
                    ("translations", language, kind, key),
                    f"The {language} words for {key} are of no {called} of this file.",
                    "Correct the spelling, or take them out.",
                )


def _where(language: str, words: Translation) -> Path:
    """Where a language begins: it need not have a line of its own."""
    kinds = (("plans", words.plans), ("features", words.features), ("tables", words.tables))
    for kind, given in kinds:
        for key in given:
            return ("translations", language, kind, key)
    return ("translations", language)


def untranslated(catalog: Catalog) -> Iterator[CatalogFinding]:
    """Plans that a live table shows and a translated page would show in two languages."""
    live = [table for table in catalog.tables.values() if table.state == "live"]
    shown = {plan.slug: plan for table in live for plan in catalog.cards(table)}
    for language, words in catalog.translations.items():
        missing = sorted(
            slug
            for slug, plan in shown.items()
            if plan.bullets and not (slug in words.plans and words.plans[slug].bullets)
        )
        if missing:
            yield at(
                catalog,
                "note",
                "translation_missing",
                _where(language, words),
                f"The bullets of {', '.join(missing)} have no {language} words.",
                f"Add bullets to [translations.{language}.plans.{missing[0]}].",
            )
