"""Section 11: redeem.json."""

import primitives
from builder import ELECTION, OTHER_ELECTION, VectorFile, fixed, hexes, unhex
from counterfoil import sections as ref


def evaluate(t):
    election = bytes.fromhex(t["electionId"])
    if t["operation"] == "verify":
        return hexes(receiptNumber=ref.verify_receipt(election, bytes.fromhex(t["receiptKey"]), t["receipt"]))
    secret, seed, key = unhex(t, "spendingSecret", "receiptSeed", "idempotencyKey")
    fingerprint, receipt_number, receipt = ref.redeem(election, secret, seed, key)
    return {**hexes(fingerprint=fingerprint, receiptNumber=receipt_number,
                    signedMessage=ref.pad(b"cf1.receipt", 16) + election + receipt_number,
                    receiptKey=primitives.ed25519_public_key(seed)),
            "receipt": ref.base64url(receipt)}


def build():
    f = VectorFile(
        "redeem.json",
        "Section 11. `redeem`: fingerprint, receipt number and receipt. `verify`: a receipt "
        "as written, its signature and its number.",
        {"ordinary": "a key and its receipt",
         "length": "at and over the limits of 16 and 64 bytes",
         "verify": "receipts verified",
         "bad-idempotency-key": "reason: not 16 to 64 bytes",
         "not-a-receipt": "reason: not 128 characters of base64url",
         "wrong-signature": "reason: the signature does not verify"},
        evaluate)

    def redeem(comment, flags, key, secret="spending secret", election=ELECTION, **expected):
        f.add(comment, flags, {"operation": "redeem", "electionId": election.hex(),
                               "spendingSecret": fixed(secret).hex(), "receiptSeed": fixed("receipt seed").hex(),
                               "idempotencyKey": key.hex()}, **expected)
        return f.tests[-1]

    first = redeem("16 bytes", "ordinary length", fixed("key 1", 16))
    redeem("32 bytes", "ordinary", fixed("key 2"))
    redeem("64 bytes", "ordinary length", fixed("key 3") + fixed("key 4"))
    redeem("text, for the key is bytes", "ordinary", b"6f9619ff-8b86-d011-b42d-00c04fc964ff")
    redeem("16 zero bytes", "ordinary", bytes(16))
    redeem("the first key and another code", "ordinary", fixed("key 1", 16), "another spending secret")
    redeem("the first key in another election", "ordinary", fixed("key 1", 16), election=OTHER_ELECTION)
    for size in (0, 15, 65, 128):
        redeem(f"{size} bytes", "length", bytes(size), reason="bad-idempotency-key")

    def verify(comment, receipt, key=first["receiptKey"], election=ELECTION, **expected):
        f.add(comment, "verify", {"operation": "verify", "electionId": election.hex(), "receiptKey": key,
                                  "receipt": receipt}, **expected)

    receipt = first["receipt"]
    verify("a good receipt", receipt, receiptNumber=first["receiptNumber"])
    verify("another receipt number", ("B" if receipt[0] == "A" else "A") + receipt[1:], reason="wrong-signature")
    verify("another signature", receipt[:100] + ("B" if receipt[100] == "A" else "A") + receipt[101:],
           reason="wrong-signature")
    verify("another key", receipt, primitives.ed25519_public_key(fixed("another seed")).hex(), reason="wrong-signature")
    verify("another election", receipt, election=OTHER_ELECTION, reason="wrong-signature")
    verify("empty", "", reason="not-a-receipt")
    verify("one character too few", receipt[:-1], reason="not-a-receipt")
    verify("one character too many", receipt + "A", reason="not-a-receipt")
    verify("132 characters, all of base64url", receipt + "AAAA", reason="not-a-receipt")
    verify("124 characters", receipt[:-4], reason="not-a-receipt")
    verify("twice", receipt * 2, reason="not-a-receipt")
    verify("a slash, as in ordinary base64", receipt[:5] + "/" + receipt[6:], reason="not-a-receipt")
    verify("a line feed behind", receipt + "\n", reason="not-a-receipt")
    verify("a blank in it", receipt[:5] + " " + receipt[6:], reason="not-a-receipt")
    verify("with padding", receipt + "====", reason="not-a-receipt")
    verify("a plus sign, as in ordinary base64", receipt[:5] + "+" + receipt[6:], reason="not-a-receipt")
    bare = ref.redeem(ELECTION, fixed("spending secret"), fixed("receipt seed"), fixed("key 1", 16))[1]
    verify("signed without a label", ref.base64url(bare + primitives.ed25519_sign(
        fixed("receipt seed"), ELECTION + bare)), reason="wrong-signature")
    verify("signed without the election id", ref.base64url(bare + ref.sign(
        fixed("receipt seed"), "cf1.receipt", bare)), reason="wrong-signature")
    return f
