"""The cases of the vector files: their inputs, chosen by hand, and how each is computed.

Every file has one `evaluate` function, from a test's inputs to its intermediate values
and outputs. `generate` writes inputs and what `evaluate` gives; `check` reads them back
and computes again. What a case expects stands beside its inputs where a reader can judge
it by eye, so that the files hold more than what the code happens to do.
"""

import base64
import hashlib
import json
import unicodedata

import primitives
import reference as ref
from reference import Question, Refused, require


def fixed(name, size=32):
    """A key for the vectors, from its name alone."""
    return hashlib.sha256(b"counterfoil vectors: " + name.encode()).digest()[:size]


ELECTION = fixed("election", 16)
OTHER_ELECTION = fixed("another election", 16)
K = ref.election_constant(ELECTION)


class VectorFile:
    def __init__(self, file, about, notes, evaluate):
        self.file, self.about, self.notes, self.evaluate = file, about, notes, evaluate
        self.tests = []

    def run(self, inputs):
        try:
            return {**self.evaluate(inputs), "result": "valid"}
        except Refused as refusal:
            return {**refusal.details, "result": "refused", "reason": refusal.reason}

    def add(self, comment, flags, inputs, **expected):
        """One test. `expected` is compared with what comes out; `reason` stands for a
        refusal, its absence for none."""
        outputs = self.run(inputs)
        assert not set(inputs) & set(outputs), (self.file, comment)
        assert outputs.get("reason") == expected.get("reason"), (self.file, comment, outputs)
        for name, value in expected.items():
            assert outputs.get(name) == value, (self.file, comment, name, outputs, value)
        self.tests.append({"id": len(self.tests) + 1, "comment": comment,
                           "flags": flags.split(), **inputs, **outputs})

    def content(self):
        used = {f for t in self.tests for f in t["flags"]}
        used |= {t["reason"] for t in self.tests if "reason" in t}
        assert used == set(self.notes), (self.file, used ^ set(self.notes))
        return {"file": self.file, "about": self.about, "notes": self.notes,
                "count": len(self.tests), "tests": self.tests}


def text_or_hex(name, data):
    """Input bytes as text where they are UTF-8, in hex otherwise."""
    if isinstance(data, str):
        data = data.encode()
    try:
        return {name: data.decode()}
    except UnicodeDecodeError:
        return {name + "Hex": data.hex()}


def input_bytes(test, name):
    return test[name].encode() if name in test else bytes.fromhex(test[name + "Hex"])


def unhex(test, *names):
    return [bytes.fromhex(test[name]) for name in names]


def hexes(**values):
    return {name: value.hex() for name, value in values.items()}


# --- Section 5: alphabet.json -------------------------------------------------------

def evaluate_alphabet(t):
    symbols = ref.read_typed(input_bytes(t, "input"), t["length"], t["constant"])
    return {"symbols": symbols, "printed": ref.printed(symbols)}


def word(n, label, constant=K):
    """A well-formed word of n symbols, the same each time."""
    data = [b & 31 for b in fixed(label)[:n - 3]]
    return ref.with_check_symbols(data, constant)


def alphabet():
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
        evaluate_alphabet)

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

    for c in [" ", "\t", "\r", "\n", "-", "\u00a0", "\u00ad", "\u200b", "\u2010", "\u2011", "\u2012",
              "\u2013", "\u2014", "\u2015", "\u202f", "\u2060", "\u2212", "\ufeff"]:
        case(f"separator U+{ord(c):04X}", "separator", n, good.replace("-", c), symbols=w)
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
    bad("258 bytes in 160 scalars fewer", "length separator", n, bare + "\u2010" * 79 + " ", [])
    return f


# --- Section 5: check-symbols.json -----------------------------------------------------

def evaluate_check_symbols(t):
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


