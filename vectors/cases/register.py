"""Section 12: register.json."""

import primitives
from builder import ELECTION, OTHER_ELECTION, VectorFile, fixed, hexes, unhex, word
from cases.ordinary import ELECTION_DIGEST, register_rows
from counterfoil import sections as ref

REGISTER_SEED = fixed("register seed")


def row_members(row):
    return {**hexes(lookupId=row.lookup_id, tag=row.tag, pack=ref.u64(row.pack), voterNumber=row.voter_number,
                    answerTag=row.answer_tag), "kind": row.kind, "replaces": ref.u64(row.replaces).hex()}


def row_of(m):
    lookup, tag, pack, voter, answer, replaces = unhex(m, "lookupId", "tag", "pack", "voterNumber", "answerTag",
                                                       "replaces")
    return ref.Row(lookup, tag, ref.number(pack), voter, answer, m["kind"], ref.number(replaces))


def pair_members(pairs):
    return [hexes(kept=ref.u64(pair.kept), cancelled=ref.u64(pair.cancelled)) for pair in pairs]


def evaluate(t):
    election, digest = unhex(t, "electionId", "electionDigest")
    if t["operation"] == "write":
        seed = bytes.fromhex(t["registerSeed"])
        pairs = [ref.Pair(*map(ref.number, unhex(m, "kept", "cancelled"))) for m in t["pairs"]]
        data = ref.write_register(election, digest, seed, t["batch"], t["batchKind"], [row_of(m) for m in t["rows"]], pairs)
        return hexes(registerKey=primitives.ed25519_public_key(seed),
                     registerDigest=ref.register_digest(election, data[:-64]),
                     signature=data[-64:], register=data)
    data, key = unhex(t, "register", "registerKey")
    batch, kind, rows, pairs = ref.read_register(data, election, digest, key)
    return {"batch": batch, "batchKind": kind, "registerDigest": ref.register_digest(election, data[:-64]).hex(),
            "rows": [row_members(row) for row in rows], "pairs": pair_members(pairs)}


