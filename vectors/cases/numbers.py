"""Sections 2, 8 and 9: numbers.json."""

import primitives
from builder import ELECTION, K, OTHER_ELECTION, VectorFile, fixed, hexes, word
from counterfoil import sections as ref


def evaluate(t):
    election = bytes.fromhex(t["electionId"])
    if t["operation"] == "sub-key":
        key = ref.sub_key(election, bytes.fromhex(t["secret"]), t["purpose"])
        out = {"subKey": key.hex()}
        if t["purpose"] in ref.SIGNING_PURPOSES:
            out["publicKey"] = primitives.ed25519_public_key(key).hex()
        return out
    if t["operation"] == "code":
        code = ref.text_symbols(t["code"])
        values = ref.code_values(election, bytes.fromhex(t["ledgerKey"]), code)
        return {"symbols": bytes(code).hex(),
                **hexes(lookupId=values.lookup_id, answerKey=values.answer_key, spendingSecret=values.spending_secret,
                        second=values.second, opening=values.opening, trial=values.trial, tag=values.tag)}
    if t["operation"] == "voter":
        id_text = ref.voter_id(t["field"])
    else:
        id_text = ref.specimen_voter_id(t["batch"], t["ordinal"])
    return {"voterId": id_text,
            "voterNumber": ref.voter_number(election, bytes.fromhex(t["voterKey"]), id_text).hex()}


def build():
    f = VectorFile(
        "numbers.json",
        "Sections 2, 8 and 9. `sub-key`: a room's working keys and their public keys. "
        "`voter` and `specimen`: voter ids and numbers. `code`: look-up id, answer key and "
        "spending secret of a code, and the chain from the secret to the tag.",
        {"issuing": "a purpose under the issuing secret",
         "desk": "a purpose under the desk secret",
         "election": "the same under another election's id",
         "voter": "a voter id as the roll has it",
         "trimmed": "spaces and tabs at the ends do not belong to the voter id",
         "not-trimmed": "what stays, though it may look like nothing",
         "specimen": "the voter id of a specimen",
         "code": "the values of a code, and its chain"},
        evaluate)
    for flag, secret, purposes in (("issuing", "issuing secret", ref.ISSUING_PURPOSES),
                                   ("desk", "desk secret", ref.DESK_PURPOSES)):
        for purpose in purposes:
            f.add(purpose, flag, {"operation": "sub-key", "electionId": ELECTION.hex(),
                                  "secret": fixed(secret).hex(), "purpose": purpose})
    f.add("register-signing in another election", "issuing election",
          {"operation": "sub-key", "electionId": OTHER_ELECTION.hex(),
           "secret": fixed("issuing secret").hex(), "purpose": "register-signing"})

    def voter(comment, flags, field, id_text, election=ELECTION):
        f.add(comment, flags, {"operation": "voter", "electionId": election.hex(),
                               "voterKey": fixed("voter key").hex(), "field": field}, voterId=id_text)

    voter("digits", "voter", "100017", "100017")
    voter("in another election", "voter election", "100017", "100017", OTHER_ELECTION)
    voter("leading zeros count", "voter", "000100017", "000100017")
    voter("letters keep their case", "voter", "ab-17/C", "ab-17/C")
    voter("the same in capitals is another", "voter", "AB-17/C", "AB-17/C")
    voter("spaces inside stay", "voter not-trimmed", "10 00  17", "10 00  17")
    voter("spaces around", "voter trimmed", "  100017 ", "100017")
    voter("tabs around", "voter trimmed", "\t100017\t", "100017")
    voter("spaces and tabs mixed", "voter trimmed", " \t 100017\t ", "100017")
    voter("a line feed stays", "voter not-trimmed", "100017\n", "100017\n")
    voter("a carriage return stays", "voter not-trimmed", "100017\r", "100017\r")
    voter("a no-break space stays", "voter not-trimmed", "\u00a0100017", "\u00a0100017")
    voter("a byte order mark stays", "voter not-trimmed", "\ufeff100017", "\ufeff100017")
    voter("an ideographic space stays", "voter not-trimmed", "100017\u3000", "100017\u3000")
    voter("UTF-8", "voter", "Żółw-7", "Żółw-7")
    voter("composed", "voter", "caf\u00e9", "caf\u00e9")
    voter("decomposed is another", "voter", "cafe\u0301", "cafe\u0301")
    voter("beyond the basic plane", "voter", "\U0001f5f3 1", "\U0001f5f3 1")
    voter("one character", "voter", "0", "0")
    voter("long", "voter", "0123456789" * 30, "0123456789" * 30)
    voter("what looks like a specimen", "voter", "specimen:proof:1", "specimen:proof:1")
    for name, ordinal in (("proof", 1), ("proof", 10), ("2031-b.1_x", 250), ("x" * 31, 1000000)):
        f.add(f"specimen {ordinal} of {name}", "specimen",
              {"operation": "specimen", "electionId": ELECTION.hex(),
               "voterKey": fixed("voter key").hex(), "batch": name, "ordinal": ordinal},
              voterId=f"specimen:{name}:{ordinal}")

    def code(comment, flags, symbols, election=ELECTION, ledger="ledger key"):
        f.add(comment, flags, {"operation": "code", "electionId": election.hex(),
                               "ledgerKey": fixed(ledger).hex(), "code": ref.printed(symbols)})
    for n in ref.CODE_LENGTHS:
        for i in (1, 2):
            code(f"{n} symbols", "code", word(n, f"numbers {i}"))
    code("nothing but zeros and the constant", "code", [0] * 17 + ref.constant_symbols(K))
    code("in another election", "code election", word(20, "numbers 1", ref.election_constant(OTHER_ELECTION)),
         OTHER_ELECTION)
    code("under another ledger key", "code", word(20, "numbers 1"), ELECTION, "another ledger key")
    return f
