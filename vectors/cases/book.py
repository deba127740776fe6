"""Section 15: book.json."""

from builder import BATCH_KEY, BOOK_KEY, ELECTION, OTHER_ELECTION, VectorFile, fixed, hexes, unhex
from cases.ordinary import ELECTION_DIGEST, register_rows
from counterfoil import sections as ref


def book_row_members(rows):
    return [{"voterNumber": voter.hex(), "pack": ref.u64(pack).hex(), "foldedNumber": folded.hex()} for voter, pack, folded in rows]


def evaluate(t):
    election, key = unhex(t, "electionId", "bookKey")
    if t["operation"] == "plan":
        packs = [(p["voterId"], p["kind"], ref.number(bytes.fromhex(p["replaces"])), p.get("normalForms", []),
                  bytes.fromhex(p["carries"]) if "carries" in p else None)
                 for p in t["packs"]]
        message = ref.plan_message(bytes.fromhex(t["electionDigest"]), t["batch"], t["batchKind"], packs)
        return hexes(message=message, planDigest=ref.plan_digest(election, key, message))
    if t["operation"] == "read":
        page = ref.read_page(bytes.fromhex(t["page"]), election, key)
        return {"batch": page.batch, "batchKind": page.batch_kind, "state": page.state, "place": page.place,
                "planDigest": page.plan_digest.hex(),
                "batchKey": page.batch_key.hex() if page.batch_key else None,
                "rows": book_row_members(page.rows)}
    rows = [(voter, ref.number(pack), folded) for m in t["rows"] for voter, pack, folded in [
        unhex(m, "voterNumber", "pack", "foldedNumber")]]
    batch_key = bytes.fromhex(t["batchKey"]) if t["batchKey"] else None
    page = ref.Page(t["batch"], t["batchKind"], t["state"], t["place"], bytes.fromhex(t["planDigest"]), rows, batch_key)
    data = ref.write_page(election, key, bytes.fromhex(t["nonce"]), page)
    return hexes(mac=data[120:152], page=data)


