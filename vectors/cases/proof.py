"""Section 19: proof.json."""

import primitives
from builder import ELECTION, OTHER_ELECTION, VectorFile, fixed, input_bytes, text_or_hex, unhex, word
from cases.entries import AUTUMN, CODE, EVENTS, KEY, PACK, SEED, VOTER, fields, noted, set_aside
from cases.ordinary import ELECTION_DIGEST, register_rows
from counterfoil import sections as ref
from counterfoil.sections import Event, Note


def evaluate(t):
    election = bytes.fromhex(t["electionId"])
    if t["operation"] == "hold":
        digest, register_key, register, key = unhex(t, "electionDigest", "registerKey", "register", "checkpointKey")
        event, *_ = ref.read_proof(t["proof"].encode(), election, key)
        _, _, rows, _ = ref.read_register(register, election, digest, register_key)
        return {"type": event.type, "codeShown": ref.hold_against_register(event, rows)}
    if t["operation"] == "verify":
        event, index, entry_id, note, size = ref.read_proof(
            input_bytes(t, "proof"), election, bytes.fromhex(t["checkpointKey"]))
        said = {**fields(event), **noted(note), "index": index, "entryId": entry_id.hex(), "size": size}
        if "proofParts" in t:       # of a long reference the length will do
            said["noteReferenceLength"] = len(said.pop("noteReference").encode())
        return said
    constant, leaves = ref.election_constant(election), []
    for extra in t["extras"]:
        _, event, entry_id, note = ref.read_extra(bytes.fromhex(extra), constant)
        leaves.append(ref.leaf_hash(ref.leaf(entry_id, event, note)))
    checkpoint = ref.sign_checkpoint(election, bytes.fromhex(t["checkpointSeed"]), len(leaves), ref.tree_root(leaves))
    index = t["index"]
    return {"proof": ref.write_proof(bytes.fromhex(t["extras"][index]), index, ref.inclusion_path(index, leaves),
                                     checkpoint)}


