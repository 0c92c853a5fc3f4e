"""A file that is laid out by customer and read by other processes gives what its events give."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import pytest

from lib.billing.domain.errors import BillingError
from lib.billing.domain.fold import Rules
from lib.billing.import_file import import_file
from lib.billing.importing.room import PREFIX, room
from lib.billing.importing.shelves import lay_out
from lib.billing.ingest import Ingest
from lib.billing.replay import replay
from lib.billing.store import inbox
from lib.billing.store.tables import tallies
from tests.cut import first
from tests.fresh import fresh_store
from tests.stripe import shapes

from .company import CATALOG, START, company, derived, inbox_states, ingest_into

SEED = 11
BATCH = 40


def lines_of(events):
    return [json.dumps(event).encode() + b"\n" for event in events]


def said(store):
    """All that is derived, what became of each event, and how these were counted."""
    with store.reading() as connection:
        days = sorted(map(tuple, connection.execute(tallies.select())))
    return derived(store), inbox_states(store), days


@pytest.fixture(scope="module")
def one_by_one(tmp_path_factory):
    """What a database says that took these events in one at a time."""
    known = {}

    def told(events):
        key = json.dumps(events)
        if key not in known:
            store = fresh_store(tmp_path_factory.mktemp("alone") / "one_by_one.db")
            ingest_into(store).apply(events, batch=1)
            known[key] = said(store)
            store.close()
        return known[key]

    return told


@pytest.mark.parametrize("shuffled", [False, True], ids=["in order", "shuffled"])
@pytest.mark.parametrize("seed", first(1, [SEED, 12]))
def test_the_same_comes_of_a_file_as_of_its_events_one_by_one(store, one_by_one, seed, shuffled):
    events = company(seed)
    if shuffled:
        random.Random(seed).shuffle(events)
    ingest = ingest_into(store)
    summary = import_file(ingest, lines_of(events), batch=BATCH, processes=0)
    assert len(events) > 2 * BATCH
    assert summary.lines == len(events) == summary.applied + summary.stale + summary.ignored
    assert said(store) == one_by_one(events)
    assert replay(ingest).batches_changed == 0


def test_processes_beside_read_the_same(store, one_by_one):
    events = company(SEED)
    summary = import_file(ingest_into(store), lines_of(events), batch=BATCH, processes=2)
    assert (summary.lines, summary.clean) == (len(events), True)
    assert said(store) == one_by_one(events)


def test_a_second_time_changes_nothing(store):
    lines = lines_of(company(SEED))
    import_file(ingest_into(store), lines, batch=BATCH, processes=0)
    before, *_ = said(store)
    again = import_file(ingest_into(store), lines, batch=BATCH, processes=0)
    assert again.repeated == again.lines == len(lines)
    assert said(store)[0] == before


class BrokenOff(Ingest):
    """One that ends after two batches."""

    def take(self, offered, **how):
        super().take(islice(offered, 2 * BATCH), **how)
        raise KeyboardInterrupt


def test_broken_off_it_goes_on_with_the_same_file(store, one_by_one):
    events = company(SEED)
    lines = lines_of(events)
    halfway = BrokenOff(store, Rules(CATALOG), clock=lambda: START)
    with pytest.raises(KeyboardInterrupt):
        import_file(halfway, lines, batch=BATCH, processes=0)
    ingest = ingest_into(store)
    assert len(inbox_states(store)) == 2 * BATCH
    assert replay(ingest).batches_changed == 0  # nothing is half written
    summary = import_file(ingest, lines, batch=BATCH, processes=0)
    assert (summary.repeated, summary.lines) == (2 * BATCH, len(events))
    rows, fates, _ = one_by_one(events)
    assert (derived(store), inbox_states(store)) == (rows, fates)


@pytest.mark.parametrize("processes", [0, 1])
def test_what_is_no_event_is_told_by_its_line_in_the_file(store, processes):
    lines = lines_of(company(SEED, customers=3, turns=4))
    lines[3:3] = [b"\n"]
    lines[9:9] = [b"\xef\xbb\xbf" + lines.pop(9), b"cus_1 is not JSON\n", b'{"hello": "world"}\n']
    summary = import_file(ingest_into(store), lines, batch=5, processes=processes)
    assert [(line, reason.split(":")[0]) for line, reason in summary.rejected] == [
        (4, "There is nothing here."),
        (11, "This is not JSON."),
        (12, "This is not a Stripe event"),
    ]
    assert summary.lines == len(lines) == len(inbox_states(store)) + 3


def test_a_body_is_kept_as_it_came_whoever_shrinks_it(store):
    events = company(SEED)
    import_file(ingest_into(store), lines_of(events), batch=BATCH, processes=1)
    with store.reading() as connection:
        for event in events:
            assert json.loads(inbox.body_of(connection, event["id"])) == event
        sizes = connection.exec_driver_sql("SELECT event_id, size FROM inbox").fetchall()
    assert {row[0]: row[1] for row in sizes} == {e["id"]: len(json.dumps(e)) for e in events}


def test_an_object_keeps_the_order_of_its_events(tmp_path):
    events = company(SEED)
    portions = lay_out(enumerate(lines_of(events), 1), tmp_path)
    laid = [(number, json.loads(line)) for portion in portions for number, line in portion.lines()]
    assert sorted(number for number, _ in laid) == list(range(1, len(events) + 1))
    of = {}
    for number, event in laid:
        of.setdefault(event["data"]["object"]["id"], []).append(number)
    assert len(of) > 6
    assert all(numbers == sorted(numbers) for numbers in of.values())
    kinds = [event["type"].split(".")[0] for _, event in laid]
    assert kinds[0] == "coupon"


def test_what_a_customer_is_sold_comes_first_and_what_names_nobody_last(tmp_path):
    price = shapes.event("price.created", shapes.price("price_1"), id="evt_1")
    loose = shapes.event("invoice_payment.paid", {"id": "inpay_1"}, id="evt_2")
    own = shapes.event("customer.created", shapes.customer(id="cus_1"), id="evt_3")
    portions = lay_out(enumerate(lines_of([loose, own, price]), 1), tmp_path)
    assert [n for portion in portions for n, _ in portion.lines()] == [3, 2, 1]


@pytest.fixture
def hangs_up():
    """Whoever runs the tests may have been told to stay."""
    usual = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, usual)


@pytest.mark.parametrize("request_to_end", [signal.SIGTERM, signal.SIGHUP])
def test_asked_to_end_it_leaves_nothing_behind(store, tmp_path, hangs_up, request_to_end):
    def ending(said):
        os.kill(os.getpid(), request_to_end)

    before = signal.getsignal(request_to_end)
    lines = lines_of([shapes.event("some.news", {"id": "x"}, id=f"evt_{n}") for n in range(1_000)])
    with pytest.raises(SystemExit):
        import_file(ingest_into(store), lines, batch=BATCH, scratch=tmp_path, progress=ending)
    assert list(tmp_path.glob("portside-import-*")) == []
    assert signal.getsignal(request_to_end) is before


def test_a_closed_terminal_ends_nothing_that_was_told_to_stay(store, tmp_path):
    usual = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with room(tmp_path):
            lines = lines_of(company(SEED))
            summary = import_file(
                ingest_into(store),
                (os.kill(os.getpid(), signal.SIGHUP) or line for line in lines),
                batch=BATCH,
                processes=0,
                scratch=tmp_path,
            )
        assert summary.lines == len(lines)
    finally:
        signal.signal(signal.SIGHUP, usual)


def test_what_a_killed_import_left_goes_with_the_next_and_nothing_else(tmp_path):
    left = tmp_path / f"{PREFIX}killed"
    left.mkdir()
    (left / "000").write_bytes(b"customers")
    others = [tmp_path / "portside", tmp_path / f"{PREFIX}a-file"]
    others[0].mkdir()
    others[1].write_bytes(b"")
    (tmp_path / f"{PREFIX}elsewhere").symlink_to(others[0])
    with room(tmp_path) as running, room(tmp_path) as beside:
        assert running.is_dir()
        assert beside.is_dir()
        assert not left.exists()
    assert sorted(tmp_path.iterdir()) == sorted([*others, tmp_path / f"{PREFIX}elsewhere"])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives folders away")
def test_what_another_user_left_stays(tmp_path):
    theirs = tmp_path / f"{PREFIX}theirs"
    theirs.mkdir()
    os.chown(theirs, 12_345, 12_345)
    with room(tmp_path):
        assert theirs.is_dir()


KILLED = """
import os, sys
from multiprocessing import active_children
from pathlib import Path
from lib.billing.importing.readers import Manner, read_beside
from lib.billing.importing.room import PREFIX, room
from lib.billing.importing.shelves import lay_out
portions = lay_out(((n, b"{}") for n in range(100_000)), Path(sys.argv[1]))
reading = read_beside(portions, Manner(False, "org_id"), 1)
next(reading)
print(active_children()[0].pid, flush=True)
os.kill(os.getpid(), 9)
"""


def test_who_reads_beside_a_killed_import_ends_with_it(tmp_path):
    command = [sys.executable, "-c", KILLED, tmp_path]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as killed:
        reader = int(killed.stdout.readline())  # to its end would be to the reader's
    for _ in range(300):
        try:
            if " Z " in Path(f"/proc/{reader}/stat").read_text():
                return
        except (FileNotFoundError, ProcessLookupError):
            return
        time.sleep(0.1)
    os.kill(reader, signal.SIGKILL)
    pytest.fail("it waits for ever")


def test_where_there_is_no_room_one_sentence_says_so(store, tmp_path):
    lines = lines_of(company(SEED))
    with pytest.raises(BillingError, match=r"cannot be laid out by customer in .*No such file"):
        import_file(ingest_into(store), lines, batch=BATCH, scratch=tmp_path / "nowhere")
    assert inbox_states(store) == {}