def build():
    f = VectorFile(
        "book.json",
        "Section 15. `write`: a page from its contents, rows in the order of ordinals; the "
        "nonce is not used where the batch key is null, destroyed. `read`: a page and the "
        "book key. `plan`: the plan digest of a batch; only packs of kind 1 have answers "
        "in it, and only a pack that carries another number than its id's own has `carries`. "
        "Pack numbers are in hex, u64.",
        {"begun": "state 1", "finished": "state 2", "destroyed": "the batch key is destroyed",
         "altered": "one thing is other than it was written",
         "two-faults": "two things are: the first of them gives the reason",
         "plan": "plan digests", "members": "batch kind 1", "specimens": "batch kind 2", "replacements": "batch kind 3",
         "post-only": "a pack for post alone: whatever answers the roll has are not in the digest",
         "carried": "a pack carries another voter number than its id's own; section 16",
         "without-questions": "an election without questions",
         "wrong-magic": "reason: other first 24 bytes",
         "wrong-length": "reason: the length does not fit N",
         "other-election": "reason: another election's id",
         "wrong-mac": "reason: the field at 120 is not the page's",
         "bad-batch-name": "reason: the batch name has other bytes, or none",
         "unknown-batch-kind": "reason: not 1, 2 or 3",
         "unknown-state": "reason: not 1 or 2",
         "reserved-not-zero": "reason: bytes 74 and 75 are not zero",
         "rows-out-of-order": "reason: rows do not ascend",
         "does-not-open": "reason: the batch key's box is damaged, or of another page"},
        evaluate)

    def pages_rows(batch, kind, count, finished):
        return [(row.voter_number, row.pack if finished else 0, row.voter_number) for row in register_rows(batch, kind, count)]

    def write(comment, flags, batch, kind, state, place, rows, destroyed=False):
        f.add(comment, flags, {
            "operation": "write", "electionId": ELECTION.hex(), "bookKey": BOOK_KEY.hex(), "batch": batch,
            "batchKind": kind, "state": state, "place": place, "planDigest": fixed(f"plan of {batch}").hex(),
            "batchKey": None if destroyed else fixed(f"batch key of {batch}").hex(),
            "nonce": fixed(f"nonce of {batch}", 24).hex(), "rows": book_row_members(rows)})
        return bytes.fromhex(f.tests[-1]["page"])

    written = []
    for place, (name, kind) in enumerate((("members", 1), ("specimens", 2), ("replacements", 3)), 1):
        batch = f"{name}-5"
        begun = write(f"{name}, begun", f"begun {name}", batch, kind, ref.BEGUN, place, pages_rows(batch, kind, 5, False))
        finished = write(f"{name}, finished", f"finished {name}", batch, kind, ref.FINISHED, place,
                         pages_rows(batch, kind, 5, True))
        destroyed = write(f"{name}, its key destroyed: the MAC is the same", f"destroyed {name}", batch, kind,
                          ref.FINISHED, place, pages_rows(batch, kind, 5, True), True)
        assert finished[:152] == destroyed[:152]
        written += [("begun", begun), ("finished", finished), ("destroyed", destroyed)]
    own = lambda id_text: ref.voter_number(ELECTION, fixed("voter key"), id_text)
    voter, other = own("100001"), own("100002")
    packs = [ref.pack_number(ref.derive_attempt(ELECTION, BATCH_KEY, 20, i, 0)[2]) for i in (1, 2)]
    twice = write("one voter with two packs: by pack number", "finished members", "twice", 1, ref.FINISHED, 4,
                  [(voter, max(packs), voter), (voter, min(packs), other)])
    twice_begun = write("one voter with two packs, begun: equal rows", "begun members", "twice", 1, ref.BEGUN, 4,
                        [(voter, 0, voter), (voter, 0, voter)])
    equal = write("one voter with one pack twice: equal rows", "finished members", "twice", 1, ref.FINISHED, 4,
                  [(voter, packs[0], voter), (voter, packs[0], voter)])
    by_folded = write("one voter with one pack twice, under two folded numbers", "finished members", "twice", 1, ref.FINISHED, 4,
                      [(voter, packs[0], max(voter, other)), (voter, packs[0], min(voter, other))])
    spelt = write("ids that are not their own folded form", "finished members", "spelt", 1, ref.FINISHED, 5, [
        (own(id_text), pack, own(ref.folded_id(id_text, "any-case"))) for id_text, pack in zip(("000100001", "AB-7"), packs)])
    nowhere = write("place 0", "finished members", "nowhere", 1, ref.FINISHED, 0, [(voter, packs[0], voter)])
    wrong = write("pack numbers that are none", "finished members", "wrong", 1, ref.FINISHED, 2**32 - 1,
                  [(voter, packs[0] ^ 1, voter), (voter[::-1], 2**64 - 1, bytes(16))])
    empty = write("no packs", "finished members", "empty", 1, ref.FINISHED, 1, [])
    written += [("finished", twice), ("begun", twice_begun), ("finished", equal), ("finished", by_folded), ("finished", spelt),
                ("finished", nowhere), ("finished", wrong),
                ("finished", empty)]

    def read(comment, flags, data, election=ELECTION, key=BOOK_KEY, **expected):
        f.add(comment, flags, {"operation": "read", "electionId": election.hex(), "bookKey": key.hex(),
                               "page": data.hex()}, **expected)

    for flag, data in written:
        read("a good page", flag, data)

    data = written[1][1]

    def patched(at, value, page=data):
        assert page[at:at + len(value)] != value
        return page[:at] + value + page[at + len(value):]

    def remade(page):
        """With the MAC of what the page says now."""
        return page[:120] + ref.page_mac(page[24:40], BOOK_KEY, page[:120], page[224:]) + page[152:]

    def flipped(at):
        return patched(at, bytes([data[at] ^ 1]))

    read("empty", "altered", b"", reason="wrong-magic")
    read("version 2", "altered", remade(patched(23, b"2")), reason="wrong-magic")
    read("cut short by one byte", "altered", data[:-1], reason="wrong-length")
    read("cut short by one row", "altered", data[:-40], reason="wrong-length")
    read("cut short in the header", "altered", data[:200], reason="wrong-length")
    read("one byte more", "altered", data + b"\0", reason="wrong-length")
    read("N = 6", "altered", remade(patched(80, ref.u64(6))), reason="wrong-length")
    read("another election wanted", "altered", data, OTHER_ELECTION, reason="other-election")
    read("another election in the page", "altered", remade(patched(24, OTHER_ELECTION)), reason="other-election")
    read("one bit of the MAC", "altered", flipped(120), reason="wrong-mac")
    read("another book key", "altered", data, key=fixed("another book key"), reason="wrong-mac")
    for at, what in ((73, "the state"), (79, "the place"), (88, "the plan digest"), (224, "a voter number"),
                     (240, "a pack number"), (248, "a folded number"), (224 + 40 * 5 - 1, "the last byte")):
        read(f"one bit of {what}", "altered",
             patched(73, b"\1") if at == 73 else flipped(at), reason="wrong-mac")
    read("one bit of the box", "altered", flipped(180), reason="does-not-open")
    read("one bit of the box's nonce", "altered", flipped(152), reason="does-not-open")
    read("all zeros but one bit, where a destroyed key's box stands", "altered",
         patched(223, b"\1", written[2][1]), reason="does-not-open")
    read("the box of another page", "altered", data[:152] + written[4][1][152:224] + data[224:], reason="does-not-open")
    read("another batch name: the box does not open under it", "altered", remade(patched(40, b"M")),
         reason="does-not-open")
    read("another batch kind: the box does not open under it", "altered", remade(patched(72, b"\3")),
         reason="does-not-open")
    read("another state and place, and the MAC for them", "begun", remade(patched(73, b"\1\0\0" + ref.u32(9))),
         place=9, state=1)
    read("a bad batch name", "altered", remade(patched(40, b"/")), reason="bad-batch-name")
    read("no batch name", "altered", remade(patched(40, bytes(32))), reason="bad-batch-name")
    for kind in (0, 4):
        read(f"batch kind {kind}", "altered", remade(patched(72, bytes([kind]))), reason="unknown-batch-kind")
    for state in (0, 3):
        read(f"state {state}", "altered", remade(patched(73, bytes([state]))), reason="unknown-state")
    read("byte 75", "altered", remade(patched(75, b"\1")), reason="reserved-not-zero")
    rows = [data[224 + 40 * i:264 + 40 * i] for i in range(5)]
    read("the first two rows swapped", "altered",
         remade(data[:224] + rows[1] + rows[0] + b"".join(rows[2:])), reason="rows-out-of-order")
    read("the rows backwards", "altered", remade(data[:224] + b"".join(reversed(rows))), reason="rows-out-of-order")
    # Two faults at once: the first one in section 15 gives the reason.
    def two(comment, reason, *changes, mac=True, cut=0):
        page = data
        for at, value in changes:
            page = patched(at, value, page)
        page = page[:len(page) - cut]
        read(f"{comment}: the first", "two-faults", remade(page) if mac else page, reason=reason)

    elsewhere, name, third, state, reserved = ((24, OTHER_ELECTION), (40, b"/"), (72, b"\4"), (73, b"\3"), (74, b"\1"))
    two("version 2 and another election", "wrong-magic", (23, b"2"), elsewhere)
    two("another election and a bad batch name", "other-election", elsewhere, name)
    two("another election and cut short by one row", "other-election", elsewhere, cut=40)
    two("another election and a wrong MAC", "other-election", elsewhere, mac=False)
    two("a bad batch name and batch kind 4", "bad-batch-name", name, third)
    two("a bad batch name and a wrong MAC", "bad-batch-name", name, mac=False)
    two("a bad batch name and cut short", "bad-batch-name", name, cut=1, mac=False)
    two("batch kind 4 and state 3", "unknown-batch-kind", third, state)
    two("batch kind 4 and a wrong MAC", "unknown-batch-kind", third, mac=False)
    two("state 3 and byte 74", "unknown-state", state, reserved)
    two("state 3 and cut short", "unknown-state", state, cut=1, mac=False)
    two("byte 74 and N = 6", "reserved-not-zero", reserved, (80, ref.u64(6)))
    two("byte 74 and a wrong MAC", "reserved-not-zero", reserved, mac=False)
    two("N = 6 and a wrong MAC", "wrong-length", (80, ref.u64(6)), mac=False)
    two("a wrong MAC and rows that descend", "wrong-mac", (224, b"\xff"), mac=False)
    two("a wrong MAC and a box that does not open", "wrong-mac", (240, bytes([data[240] ^ 1])), (180, bytes([data[180] ^ 1])),
        mac=False)
    two("rows that descend and a box that does not open", "rows-out-of-order", (224, b"\xff"), (180, bytes([data[180] ^ 1])))
    read("one voter's two packs, the greater number first", "altered",
         remade(twice[:224] + twice[264:] + twice[224:264]), reason="rows-out-of-order")
    read("rows that differ in the folded number alone, the greater one first", "altered",
         remade(by_folded[:224] + by_folded[264:] + by_folded[224:264]), reason="rows-out-of-order")

    def plan(comment, flags, batch, kind, packs, election=ELECTION, digest=ELECTION_DIGEST):
        f.add(comment, flags, {"operation": "plan", "electionId": election.hex(), "bookKey": BOOK_KEY.hex(),
                               "electionDigest": digest.hex(), "batch": batch, "batchKind": kind,
                               "packs": packs})

    def pack(id_text, kind, forms=None, replaces=0):
        return {"voterId": id_text, "kind": kind, "replaces": ref.u64(replaces).hex(),
                **({"normalForms": forms} if forms is not None else {})}

    forms = [["1987-03-14", "17", "SW1A1AA", "oneill"], ["2001-01-02", "18", "0X12JD", "lodz"]]
    three = [pack("100001", 1, forms[0]), pack("100002", 2), pack("\u017b\u00f3\u0142w-7", 1, forms[1])]
    plan("one pack", "plan members", "members-1", 1, three[:1])
    plan("three packs, one for post alone", "plan members post-only", "members-3", 1, three)
    plan("the same in another order", "plan members post-only", "members-3", 1, three[::-1])
    plan("the same under another batch name", "plan members post-only", "members-4", 1, three)
    plan("the same with another digest", "plan members post-only", "members-3", 1, three, digest=fixed("another digest"))
    plan("no pack has answers", "plan members without-questions", "members-3", 1,
         [pack("100001", 1, []), pack("100002", 2), pack("100003", 1, [])])
    plan("specimens", "plan specimens", "proof", 2, [pack(ref.specimen_voter_id("proof", i), 3) for i in (1, 2)])
    plan("replacements", "plan replacements post-only", "replacements-2", 3,
         [pack("100001", 1, forms[0], packs[0]), pack("100002", 2, None, packs[1])])
    plan("a pack for post alone whose member has answers in the roll", "plan replacements post-only", "replacements-2", 3,
         [pack("100001", 1, forms[0], packs[0]), pack("100002", 2, forms[1], packs[1])])
    assert f.tests[-1]["planDigest"] == f.tests[-2]["planDigest"]
    plan("the same packs, the other two replaced", "plan replacements post-only", "replacements-2", 3,
         [pack("100001", 1, forms[0], packs[1]), pack("100002", 2, None, packs[0])])

    def carrying(number_of, *rest):
        return {**pack(*rest), "carries": ref.voter_number(ELECTION, fixed("voter key"), number_of).hex()}

    plan("the second of three carries the first one's number", "plan members post-only carried", "members-3", 1,
         [three[0], carrying("100001", "100002", 2), three[2]])
    plan("the third carries it too", "plan members post-only carried", "members-3", 1,
         [three[0], carrying("100001", "100002", 2), carrying("100001", three[2]["voterId"], 1, forms[1])])
    plan("the first carries the second one's", "plan members post-only carried", "members-3", 1,
         [carrying("100002", "100001", 1, forms[0]), *three[1:]])
    plan("a replacement carries the number of the pack that it replaces", "plan replacements carried", "replacements-1", 3,
         [carrying("100001", "100002", 1, forms[1], packs[1])])
    return f
