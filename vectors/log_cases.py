"""The cases of section 19, the log: log.json, tree.json, checkpoint.json, proof.json.

As in cases.py, beside which it stands: one `evaluate` function a file.
"""

import primitives
import reference as ref
from cases import ELECTION, K, OTHER_ELECTION, VectorFile, fixed, hexes, input_bytes, text_or_hex, unhex, word
from reference import Event, Note, Refused

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
