"""Section 5: alphabet.json, reading what was typed."""

from builder import K, VectorFile, input_bytes, text_or_hex, word
from counterfoil import sections as ref


def evaluate(t):
    symbols = ref.read_typed(input_bytes(t, "input"), t["length"], t["constant"])
    return {"symbols": symbols, "printed": ref.printed(symbols)}


def build():
    f = VectorFile(
        "alphabet.json",
        "Section 5, reading: what was typed becomes n symbol values, or is malformed with "
        "the groups that can be named. `constant` is the election's K.",
        {"plain": "as printed",
         "case": "small letters",
         "look-alike": "O for 0, I and L for 1",
         "separator": "what is skipped between symbols",
         "foreign": "what is no symbol: malformed, and its group is named",
         "multi-byte": "one foreign thing of several bytes",
         "not-utf8": "bytes that are not UTF-8",
         "count": "not n symbols and foreign things in all: malformed, no group named",
         "length": "at and over 256 bytes",
         "slip": "a single slip, located",
         "malformed": "reason: the input is malformed; `groups` are the ones named"},
        evaluate)

    def case(comment, flags, n, typed, constant=K, **expected):
        f.add(comment, flags, {"length": n, "constant": constant, **text_or_hex("input", typed)},
              **expected)

    def bad(comment, flags, n, typed, groups, **more):
        case(comment, flags, n, typed, reason="malformed", groups=groups, **more)

    for n in (12, 20, 24, 28):
        w = word(n, f"alphabet {n}")
        good, bare = ref.printed(w), ref.symbols_text(w)
        case("as printed", "plain", n, good, symbols=w)
        case("without hyphens", "plain", n, bare, symbols=w)
        case("small letters", "case", n, good.lower(), symbols=w)
        case("spaces for hyphens, and around", "separator", n, f"  {good.replace('-', ' ')}\r\n",
             symbols=w)
        bad("one symbol too few", "count", n, good[:-1], [])
        bad("one symbol too many", "count", n, good + "0", [])
        bad("one too few, and one of them foreign", "count foreign", n, "U" + bare[2:], [])
        bad("a foreign thing counts: one too many", "count foreign", n, "!" + bare, [])
        for position in (0, n // 2, n - 1):
            bad(f"U at symbol {position + 1}", "foreign", n,
                bare[:position] + "U" + bare[position + 1:], [position // 4 + 1])
        slipped = list(w)
        slipped[5] ^= 9
        bad("one wrong symbol in group 2", "slip", n, ref.printed(slipped), [2])
        slipped = list(w)
        slipped[3], slipped[4] = slipped[4], slipped[3]
        bad("symbols 4 and 5 swapped, over the hyphen", "slip", n, ref.printed(slipped), [1, 2])

    n, w = 20, word(20, "alphabet 20")
    good, bare = ref.printed(w), ref.symbols_text(w)

    # A word that begins 0 1 0 1 1, for look-alikes.
    ones = ref.with_check_symbols([0, 1, 0, 1, 1] + w[5:17], K)
    tail = ref.symbols_text(ones)[5:]
    for start in ("01011", "OIO1L", "oioIl", "0lOLi", "olo1L"):
        case(f"look-alikes: {start}", "look-alike", n, start + tail, symbols=ones)
    case("all zeros but for the constant, typed as O", "look-alike", n,
         "O" * 17 + ref.symbols_text(ref.constant_symbols(K)), symbols=[0] * 17 + ref.constant_symbols(K))
    # Every letter of the alphabet, in both cases.
    for values in (range(0, 17), range(15, 32)):
        every = ref.with_check_symbols(list(values), K)
        case("each symbol in turn", "plain", n, ref.symbols_text(every), symbols=every)
        case("each symbol in turn, small", "case", n, ref.symbols_text(every).lower(), symbols=every)
    case("the constant of another election", "plain", n,
         ref.printed(word(20, "alphabet 20", 12345)), 12345)

    for c in [" ", "\t", "\r", "\n", "--", "\u00a0", "\u00ad", "\u200b", "\u2010", "\u2011", "\u2012",
              "\u2013", "\u2014", "\u2015", "\u202f", "\u2060", "\u2212", "\ufeff"]:
        case(f"separator U+{ord(c[0]):04X}", "separator", n, good.replace("-", c), symbols=w)
    case("separators of every kind, doubled, at both ends and inside groups", "separator", n,
         "\ufeff \t" + "\u2060--\u00ad".join(bare) + "\r\n\u200b", symbols=w)

    for c in "!\"#$%&'()*+,./:;<=>?@[\\]^_`{|}~\0\x0b\x0c\x7fUu":
        bad(f"foreign: U+{ord(c):04X} at symbol 7", "foreign", n, bare[:6] + c + bare[7:], [2])
    for c in ["\u00a1", "\u00e9", "\u00d8", "\u0410", "\u2009", "\u2016", "\u2061", "\u3000", "\uff10",
              "\uff21", "\u221e", "\U0001d7ce", "\U0001f642"]:
        bad(f"foreign: U+{ord(c):04X} at symbol 9", "foreign multi-byte", n,
            bare[:8] + c + bare[9:], [3])
    bad("foreign ones in groups 1, 3 and 5", "foreign multi-byte", n,
        "U" + bare[1:9] + "\u00e9!" + bare[11:19] + "?", [1, 3, 5])
    bad("two foreign ones in one group", "foreign", n, "U" + bare[1] + "u" + bare[3:], [1])
    bad("all foreign", "foreign", n, "*" * 20, [1, 2, 3, 4, 5])
    bad("foreign ones are named before a slip is looked for", "foreign", n,
        "U" + bare[1:8] + ref.ALPHABET[w[8] ^ 1] + bare[9:], [1])

    raw = bare.encode()
    for comment, middle in (
            ("a lone continuation byte", b"\x80"),
            ("a lone byte A0, the second half of a no-break space", b"\xa0"),
            ("C2 alone", b"\xc2"),
            ("FF alone", b"\xff"),
            ("E2 80, cut short", b"\xe2\x80"),
            ("C3 with two continuation bytes, which all belong to it", b"\xc3\xa9\xa9"),
            ("FF with three continuation bytes", b"\xff\x80\x81\x82"),
            ("half of a surrogate pair", b"\xed\xa0\x80"),
            ("over-long form of 0", b"\xc0\xb0"),
            ("E2 80 followed by a whole separator", b"\xe2\x80\xe2\x80\x8b")):
        bad(f"foreign at symbol 9: {comment}", "foreign not-utf8", n,
            raw[:8] + middle + raw[9:], [3])
    bad("two lone continuation bytes are two", "foreign not-utf8", n,
        raw[:7] + b"\x80\x80" + raw[9:], [2, 3])
    bad("a continuation byte behind an ASCII foreign byte is another", "foreign not-utf8", n,
        raw[:7] + b"U\x80" + raw[9:], [2, 3])
    bad("a continuation byte behind a separator is foreign", "foreign not-utf8", n,
        raw[:8] + b"\xc2\xa0\x80" + raw[9:], [3])
    bad("two bytes of 0xC0 and above are two", "foreign not-utf8", n,
        raw[:7] + b"\xc3\xc3\xa9" + raw[9:], [2, 3])

    bad("empty", "count", n, "", [])
    bad("only separators", "count separator", n, " - - ", [])
    bad("a pack number where a code is due", "count", n, ref.printed(word(12, "alphabet 12")), [])
    case("256 bytes, most of them spaces", "length separator", n, bare + " " * 236, symbols=w)
    bad("257 bytes", "length separator", n, bare + " " * 237, [])
    bad("257 bytes, one foreign: no group is named", "length foreign", n,
        "U" + bare[1:] + " " * 237, [])
    case("256 bytes, counted as bytes and not as scalars", "length separator", n,
         bare + "\u2010" * 78 + "  ", symbols=w)
    bad("258 bytes in 100 scalars", "length separator", n, bare + "\u2010" * 79 + " ", [])
    return f
