"""Section 7: derivation.json."""

from builder import BATCH_KEY, ELECTION, OTHER_ELECTION, VectorFile, unhex
from counterfoil import sections as ref


def evaluate(t):
    election, key = unhex(t, "electionId", "batchKey")
    if t["operation"] == "attempt":
        D, code, pack = ref.derive_attempt(election, key, t["codeLength"], t["ordinal"], t["attempt"])
        return {"D": D.hex(), "codeSymbols": code, "code": ref.printed(code),
                "codeWord": ref.first_refused_word(code),
                "packSymbols": pack, "pack": ref.printed(pack),
                "packNumber": ref.u64(ref.pack_number(pack)).hex(),
                "packWord": ref.first_refused_word(pack)}
    used = {ref.pack_number(ref.text_symbols(p)) for p in t["used"]}
    packs = []
    for ordinal in range(t["first"], t["last"] + 1):
        attempt, code, pack = ref.derive(election, key, t["codeLength"], ordinal, used)
        packs.append({"ordinal": ordinal, "attempt": attempt, "code": ref.printed(code),
                      "pack": ref.printed(pack)})
    return {"packs": packs}


def build():
    f = VectorFile(
        "derivation.json",
        "Section 7. `attempt`: one attempt of one ordinal, and the refused word in the code "
        "or pack number, or null. `derive`: the packs of the ordinals first to last; `used` "
        "holds pack numbers that earlier batches have used.",
        {"attempt": "one attempt, whether or not it counts",
         "refused-in-code": "the code has a refused word",
         "refused-in-pack": "the pack number has a refused word",
         "three": "the refused word has three letters",
         "four": "the refused word has four letters",
         "check-group": "the refused word stands in the group of the check symbols",
         "large": "large ordinals and attempts",
         "batch": "a run of ordinals",
         "next-attempt": "an attempt does not count, and the next one is taken",
         "used": "the pack number is used already"},
        evaluate)

    def attempt(comment, flags, ordinal, number, length=20, election=ELECTION):
        f.add(comment, flags, {"operation": "attempt", "electionId": election.hex(),
                               "batchKey": BATCH_KEY.hex(), "codeLength": length,
                               "ordinal": ordinal, "attempt": number})

    def batch(comment, flags, first, last, used=(), length=20, **expected):
        f.add(comment, flags, {"operation": "derive", "electionId": ELECTION.hex(),
                               "batchKey": BATCH_KEY.hex(), "codeLength": length,
                               "first": first, "last": last, "used": list(used)}, **expected)

    for length in ref.CODE_LENGTHS:
        for ordinal in (1, 2):
            attempt(f"{length} symbols, ordinal {ordinal}", "attempt", ordinal, 0, length)
    attempt("a second attempt", "attempt", 1, 1)
    attempt("another election", "attempt", 1, 0, 20, OTHER_ELECTION)
    attempt("an ordinal above 2^32", "attempt large", 2**32 + 1, 0)
    attempt("an ordinal of 53 bits", "attempt large", 2**53 - 1, 0)
    attempt("the highest attempt", "attempt large", 1, 2**32 - 1)

    # Ordinals are searched in order for refused words of each sort.
    sorts = {}
    for length in ref.CODE_LENGTHS:
        for ordinal in range(1, 9000 if length == 20 else 400):
            _, code, pack = ref.derive_attempt(ELECTION, BATCH_KEY, length, ordinal, 0)
            for where, symbols in (("code", code), ("pack", pack)):
                word = ref.first_refused_word(symbols)
                if word:
                    check = ref.refused_word(ref.symbols_text(symbols)[-4:]) is not None
                    sorts.setdefault((length, where, len(word), check), []).append(ordinal)
    chosen = []
    for (length, where, size, check), ordinals in sorted(sorts.items()):
        for ordinal in ordinals[:2]:
            flags = f"attempt refused-in-{where} {'three' if size == 3 else 'four'}"
            attempt(f"a word of {size} letters in the {where}{', check symbols included' if check else ''}",
                    flags + (" check-group" if check else ""), ordinal, 0, length)
            chosen.append((length, ordinal))
    assert all((20, where, size, check) in sorts for where in ("code", "pack")
               for size in (3, 4) for check in (False, True))
    for length, ordinal in chosen:
        batch("the attempt that counts", "batch next-attempt", ordinal, ordinal, length=length)

    # Two attempts running that do not count.
    refused = [(ordinal, a) for ordinal in sorted({o for k, v in sorts.items() if k[0] == 20 for o in v})
               for a in [ref.derive(ELECTION, BATCH_KEY, 20, ordinal, set())[0]] if a >= 2]
    for ordinal, _ in refused[:2]:
        attempt("the second attempt does not count, either", "attempt", ordinal, 1)
        if (20, ordinal) not in chosen:
            batch("two attempts do not count", "batch next-attempt", ordinal, ordinal)

    for length in ref.CODE_LENGTHS:
        batch(f"the first eight, {length} symbols", "batch", 1, 8, length=length)

    def pack_text(ordinal, number):
        return ref.printed(ref.derive_attempt(ELECTION, BATCH_KEY, 20, ordinal, number)[2])
    batch("the first attempt's pack number is used", "batch used next-attempt", 1, 1, [pack_text(1, 0)])
    batch("the first two attempts' pack numbers are used", "batch used next-attempt", 1, 2,
          [pack_text(1, 0), pack_text(1, 1)])
    batch("two of three are used", "batch used next-attempt", 1, 3, [pack_text(3, 0), pack_text(2, 0)])
    batch("used ones that do not matter", "batch used", 1, 2, [pack_text(9, 0), pack_text(1, 1)])
    return f
