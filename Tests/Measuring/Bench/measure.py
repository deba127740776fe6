"""Measures and prints the table of script/bench, which has built everything.

Instructions are callgrind's, always as the difference of two run lengths, so that starting
up cancels out; they repeat to a few in a million whatever else the machine does. Times are
taken in alternation with their limit's, A B A B, and the fast ones of each are compared: what
disturbs a run only ever makes it slower.
"""

import base64
import csv
import json
import lzma
import os
import pathlib
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import time

sys.dont_write_bytecode = True      # leave nothing beside the sources

import log      # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[3]
TOOLS = ROOT / ".build-bench"
SWIFT = ROOT / ".build" / "release"
COUNTERFOIL = str(SWIFT / "counterfoil")
WORDS = str(ROOT / "vectors" / "data" / "refused-words.txt")
PRINTED = ["title", "forename", "surname", "address1", "postcode"]
VOTER = "membership_no"
QUESTIONS = {"Date of birth": ("date:dmy", "date_of_birth"), "Postcode": ("postcode", "postcode")}

rows = []


def say(what):
    print(what, file=sys.stderr, flush=True)


def row(what, value, beside, unit, limit=None, at_least=False, ratio=None, note=""):
    """Adds a line: what was measured, what it is held against, and whether their ratio will do."""
    if ratio is None:
        ratio = value / beside
    verdict = "" if limit is None else "yes" if (ratio >= limit if at_least else ratio <= limit) else "NO"
    rows.append((what, value, beside, unit, ratio, limit, at_least, verdict, note))


def number(n):
    return "" if n is None else f"{n:,.0f}" if abs(n) >= 100 or n == int(n) else f"{n:,.2f}"


def print_table():
    table = [("what", "measured", "beside it", "in", "ratio", "limit", "holds")]
    for what, value, beside, unit, ratio, limit, at_least, verdict, _ in rows:
        bound = "" if limit is None else ("≥ " if at_least else "≤ ") + number(limit)
        table.append((what, number(value), number(beside), unit, number(ratio), bound, verdict))
    widths = [max(len(line[i]) for line in table) for i in range(7)]
    for line in table:
        cells = [cell.ljust(w) if i in (0, 3) else cell.rjust(w) for i, (cell, w) in enumerate(zip(line, widths))]
        print("  ".join(cells).rstrip())
    for what, *_, note in rows:
        if note:
            print(f"\n{what}: {note}")
    failed = [line[0] for line in rows if line[7] == "NO"]
    print("\n" + ("Does not hold: " + "; ".join(failed) if failed else "All limits hold."))
    return 1 if failed else 0


# --- Running ---

def run(command, **kwargs):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **kwargs)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed: {done.stderr.strip()}")
    return done


def timed(command, stdin=None):
    """Seconds passed, seconds of processor time, and the largest resident set in bytes."""
    start = time.monotonic()
    with open(stdin or os.devnull) as given:
        child = subprocess.Popen([str(c) for c in command], stdin=given, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE)
    told = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    elapsed = time.monotonic() - start
    if status != 0:
        sys.exit(f"{command[0]} failed: {told.decode().strip()}")
    return elapsed, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def under_valgrind(tool, command, pattern, **kwargs):
    # A `rep stos` counts once for each byte; without it, as wide stores do.
    plain = {"GLIBC_TUNABLES": "glibc.cpu.x86_rep_movsb_threshold=1000000000:"
                               "glibc.cpu.x86_rep_stosb_threshold=1000000000"}
    options = ["--callgrind-out-file=/dev/null"] if tool == "callgrind" else []
    done = run(["valgrind", f"--tool={tool}", *options, *command],
               env={**os.environ, **plain, "SWIFT_BACKTRACE": "enable=no"}, **kwargs)
    return int(re.search(pattern, done.stderr).group(1).replace(",", "")), done.stdout.strip()


def instructions(command):
    return under_valgrind("callgrind", command, r"Collected : (\d+)")[0]


def each(command, short, long):
    """Instructions for one more: `command` makes the command line of so many."""
    return (instructions(command(long)) - instructions(command(short))) / (long - short)


# --- What the rows work on ---

