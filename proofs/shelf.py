"""Every proof, in the order in which they are told."""

from __future__ import annotations

from typing import Final

from .backfill import backfill
from .crash import crash_postgres, crash_sqlite
from .deployed import deployed
from .described import described
from .files import files
from .fuzz import fuzz
from .guards import guards
from .order import order
from .proof import Proof
from .receivers import processes_postgres, processes_sqlite, receivers
from .restore import restore
from .soak.run import soak
from .spreadsheet import spreadsheet
from .truth import lossy, whole

PROOFS: Final = (
    Proof(
        "order",
        "Any order, repetition and batching of the same events gives byte-identical tables",
        "Histories of one customer each, eight at a time, losses, twins and skewed clocks "
        "included: one by one in order (which folds in place), all at once, and shuffled with "
        "repeats in odd batches; replay afterwards changes nothing; the state at T equals a store "
        "that was fed nothing later.",
        "histories",
        2_000,
        order,
        "Whose an object is counts as timeless: a refund that named no customer belongs in the "
        "past to whom its invoice turned out to belong.",
    ),
    Proof(
        "truth",
        "With nothing lost, final states and movements are what really happened",
        "Hypothesis looks for a life whose fold, in any order and with repeats, differs from its "
        "generator's own record.",
        "histories",
        10_000,
        whole,
        "With clocks a second apart, a state that lasted for no time can seem to have lasted a "
        "second: it may name the plan that a movement came from or went to. Amounts and kinds are "
        "right all the same.",
    ),
    Proof(
        "losses",
        "With losses, what is wrong is flagged or cannot be seen in what arrived",
        "Lives of which 2, 10 or 30 % of the events never arrive, a fifth of them without any "
        "creation. Wrong is an object whose final state is not the true one; flagged is one with "
        "a gap or marked for a re-read.",
        "histories",
        5_000,
        lossy,
        "Not flagged is only what leaves no trace in what did arrive: an object of which nothing "
        "came, a newest event that is missing, and half a there-and-back (or one whose beginning "
        "is unknown). An object wrong for any other reason disproves this. Movements inherit the "
        "same: most that are wrong belong to a subscription that is wrong; of the others a change "
        "and its undoing, or the beginning, never arrived, and the rest fits together without it. "
        "`portside reconcile` finds what is wrong now by comparing with Stripe.",
    ),
    Proof(
        "processes-sqlite",
        "Several processes on one SQLite file end where one would",
        "Shuffled and repeated events split over three processes.",
        "events",
        3_000,
        processes_sqlite,
    ),
    Proof(
        "processes-postgresql",
        "Several processes on one PostgreSQL end where one would",
        "Shuffled and repeated events split over three processes.",
        "events",
        3_000,
        processes_postgres,
    ),
    Proof(
        "receivers",
        "Two receivers and a replay at once on PostgreSQL end where one would, without a deadlock",
        "Two processes take the same events in opposite orders, in small batches, while a third "
        "replays everything again and again.",
        "events",
        4_000,
        receivers,
        "A transaction that PostgreSQL ends for a lock cycle is tried again by the writer; how "
        "often is counted.",
    ),
    Proof(
        "crash-sqlite",
        "A receiver that is killed again and again loses nothing and applies nothing twice",
        "`portside serve` on SQLite takes signed deliveries over four connections and is killed "
        "with SIGKILL at random moments, also while it starts; what was not acknowledged is sent "
        "again, and now and then what was.",
        "kills",
        250,
        crash_sqlite,
        "The process dies here, not the machine. Commits are written through before an event is "
        "acknowledged (`synchronous = FULL`); that the disk keeps its word is taken on trust.",
    ),
    Proof(
        "crash-postgresql",
        "The same on PostgreSQL, which is struck down itself",
        "As above on PostgreSQL with fsync on; every tenth time the database server too, by "
        "immediate shutdown and by SIGKILL of its postmaster in turn.",
        "kills",
        250,
        crash_postgres,
    ),
    Proof(
        "backfill",
        "A backfill that is killed three times ends complete, within Stripe's limits",
        "`portside backfill` of a local Stripe with a seeded company, killed with SIGKILL after a "
        "quarter, half and three quarters of its requests; compared with an undisturbed one and "
        "with the local Stripe's own objects.",
        "customers",
        20_000,
        backfill,
        "Stripe documents 25 requests a second for an endpoint and for test mode, and a read "
        "allowance of 500 a transaction over 30 days, 10,000 at the least. The local Stripe counts "
        "the requests.",
    ),
    Proof(
        "restore",
        "A database that is dropped under load is whole again, byte for byte",
        "A seeded company's history is taken in and backed up by `deploy/backup.sh`; while "
        "deliveries go on the database is dropped, restored by `pg_restore`, brought up to date by "
        "`portside reconcile --apply`, `backfill` and `replay`; then compared with a database to "
        "which the same was told and nothing happened.",
        "customers",
        2_000,
        restore,
        "Events that were acknowledged after the backup are lost with the database, and Stripe "
        "does not send them again: they come from its list of events, which goes back thirty days.",
    ),
    Proof(
        "deployment",
        "Two receivers and two dashboards behind nginx run as deploy/compose.yaml has them",
        "Every part but the database's container is started without Docker by the compose file's "
        "own command, behind a real nginx with TLS and deploy/nginx/nginx.conf. Deliveries go "
        "through it while a receiver is killed; browsers keep to their dashboard; Chromium opens "
        "pages, and goes on at the other dashboard when its own is killed.",
        "deliveries",
        5_000,
        deployed,
        "Where nginx is not installed the line says so: Debian has it as nginx.",
    ),
    Proof(
        "soak",
        "Under load, faults and attacks nothing is lost or applied twice",
        "Two receivers and a dashboard over one PostgreSQL. Signed deliveries at a steady pace, "
        "some late, some twice, some spoilt, beside questions of the product and somebody who "
        "opens pages. Receivers are killed, PostgreSQL is struck down, the webhook's secret is "
        "rotated; strangers forge, tear, trickle, cut off half way and flood. Then every row is "
        "compared with that of a database that was told the same in peace.",
        "seconds",
        3_600,
        soak,
        "Answer times are those of acknowledged deliveries, as the sender on the same machine "
        "sees them, faults included. Memory is fitted over the second half (the median slope of "
        "all pairs of looks), in which the first receiver, the dashboard and PostgreSQL are left "
        "alone; up to 10 % an hour is called flat. PostgreSQL is counted without its shared "
        "buffers. Where the machine is too busy for the pace, events are held back rather than "
        "piled up. Lost, doubled and differing rows disprove it; of anything else how much there "
        "was is told.",
    ),
    Proof(
        "fuzz",
        "No spoilt event crashes the receiver or leaves half of anything behind",
        "Events of a seeded company and of made-up lives with up to three faults each: missing, "
        "null, wrong type, huge, deep, unknown, not a number, lone surrogates, keys twice, ids of "
        "others, times before time, torn bodies. Signed; through the receiver's own path and, in "
        "part, over HTTP. What cannot be used is kept as failed with a readable sentence; deriving "
        "every row anew changes nothing.",
        "events",
        100_000,
        fuzz,
    ),
    Proof(
        "api",
        "The API answers as its own OpenAPI description says, whatever is sent to it",
        "Schemathesis makes requests up from the description of `/v1`, right ones and wrong ones, "
        "and sends them to a receiver with a customer over HTTP; every status, header, content "
        "type and body is held against the description.",
        "requests",
        9_000,
        described,
        "Requests without a token are left to the suite: after thirty of them an address is told "
        "to wait.",
    ),
    Proof(
        "guards",
        "No allowed link is refused by Stripe, and no refused link would have worked",
        "A local Stripe with a subscription of every status, encoding of a scheduled end, item "
        "shape, collection method and schedule, under three portal configurations. Every flow that "
        "the guards allow is minted over HTTP and its page opened; every flow that they refuse is "
        "asked of Stripe all the same.",
        "subscriptions",
        577,
        guards,
        "Refused on purpose and left to Stripe are what `docs/links.md` lists by name; anything "
        "else that differs disproves this. A code differs where Stripe names another of several "
        "reasons first. The local Stripe's refusals are Stripe's documented ones.",
    ),
    Proof(
        "files",
        "A million rows leave as a file without taking 300 MB, and nobody's page waits for them",
        "Every invoice of a made-up company as CSV, JSON, XLSX and Parquet, each in a process of "
        "its own that also reads a page of failed payments four times a second. The files are read "
        "back and their rows counted.",
        "rows",
        1_000_000,
        files,
        "Growth is the most resident memory while the file is written, above what the process "
        "held before. XLSX goes on to a second sheet beyond 1,048,576 rows.",
    ),
    Proof(
        "spreadsheet",
        "LibreOffice opens the workbook with numbers as numbers and every text as text",
        "Names that look like formulas, dates, numbers, escapes and halves of characters, beside "
        "amounts in currencies with no, two and three decimals, times, flags and shares; each "
        "cell's kind and value as LibreOffice has understood it is compared with what was written.",
        "rows",
        20_000,
        spreadsheet,
        "Where LibreOffice is not installed the line says so: Debian has it as libreoffice-calc.",
    ),
)
