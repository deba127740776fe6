"""Re-derives a real batch from its batch key, and compares it with what was issued.

Opens the issuing key file and the book's pages, derives every code and pack number in the
order of ordinals (section 7), and compares with every row of the print file; computes
look-up ids, tags, voter numbers and answer tags (8 to 10), and compares with every row of
the register, whose signature is verified first (12).
"""

import argparse
import csv
import io
import pathlib

import primitives
from counterfoil import sections as ref
from counterfoil.sections import Refused

MOST_COMPLAINTS = 20


def arguments(given):
    p = argparse.ArgumentParser(prog="reference.py cross-check", description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--election", required=True, help="election.json")
    p.add_argument("--issuing-key", required=True, help="issuing.key")
    p.add_argument("--passphrase-file", help="where the key file is protected; one line feed at the "
                   "end is not part of the passphrase. 256 MiB take plain Python half an hour and more")
    p.add_argument("--book", required=True, action="append",
                   help="a page of the book; several times, the batch in question last")
    p.add_argument("--register", required=True, help="the batch's register")
    p.add_argument("--print-file", required=True, action="append",
                   help="decrypted print file with the columns sequence, pack, code; several times "
                   "where the batch is printed in parts")
    p.add_argument("--roll", help="the roll, CSV in UTF-8 with a first row of names")
    p.add_argument("--voter", help="the roll's column of voter ids")
    p.add_argument("--answer", action="append", default=[], metavar="QUESTION=COLUMN",
                   help="the roll's column for a question; without any, answer tags are not compared")
    p.add_argument("--separator", help="of roll and print file; otherwise guessed from the first line")
    a = p.parse_args(given)
    if bool(a.roll) != bool(a.voter):
        p.error("--roll and --voter belong together")
    if a.answer and not a.roll:
        p.error("--answer needs --roll")
    return a


def read_table(path, separator):
    """A CSV file's rows as dictionaries, its separator guessed from the first line."""
    text = pathlib.Path(path).read_bytes().decode("utf-8").removeprefix("\ufeff")
    if separator is None:
        first = text.split("\n", 1)[0]
        separator = max(",;\t", key=first.count)
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True))


class Report:
    """Counts what agrees, prints what does not."""

    def __init__(self):
        self.agreeing, self.differing, self.order = {}, 0, []

    def compare(self, what, where, found, wanted):
        if what not in self.agreeing:
            self.agreeing[what] = 0
            self.order.append(what)
        if found == wanted:
            self.agreeing[what] += 1
            return True
        self.complain(f"{what}, {where}: found {shown(found)}, derived {shown(wanted)}")
        return False

    def complain(self, text):
        self.differing += 1
        if self.differing <= MOST_COMPLAINTS:
            print(text)
        elif self.differing == MOST_COMPLAINTS + 1:
            print("... and more")

    def close(self):
        for what in self.order:
            print(f"{what}: {self.agreeing[what]} agree")
        print(f"{self.differing} differ" if self.differing else "everything agrees")
        return 1 if self.differing else 0


def shown(value):
    return value.hex() if isinstance(value, bytes) else repr(value)


def open_pages(paths, election, book_key):
    """The page in question, the pack numbers of earlier ones, and their voters."""
    *earlier, page = [ref.read_page(pathlib.Path(p).read_bytes(), election.id, book_key) for p in paths]
    used, voters = set(), {}
    for other in earlier:
        if other.place >= page.place:
            raise SystemExit(f"{other.batch} stands at place {other.place} of the book, not before "
                             f"{page.batch} at {page.place}")
        for voter, pack, _ in other.rows:
            if pack:
                used.add(pack)
                voters[pack] = voter
    return page, used, voters


def read_roll(a, election, voter_key):
    """From voter number to the normal forms of the answers, or None where none are asked for; and the
    folded numbers."""
    columns = dict(pair.split("=", 1) for pair in a.answer)
    unknown = set(columns) - {q.name for q in election.questions}
    missing = {q.name for q in election.questions} - set(columns)
    if unknown or columns and missing:
        raise SystemExit(f"--answer: no such question: {sorted(unknown)}; without a column: {sorted(missing)}")
    with_answers = bool(columns) or not election.questions
    roll, folded = {}, set()
    for line, row in enumerate(read_table(a.roll, a.separator), 2):
        id_text = ref.voter_id(row[a.voter])
        number = ref.voter_number(election.id, voter_key, id_text)
        folded.add(ref.voter_number(election.id, voter_key, ref.folded_id(id_text, election.voter_ids)))
        forms = None
        if with_answers:
            try:
                forms = [ref.normalise(q, row[columns[q.name]].encode()) for q in election.questions]
            except Refused:
                forms = "unreadable"        # no matter where the voter's pack is for post alone
        if number in roll:
            print(f"roll, record {line}: this voter id stands twice")
        roll[number] = forms
    return roll, folded, with_answers


def main(given):
    try:
        return cross_check(arguments(given))
    except Refused as refusal:
        print(f"refused: {refusal.reason} {refusal.details or ''}")
        return 1


