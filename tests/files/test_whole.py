"""A file is there whole or not at all."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from lib.billing.domain.errors import WrongUsage
from lib.billing.files.beside import whole


def _half(path: Path, error: type[BaseException]) -> None:
    with whole(path) as out:
        out.write(b"half")
        raise error


def _told_to_end(path: Path) -> None:
    with whole(path) as out:
        out.write(b"half")
        os.kill(os.getpid(), signal.SIGTERM)


def test_a_finished_file_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("old")
    with whole(path) as out:
        out.write(b"new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert [each.name for each in tmp_path.iterdir()] == ["list.csv"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, SystemExit])
def test_an_interrupted_one_leaves_nothing_and_the_old_one_stays(
    tmp_path: Path, error: type[BaseException]
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("old")
    with pytest.raises(error):
        _half(path, error)
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["list.csv"]


def test_so_does_one_whose_process_is_told_to_end(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    with pytest.raises(SystemExit):
        _told_to_end(path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with (
        pytest.raises(WrongUsage, match="cannot be written: No such file"),
        whole(tmp_path / "nowhere" / "list.csv"),
    ):
        pass


def test_so_is_a_name_that_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="cannot be written"), whole(tmp_path / "."):
        pass
    (tmp_path / "there").mkdir()
    with pytest.raises(WrongUsage, match="cannot be written"), whole(tmp_path / "there") as out:
        out.write(b"x")
    assert [each.name for each in tmp_path.iterdir()] == ["there"]
