"""The cases of section 19, the log: log.json, tree.json, checkpoint.json, proof.json.

As in cases.py, beside which it stands: one `evaluate` function a file.
"""

import primitives
from counterfoil import sections as ref
from cases import ELECTION, K, OTHER_ELECTION, VectorFile, fixed, hexes, input_bytes, text_or_hex, unhex, word
from counterfoil.sections import Event, Note, Refused

SEED = fixed("checkpoint seed")
KEY = primitives.ed25519_public_key(SEED)
AUTUMN = 1_788_364_800_000
PACK = ref.pack_number(word(12, "log pack"))
VOTER = fixed("log voter", 16)

# One of every type, and of every number that a detail can have.
EVENTS = [
    Event("created", AUTUMN, detail=fixed("election digest")), Event("desk-opened", AUTUMN + 1),
    Event("register-loaded", AUTUMN + 2, batch=1, count=172_437, detail=fixed("register digest") * 2),
    Event("batch-activated", AUTUMN + 3, batch=1, count=1), Event("batch-activated", AUTUMN + 4, batch=2, count=0),
    Event("ballot-opened", AUTUMN + 5, count=600_000, detail=ref.u64(AUTUMN + 10**9)),
    Event("ballot-opened", AUTUMN + 5, count=0, detail=ref.u64(0)),
    Event("vote-cast", AUTUMN + 6, PACK, VOTER, detail=fixed("fingerprint", 16)),
    Event("wrong-answers", AUTUMN + 7, PACK, detail=fixed("answer tag", 16)),
    Event("second-attempt", AUTUMN + 8, PACK), Event("post-received", AUTUMN + 9, PACK, VOTER),
    *(Event("post-set-aside", AUTUMN + 10, PACK, detail=ref.u8(why)) for why in range(1, 9)),
    Event("post-annulled", AUTUMN + 11, PACK, VOTER),
    *(Event("pack-cancelled", AUTUMN + 12, PACK, detail=ref.u8(why)) for why in (2, 3)),
    Event("pack-unlocked", AUTUMN + 13, PACK), Event("batch-reconciled", AUTUMN + 14, batch=1, count=17),
    Event("batch-withdrawn", AUTUMN + 15, batch=1),
    Event("ballot-extended", AUTUMN + 16, detail=ref.u64(AUTUMN + 2 * 10**9)),
    Event("ballot-closed", AUTUMN + 17, detail=ref.u64(AUTUMN + 10)), Event("ballot-final", AUTUMN + 18),
]


def fields(event):
    return {"type": event.type, "at": event.at, "pack": f"{event.pack:016x}", "voter": event.voter.hex(),
            "batch": event.batch, "count": event.count, "detail": event.detail.hex()}


def noted(note):
    return {"noteReason": note.reason, "noteReference": note.reference, "noteOfficer": note.officer}


# --- log.json ---------------------------------------------------------------------------------

def evaluate_log(t):
    if t["operation"] == "read":
        return fields(ref.read_event(bytes.fromhex(t["event"]), t["constant"]))
    election, entry_id, pack, voter, detail = unhex(t, "electionId", "entryId", "pack", "voter", "detail")
    event = Event(t["type"], t["at"], ref.number(pack), voter, t["batch"], t["count"], detail).encoded()
    note = Note(t["noteReason"], t["noteReference"], t["noteOfficer"])
    leaf = ref.leaf(election, entry_id, event, note)
    return hexes(event=event, noteBytes=note.encoded(), leaf=leaf, leafHash=ref.leaf_hash(leaf))


