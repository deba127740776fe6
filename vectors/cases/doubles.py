"""Section 16: doubles.json."""

from builder import BATCH_KEY, BOOK_KEY, ELECTION, OTHER_ELECTION, VectorFile, fixed, hexes, unhex
from cases.runs import add_runs, evaluate_run
from counterfoil import sections as ref

VOTER_KEY = fixed("voter key")


def own_number(member):
    return ref.voter_number(ELECTION, VOTER_KEY, member)


def doubles_row_members(rows):
    return [{"own": own.hex(), "foldedNumber": folded.hex(), "carried": carried.hex(), "pack": ref.u64(pack).hex()}
            for own, folded, carried, pack in rows]


def evaluate(t):
    election, = unhex(t, "electionId")
    if t["operation"] == "run":
        return evaluate_run(t)
    if t["operation"] == "group":
        members = {kind: [m["voterId"] for m in t["members"] if m["decision"] == kind] for kind in ("same", "drop")}
        issued = {m["voterId"]: bytes.fromhex(m["issuedUnder"]) for m in t["members"] if m["issuedUnder"]}
        return {"carried": ref.number_of_group(election, bytes.fromhex(t["voterKey"]), members["same"], members["drop"],
                                               issued).hex()}
    key, = unhex(t, "bookKey")
    if t["operation"] == "read":
        batch, rows = ref.read_doubles(bytes.fromhex(t["page"]), election, key)
        return {"batch": batch, "rows": doubles_row_members(rows)}
    rows = [(own, folded, carried, ref.number(pack)) for m in t["rows"] for own, folded, carried, pack in [
        unhex(m, "own", "foldedNumber", "carried", "pack")]]
    data = ref.write_doubles(election, key, t["batch"], rows)
    return hexes(mac=data[80:112], page=data)


