"""A small cut of every proof; `make prove` runs them at length."""

from __future__ import annotations

import pytest

from proofs.shelf import PROOFS

CUTS = {
    "order": 8,
    "truth": 200,
    "losses": 60,
    "processes-sqlite": 60,
    "processes-postgresql": 60,
    "receivers": 60,
    "crash-sqlite": 5,
    "crash-postgresql": 6,
    "backfill": 60,
    "restore": 6,
    "deployment": 60,
    "soak": 8,
    "fuzz": 300,
    "api": 18,
    "guards": 9,
    "files": 400,
    "spreadsheet": 60,
}
"""Proof -> the scale of its cut."""

ALONE = {"order", "truth", "losses", "spreadsheet"}
"""Proofs that need neither a server nor a process of their own."""


@pytest.mark.parametrize(
    "proof",
    [
        pytest.param(
            proof,
            id=proof.name,
            # One worker for these: they share a PostgreSQL and a process that forks others.
            marks=[] if proof.name in ALONE else [pytest.mark.xdist_group("proofs")],
        )
        for proof in PROOFS
    ],
)
def test_it_holds(proof):
    figures = proof.run(CUTS[proof.name])
    if "is not installed here" in figures.values():
        pytest.skip(f"{next(iter(figures))} is not installed here")
    assert figures


def test_every_proof_has_a_cut_that_is_much_smaller_than_itself():
    assert {proof.name for proof in PROOFS} == CUTS.keys()
    assert all(CUTS[proof.name] * 10 <= proof.long for proof in PROOFS)