def build():
    f = VectorFile(
        "register.json",
        "Section 12. `write`: rows in the order of their ordinals, and pairs in any order, give a whole register. "
        "`read`: a whole register and the election it should belong to give its rows and pairs, "
        "or what a reader refuses. Registers that are refused are signed correctly unless the "
        "signature is what is wrong. Pack numbers are in hex, u64.",
        {"members": "batch kind 1", "specimens": "batch kind 2", "replacements": "batch kind 3",
         "pairs": "packs of one person", "altered": "one thing is wrong", "two-faults": "two things are: the first of them gives the reason",
         "wrong-magic": "reason: other first 24 bytes",
         "wrong-length": "reason: the length does not fit N and P, or N is 0",
         "wrong-signature": "reason: the signature does not verify",
         "other-election": "reason: another election's id or digest",
         "bad-batch-name": "reason: the batch name has other bytes, or none",
         "unknown-batch-kind": "reason: not 1, 2 or 3",
         "reserved-not-zero": "reason: bytes 105 to 111 are not zero",
         "pairs-of-specimens": "reason: pairs in a specimen batch",
         "rows-out-of-order": "reason: look-up ids do not ascend, or two are equal",
         "unknown-kind": "reason: a row's kind is not 1, 2 or 3",
         "kind-in-wrong-batch": "reason: a specimen outside a specimen batch, or something else in one",
         "replaced-pack-out-of-place": "reason: a replaced pack outside a replacement batch",
         "replaced-pack-missing": "reason: no replaced pack in a replacement batch",
         "wrong-pack-number": "reason: upper bits or check symbols of a pack number, of a replaced one or of one in a pair "
                              "are wrong",
         "pairs-out-of-order": "reason: pairs do not ascend by the pack that is cancelled and then by the one that is "
                               "kept, or two are equal",
         "pair-of-one": "reason: a pair of one pack"},
        evaluate)
    key = primitives.ed25519_public_key(REGISTER_SEED)
    good = {}
    for kind, flag in ((ref.MEMBERS, "members"), (ref.SPECIMENS, "specimens"), (ref.REPLACEMENTS, "replacements")):
        for count in (1, 3, 5):
            batch = f"{flag}-{count}"
            rows = register_rows(batch, kind, count)
            f.add(f"{flag}, {count} rows", flag, {
                "operation": "write", "electionId": ELECTION.hex(), "electionDigest": ELECTION_DIGEST.hex(),
                "registerSeed": REGISTER_SEED.hex(), "batch": batch, "batchKind": kind,
                "rows": [row_members(row) for row in rows], "pairs": []})
            good[kind, count] = bytes.fromhex(f.tests[-1]["register"])

    def read(comment, flags, data, election=ELECTION, digest=ELECTION_DIGEST, register_key=key, **expected):
        f.add(comment, flags, {"operation": "read", "electionId": election.hex(), "electionDigest": digest.hex(),
                               "registerKey": register_key.hex(), "register": data.hex()}, **expected)

    def resigned(data):
        return ref.sign_register(ELECTION, REGISTER_SEED, data)

    def altered(comment, reason, kind, at, value, flags="altered"):
        """The register of three rows with other bytes at an offset, signed again."""
        data = good[kind, 3][:-64]
        assert data[at:at + len(value)] != value
        read(comment, flags, resigned(data[:at] + value + data[at + len(value):]), reason=reason)

    for (kind, count), data in good.items():
        if count == 3:
            read("a good register", ("members", "specimens", "replacements")[kind - 1], data)
    for name in ("a", "0", "A-b_c.9", "x" * 31):
        data = ref.write_register(ELECTION, ELECTION_DIGEST, REGISTER_SEED, name, 1, register_rows("members-1", 1, 1))
        read(f"a batch named {name}", "members", data, batch=name)

    M, S, R = ref.MEMBERS, ref.SPECIMENS, ref.REPLACEMENTS
    data = good[M, 3]
    altered("version 2", "wrong-magic", M, 22, b"2")
    read("empty", "altered", b"", reason="wrong-magic")
    read("cut short by one byte", "altered", data[:-1], reason="wrong-length")
    read("one byte more", "altered", data + b"\0", reason="wrong-length")
    read("cut short in the header", "altered", data[:100], reason="wrong-length")
    read("a row less than N says", "altered", resigned(data[:128 + 97 * 2]), reason="wrong-length")
    read("no rows", "altered", resigned(data[:112] + bytes(16)), reason="wrong-length")
    altered("N = 4", "wrong-length", M, 112, ref.u64(4))
    altered("N = 2^64 - 1", "wrong-length", M, 112, b"\xff" * 8)
    altered("N = 2^63 + 3", "wrong-length", M, 112, ref.u64(2**63 + 3))
    read("the signature's first byte", "altered", data[:-64] + bytes([data[-64] ^ 1]) + data[-63:],
         reason="wrong-signature")
    read("a byte of a row", "altered", data[:140] + bytes([data[140] ^ 1]) + data[141:], reason="wrong-signature")
    read("signed by another key", "altered", ref.sign_register(ELECTION, fixed("another seed"), data[:-64]),
         reason="wrong-signature")
    read("signed without a label", "altered", data[:-64] + primitives.ed25519_sign(
        REGISTER_SEED, ref.register_digest(ELECTION, data[:-64])), reason="wrong-signature")
    read("signed as a receipt", "altered", data[:-64] + ref.sign(
        REGISTER_SEED, "cf1.receipt", ref.register_digest(ELECTION, data[:-64])), reason="wrong-signature")
    odd_signatures(read, data)
    altered("another election's id", "other-election", M, 24, OTHER_ELECTION)
    altered("another election's digest", "other-election", M, 40, fixed("another digest"))
    for name in (b"\0", b"-", b"a b", b"a/b", b"..", b"\xc3\xa9", b"a\0b"):
        altered(f"a batch name of the bytes {name.hex(' ')}", "bad-batch-name", M, 72, ref.pad(name, 32))
    altered("a batch name of 32 bytes", "bad-batch-name", M, 72, b"x" * 32)
    for kind in (0, 4):
        altered(f"batch kind {kind}", "unknown-batch-kind", M, 104, bytes([kind]))
    altered("byte 105", "reserved-not-zero", M, 105, b"\1")
    altered("byte 111", "reserved-not-zero", M, 111, b"\1")
    rows = [data[128 + 97 * i:225 + 97 * i] for i in range(3)]
    read("the first two rows swapped", "altered", resigned(data[:128] + rows[1] + rows[0] + rows[2]),
         reason="rows-out-of-order")
    read("the last two rows swapped", "altered", resigned(data[:128] + rows[0] + rows[2] + rows[1]),
         reason="rows-out-of-order")
    read("a row twice", "altered", resigned(data[:128] + rows[0] + rows[1] + rows[1]), reason="rows-out-of-order")
    read("two rows with one look-up id", "altered", resigned(data[:128] + rows[0] + rows[1] + rows[1][:16] + rows[2][16:]),
         reason="rows-out-of-order")
    for kind in (0, 4):
        altered(f"a row of kind {kind}", "unknown-kind", M, 128 + 88, bytes([kind]))
    altered("a specimen among members", "kind-in-wrong-batch", M, 128 + 88, b"\3")
    altered("a specimen among replacements", "kind-in-wrong-batch", R, 128 + 88, b"\3")
    altered("a normal pack among specimens", "kind-in-wrong-batch", S, 128 + 88, b"\1")
    altered("a post-only pack among specimens", "kind-in-wrong-batch", S, 128 + 88, b"\2")
    one = ref.Row.read(rows[0])
    altered("a replaced pack among members", "replaced-pack-out-of-place", M, 128 + 89, ref.u64(one.pack))
    altered("a replaced pack among specimens", "replaced-pack-out-of-place", S, 128 + 89, ref.u64(one.pack))
    altered("no replaced pack in the last row", "replaced-pack-missing", R, 128 + 97 * 2 + 89, bytes(8))
    altered("a pack number with one symbol wrong", "wrong-pack-number", M, 128 + 48, ref.u64(one.pack ^ 1))
    altered("pack number 0", "wrong-pack-number", M, 128 + 48, bytes(8))
    altered("a pack number with one of the upper four bits", "wrong-pack-number", M, 128 + 48,
            ref.u64(one.pack | 1 << 60))
    altered("a pack number of another election", "wrong-pack-number", M, 128 + 48,
            ref.u64(ref.pack_number(word(12, "register", ref.election_constant(OTHER_ELECTION)))))
    # Two faults at once: the first one in section 12 gives the reason.
    def two(comment, reason, *changes, signed=True, of=M, cut=0):
        data = good[of, 3][:-64]
        for at, value in changes:
            assert data[at:at + len(value)] != value
            data = data[:at] + value + data[at + len(value):]
        data = resigned(data[:len(data) - cut]) if signed else data[:len(data) - cut] + good[of, 3][-64:]
        read(f"{comment}: the first", "two-faults", data, reason=reason)

    elsewhere, digest, name, kind, reserved = ((24, OTHER_ELECTION), (40, fixed("another digest")), (72, b"/"), (104, b"\4"),
                                               (111, b"\1"))
    two("version 2 and another election", "wrong-magic", (22, b"2"), elsewhere)
    two("another election and a wrong signature", "other-election", elsewhere, signed=False)
    two("another digest and a wrong signature", "other-election", digest, signed=False)
    two("another election and N = 4", "other-election", elsewhere, (112, ref.u64(4)))
    two("another election and cut short by one row", "other-election", elsewhere, cut=97)
    two("N = 4 and a bad batch name", "wrong-length", (112, ref.u64(4)), name)
    two("a bad batch name and batch kind 4", "bad-batch-name", name, kind)
    two("batch kind 4 and byte 111", "unknown-batch-kind", kind, reserved)
    two("a bad batch name and a wrong signature", "bad-batch-name", name, signed=False)
    two("batch kind 4 and a wrong signature", "unknown-batch-kind", kind, signed=False)
    two("byte 111 and a wrong signature", "reserved-not-zero", reserved, signed=False)
    two("a wrong signature and a row of kind 4", "wrong-signature", (128 + 88, b"\4"), signed=False)
    two("a row of kind 4 with a wrong pack number", "unknown-kind", (128 + 88, b"\4"), (128 + 48, bytes(8)))
    two("a specimen among members with a replaced pack", "kind-in-wrong-batch", (128 + 88, b"\3"), (128 + 89, ref.u64(one.pack)))
    two("a wrong pack number and a replaced pack among members", "replaced-pack-out-of-place", (128 + 48, bytes(8)),
        (128 + 89, ref.u64(one.pack)))
    two("a wrong pack number and no replaced pack among replacements", "replaced-pack-missing", (128 + 48, bytes(8)),
        (128 + 89, bytes(8)), of=R)
    greatest = (128, b"\xff" * 16)
    two("rows that descend and, in the lower one, kind 4", "rows-out-of-order", greatest, (128 + 97 + 88, b"\4"))
    two("rows that descend and, in the lower one, a wrong pack number", "rows-out-of-order", greatest, (128 + 97 + 48, bytes(8)))
    two("kind 4 and, behind it, rows that descend", "unknown-kind", greatest, (128 + 88, b"\4"))
    two("a row of kind 4 and, behind it, a specimen", "unknown-kind", (128 + 88, b"\4"), (128 + 97 + 88, b"\3"))
    two("a specimen and, behind it, a row of kind 4", "kind-in-wrong-batch", (128 + 88, b"\3"), (128 + 97 + 88, b"\4"))
    altered("a replaced pack with one symbol wrong", "wrong-pack-number", R, 128 + 89,
            ref.u64(ref.Row.read(good[R, 3][128:]).replaces ^ 1))
    pairs_of_packs(f, good, read, resigned)
    return f