def build():
    f = VectorFile(
        "doubles.json",
        "Section 16. `write`: a page of doubles from its rows, in any order. `read`: a page and the book key. `group`: "
        "the members of one group in the order of their rows, each with what was decided and the number under which it "
        "was issued before, or null; and the number that all of them carry. `run`: a roll in its order, decisions, packs to "
        "replace, and what the book has of earlier batches, in the order in which they were begun, give the packs in the "
        "order of their ordinals, the rows of doubles, and the pairs, of which the pack that is kept is one of the book or, "
        "by its ordinal, of this batch. Pack numbers are in hex, u64.",
        {"begun": "no pack has its number yet", "finished": "packs have numbers",
         "no-pack": "a member without a pack", "altered": "one thing is other than it was written",
         "two-faults": "two things are: the first of them gives the reason",
         "new": "nobody of the group was issued before", "issued": "somebody was",
         "lowest": "which id is the lowest", "order": "whose number it is",
         "wrong-magic": "reason: other first 24 bytes",
         "wrong-length": "reason: the length does not fit the number of rows",
         "other-election": "reason: another election's id",
         "wrong-mac": "reason: the field at 80 is not the page's",
         "bad-batch-name": "reason: the batch name has other bytes, or none",
         "rows-out-of-order": "reason: own numbers do not ascend",
         "two-numbers": "reason: two that are `same` were issued under different numbers",
         "run": "what a run gives to whom", "members": "runs for members", "replacements": "runs of replacements",
         "pairs": "a dropped member has packs",
         "refused": "the run is refused",
         "already-issued": "reason: a member of the roll was issued or dropped before, and is not to be left out",
         "decided-unknown": "reason: a decision names a member that neither the roll nor the book has",
         "incomplete-group": "reason: a group without anybody who is `same`, or of one member",
         "same-without-pack": "reason: a member who is `same` has a pack neither in this batch nor in the book",
         "drop-listed": "reason: the pack of a dropped member is to be replaced",
         "number-changed": "reason: the book has another number for the member than the pack to be replaced carries, and no "
                           "decision names them",
         "unknown-pack": "reason: a pack to be replaced that the book does not have",
         "pack-twice": "reason: two packs of one member are to be replaced",
         "voter-missing": "reason: the member of a pack to be replaced is not on the roll",
         "repeated-voter": "reason: a voter id is on the roll twice",
         "coinciding": "ids that have one folded form; reason: an officer has not decided about all of them",
         "nobody": "reason: nobody gets a pack"},
        evaluate)

    numbers = [ref.pack_number(ref.derive_attempt(ELECTION, BATCH_KEY, 20, i, 0)[2]) for i in range(1, 5)]

    def row(member, carried, pack, folded=None):
        return own_number(member), own_number(folded or member), own_number(carried), pack

    def write(comment, flags, batch, rows, election=ELECTION):
        f.add(comment, flags, {"operation": "write", "electionId": election.hex(), "bookKey": BOOK_KEY.hex(),
                               "batch": batch, "rows": doubles_row_members(rows)})
        return bytes.fromhex(f.tests[-1]["page"])

    four = [row("100002", "100001", numbers[0]), row("100007", "100001", 0), row("200009", "200008", numbers[1]),
            row("300000", "100001", numbers[2])]
    one = write("one pack, begun", "begun", "members-3", [row("100002", "100001", 0)])
    write("the same, finished", "finished", "members-3", [row("100002", "100001", numbers[0])])
    data = write("four members of two persons, one without a pack", "finished no-pack", "members-3", four)
    backwards = write("the same rows in another order", "finished no-pack", "members-3", four[::-1])
    assert data == backwards
    write("under another batch name", "finished no-pack", "members-4", four)
    write("in another election", "finished no-pack", "members-3", four, OTHER_ELECTION)
    write("an id that is not its own folded form", "finished", "members-3", [row("000100002", "100001", numbers[0], "100002")])
    none = write("no rows", "begun", "members-3", [])
    wrong = write("pack numbers that are none", "finished", "members-3", [
        row("100002", "100001", numbers[0] ^ 1), row("200009", "200008", 2**64 - 1), row("300000", "300000", 1)])

    def read(comment, flags, data, election=ELECTION, key=BOOK_KEY, **expected):
        f.add(comment, flags, {"operation": "read", "electionId": election.hex(), "bookKey": key.hex(),
                               "page": data.hex()}, **expected)

    for comment, flags, page in (("one row", "begun", one), ("four rows", "finished no-pack", data),
                                 ("no rows", "begun", none), ("pack numbers that are none", "finished", wrong)):
        read(comment, flags, page)

    def remade(page):
        """With the MAC of what the page says now."""
        return page[:80] + ref.page_mac(page[24:40], BOOK_KEY, page[:80], page[112:]) + page[112:]

    def patched(at, value):
        assert data[at:at + len(value)] != value
        return data[:at] + value + data[at + len(value):]

    read("empty", "altered", b"", reason="wrong-magic")
    read("version 2", "altered", remade(patched(21, b"2")), reason="wrong-magic")
    read("cut short by one byte", "altered", data[:-1], reason="wrong-length")
    read("cut short by one row", "altered", data[:-56], reason="wrong-length")
    read("cut short by one row, and the MAC for that", "altered", remade(data[:-56]), reason="wrong-length")
    read("cut short in the header", "altered", data[:100], reason="wrong-length")
    read("one byte more", "altered", data + b"\0", reason="wrong-length")
    read("five rows promised", "altered", remade(patched(72, ref.u64(5))), reason="wrong-length")
    read("another election wanted", "altered", data, OTHER_ELECTION, reason="other-election")
    read("another election in the page", "altered", remade(patched(24, OTHER_ELECTION)), reason="other-election")
    read("another book key", "altered", data, key=fixed("another book key"), reason="wrong-mac")
    for at, what in ((40, "the batch name"), (80, "the MAC"), (112, "an own number"), (128, "a folded number"),
                     (144, "a number carried"), (160, "a pack number"), (len(data) - 1, "the last byte")):
        read(f"one bit of {what}", "altered", patched(at, bytes([data[at] ^ 1])), reason="wrong-mac")
    read("a bad batch name", "altered", remade(patched(40, b"/")), reason="bad-batch-name")
    read("no batch name", "altered", remade(patched(40, bytes(32))), reason="bad-batch-name")
    # Two faults at once: the first one in section 16 gives the reason.
    def two(comment, reason, *changes, mac=True, cut=0):
        page = data
        for at, value in changes:
            assert page[at:at + len(value)] != value
            page = page[:at] + value + page[at + len(value):]
        page = page[:len(page) - cut]
        read(f"{comment}: the first", "two-faults", remade(page) if mac else page, reason=reason)

    elsewhere, name, five = (24, OTHER_ELECTION), (40, b"/"), (72, ref.u64(5))
    two("version 2 and another election", "wrong-magic", (21, b"2"), elsewhere)
    two("five rows promised and another election", "wrong-length", five, elsewhere)
    two("cut short and a bad batch name", "wrong-length", name, cut=56)
    two("another election and a bad batch name", "other-election", elsewhere, name)
    two("another election and a wrong MAC", "other-election", elsewhere, mac=False)
    two("a bad batch name and a wrong MAC", "bad-batch-name", name, mac=False)
    two("a wrong MAC and own numbers that descend", "wrong-mac", (112, b"\xff" * 16), mac=False)
    rows = [data[112 + 56 * i:168 + 56 * i] for i in range(4)]
    read("the first two rows swapped", "altered", remade(data[:112] + rows[1] + rows[0] + rows[2] + rows[3]),
         reason="rows-out-of-order")
    read("a row twice", "altered", remade(data[:112] + rows[0] + rows[0] + rows[2] + rows[3]), reason="rows-out-of-order")

    def group(comment, flags, *members, **expected):
        f.add(comment, flags, {
            "operation": "group", "electionId": ELECTION.hex(), "voterKey": VOTER_KEY.hex(),
            "members": [{"voterId": member, "decision": decision,
                         "issuedUnder": own_number(under[0]).hex() if under else None}
                        for member, decision, *under in members]}, **expected)

    def of(member):
        return {"carried": own_number(member).hex()}

    group("two that are same", "new", ("200", "same"), ("100", "same"), **of("100"))
    group("one that is dropped has the lowest id", "new lowest", ("200", "same"), ("100", "drop"), **of("100"))
    group("byte by byte: 1000 is lower than 999", "new lowest", ("999", "same"), ("1000", "same"), **of("1000"))
    group("byte by byte: Z is lower than a, and than \u00c4", "new lowest", ("a", "same"), ("\u00c4", "same"), ("Z", "same"),
          **of("Z"))
    group("a lower id that was not issued", "issued order", ("200", "same", "200"), ("100", "same"), **of("200"))
    group("two that were issued under one number", "issued order", ("200", "same", "200"), ("300", "same", "200"),
          ("100", "same"), **of("200"))
    group("issued under the number of somebody outside the group", "issued order", ("200", "same", "050"), ("100", "same"),
          **of("050"))
    group("two that were issued under different numbers", "issued", ("200", "same", "200"), ("100", "same", "100"),
          reason="two-numbers")
    group("one of these is dropped", "issued order", ("200", "same", "200"), ("100", "drop", "100"), **of("200"))
    group("only the dropped one was issued", "issued order", ("100", "same"), ("200", "drop", "200"), **of("200"))
    group("two dropped ones were issued: the first row's", "issued order", ("100", "same"), ("300", "drop", "300"),
          ("200", "drop", "200"), **of("300"))
    add_runs(f)
    return f
