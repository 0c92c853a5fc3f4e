"""What the documentation shows is what is made."""

from __future__ import annotations

import pytest

from tests.digest.example import FOLDER, rendered

DOCS = FOLDER.parent / "digest.md"


@pytest.mark.parametrize("name", rendered())
def test_each_form_of_the_example_is_as_it_is_made(name):
    # Written anew by `python -m tests.digest.example`.
    assert (FOLDER / name).read_text("utf-8") == rendered()[name]


def test_the_page_shows_the_plain_text_and_names_the_others() -> None:
    page = DOCS.read_text("utf-8")
    assert rendered()["digest.txt"] in page
    for name in rendered():
        assert f"examples/{name}" in page