class Place:
    """A folder with the rolls and elections of this run."""

    def __init__(self, folder):
        self.folder = folder
        key = folder / "printer.key"
        run(["age-keygen", "-o", key])
        self.printer = run(["age-keygen", "-y", key]).stdout.strip()
        self.full = folder / "full.csv"
        given = os.environ.get("COUNTERFOIL_ROLL")
        if given:
            opened = lzma.open(given) if given.endswith(".xz") else open(given, "rb")
            with opened as source, open(self.full, "wb") as copy:
                shutil.copyfileobj(source, copy)
        else:
            with open(self.full, "w") as out:
                subprocess.run([ROOT / "script" / "make-roll", "172437", "1"], stdout=out, check=True)
        with open(self.full, newline="") as file:
            self.members = sum(1 for _ in csv.reader(file)) - 1
        if self.members < 30000:
            sys.exit("the roll needs 30,000 members and more")

    def cut(self, count):
        """The first rows of the roll, byte for byte."""
        path = self.folder / f"cut{count}.csv"
        if not path.exists():
            with open(self.full, newline="") as file:
                reader = csv.reader(file)
                for _ in range(count + 1):
                    next(reader)
                lines = reader.line_num
            with open(self.full, "rb") as file, open(path, "wb") as out:
                for _ in range(lines):
                    out.write(file.readline())
        return path

    def election(self, packs, questions=()):
        path = self.folder / f"election-{packs}-{len(questions)}"
        if not path.exists():
            asked = [o for q in questions for o in ("--ask", f"{q}:{QUESTIONS[q][0]}")]
            run([COUNTERFOIL, "keygen", "--election", "Bench", "--out", path, "--packs", packs,
                 *asked, "--unprotected"])
        return path

    def issue(self, roll, election, out, voter=VOTER, printed=PRINTED, options=None):
        """The command that issues; its folders are made anew."""
        keys = self.folder / "issuing"
        shutil.rmtree(keys, ignore_errors=True)
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(election / "issuing", keys)
        columns = [o for c in printed for o in ("--print", c)]
        return [COUNTERFOIL, "issue", "--keys", keys, "--roll", roll, "--voter", voter, *columns,
                "--batch", "B01", "--out", out, *(options or ["-r", self.printer])]

    def issue_in_c(self, roll):
        out = self.folder / "c-out"
        out.mkdir(exist_ok=True)
        return [TOOLS / "issue", roll, out, WORDS, VOTER, *PRINTED]


# --- Row 1 ---

def one_code():
    say("1: one code")

    def swift(count): return [SWIFT / "Bench", count]
    def plain(count): return [TOOLS / "derive", count, WORDS]

    a, b = run(swift(5000)).stdout, run(plain(5000)).stdout
    if a != b:
        sys.exit("the Swift and the C do not make the same codes: nothing to compare")
    in_c = each(plain, 5000, 15000)
    row("1 a code: derive, check, filter, hash", each(swift, 5000, 15000), in_c, "instructions", 1.15)
    allocations = [under_valgrind("memcheck", swift(n), r"total heap usage: ([\d,]+) allocs")[0]
                   for n in (5000, 15000)]
    row("1 heap allocations of 10,000 codes", allocations[1] - allocations[0], 0, "allocations", 10,
        ratio=allocations[1] - allocations[0])
    return in_c


# --- Row 2 ---

def whole_issue(place, bare):
    say("2: issue")
    election = place.election(place.members)
    swift = each(lambda n: place.issue(place.cut(n), election, place.folder / "out"), 10000, 20000)
    row("2 issue, beside the bare loop of row 1", swift, bare, "instructions", note=(
        "for information. 2.5 times cannot be had: the manifest names the print\n"
        "file's SHA-256, and libsodium's takes 54 instructions a byte. With the encryption, the voter number\n"
        "and the register's digest it costs 1.3 times the loop, before a byte of the roll is read."))
    row("2 issue, beside its work in plain C", swift, each(lambda n: place.issue_in_c(place.cut(n)), 10000, 20000),
        "instructions", 2.5)


def cores_to_be_had():
    """How many cores two loops that do nothing else can keep busy just now."""
    start = time.monotonic()
    loops = [subprocess.Popen(["timeout", "0.5", "sh", "-c", "while :; do :; done"]) for _ in range(2)]
    used = 0
    for loop in loops:
        usage = os.wait4(loop.pid, 0)[2]
        used += usage.ru_utime + usage.ru_stime
        loop.returncode = 0
    return used / (time.monotonic() - start)


