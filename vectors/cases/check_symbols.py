"""Section 5: check-symbols.json, check symbols and locating."""

from builder import K, OTHER_ELECTION, VectorFile, word
from counterfoil import sections as ref
from counterfoil.sections import Refused


def evaluate(t):
    if t["operation"] == "encode":
        data = ref.text_symbols(t["data"])
        check = ref.check_symbols(data, t["constant"])
        return {"constantSymbols": ref.constant_symbols(t["constant"]),
                "checkSymbols": ref.symbols_text(check), "printed": ref.printed(data + check)}
    if t["operation"] == "count":
        return {"located": len(ref.located(t["length"]))}
    symbols = ref.text_symbols(t["word"])
    found = ref.syndromes(ref.take_constant_off(symbols, t["constant"]))
    if any(found):
        raise Refused("malformed", syndromes=found, groups=ref.locate(found, len(symbols)))
    return {"syndromes": found}


def build():
    f = VectorFile(
        "check-symbols.json",
        "Section 5, check symbols and locating. `encode`: data symbols and K give the check "
        "symbols. `locate`: a word, as printed, and K give the syndromes and the groups of "
        "the only single slip that explains them. `count`: how many syndromes are located.",
        {"known-answer": "an answer in the text of section 5",
         "right": "a well-formed word",
         "one-symbol": "one wrong symbol",
         "swap": "two neighbours swapped",
         "swap-across": "two symbols swapped that have one between them",
         "straddling": "the swapped symbols stand in two groups, and both are named",
         "two-symbols": "two wrong symbols, not a swap: always detected",
         "three-symbols": "three wrong symbols: always detected",
         "shifted": "every symbol in another place",
         "misleading": "looks like another single slip, so that a group is named",
         "undetected": "four wrong symbols that make another well-formed word",
         "other-constant": "a word of another election",
         "counting": "the number of different syndromes that are located",
         "malformed": "reason: the syndromes are not all zero"},
        evaluate)

    def encode(comment, flags, data, constant, **expected):
        f.add(comment, flags, {"operation": "encode", "data": data, "constant": constant}, **expected)

    def locating(comment, flags, symbols, constant=K, **expected):
        f.add(comment, flags, {"operation": "locate", "word": ref.printed(symbols),
                               "constant": constant}, **expected)

    def slip(comment, flags, symbols, groups):
        locating(comment, flags, symbols, reason="malformed", groups=groups)

    encode("first known answer", "known-answer", "0123456789ABCDEFG", 0, checkSymbols="W2M")
    encode("second known answer", "known-answer", "ZYXWVTSRQPNMKJHGF", 0, checkSymbols="G6K")
    encode("nothing but zeros", "right", "0" * 17, 0, checkSymbols="000")
    encode("nothing but zeros, and K", "right", "0" * 17, 0x7FFF, checkSymbols="ZZZ")
    encode("K = 1", "right", "0123456789ABCDEFG", 1, checkSymbols="W2N")
    encode("the lowest data symbol alone gives g(x)'s coefficients", "right", "0" * 16 + "1", 0,
           checkSymbols=ref.symbols_text([14, 17, 18]))
    for n in (12, 20, 24, 28):
        for constant in (K, 12345, 32767):
            data = ref.symbols_text(word(n, f"data {n} {constant}")[:-3])
            encode(f"{n} symbols", "right", data, constant)

    for n in (12, 20, 24, 28):
        w = word(n, f"slips {n}")
        last = n // 4
        locating(f"{n} symbols: right", "right", w, syndromes=[0, 0, 0])

        def changed(places):
            out = list(w)
            for place, difference in places:
                out[place] ^= difference
            return out

        def swapped(a, b):
            assert w[a] != w[b]
            out = list(w)
            out[a], out[b] = out[b], out[a]
            return out

        for place, difference in ((0, 1), (3, 31), (4, 16), (n // 2, 7), (n - 5, 12),
                                  (n - 4, 3), (n - 3, 21), (n - 1, 30)):
            slip(f"{n} symbols: symbol {place + 1} wrong", "one-symbol",
                 changed([(place, difference)]), [place // 4 + 1])

        for distance, flag in ((1, "swap"), (2, "swap-across")):
            places = [p for p in range(n - distance) if w[p] != w[p + distance]]
            inside = [p for p in places if p // 4 == (p + distance) // 4]
            straddling = [p for p in places if p // 4 != (p + distance) // 4]
            for p in sorted({*inside[:2], *inside[-2:]}):
                slip(f"{n} symbols: {p + 1} and {p + 1 + distance} swapped", flag,
                     swapped(p, p + distance), [p // 4 + 1])
            for p in sorted({*straddling[:2], *straddling[-2:]}):
                slip(f"{n} symbols: {p + 1} and {p + 1 + distance} swapped, in two groups",
                     flag + " straddling", swapped(p, p + distance),
                     [p // 4 + 1, p // 4 + 2])

        def search(places, misleading):
            """The first differences at these places that name groups, or name none."""
            for first in range(1, 32):
                for second in range(1, 32):
                    differences = [first, second, 5][:len(places)]
                    candidate = changed(list(zip(places, differences)))
                    groups = ref.locate(ref.syndromes(ref.take_constant_off(candidate, K)), n)
                    if bool(groups) == misleading:
                        return candidate, groups
            return None

        for places in ((0, 5), (2, n - 1), (4, 9)):
            slip(f"{n} symbols: symbols {places[0] + 1} and {places[1] + 1} wrong",
                 "two-symbols", *search(places, False))
        found = [search((0, b), True) for b in range(3, n)]
        for candidate, groups in [x for x in found if x][:2]:
            slip(f"{n} symbols: two wrong ones that look like another slip",
                 "two-symbols misleading", candidate, groups)
        slip(f"{n} symbols: three wrong ones", "three-symbols", *search((0, 5, 10), False))
        slip(f"{n} symbols: three wrong ones that look like another slip",
             "three-symbols misleading", *search((0, 5, 10), True))
        slip(f"{n} symbols: all read one place to the left", "shifted", w[1:] + w[:1],
             ref.locate(ref.syndromes(ref.take_constant_off(w[1:] + w[:1], K)), n))
        multiple = [ref.gf_multiply(11, g) for g in (1, 14, 17, 18)]
        locating(f"{n} symbols: four wrong ones, a multiple of g(x)", "undetected",
                 changed(list(zip(range(last, last + 4), multiple))))

        foreign = word(n, f"slips {n}", ref.election_constant(OTHER_ELECTION))
        slip(f"{n} symbols: of another election", "other-constant", foreign, [])

    for n, expected in ((20, 1767), (24, 2139), (28, 2511)):
        f.add(f"{n} symbols", "counting", {"operation": "count", "length": n}, located=expected)
    return f
