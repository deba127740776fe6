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
    if t["operation"] == "fold":
        key, folded = bytes.fromhex(t["voterKey"]), ref.folded_id(t["voterId"], t["voterIDs"])
        return {"voterNumber": ref.voter_number(election, key, t["voterId"]).hex(), "foldedId": folded,
                "foldedNumber": ref.voter_number(election, key, folded).hex()}
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
        "`voter` and `specimen`: voter ids and numbers. `fold`: a voter id's folded form and both numbers. `code`: look-up id, answer key and "
        "spending secret of a code, and the chain from the secret to the tag.",
        {"issuing": "a purpose under the issuing secret",
         "desk": "a purpose under the desk secret",
         "election": "the same under another election's id",
         "voter": "a voter id as the roll has it",
         "trimmed": "spaces and tabs at the ends do not belong to the voter id",
         "not-trimmed": "what stays, though it may look like nothing",
         "specimen": "the voter id of a specimen",
         "fold": "the folded form of a voter id", "any-case": "case does not count", "exact-case": "case counts",
         "white-space": "white space", "control": "control characters", "invisible": "characters that show nothing",
         "mark": "combining marks", "hyphen": "hyphens and dashes", "apostrophe": "apostrophes", "full-width": "full-width forms",
         "letters": "case and accents", "number": "leading zeros, and zeros after a point", "kept": "what stays as it is",
         "nothing": "nothing is left: the id is its own folded form",
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

    folded_ids(f)

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


def folded_ids(f):
    """Section 8, the folded form: every kind of it, and every range at its ends."""
    def fold(comment, flags, id_text, folded, voter_ids="any-case", election=ELECTION):
        f.add(comment, f"fold {flags} {voter_ids}", {"operation": "fold", "electionId": election.hex(),
                                                     "voterKey": fixed("voter key").hex(), "voterIDs": voter_ids,
                                                     "voterId": id_text}, foldedId=folded)
        test = f.tests[-1]
        assert (folded == id_text) == (test["foldedNumber"] == test["voterNumber"])

    def alike(flags, folded, *ids):
        """Ids that have this folded form, whether case counts or not."""
        for id_text in ids:
            for voter_ids in ("any-case", "exact-case"):
                fold(" ".join(f"{ord(c):04X}" for c in id_text), flags, id_text, folded, voter_ids)

    fold("its own folded form", "kept", "ab-17/c", "ab-17/c")
    fold("its own folded form, case counts", "kept", "AB-17/C", "AB-17/C", "exact-case")
    fold("in another election", "kept", "100017", "100017", election=OTHER_ELECTION)
    alike("white-space", "100017", "100017\u00a0", "\u00a0100017", "100 017", "100\u202f017", "100\u2007017", "100017\n",
          "100017\r\n", "\u3000100017", "1 0 0\t0 1 7")
    alike("invisible", "100017", "\ufeff100017", "100\u200b017", "100\u00ad017", "\u202d100017\u202c", "\u2066100017\u2069")
    alike("full-width", "100017", "\uff11\uff10\uff10\uff10\uff11\uff17")
    alike("full-width hyphen", "17-4", "\uff11\uff17\uff0d\uff14")
    alike("number", "100017", "000100017", "0100017", "100017.0", "100017.00", "100017,0", "'100017", "'000100017",
          "\u2019000100017", "000100017.000", " '0100017.0 ", "\uff10100017", "100017\uff0e0")
    alike("number", "0", "0", "00", "000.0", "0,00", "'0")
    alike("number", "10", "10", "010", "10.0")
    for id_text in ("17.", ".0", "17.5", "017.50", "017.0.0", "017.0,0", "017-0", "0x17", "-017", "+017", "\u0661\u0660"):
        alike("number kept", id_text, id_text)
    alike("number apostrophe", "'17", "''17")
    alike("apostrophe", "17'4", "17\u20184", "17\u20194", "17\u02bc4", "17\uff074", "'17'4")
    alike("apostrophe kept", "17`4", "17`4")
    alike("apostrophe kept", "17\u02b94", "17\u02b94")
    alike("apostrophe number", "17'", "'17'")
    for id_text in ("'", "\u2019", "' "):
        alike("apostrophe nothing", id_text, id_text)
    for id_text in ("\u00a0", "\u200b\u200b", "\ufeff", "\u0301", "\r\n", "\x00"):
        alike("nothing", id_text, id_text)

    for composed, apart, lowered in (("Caf\u00e9-7", "Cafe\u0301-7", "cafe-7"), ("\u00c5\u00c4\u00d6", "A\u030aA\u0308O\u0308", "aao"),
                                     ("\u0419", "\u0418\u0306", "\u0438"), ("\u0386", "\u0391\u0301", "\u03b1")):
        fold("composed", "letters", composed, lowered)
        fold("decomposed", "letters mark", apart, lowered)
        fold("composed, case counts: accents stay", "letters kept", composed, composed, "exact-case")
        fold("decomposed, case counts: marks go", "letters mark", apart,
             "".join(c for c in apart if not 0x300 <= ord(c) <= 0x36F), "exact-case")
    for id_text, lowered in (("AB-17/C", "ab-17/c"), ("\u0141\u00f3d\u017a-3", "lodz-3"), ("Stra\u00dfe 1", "strasse1"),
                             ("\u0130\u0131", "ii"), ("\u1e9e", "ss"), ("\u01c4", "dz"), ("\uff21\uff42", "ab"),
                             ("\u03a3\u03c2", "\u03c3\u03c3"), ("\u017b\u00f3\u0142w", "zolw"), ("\u00b5", "\u03bc"), ("1\u00aa", "1a")):
        fold(lowered, "letters", id_text, lowered)
    for id_text, kept in (("M12a", "M12a"), ("M12A", "M12A"), ("\u0141\u00f3d\u017a-3", "\u0141\u00f3d\u017a-3"),
                          ("\uff21\uff42", "Ab"), ("\u00b5", "\u00b5")):
        fold(kept, "letters kept", id_text, kept, "exact-case")
    for id_text in ("#17", "17_4", "17/4", "17:4", "\U0001f5f3", "\u4f1a\u5458", "\u0627\u0644", "17\u00b74", "\u00bd", "\u00d7",
                    "\u2460", "\u212a", "\u20ac5", "\ufffd", "\u00b0", "~", "\uff5f", "\uff00"):
        alike("kept", id_text, id_text)

    # Every range: its ends go, and what is beside it stays.
    dropped = {"white-space": ref.WHITE_SPACE, "control": ref.CONTROLS, "invisible": ref.INVISIBLE, "mark": ref.MARKS}
    everywhere = [*(r for table in dropped.values() for r in table), *ref.HYPHENS, *ref.APOSTROPHES, (0xFF01, 0xFF5E)]

    def is_folded(scalar):
        return scalar < 0x80 or ref.is_in(scalar, everywhere) or chr(scalar) in ref.TEXT_FOLD

    for flag, table in (*dropped.items(), ("hyphen", ref.HYPHENS), ("apostrophe", ref.APOSTROPHES)):
        instead = {"hyphen": "-", "apostrophe": "'"}.get(flag, "")
        for low, high in table:
            ends = [chr(low), chr(high)] if low < high else [chr(low)]
            alike(flag, "xy" + f"{instead}z" * len(ends), "xy" + "".join(f"{c}z" for c in ends))
            beside = "".join(chr(scalar) for scalar in (low - 1, high + 1) if not is_folded(scalar))
            if beside:
                alike(f"{flag} kept", f"x{beside}z", f"x{beside}z")
    for c in "!/:@[`{~":
        alike("full-width", f"x{c}z", f"x{chr(ord(c) + 0xFF01 - 0x21)}z")
    alike("full-width number", "9", "\uff10\uff19")