def issue_times(place):
    election, out = place.election(place.members), place.folder / "out"
    swift, plain, cores = [], [], []
    for _ in range(5):
        cores.append(cores_to_be_had())
        swift.append(timed(place.issue(place.full, election, out)))
        plain.append(timed(place.issue_in_c(place.full)))
    row(f"2 issue of {place.members:,}, beside plain C", min(t[0] for t in swift), min(t[0] for t in plain), "seconds")
    # On a quiet machine with two cores this asks for 1.3 of them.
    row("2 cores kept busy, of those to be had", max(t[1] / t[0] for t in swift), max(cores), "cores",
        0.65 if os.cpu_count() > 1 else None, at_least=True)


def memory(place):
    say("2: memory of five million")

    def resident(count):
        roll = place.folder / "minimal.csv"
        with open(roll, "w", newline="") as out:
            out.write("id,name\r\n")
            for start in range(0, count, 1000):
                out.write("".join(f"{i:09},Member {i % 1000}\r\n" for i in range(start, start + 1000)))
        command = place.issue(roll, place.election(5_000_000), place.folder / "out", "id", ["name"])
        used = timed(command)[2]
        shutil.rmtree(place.folder / "out")
        return used

    few, many = resident(100_000), resident(5_000_000)
    a_code = (many - few) / 4_900_000
    row("2 memory of 5,000,000 less that of 100,000", a_code, 160, "bytes a code", 160, ratio=a_code)


# --- Row 3 ---

def load(place):
    say("3: load")
    schema = place.folder / "schema.sql"
    source = (ROOT / "Sources" / "SQLiteLedger" / "Schema.swift").read_text()
    schema.write_text(re.search(r'static let sql = """\n(.*?)\n *"""', source, re.S).group(1))
    election = place.election(place.members)
    ledger, database = place.folder / "load.ledger", place.folder / "load.db"

    def swift(register):
        for old in place.folder.glob("load.*"):
            old.unlink()
        return [COUNTERFOIL, "load", "--ledger", ledger, "--keys", election / "desk", "--create", register]

    def plain(register):
        for old in place.folder.glob("load.*"):
            old.unlink()
        return [TOOLS / "load", register, database, schema]

    registers = {}
    for count in (10000, 20000, place.members):
        out = place.folder / f"out{count}"
        run(place.issue(place.cut(count), election, out))
        registers[count] = out / "B01.register"
    row("3 load a row", each(lambda n: swift(registers[n]), 10000, 20000),
        each(lambda n: plain(registers[n]), 10000, 20000), "instructions", 1.5)
    times = []
    for _ in range(5):
        os.sync()
        a = timed(swift(registers[place.members]))
        os.sync()
        times.append((a, timed(plain(registers[place.members]))))
    for what, i in (("processor", 1), ("passed", 0)):
        row(f"3 load {place.members:,}, time {what}", min(a[i] for a, _ in times), min(b[i] for _, b in times),
            "seconds", 1.5)


# --- Rows 4 and 5 ---

class Ballot:
    """An open ballot on a ledger of its own, with a request for each printed code."""

    def __init__(self, place, name, members, questions, roll=None, voter=VOTER):
        self.place, self.folder = place, place.folder / name
        self.folder.mkdir()
        roll = roll or place.full
        self.questions = questions
        self.election, out = place.election(members, questions), self.folder / "packs"
        answers = [o for q in questions for o in ("--answer", f"{q}={QUESTIONS[q][1]}")]
        if questions:
            answers.append("--post-only-if-empty")
        run(place.issue(roll, self.election, out, voter=voter, printed=["title"] if roll == place.full else [],
                        options=[*answers, "--plaintext"]))
        self.fresh, self.ledger = self.folder / "fresh.ledger", self.folder / "used.ledger"
        desk = ["--ledger", self.fresh, "--keys", self.election / "desk"]
        run([COUNTERFOIL, "load", *desk, "--create", out / "B01.register"])
        run([COUNTERFOIL, "activate", *desk, "B01", "--unreconciled"])
        run([COUNTERFOIL, "open", *desk])
        self.desk = ["--ledger", self.ledger, "--keys", self.election / "desk"]
        self.redeem = [COUNTERFOIL, "redeem", *self.desk]
        self.print_file, self.roll = out / "B01.csv", roll

    def renew(self):
        """Nobody has voted."""
        for old in self.folder.glob("used.ledger*"):
            old.unlink()
        shutil.copy(self.fresh, self.ledger)
        os.sync()

    def ask(self, start, count):
        """A file of requests, one for each of so many codes from a place on; and their packs."""
        keys = random.Random(start)
        requests, packs = self.folder / f"requests-{start}-{count}", []
        with open(self.print_file, newline="") as printed, open(self.roll, newline="") as members, \
                open(requests, "w") as out:
            for pack, member in zip(csv.DictReader(printed), csv.DictReader(members)):
                if not pack["code"]:
                    continue
                start -= 1
                if start >= 0:
                    continue
                key = base64.urlsafe_b64encode(keys.randbytes(24)).decode()
                answers = {q: member[QUESTIONS[q][1]] for q in self.questions}
                out.write(json.dumps({"code": pack["code"], "answers": answers, "key": key}) + "\n")
                packs.append(pack["pack"])
                if len(packs) == count:
                    break
        if len(packs) != count:
            sys.exit("the roll is too short")
        return requests, packs

    def ids(self, packs):
        """The look-up ids of packs, for redeem.c."""
        alphabet, path = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", self.folder / "ids"
        database = sqlite3.connect(f"file:{self.fresh}?immutable=1", uri=True)
        with open(path, "wb") as out:
            for pack in packs:
                value = 0
                for symbol in pack.replace("-", ""):
                    value = value * 32 + alphabet.index(symbol)
                out.write(database.execute("SELECT id FROM packs WHERE pack = ?", (value,)).fetchone()[0])
        database.close()
        return path


