"""Section 17: pass.json."""

import primitives
from builder import ELECTION, OTHER_ELECTION, VectorFile, fixed, hexes, unhex
from counterfoil import sections as ref

DESK_SECRET = fixed("desk secret")


def evaluate(t):
    election, secret = unhex(t, "electionId", "deskSecret")
    if t["operation"] == "open":
        lookup_id, given, expires, spending = ref.open_pass(election, secret, t["pass"])
        return {"lookupId": lookup_id.hex(), "given": given, "expires": expires, "spendingSecret": spending.hex()}
    nonce, lookup_id, spending = unhex(t, "nonce", "lookupId", "spendingSecret")
    sealed = ref.seal_pass(election, secret, nonce, lookup_id, t["given"], t["expires"], spending)
    return {**hexes(passKey=ref.pass_key(election, secret), associated=ref.pass_associated(election), bytes=sealed),
            "pass": ref.base64url(sealed)}


def build():
    f = VectorFile(
        "pass.json",
        "Section 17. `seal`: the sealing key, the associated data and the bytes of a pass, and the pass as written. "
        "`open`: what a pass says, or why it is none.",
        {"seal": "passes sealed", "open": "passes opened", "times": "other times", "altered": "bytes that were changed",
         "written": "the text is not what it should be", "other": "of another election or another desk",
         "not-a-pass": "reason: not 140 characters of base64url", "unknown-version": "reason: not version 1",
         "does-not-open": "reason: the box does not open"},
        evaluate)

    def seal(comment, flags, given, expires, name="1", election=ELECTION, secret=DESK_SECRET):
        f.add(comment, "seal " + flags, {
            "operation": "seal", "electionId": election.hex(), "deskSecret": secret.hex(),
            "nonce": fixed(f"pass nonce {name}", 24).hex(), "lookupId": fixed(f"look-up id {name}", 16).hex(),
            "given": given, "expires": expires, "spendingSecret": fixed(f"spending secret {name}").hex()})
        return f.tests[-1]

    def read(comment, flags, text, election=ELECTION, secret=DESK_SECRET, **expected):
        f.add(comment, "open " + flags, {"operation": "open", "electionId": election.hex(), "deskSecret": secret.hex(),
                                         "pass": text}, **expected)

    autumn = 1_788_364_800_000
    first = seal("a pass for a quarter of an hour", "", autumn, autumn + 900_000)
    second = seal("another code", "", autumn + 1, autumn + 900_001, "2")
    seal("times of zero", "times", 0, 0, "3")
    seal("the latest times", "times", 2**63 - 2, 2**63 - 1, "4")
    seal("expired when it is given", "times", autumn, autumn, "5")
    foreign = seal("another election, all else the same", "other", autumn, autumn + 900_000, election=OTHER_ELECTION)
    rival = seal("another desk, all else the same", "other", autumn, autumn + 900_000, secret=fixed("another desk secret"))

    for t, what in ((first, "the first"), (second, "the second")):
        read(f"{what} pass", "", t["pass"], lookupId=t["lookupId"], given=t["given"], expires=t["expires"],
             spendingSecret=t["spendingSecret"])
    for t, what in ((foreign, "another election"), (rival, "another desk")):
        read(f"a pass of {what}", "other", t["pass"], reason="does-not-open")
    read("the first pass in another election", "other", first["pass"], election=OTHER_ELECTION, reason="does-not-open")
    read("the first pass at another desk", "other", first["pass"], secret=fixed("another desk secret"),
         reason="does-not-open")

    data = bytes.fromhex(first["bytes"])

    def altered(comment, offset, reason="does-not-open", value=None):
        changed = bytearray(data)
        changed[offset] = data[offset] ^ 1 if value is None else value
        read(comment, "altered", ref.base64url(bytes(changed)), reason=reason)

    for version in (0, 2, 0x31, 255):
        altered(f"version {version}", 0, "unknown-version", version)
    fields = (("nonce", 1, 24), ("look-up id", 25, 16), ("time given", 41, 8), ("time of expiry", 49, 8),
              ("spending secret", 57, 32), ("tag", 89, 16))
    for name, offset, size in fields:
        altered(f"the first byte of the {name}", offset)
        altered(f"the last byte of the {name}", offset + size - 1)
    other = bytes.fromhex(second["bytes"])
    read("the nonce of another pass", "altered", ref.base64url(data[:1] + other[1:25] + data[25:]),
         reason="does-not-open")
    read("the box of another pass", "altered", ref.base64url(data[:25] + other[25:]), reason="does-not-open")
    key = ref.pass_key(ELECTION, DESK_SECRET)
    content = bytes.fromhex(first["lookupId"]) + ref.u64(autumn) + ref.u64(autumn + 900_000) \
        + bytes.fromhex(first["spendingSecret"])
    for comment, associated in (("nothing associated", b""), ("the election id alone associated", ELECTION),
                                ("the label without its padding", b"cf1.deskpass" + ELECTION)):
        box = primitives.xchacha20poly1305_seal(key, data[1:25], content, associated)
        read(comment, "other", ref.base64url(data[:25] + box), reason="does-not-open")

    text = first["pass"]
    read("empty", "written", "", reason="not-a-pass")
    read("one character too few", "written", text[:-1], reason="not-a-pass")
    read("one character too many", "written", text + "A", reason="not-a-pass")
    read("three bytes too few", "written", ref.base64url(data[:-3]), reason="not-a-pass")
    read("three bytes too many", "written", ref.base64url(data + bytes(3)), reason="not-a-pass")
    read("with padding", "written", text + "====", reason="not-a-pass")
    read("a plus sign, as in ordinary base64", "written", text[:5] + "+" + text[6:], reason="not-a-pass")
    read("a blank in it", "written", text[:5] + " " + text[6:], reason="not-a-pass")
    read("a line feed at the end", "written", text[:-1] + "\n", reason="not-a-pass")
    read("hex instead", "written", data.hex(), reason="not-a-pass")
    return f
