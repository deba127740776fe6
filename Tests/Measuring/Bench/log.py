"""Long logs, and what it costs to audit them and to prove an entry: section 5 of script/bench.

A log is lengthened here and not by the command, since a million requests take their time;
what is written is what the command would have written, by vectors/counterfoil, and the
audit that is measured would say if it were not.
"""

import csv
import os
import pathlib
import sqlite3
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "vectors"))

from counterfoil import sections as ref     # noqa: E402


class Log:
    """The end of a ledger's log, to append to."""

    def __init__(self, database):
        self.database = database
        self.size = database.execute("SELECT count(*) FROM log").fetchone()[0]
        self.at = database.execute("SELECT max(at) FROM log").fetchone()[0]
        self.subtrees = []          # of the right edge: their roots, the largest first
        start = 0
        for level in reversed(range(40)):
            if self.size >> level & 1:
                start += 1 << level
                kept = database.execute("SELECT hashes FROM log WHERE number = ?", (start - 1,)).fetchone()[0]
                self.subtrees.append(kept[32 * level:32 * level + 32])

    def row(self, event):
        """The row of the next entry, with a note of nobody's."""
        self.at += 1
        event.at = self.at
        data, entry_id, note = event.encoded(), os.urandom(16), ref.Note()
        hashes = [ref.leaf_hash(ref.leaf(entry_id, data, note))]
        places = self.size
        while places & 1:
            hashes.append(ref.node_hash(self.subtrees.pop(), hashes[-1]))
            places >>= 1
        self.subtrees.append(hashes[-1])
        self.size += 1
        return (self.size - 1, event.at, data[1], data, event.pack, "", "", "", entry_id, b"".join(hashes))

    def append(self, events):
        self.database.executemany("INSERT INTO log VALUES (?,?,?,?,?,?,?,?,?,?)", map(self.row, events))


def chains(print_file, election, ledger_key):
    """What the log shows of each pack's code, by pack number."""
    symbols = {c: i for i, c in enumerate("0123456789ABCDEFGHJKMNPQRSTVWXYZ")}
    found = {}
    with open(print_file, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            code, pack = ([symbols[c] for c in row[name].replace("-", "")] for name in ("code", "pack"))
            found[ref.pack_number(pack)] = ref.code_values(election.id, ledger_key, code)
    return found


def lengthen(ledger, codes, entries):
    """Votes with every pack, then second attempts with each in turn, until the log is so long.
    The ledger must be open for votes, and nothing have happened to its packs. `codes` has what the
    log shows of each."""
    database = sqlite3.connect(ledger)
    database.execute("PRAGMA synchronous = OFF")
    log = Log(database)
    packs = database.execute("SELECT pack, voter FROM packs ORDER BY pack").fetchall()
    rest = max(0, entries - log.size)
    voting = packs[:rest]
    first = log.at
    log.append(ref.Event("vote-cast", 0, pack, voter, detail=voter + codes[pack].opening)
               for pack, voter in voting)
    database.executemany("INSERT INTO votes VALUES (?,?,1,?,?)",
                         ((voter, pack, first + 1 + i, voter) for i, (pack, voter) in enumerate(voting)))
    rest -= len(voting)
    tried = {}

    def attempts():
        for i in range(rest):
            pack = packs[i % len(packs)][0]
            tried[pack] = tried.get(pack, 0) + 1
            yield ref.Event("second-attempt", 0, pack, detail=codes[pack].second)

    log.append(attempts())
    database.executemany("INSERT INTO attempts VALUES (?,0,0,NULL,?)", tried.items())
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def measure(bench, place, sizes=(1000, 10_000, 100_000, 1_000_000), members=50_000):
    """Rows 5: memory and time of `audit`, instructions of `prove`."""
    bench.say("6: the log")
    election, out = place.election(place.members), place.folder / "log-packs"
    members = min(members, place.members)
    bench.run(place.issue(place.cut(members), election, out, options=["--plaintext"]))
    ledger, checkpoint = place.folder / "log.ledger", place.folder / "log.checkpoint"
    desk = ["--ledger", ledger, "--keys", election / "desk"]
    bench.run([bench.COUNTERFOIL, "load", *desk, "--create", out / "B01.register"])
    bench.run([bench.COUNTERFOIL, "activate", *desk, "B01", "--unreconciled"])
    bench.run([bench.COUNTERFOIL, "open", *desk])
    known = ref.read_election((election / "public" / "election.json").read_bytes())
    ledger_key = ref.read_key_file((election / "desk" / "desk.key").read_bytes(), 2, known.id, known.digest(), None)[0]
    codes = chains(out / "B01.csv", known, ledger_key)
    fresh = ledger.read_bytes()
    memory, seconds, proving = {}, {}, {}
    for size in sizes:
        ledger.write_bytes(fresh)
        lengthen(ledger, codes, size)
        checkpoint.write_text(bench.run([bench.COUNTERFOIL, "checkpoint", *desk]).stdout)
        with sqlite3.connect(ledger) as database:
            number, pack = database.execute(
                "SELECT number, pack FROM log WHERE type = 6 ORDER BY number LIMIT 1 OFFSET 500").fetchone()
        printed = ref.printed(ref.pack_symbols(pack))
        proving[size] = bench.instructions([bench.COUNTERFOIL, "prove", "--ledger", ledger, "--checkpoint", checkpoint,
                                            printed, "--entry", number])
        if size >= 100_000:
            audit = [bench.COUNTERFOIL, "audit", "--ledger", ledger, "--against", checkpoint]
            _, seconds[size], memory[size] = bench.timed(audit)
    small, large = 100_000, max(sizes)
    bench.row("6 prove, of 1,000,000 entries and of 1,000", proving[large], proving[min(sizes)], "instructions", 1.25,
              note="of these, starting up is most; ten more levels of the tree are ten more look-ups and hashes. "
              + ", ".join(f"{size:,}: {count:,}" for size, count in proving.items()))
    bench.row("6 audit memory, of 1,000,000 entries and of 100,000", memory[large] / 2**20, memory[small] / 2**20, "MiB",
              1.25)
    bench.row("6 audit of 1,000,000 entries, ten of 100,000", seconds[large], 10 * seconds[small], "processor seconds", 1.5)