def check_symbols():
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
         "misleading": "looks like another single slip, so that a group is named",
         "undetected": "four wrong symbols that make another well-formed word",
         "other-constant": "a word of another election",
         "counting": "the number of different syndromes that are located",
         "malformed": "reason: the syndromes are not all zero"},
        evaluate_check_symbols)

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
            for p in inside[:2] + inside[-2:]:
                slip(f"{n} symbols: {p + 1} and {p + 1 + distance} swapped", flag,
                     swapped(p, p + distance), [p // 4 + 1])
            for p in straddling[:2] + straddling[-2:]:
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
        slip(f"{n} symbols: all read one place to the left", "three-symbols", w[1:] + w[:1],
             ref.locate(ref.syndromes(ref.take_constant_off(w[1:] + w[:1], K)), n))
        multiple = [ref.gf_multiply(11, g) for g in (1, 14, 17, 18)]
        locating(f"{n} symbols: four wrong ones, a multiple of g(x)", "undetected",
                 changed(list(zip(range(last, last + 4), multiple))))

        foreign = word(n, f"slips {n}", ref.election_constant(OTHER_ELECTION))
        slip(f"{n} symbols: of another election", "other-constant", foreign, [])

    for n, expected in ((20, 1767), (24, 2139), (28, 2511)):
        f.add(f"{n} symbols", "counting", {"operation": "count", "length": n}, located=expected)
    return f


# --- Sections 3 and 4: election.json ------------------------------------------------------

def election_members(**changes):
    """The members of an ordinary election.json, without the digest."""
    members = {
        "counterfoil": "election 1", "id": ELECTION.hex(), "name": "Works council 2031",
        "codeLength": 20,
        "questions": [
            {"name": "Date of birth", "kind": "date", "order": "dmy", "latestYear": 2012},
            {"name": "Membership number", "kind": "digits", "atMost": 9},
            {"name": "Postcode", "kind": "postcode"}, {"name": "Surname", "kind": "text"}],
        "wrongAnswers": {"lock": 5, "lifetime": 15},
        "refusedWords": ref.refused_words_digest(ref.REFUSED_WORDS_FILE).hex(),
        "registerKey": primitives.ed25519_public_key(fixed("register seed")).hex(),
        "manifestKey": primitives.ed25519_public_key(fixed("manifest seed")).hex(),
        "receiptKey": primitives.ed25519_public_key(fixed("receipt seed")).hex(),
        "checkpointKey": primitives.ed25519_public_key(fixed("checkpoint seed")).hex()}
    members.update(changes)
    return members


def as_election(m):
    """The election that these members describe, whether or not a reader would take it."""
    h = bytes.fromhex
    questions = [Question(q["name"], q["kind"], q.get("order"),
                          q.get("latestYear", q.get("atMost", 0))) for q in m["questions"]]
    return ref.Election(h(m["id"]), m["name"], m["codeLength"], questions,
                        m["wrongAnswers"]["lock"], m["wrongAnswers"]["lifetime"],
                        *(h(m[k]) for k in ("refusedWords", "registerKey", "manifestKey",
                                            "receiptKey", "checkpointKey")))


def election_text(members, **layout):
    """election.json with the right digest."""
    return json.dumps({**members, "digest": as_election(members).digest().hex()},
                      ensure_ascii=False, **layout)


def evaluate_election(t):
    if t["operation"] == "previous":
        this, previous = unhex(t, "electionId", "previousId")
        constant, before = ref.election_constant(this), ref.election_constant(previous)
        details = {"constant": constant, "previousConstant": before,
                   "differenceSymbols": ref.constant_symbols(constant ^ before),
                   "locatedAt": ref.lengths_too_near(constant, before)}
        try:
            ref.require_far_from_previous(this, previous)
        except Refused as refusal:
            raise Refused(refusal.reason, **details)
        return details
    election = ref.read_election(input_bytes(t, "json"))
    return {"canonical": election.canonical().hex(), "digest": election.digest().hex(),
            "constant": election.constant(),
            "constantSymbols": ref.constant_symbols(election.constant())}


def elections():
    f = VectorFile(
        "election.json",
        "Sections 3 and 4. `read`: the text of an election.json gives E, its digest and the "
        "constant, or is refused. `previous`: whether an election's id will do after the "
        "previous election's. `json` is the file's text, `jsonHex` its bytes.",
        {"ordinary": "an election as many are",
         "questions": "kinds, orders and limits",
         "limits": "at the limit of a range",
         "layout": "another order of members or other white space",
         "names": "names beyond ASCII, escapes",
         "bad": "refused by one rule",
         "previous": "the constant and the previous election's",
         "not-json": "reason: not UTF-8, or not JSON",
         "wrong-type": "reason: another type of value than the member has",
         "unknown-version": "reason: `counterfoil` is not `election 1`",
         "unknown-member": "reason: a member of no known name, or of another kind of question",
         "repeated-member": "reason: a member that stands twice in one object",
         "missing-member": "reason: a required member is absent",
         "bad-hex": "reason: not hex, in capitals, or of another length",
         "bad-name": "reason: the election's name is empty, too long or has control characters",
         "bad-code-length": "reason: not 20, 24 or 28",
         "too-many-questions": "reason: more than 8",
         "bad-question-name": "reason: as of the election's name, with 64 bytes",
         "repeated-question": "reason: two questions of one name",
         "unknown-kind": "reason: not date, digits, postcode or text",
         "bad-order": "reason: not dmy, mdy or ymd",
         "bad-latest-year": "reason: not 1900 to 2199",
         "bad-at-most": "reason: more than 32, or negative",
         "bad-wrong-answers": "reason: lock not 1 to 100, or lifetime not lock to 200",
         "wrong-digest": "reason: the digest is not the one of the other members",
         "same-constant": "reason: the previous election has the same constant",
         "too-near-previous": "reason: the difference would be located at some length"},
        evaluate_election)

    def good(comment, flags, members, **layout):
        f.add(comment, flags, {"operation": "read", "json": election_text(members, **layout)},
              digest=as_election(members).digest().hex())

    def bad(comment, reason, text):
        f.add(comment, "bad", {"operation": "read", **text_or_hex("json", text)}, reason=reason)

    def question(**members):
        return election_members(questions=[{"name": "Q", **members}])

    good("the example of section 3", "ordinary", election_members(), indent=2)
    good("without questions", "ordinary", election_members(questions=[]))
    for n in (24, 28):
        good(f"{n} symbols", "ordinary", election_members(codeLength=n))
    good("another id, another constant", "ordinary", election_members(id=OTHER_ELECTION.hex()))
    for order in ("dmy", "mdy", "ymd"):
        for year in (1900, 2199):
            good(f"a date, {order}, latest year {year}", "questions limits",
                 question(kind="date", order=order, latestYear=year))
    good("digits without a limit", "questions", question(kind="digits"))
    good("digits with the limit 0, which is the same", "questions limits", question(kind="digits", atMost=0))
    for most in (1, 32):
        good(f"at most {most} digits", "questions limits", question(kind="digits", atMost=most))
    good("a postcode", "questions", question(kind="postcode"))
    good("a text", "questions", question(kind="text"))
    good("eight questions", "questions limits", election_members(
        questions=[{"name": f"Q{i}", "kind": "text"} for i in range(8)]))
    good("names that differ by case alone are different", "questions names", election_members(
        questions=[{"name": "q", "kind": "text"}, {"name": "Q", "kind": "text"}]))
    for lock, lifetime in ((1, 1), (1, 200), (100, 100), (100, 200)):
        good(f"lock after {lock}, lifetime {lifetime}", "limits",
             election_members(wrongAnswers={"lock": lock, "lifetime": lifetime}))
    good("a name of one byte", "limits names", election_members(name="x"))
    good("a name of 200 bytes", "limits names", election_members(name="\u00e9" * 100))
    good("a question's name of 64 bytes", "limits names",
         election_members(questions=[{"name": "\U0001f5f3" * 16, "kind": "text"}]))
    good("names beyond ASCII", "names", election_members(
        name="R\u00e9f\u00e9rendum \u2013 \u0413\u043e\u043b\u043e\u0441\u0443\u0432\u0430\u043d\u043d\u044f \"2031\" \\ /",
        questions=[{"name": "N\u00e9(e) le", "kind": "date", "order": "dmy", "latestYear": 2012}]))
    text = election_text(election_members(name="Caf\u00e9 \U0001f5f3 a/b"))
    f.add("the same names in escapes", "names layout",
          {"operation": "read", "json": text.replace("\u00e9", "\\u00e9").replace(
              "\U0001f5f3", "\\uD83D\\uDDF3").replace("a/b", "a\\/b")},
          digest=as_election(election_members(name="Caf\u00e9 \U0001f5f3 a/b")).digest().hex())
    members = election_members()
    backwards = dict(reversed(list(members.items())))
    backwards["questions"] = [dict(reversed(list(q.items()))) for q in members["questions"]]
    f.add("members in the opposite order", "layout",
          {"operation": "read", "json": election_text(backwards)},
          digest=as_election(members).digest().hex())
    f.add("no white space at all", "layout",
          {"operation": "read", "json": election_text(members, separators=(",", ":"))},
          digest=as_election(members).digest().hex())
    f.add("white space of all four kinds", "layout",
          {"operation": "read", "json": "\r\n\t " + election_text(members, separators=("\r\n,\t", " : ")) + "\n\n"},
          digest=as_election(members).digest().hex())

    text = election_text(members)
    bad("empty", "not-json", "")
    bad("cut short", "not-json", text[:-1])
    bad("something behind the end", "not-json", text + "x")
    bad("a comma too many", "not-json", text[:-1] + ",}")
    bad("a name that is not UTF-8", "not-json", text.encode().replace(b"Works", b"W\xf6rks"))
    bad("NaN for a number", "not-json", text.replace('"codeLength": 20', '"codeLength": NaN'))
    bad("a line feed inside a string", "not-json", text.replace("Works council", "Works\ncouncil"))
    bad("an array", "wrong-type", "[]")
    bad("version 2", "unknown-version", text.replace("election 1", "election 2"))
    bad("version 2 with a new member", "unknown-version",
        text.replace('"election 1"', '"election 2", "new": 1'))
    bad("an unknown member", "unknown-member", text[:-1] + ', "comment": "x"}')
    bad("an unknown member of wrongAnswers", "unknown-member", text.replace('"lock"', '"hours": 1, "lock"'))
    bad("a known member in capitals", "unknown-member", text.replace('"codeLength"', '"CodeLength"'))
    bad("an order for a text", "unknown-member", text.replace('"kind": "text"', '"kind": "text", "order": "dmy"'))
    bad("atMost for a date", "unknown-member", text.replace('"order"', '"atMost": 9, "order"'))
    bad("a repeated member, equal", "repeated-member", text.replace(
        '"codeLength": 20', '"codeLength": 20, "codeLength": 20'))
    bad("a repeated member of a question", "repeated-member", text.replace(
        '"atMost": 9', '"atMost": 9, "atMost": 9'))
    bad("a repeated member, once in escapes", "repeated-member", text.replace(
        '"codeLength": 20', '"codeLength": 20, "code\\u004cength": 20'))
    for name in (*members, "digest"):
        cut = json.loads(text)
        del cut[name]
        bad(f"without {name}", "missing-member", json.dumps(cut, ensure_ascii=False))
    bad("without lifetime", "missing-member", text.replace(', "lifetime": 15', ""))
    bad("a date without an order", "missing-member", text.replace('"order": "dmy", ', ""))
    bad("a date without a latest year", "missing-member", text.replace(', "latestYear": 2012', ""))
    bad("a question without a name", "missing-member", text.replace('"name": "Postcode", ', ""))
    bad("a question without a kind", "missing-member", text.replace(', "kind": "postcode"', ""))
    bad("the code length in a string", "wrong-type", text.replace('"codeLength": 20', '"codeLength": "20"'))
    bad("the code length true", "wrong-type", text.replace('"codeLength": 20', '"codeLength": true'))
    bad("the code length 20.5", "wrong-type", text.replace('"codeLength": 20', '"codeLength": 20.5'))
    bad("the name null", "wrong-type", text.replace('"Works council 2031"', "null"))
    bad("the questions an object", "wrong-type", election_text(election_members(questions=[])).replace(
        '"questions": []', '"questions": {}'))
    bad("a question that is a string", "wrong-type", election_text(election_members(questions=[])).replace(
        '"questions": []', '"questions": ["text"]'))
    bad("the id too short", "bad-hex", text.replace(ELECTION.hex(), ELECTION.hex()[:-2]))
    bad("the id too long", "bad-hex", text.replace(ELECTION.hex(), ELECTION.hex() + "00"))
    bad("the id in capitals", "bad-hex", text.replace(ELECTION.hex(), ELECTION.hex().upper()))
    bad("the id with a letter that is no digit", "bad-hex", text.replace(ELECTION.hex(), "g" + ELECTION.hex()[1:]))
    bad("a key with a blank", "bad-hex", text.replace(members["receiptKey"], " " + members["receiptKey"][1:]))
    for name in ("", "x" * 201, "\u00e9" * 100 + "x", "a\tb", "a\x7fb", "a\u0085b", "a\u009fb"):
        bad("a bad name", "bad-name", election_text(election_members(name=name)))
    bad("half of a surrogate pair in the name", "bad-name", text.replace("Works", "\\ud83d"))
    for n in (0, 12, 16, 19, 21, 32):
        bad(f"code length {n}", "bad-code-length", election_text(election_members(codeLength=n)))
    bad("nine questions", "too-many-questions", election_text(election_members(
        questions=[{"name": f"Q{i}", "kind": "text"} for i in range(9)])))
    for name in ("", "x" * 65, "a\nb"):
        bad("a bad name of a question", "bad-question-name",
            election_text(election_members(questions=[{"name": name, "kind": "text"}])))
    bad("two questions of one name", "repeated-question", election_text(election_members(
        questions=[{"name": "Q", "kind": "text"}, {"name": "Q", "kind": "postcode"}])))
    bad("an unknown kind", "unknown-kind", text.replace('"kind": "text"', '"kind": "number"'))
    bad("a kind in capitals", "unknown-kind", text.replace('"kind": "text"', '"kind": "Text"'))
    bad("an unknown order", "bad-order", text.replace('"dmy"', '"ydm"'))
    for year in (1899, 2200, 12):
        bad(f"latest year {year}", "bad-latest-year", text.replace("2012", str(year)))
    for most in (-1, 33):
        bad(f"at most {most}", "bad-at-most", text.replace('"atMost": 9', f'"atMost": {most}'))
    for lock, lifetime in ((0, 15), (101, 150), (5, 4), (5, 201), (-1, 5)):
        bad(f"lock {lock}, lifetime {lifetime}", "bad-wrong-answers",
            text.replace('"lock": 5, "lifetime": 15', f'"lock": {lock}, "lifetime": {lifetime}'))
    bad("another digest", "wrong-digest", text[:-3] + ("0" if text[-3] != "0" else "1") + '"}')
    bad("another name under the old digest", "wrong-digest", text.replace("2031", "2032"))
    bad("another order of questions under the old digest", "wrong-digest", text.replace(
        '{"name": "Postcode", "kind": "postcode"}, {"name": "Surname", "kind": "text"}',
        '{"name": "Surname", "kind": "text"}, {"name": "Postcode", "kind": "postcode"}'))

    # Ids are searched in order for pairs of each sort.
    ids = [fixed(f"previous {i}", 16) for i in range(600)]
    constants = [ref.election_constant(i) for i in ids]
    near = [ref.lengths_too_near(constants[0], c) for c in constants]

    def previous(comment, previous_id, this_id, reason=None):
        f.add(comment, "previous", {"operation": "previous", "previousId": previous_id.hex(),
                                    "electionId": this_id.hex()},
              **({"reason": reason} if reason else {}))

    far = [i for i in range(1, 600) if not near[i]]
    for i in far[:4]:
        previous("far enough", ids[0], ids[i])
    previous("its own previous one", ids[0], ids[0], "same-constant")
    seen = {}
    for i, c in enumerate(constants):
        if c in seen:
            previous("two ids of one constant", ids[seen[c]], ids[i], "same-constant")
            break
        seen[c] = i
    for lengths in ([12, 20, 24, 28], [20, 24, 28], [24, 28], [28]):
        for i in [i for i in range(600) if near[i] == lengths][:2]:
            previous(f"located at {', '.join(map(str, lengths))}", ids[0], ids[i], "too-near-previous")
    return f


# --- Section 6: refused-words.json ------------------------------------------------------------

def evaluate_refused(t):
    if t["operation"] == "digest":
        return {"digest": ref.refused_words_digest(t["list"].encode()).hex()}
    found = ref.refused_word(t["group"]) if t["operation"] == "group" else \
        ref.first_refused_word(ref.text_symbols(t["number"]))
    if found:
        raise Refused("refused-word", word=found)
    return {}


def refused_words():
    f = VectorFile(
        "refused-words.json",
        "Section 6: the list's digest, single groups, and whole codes or pack numbers, whose "
        "check symbols are given without regard to any constant. `word` is the first one "
        "found: of four letters, at the front, at the end.",
        {"list": "the digest of data/refused-words.txt",
         "three": "a word of three letters at the front or at the end of a group",
         "four": "a word of four letters",
         "look-alike": "a digit read as the letter it looks like",
         "harmless": "close to a word of the list, but not it",
         "whole": "a code or pack number",
         "refused-word": "reason: the group reads as a word of the list"},
        evaluate_refused)
    f.add("data/refused-words.txt", "list",
          {"operation": "digest", "list": ref.REFUSED_WORDS_FILE.decode()})
    f.add("a list of one word", "list", {"operation": "digest", "list": "ASS\n"})
    f.add("an empty list", "list", {"operation": "digest", "list": ""})

    def group(flags, text, word=None):
        assert set(text) <= set(ref.ALPHABET)
        comment = f"{text}: {word}" if word else f"{text}: harmless"
        f.add(comment, flags, {"operation": "group", "group": text},
              **({"reason": "refused-word", "word": word} if word else {}))

    for text, word in (("ASS0", "ASS"), ("0ASS", "ASS"), ("SEXY", "SEX"), ("1SEX", "SEX"),
                       ("T1TS", "TIT"), ("ZT1T", "TIT"), ("W0G1", "WOG"), ("1W0G", "WOG"),
                       ("KKK0", "KKK"), ("0KKK", "KKK"), ("CVMX", "CUM"), ("KFAG", "FAG")):
        group("three", text, word)
    for text, word in (("FVCK", "FUCK"), ("SH1T", "SHIT"), ("K111", "KILL"), ("HE11", "HELL"),
                       ("B00B", "BOOB"), ("N00B", None), ("D1KE", "DIKE"), ("J1ZZ", "JIZZ"),
                       ("C0CK", "COCK"), ("S1VT", "SLUT"), ("TVRD", "TURD"), ("P00F", "POOF"),
                       ("WANK", "WANK"), ("0RGY", "ORGY"), ("H0M0", "HOMO"), ("C11T", "CLIT")):
        if word:
            group("four", text, word)
        else:
            group("harmless", text)
    for text, word in (("45S0", "ASS"), ("0A55", "ASS"), ("53X0", "SEX"), ("X5EX", "SEX"),
                       ("7170", "TIT"), ("017T", "TIT"), ("FA60", "FAG"), ("0FA9", "FAG"),
                       ("8008", "BOOB"), ("D34D", "DEAD"), ("5H17", "SHIT"), ("J122", "JIZZ"),
                       ("RAP3", "RAPE"), ("N421", "NAZI"), ("9AY0", "GAY"), ("3GAY", "GAY"),
                       ("6009", None), ("90YS", None), ("HE11", "HELL"), ("5P42", "SPAZ"),
                       ("Y085", "YOBS"), ("W33D", "WEED"), ("4N45", None)):
        if word:
            group("look-alike four" if len(word) == 4 else "look-alike three", text, word)
        else:
            group("harmless", text)
    for text in ("0000", "1111", "AS0S", "A0SS", "SE0X", "KK0K", "F0CK", "FVC1", "ZZZZ", "VVVV",
                 "SSA0", "XES0", "H1TS", "AN41"[:3] + "0"):
        group("harmless", text)
    group("four look-alike", "AN41", "ANAL")

    def whole(text, word=None):
        comment = f"{text}: {word}" if word else f"{text}: harmless"
        f.add(comment, "whole", {"operation": "number", "number": text},
              **({"reason": "refused-word", "word": word} if word else {}))

    whole("0000-0000-0000")
    whole("ASS0-0000-0000", "ASS")
    whole("0000-0000-0A55", "ASS")
    whole("000A-SS00-0000")
    whole("000F-VCK0-0000-0000-0000")
    whole("0000-FVCK-0000-0000-0000", "FUCK")
    whole("0000-0000-0000-0000-SH1T", "SHIT")
    whole("0000-0000-0000-0000-0000-0000-SH1T", "SHIT")
    whole("0000-SEX0-0000-ASS0-0000-0000", "SEX")
    return f


# --- Section 7: derivation.json --------------------------------------------------------------------

BATCH_KEY = fixed("batch key")


def evaluate_derivation(t):
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


def derivation():
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
        evaluate_derivation)

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
        for ordinal in range(1, 6000 if length == 20 else 400):
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


# --- Sections 2, 8, 9: numbers.json ---------------------------------------------------------------------

def evaluate_numbers(t):
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
                **hexes(lookupId=values.lookup_id, tag=values.tag,
                        answerKey=values.answer_key, spendingSecret=values.spending_secret)}
    if t["operation"] == "voter":
        id_text = ref.voter_id(t["field"])
    else:
        id_text = ref.specimen_voter_id(t["batch"], t["ordinal"])
    return {"voterId": id_text,
            "voterNumber": ref.voter_number(election, bytes.fromhex(t["voterKey"]), id_text).hex()}


def numbers():
    f = VectorFile(
        "numbers.json",
        "Sections 2, 8 and 9. `sub-key`: a room's working keys and their public keys. "
        "`voter` and `specimen`: voter ids and numbers. `code`: look-up id, tag, answer key "
        "and spending secret of a code.",
        {"issuing": "a purpose under the issuing secret",
         "desk": "a purpose under the desk secret",
         "election": "the same under another election's id",
         "voter": "a voter id as the roll has it",
         "trimmed": "spaces and tabs at the ends do not belong to the voter id",
         "not-trimmed": "what stays, though it may look like nothing",
         "specimen": "the voter id of a specimen",
         "code": "the values of a code"},
        evaluate_numbers)
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