def build():
    f = VectorFile(
        "proof.json",
        "Section 19, proofs. `prove`: the extra data of all entries of a log, and which of them is proved under a "
        "checkpoint of the whole. `verify`: what a proof says, or why it proves nothing. `hold`: a "
        "proof and the register of its pack: whether the entry shows the code of that pack, which not every entry does, "
        "or what a reader refuses. Reasons of checkpoint.json, log.json and register.json come up too.",
        {"prove": "proofs written", "verify": "proofs read", "hold": "proofs with a register",
         "not-in-register": "reason: the entry shows a code, and its pack is not in the register",
         "another-code": "reason: what the entry shows does not lead to the tag of its pack", "not-a-proof": "reason: not as proofs are written",
         "large": "as large as a reader takes them, and larger: the texts one after the other, each so many times",
         "two-faults": "the first of them gives the reason",
         "wrong-extra": "reason: extra data that are not event, id and three texts",
         "not-utf8": "reason: one of the texts is not UTF-8",
         "unknown-reason": "reason: a note with a reason that is not listed",
         **{reason: "reason: as in log.json" for reason in (
             "unknown-version", "unknown-type", "unknown-detail", "should-be-zero", "wrong-pack-number")},
         "does-not-lead": "reason: index, hashes, leaf and root do not belong together",
         "other-election": "reason: as in register.json",
         "not-a-note": "reason: as in checkpoint.json", "other-origin": "reason: as in checkpoint.json",
         "not-signed": "reason: as in checkpoint.json", "wrong-signature": "reason: as in checkpoint.json"},
        evaluate)
    note = Note("lost", "case 7", "A. Officer")
    extras = [ref.extra_data(event.encoded(), fixed(f"proof id {i}", 16), note if i % 3 == 0 else Note())
              for i, event in enumerate(EVENTS[:13])]

    def prove(comment, count, index):
        f.add(comment, "prove", {"operation": "prove", "electionId": ELECTION.hex(), "checkpointSeed": SEED.hex(),
                                 "extras": [e.hex() for e in extras[:count]], "index": index})
        return f.tests[-1]["proof"]

    def verify(comment, proof, election=ELECTION, key=KEY, flags="", **expected):
        f.add(comment, "verify " + flags, {"operation": "verify", "electionId": election.hex(), "checkpointKey": key.hex(),
                                  **text_or_hex("proof", proof)}, **expected)

    for count, index in ((1, 0), (2, 0), (2, 1), (7, 6), (8, 3), (13, 0), (13, 7), (13, 11), (13, 12)):
        proof = prove(f"entry {index} of {count}", count, index)
        verify(f"entry {index} of {count}", proof, index=index, size=count)
    good = prove("entry 9 of 13", 13, 9)
    verify("entry 9 of 13", good, index=9, type="second-attempt", noteOfficer="A. Officer")
    head, checkpoint = good.split("\n\n", 1)
    magic, extra, index, *path = head.split("\n")

    def assembled(magic=magic, extra=extra, index=index, path=path, gap="", checkpoint=checkpoint):
        return "\n".join([line for line in (magic, extra, index) if line is not None] + [*path, gap, checkpoint])

    assert assembled() == good
    read = lambda data: "extra " + ref.base64_text(data)
    witness = ref.sign_note(checkpoint.split("\n\n")[0] + "\n", "witness.example/w1", fixed("witness seed"))
    verify("behind a checkpoint that a witness signed too", good + witness, index=9)

    for comment, line in (("version 2", "c2sp.org/tlog-proof@v2"), ("a blank behind", magic + " "), ("none", None)):
        verify(f"first line: {comment}", assembled(magic=line), reason="not-a-proof")
    for comment, line in (("none", None), ("empty", ""), ("another word", extra.replace("extra", "Extra")),
                          ("no blank", extra.replace(" ", "")), ("two blanks", extra.replace(" ", "  ")),
                          ("without padding", extra.rstrip("=") if extra.endswith("=") else extra[:-1]),
                          ("a foreign character", extra[:20] + "*" + extra[21:]), ("in hex", "extra " + extras[9].hex() + "0")):
        verify(f"extra: {comment}", assembled(extra=line), reason="not-a-proof")
    for value in ("index", "index ", "index 09", "index +9", "index -1", "index 9 ", "index 0x9", "Index 9", "index nine",
                  "index " + "9" * 25, f"index {2**63}", "index \u0669", None):
        verify(f"{value!r}" if value else "no index", assembled(index=value), reason="not-a-proof")
    for number in (0, 8, 10, 12, 13, 2**63 - 1):
        verify(f"as entry {number}", assembled(index=f"index {number}"), reason="does-not-lead")
    verify("another line in front", "more\n" + good, reason="not-a-proof")
    verify("CRLF", good.replace("\n", "\r\n"), reason="not-a-proof")
    verify("empty", "", reason="not-a-proof")
    verify("without its checkpoint", head + "\n\n", reason="not-a-note")
    verify("without the empty line", head + "\n" + checkpoint, reason="not-a-proof")
    verify("not UTF-8", b"\xff" + good.encode(), reason="not-a-proof")
    for size in (10, len(head) // 2, len(head), len(good) // 2 + 200, len(good) - 1):
        cut = good[:size]
        verify(f"cut off behind {size} bytes", cut, reason="not-a-note" if "\n\n" in cut else "not-a-proof")

    for i in range(len(path)):
        verify(f"hash {i} left out", assembled(path=path[:i] + path[i + 1:]), reason="does-not-lead")
        verify(f"hash {i} altered", assembled(path=path[:i] + [ref.base64_text(fixed("no hash"))] + path[i + 1:]),
               reason="does-not-lead")
    verify("no hashes", assembled(path=[]), reason="does-not-lead")
    verify("one hash more", assembled(path=[*path, path[0]]), reason="does-not-lead")
    verify("65 hashes", assembled(path=path * 16 + path[:1]), reason="not-a-proof")
    verify("the hashes from the root down", assembled(path=path[::-1]), reason="does-not-lead")
    for comment, line in (("31 bytes", ref.base64_text(bytes(31))), ("in hex", fixed("root").hex()),
                          ("without padding", path[0].rstrip("=")), ("a blank behind", path[0] + " ")):
        verify(f"a hash: {comment}", assembled(path=[line, *path[1:]]), reason="not-a-proof")

    data = extras[9]
    for comment, place in (("the time", 9), ("the pack is another", None), ("the entry id", 106), ("the reason", None)):
        if place is not None:
            changed = data[:place] + ref.u8(data[place] ^ 1) + data[place + 1:]
        elif "pack" in comment:
            changed = data[:10] + ref.u64(ref.pack_number(word(12, "another pack"))) + data[18:]
        else:
            changed = data[:122] + Note("stolen", note.reference, note.officer).encoded()
        verify(f"extra, altered: {comment}", assembled(extra=read(changed)), reason="does-not-lead")
    verify("extra of the neighbour", assembled(extra=read(extras[8])), reason="does-not-lead")
    verify("extra: a reason that is not listed", assembled(extra=read(data[:122] + Note("whim").encoded())),
           reason="unknown-reason")
    verify("extra: an unknown type", assembled(extra=read(b"\1\x13" + data[2:])), reason="unknown-type")
    verify("extra: a detail where none is", assembled(extra=read(data[:105] + b"\1" + data[106:])),
           reason="should-be-zero")
    for comment, changed in (("121 bytes", data[:121]), ("no texts", data[:122]), ("two texts", data[:122] + bytes(8)),
                             ("four texts", data + bytes(4)), ("a byte behind", data + b"\0"), ("cut off", data[:-1]),
                             ("a length beyond the end", data[:122] + ref.u32(2**32 - 1)),
                             ("nothing", b"")):
        verify(f"extra: {comment}", assembled(extra=read(changed)), reason="wrong-extra")
    empty, bad = bytes(4), ref.LP(b"A. \xff")
    for comment, texts in (("reason", bad + empty + empty), ("reference", empty + bad + empty),
                           ("officer", empty + empty + bad)):
        verify(f"extra: the {comment} is not UTF-8", assembled(extra=read(data[:122] + texts)), reason="not-utf8")
    for comment, event, reason in (
            ("version 2", b"\2" + data[1:106], "unknown-version"),
            ("a symbol of its pack wrong", data[:17] + ref.u8(data[17] ^ 1) + data[18:106], "wrong-pack-number"),
            ("set aside for 9", set_aside(AUTUMN, PACK, 9).encoded(), "unknown-detail"),
            ("cancelled for 1", Event("pack-cancelled", AUTUMN, PACK, detail=b"\1").encoded(), "unknown-detail"),
            ("activated, count 2", Event("batch-activated", AUTUMN, batch=1, count=2).encoded(), "unknown-detail")):
        verify(f"extra: {comment}", assembled(extra=read(event + data[106:])), reason=reason)
        verify(f"extra: {comment}, and an officer that is not UTF-8", assembled(
            extra=read(event + data[106:122] + empty + empty + bad)), flags="two-faults", reason=reason)
        verify(f"extra: {comment}, and cut off", assembled(extra=read(event + data[106:-1])), flags="two-faults",
               reason="wrong-extra")
    verify("extra: a reason that is not listed, and an officer that is not UTF-8", assembled(
        extra=read(data[:122] + ref.LP(b"whim") + empty + bad)), flags="two-faults", reason="not-utf8")
    verify("extra: cut off, and a checkpoint that is not signed", assembled(extra=read(data[:-1]), checkpoint=checkpoint.split(
        "\n\n")[0] + "\n\n" + witness), flags="two-faults", reason="not-signed")
    verify("extra: an unknown type, and index 13", assembled(extra=read(b"\1\x13" + data[2:]), index="index 13"),
           flags="two-faults", reason="unknown-type")
    large_proofs(f)

    verify("in another election", good, election=OTHER_ELECTION, reason="other-origin")
    verify("under another key", good, key=primitives.ed25519_public_key(fixed("another seed")), reason="not-signed")
    verify("another size in its checkpoint", good.replace("\n13\n", "\n14\n"), reason="wrong-signature")
    verify("behind a checkpoint of fewer entries", assembled(
        checkpoint=prove("entry 2 of 10", 10, 2).split("\n\n", 1)[1]), reason="does-not-lead")
    proofs_and_a_register(f)
    return f


def proofs_and_a_register(f):
    """Every type of entry, and entries that show something else than they should."""
    seed = fixed("register seed")
    rows = register_rows("members-3", ref.MEMBERS, 3)
    ours, neighbour = rows[0], rows[2]
    ours.pack, ours.tag = PACK, CODE.tag
    neighbours = ref.code_values(ELECTION, fixed("ledger key"), word(20, "neighbour"))
    neighbour.tag = neighbours.tag
    register = ref.write_register(ELECTION, ELECTION_DIGEST, seed, "members-3", ref.MEMBERS, rows)
    without = ref.write_register(ELECTION, ELECTION_DIGEST, seed, "members-3", ref.MEMBERS, rows[1:])

    def hold(comment, event, register=register, digest=ELECTION_DIGEST, proof=None, **expected):
        extra = ref.extra_data(event.encoded(), fixed("proof id", 16), Note())
        head = ref.leaf_hash(ref.leaf(fixed("proof id", 16), event.encoded(), Note()))
        proof = proof or ref.write_proof(extra, 0, [], ref.sign_checkpoint(ELECTION, SEED, 1, head))
        f.add(comment, "hold", {"operation": "hold", "electionId": ELECTION.hex(), "electionDigest": digest.hex(),
                                "registerKey": primitives.ed25519_public_key(seed).hex(), "register": register.hex(),
                                "checkpointKey": KEY.hex(), "proof": proof}, **expected)

    showing = ("vote-cast", "wrong-answers", "second-attempt")
    for event in {event.type: event for event in EVENTS}.values():
        hold(event.type, event, codeShown=event.type in showing)
        hold(f"{event.type}, its pack in no row", event, without,
             **({"reason": "not-in-register"} if event.type in showing else {"codeShown": False}))
    mark = fixed("mark", 16)
    values = {"second": CODE.second, "opening": CODE.opening, "trial": CODE.trial, "tag": CODE.tag,
              "neighbour's": None, "zeros": bytes(32)}
    for type, own in zip(showing, ("opening", "trial", "second")):
        for name, value in values.items():
            if name == own:
                continue
            value = value or getattr(neighbours, own)
            event = Event(type, AUTUMN, PACK, VOTER if type == "vote-cast" else bytes(16),
                          detail=value if type == "second-attempt" else mark + value)
            hold(f"{type}: {name} in place of its {own}", event, reason="another-code")
    vote = next(event for event in EVENTS if event.type == "vote-cast")
    hold("a register of another election", vote, digest=fixed("another digest"), reason="other-election")
    hold("a proof that proves nothing, and a register of another election", vote, digest=fixed("another digest"),
         proof="no proof", reason="not-a-proof")


def large_proofs(f):
    """A log of one entry with a long reference, in a proof of so many bytes: what is left to the size after
    extra data and checkpoint, signatures of witnesses fill."""
    event = Event("second-attempt", AUTUMN, PACK, detail=CODE.second).encoded() + fixed("proof id", 16)
    for size, reason in ((1 << 18, None), ((1 << 18) + 1, "not-a-proof")):
        reference = "x" * 99_000            # its base64 is `eHh4`, again and again
        extra = event + bytes(4) + ref.LP(reference.encode()) + bytes(4)
        hash = ref.leaf_hash(ref.leaf(event[106:], event[:106], Note("", reference)))
        proof = ref.write_proof(extra, 0, [], ref.sign_checkpoint(ELECTION, SEED, 1, hash))
        before, behind = proof.split("eHh4" * 30_000, 1)
        line = f"\u2014 witness.example/{'w' * 40} {ref.base64_text(bytes(77))}\n"
        count, rest = divmod(size - len(proof.encode()) - 200, len(line.encode()))
        first = f"\u2014 {'v' * (rest + 200 - 102)} {ref.base64_text(bytes(70))}\n"
        inputs = {"operation": "verify", "electionId": ELECTION.hex(), "checkpointKey": KEY.hex(), "proofParts": [
            {"text": before, "times": 1}, {"text": "eHh4", "times": 30_000}, {"text": behind + first, "times": 1},
            {"text": line, "times": count}]}
        f.add("256 KiB" if reason is None else "one byte more than 256 KiB", "verify large", inputs,
              **({"reason": reason} if reason else {"noteReferenceLength": 99_000}))
        data = input_bytes(inputs, "proof")
        assert len(data) == size and len(data.split(b"\n\n", 1)[1]) <= 1 << 17
