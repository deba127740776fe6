"""Section 14: key-files.json."""

import unicodedata

from builder import ELECTION, OTHER_ELECTION, VectorFile, fixed, hexes, unhex
from cases.ordinary import SOME_DIGEST
from counterfoil import sections as ref


def evaluate(t):
    election, digest = unhex(t, "electionId", "electionDigest")
    passphrase = bytes.fromhex(t["passphrase"]) if "passphrase" in t else None
    if t["operation"] == "read":
        data = bytes.fromhex(t["keyFile"])
        ledger, secret = ref.read_key_file(data, t["room"], election, digest, passphrase)
        return hexes(ledgerKey=ledger, roomSecret=secret)
    salt, nonce, ledger, secret = unhex(t, "salt", "nonce", "ledgerKey", "roomSecret")
    header = ref.key_file_header(t["room"], t["protection"], t["passes"], t["memory"], salt, election, digest)
    return hexes(sealingKey=ref.sealing_key(header, passphrase),
                 keyFile=ref.write_key_file(header, nonce, passphrase, ledger, secret))


def build():
    f = VectorFile(
        "key-files.json",
        "Section 14. `write`: a key file from its contents. `read`: a key file, the room "
        "that is wanted (1 issuing, 2 desk), the election and a passphrase give the two "
        "keys, or what a reader refuses. Memory is far below what is written in earnest, so "
        "that the vectors are quick. `passphrase` is in hex.",
        {"unprotected": "without a passphrase", "protected": "with one",
         "parameters": "passes and memory",
         "altered": "one thing is other than it was sealed",
         "two-faults": "two things are: the first of them gives the reason",
         "wrong-magic": "reason: other first 24 bytes",
         "wrong-length": "reason: not 208 bytes",
         "unknown-room": "reason: not 1 or 2",
         "wrong-room": "reason: the other room's file",
         "unknown-protection": "reason: not 0 or 1",
         "reserved-not-zero": "reason: bytes 26 and 27, or 28 to 55 of an unprotected file, are not zero",
         "too-many-passes": "reason: more than 16",
         "too-much-memory": "reason: more than 4 GiB",
         "bad-parameters": "reason: no pass, less than 8 KiB, or no multiple of 1,024",
         "other-election": "reason: another election's id or digest",
         "passphrase-needed": "reason: a protected file and no passphrase",
         "does-not-open": "reason: wrong passphrase, or a damaged box or header"},
        evaluate)

    def write(comment, flags, room, passphrase=None, passes=0, memory=0):
        protected = passphrase is not None
        f.add(comment, flags, {
            "operation": "write", "room": room, "protection": int(protected), "passes": passes, "memory": memory,
            "salt": (fixed("salt", 16) if protected else bytes(16)).hex(),
            "electionId": ELECTION.hex(), "electionDigest": SOME_DIGEST.hex(),
            "nonce": fixed("nonce", 24).hex(), "ledgerKey": fixed("ledger key").hex(),
            "roomSecret": fixed("issuing secret" if room == ref.ISSUING else "desk secret").hex(),
            **({"passphrase": passphrase.hex()} if protected else {})})
        return bytes.fromhex(f.tests[-1]["keyFile"])

    phrase = "correct horse battery staple".encode()
    plain = {room: write(f"room {room}", "unprotected", room) for room in (ref.ISSUING, ref.DESK)}
    sealed = write("3 passes, 64 KiB", "protected", ref.ISSUING, phrase, 3, 65536)
    write("the desk's", "protected", ref.DESK, phrase, 3, 65536)
    write("1 pass, 8 KiB", "protected parameters", ref.ISSUING, phrase, 1, 8192)
    write("2 passes, 9 KiB, which Argon2 rounds down to 8 blocks", "protected parameters", ref.ISSUING, phrase, 2, 9216)
    most = write("16 passes, the most that are read", "protected parameters", ref.ISSUING, phrase, 16, 8192)
    utf8 = write("a passphrase of UTF-8, with spaces around it", "protected", ref.ISSUING, " \u0141\u00f3d\u017a ".encode(), 1, 16384)
    raw = write("a passphrase that is not UTF-8", "protected", ref.ISSUING, b"\xff\0\x80", 1, 16384)

    def read(comment, flags, data, room=ref.ISSUING, passphrase=None, election=ELECTION, digest=SOME_DIGEST,
             **expected):
        f.add(comment, flags, {"operation": "read", "room": room, "electionId": election.hex(),
                               "electionDigest": digest.hex(), "keyFile": data.hex(),
                               **({"passphrase": passphrase.hex()} if passphrase is not None else {})}, **expected)

    def altered(data, at, value):
        assert data[at:at + len(value)] != value
        return data[:at] + value + data[at + len(value):]

    def flipped(data, at):
        return altered(data, at, bytes([data[at] ^ 1]))

    good = {"ledgerKey": fixed("ledger key").hex(), "roomSecret": fixed("issuing secret").hex()}
    read("the issuing room's", "unprotected", plain[1], **good)
    read("the desk's", "unprotected", plain[2], ref.DESK, ledgerKey=good["ledgerKey"])
    read("protected", "protected", sealed, passphrase=phrase, **good)
    read("protected, 16 passes", "protected parameters", most, passphrase=phrase, **good)
    read("protected, UTF-8", "protected", utf8, passphrase=" \u0141\u00f3d\u017a ".encode(), **good)
    read("protected, bytes", "protected", raw, passphrase=b"\xff\0\x80", **good)

    read("a wrong passphrase", "protected", sealed, passphrase=b"Correct horse battery staple", reason="does-not-open")
    read("the passphrase with a line feed", "protected", sealed, passphrase=phrase + b"\n", reason="does-not-open")
    read("the passphrase decomposed", "protected", utf8,
         passphrase=unicodedata.normalize("NFD", " \u0141\u00f3d\u017a ").encode(), reason="does-not-open")
    read("no passphrase", "protected", sealed, reason="passphrase-needed")
    read("the desk's file where the issuing room's is wanted", "unprotected", plain[2], reason="wrong-room")
    read("the issuing room's file where the desk's is wanted", "protected", sealed, ref.DESK, phrase, reason="wrong-room")
    for at, what in ((128, "the ledger key's place"), (191, "the room secret's place"), (192, "the tag"), (207, "the tag's end")):
        read(f"one bit of {what}", "unprotected altered", flipped(plain[1], at), reason="does-not-open")
    read("one bit of the box", "protected altered", flipped(sealed, 150), passphrase=phrase, reason="does-not-open")
    read("one bit of the nonce", "unprotected altered", flipped(plain[1], 104), reason="does-not-open")
    read("one bit of the salt", "protected altered", flipped(sealed, 40), passphrase=phrase, reason="does-not-open")
    read("two passes instead of three", "protected altered", altered(sealed, 28, ref.u32(2)), passphrase=phrase,
         reason="does-not-open")
    read("the other room in the header, and that room wanted", "unprotected altered",
         altered(plain[1], 24, b"\2"), ref.DESK, reason="does-not-open")
    read("another election in the header, and that one wanted", "unprotected altered",
         altered(plain[1], 56, OTHER_ELECTION), election=OTHER_ELECTION, reason="does-not-open")
    read("another digest in the header, and that one wanted", "unprotected altered",
         altered(plain[1], 72, fixed("another digest")), digest=fixed("another digest"), reason="does-not-open")
    read("another election's id", "unprotected", plain[1], election=OTHER_ELECTION, reason="other-election")
    read("another election's digest", "protected", sealed, passphrase=phrase, digest=fixed("another digest"),
         reason="other-election")
    read("17 passes", "protected parameters", altered(sealed, 28, ref.u32(17)), passphrase=phrase,
         reason="too-many-passes")
    read("2^32 - 1 passes", "protected parameters", altered(sealed, 28, b"\xff" * 4), passphrase=phrase,
         reason="too-many-passes")
    read("no pass", "protected parameters", altered(sealed, 28, ref.u32(0)), passphrase=phrase,
         reason="bad-parameters")
    for memory, reason in ((4 * 1024**3 + 1024, "too-much-memory"), (1 << 63, "too-much-memory"),
                           (0, "bad-parameters"), (7168, "bad-parameters"), (65537, "bad-parameters"),
                           (9000, "bad-parameters")):
        read(f"{memory} bytes of memory", "protected parameters", altered(sealed, 32, ref.u64(memory)),
             passphrase=phrase, reason=reason)
    read("version 2", "unprotected altered", altered(plain[1], 22, b"2"), reason="wrong-magic")
    for room in (0, 3):
        read(f"room {room}", "unprotected altered", altered(plain[1], 24, bytes([room])), reason="unknown-room")
    read("protection 2", "unprotected altered", altered(plain[1], 25, b"\2"), reason="unknown-protection")
    read("byte 27", "unprotected altered", altered(plain[1], 27, b"\1"), reason="reserved-not-zero")
    read("passes in an unprotected file", "unprotected altered", altered(plain[1], 28, ref.u32(1)),
         reason="reserved-not-zero")
    read("a salt in an unprotected file", "unprotected altered", altered(plain[1], 55, b"\1"),
         reason="reserved-not-zero")
    read("an unprotected file called protected", "unprotected altered", altered(plain[1], 25, b"\1"), passphrase=phrase,
         reason="bad-parameters")
    read("empty", "unprotected altered", b"", reason="wrong-magic")
    read("cut short by one byte", "unprotected altered", plain[1][:-1], reason="wrong-length")
    read("cut short in the header", "unprotected altered", plain[1][:128], reason="wrong-length")
    read("one byte more", "unprotected altered", plain[1] + b"\0", reason="wrong-length")
    read("a line feed more, protected", "protected altered", sealed + b"\n", passphrase=phrase, reason="wrong-length")

    # Two faults at once: the first one in section 14 gives the reason.
    def two(comment, reason, *changes, data=sealed, room=ref.ISSUING, passphrase=phrase, cut=0, **more):
        for at, value in changes:
            data = altered(data, at, value)
        read(f"{comment}: the first", "two-faults", data[:len(data) - cut], room, passphrase, reason=reason, **more)

    version, other_room, third_room, second = (22, b"2"), (24, b"\2"), (24, b"\3"), (25, b"\2")
    reserved, none, many, little, much = ((27, b"\1"), (28, ref.u32(0)), (28, ref.u32(17)), (32, ref.u64(1024)),
                                          (32, ref.u64(1 << 40)))
    elsewhere = (56, OTHER_ELECTION)
    two("version 2 and cut short", "wrong-magic", version, cut=1)
    two("cut short and room 3", "wrong-length", third_room, cut=1)
    two("the other room and protection 2", "wrong-room", other_room, second)
    two("room 3 and protection 2", "unknown-room", third_room, second)
    two("the other room and another election", "wrong-room", other_room, elsewhere)
    two("the other room and 17 passes", "wrong-room", other_room, many)
    two("the other room and no passphrase", "wrong-room", other_room, passphrase=None)
    two("protection 2 and byte 27", "unknown-protection", second, reserved)
    two("protection 2 and 17 passes", "unknown-protection", second, many)
    two("byte 27 and 17 passes", "reserved-not-zero", reserved, many)
    two("byte 27 and another election", "reserved-not-zero", reserved, elsewhere)
    two("17 passes and too little memory", "too-many-passes", many, little)
    two("17 passes and too much memory", "too-many-passes", many, much)
    two("no pass and too much memory", "bad-parameters", none, much)
    two("17 passes and another election", "too-many-passes", many, elsewhere)
    two("too much memory and no passphrase", "too-much-memory", much, passphrase=None)
    two("too much memory and another election", "too-much-memory", much, elsewhere)
    two("another election and no passphrase", "other-election", elsewhere, passphrase=None)
    two("another digest wanted and no passphrase", "other-election", passphrase=None, digest=fixed("another digest"))
    two("another election and a box that does not open", "other-election", elsewhere, (150, bytes([sealed[150] ^ 1])))
    two("no passphrase and a box that does not open", "passphrase-needed", (150, bytes([sealed[150] ^ 1])), passphrase=None)
    two("passes in an unprotected file and another election", "reserved-not-zero", many, elsewhere, data=plain[1],
        passphrase=None)
    read("a passphrase for an unprotected file: not asked for", "unprotected", plain[1], passphrase=phrase, **good)
    return f