def cross_check(a):
    election = ref.read_election(pathlib.Path(a.election).read_bytes())
    passphrase = None
    if a.passphrase_file:
        passphrase = pathlib.Path(a.passphrase_file).read_bytes().removesuffix(b"\n").removesuffix(b"\r")
    ledger_key, secret = ref.read_key_file(pathlib.Path(a.issuing_key).read_bytes(), ref.ISSUING,
                                           election.id, election.digest(), passphrase)
    voter_key, book_key, register_seed, manifest_seed = (
        ref.sub_key(election.id, secret, purpose)
        for purpose in ("voter-numbers", "batch-book", "register-signing", "manifest-signing"))

    report = Report()
    for what, seed, key in (("register key", register_seed, election.register_key),
                            ("manifest key", manifest_seed, election.manifest_key)):
        report.compare(what, "election.json", key, primitives.ed25519_public_key(seed))
    report.compare("digest of the refused words", "election.json", election.refused_words,
                   ref.refused_words_digest(ref.REFUSED_WORDS_FILE))
    report.compare("digest of the table of letters", "election.json", election.text_fold,
                   ref.text_fold_digest(ref.TEXT_FOLD_FILE))

    page, used, earlier_voters = open_pages(a.book, election, book_key)
    if page.batch_key is None:
        raise SystemExit(f"the batch key of {page.batch} is destroyed: nothing can be derived")
    batch, kind, rows, _ = ref.read_register(pathlib.Path(a.register).read_bytes(), election.id,
                                          election.digest(), election.register_key)
    print(f"register: {len(rows)} rows, signature verified")
    report.compare("batch name and kind", "register", (batch, kind), (page.batch, page.batch_kind))
    report.compare("number of packs", "register", len(rows), len(page.rows))

    printed = {}
    for path in a.print_file:
        for row in read_table(path, a.separator):
            if row["sequence"] in printed:
                report.complain(f"print file: sequence {row['sequence']} stands twice")
            printed[row["sequence"]] = row
    report.compare("number of packs", "print file", len(printed), len(page.rows))

    roll, folded, with_answers = read_roll(a, election, voter_key) if a.roll else ({}, set(), False)
    by_id = {row.lookup_id: row for row in rows}
    if a.roll and kind != ref.SPECIMENS:
        for _, pack, number in page.rows:
            report.compare("book, folded number in the roll", f"pack {pack:016x}", number in folded, True)
    voter_of_pack = {pack: voter for voter, pack, _ in page.rows} if page.state == ref.FINISHED else None
    if voter_of_pack is None:
        print("the page says begun: its pack numbers, and voters against it, are not compared")

    agreeing_rows = 0
    for ordinal in range(1, len(page.rows) + 1):
        before = report.differing
        where = f"sequence {ordinal}"
        _, code, pack = ref.derive(election.id, page.batch_key, election.code_length, ordinal, used)
        pack_u64 = ref.pack_number(pack)
        values = ref.code_values(election.id, ledger_key, code)

        row = printed.pop(str(ordinal), None)
        if row is None:
            report.complain(f"print file: no {where}")
            continue
        post_only = row["code"] == ""
        report.compare("print file, pack", where, row["pack"], ref.printed(pack))
        if not post_only:
            report.compare("print file, code", where, row["code"], ref.printed(code))

        entry = by_id.pop(values.lookup_id, None)
        if entry is None:
            report.complain(f"register: no row with the look-up id of {where}")
            continue
        row_kind = ref.SPECIMEN if kind == ref.SPECIMENS else ref.POST_ONLY if post_only else ref.NORMAL
        report.compare("register, kind", where, entry.kind, row_kind)
        report.compare("register, tag", where, entry.tag, values.tag)
        report.compare("register, pack", where, entry.pack, pack_u64)
        if voter_of_pack is not None:
            report.compare("register, voter number as in the book", where, entry.voter_number,
                           voter_of_pack.get(pack_u64))
        if kind == ref.SPECIMENS:
            report.compare("register, voter number of a specimen", where, entry.voter_number, ref.voter_number(
                election.id, voter_key, ref.specimen_voter_id(batch, ordinal)))
        elif a.roll:
            report.compare("register, voter number in the roll", where, entry.voter_number in roll, True)
        if row_kind != ref.NORMAL or not election.questions:
            report.compare("register, answer tag of zeros", where, entry.answer_tag, ref.NO_ANSWER_TAG)
        elif with_answers and entry.voter_number in roll:
            forms = roll[entry.voter_number]
            tag = forms if forms == "unreadable" else ref.answer_tag(election.id, values.answer_key, forms)
            report.compare("register, answer tag", where, entry.answer_tag, tag)
        if entry.replaces and len(a.book) > 1:
            report.compare("register, voter of the replaced pack", where,
                           earlier_voters.get(entry.replaces), entry.voter_number)
        agreeing_rows += report.differing == before

    for sequence in printed:
        report.complain(f"print file: sequence {sequence} is none of this batch")
    for lookup_id in by_id:
        report.complain(f"register: {lookup_id.hex()} belongs to no derived code")
    print(f"rows that agree in print file, book and register: {agreeing_rows} of {len(page.rows)}")
    return report.close()
