"""Section 18: log.json, entries and leaves."""

from builder import K, VectorFile, fixed, hexes, unhex
from cases.entries import AUTUMN, CODE, EVENTS, NONCE, PACK, VOTER, fields, noted, set_aside
from counterfoil import sections as ref
from counterfoil.sections import Event, Note


def evaluate(t):
    if t["operation"] == "read":
        return fields(ref.read_event(bytes.fromhex(t["event"]), t["constant"]))
    entry_id, pack, voter, detail = unhex(t, "entryId", "pack", "voter", "detail")
    event = Event(t["type"], t["at"], ref.number(pack), voter, t["batch"], t["count"], detail).encoded()
    note = Note(t["noteReason"], t["noteReference"], t["noteOfficer"])
    leaf = ref.leaf(entry_id, event, note)
    return hexes(event=event, noteBytes=note.encoded(), leaf=leaf, leafHash=ref.leaf_hash(leaf))


def build():
    f = VectorFile(
        "log.json",
        "Section 18, entries. `write`: an event, an entry id and a note give the event's 106 bytes, the bytes that "
        "are hashed for the note, the leaf and its hash. `read`: what 106 bytes say, or why they are no event. "
        "`constant` is the election's K.",
        {"write": "entries written", "read": "events read", "each": "one of every type and listed number",
         "note": "notes: every reason, bytes that are not ASCII, and none", "times": "other times",
         "not-judged": "what an audit may find fault with, and a reader of entries does not",
         "two-faults": "the first of them gives the reason",
         "blinding": "another entry id, all else the same",
         "should-be-zero": "reason: what the event does not have is not zero",
         "wrong-length": "reason: not 106 bytes", "unknown-version": "reason: not version 1",
         "unknown-type": "reason: no type in the table", "unknown-detail": "reason: a number that the table does not give",
         "wrong-pack-number": "reason: upper bits that are not zero, or wrong check symbols"},
        evaluate)

    def write(comment, flags, event, note=Note(), name="1"):
        f.add(comment, "write " + flags, {
            "operation": "write", "entryId": fixed(f"entry id {name}", 16).hex(),
            **fields(event), **noted(note)})

    def read(comment, flags, data, constant=K, **expected):
        f.add(comment, "read " + flags, {"operation": "read", "constant": constant, "event": data.hex()}, **expected)

    for i, event in enumerate(EVENTS):
        write(f"{event.type}, {event.detail[:1].hex() or 'no detail'}, count {event.count}", "each", event, name=str(i))
        read(f"{event.type}, {event.detail[:1].hex() or 'no detail'}, count {event.count}", "each", event.encoded(),
             **fields(event))
    cancelled = Event("pack-cancelled", AUTUMN, PACK, detail=ref.u8(2))
    for reason in ref.REASONS:
        write(f"reason {reason or 'none'}", "note", cancelled, Note(reason))
    write("reference alone", "note", cancelled, Note("", "case 7"))
    write("officer alone", "note", cancelled, Note("", "", "A. Officer"))
    write("the same words, the border elsewhere", "note", cancelled, Note("", "case 7A. Officer", ""))
    write("all three", "note", cancelled, Note("lost", "case 7", "A. Officer"))
    write("80 bytes each, not ASCII", "note", cancelled, Note("court", "é" * 40, "\u0141" * 40))
    write("another entry id", "blinding", cancelled, Note("lost", "case 7", "A. Officer"), "2")
    # What a reader does not judge.
    for comment, event in (("batch 0", Event("batch-withdrawn", AUTUMN)), ("batch 0", Event("batch-reconciled", AUTUMN)),
                           ("batch 0, and no rows", Event("register-loaded", AUTUMN, detail=bytes(64))),
                           ("batch 0", Event("batch-activated", AUTUMN, count=1)),
                           ("the largest batch", Event("batch-withdrawn", AUTUMN, batch=2**32 - 1)),
                           ("the most rows", Event("register-loaded", AUTUMN, batch=1, count=2**32 - 1, detail=bytes(64))),
                           ("the most that are missing", Event("batch-reconciled", AUTUMN, batch=1, count=2**32 - 1)),
                           ("a grace of 24 hours", Event("ballot-opened", AUTUMN, count=86_400_000, detail=bytes(8))),
                           ("a grace above 24 hours", Event("ballot-opened", AUTUMN, count=86_400_001, detail=bytes(8))),
                           ("the longest grace", Event("ballot-opened", AUTUMN, count=2**32 - 1, detail=bytes(8))),
                           ("closing before it was opened", Event("ballot-opened", AUTUMN, detail=ref.u64(1))),
                           ("until 0", Event("ballot-extended", AUTUMN, detail=bytes(8))),
                           ("closed at 0", Event("ballot-closed", AUTUMN, detail=bytes(8))),
                           ("closed later than now", Event("ballot-closed", AUTUMN, detail=ref.u64(AUTUMN + 1))),
                           ("all bytes zero but for the type", Event("created", 0, detail=bytes(32))),
                           ("no voter", Event("vote-cast", AUTUMN, PACK, detail=fixed("fingerprint", 16) + CODE.opening)),
                           ("no voter", Event("post-received", AUTUMN, PACK, detail=NONCE)),
                           ("an opening that leads nowhere", Event("vote-cast", AUTUMN, PACK, VOTER, detail=bytes(48))),
                           ("a tag of zero bytes", Event("wrong-answers", AUTUMN, PACK, detail=bytes(16) + CODE.trial)),
                           ("a trial that leads nowhere", Event("wrong-answers", AUTUMN, PACK, detail=bytes(48))),
                           ("a second that leads nowhere", Event("second-attempt", AUTUMN, PACK, detail=bytes(32))),
                           ("a nonce of zero bytes", Event("post-received", AUTUMN, PACK, VOTER, detail=bytes(16))),
                           ("a nonce of zero bytes", Event("post-annulled", AUTUMN, PACK, VOTER, detail=bytes(16))),
                           ("a nonce of zero bytes", set_aside(AUTUMN, PACK, 8, AUTUMN, bytes(16))),
                           ("scanned before, and no time", set_aside(AUTUMN, PACK, 8)),
                           ("a specimen, and a time", set_aside(AUTUMN, PACK, 1, AUTUMN)),
                           ("a time later than its own", set_aside(AUTUMN, PACK, 6, AUTUMN + 1))):
        read(f"{event.type}: {comment}", "not-judged", event.encoded(), **fields(event))
    for at in (0, 2**63 - 1):
        write(f"at {at}", "times", Event("ballot-final", at))
        read(f"at {at}", "times", Event("ballot-final", at).encoded())

    # Each field that an event does not have, and each byte after its detail.
    places = {"pack": 17, "voter": 18, "batch": 34, "count": 41}
    by_type = {event.type: event.encoded() for event in EVENTS}
    for type, data in by_type.items():
        _, has, size = ref.EVENTS[type]
        for field, place in places.items():
            if field in has.split():
                continue
            read(f"{type} with a {field}", "", data[:place] + b"\1" + data[place + 1:], reason="should-be-zero")
        for place in sorted({42 + size, 105} if size < 64 else ()):
            read(f"{type}: byte {place}", "", data[:place] + b"\x80" + data[place + 1:], reason="should-be-zero")
    data = by_type["vote-cast"]
    for bad in (data[:-1], data + b"\0", b""):
        read(f"{len(bad)} bytes", "", bad, reason="wrong-length")
    for version in (0, 2, 255):
        read(f"version {version}", "", ref.u8(version) + data[1:], reason="unknown-version")
    for type in (0, 19, 255):
        read(f"type {type}", "", data[:1] + ref.u8(type) + data[2:], reason="unknown-type")

    for version, type in ((2, 0), (0, 19), (0, 0)):
        read(f"version {version} and type {type}", "two-faults", ref.u8(version) + ref.u8(type) + data[2:],
             reason="unknown-version")
    read("version 2, and a byte too few", "two-faults", b"\2" + data[1:-1], reason="wrong-length")
    read("type 0, and a wrong pack number", "two-faults", data[:1] + b"\0" + data[2:10] + bytes(8) + data[18:],
         reason="unknown-type")

    def detail(type, value):
        return by_type[type][:42] + ref.u8(value) + bytes(63)

    for value in (0, 9, 255):
        read(f"set aside for {value}", "", detail("post-set-aside", value), reason="unknown-detail")
    for value in (0, 1, 4):
        read(f"cancelled for {value}", "", detail("pack-cancelled", value), reason="unknown-detail")
    for count in (2, 2**32 - 1):
        read(f"activated, count {count}", "", data[:1] + ref.u8(4) + bytes(32) + ref.u32(1) + ref.u32(count) + bytes(64),
             reason="unknown-detail")
    for type, data in by_type.items():
        if "pack" not in ref.EVENTS[type][1]:
            continue
        for comment, pack in (("no pack number", 0), ("a symbol of its pack wrong", PACK ^ 1),
                              ("upper bits of its pack", PACK | 1 << 60)):
            read(f"{type}, {comment}", "", data[:10] + ref.u64(pack) + data[18:], reason="wrong-pack-number")
        read(f"{type}, in another election", "", data, constant=K ^ 1, reason="wrong-pack-number")
    return f
