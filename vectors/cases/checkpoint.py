"""Section 19: checkpoint.json."""

import primitives
from builder import ELECTION, OTHER_ELECTION, VectorFile, fixed, input_bytes, text_or_hex, unhex
from cases.entries import KEY, SEED
from counterfoil import sections as ref


def evaluate(t):
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


def build():
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
        evaluate)
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
