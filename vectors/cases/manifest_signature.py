"""Section 13: manifest-signature.json, the signature beside a manifest."""

import base64
import hashlib
import json

import primitives
from builder import ELECTION, OTHER_ELECTION, VectorFile, fixed, hexes, input_bytes, text_or_hex, unhex
from cases.ordinary import SOME_DIGEST
from counterfoil import sections as ref

MANIFEST_SEED = fixed("manifest seed")


def manifest_text():
    """A manifest as section 13 describes it, for the signature to be about."""
    return json.dumps({
        "counterfoil": "manifest 1",
        "election": {"id": ELECTION.hex(), "name": "Works council 2031", "digest": SOME_DIGEST.hex()},
        "batch": "members-5", "kind": "members", "packs": 5, "postOnly": 2,
        "encoding": "UTF-8", "byteOrderMark": True, "separator": ";", "lineEnd": "CRLF",
        "columns": [{"name": "sequence", "longest": 1}, {"name": "pack", "longest": 14},
                    {"name": "code", "longest": 24}, {"name": "Name", "longest": 31}],
        "files": [{"name": "members-5.csv.age", "bytes": 812, "sha256": fixed("print file").hex(),
                   "encryption": "age", "firstSequence": 1, "lastSequence": 5}],
        "register": {"name": "members-5.register", "bytes": 669, "digest": (fixed("register file") * 2).hex()},
    }, ensure_ascii=False, indent=2) + "\n"


def evaluate(t):
    file = input_bytes(t, "content")
    if t["operation"] == "verify":
        return {"trustedComment": ref.verify_manifest(t["publicKeyText"], file, t["signatureText"])}
    election, seed = unhex(t, "electionId", "manifestSeed")
    public = primitives.ed25519_public_key(seed)
    return {**hexes(publicKey=public, keyId=ref.manifest_key_id(election, public),
                    contentHash=hashlib.blake2b(file).digest()),
            "publicKeyText": ref.manifest_public_key_text(election, public, t["keyComment"]),
            "signatureText": ref.sign_manifest(election, seed, file, t["untrustedComment"], t["trustedComment"])}