def log():
    f = VectorFile(
        "log.json",
        "Section 19, entries. `write`: an event, an entry id and a note give the event's 106 bytes, the bytes that "
        "are hashed for the note, the leaf and its hash. `read`: what 106 bytes say, or why they are no event. "
        "`constant` is the election's K.",
        {"write": "entries written", "read": "events read", "each": "one of every type and listed number",
         "note": "notes: every reason, bytes that are not ASCII, and none", "times": "other times",
         "not-judged": "what an audit may find fault with, and a reader of entries does not",
         "two-faults": "the first of them gives the reason",
         "blinding": "another entry id, or election, all else the same",
         "should-be-zero": "reason: what the event does not have is not zero",
         "wrong-length": "reason: not 106 bytes", "unknown-version": "reason: not version 1",
         "unknown-type": "reason: no type in the table", "unknown-detail": "reason: a number that the table does not give",
         "wrong-pack-number": "reason: upper bits that are not zero, or wrong check symbols"},
        evaluate_log)

    def write(comment, flags, event, note=Note(), name="1", election=ELECTION):
        f.add(comment, "write " + flags, {
            "operation": "write", "electionId": election.hex(), "entryId": fixed(f"entry id {name}", 16).hex(),
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
    write("another election", "blinding", cancelled, Note("lost", "case 7", "A. Officer"), election=OTHER_ELECTION)
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
                           ("no voter", Event("vote-cast", AUTUMN, PACK, detail=fixed("fingerprint", 16))),
                           ("no voter", Event("post-received", AUTUMN, PACK)),
                           ("a tag of zero bytes", Event("wrong-answers", AUTUMN, PACK, detail=bytes(16)))):
        read(f"{event.type}: {comment}", "not-judged", event.encoded(), **fields(event))
    for at in (0, 2**63 - 1):
        write(f"at {at}", "times", Event("ballot-final", at))
        read(f"at {at}", "times", Event("ballot-final", at).encoded())

    # Each field that an event does not have, and each byte behind its detail.
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


# --- tree.json --------------------------------------------------------------------------------

def evaluate_tree(t):
    if t["operation"] == "lead":
        leaf, *path = unhex(t, "leafHash") + [bytes.fromhex(h) for h in t["path"]]
        root = ref.root_of_path(t["index"], t["size"], leaf, path) if t["index"] < t["size"] else None
        if root is None:
            raise Refused("wrong-path")
        if root.hex() != t["root"]:
            raise Refused("does-not-lead")
        return {}
    hashes = [ref.leaf_hash(bytes.fromhex(leaf)) for leaf in t["leaves"]]
    join = lambda parts: b"".join(parts).hex()
    return {"root": ref.tree_root(hashes).hex(),
            "kept": [join(ref.stored_hashes(hashes, i)) for i in range(len(hashes))],
            "paths": [join(ref.inclusion_path(i, hashes)) for i in range(len(hashes))]}


# The leaves and roots with which the logs of RFC 6962 test themselves: 0 to 8 leaves.
KNOWN_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
KNOWN_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def tree():
    f = VectorFile(
        "tree.json",
        "Section 19, the tree. `grow`: leaves give the root; for each leaf the hashes that are kept beside it, one "
        "behind the other, and likewise the hashes that prove it, its sibling first. `lead`: whether a path leads "
        "from a leaf's hash to a root.",
        {"grow": "trees", "lead": "paths", "known-answer": "leaves and roots with which other logs test themselves",
         "each": "every size from 0 to 40", "right": "the path of the tree itself",
         "wrong-path": "reason: not as many hashes as index and size ask for, or no such index",
         "does-not-lead": "reason: another root"},
        evaluate_tree)
    for n, root in enumerate(KNOWN_ROOTS):
        f.add(f"{n} known leaves", "grow known-answer", {"operation": "grow", "leaves": KNOWN_LEAVES[:n]}, root=root)
    leaves = [ref.u16(i).hex() for i in range(40)]
    for n in range(1, 41):
        f.add(f"{n} leaves", "grow each", {"operation": "grow", "leaves": leaves[:n]})

    hashes = [ref.leaf_hash(bytes.fromhex(leaf)) for leaf in leaves]

    def lead(comment, flags, index, size, path, leaf=None, root=None, **expected):
        f.add(comment, "lead " + flags, {
            "operation": "lead", "index": index, "size": size, "leafHash": (leaf or hashes[index]).hex(),
            "path": [h.hex() for h in path], "root": (root or ref.tree_root(hashes[:size])).hex()}, **expected)

    for index, size in ((0, 1), (0, 2), (12, 13), (5, 13), (39, 40), (7, 8)):
        path = ref.inclusion_path(index, hashes[:size])
        at = f"leaf {index} of {size}"
        lead(at, "right", index, size, path)
        lead(f"{at}, one hash more", "", index, size, [*path, hashes[0]], reason="wrong-path")
        lead(f"{at}, another leaf", "", index, size, path, leaf=fixed("no leaf"), reason="does-not-lead")
        lead(f"{at}, another root", "", index, size, path, root=fixed("no root"), reason="does-not-lead")
        lead(f"{at}, the index behind the last", "", size, size, path, leaf=hashes[index], reason="wrong-path")
        if path:
            lead(f"{at}, one hash fewer", "", index, size, path[:-1], reason="wrong-path")
            for i in range(len(path)):
                changed = [*path]
                changed[i] = fixed("no hash")
                lead(f"{at}, hash {i} altered", "", index, size, changed, reason="does-not-lead")
        if len(path) > 1:
            lead(f"{at}, no hash", "", index, size, [], reason="wrong-path")
            lead(f"{at}, from the root down", "", index, size, path[::-1], reason="does-not-lead")
    # A neighbour's index has a path of the same length.
    lead("leaf 5 as leaf 4", "", 4, 13, ref.inclusion_path(5, hashes[:13]), leaf=hashes[5], reason="does-not-lead")
    lead("leaf 5 of 13 as of 14", "", 5, 14, ref.inclusion_path(5, hashes[:13]), reason="does-not-lead")
    # An inner node that passes for a leaf: the zero byte in front is against it.
    node = ref.node_hash(hashes[4], hashes[5])
    lead("a node of 13 as a leaf of 13", "", 5, 13, ref.inclusion_path(5, hashes[:13])[1:], leaf=node,
         reason="wrong-path")
    return f


# --- checkpoint.json --------------------------------------------------------------------------

def evaluate_checkpoint(t):
    election = bytes.fromhex(t["electionId"])
    if t["operation"] == "read":
        size, root = ref.read_checkpoint(input_bytes(t, "note"), election, bytes.fromhex(t["checkpointKey"]))
        return {"size": size, "root": root.hex()}
    seed, root = unhex(t, "checkpointSeed", "root")
    key = primitives.ed25519_public_key(seed)
    name = ref.log_origin(election)
    return {"checkpointKey": key.hex(), "keyHash": ref.note_key_hash(name, key).hex(),
            "checkpointPub": ref.note_key(name, key), "signedText": ref.checkpoint_text(election, t["size"], root),
            "note": ref.sign_checkpoint(election, seed, t["size"], root)}


def checkpoint():
    f = VectorFile(
        "checkpoint.json",
        "Section 19, checkpoints. `sign`: a tree head and the checkpoint seed give the key and its hash, what is "
        "signed, and the note. `read`: what a note says under a key, or why it is no checkpoint of this log.",
        {"sign": "checkpoints written", "read": "checkpoints read", "others": "with further lines or signatures",
         "large": "as large as a reader takes them, and larger: the texts one after the other, each so many times",
         "not-a-note": "reason: not as signed notes are written",
         "not-a-checkpoint": "reason: a note, but its lines are not a checkpoint's",
         "other-origin": "reason: of another log",
         "not-signed": "reason: no signature under this log's name and key hash",
         "wrong-signature": "reason: one of them does not verify"},
        evaluate_checkpoint)
    root = fixed("root")
    name, dash = ref.log_origin(ELECTION), "\u2014"

    def sign(comment, size, election=ELECTION, seed=SEED, root=root):
        f.add(comment, "sign", {"operation": "sign", "electionId": election.hex(), "checkpointSeed": seed.hex(),
                                "size": size, "root": root.hex()})
        return f.tests[-1]["note"]

    def read(comment, flags, note, election=ELECTION, key=KEY, **expected):
        f.add(comment, "read " + flags, {"operation": "read", "electionId": election.hex(), "checkpointKey": key.hex(),
                                         **text_or_hex("note", note)}, **expected)

    def signed(text, *more, seed=SEED, under=name):
        return text + "\n" + ref.sign_note(text, under, seed) + "".join(more)

    good = sign("some size", 1729)
    for size in (1, 172_437, 2**63 - 1):
        read(f"{size} entries", "", sign(f"{size} entries", size), size=size, root=root.hex())
    read("an empty log", "", sign("an empty log", 0, root=ref.tree_root([])), size=0)
    other = sign("another election", 1729, OTHER_ELECTION)
    rival = sign("another desk", 1729, seed=fixed("another seed"))
    read("as written", "", good, size=1729, root=root.hex())

    text, signature = good.split("\n\n")
    text += "\n"
    lines = text.split("\n")[:3]
    witness = ref.sign_note(text, "witness.example/w1", fixed("witness seed"))
    cosigned = f"{dash} witness.example/w2 {ref.base64_text(fixed('key hash', 4) + ref.u8(4) + bytes(8) + bytes(64))}\n"
    read("a witness signed behind us", "others", good + witness, size=1729)
    read("a witness signed before us", "others", text + "\n" + witness + signature, size=1729)
    read("a witness whose name begins with an accent", "others",
         text + "\n" + witness.replace("witness.", "\u0301witness.") + signature, size=1729)
    read("a signature of another type and length", "others", good + cosigned, size=1729)
    read("two further lines, which are signed", "others", signed(text + "one line\nand another\n"), size=1729)
    read("a signature under our name with another key", "others", good + rival.split("\n\n")[1], size=1729)
    read("our signature twice", "others", good + signature, size=1729)
    ours = f"{ref.base64_text(ref.note_key_hash(name, KEY) + bytes(64))}\n"
    read("a signature of another name that has our key hash", "others", good + f"{dash} witness.example/w1 {ours}",
         size=1729)
    read("the same before ours", "others", text + "\n" + f"{dash} witness.example/w1 {ours}" + signature, size=1729)
    for comment, line in ((name[:-1], f"{dash} {name[:-1]} {ours}"), (name + "0", f"{dash} {name}0 {ours}")):
        read(f"the name of a signature that is not ours: {comment}", "others", good + line, size=1729)

    def large(comment, length, **expected):
        """A note of so many bytes: signatures of witnesses, one of them in a length that fits."""
        line = f"{dash} witness.example/{'w' * 40} {encode(77)}\n"
        count, rest = divmod(length - len(good.encode()) - 200, len(line.encode()))
        first = f"{dash} {'v' * (rest + 200 - 102)} {encode(70)}\n"
        f.add(comment, "read large", {
            "operation": "read", "electionId": ELECTION.hex(), "checkpointKey": KEY.hex(),
            "noteParts": [{"text": good + first, "times": 1}, {"text": line, "times": count}]}, **expected)
        assert len(input_bytes(f.tests[-1], "note")) == length

    encode = lambda size: ref.base64_text(bytes(size))
    large("128 KiB", 1 << 17, size=1729)
    large("one byte more than 128 KiB", (1 << 17) + 1, reason="not-a-note")

    read("of another election", "", other, reason="other-origin")
    read("in another election", "", good, election=OTHER_ELECTION, reason="other-origin")
    for origin in ("counterfoil", name + "x", name[:-1], name.upper(), "counterfoil/" + ELECTION.hex().upper(), " " + name):
        read(f"origin {origin!r}", "", signed("\n".join([origin, *lines[1:], ""])), reason="other-origin")
    for size in ("", "-1", "+1", "01", "00", "1,729", "1 729", "1729 ", " 1729", "0x10", "1e3", "one", str(2**63),
                 str(2**64), "\u0661"):
        if size:
            read(f"size {size!r}", "", signed(f"{lines[0]}\n{size}\n{lines[2]}\n"), reason="not-a-checkpoint")
    b64 = lines[2]
    for comment, value in (("31 bytes", ref.base64_text(root[:31])), ("33 bytes", ref.base64_text(root + b"\0")),
                           ("without padding", b64.rstrip("=")), ("in hex", root.hex()),
                           ("stray bits", b64[:-2] + chr(ord(b64[-2]) + 1) + "="), ("a blank", b64 + " "),
                           ("the other alphabet", ref.base64_text(b"\xfb\xff" * 16).replace("/", "_").replace("+", "-"))):
        read(f"root: {comment}", "", signed(f"{lines[0]}\n{lines[1]}\n{value}\n"), reason="not-a-checkpoint")
    read("no root", "", signed("\n".join(lines[:2]) + "\n"), reason="not-a-checkpoint")
    read("an empty line among the lines", "", signed(text + "\nmore\n"), reason="not-a-checkpoint")
    read("an empty further line", "", signed(text + "more\n\n"), reason="not-a-checkpoint")

    read("no signature", "", text + "\n", reason="not-a-note")
    read("no empty line", "", text + signature, reason="not-a-note")
    read("empty", "", "", reason="not-a-note")
    read("a line feed", "", "\n", reason="not-a-note")
    read("no line feed at the end", "", good[:-1], reason="not-a-note")
    read("two line feeds at the end", "", good + "\n", reason="not-a-note")
    for comment, c in (("CR", "\r"), ("tab", "\t"), ("NUL", "\0"), ("escape", "\x1b")):
        read(f"a {comment} in the text, signed", "", signed(text + f"a{c}b\n"), reason="not-a-note")
        read(f"a {comment} in a name", "", good + witness.replace("w1", f"w{c}1"), reason="not-a-note")
    read("CRLF", "", good.replace("\n", "\r\n"), reason="not-a-note")
    read("not UTF-8", "", good.encode() + b"\xe2\x80\x94 \xff AAAAAAA=\n", reason="not-a-note")
    encoded = signature.split(" ")[2].rstrip("\n")
    for comment, line in (("a hyphen for the dash", f"- {name} {encoded}"), ("no name", f"{dash}  {encoded}"),
                          ("two blanks", f"{dash} {name}  {encoded}"), ("no signature", f"{dash} {name}"),
                          ("not base64", f"{dash} {name} !!!!"), ("four bytes", f"{dash} {name} AAAAAA=="),
                          ("a plus in a name", f"{dash} a+b {encoded}"),
                          ("a plus with an accent in a name", f"{dash} a+\u0301b {encoded}"), ("a no-break space in a name",
                          f"{dash} a\u00a0b {encoded}"), ("something behind", f"{dash} {name} {encoded} x")):
        read(f"a line that is no signature: {comment}", "", good + line + "\n", reason="not-a-note")

    read("signed by another desk", "", rival, reason="not-signed")
    read("under another key", "", good, key=primitives.ed25519_public_key(fixed("another seed")), reason="not-signed")
    read("signed by a witness alone", "", text + "\n" + witness, reason="not-signed")
    read("signed under another name", "", signed(text, under="counterfoil"), reason="not-signed")
    read("signed under another name, with our key hash", "",
         text + "\n" + f"{dash} counterfoil {signature.split(' ')[2]}", reason="not-signed")
    hash = ref.note_key_hash(name, KEY)
    true = primitives.ed25519_sign(SEED, text.encode())

    def by_us(signature, of=text):
        return f"{of}\n{dash} {name} {ref.base64_text(hash + signature)}\n"

    for place in (0, 31, 32, 63):
        read(f"byte {place} of the signature", "", by_us(true[:place] + ref.u8(true[place] ^ 1) + true[place + 1:]),
             reason="wrong-signature")
    read("63 bytes", "", by_us(true[:63]), reason="wrong-signature")
    read("65 bytes", "", by_us(true + b"\0"), reason="wrong-signature")
    read("s + L, which is the same signature in another form", "", by_us(
        true[:32] + (int.from_bytes(true[32:], "little") + primitives.L).to_bytes(32, "little")),
        reason="wrong-signature")
    read("another size under this signature", "", by_us(true, text.replace("1729", "1730")), reason="wrong-signature")
    read("another root under this signature", "", by_us(true, ref.checkpoint_text(ELECTION, 1729, fixed("no root"))),
         reason="wrong-signature")
    read("a further line that is not signed", "", by_us(true, text + "more\n"), reason="wrong-signature")
    read("the empty line signed too", "", by_us(primitives.ed25519_sign(SEED, text.encode() + b"\n")),
         reason="wrong-signature")
    read("a right signature and a wrong one of ours", "", good + by_us(bytes(64)).split("\n\n")[1],
         reason="wrong-signature")
    return f


# --- proof.json -------------------------------------------------------------------------------

def evaluate_proof(t):
    election = bytes.fromhex(t["electionId"])
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
        leaves.append(ref.leaf_hash(ref.leaf(election, entry_id, event, note)))
    checkpoint = ref.sign_checkpoint(election, bytes.fromhex(t["checkpointSeed"]), len(leaves), ref.tree_root(leaves))
    index = t["index"]
    return {"proof": ref.write_proof(bytes.fromhex(t["extras"][index]), index, ref.inclusion_path(index, leaves),
                                     checkpoint)}


def proof():
    f = VectorFile(
        "proof.json",
        "Section 19, proofs. `prove`: the extra data of all entries of a log, and which of them is proved under a "
        "checkpoint of the whole. `verify`: what a proof says, or why it proves nothing. Reasons of checkpoint.json "
        "and log.json come up too.",
        {"prove": "proofs written", "verify": "proofs read", "not-a-proof": "reason: not as proofs are written",
         "large": "as large as a reader takes them, and larger: the texts one after the other, each so many times",
         "two-faults": "the first of them gives the reason",
         "wrong-extra": "reason: extra data that are not event, id and three texts",
         "not-utf8": "reason: one of the texts is not UTF-8",
         "unknown-reason": "reason: a note with a reason that is not listed",
         **{reason: "reason: as in log.json" for reason in (
             "unknown-version", "unknown-type", "unknown-detail", "should-be-zero", "wrong-pack-number")},
         "does-not-lead": "reason: index, hashes, leaf and root do not belong together",
         "not-a-note": "reason: as in checkpoint.json", "other-origin": "reason: as in checkpoint.json",
         "not-signed": "reason: as in checkpoint.json", "wrong-signature": "reason: as in checkpoint.json"},
        evaluate_proof)
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
            ("set aside for 9", Event("post-set-aside", AUTUMN, PACK, detail=b"\x09").encoded(), "unknown-detail"),
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
    return f


def large_proofs(f):
    """A log of one entry with a long reference, in a proof of so many bytes: what is left to the size after
    extra data and checkpoint, signatures of witnesses fill."""
    event = Event("second-attempt", AUTUMN, PACK).encoded() + fixed("proof id", 16)
    for size, reason in ((1 << 18, None), ((1 << 18) + 1, "not-a-proof")):
        reference = "x" * 99_000            # its base64 is `eHh4`, again and again
        extra = event + bytes(4) + ref.LP(reference.encode()) + bytes(4)
        hash = ref.leaf_hash(ref.leaf(ELECTION, event[106:], event[:106], Note("", reference)))
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


# --- audit.json -------------------------------------------------------------------------------

def evaluate_audit(t):
    registers = [(register["batchKind"], [
        (ref.number(bytes.fromhex(row["pack"])), bytes.fromhex(row["voterNumber"]), row["kind"],
         ref.number(bytes.fromhex(row["replaces"]))) for row in register["rows"]]) for register in t["registers"]]
    election, digest = unhex(t, "electionId", "electionDigest")
    online, by_post = ref.audit_rules([bytes.fromhex(entry) for entry in t["entries"]], registers, digest,
                                      ref.election_constant(election), (t["lock"], t["lifetime"]))
    return {"votesOnline": online, "votesByPost": by_post}


# Packs by numbers of ours: 1 to 5 in the first batch, of which 5 is for post alone and 2 has the voter of 1; 6 in the
# second; the specimen 7; 8, which replaces 4; 9, which replaces 8, and 10, which replaces 3 and carries the number of 6.
TOWN = [(1, [1, 2, 3, 4, 5]), (1, [6]), (2, [7]), (3, [8]), (3, [9, 10])]
VOTERS, KINDS, REPLACED = {2: 1, 8: 4, 9: 4, 10: 6}, {5: 2, 7: 3}, {8: 4, 9: 8, 10: 3}


def audit():
    f = VectorFile(
        "audit.json",
        "Section 19, an audit, point 2 and the first of point 1: registers in the order of loading, by their batch kind "
        "and of each row what the rules ask for, and the entries of a log. It follows the rules and holds so many votes, "
        "or `entry` is the number of the first entry that does not. Register digests are for point 4, and those here are "
        "of nothing.",
        {"clean": "a log that a desk could have written", "created": "the first entry, and no other", "online": "votes and "
         "attempts", "post": "envelopes", "officers": "what officers do to packs", "batches": "batches and returns",
         "ballot": "opening, closing, the end", "boundary": "the moment itself, and the one beside it",
         "breaks-a-rule": "reason: an entry that does not follow the rules"},
        evaluate_audit)
    number = {n: ref.pack_number(word(12, f"audit pack {n}")) for n in (*range(1, 11), 99)}
    voter = {n: fixed(f"audit voter {VOTERS.get(n, n)}", 16) for n in number}
    registers = [{"batchKind": kind, "rows": [
        {"pack": ref.u64(number[n]).hex(), "voterNumber": voter[n].hex(), "kind": KINDS.get(n, 1),
         "replaces": ref.u64(number.get(REPLACED.get(n), 0)).hex()} for n in packs]} for kind, packs in TOWN]
    at = lambda second: AUTUMN + 1000 * second
    digest = fixed("election digest")
    created = Event("created", at(0), detail=digest)
    loaded = [Event("register-loaded", at(1), batch=n, count=len(packs), detail=fixed(f"register {n}") * 2)
              for n, (_, packs) in enumerate(TOWN, 1)]
    activated = [Event("batch-activated", at(2), batch=n, count=count) for n, count in ((1, 0), (3, 1), (4, 0))]
    # Open from 3 until 1,000, with 60 seconds of grace.
    opened = Event("ballot-opened", at(3), count=60_000, detail=ref.u64(at(1000)))
    ready = [created, Event("desk-opened", at(0)), *loaded, *activated, opened]

    def log(comment, flags, entries, **expected):
        f.add(comment, flags, {"operation": "follow", "electionId": ELECTION.hex(), "electionDigest": digest.hex(),
                               "lock": 3, "lifetime": 5, "registers": registers,
                               "entries": [entry.encoded().hex() for entry in entries]}, **expected)

    def timed(events, second):
        """Events of which each has its own time, or is a second after the one before."""
        return [event if event.at else Event(event.type, at(second + i), event.pack, event.voter, event.batch, event.count,
                                             event.detail) for i, event in enumerate(events)]

    def fine(comment, flags, *events, second=10, before=ready, **expected):
        log(comment, "clean " + flags, [*before, *timed(events, second)], **expected)

    def bad(comment, flags, *events, second=10, before=ready):
        """The last event breaks a rule. Without it the log is clean, which is the control."""
        entries = [*before, *timed(events, second)]
        log(comment, flags, entries, reason="breaks-a-rule", entry=len(entries) - 1)
        control = f.run({**f.tests[-1], "entries": f.tests[-1]["entries"][:-1]})
        assert control["result"] == "valid" or entries[-2].detail[:1] == b"\3", comment

    def vote(n, of=None, **more):
        return Event("vote-cast", more.get("at", 0), number[n], voter[of or n], detail=fixed("fingerprint", 16))

    def about(type, n, detail=b"", **more):
        return Event(type, more.get("at", 0), number[n], detail=detail)

    post = lambda n, of=None: Event("post-received", 0, number[n], voter[of or n])
    annul = lambda n, of=None: Event("post-annulled", 0, number[n], voter[of or n])
    wrong = lambda n, tag, at=0: Event("wrong-answers", at, number[n], detail=fixed(f"tag {tag}", 16))
    second = lambda n: about("second-attempt", n)
    aside = lambda n, why: about("post-set-aside", n, ref.u8(ref.SET_ASIDE[why]))
    cancel, missing, unlock = (lambda n: about("pack-cancelled", n, b"\2"), lambda n: about("pack-cancelled", n, b"\3"),
                               lambda n: about("pack-unlocked", n))
    activate = lambda n, count: Event("batch-activated", 0, batch=n, count=count)
    withdraw, reconcile = (lambda n: Event("batch-withdrawn", 0, batch=n),
                           lambda n, count: Event("batch-reconciled", 0, batch=n, count=count))
    closed = lambda second, own=0: Event("ballot-closed", own, detail=ref.u64(at(second)))
    extended = lambda second: Event("ballot-extended", 0, detail=ref.u64(at(second)))
    desk, final = Event("desk-opened", 0), Event("ballot-final", 0)

    fine("created, and nothing else", "created", before=[created], votesOnline=0)
    fine("ready", "", votesOnline=0, votesByPost=0)
    fine("a bit of everything", "", vote(1), second(2), post(5), annul(5), post(5), aside(5, "scanned-before"),
         aside(1, "voted-online"), aside(6, "inactive"), aside(7, "specimen"), aside(4, "superseded"), wrong(3, 1), wrong(3, 2),
         wrong(3, 3), unlock(3), wrong(3, 3), wrong(3, 2), cancel(6), activate(2, 0), closed(28), extended(2000), vote(8),
         closed(31), post(3), final, votesOnline=2, votesByPost=2)
    log("nothing created", "created", ready[1:], reason="breaks-a-rule", entry=0)
    log("created in another election", "created", [Event("created", at(0), detail=fixed("another digest")), *ready[1:]],
        reason="breaks-a-rule", entry=0)
    bad("created again", "created", Event("created", at(9), detail=digest))
    bad("an event that is none: superseded by an entry of its own", "created", about("pack-cancelled", 3, b"\1"))

    for n, why in ((6, "inactive"), (7, "a specimen"), (5, "for post alone"), (4, "superseded")):
        bad(f"a vote: {why}", "online", vote(n))
        if n != 5:
            bad(f"received: {why}", "post", post(n))
        if n != 4:
            bad(f"wrong answers: {why}", "online", wrong(n, 1))
    bad("a vote: cancelled", "online", cancel(3), vote(3))
    bad("a vote: withdrawn", "online", withdraw(1), vote(3))
    bad("a vote: missing at the print house", "online", missing(3), reconcile(1, 1), vote(3))
    bad("a vote: a pack of no register", "online", vote(99))
    bad("a vote: of another voter", "online", vote(3, 1))
    bad("a vote: the voter's second, same pack", "online", vote(1), vote(1))
    bad("a vote: the voter's second, another pack", "online", vote(1), vote(2))
    bad("a vote: the voter voted by post", "online", post(3), vote(3))
    bad("a vote: the voter voted by post with another pack", "online", post(1), vote(2))
    bad("a vote: after an annulled one, and then another", "online", post(3), annul(3), vote(3), vote(3))
    fine("a vote after an annulled one", "online", post(3), annul(3), vote(3), votesOnline=1, votesByPost=0)
    fine("a vote with a locked pack, which a pass allows", "online", wrong(3, 1), wrong(3, 2), wrong(3, 3), vote(3), votesOnline=1)
    fine("a vote, closed, the last moment of the grace", "online boundary", closed(10), vote(3, at=at(70) - 1), votesOnline=1)
    bad("a vote, closed, the end of the grace", "online boundary", closed(10), vote(3, at=at(70)))
    fine("a vote, the last moment before the closing time", "online boundary", vote(3, at=at(1000) - 1), votesOnline=1)
    bad("a vote at the closing time, and no close before it", "online boundary", vote(3, at=at(1000)))
    fine("a vote at the closing time, behind the close", "online boundary", closed(1000, at(1000)), vote(3, at=at(1000)),
         votesOnline=1)
    unopened = ready[:-1]
    for comment, event in (("a vote", vote(3)), ("wrong answers", wrong(3, 1)), ("received", post(3)),
                           ("set aside", aside(6, "inactive"))):
        bad(f"{comment}: before", "online" if event.type != "post-received" else "post", event, before=unopened)

    locking = [wrong(3, 1), wrong(3, 2), wrong(3, 3)]
    fine("wrong answers: the same again, but not the last", "online", wrong(3, 1), wrong(3, 2), wrong(3, 1))
    bad("wrong answers: the same as the last", "online", wrong(3, 1), wrong(3, 1))
    fine("wrong answers: the same as the last before the unlock", "online", *locking, unlock(3), wrong(3, 3))
    bad("wrong answers: locked", "online", *locking, wrong(3, 4))
    bad("wrong answers: the lifetime is used up", "online", *locking, unlock(3), wrong(3, 4), wrong(3, 5), wrong(3, 6))
    bad("wrong answers: closed, in the grace", "online", closed(10), wrong(3, 1))
    fine("wrong answers: cancelled, and the voter has voted", "online", vote(3), cancel(3), wrong(3, 1))
    bad("a second attempt: no vote", "online", second(3))
    bad("a second attempt: the vote was annulled", "online", post(3), annul(3), second(3))
    bad("a second attempt: cancelled since", "online", vote(3), cancel(3), second(3))
    bad("a second attempt: with a pack for post alone", "online", post(5), second(5))
    fine("a second attempt: the twentieth, with either pack", "online boundary", vote(1), *[second(1)] * 20, *[second(2)] * 20)
    bad("a second attempt: the one after the twentieth", "online boundary", vote(1), *[second(1)] * 21)
    fine("a second attempt: closed, in the grace", "online", vote(3), closed(11), second(3))
    bad("a second attempt: closed, behind the grace", "online", vote(3), closed(11), about("second-attempt", 3, at=at(71)))

    bad("received: of another voter", "post", post(3, 1))
    bad("received: the voter voted online", "post", vote(3), post(3))
    bad("received: the voter voted by post", "post", post(1), post(2))
    bad("received: a pack of no register", "post", post(99))
    fine("received: locked", "post", *locking, post(3), votesByPost=1)
    fine("received: closed", "post", closed(10), post(3), votesByPost=1)
    bad("received: past the closing time, and no close before it", "post", post(3), second=1000)
    bad("received: final", "post", closed(10), final, post(3))
    for why in ref.SET_ASIDE:
        bad(f"set aside, live: {why}", "post", aside(3, why))
    for before, right in (((vote(3),), "voted-online"), ((post(3),), "scanned-before"), ((cancel(3),), "cancelled"),
                          ((withdraw(1),), "withdrawn"), ((cancel(3), withdraw(1)), "withdrawn"),
                          ((vote(3), cancel(3)), "voted-online"), ((post(3), withdraw(1)), "scanned-before")):
        done = " and ".join(event.type for event in before)
        fine(f"set aside after {done}: {right}", "post", *before, aside(3, right))
        bad(f"set aside after {done}: live, as another", "post", *before, aside(
            3, "cancelled" if right != "cancelled" else "withdrawn"))
    fine("set aside: voted by post with another pack", "post", post(1), aside(2, "voted-by-post"))
    bad("set aside: scanned before, with another pack", "post", post(1), aside(2, "scanned-before"))
    bad("set aside: superseded, as cancelled", "post", aside(4, "cancelled"))
    fine("set aside: superseded, the replacement's batch withdrawn since", "post", withdraw(4), aside(4, "superseded"))
    fine("set aside: superseded, the replacement replaced in turn", "post", activate(5, 0), aside(8, "superseded"),
         aside(4, "superseded"), post(9), votesByPost=1)
    fine("set aside: superseded by a pack that carries another number", "post", activate(5, 0), aside(3, "superseded"),
         post(10), votesByPost=1)
    fine("received, and superseded since by a pack that carries another number", "post", post(3), activate(5, 0),
         aside(3, "scanned-before"), vote(10), votesByPost=1, votesOnline=1)
    bad("received: superseded by a pack that carries another number", "post", activate(5, 0), post(3))
    bad("a vote: superseded by a pack that carries another number", "online", activate(5, 0), vote(3))
    bad("a vote: with the pack that carries another number, whose voter has voted", "online", activate(2, 0), activate(5, 0),
        vote(6), vote(10))
    bad("annulled: no vote", "post", annul(3))
    bad("annulled: an online vote", "post", vote(3), annul(3))
    bad("annulled: twice", "post", post(3), annul(3), annul(3))
    bad("annulled: with another pack", "post", post(1), annul(2))
    bad("annulled: of another voter", "post", post(3), annul(3, 1))
    fine("annulled: closed and cancelled since", "post", post(3), closed(11), cancel(3), annul(3), votesByPost=0)
    bad("annulled: final", "post", post(3), closed(11), final, annul(3))

    bad("cancelled: twice", "officers", cancel(3), cancel(3))
    for comment, n, before in (("superseded", 4, ()), ("a specimen", 7, ()), ("withdrawn", 3, (withdraw(1),)), ("of no register", 99, ()),
                               ("missing before", 3, (missing(3), reconcile(1, 1)))):
        bad(f"cancelled: {comment}", "officers", *before, cancel(n))
    fine("cancelled: inactive, locked, and with a vote", "officers", cancel(6), *locking, vote(1), cancel(3), cancel(1))
    bad("unlocked: not locked", "officers", unlock(3))
    bad("unlocked: two wrong answers", "officers", wrong(3, 1), wrong(3, 2), unlock(3))
    bad("unlocked: twice", "officers", *locking, unlock(3), unlock(3))
    bad("unlocked: the lifetime is used up", "officers", *locking, unlock(3), wrong(3, 4), wrong(3, 5), unlock(3))
    fine("unlocked: closed and cancelled", "officers", *locking, cancel(3), closed(14), unlock(3))
    for comment, event in (("cancelled", cancel(3)), ("activated", activate(2, 0)), ("withdrawn", withdraw(1)),
                           ("opened", Event("ballot-opened", 0, detail=bytes(8))), ("extended", extended(2000)), ("final", final)):
        bad(f"{comment}: past the closing time, and no close before it", "officers boundary", event, second=1000)
    fine("a desk opened, and a register loaded, past the closing time", "ballot boundary", Event("desk-opened", at(1001)),
         Event("register-loaded", at(1002), batch=5, count=2, detail=bytes(64)), closed(1000, at(1003)),
         before=[event for event in ready if event is not loaded[4]])

    bad("activated: twice", "batches", activate(1, 0))
    bad("activated: withdrawn", "batches", withdraw(2), activate(2, 0))
    for n in (0, 6, 2**32 - 1):
        bad(f"activated: batch {n}", "batches", activate(n, 0))
        bad(f"withdrawn: batch {n}", "batches", withdraw(n))
        bad(f"reconciled: batch {n}", "batches", reconcile(n, 0))
    bad("activated as reconciled, and was not", "batches", activate(2, 1))
    bad("activated as not reconciled, and was", "batches", reconcile(2, 0), activate(2, 0))
    bad("specimens activated as not reconciled", "batches", activate(3, 0), before=[e for e in ready if e is not activated[1]])
    fine("specimens reconciled, and activated", "batches", reconcile(3, 0), activate(3, 1),
         before=[e for e in ready if e is not activated[1]])
    fine("reconciled and activated", "batches", reconcile(2, 0), activate(2, 1), vote(6), votesOnline=1)
    fine("activated, and reconciled since", "batches", activate(2, 0), missing(6), reconcile(2, 1), aside(6, "cancelled"))
    bad("withdrawn: twice", "batches", withdraw(1), withdraw(1))
    bad("reconciled: twice", "batches", reconcile(1, 0), reconcile(1, 0))
    bad("reconciled: one missing, and none was cancelled", "batches", reconcile(2, 1))
    bad("reconciled: none missing, and one was cancelled", "batches", missing(6), reconcile(2, 0))
    bad("reconciled: two missing, and one was cancelled", "batches", missing(1), reconcile(1, 2))
    bad("missing, and then something else", "batches", missing(1), vote(3))
    bad("missing, and then a cancelling by an officer", "batches", missing(1), cancel(3))
    bad("missing, and then a desk is opened", "batches", missing(1), desk)
    fine("missing: cancelled before, superseded, and two more", "batches", cancel(3), missing(3), missing(4), missing(1), missing(2),
         reconcile(1, 4), aside(3, "cancelled"), aside(4, "superseded"))
    bad("missing, and the end of the log", "batches", missing(1))
    bad("missing: of no register", "batches", missing(99))
    bad("loaded: the wrong batch", "batches", Event("register-loaded", at(1), batch=3, count=1, detail=bytes(64)), before=ready[:3])
    bad("loaded: a batch again", "batches", Event("register-loaded", at(1), batch=1, count=5, detail=bytes(64)), before=ready[:3])
    bad("loaded: batch 0", "batches", Event("register-loaded", at(1), detail=bytes(64)), before=ready[:2])
    bad("loaded: final", "batches", closed(10), final, Event("register-loaded", 0, batch=5, count=1, detail=bytes(64)),
        before=[e for e in ready if e is not loaded[4]])
    late = [created, *loaded[:3], Event("batch-activated", at(2), batch=1), opened]
    bad("about a pack whose register comes later", "batches", aside(8, "inactive"), before=late)
    fine("loaded while open, and activated: the pack that it replaces is superseded", "batches", vote(3), Event(
        "register-loaded", 0, batch=4, count=1, detail=bytes(64)), activate(4, 0), aside(4, "superseded"), vote(8), before=late,
        votesOnline=2)

    bad("opened: twice", "ballot", Event("ballot-opened", 0, detail=bytes(8)))
    bad("opened: closed", "ballot", closed(10), Event("ballot-opened", 0, detail=bytes(8)))
    for closes in (1, 0):
        bad(f"opened: closing {closes} before now", "ballot boundary", Event("ballot-opened", at(9), detail=ref.u64(at(9) - closes)),
            before=unopened)
    fine("opened: closing in a moment", "ballot boundary", Event("ballot-opened", at(9), detail=ref.u64(at(9) + 1)), before=unopened)
    fine("opened: a grace of 24 hours", "ballot boundary", Event("ballot-opened", at(9), count=86_400_000, detail=bytes(8)),
         before=unopened)
    bad("opened: a grace above 24 hours", "ballot boundary", Event("ballot-opened", at(9), count=86_400_001, detail=bytes(8)),
        before=unopened)
    bad("extended: before", "ballot", extended(2000), before=unopened)
    bad("extended: until now", "ballot boundary", extended(10))
    fine("extended: closed, and a vote", "ballot", closed(10), extended(2000), vote(3), votesOnline=1)
    fine("extended: to an earlier time", "ballot", extended(12), closed(12, at(13)))
    bad("closed: before", "ballot", closed(10), before=unopened)
    bad("closed: twice", "ballot", closed(10), closed(11))
    for second in (9, 11, 1000):
        bad(f"closed: at {second}, written at 10", "ballot boundary", closed(second))
    fine("closed: past the closing time, at that", "ballot", closed(1000, at(1200)))
    bad("closed: past the closing time, at its own", "ballot boundary", closed(1200, at(1200)))
    bad("final: open", "ballot", final)
    bad("final: before", "ballot", final, before=unopened)
    for event in (desk, final, closed(12), extended(2000)):
        bad(f"final, and then {event.type}", "ballot", closed(10), final, event)
    return f