def odd_signatures(read, data):
    """What some verifiers of Ed25519 take, and these rules do not."""
    s = int.from_bytes(data[-32:], "little")
    for comment, value in (("the group's order added to S", s + primitives.L), ("twice the order added", s + 2 * primitives.L)):
        read(f"signed correctly, {comment}", "altered", data[:-32] + value.to_bytes(32, "little"), reason="wrong-signature")
    encode = primitives.point_encode
    # Under such a key S B = R + k A holds for any message: A is the neutral point.
    neutral, order_two = encode(primitives.NEUTRAL), encode((0, primitives.P - 1, 1, 0))
    a_signature = encode(primitives.base_multiply(7)) + (7).to_bytes(32, "little")
    for comment, key in (("1", neutral), ("2", order_two)):
        read(f"under a key of order {comment}", "altered", data[:-64] + a_signature, register_key=key, reason="wrong-signature")
    read("under a key that is no canonical encoding of its point", "altered", data[:-64] + a_signature,
         register_key=(primitives.P + 1).to_bytes(32, "little"), reason="wrong-signature")
    # R is the neutral point: only somebody who has the seed can make that.
    secret, _ = primitives.ed25519_expand(REGISTER_SEED)
    message = ref.pad(b"cf1.register", 16) + ref.register_digest(ELECTION, data[:-64])
    k = primitives.sha512_scalar(neutral, primitives.ed25519_public_key(REGISTER_SEED), message)
    read("an R of small order", "altered", data[:-64] + neutral + (k * secret % primitives.L).to_bytes(32, "little"),
         reason="wrong-signature")