def build():
    f = VectorFile(
        "manifest-signature.json",
        "Section 13, the signature beside the manifest and the public key's file. `sign` "
        "gives both texts, `verify` reads them again. `content` is the signed file's text, "
        "`contentHex` its bytes; `contentHash` is BLAKE2b-512 of them.",
        {"sign": "a signature and a public key as written",
         "verify": "a signature that holds",
         "altered": "one thing is other than it was signed",
         "malformed-signature": "reason: not the lines, prefixes and lengths of section 13",
         "not-prehashed": "reason: `Ed` where `ED` is due",
         "other-key": "reason: the key id is not the public key's",
         "wrong-signature": "reason: s does not verify",
         "wrong-comment-signature": "reason: g does not verify"},
        evaluate)

    def sign(comment, content, trusted, election=ELECTION, seed=MANIFEST_SEED, untrusted="signature of a manifest"):
        f.add(comment, "sign", {"operation": "sign", "electionId": election.hex(), "manifestSeed": seed.hex(),
                                **text_or_hex("content", content), "keyComment": "key of the manifests",
                                "untrustedComment": untrusted, "trustedComment": trusted})
        return f.tests[-1]

    trusted = "counterfoil manifest 1 members-5"
    first = sign("a manifest", manifest_text(), trusted)
    small = sign("a small file", "{}\n", "x")
    sign("an empty file, and comments beyond ASCII", "", "b\u00fcrgerrat \u2013 1", untrusted="\u00e9")
    sign("a file that is not UTF-8", b"\xff\xfe\0", "x")
    sign("in another election: another key id", "{}\n", "x", OTHER_ELECTION)

    def verify(comment, flags, content, signature, key=small["publicKeyText"], **expected):
        f.add(comment, flags, {"operation": "verify", "publicKeyText": key, **text_or_hex("content", content),
                               "signatureText": signature}, **expected)

    verify("the manifest", "verify", manifest_text(), first["signatureText"], first["publicKeyText"],
           trustedComment=trusted)
    text = small["signatureText"]
    lines = text.split("\n")

    def with_line(number, line):
        return "\n".join(lines[:number] + [line] + lines[number + 1:])

    def box(line):
        return base64.b64decode(line)

    def b64(data):
        return base64.b64encode(data).decode()

    verify("another untrusted comment", "verify", "{}\n", with_line(0, "untrusted comment: anything"))
    verify("another comment in the key's file", "verify", "{}\n", text,
           "untrusted comment: anything\n" + small["publicKeyText"].split("\n")[1] + "\n")
    verify("another file", "altered", "{ }\n", text, reason="wrong-signature")
    verify("CRLF for LF in the file", "altered", "{}\r\n", text, reason="wrong-signature")
    verify("another trusted comment", "altered", "{}\n", with_line(2, "trusted comment: y"),
           reason="wrong-comment-signature")
    verify("a blank more in the trusted comment", "altered", "{}\n", with_line(2, "trusted comment: x "),
           reason="wrong-comment-signature")
    signature = box(lines[1])
    verify("another key id", "altered", "{}\n", with_line(1, b64(signature[:2] + fixed("id", 8) + signature[10:])),
           reason="other-key")
    other = ref.sign_manifest(OTHER_ELECTION, MANIFEST_SEED, b"{}\n", "c", "x")
    verify("signed in another election with the same key", "altered", "{}\n", other, reason="other-key")
    forged = ref.sign_manifest(ELECTION, fixed("another seed"), b"{}\n", "c", "x").split("\n")
    verify("signed by another key under this key's id", "altered", "{}\n", "\n".join(
        [forged[0], b64(signature[:10] + box(forged[1])[10:]), *forged[2:]]), reason="wrong-signature")
    verify("one bit of s", "altered", "{}\n", with_line(1, b64(signature[:20] + bytes([signature[20] ^ 1]) + signature[21:])),
           reason="wrong-signature")
    g = box(lines[3])
    verify("one bit of g", "altered", "{}\n", with_line(3, b64(bytes([g[0] ^ 1]) + g[1:])),
           reason="wrong-comment-signature")
    s = primitives.ed25519_sign(MANIFEST_SEED, b"{}\n")
    verify("a signature that is not prehashed", "altered", "{}\n", "\n".join(
        [lines[0], b64(b"Ed" + signature[2:10] + s), lines[2],
         b64(primitives.ed25519_sign(MANIFEST_SEED, s + b"x")), ""]), reason="not-prehashed")
    verify("the two signatures swapped for the other file's", "altered", "{}\n", first["signatureText"],
           reason="wrong-signature")
    verify("without the last two lines", "altered", "{}\n", "\n".join(lines[:2]) + "\n", reason="malformed-signature")
    verify("an untrusted comment without its name", "altered", "{}\n", with_line(0, "comment: c"),
           reason="malformed-signature")
    verify("a trusted comment without its name", "altered", "{}\n", with_line(2, "x"), reason="malformed-signature")
    verify("base64 without its padding", "altered", "{}\n", with_line(3, lines[3].rstrip("=")),
           reason="malformed-signature")
    verify("a signature cut short", "altered", "{}\n", with_line(1, b64(signature[:-3])), reason="malformed-signature")
    verify("empty", "altered", "{}\n", "", reason="malformed-signature")

    def malformed(comment, signature_text, key=small["publicKeyText"]):
        verify(comment, "altered", "{}\n", signature_text, key, reason="malformed-signature")

    malformed("a fifth line", text + "more\n")
    malformed("an empty fifth line", text + "\n")
    malformed("an empty line in front", "\n" + text)
    malformed("the four lines twice", text + text)
    malformed("no LF at the end", text[:-1])
    malformed("CRLF", text.replace("\n", "\r\n"))
    for letters in (b"XX", b"eD", b"ed", b"DE", b"\0\0"):
        malformed(f"the letters {letters.decode()!r} where ED is due", with_line(1, b64(letters + signature[2:])))
    malformed("a signature of 75 bytes", with_line(1, b64(signature + b"\0")))
    malformed("nothing for the signature", with_line(1, ""))
    for size in (0, 63, 65, 74):
        malformed(f"g of {size} bytes", with_line(3, b64((g + g)[:size])))
    malformed("a blank behind the signature", with_line(1, lines[1] + " "))
    malformed("a blank in the signature", with_line(1, lines[1][:9] + " " + lines[1][9:]))
    malformed("the trusted comment in another case", with_line(2, "Trusted comment: x"))
    public = small["publicKeyText"].split("\n")
    held = box(public[1])
    for comment, key in (("empty", ""), ("one line", public[0] + "\n"), ("no LF at the end", "\n".join(public[:2])),
                         ("a third line", small["publicKeyText"] + "more\n"), ("an empty third line", small["publicKeyText"] + "\n"),
                         ("a comment without its name", "\n".join(["comment: c", public[1], ""])),
                         ("41 bytes", "\n".join([public[0], b64(held[:-1]), ""])),
                         ("43 bytes", "\n".join([public[0], b64(held + b"\0"), ""])),
                         ("no base64", "\n".join([public[0], "!" * 56, ""])),
                         ("the letters ED", "\n".join([public[0], b64(b"ED" + held[2:]), ""])),
                         ("the letters XX", "\n".join([public[0], b64(b"XX" + held[2:]), ""]))):
        malformed(f"the key's file: {comment}", text, key)
    verify("not prehashed, and another key id", "altered", "{}\n", with_line(1, b64(b"Ed" + fixed("id", 8) + signature[10:])),
           reason="not-prehashed")
    verify("another key id, and one bit of s", "altered", "{}\n", with_line(
        1, b64(signature[:2] + fixed("id", 8) + signature[10:20] + bytes([signature[20] ^ 1]) + signature[21:])), reason="other-key")
    return f
