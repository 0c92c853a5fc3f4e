"""The surface that pages import."""

from __future__ import annotations

import lib.billing as billing
from lib.billing.domain.metrics import METRICS


def test_the_surface_is_sorted_constants_first() -> None:
    constants = [name for name in billing.__all__ if name.isupper()]
    classes = [name for name in billing.__all__ if name[0].isupper() and not name.isupper()]
    functions = [name for name in billing.__all__ if name[0].islower()]
    assert billing.__all__ == sorted(constants) + sorted(classes) + sorted(functions)


def test_every_name_of_the_surface_is_there() -> None:
    assert all(getattr(billing, name) is not None for name in billing.__all__)
    assert dir(billing) == sorted(billing.__all__)


def test_each_metric_says_what_it_is_in_one_sentence() -> None:
    for slug, metric in METRICS.items():
        assert metric.slug == slug
        assert metric.definition.endswith(".")
        assert ". " not in metric.definition
        assert metric.good in ("up", "down", "neither")
        assert metric.source