def fast(rates):
    """The rate that one round in ten exceeds: quick, and no stroke of luck."""
    rates = sorted(rates)
    return rates[len(rates) * 9 // 10]


def accepted(text, count):
    if text.count('"accepted"') != count:
        sys.exit(f"of {count} requests not all were accepted")


def one_by_one(ballot, lines, command, disk):
    """Sends lines, each when the last one is answered; the rate and the limit's, round by round."""
    ballot.renew()
    done = run([TOOLS / "disk", "ask", disk, 50, lines, *command])
    return done.stdout, [[float(n) for n in line.split()] for line in done.stderr.split("\n") if line]


def redeem(ballot):
    questions = len(ballot.questions)
    say(f"4: redeem, {questions} questions")
    what = f"{questions} questions" if questions else "no question"
    disk = ballot.folder / "disk"
    (batch, _), (singles, packs) = ballot.ask(0, 20000), ballot.ask(20000, 5000)
    in_c = [TOOLS / "redeem", ballot.ledger, ballot.ids(packs), questions, "lone"]
    ours, plain = [], []
    # Alternately, and often: a shared disk has better and worse moments.
    for _ in range(6):
        told, rounds = one_by_one(ballot, singles, ballot.redeem, disk)
        accepted(told, 5000)
        ours += rounds
        plain += one_by_one(ballot, singles, in_c, disk)[1]
    row(f"4 redeem one at a time, {what}, beside F", fast(r[0] for r in ours), fast(r[1] for r in ours), "a second",
        note="" if questions else (
            "for information. Reading, hashing, judging, the log's tree and the\n"
            "answer take a fixed time a request, so that 0.6 F can be had where the disk syncs some 8,000 times a\n"
            "second or fewer; on a faster one plain C on the same statements misses it too."))
    row(f"4 redeem one at a time, {what}, beside plain C", fast(r[0] for r in ours), fast(r[0] for r in plain),
        "a second", 0.8, at_least=True)

    rates, limits = [], []
    for _ in range(5):
        ballot.renew()
        limits += [float(run([TOOLS / "disk", "sync", disk, 500]).stdout) for _ in range(2)]
        start = time.monotonic()
        with open(batch) as given:
            done = run(ballot.redeem, stdin=given)
        rates.append(20000 / (time.monotonic() - start))
        accepted(done.stdout, 20000)
    row(f"4 redeem piped, {what}", max(rates), fast(limits), "a second", 3, at_least=True, note="" if questions else (
        "the receipt's signature alone is 220,000 instructions of a redemption's 350,000. Where the disk\n"
        "syncs more than some 7,000 times a second, two cores and not the disk set the pace."))


def per_redemption(ballot, start):
    """Instructions for one more redemption through the pipe."""
    def spend(place, count):
        requests, _ = ballot.ask(place, count)
        with open(requests) as given:
            return under_valgrind("callgrind", ballot.redeem, r"Collected : (\d+)", stdin=given)[0]

    short, long = spend(start, 500), spend(start + 500, 2500)
    return (long - short) / 2000


def rules(place, ballot):
    say("5: the rules of the ballot")
    ballot.renew()
    ours = per_redemption(ballot, 0)
    _, packs = ballot.ask(0, 3000)
    ids = ballot.ids(packs)

    def in_c(*options):
        def spend(count):
            cut = ballot.folder / "cut.ids"
            cut.write_bytes(ids.read_bytes()[:16 * count])
            ballot.renew()
            return [TOOLS / "redeem", ballot.ledger, cut, len(ballot.questions), 64, *options]
        return each(spend, 500, 2500)

    plain = in_c()
    row("5 redeem piped, 2 questions, beside plain C", ours, plain, "instructions", 1.3)
    row("5 the same in plain C with the log, without", plain, in_c("nolog"), "instructions", 1.3)

    flat = []
    for count in (100_000, 1_000_000, 10_000_000):
        say(f"5: redeem one of {count:,}")
        roll = place.folder / "minimal.csv"
        with open(roll, "w", newline="") as out:
            out.write("id\r\n")
            for start in range(0, count, 1000):
                out.write("".join(f"{i:09}\r\n" for i in range(start, start + 1000)))
        large = Ballot(place, f"of-{count}", count, [], roll, "id")
        large.fresh.rename(large.ledger)
        flat.append(per_redemption(large, 0))
        shutil.rmtree(large.folder)
    for count, instructions in zip(("1,000,000", "10,000,000"), flat[1:]):
        row(f"5 redeem one of {count}, beside 100,000", instructions, flat[0], "instructions", 1.3)

    _, packs = ballot.ask(30000, 2000)
    scans = ballot.folder / "scans"
    scans.write_text("".join(f"{pack}\n" for pack in packs))
    told, rounds = one_by_one(ballot, scans, [COUNTERFOIL, "postal", *ballot.desk, "--by", "Bench"],
                              ballot.folder / "disk")
    if told.count(": received\n") != 2000:
        sys.exit("of 2,000 envelopes not all were received")
    row("5 one envelope scanned, beside one sync", 1000 / fast(r[0] for r in rounds), 1000 / fast(r[1] for r in rounds),
        "milliseconds", note="what a person with a scanner waits for the word `received`.")

    def piped(verb, given, count, word):
        """Seconds for all of them, each answered after its own commit."""
        ballot.renew()
        start = time.monotonic()
        with open(given) as lines:
            told = run([COUNTERFOIL, verb, *ballot.desk], stdin=lines).stdout
        if told.count(word) != count:
            sys.exit(f"of {count} not all were {word}")
        return time.monotonic() - start

    requests, packs = ballot.ask(0, 40000)
    scans.write_text("".join(f"{pack}\n" for pack in packs))
    pairs = [(piped("postal", scans, 40000, ": received\n"), piped("redeem", requests, 40000, "accepted"))
             for _ in range(3)]
    envelopes, votes = sorted(pairs, key=lambda pair: pair[0] / pair[1])[1]
    row("5 40,000 envelopes piped, beside 40,000 votes", envelopes, votes, "seconds", 2)


def main():
    quick = sys.argv[1:] == ["quick"]
    if sys.argv[1:] and not quick:
        sys.exit("usage: script/bench [quick]")
    place = pathlib.Path(os.environ.get("BENCH_DIR", TOOLS)) / "run"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True, mode=0o700)
    kind = run(["stat", "-f", "-c", "%T", place]).stdout.strip()
    if kind in ("tmpfs", "ramfs"):
        sys.exit(f"{place} is on a {kind}, where syncing costs nothing; set BENCH_DIR to a folder on a disk")
    cores = len(os.sched_getaffinity(0))
    print(f"{cores} cores, load {os.getloadavg()[0]:.1f} at the start, {place} on {kind}")
    start = time.monotonic()
    try:
        bare = one_code()
        work = Place(place)
        whole_issue(work, bare)
        if not quick:
            issue_times(work)
            memory(work)
            load(work)
            redeem(Ballot(work, "plain", work.members, []))
            asked = Ballot(work, "asked", work.members, list(QUESTIONS))
            redeem(asked)
            rules(work, asked)
            log.measure(sys.modules[__name__], work)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    print(f"measured in {(time.monotonic() - start) / 60:.1f} minutes, load {os.getloadavg()[0]:.1f} at the end\n")
    sys.exit(print_table())


if __name__ == "__main__":
    main()