def pairs_of_packs(f, good, read, resigned):
    """Pairs: of packs that are in the register, and of others."""
    own = sorted(ref.Row.read(good[ref.MEMBERS, 3][128 + 97 * i:]).pack for i in range(3))
    others = sorted(ref.pack_number(word(12, f"pair {i}")) for i in range(4))
    elsewhere = ref.pack_number(word(12, "pair", ref.election_constant(OTHER_ELECTION)))
    several = [(own[0], others[1]), (own[2], others[1]), (own[0], others[2]), (others[3], own[1])]

    def write(comment, flags, kind, pairs):
        batch = f"pairs-{len(pairs)}"
        f.add(comment, f"pairs {flags}", {
            "operation": "write", "electionId": ELECTION.hex(), "electionDigest": ELECTION_DIGEST.hex(),
            "registerSeed": REGISTER_SEED.hex(), "batch": batch, "batchKind": kind,
            "rows": [row_members(row) for row in register_rows(f"{flags}-3", kind, 3)],
            "pairs": pair_members(ref.Pair(*pair) for pair in pairs)})
        return bytes.fromhex(f.tests[-1]["register"])

    one = write("one pair", "members", ref.MEMBERS, several[:1])
    four = write("four pairs", "members", ref.MEMBERS, several)
    assert four == write("four pairs, in another order", "members", ref.MEMBERS, several[::-1])
    replacing = write("two pairs", "replacements", ref.REPLACEMENTS, several[:2])
    stranger = write("packs of which none is in the register", "members", ref.MEMBERS, [(others[0], others[3])])
    for comment, data in (("one pair", one), ("four pairs", four), ("packs of which none is in the register", stranger)):
        read(comment, "pairs members", data)
    read("two pairs", "pairs replacements", replacing)

    end = 128 + 97 * 3
    encoded = [four[end + 16 * i:end + 16 * (i + 1)] for i in range(4)]

    def altered(comment, reason, *pairs, flags="altered"):
        """The register of four pairs with others in their place, signed again."""
        data = four[:120] + ref.u64(len(pairs)) + four[128:end] + b"".join(
            pair if isinstance(pair, bytes) else ref.Pair(*pair).bytes() for pair in pairs)
        read(comment, f"pairs {flags}", resigned(data), reason=reason)

    first, second, third, fourth = encoded
    altered("the first two pairs swapped: one pack cancelled, two kept", "pairs-out-of-order", second, first, third)
    altered("by the pack that is kept, and not by the one that is cancelled", "pairs-out-of-order",
            *sorted(encoded, key=lambda pair: pair))
    altered("a pair twice", "pairs-out-of-order", *sorted([first, first, third], key=lambda pair: pair[8:]))
    for comment, number in (("one symbol wrong", others[1] ^ 1), ("one of the upper four bits", others[1] | 1 << 60),
                            ("0", 0), ("of another election", elsewhere)):
        altered(f"the pack that is kept: {comment}", "wrong-pack-number", (number, own[0]))
        altered(f"the pack that is cancelled: {comment}", "wrong-pack-number", (own[0], number))
    altered("kept and cancelled is one pack", "pair-of-one", (own[0], own[0]))
    altered("a wrong number in both places: the first", "wrong-pack-number", (own[0] ^ 1, own[0] ^ 1), flags="two-faults")
    descending = sorted([(own[0], others[0]), (own[0], others[3])], key=lambda pair: -pair[1])
    altered("pairs that descend and, in the lower one, a wrong pack number: the first", "pairs-out-of-order", descending[0],
            (own[0] ^ 1, descending[1][1]), flags="two-faults")
    altered("a wrong pack number and, after it, pairs that descend: the first", "wrong-pack-number",
            (own[0] ^ 1, descending[0][1]), descending[1], flags="two-faults")

    def changed(comment, reason, *changes, flags="altered", of=four, cut=0):
        data = of[:-64]
        for at, value in changes:
            assert data[at:at + len(value)] != value
            data = data[:at] + value + data[at + len(value):]
        read(comment, f"pairs {flags}", resigned(data[:len(data) - cut]), reason=reason)

    for number in (0, 3, 5, 2**60 + 4, 2**63, 2**64 - 1):
        changed(f"P = {number}, where there are 4", "wrong-length", (120, ref.u64(number)))
    # 16 rows more are as long as 97 pairs fewer: it fits a sum that comes round at 2^64.
    changed("N = 19 and P = -93: the length would fit", "wrong-length", (112, ref.u64(19)), (120, ref.u64(2**64 - 93)))
    changed("cut short by one pair", "wrong-length", cut=16)
    changed("cut short by one byte of a pair", "wrong-length", cut=1)
    changed("P = 1, and no pair", "wrong-length", (120, ref.u64(1)), of=good[ref.MEMBERS, 3])
    specimens = good[ref.SPECIMENS, 3]
    with_pair = specimens[:120] + ref.u64(1) + specimens[128:-64] + first + bytes(64)
    changed("a pair in a specimen batch", "pairs-of-specimens", of=with_pair)
    changed("a pair in a specimen batch, and byte 111: the first", "reserved-not-zero", (111, b"\1"), of=with_pair,
            flags="two-faults")
    changed("a pair in a specimen batch, and P = 2: the first", "wrong-length", (120, ref.u64(2)), of=with_pair,
            flags="two-faults")
    changed("a pair in a specimen batch, and a row of kind 4: the first", "pairs-of-specimens", (128 + 88, b"\4"),
            of=with_pair, flags="two-faults")
    changed("a row of kind 4, and a pair of one pack: the first", "unknown-kind", (128 + 88, b"\4"),
            (end, ref.u64(ref.number(first[8:]))), flags="two-faults")
    read("a pair in a specimen batch, and a wrong signature: the first", "pairs two-faults", with_pair,
         reason="pairs-of-specimens")
    at = end + 3
    read("a byte of a pair", "pairs altered", four[:at] + bytes([four[at] ^ 1]) + four[at + 1:], reason="wrong-signature")
    read("the number of pairs, and a pair", "pairs altered", four[:120] + ref.u64(3) + four[128:-80] + four[-64:],
         reason="wrong-signature")
