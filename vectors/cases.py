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
from counterfoil import sections as ref
from counterfoil.sections import Question, Refused, require


def fixed(name, size=32):
    """A key for the vectors, from its name alone."""
    return hashlib.sha256(b"counterfoil vectors: " + name.encode()).digest()[:size]


ELECTION = fixed("election", 16)
OTHER_ELECTION = fixed("another election", 16)
K = ref.election_constant(ELECTION)


class VectorFile:
    def __init__(self, file, about, notes, evaluate):
        self.file, self.about, self.notes, self.evaluate = file, about, notes, evaluate
        self.tests, self.inputs = [], set()

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
        key = json.dumps(inputs)
        assert key not in self.inputs, (self.file, comment, "is there already")
        self.inputs.add(key)
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
    if name + "Parts" in test:
        return "".join(part["text"] * part["times"] for part in test[name + "Parts"]).encode()
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
         "shifted": "every symbol in another place",
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
    def with_length(value):
        return text.replace('"codeLength": 20', f'"codeLength": {value}')

    for value in ("020", "00", "-", "- 20", "+20", ".5", "20.", "2e", "2e+", "0x14", "\uff12\uff10", "20 20", "Infinity", "True",
                  "nul", "'20'", ""):
        bad(f"{value} for a number", "not-json", with_length(value))
    bad("-0 for the limit 0", "wrong-type", text.replace('"atMost": 9', '"atMost": -0'))
    for value in ("-0", "2e1", "20.0", "200E-1", "-0.0", "[20]"):
        bad(f"{value} for a number", "wrong-type", with_length(value))
    for value in ("-20", "0", "1234567890123456789"):
        bad(f"{value} for a number", "bad-code-length", with_length(value))
    for c in "\f\v\0\b\u00a0\u2028\ufeff":
        bad(f"U+{ord(c):04X} where white space may stand", "not-json", text.replace('"codeLength": 20', f'"codeLength":{c}20'))
        bad(f"U+{ord(c):04X} in front", "not-json", c + text)
        bad(f"U+{ord(c):04X} at the end", "not-json", text + c)
    for escape in ("\\x41", "\\'", "\\v", "\\0", "\\a", "\\e", "\\U0041", "\\u004", "\\u00g1", "\\u{41}", "\\N", "\\ "):
        bad(f"an escape that there is not: {escape}", "not-json", text.replace("Works council", f"Works {escape} council"))
    for escape in ("\\b", "\\f", "\\n", "\\r", "\\t", "\\u0000", "\\u001F", "\\u007f", "\\u0085"):
        bad(f"an escape of a control character: {escape}", "bad-name", text.replace("Works council", f"Works{escape}council"))
    for c in "\t\b\0\x1f":
        bad(f"U+{ord(c):04X} inside a string", "not-json", text.replace("Works council", f"Works{c}council"))
    for comment, escape in (("the second half alone", "\\udf00"), ("in the wrong order", "\\udf00\\ud83d"),
                            ("the first half twice", "\\ud83d\\ud83d"), ("the first half and a letter", "\\ud83d\\u0041")):
        bad(f"a surrogate pair: {comment}", "bad-name", text.replace("Works", escape))
    for comment, old, new in (("a comma for a colon", '"codeLength":', '"codeLength",'), ("no colon", '"codeLength":', '"codeLength"'),
                              ("no comma", '"codeLength": 20,', '"codeLength": 20'), ("two commas", '20,', "20,,"),
                              ("a name without quotes", '"codeLength"', "codeLength"), ("a number for a name", '"codeLength"', "20"),
                              ("a comma behind the last element", '"kind": "text"}]', '"kind": "text"},]'),
                              ("an array that ends as an object", '"kind": "text"}]', '"kind": "text"}}'),
                              ("an object that ends as an array", '"lifetime": 15}', '"lifetime": 15]'),
                              ("a bracket too many", '"kind": "text"}]', '"kind": "text"}]]'),
                              ("an array that does not end", '"kind": "text"}]', '"kind": "text"}'),
                              ("a comment", '"codeLength": 20', '"codeLength": /* symbols */ 20')):
        assert text.count(old) == 1 or old == "20,", old
        bad(comment, "not-json", text.replace(old, new, 1))
    for depth in (1, 2, 12):
        bad(f"an unknown member with {depth} arrays in one another", "unknown-member",
            text[:-1] + ', "more": ' + "[" * depth + "]" * depth + "}")
        bad(f"an unknown member with {depth} objects in one another", "unknown-member",
            text[:-1] + ', "more": ' + '{"x": ' * depth + "0" + "}" * depth + "}")
        bad(f"{depth} arrays in one another for a name", "wrong-type", text.replace(
            '"Works council 2031"', "[" * depth + "]" * depth))
    bad("an unknown member whose brackets do not match", "not-json", text[:-1] + ', "more": [[[[]]]}')
    bad("an unknown member that is no JSON itself", "not-json", text[:-1] + ', "more": 01}')
    bad("a repeated member of an unknown member", "repeated-member", text[:-1] + ', "more": {"x": 1, "x": 1}}')
    bad("an array", "wrong-type", "[]")
    for value in ('"election 1"', "1", "true", "null"):
        bad(f"nothing but {value}", "wrong-type", value)
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
    for text, word in (("FVCK", "FUCK"), ("SH1T", "SHIT"), ("K111", "KILL"),
                       ("B00B", "BOOB"), ("N00B", None), ("D1KE", "DIKE"), ("J1ZZ", "JIZZ"),
                       ("C0CK", "COCK"), ("S1VT", "SLUT"), ("TVRD", "TURD"), ("P00F", "POOF"),
                       ("WANK", "WANK"), ("0RGY", "ORGY"), ("H0M0", "HOMO"), ("C11T", "CLIT")):
        if word:
            group("four", text, word)
        else:
            group("harmless", text)
    for text, word in (("45S0", "ASS"), ("0A55", "ASS"), ("53X0", "SEX"), ("X5EX", "SEX"),
                       ("7170", "TIT"), ("0717", "TIT"), ("FA60", "FAG"), ("0FA9", "FAG"),
                       ("8008", "BOOB"), ("D34D", "DEAD"), ("5H17", "SHIT"), ("J122", "JIZZ"),
                       ("RAP3", "RAPE"), ("N421", "NAZI"), ("9AY0", "GAY"), ("3GAY", "GAY"),
                       ("6009", None), ("90YS", None), ("HE11", "HELL"), ("5P42", "SPAZ"),
                       ("Y085", "YOBS"), ("W33D", "WEED"), ("4N45", None)):
        if word:
            group("look-alike four" if len(word) == 4 else "look-alike three", text, word)
        else:
            group("harmless", text)
    for text in ("0000", "1111", "AS0S", "A0SS", "SE0X", "KK0K", "F0CK", "FVC1", "ZZZZ", "VVVV",
                 "SSA0", "XES0", "H1TS", "AN40"):
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


# --- Section 10: answers.json ------------------------------------------------------------------------

def as_question(m):
    return Question(m.get("name", "Q"), m["kind"], m.get("order"), m.get("latestYear", m.get("atMost", 0)))


def evaluate_answers(t):
    if t["operation"] == "normalise":
        return {"normalForm": ref.normalise(as_question(t["question"]), input_bytes(t, "input"))}
    forms, unreadable = [], []
    for i, (question, answer) in enumerate(zip(t["questions"], t["answers"], strict=True), 1):
        try:
            require(answer is not None, "unreadable")
            forms.append(ref.normalise(as_question(question), answer.encode()))
        except Refused:
            unreadable.append(i)
    require(not unreadable, "unreadable", questionNumbers=unreadable)
    election, key = unhex(t, "electionId", "answerKey")
    return {"normalForms": forms, "message": ref.answers_message(forms).hex(),
            "answerTag": ref.answer_tag(election, key, forms).hex()}


def answers():
    f = VectorFile(
        "answers.json",
        "Section 10. `normalise`: a question and an input give the normal form, or the input "
        "is unreadable. `tag`: an election's questions and a voter's answers give the normal "
        "forms, the message that is hashed and the answer tag; null is an answer that is missing.",
        {"date": "a date", "digits": "digits", "postcode": "a postcode", "text": "a text",
         "order": "the question's order, or another that the input shows",
         "iso": "year, month, day, whatever the question's order",
         "compact": "eight or six digits without separators",
         "month-word": "a month in letters",
         "dropped-word": "of, the, weekdays, and ordinals' endings",
         "time": "what may follow the date, and what may not",
         "pivot": "the year that two digits mean",
         "calendar": "leap years, days and months that do not exist",
         "range": "years 1800 to 2199, lengths and limits",
         "separator": "what separates or is dropped",
         "foreign": "what makes an answer unreadable",
         "not-utf8": "bytes that are not UTF-8",
         "size": "at and over 1,024 bytes",
         "empty": "nothing there, or nothing left",
         "apostrophe": "apostrophes and what is typed for them",
         "latin": "Latin script beyond ASCII", "greek": "Greek", "cyrillic": "Cyrillic",
         "decomposed": "letters and marks apart",
         "kept": "scripts and signs that are kept as they are",
         "boundary": "at the ends of the ranges that are dropped",
         "edge": "a corner where the text of section 10 must be read closely",
         "tag": "answer tags",
         "unreadable": "reason: the answer, or one of the answers, is unreadable; "
                       "`questionNumbers` tells which, from 1"},
        evaluate_answers)

    def normalise(flags, question, data, expected, comment=None):
        inputs = {"operation": "normalise", "question": question, **text_or_hex("input", data)}
        if comment is None:
            comment = "readable" if expected is not None else "unreadable"
        if expected is None:
            f.add(comment, flags, inputs, reason="unreadable")
        else:
            f.add(comment, flags, inputs, normalForm=expected)

    # Dates. -------------------------------------------------------------------------------
    def date(flags, data, expected, comment=None, order="dmy", latest=2012):
        normalise(("date " + flags).strip(), {"kind": "date", "order": order, "latestYear": latest},
                  data, expected, comment)

    day = "1987-03-14"
    for data in ("14/03/1987", "14-03-1987", "14.03.1987", "14 03 1987", "14,03,1987", "14'03'1987",
                 "14:03:1987", "14+03+1987", "14\t03\r\n1987", "14/3/1987", " 14 / 03 / 1987 ",
                 "14//03--1987", "14. 3. 1987", "'14/03/1987'", "14/03/1987."):
        date("separator", data, day)
    for c in "\u00a0\u202f\u2010\u2011\u2012\u2013\u2014\u2015\u2212":
        date("separator", c.join(("14", "03", "1987")), day, f"U+{ord(c):04X} separates")
    for c in "!\"#$%&()*;<=>?@[\\]^_`{|}~\0\x0b\x7f":
        date("foreign", c.join(("14", "03", "1987")), None, f"U+{ord(c):04X} does not separate")
    for c in ["\u00ad", "\u00b4", "\u2009", "\u2016", "\u2019", "\u200b", "\u2060", "\u2215", "\u3000", "\ufeff"]:
        date("foreign", c.join(("14", "03", "1987")), None, f"U+{ord(c):04X} does not separate")
    date("foreign", "\ufeff14/03/1987", None, "a byte order mark in front")
    date("foreign", "\uff11\uff14/03/1987", None, "full-width digits")
    date("foreign", "\u0661\u0664/\u0660\u0663/\u0661\u0669\u0668\u0667", None, "Arabic-Indic digits")
    date("foreign", "14. M\u00e4rz 1987", None, "a letter beyond ASCII")
    date("foreign month-word", "14 \u017fept 1987", None, "a long s is no s here")
    date("not-utf8", b"14/03/1987\xff", None)
    date("not-utf8", b"14\xa003\xa01987", None, "no-break spaces of Latin-1")
    for data in ("", " ", "-", "\u00a0", "the", "Monday"):
        date("empty", data, None)
    date("size", "14/03/1987" + " " * 1014, day, "1,024 bytes")
    date("size dropped-word", "the " * 9 + "14/03/1987", day, "twelve tokens, dropped ones counted")
    date("size dropped-word", "the " * 10 + "14/03/1987", None, "thirteen tokens")
    date("size time", "14/03/1987" + " 0" * 9, day, "twelve tokens")
    date("size time", "14/03/1987" + " 0" * 10, None, "thirteen tokens")
    date("size", "0000000014/03/1987", None, "ten digits")
    date("size", "14/03/1987" + " " * 1015, None, "1,025 bytes")

    date("order", "03/04/1987", "1987-04-03", "day first")
    date("order", "03/04/1987", "1987-03-04", "month first", "mdy")
    date("order", "03/04/1987", None, "year first: a day of four digits", "ymd")
    date("order", "14/03/1987", None, "there is no month 14", "mdy")
    date("order", "03/14/1987", day, None, "mdy")
    date("order", "03/14/1987", None, "there is no month 14", "dmy")
    date("order", "87/03/14", day, None, "ymd")
    date("order", "87/03/14", None, "there is no day 87")
    date("order", "01/02/03", "2003-02-01", None, "dmy")
    date("order", "01/02/03", "2003-01-02", None, "mdy")
    date("order", "01/02/03", "2001-02-03", None, "ymd")
    for order in ("dmy", "mdy", "ymd"):
        date("iso order", "1987-03-14", day, f"in order {order}", order)
        date("iso order", "1987/3/4", "1987-03-04", f"in order {order}", order)
        date("iso order", "1987-14-03", None, f"never year, day, month: in order {order}", order)
        date("month-word order", "14 March 1987", day, f"in order {order}", order)
        date("month-word order", "March 4, 05", "2005-03-04", f"in order {order}", order)
    date("iso", "1987-03-1987", None)
    date("range", "014/03/1987", None, "a day of three digits")
    date("range", "14/003/1987", None, "a month of three digits")
    date("range", "14/03/987", None, "a year of three digits")
    date("range", "14/03/7", None, "a year of one digit")
    date("range", "14/03/01987", None, "a year of five digits")
    date("range", "4/3/1987", "1987-03-04", "day and month of one digit")
    date("", "03/1987", None, "two tokens")
    date("", "14 1987", None, "two tokens")
    date("", "1987", None, "one token")
    date("", "14/03/1987/5", None, "a fourth number")
    date("", "14/03/19 87", None, "a year in two pieces")

    date("compact", "14031987", day)
    date("compact", "03141987", day, None, "mdy")
    date("compact", "19870314", day, None, "ymd")
    date("compact", "19870314", None, "month 87", "dmy")
    date("compact", "14031987", None, "year 1403 is too early", "ymd")
    date("compact", "140387", day)
    date("compact", "031487", day, None, "mdy")
    date("compact", "870314", day, None, "ymd")
    date("compact", "000102", "2000-01-02", None, "ymd")
    date("compact", "20120229", "2012-02-29", None, "ymd")
    date("compact", "20130229", None, None, "ymd")
    date("compact", "1403987", None, "seven digits")
    date("compact", "14387", None, "five digits")
    date("compact", "140319870", None, "nine digits")
    date("compact", "1403 1987", None, "four and four")
    date("compact", "14 031987", None, "two and six")
    date("compact dropped-word", "Saturday, 14031987", day, "the first token, once the weekday is dropped")
    date("compact dropped-word", "14031987 Sat", day)
    date("compact month-word", "140387 March", None)
    date("compact month-word", "March 140387", None)
    date("compact", "14031987 140387", None)

    for i, name in enumerate(("January", "February", "March", "April", "May", "June", "July", "August",
                              "September", "October", "November", "December"), 1):
        date("month-word", f"9 {name} 1987", f"1987-{i:02}-09")
        date("month-word", f"9-{name[:3].upper()}-87", f"1987-{i:02}-09")
    for data in ("14march1987", "14mar87", "March 14, 1987", "MARCH 14 1987", "mArCh/14/1987", "14.Mar.1987",
                 "1987 March 14", "1987, 14 March", "14 1987 March", "March 1987 14", "87 March 14",
                 "March 87 14", "14 87 Mar", "14-Mar-87"):
        date("month-word", data, day)
    date("month-word", "9 Sept 1987", "1987-09-09")
    date("month-word", "Sept. 9, '87", "1987-09-09")
    for data in ("9 Septem 1987", "9 Ma 1987", "9 Marc 1987", "9 Marchs 1987", "9 M 1987", "9 mars 1987",
                 "9 March", "March 1987", "March March 1987", "9 March May", "March", "9 March April 1987",
                 "foo 14 03 1987", "14 foo 1987", "14 03 foo", "14 03 1987 March", "14 03 1987 foo"):
        date("month-word", data, None)
    date("month-word pivot", "12 March 13", "1913-03-12", "neither can only be the year: the second is")
    date("month-word pivot", "12 March 11", "2011-03-12")
    date("month-word pivot", "13 11 March", "2011-03-13")
    date("month-word pivot", "32 March 31", "1932-03-31", "32 can only be the year")
    date("month-word pivot", "31 March 32", "1932-03-31")
    date("month-word pivot", "31 March 31", "1931-03-31")
    date("month-word", "32 March 33", None, "both can only be the year")
    date("month-word", "1987 March 1988", None, "both can only be the year")
    date("month-word", "014 March 1987", None, "three digits make a year, so that both are")
    date("month-word", "14 March 087", None, "a year of three digits")
    date("month-word", "087 March 14", None, "a year of three digits")
    date("month-word", "14 March 7", None, "a year of one digit")
    date("month-word", "14 March 01987", None, "a year of five digits")
    date("month-word calendar", "0 March 1987", None)
    date("month-word calendar", "00 March 87", None)
    date("month-word calendar", "31 April 1987", None)
    date("month-word pivot", "30 Feb 29", None, "29 is the year, and February has no 30th")
    date("month-word calendar", "1987 Feb 29", None)
    date("month-word pivot", "1 Jan 00", "2000-01-01")
    date("month-word size", "14 March " + "0" * 900 + "1987", None, "a number of hundreds of digits")

    for data in ("14th March 1987", "14th of March 1987", "the 14th of March, 1987", "March the 14th, 1987",
                 "14 th March 1987", "14TH MARCH 1987", "14st March 1987", "14rd/03/1987", "14nd.03.1987",
                 "14/03rd/1987", "14/03/1987th", "14-th-03-1987", "the the 14 of of 03 of 1987 of",
                 "Saturday 14 March 1987", "Sat, 14 Mar 1987", "Sat 14Mar1987",
                 "14 March 1987, Saturday", "14 Sat March 1987",
                 "Monday 14 March 1987", "sun mon 14/03/1987"):
        date("dropped-word", data, day)
    for name in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Mon", "Tue",
                 "Wed", "Thu", "Fri", "Sat", "Sun", "Tues", "Weds", "Thur", "Thurs"):
        date("dropped-word", f"{name}. 14/03/1987", day)
    for data in ("Tuesd 14/03/1987", "Thursd 14/03/1987", "Mo 14/03/1987", "Lundi 14/03/1987", "Wednes 14/03/1987",
                 "th 14 March 1987", "14 March th 1987", "14 ths March 1987", "14e March 1987", "and 14 March 1987"):
        date("dropped-word", data, None)
    date("dropped-word", "1st January 2001", "2001-01-01")
    date("dropped-word", "2nd January 2001", "2001-01-02")
    date("dropped-word", "3rd January 2001", "2001-01-03")
    date("dropped-word edge", "14 of th March 1987", None, "directly behind: what `of` leaves open does not close")
    date("dropped-word edge", "14 th th March 1987", None, "the second `th` is behind a word")
    date("dropped-word edge", "14th, March 1987", day, "separators may stand between: tokens count")

    for tail in ("T00:00:00Z", "T00:00:00", " 00:00:00", " 0:00", " 00:00:00.000", "T00:00:00.000000000Z",
                 "T00:00:00+00:00", "T00:00:00.000-00:00", " 0", " 000000000", " 00:00:00 Z", "T000000Z"):
        date("time iso", "1987-03-14" + tail, day)
    for data in ("14/03/1987 00:00", "14/03/1987 00:00:00", "14 March 1987 00:00", "Sat 14 Mar 1987 00:00:00",
                 "14/03/1987T00:00Z", "14/03/1987, 00.00", "14031987 0:00", "140387 000000"):
        date("time", data, day)
    for tail in ("T01:00:00Z", " 12:00:00 AM", " 00:01", "T00:00:00+01:00", "T00:00:00.001", " 0000000000",
                 " 00:00 GMT", " 00:00 UTC", " 00h00", " x", " 00:00 1987"):
        date("time iso", "1987-03-14" + tail, None)
    date("time", "00:00 14/03/1987", None, "a time in front")
    date("time", "14 t 03 1987", None)
    date("time", "t 14 03 1987", None)
    date("time compact edge", "19870314T000000Z", day, "the three pieces are the first three tokens, not T", "ymd")
    date("time compact edge", "14031987 T 00:00", day, "the same")
    date("time edge", "1987-03-14 00 t 00 z 00", day, "t and z between the number tokens")
    date("time edge", "1987-03-14T", day, "t alone")
    date("time edge", "1987-03-14Z", day, "z alone")
    date("time dropped-word edge", "14/03/1987 00:00:00 Saturday", day, "dropped words are dropped behind the time, too")

    for latest, yy, year in ((2012, "12", 2012), (2012, "13", 1913), (2012, "00", 2000), (2012, "99", 1999),
                             (1900, "00", 1900), (1900, "01", 1801), (1900, "99", 1899), (2199, "99", 2199),
                             (2199, "00", 2100), (1999, "99", 1999), (1999, "00", 1900), (2000, "00", 2000),
                             (2000, "01", 1901), (2000, "99", 1999), (1950, "50", 1950), (1950, "51", 1851),
                             (2099, "12", 2012), (2112, "12", 2112), (2112, "13", 2013)):
        date("pivot", f"01/02/{yy}", f"{year}-02-01", f"the hundred years that end with {latest}", "dmy", latest)
    date("pivot", "01/02/2013", "2013-02-01", "four digits may mean a later year", "dmy", 2012)

    for data, expected in (("29/02/2000", "2000-02-29"), ("29/02/2004", "2004-02-29"), ("29/02/1900", None),
                           ("29/02/2100", None), ("29/02/1987", None), ("29/02/1896", "1896-02-29"),
                           ("29/02/1800", None), ("30/02/2000", None), ("31/01/1987", "1987-01-31"),
                           ("32/01/1987", None), ("31/04/1987", None), ("30/04/1987", "1987-04-30"),
                           ("31/06/1987", None), ("31/09/1987", None), ("31/11/1987", None),
                           ("31/12/1987", "1987-12-31"), ("00/03/1987", None), ("14/00/1987", None),
                           ("14/13/1987", None), ("0/0/0000", None), ("29 Feb 04", "2004-02-29"),
                           ("29 Feb 05", None), ("29/02/00", "2000-02-29")):
        date("calendar", data, expected)
    date("calendar pivot", "29/02/00", None, "1900 was no leap year", "dmy", 1950)
    for data, expected in (("01/01/1800", "1800-01-01"), ("31/12/1799", None), ("31/12/2199", "2199-12-31"),
                           ("01/01/2200", None), ("01/01/0000", None), ("01/01/0087", None), ("01/01/9999", None)):
        date("range", data, expected)

    # Digits. -------------------------------------------------------------------------------
    def digits(flags, data, expected, comment=None, most=9):
        question = {"kind": "digits"} if most is None else {"kind": "digits", "atMost": most}
        normalise(("digits " + flags).strip(), question, data, expected, comment)

    digits("", "123456789", "123456789")
    for data in ("12 345 678", "12-345-678", "12.345.678", "12/345/678", "(12)345678", "+12345678", "12\t345\r\n678",
                 "12\u00a0345\u202f678", " 12345678 ", "((12--345..678))+"):
        digits("separator", data, "12345678")
    for c in "!\"#$%&'*,:;<=>?@[\\]^_`{|}~\0\x0b\x0c\x7fAaOol":
        digits("foreign", "123" + c + "456", None, f"U+{ord(c):04X} is not dropped")
    for c in ["\u00ad", "\u00b2", "\u0661", "\u2007", "\u2009", "\u200b", "\u2010", "\u2011", "\u2013", "\u2212",
              "\u3000", "\ufeff", "\uff11"]:
        digits("foreign", "123" + c + "456", None, f"U+{ord(c):04X} is not dropped")
    for data, expected in (("000123", "123"), ("0", "0"), ("000", "0"), ("0-0 0", "0"), ("00-01", "1"), ("100", "100"),
                           ("0123456789", "123456789")):
        digits("range", data, expected, "leading zeros")
    digits("range", "1234567890", None, "ten of at most nine digits")
    digits("range", "0000000000000123456789", "123456789", "zeros are dropped before digits are counted")
    digits("range", "0" * 1024, "0", "a thousand zeros")
    digits("range", "05", "5", None, 1)
    digits("range", "10", None, None, 1)
    for most in (None, 0, 32):
        digits("range", "1" * 32, "1" * 32, None, most)
        digits("range", "1" * 33, None, None, most)
    for data in ("", " ", "-", "()", "\u00a0"):
        digits("empty", data, None)
    digits("not-utf8", b"123\xff", None)
    digits("size", "1" + " " * 1023, "1", "1,024 bytes")
    digits("size", "1" + " " * 1024, None, "1,025 bytes")

    # Postcodes. -----------------------------------------------------------------------------
    def postcode(flags, data, expected, comment=None):
        normalise(("postcode " + flags).strip(), {"kind": "postcode"}, data, expected, comment)

    for data in ("SW1A 1AA", "sw1a 1aa", "SW1A1AA", "Sw1a-1aA", " SW1A  1AA ", "SWIA IAA", "swia iaa", "SW1A.1AA,",
                 "SW1A\t1AA\r\n", "SW1A\u00a01AA", "SW1A\u202f1AA", "\"SW1A_1AA\"", "#SW1A/1AA;", "SW1A\0\x7f1AA"):
        postcode("separator", data, "SW1A1AA")
    for data, expected in (("OX1 2JD", "0X12JD"), ("0X1 2JD", "0X12JD"), ("ox1 2jd", "0X12JD"), ("L1 8JQ", "L18JQ"),
                           ("l1 8jq", "L18JQ"), ("EC1A 1BB", "EC1A1BB"), ("M1 1AE", "M11AE"), ("75008", "75008"),
                           ("00184", "00184"), ("D-10115", "D10115"), ("1012 AB", "1012AB"), ("K1A 0B1", "K1A0B1"),
                           ("K1A OB1", "K1A0B1"), ("D02 AF30", "D02AF30"), ("02108-1234", "021081234"), ("I0", "10"),
                           ("io", "10"), ("STHL 1ZZ", "STHL1ZZ"), ("UUZZ", "UUZZ")):
        postcode("", data, expected)
    for c in ["\u00ad", "\u00c5", "\u2009", "\u200b", "\u2010", "\u2013", "\u3000", "\uff11", "\ufeff", "\u0410",
              "\u212a", "\u0131", "\u00b7"]:
        postcode("foreign", "SW1A" + c + "1AA", None, f"U+{ord(c):04X} is not dropped")
    for data, expected in (("1", None), ("A!", None), ("AB", "AB"), ("1234567890", "1234567890"), ("12345678901", None),
                           ("ABCDE FGHJK", "ABCDEFGHJK"), ("ABCDE FGHJKL", None)):
        postcode("range", data, expected)
    for data in ("", " ", "-"):
        postcode("empty", data, None)
    postcode("not-utf8", b"SW1A\xa01AA", None)
    postcode("size", "AB" + " " * 1022, "AB", "1,024 bytes")
    postcode("size", "AB" + " " * 1023, None, "1,025 bytes")

    # Texts. -----------------------------------------------------------------------------------
    def text(flags, data, expected, comment=None):
        normalise(("text " + flags).strip(), {"kind": "text"}, data, expected, comment)

    def both_ways(flags, data, expected):
        """Composed and decomposed."""
        text(flags, unicodedata.normalize("NFC", data), expected)
        apart = unicodedata.normalize("NFD", data)
        if apart != unicodedata.normalize("NFC", data):
            text(flags + " decomposed", apart, expected)

    for data in ("O'Neill", "ONEILL", "o neill", "O-Neill", " O\tNeill\r\n", "O`Neill", "(O.Neill)", "O\"Neill"):
        text("apostrophe", data, "oneill")
    for c in "\u00b4\u02b9\u02bb\u02bc\u02c8\u0301\u2018\u2019\u201b\u2032\u2035":
        text("apostrophe", f"O{c}Neill", "oneill", f"U+{ord(c):04X}")
    text("apostrophe kept", "O\uff07Neill", "o\uff07neill", "a full-width apostrophe is kept")
    text("", "Van der Berg 3rd", "vanderberg3rd")
    text("", "0123456789", "0123456789", "digits are kept, zeros, too")
    text("", "The quick_brown+fox=42%!", "thequickbrownfox42")
    for data, expected in (
            ("\u0141\u00f3d\u017a", "lodz"), ("\u0141\u00d3D\u0179", "lodz"), ("Wa\u0142\u0119sa", "walesa"),
            ("Brz\u0119czyszczykiewicz-\u017b\u00f3\u0142\u0107", "brzeczyszczykiewiczzolc"),
            ("M\u00fcller", "muller"), ("M\u00dcLLER", "muller"), ("Stra\u00dfe", "strasse"),
            ("STRA\u1e9eE", "strasse"), ("Strasse", "strasse"), ("Gr\u00f6\u00dfer", "grosser"),
            ("\u00c6gir", "aegir"), ("\u0152uvre", "oeuvre"), ("\u00de\u00f3r\u00f0ur", "thordur"),
            ("\u00d8rsted", "orsted"), ("\u00c5se \u00c5ngstr\u00f6m", "aseangstrom"),
            ("\u0130stanbul", "istanbul"), ("Isparta", "isparta"), ("I\u015f\u0131k", "isik"),
            ("\u0131\u0130iI", "iiii"), ("Ya\u011fmur \u00c7elik", "yagmurcelik"),
            ("Ll\u0177r", "llyr"), ("\u0174yn T\u0176", "wynty"), ("Si\u00e2n", "sian"), ("\u1e80\u1e85", "ww"),
            ("\u00d3 S\u00failleabh\u00e1in", "osuilleabhain"), ("Sea\u0301n Mac Ma\u1e6b\u00fana", "seanmacmatuna"),
            ("\u1e02\u010a\u1e0a\u1e1e\u0120\u1e40\u1e56\u1e60\u1e6a", "bcdfgmpst"),
            ("Nguy\u1ec5n", "nguyen"), ("\u0110\u1eb7ng", "dang"), ("Tr\u1ea7n \u01a0\u01af", "tranou"),
            ("Dvo\u0159\u00e1k", "dvorak"), ("\u013dubom\u00edr", "lubomir"), ("Erd\u0151s", "erdos"),
            ("\u021aepe\u0219", "tepes"), ("\u0162epe\u015f", "tepes"), ("\u0110okovi\u0107", "dokovic"),
            ("L\u2019Ha\u00ff-les-Roses", "lhaylesroses"), ("Col\u00b7lell", "collell"),
            ("IJsselmuiden", "ijsselmuiden"), ("Ibi\u00f1ez y Pe\u00f1a", "ibinezypena"),
            ("Jo\u00e3o Concei\u00e7\u00e3o", "joaoconceicao"), ("\u0100\u0112\u012a\u014c\u016a", "aeiou"),
            ("\u01cd\u01d4\u01dc", "auu")):
        both_ways("latin", data, expected)
    for data, expected in (("\u0132sselmuiden", "ijsselmuiden"), ("\u0133", "ij"), ("\u01c4\u01c5\u01c6", "dzdzdz"),
                           ("\u01c7\u01cb", "ljnj"), ("\u013f\u0140", "ll"), ("\u017f", "s"), ("\u0149", "n"),
                           ("1\u00aa 2\u00ba", "1a2o"), ("\u0187", "\u0188"), ("\u01f6", "\u0195"), ("\u018f", "\u0259")):
        text("latin", data, expected)
    for data, expected in (
            ("\u03a0\u03b1\u03c0\u03b1\u03b4\u03cc\u03c0\u03bf\u03c5\u03bb\u03bf\u03c2",
             "\u03c0\u03b1\u03c0\u03b1\u03b4\u03bf\u03c0\u03bf\u03c5\u03bb\u03bf\u03c3"),
            ("\u03a0\u0391\u03a0\u0391\u0394\u039f\u03a0\u039f\u03a5\u039b\u039f\u03a3",
             "\u03c0\u03b1\u03c0\u03b1\u03b4\u03bf\u03c0\u03bf\u03c5\u03bb\u03bf\u03c3"),
            ("\u0386\u0388\u0389\u038a\u038c\u038e\u038f", "\u03b1\u03b5\u03b7\u03b9\u03bf\u03c5\u03c9"),
            ("\u0390\u03b0\u03ca\u03cb\u03aa\u03ab", "\u03b9\u03c5\u03b9\u03c5\u03b9\u03c5"),
            ("\u1f08\u03b8\u1fc6\u03bd\u03b1\u03b9", "\u03b1\u03b8\u03b7\u03bd\u03b1\u03b9"),
            ("\u1fb3\u1fbc\u1ff7\u1f82", "\u03b1\u03b1\u03c9\u03b1"),
            ("\u1fe5\u1fec", "\u03c1\u03c1")):
        both_ways("greek", data, expected)
    text("greek", "\u00b5", "\u03bc", "the micro sign is mu")
    text("greek", "\u03c3\u03c2\u03a3\u03f2\u03f9", "\u03c3" * 5)
    text("greek", "\u03d0\u03d1\u03d5\u03d6\u03f0\u03f1\u03f5", "\u03b2\u03b8\u03c6\u03c0\u03ba\u03c1\u03b5")
    for data, expected in (
            ("\u0419\u043e\u0441\u0438\u0444", "\u0438\u043e\u0441\u0438\u0444"),
            ("\u0401\u043b\u043a\u0438\u043d\u0430", "\u0435\u043b\u043a\u0438\u043d\u0430"),
            ("\u0407\u0436\u0430\u043a", "\u0456\u0436\u0430\u043a"),
            ("\u0490\u0430\u043b\u0430\u0491\u0430\u043d", "\u0491\u0430\u043b\u0430\u0491\u0430\u043d"),
            ("\u040e\u0454", "\u0443\u0454"), ("\u0403\u040c\u0453\u045c", "\u0433\u043a\u0433\u043a"),
            ("\u0402\u040b\u0409\u040a\u040f", "\u0452\u045b\u0459\u045a\u045f"),
            ("\u042f\u043d\u0430 \u042e\u0440\u0456\u0457\u0432\u043d\u0430", "\u044f\u043d\u0430\u044e\u0440\u0456\u0456\u0432\u043d\u0430")):
        both_ways("cyrillic", data, expected)
    for data, expected in (
            ("\u738b\u5c0f\u660e", "\u738b\u5c0f\u660e"), ("\u738b\u3000\u5c0f\u660e", "\u738b\u5c0f\u660e"),
            ("\u0645\u062d\u0645\u062f", "\u0645\u062d\u0645\u062f"), ("\u05db\u05d4\u05df", "\u05db\u05d4\u05df"),
            ("\u0540\u0561\u0575", "\u0540\u0561\u0575"), ("\u0930\u093e\u092e", "\u0930\u093e\u092e"),
            ("\uff21\uff42", "\uff21\uff42"), ("\ufb01", "\ufb01"), ("\u2163", "\u2163"), ("\u2116", "\u2116"),
            ("\u20ac\u2122", "\u20ac\u2122"), ("\U0001f642", "\U0001f642"), ("\u2764\ufe0f", "\u2764"),
            ("\uac15", "\uac15"), ("\u0661", "\u0661"), ("\ufffd", "\ufffd"), ("\u0483", "\u0483")):
        text("kept", data, expected)
    text("kept edge", "\u212a\u212b\u2126", "\u212a\u212b\u2126",
         "the signs for Kelvin, Angstrom and Ohm are not listed, and kept")
    for c, expected in ((0x7F, ""), (0x80, ""), (0xBF, ""), (0xD7, ""), (0xF7, ""), (0x2AF, None), (0x2B0, ""),
                        (0x36F, ""), (0x370, "\u0371"), (0x1AAF, None), (0x1AB0, ""), (0x1AFF, ""), (0x1B00, None),
                        (0x1DBF, None), (0x1DC0, ""), (0x1DFF, ""), (0x1E00, "a"), (0x1FFE, None), (0x2000, ""),
                        (0x206F, ""), (0x2070, None), (0x20CF, None), (0x20D0, ""), (0x20FF, ""), (0x2100, None),
                        (0x2FFF, None), (0x3000, ""), (0x3003, ""), (0x3004, None), (0xFDFF, None), (0xFE00, ""),
                        (0xFE0F, ""), (0xFE10, None), (0xFE1F, None), (0xFE20, ""), (0xFE2F, ""), (0xFE30, None),
                        (0xFEFE, None), (0xFEFF, ""), (0xFF00, None), (0xE0100, None), (0x10FFFF, None)):
        text("boundary", f"a{chr(c)}b", "a" + (chr(c) if expected is None else expected) + "b", f"U+{c:04X}")
    for data in ("", " ", "'-.", "\u0301", "\u2019", "\u3000\ufeff", "\0"):
        text("empty", data, None)
    text("range", "x", "x")
    text("range", "a" * 255, "a" * 255, "255 bytes")
    text("range", "a" * 256, None, "256 bytes")
    text("range", "\u00df" * 127 + "a", "s" * 254 + "a", "255 bytes after folding")
    text("range", "\u00df" * 128, None, "256 bytes after folding")
    text("range", "\u03b1" * 127 + "a", "\u03b1" * 127 + "a", "255 bytes in 128 scalars")
    text("range", "\u03b1" * 128, None, "256 bytes in 128 scalars")
    text("size", "a" + "-" * 1023, "a", "1,024 bytes")
    text("size", "a" + "-" * 1024, None, "1,025 bytes")
    for data, comment in ((b"a\xff", "FF"), (b"a\x80", "a lone continuation byte"), (b"a\xc3", "cut short"),
                          (b"a\xc0\x80", "over-long"), (b"a\xed\xa0\x80", "half of a surrogate pair"),
                          (b"a\xf4\x90\x80\x80", "beyond U+10FFFF"), (b"M\xfcller", "Latin-1")):
        text("not-utf8", data, None, comment)

    # Answer tags. --------------------------------------------------------------------------------
    born = {"name": "Date of birth", "kind": "date", "order": "dmy", "latestYear": 2012}
    member = {"name": "Membership number", "kind": "digits", "atMost": 9}
    code_ = {"name": "Postcode", "kind": "postcode"}
    surname = {"name": "Surname", "kind": "text"}

    def tag(comment, questions, given, election=ELECTION, flags="tag", **expected):
        f.add(comment, flags, {"operation": "tag", "electionId": election.hex(),
                               "answerKey": fixed("answer key").hex(),
                               "questions": questions, "answers": given}, **expected)

    tag("no questions: sixteen zero bytes", [], [], answerTag="00" * 16)
    tag("one question", [born], ["14/03/1987"], normalForms=[day])
    tag("one question, typed otherwise", [born], ["March 14th, 1987"], normalForms=[day])
    tag("one question in another election", [born], ["14/03/1987"], OTHER_ELECTION, normalForms=[day])
    tag("two questions", [born, code_], ["14.3.87", "sw1a 1aa"], normalForms=[day, "SW1A1AA"])
    tag("two questions the other way round", [code_, born], ["sw1a 1aa", "14.3.87"], normalForms=["SW1A1AA", day])
    tag("three questions", [born, member, surname], ["1987-03-14", "00 1234", "O\u2019Neill"],
        normalForms=[day, "1234", "oneill"])
    tag("four questions", [born, member, code_, surname], ["1987-03-14", "1234", "OX1 2JD", "\u0141\u00f3d\u017a"],
        normalForms=[day, "1234", "0X12JD", "lodz"])
    tag("lengths keep answers apart", [surname, {"name": "First name", "kind": "text"}], ["ab", "c"],
        normalForms=["ab", "c"])
    tag("and so is this another tag", [surname, {"name": "First name", "kind": "text"}], ["a", "bc"],
        normalForms=["a", "bc"])
    tag("the second answer is unreadable", [born, member, surname], ["1987-03-14", "12a", "O'Neill"],
        reason="unreadable", questionNumbers=[2])
    tag("the first and third answers are", [born, member, surname], ["1987", "12", "-"],
        reason="unreadable", questionNumbers=[1, 3])
    tag("the last answer is missing", [born, member], ["1987-03-14", None], reason="unreadable", questionNumbers=[2])
    tag("the first is missing, the second unreadable", [born, member, surname], [None, "12a", "O'Neill"],
        reason="unreadable", questionNumbers=[1, 2])
    tag("all are missing", [born, surname], [None, None], reason="unreadable", questionNumbers=[1, 2])
    return f


# --- Section 11: redeem.json -------------------------------------------------------------------------------

def evaluate_redeem(t):
    election = bytes.fromhex(t["electionId"])
    if t["operation"] == "verify":
        return hexes(receiptNumber=ref.verify_receipt(election, bytes.fromhex(t["receiptKey"]), t["receipt"]))
    secret, seed, key = unhex(t, "spendingSecret", "receiptSeed", "idempotencyKey")
    fingerprint, receipt_number, receipt = ref.redeem(election, secret, seed, key)
    return {**hexes(fingerprint=fingerprint, receiptNumber=receipt_number,
                    signedMessage=ref.pad(b"cf1.receipt", 16) + election + receipt_number,
                    receiptKey=primitives.ed25519_public_key(seed)),
            "receipt": ref.base64url(receipt)}


def redeeming():
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
        evaluate_redeem)

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


# --- Section 12: register.json ---------------------------------------------------------------------------------

REGISTER_SEED = fixed("register seed")
ELECTION_DIGEST = as_election(election_members()).digest()


def row_members(row):
    return {**hexes(lookupId=row.lookup_id, tag=row.tag, pack=ref.u64(row.pack), voterNumber=row.voter_number,
                    answerTag=row.answer_tag), "kind": row.kind, "replaces": ref.u64(row.replaces).hex()}


def row_of(m):
    lookup, tag, pack, voter, answer, replaces = unhex(m, "lookupId", "tag", "pack", "voterNumber", "answerTag",
                                                       "replaces")
    return ref.Row(lookup, tag, ref.number(pack), voter, answer, m["kind"], ref.number(replaces))


def evaluate_register(t):
    election, digest = unhex(t, "electionId", "electionDigest")
    if t["operation"] == "write":
        seed = bytes.fromhex(t["registerSeed"])
        data = ref.write_register(election, digest, seed, t["batch"], t["batchKind"], [row_of(m) for m in t["rows"]])
        return hexes(registerKey=primitives.ed25519_public_key(seed),
                     registerDigest=ref.register_digest(election, data[:-64]),
                     signature=data[-64:], register=data)
    data, key = unhex(t, "register", "registerKey")
    batch, kind, rows = ref.read_register(data, election, digest, key)
    return {"batch": batch, "batchKind": kind, "registerDigest": ref.register_digest(election, data[:-64]).hex(),
            "rows": [row_members(row) for row in rows]}


def register_rows(batch, batch_kind, count):
    """Rows as the issuing room would make them: every third pack of members for post alone."""
    rows, used = [], set()
    for ordinal in range(1, count + 1):
        _, code, pack = ref.derive(ELECTION, fixed(f"batch key of {batch}"), 20, ordinal, used)
        values = ref.code_values(ELECTION, fixed("ledger key"), code)
        kind = ref.SPECIMEN if batch_kind == ref.SPECIMENS else ref.POST_ONLY if ordinal % 3 == 2 else ref.NORMAL
        id_text = ref.specimen_voter_id(batch, ordinal) if kind == ref.SPECIMEN else f"{100000 + ordinal}"
        tag = ref.NO_ANSWER_TAG if kind != ref.NORMAL else \
            ref.answer_tag(ELECTION, values.answer_key, ["1987-03-14", f"{ordinal}", "SW1A1AA", "oneill"])
        replaces = 0
        if batch_kind == ref.REPLACEMENTS:
            replaces = ref.pack_number(ref.derive_attempt(ELECTION, BATCH_KEY, 20, ordinal, 0)[2])
        rows.append(ref.Row(values.lookup_id, values.tag, ref.pack_number(pack),
                            ref.voter_number(ELECTION, fixed("voter key"), id_text), tag, kind, replaces))
    return rows


def register():
    f = VectorFile(
        "register.json",
        "Section 12. `write`: rows in the order of their ordinals give a whole register. "
        "`read`: a whole register and the election it should belong to give its rows, or "
        "what a reader refuses. Registers that are refused are signed correctly unless the "
        "signature is what is wrong. Pack numbers are in hex, u64.",
        {"members": "batch kind 1", "specimens": "batch kind 2", "replacements": "batch kind 3",
         "altered": "one thing is wrong", "two-faults": "two things are: the first of them gives the reason",
         "wrong-magic": "reason: other first 24 bytes",
         "wrong-length": "reason: the length does not fit N, or N is 0",
         "wrong-signature": "reason: the signature does not verify",
         "other-election": "reason: another election's id or digest",
         "bad-batch-name": "reason: the batch name has other bytes, or none",
         "unknown-batch-kind": "reason: not 1, 2 or 3",
         "reserved-not-zero": "reason: bytes 105 to 111 are not zero",
         "rows-out-of-order": "reason: look-up ids do not ascend, or two are equal",
         "unknown-kind": "reason: a row's kind is not 1, 2 or 3",
         "kind-in-wrong-batch": "reason: a specimen outside a specimen batch, or something else in one",
         "replaced-pack-out-of-place": "reason: a replaced pack outside a replacement batch",
         "replaced-pack-missing": "reason: no replaced pack in a replacement batch",
         "wrong-pack-number": "reason: check symbols of a pack number, or a replaced one, are wrong"},
        evaluate_register)
    key = primitives.ed25519_public_key(REGISTER_SEED)
    good = {}
    for kind, flag in ((ref.MEMBERS, "members"), (ref.SPECIMENS, "specimens"), (ref.REPLACEMENTS, "replacements")):
        for count in (1, 3, 5):
            batch = f"{flag}-{count}"
            rows = register_rows(batch, kind, count)
            f.add(f"{flag}, {count} rows", flag, {
                "operation": "write", "electionId": ELECTION.hex(), "electionDigest": ELECTION_DIGEST.hex(),
                "registerSeed": REGISTER_SEED.hex(), "batch": batch, "batchKind": kind,
                "rows": [row_members(row) for row in rows]})
            good[kind, count] = bytes.fromhex(f.tests[-1]["register"])

    def read(comment, flags, data, election=ELECTION, digest=ELECTION_DIGEST, register_key=key, **expected):
        f.add(comment, flags, {"operation": "read", "electionId": election.hex(), "electionDigest": digest.hex(),
                               "registerKey": register_key.hex(), "register": data.hex()}, **expected)

    def resigned(data):
        return ref.sign_register(ELECTION, REGISTER_SEED, data)

    def altered(comment, reason, kind, at, value, flags="altered"):
        """The register of three rows with other bytes at an offset, signed again."""
        data = good[kind, 3][:-64]
        assert data[at:at + len(value)] != value
        read(comment, flags, resigned(data[:at] + value + data[at + len(value):]), reason=reason)

    for (kind, count), data in good.items():
        if count == 3:
            read("a good register", ("members", "specimens", "replacements")[kind - 1], data)
    for name in ("a", "0", "A-b_c.9", "x" * 31):
        data = ref.write_register(ELECTION, ELECTION_DIGEST, REGISTER_SEED, name, 1, register_rows("members-1", 1, 1))
        read(f"a batch named {name}", "members", data, batch=name)

    M, S, R = ref.MEMBERS, ref.SPECIMENS, ref.REPLACEMENTS
    data = good[M, 3]
    altered("version 2", "wrong-magic", M, 22, b"2")
    read("empty", "altered", b"", reason="wrong-magic")
    read("cut short by one byte", "altered", data[:-1], reason="wrong-length")
    read("one byte more", "altered", data + b"\0", reason="wrong-length")
    read("cut short in the header", "altered", data[:100], reason="wrong-length")
    read("a row less than N says", "altered", resigned(data[:120 + 97 * 2]), reason="wrong-length")
    read("no rows", "altered", resigned(data[:112] + bytes(8)), reason="wrong-length")
    altered("N = 4", "wrong-length", M, 112, ref.u64(4))
    altered("N = 2^64 - 1", "wrong-length", M, 112, b"\xff" * 8)
    altered("N = 2^63 + 3", "wrong-length", M, 112, ref.u64(2**63 + 3))
    read("the signature's first byte", "altered", data[:-64] + bytes([data[-64] ^ 1]) + data[-63:],
         reason="wrong-signature")
    read("a byte of a row", "altered", data[:140] + bytes([data[140] ^ 1]) + data[141:], reason="wrong-signature")
    read("signed by another key", "altered", ref.sign_register(ELECTION, fixed("another seed"), data[:-64]),
         reason="wrong-signature")
    read("signed without a label", "altered", data[:-64] + primitives.ed25519_sign(
        REGISTER_SEED, ref.register_digest(ELECTION, data[:-64])), reason="wrong-signature")
    read("signed as a receipt", "altered", data[:-64] + ref.sign(
        REGISTER_SEED, "cf1.receipt", ref.register_digest(ELECTION, data[:-64])), reason="wrong-signature")
    altered("another election's id", "other-election", M, 24, OTHER_ELECTION)
    altered("another election's digest", "other-election", M, 40, fixed("another digest"))
    for name in (b"\0", b"-", b"a b", b"a/b", b"..", b"\xc3\xa9", b"a\0b"):
        altered(f"a batch name of the bytes {name.hex(' ')}", "bad-batch-name", M, 72, ref.pad(name, 32))
    altered("a batch name of 32 bytes", "bad-batch-name", M, 72, b"x" * 32)
    for kind in (0, 4):
        altered(f"batch kind {kind}", "unknown-batch-kind", M, 104, bytes([kind]))
    altered("byte 105", "reserved-not-zero", M, 105, b"\1")
    altered("byte 111", "reserved-not-zero", M, 111, b"\1")
    rows = [data[120 + 97 * i:217 + 97 * i] for i in range(3)]
    read("the first two rows swapped", "altered", resigned(data[:120] + rows[1] + rows[0] + rows[2]),
         reason="rows-out-of-order")
    read("the last two rows swapped", "altered", resigned(data[:120] + rows[0] + rows[2] + rows[1]),
         reason="rows-out-of-order")
    read("a row twice", "altered", resigned(data[:120] + rows[0] + rows[1] + rows[1]), reason="rows-out-of-order")
    read("two rows with one look-up id", "altered", resigned(data[:120] + rows[0] + rows[1] + rows[1][:16] + rows[2][16:]),
         reason="rows-out-of-order")
    for kind in (0, 4):
        altered(f"a row of kind {kind}", "unknown-kind", M, 120 + 88, bytes([kind]))
    altered("a specimen among members", "kind-in-wrong-batch", M, 120 + 88, b"\3")
    altered("a specimen among replacements", "kind-in-wrong-batch", R, 120 + 88, b"\3")
    altered("a normal pack among specimens", "kind-in-wrong-batch", S, 120 + 88, b"\1")
    altered("a post-only pack among specimens", "kind-in-wrong-batch", S, 120 + 88, b"\2")
    one = ref.Row.read(rows[0])
    altered("a replaced pack among members", "replaced-pack-out-of-place", M, 120 + 89, ref.u64(one.pack))
    altered("a replaced pack among specimens", "replaced-pack-out-of-place", S, 120 + 89, ref.u64(one.pack))
    altered("no replaced pack in the last row", "replaced-pack-missing", R, 120 + 97 * 2 + 89, bytes(8))
    altered("a pack number with one symbol wrong", "wrong-pack-number", M, 120 + 48, ref.u64(one.pack ^ 1))
    altered("pack number 0", "wrong-pack-number", M, 120 + 48, bytes(8))
    altered("a pack number with one of the upper four bits", "wrong-pack-number", M, 120 + 48,
            ref.u64(one.pack | 1 << 60))
    altered("a pack number of another election", "wrong-pack-number", M, 120 + 48,
            ref.u64(ref.pack_number(word(12, "register", ref.election_constant(OTHER_ELECTION)))))
    # Two faults at once: the first one in section 12 gives the reason.
    def two(comment, reason, *changes, signed=True, of=M, cut=0):
        data = good[of, 3][:-64]
        for at, value in changes:
            assert data[at:at + len(value)] != value
            data = data[:at] + value + data[at + len(value):]
        data = resigned(data[:len(data) - cut]) if signed else data[:len(data) - cut] + good[of, 3][-64:]
        read(f"{comment}: the first", "two-faults", data, reason=reason)

    elsewhere, digest, name, kind, reserved = ((24, OTHER_ELECTION), (40, fixed("another digest")), (72, b"/"), (104, b"\4"),
                                               (111, b"\1"))
    two("version 2 and another election", "wrong-magic", (22, b"2"), elsewhere)
    two("another election and a wrong signature", "other-election", elsewhere, signed=False)
    two("another digest and a wrong signature", "other-election", digest, signed=False)
    two("another election and N = 4", "other-election", elsewhere, (112, ref.u64(4)))
    two("another election and cut short by one row", "other-election", elsewhere, cut=97)
    two("N = 4 and a bad batch name", "wrong-length", (112, ref.u64(4)), name)
    two("a bad batch name and batch kind 4", "bad-batch-name", name, kind)
    two("batch kind 4 and byte 111", "unknown-batch-kind", kind, reserved)
    two("a bad batch name and a wrong signature", "bad-batch-name", name, signed=False)
    two("batch kind 4 and a wrong signature", "unknown-batch-kind", kind, signed=False)
    two("byte 111 and a wrong signature", "reserved-not-zero", reserved, signed=False)
    two("a wrong signature and a row of kind 4", "wrong-signature", (120 + 88, b"\4"), signed=False)
    two("a row of kind 4 with a wrong pack number", "unknown-kind", (120 + 88, b"\4"), (120 + 48, bytes(8)))
    two("a specimen among members with a replaced pack", "kind-in-wrong-batch", (120 + 88, b"\3"), (120 + 89, ref.u64(one.pack)))
    two("a wrong pack number and a replaced pack among members", "replaced-pack-out-of-place", (120 + 48, bytes(8)),
        (120 + 89, ref.u64(one.pack)))
    two("a wrong pack number and no replaced pack among replacements", "replaced-pack-missing", (120 + 48, bytes(8)),
        (120 + 89, bytes(8)), of=R)
    greatest = (120, b"\xff" * 16)
    two("rows that descend and, in the lower one, kind 4", "rows-out-of-order", greatest, (120 + 97 + 88, b"\4"))
    two("rows that descend and, in the lower one, a wrong pack number", "rows-out-of-order", greatest, (120 + 97 + 48, bytes(8)))
    two("kind 4 and, behind it, rows that descend", "unknown-kind", greatest, (120 + 88, b"\4"))
    two("a row of kind 4 and, behind it, a specimen", "unknown-kind", (120 + 88, b"\4"), (120 + 97 + 88, b"\3"))
    two("a specimen and, behind it, a row of kind 4", "kind-in-wrong-batch", (120 + 88, b"\3"), (120 + 97 + 88, b"\4"))
    altered("a replaced pack with one symbol wrong", "wrong-pack-number", R, 120 + 89,
            ref.u64(ref.Row.read(good[R, 3][120:]).replaces ^ 1))
    return f


# --- Section 13: manifest-signature.json ---------------------------------------------------------------------------

MANIFEST_SEED = fixed("manifest seed")


def manifest_text():
    """A manifest as section 13 describes it, for the signature to be about."""
    return json.dumps({
        "counterfoil": "manifest 1",
        "election": {"id": ELECTION.hex(), "name": "Works council 2031", "digest": ELECTION_DIGEST.hex()},
        "batch": "members-5", "kind": "members", "packs": 5, "postOnly": 2,
        "encoding": "UTF-8", "byteOrderMark": True, "separator": ";", "lineEnd": "CRLF",
        "columns": [{"name": "sequence", "longest": 1}, {"name": "pack", "longest": 14},
                    {"name": "code", "longest": 24}, {"name": "Name", "longest": 31}],
        "files": [{"name": "members-5.csv.age", "bytes": 812, "sha256": fixed("print file").hex(),
                   "encryption": "age", "firstSequence": 1, "lastSequence": 5}],
        "register": {"name": "members-5.register", "bytes": 669, "digest": (fixed("register file") * 2).hex()},
    }, ensure_ascii=False, indent=2) + "\n"


def evaluate_manifest_members(t):
    election, digest = unhex(t, "electionId", "electionDigest")
    members = ref.manifest_members(
        election, t["electionName"], digest, t["batch"], t["batchKind"], t["packs"], t["postOnly"], t["byteOrderMark"],
        t["separator"], [(column["name"], column["longest"]) for column in t["columns"]],
        [(file["name"], file["bytes"], bytes.fromhex(file["sha256"]), file["encrypted"], file["firstSequence"],
          file["lastSequence"]) for file in t["files"]],
        (t["registerName"], t["registerBytes"], bytes.fromhex(t["registerDigest"])))
    return {"manifest": json.dumps(members, ensure_ascii=False, separators=(",", ":"))}


def manifest_members():
    f = VectorFile(
        "manifest.json",
        "Section 13, the manifest. `write`: what it says, and its JSON: members, their order and their values are "
        "the manifest's, white space and escapes are left to whoever writes it. Here there is none of the one, and of "
        "the other no more than JSON asks for.",
        {"ordinary": "manifests as many are", "kinds": "every kind of batch", "columns": "names and separators",
         "files": "several files, encrypted or not", "large": "large numbers"},
        evaluate_manifest_members)

    def file(number, first, last, encrypted=True, size=4096):
        return {"name": f"members-5-{number}.csv" + (".age" if encrypted else ""), "bytes": size,
                "sha256": fixed(f"print file {number}").hex(), "encrypted": encrypted, "firstSequence": first,
                "lastSequence": last}

    two = [{"name": "sequence", "longest": 1}, {"name": "pack", "longest": 14}]

    def write(comment, flags, batch="members-5", kind=1, packs=5, postOnly=2, mark=False, separator=",", columns=two,
              files=None, election=ELECTION, name="Works council 2031", size=669):
        f.add(comment, flags, {
            "operation": "write", "electionId": election.hex(), "electionName": name, "electionDigest": ELECTION_DIGEST.hex(),
            "batch": batch, "batchKind": kind, "packs": packs, "postOnly": postOnly, "byteOrderMark": mark,
            "separator": separator, "columns": columns, "files": [file(1, 1, packs)] if files is None else files,
            "registerName": f"{batch}.register", "registerBytes": size, "registerDigest": (fixed("digest") * 2).hex()})

    write("one file", "ordinary")
    assert f.tests[0]["manifest"].startswith('{"counterfoil":"manifest 1","election":{"id":"')
    for kind, batch, only in ((1, "members-5", 0), (2, "proof", 0), (3, "again.2", 1)):
        write(f"batch kind {kind}", "kinds", batch, kind, postOnly=only)
    write("in another election", "ordinary", election=OTHER_ELECTION)
    write("with a byte order mark", "columns", mark=True)
    for separator in (";", "\t"):
        write(f"separated by U+{ord(separator):04X}", "columns", separator=separator)
    write("columns beyond ASCII, and with what JSON escapes", "columns", columns=[
        *two, {"name": "Stra\u00dfe \u2013 \u0141", "longest": 40}, {"name": 'the "name"', "longest": 0}, {"name": "a\\b/c", "longest": 3},
        {"name": "a\tb\nc\x01", "longest": 5}, {"name": "\U0001f5f3", "longest": 1}, {"name": "", "longest": 2}])
    write("a name beyond ASCII", "ordinary", name='R\u00e9f\u00e9rendum \u2013 "2031" \\ /')
    write("one file, not encrypted", "files", files=[file(1, 1, 5, False)])
    write("three files, one of them not encrypted", "files", files=[file(1, 1, 2), file(2, 3, 4, False), file(3, 5, 5)])
    write("a million packs", "large", packs=1_000_000, postOnly=999_999, size=97_000_184,
          files=[file(1, 1, 500_000, size=2**32 + 1), file(2, 500_001, 1_000_000, size=2**53 - 1)])
    return f


def evaluate_manifest(t):
    file = input_bytes(t, "content")
    if t["operation"] == "verify":
        return {"trustedComment": ref.verify_manifest(t["publicKeyText"], file, t["signatureText"])}
    election, seed = unhex(t, "electionId", "manifestSeed")
    public = primitives.ed25519_public_key(seed)
    return {**hexes(publicKey=public, keyId=ref.manifest_key_id(election, public),
                    contentHash=hashlib.blake2b(file).digest()),
            "publicKeyText": ref.manifest_public_key_text(election, public, t["keyComment"]),
            "signatureText": ref.sign_manifest(election, seed, file, t["untrustedComment"], t["trustedComment"])}


def manifest():
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
        evaluate_manifest)

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


# --- Section 14: key-files.json -----------------------------------------------------------------------------------------

def evaluate_key_file(t):
    election, digest = unhex(t, "electionId", "electionDigest")
    passphrase = bytes.fromhex(t["passphrase"]) if "passphrase" in t else None
    if t["operation"] == "read":
        data = bytes.fromhex(t["keyFile"])
        ledger, secret = ref.read_key_file(data, t["room"], election, digest, passphrase)
        return hexes(ledgerKey=ledger, roomSecret=secret)
    salt, nonce, ledger, secret = unhex(t, "salt", "nonce", "ledgerKey", "roomSecret")
    header = ref.key_file_header(t["room"], t["protection"], t["passes"], t["memory"], salt, election, digest)
    return hexes(sealingKey=ref.sealing_key(header, passphrase),
                 keyFile=ref.write_key_file(header, nonce, passphrase, ledger, secret))


def key_files():
    f = VectorFile(
        "key-files.json",
        "Section 14. `write`: a key file from its contents. `read`: a key file, the room "
        "that is wanted (1 issuing, 2 desk), the election and a passphrase give the two "
        "keys, or what a reader refuses. Memory is far below what is written in earnest, so "
        "that the vectors are quick. `passphrase` is in hex.",
        {"unprotected": "without a passphrase", "protected": "with one",
         "parameters": "passes and memory",
         "altered": "one thing is other than it was sealed",
         "two-faults": "two things are: the first of them gives the reason",
         "wrong-magic": "reason: other first 24 bytes",
         "wrong-length": "reason: not 208 bytes",
         "unknown-room": "reason: not 1 or 2",
         "wrong-room": "reason: the other room's file",
         "unknown-protection": "reason: not 0 or 1",
         "reserved-not-zero": "reason: bytes 26 and 27, or 28 to 55 of an unprotected file, are not zero",
         "too-many-passes": "reason: more than 16",
         "too-much-memory": "reason: more than 4 GiB",
         "bad-parameters": "reason: no pass, less than 8 KiB, or no multiple of 1,024",
         "other-election": "reason: another election's id or digest",
         "passphrase-needed": "reason: a protected file and no passphrase",
         "does-not-open": "reason: wrong passphrase, or a damaged box or header"},
        evaluate_key_file)

    def write(comment, flags, room, passphrase=None, passes=0, memory=0):
        protected = passphrase is not None
        f.add(comment, flags, {
            "operation": "write", "room": room, "protection": int(protected), "passes": passes, "memory": memory,
            "salt": (fixed("salt", 16) if protected else bytes(16)).hex(),
            "electionId": ELECTION.hex(), "electionDigest": ELECTION_DIGEST.hex(),
            "nonce": fixed("nonce", 24).hex(), "ledgerKey": fixed("ledger key").hex(),
            "roomSecret": fixed("issuing secret" if room == ref.ISSUING else "desk secret").hex(),
            **({"passphrase": passphrase.hex()} if protected else {})})
        return bytes.fromhex(f.tests[-1]["keyFile"])

    phrase = "correct horse battery staple".encode()
    plain = {room: write(f"room {room}", "unprotected", room) for room in (ref.ISSUING, ref.DESK)}
    sealed = write("3 passes, 64 KiB", "protected", ref.ISSUING, phrase, 3, 65536)
    write("the desk's", "protected", ref.DESK, phrase, 3, 65536)
    write("1 pass, 8 KiB", "protected parameters", ref.ISSUING, phrase, 1, 8192)
    write("2 passes, 9 KiB, which Argon2 rounds down to 8 blocks", "protected parameters", ref.ISSUING, phrase, 2, 9216)
    most = write("16 passes, the most that are read", "protected parameters", ref.ISSUING, phrase, 16, 8192)
    utf8 = write("a passphrase of UTF-8, with spaces around it", "protected", ref.ISSUING, " \u0141\u00f3d\u017a ".encode(), 1, 16384)
    raw = write("a passphrase that is not UTF-8", "protected", ref.ISSUING, b"\xff\0\x80", 1, 16384)

    def read(comment, flags, data, room=ref.ISSUING, passphrase=None, election=ELECTION, digest=ELECTION_DIGEST,
             **expected):
        f.add(comment, flags, {"operation": "read", "room": room, "electionId": election.hex(),
                               "electionDigest": digest.hex(), "keyFile": data.hex(),
                               **({"passphrase": passphrase.hex()} if passphrase is not None else {})}, **expected)

    def altered(data, at, value):
        assert data[at:at + len(value)] != value
        return data[:at] + value + data[at + len(value):]

    def flipped(data, at):
        return altered(data, at, bytes([data[at] ^ 1]))

    good = {"ledgerKey": fixed("ledger key").hex(), "roomSecret": fixed("issuing secret").hex()}
    read("the issuing room's", "unprotected", plain[1], **good)
    read("the desk's", "unprotected", plain[2], ref.DESK, ledgerKey=good["ledgerKey"])
    read("protected", "protected", sealed, passphrase=phrase, **good)
    read("protected, 16 passes", "protected parameters", most, passphrase=phrase, **good)
    read("protected, UTF-8", "protected", utf8, passphrase=" \u0141\u00f3d\u017a ".encode(), **good)
    read("protected, bytes", "protected", raw, passphrase=b"\xff\0\x80", **good)

    read("a wrong passphrase", "protected", sealed, passphrase=b"Correct horse battery staple", reason="does-not-open")
    read("the passphrase with a line feed", "protected", sealed, passphrase=phrase + b"\n", reason="does-not-open")
    read("the passphrase decomposed", "protected", utf8,
         passphrase=unicodedata.normalize("NFD", " \u0141\u00f3d\u017a ").encode(), reason="does-not-open")
    read("no passphrase", "protected", sealed, reason="passphrase-needed")
    read("the desk's file where the issuing room's is wanted", "unprotected", plain[2], reason="wrong-room")
    read("the issuing room's file where the desk's is wanted", "protected", sealed, ref.DESK, phrase, reason="wrong-room")
    for at, what in ((128, "the ledger key's place"), (191, "the room secret's place"), (192, "the tag"), (207, "the tag's end")):
        read(f"one bit of {what}", "unprotected altered", flipped(plain[1], at), reason="does-not-open")
    read("one bit of the box", "protected altered", flipped(sealed, 150), passphrase=phrase, reason="does-not-open")
    read("one bit of the nonce", "unprotected altered", flipped(plain[1], 104), reason="does-not-open")
    read("one bit of the salt", "protected altered", flipped(sealed, 40), passphrase=phrase, reason="does-not-open")
    read("two passes instead of three", "protected altered", altered(sealed, 28, ref.u32(2)), passphrase=phrase,
         reason="does-not-open")
    read("the other room in the header, and that room wanted", "unprotected altered",
         altered(plain[1], 24, b"\2"), ref.DESK, reason="does-not-open")
    read("another election in the header, and that one wanted", "unprotected altered",
         altered(plain[1], 56, OTHER_ELECTION), election=OTHER_ELECTION, reason="does-not-open")
    read("another digest in the header, and that one wanted", "unprotected altered",
         altered(plain[1], 72, fixed("another digest")), digest=fixed("another digest"), reason="does-not-open")
    read("another election's id", "unprotected", plain[1], election=OTHER_ELECTION, reason="other-election")
    read("another election's digest", "protected", sealed, passphrase=phrase, digest=fixed("another digest"),
         reason="other-election")
    read("17 passes", "protected parameters", altered(sealed, 28, ref.u32(17)), passphrase=phrase,
         reason="too-many-passes")
    read("2^32 - 1 passes", "protected parameters", altered(sealed, 28, b"\xff" * 4), passphrase=phrase,
         reason="too-many-passes")
    read("no pass", "protected parameters", altered(sealed, 28, ref.u32(0)), passphrase=phrase,
         reason="bad-parameters")
    for memory, reason in ((4 * 1024**3 + 1024, "too-much-memory"), (1 << 63, "too-much-memory"),
                           (0, "bad-parameters"), (7168, "bad-parameters"), (65537, "bad-parameters"),
                           (9000, "bad-parameters")):
        read(f"{memory} bytes of memory", "protected parameters", altered(sealed, 32, ref.u64(memory)),
             passphrase=phrase, reason=reason)
    read("version 2", "unprotected altered", altered(plain[1], 22, b"2"), reason="wrong-magic")
    for room in (0, 3):
        read(f"room {room}", "unprotected altered", altered(plain[1], 24, bytes([room])), reason="unknown-room")
    read("protection 2", "unprotected altered", altered(plain[1], 25, b"\2"), reason="unknown-protection")
    read("byte 27", "unprotected altered", altered(plain[1], 27, b"\1"), reason="reserved-not-zero")
    read("passes in an unprotected file", "unprotected altered", altered(plain[1], 28, ref.u32(1)),
         reason="reserved-not-zero")
    read("a salt in an unprotected file", "unprotected altered", altered(plain[1], 55, b"\1"),
         reason="reserved-not-zero")
    read("an unprotected file called protected", "unprotected altered", altered(plain[1], 25, b"\1"), passphrase=phrase,
         reason="bad-parameters")
    read("empty", "unprotected altered", b"", reason="wrong-magic")
    read("cut short by one byte", "unprotected altered", plain[1][:-1], reason="wrong-length")
    read("cut short in the header", "unprotected altered", plain[1][:128], reason="wrong-length")
    read("one byte more", "unprotected altered", plain[1] + b"\0", reason="wrong-length")
    read("a line feed more, protected", "protected altered", sealed + b"\n", passphrase=phrase, reason="wrong-length")

    # Two faults at once: the first one in section 14 gives the reason.
    def two(comment, reason, *changes, data=sealed, room=ref.ISSUING, passphrase=phrase, cut=0, **more):
        for at, value in changes:
            data = altered(data, at, value)
        read(f"{comment}: the first", "two-faults", data[:len(data) - cut], room, passphrase, reason=reason, **more)

    version, other_room, third_room, second = (22, b"2"), (24, b"\2"), (24, b"\3"), (25, b"\2")
    reserved, none, many, little, much = ((27, b"\1"), (28, ref.u32(0)), (28, ref.u32(17)), (32, ref.u64(1024)),
                                          (32, ref.u64(1 << 40)))
    elsewhere = (56, OTHER_ELECTION)
    two("version 2 and cut short", "wrong-magic", version, cut=1)
    two("cut short and room 3", "wrong-length", third_room, cut=1)
    two("the other room and protection 2", "wrong-room", other_room, second)
    two("room 3 and protection 2", "unknown-room", third_room, second)
    two("the other room and another election", "wrong-room", other_room, elsewhere)
    two("the other room and 17 passes", "wrong-room", other_room, many)
    two("the other room and no passphrase", "wrong-room", other_room, passphrase=None)
    two("protection 2 and byte 27", "unknown-protection", second, reserved)
    two("protection 2 and 17 passes", "unknown-protection", second, many)
    two("byte 27 and 17 passes", "reserved-not-zero", reserved, many)
    two("byte 27 and another election", "reserved-not-zero", reserved, elsewhere)
    two("17 passes and too little memory", "too-many-passes", many, little)
    two("17 passes and too much memory", "too-many-passes", many, much)
    two("no pass and too much memory", "bad-parameters", none, much)
    two("17 passes and another election", "too-many-passes", many, elsewhere)
    two("too much memory and no passphrase", "too-much-memory", much, passphrase=None)
    two("too much memory and another election", "too-much-memory", much, elsewhere)
    two("another election and no passphrase", "other-election", elsewhere, passphrase=None)
    two("another digest wanted and no passphrase", "other-election", passphrase=None, digest=fixed("another digest"))
    two("another election and a box that does not open", "other-election", elsewhere, (150, bytes([sealed[150] ^ 1])))
    two("no passphrase and a box that does not open", "passphrase-needed", (150, bytes([sealed[150] ^ 1])), passphrase=None)
    two("passes in an unprotected file and another election", "reserved-not-zero", many, elsewhere, data=plain[1],
        passphrase=None)
    read("a passphrase for an unprotected file: not asked for", "unprotected", plain[1], passphrase=phrase, **good)
    return f


# --- Section 15: book.json ---------------------------------------------------------------------------------------------------

BOOK_KEY = fixed("book key")


def book_row_members(rows):
    return [{"voterNumber": voter.hex(), "pack": ref.u64(pack).hex()} for voter, pack in rows]


def evaluate_book(t):
    election, key = unhex(t, "electionId", "bookKey")
    if t["operation"] == "plan":
        packs = [(p["voterId"], p["kind"], ref.number(bytes.fromhex(p["replaces"])), p.get("normalForms", []),
                  bytes.fromhex(p["carries"]) if "carries" in p else None)
                 for p in t["packs"]]
        message = ref.plan_message(bytes.fromhex(t["electionDigest"]), t["batch"], t["batchKind"], packs)
        return hexes(message=message, planDigest=ref.plan_digest(election, key, message))
    if t["operation"] == "read":
        page = ref.read_page(bytes.fromhex(t["page"]), election, key)
        return {"batch": page.batch, "batchKind": page.batch_kind, "state": page.state, "place": page.place,
                "planDigest": page.plan_digest.hex(),
                "batchKey": page.batch_key.hex() if page.batch_key else None,
                "rows": book_row_members(page.rows)}
    rows = [(bytes.fromhex(m["voterNumber"]), ref.number(bytes.fromhex(m["pack"]))) for m in t["rows"]]
    batch_key = bytes.fromhex(t["batchKey"]) if t["batchKey"] else None
    page = ref.Page(t["batch"], t["batchKind"], t["state"], t["place"], bytes.fromhex(t["planDigest"]), rows, batch_key)
    data = ref.write_page(election, key, bytes.fromhex(t["nonce"]), page)
    return hexes(mac=data[120:152], page=data)


def book():
    f = VectorFile(
        "book.json",
        "Section 15. `write`: a page from its contents, rows in the order of ordinals; the "
        "nonce is not used where the batch key is null, destroyed. `read`: a page and the "
        "book key. `plan`: the plan digest of a batch; only packs of kind 1 have answers "
        "in it, and only a pack that carries another number than its id's own has `carries`. "
        "Pack numbers are in hex, u64.",
        {"begun": "state 1", "finished": "state 2", "destroyed": "the batch key is destroyed",
         "altered": "one thing is other than it was written",
         "two-faults": "two things are: the first of them gives the reason",
         "plan": "plan digests", "members": "batch kind 1", "specimens": "batch kind 2", "replacements": "batch kind 3",
         "post-only": "a pack for post alone: whatever answers the roll has are not in the digest",
         "carried": "a pack carries another voter number than its id's own; section 18",
         "without-questions": "an election without questions",
         "wrong-magic": "reason: other first 24 bytes",
         "wrong-length": "reason: the length does not fit N",
         "other-election": "reason: another election's id",
         "wrong-mac": "reason: the field at 120 is not the page's",
         "bad-batch-name": "reason: the batch name has other bytes, or none",
         "unknown-batch-kind": "reason: not 1, 2 or 3",
         "unknown-state": "reason: not 1 or 2",
         "reserved-not-zero": "reason: bytes 74 and 75 are not zero",
         "rows-out-of-order": "reason: rows do not ascend",
         "does-not-open": "reason: the batch key's box is damaged, or of another page"},
        evaluate_book)

    def pages_rows(batch, kind, count, finished):
        return [(row.voter_number, row.pack if finished else 0) for row in register_rows(batch, kind, count)]

    def write(comment, flags, batch, kind, state, place, rows, destroyed=False):
        f.add(comment, flags, {
            "operation": "write", "electionId": ELECTION.hex(), "bookKey": BOOK_KEY.hex(), "batch": batch,
            "batchKind": kind, "state": state, "place": place, "planDigest": fixed(f"plan of {batch}").hex(),
            "batchKey": None if destroyed else fixed(f"batch key of {batch}").hex(),
            "nonce": fixed(f"nonce of {batch}", 24).hex(), "rows": book_row_members(rows)})
        return bytes.fromhex(f.tests[-1]["page"])

    written = []
    for place, (name, kind) in enumerate((("members", 1), ("specimens", 2), ("replacements", 3)), 1):
        batch = f"{name}-5"
        begun = write(f"{name}, begun", f"begun {name}", batch, kind, ref.BEGUN, place, pages_rows(batch, kind, 5, False))
        finished = write(f"{name}, finished", f"finished {name}", batch, kind, ref.FINISHED, place,
                         pages_rows(batch, kind, 5, True))
        destroyed = write(f"{name}, its key destroyed: the MAC is the same", f"destroyed {name}", batch, kind,
                          ref.FINISHED, place, pages_rows(batch, kind, 5, True), True)
        assert finished[:152] == destroyed[:152]
        written += [("begun", begun), ("finished", finished), ("destroyed", destroyed)]
    voter = ref.voter_number(ELECTION, fixed("voter key"), "100001")
    packs = [ref.pack_number(ref.derive_attempt(ELECTION, BATCH_KEY, 20, i, 0)[2]) for i in (1, 2)]
    twice = write("one voter with two packs: by pack number", "finished members", "twice", 1, ref.FINISHED, 4,
                  [(voter, max(packs)), (voter, min(packs))])
    twice_begun = write("one voter with two packs, begun: equal rows", "begun members", "twice", 1, ref.BEGUN, 4,
                        [(voter, 0), (voter, 0)])
    equal = write("one voter with one pack twice: equal rows", "finished members", "twice", 1, ref.FINISHED, 4,
                  [(voter, packs[0]), (voter, packs[0])])
    nowhere = write("place 0", "finished members", "nowhere", 1, ref.FINISHED, 0, [(voter, packs[0])])
    wrong = write("pack numbers that are none", "finished members", "wrong", 1, ref.FINISHED, 2**32 - 1,
                  [(voter, packs[0] ^ 1), (voter[::-1], 2**64 - 1)])
    empty = write("no packs", "finished members", "empty", 1, ref.FINISHED, 1, [])
    written += [("finished", twice), ("begun", twice_begun), ("finished", equal), ("finished", nowhere), ("finished", wrong),
                ("finished", empty)]

    def read(comment, flags, data, election=ELECTION, key=BOOK_KEY, **expected):
        f.add(comment, flags, {"operation": "read", "electionId": election.hex(), "bookKey": key.hex(),
                               "page": data.hex()}, **expected)

    for flag, data in written:
        read("a good page", flag, data)

    data = written[1][1]

    def patched(at, value, page=data):
        assert page[at:at + len(value)] != value
        return page[:at] + value + page[at + len(value):]

    def remade(page):
        """With the MAC of what the page says now."""
        return page[:120] + ref.page_mac(page[24:40], BOOK_KEY, page[:120], page[224:]) + page[152:]

    def flipped(at):
        return patched(at, bytes([data[at] ^ 1]))

    read("empty", "altered", b"", reason="wrong-magic")
    read("version 2", "altered", remade(patched(23, b"2")), reason="wrong-magic")
    read("cut short by one byte", "altered", data[:-1], reason="wrong-length")
    read("cut short by one row", "altered", data[:-24], reason="wrong-length")
    read("cut short in the header", "altered", data[:200], reason="wrong-length")
    read("one byte more", "altered", data + b"\0", reason="wrong-length")
    read("N = 6", "altered", remade(patched(80, ref.u64(6))), reason="wrong-length")
    read("another election wanted", "altered", data, OTHER_ELECTION, reason="other-election")
    read("another election in the page", "altered", remade(patched(24, OTHER_ELECTION)), reason="other-election")
    read("one bit of the MAC", "altered", flipped(120), reason="wrong-mac")
    read("another book key", "altered", data, key=fixed("another book key"), reason="wrong-mac")
    for at, what in ((73, "the state"), (79, "the place"), (88, "the plan digest"), (224, "a voter number"),
                     (240, "a pack number"), (224 + 24 * 5 - 1, "the last byte")):
        read(f"one bit of {what}", "altered",
             patched(73, b"\1") if at == 73 else flipped(at), reason="wrong-mac")
    read("one bit of the box", "altered", flipped(180), reason="does-not-open")
    read("one bit of the box's nonce", "altered", flipped(152), reason="does-not-open")
    read("all zeros but one bit, where a destroyed key's box stands", "altered",
         patched(223, b"\1", written[2][1]), reason="does-not-open")
    read("the box of another page", "altered", data[:152] + written[4][1][152:224] + data[224:], reason="does-not-open")
    read("another batch name: the box does not open under it", "altered", remade(patched(40, b"M")),
         reason="does-not-open")
    read("another batch kind: the box does not open under it", "altered", remade(patched(72, b"\3")),
         reason="does-not-open")
    read("another state and place, and the MAC for them", "begun", remade(patched(73, b"\1\0\0" + ref.u32(9))),
         place=9, state=1)
    read("a bad batch name", "altered", remade(patched(40, b"/")), reason="bad-batch-name")
    read("no batch name", "altered", remade(patched(40, bytes(32))), reason="bad-batch-name")
    for kind in (0, 4):
        read(f"batch kind {kind}", "altered", remade(patched(72, bytes([kind]))), reason="unknown-batch-kind")
    for state in (0, 3):
        read(f"state {state}", "altered", remade(patched(73, bytes([state]))), reason="unknown-state")
    read("byte 75", "altered", remade(patched(75, b"\1")), reason="reserved-not-zero")
    rows = [data[224 + 24 * i:248 + 24 * i] for i in range(5)]
    read("the first two rows swapped", "altered",
         remade(data[:224] + rows[1] + rows[0] + b"".join(rows[2:])), reason="rows-out-of-order")
    read("the rows backwards", "altered", remade(data[:224] + b"".join(reversed(rows))), reason="rows-out-of-order")
    # Two faults at once: the first one in section 15 gives the reason.
    def two(comment, reason, *changes, mac=True, cut=0):
        page = data
        for at, value in changes:
            page = patched(at, value, page)
        page = page[:len(page) - cut]
        read(f"{comment}: the first", "two-faults", remade(page) if mac else page, reason=reason)

    elsewhere, name, third, state, reserved = ((24, OTHER_ELECTION), (40, b"/"), (72, b"\4"), (73, b"\3"), (74, b"\1"))
    two("version 2 and another election", "wrong-magic", (23, b"2"), elsewhere)
    two("another election and a bad batch name", "other-election", elsewhere, name)
    two("another election and cut short by one row", "other-election", elsewhere, cut=24)
    two("another election and a wrong MAC", "other-election", elsewhere, mac=False)
    two("a bad batch name and batch kind 4", "bad-batch-name", name, third)
    two("a bad batch name and a wrong MAC", "bad-batch-name", name, mac=False)
    two("a bad batch name and cut short", "bad-batch-name", name, cut=1, mac=False)
    two("batch kind 4 and state 3", "unknown-batch-kind", third, state)
    two("batch kind 4 and a wrong MAC", "unknown-batch-kind", third, mac=False)
    two("state 3 and byte 74", "unknown-state", state, reserved)
    two("state 3 and cut short", "unknown-state", state, cut=1, mac=False)
    two("byte 74 and N = 6", "reserved-not-zero", reserved, (80, ref.u64(6)))
    two("byte 74 and a wrong MAC", "reserved-not-zero", reserved, mac=False)
    two("N = 6 and a wrong MAC", "wrong-length", (80, ref.u64(6)), mac=False)
    two("a wrong MAC and rows that descend", "wrong-mac", (224, b"\xff"), mac=False)
    two("a wrong MAC and a box that does not open", "wrong-mac", (240, bytes([data[240] ^ 1])), (180, bytes([data[180] ^ 1])),
        mac=False)
    two("rows that descend and a box that does not open", "rows-out-of-order", (224, b"\xff"), (180, bytes([data[180] ^ 1])))
    read("one voter's two packs, the greater number first", "altered",
         remade(twice[:224] + twice[248:] + twice[224:248]), reason="rows-out-of-order")

    def plan(comment, flags, batch, kind, packs, election=ELECTION, digest=ELECTION_DIGEST):
        f.add(comment, flags, {"operation": "plan", "electionId": election.hex(), "bookKey": BOOK_KEY.hex(),
                               "electionDigest": digest.hex(), "batch": batch, "batchKind": kind,
                               "packs": packs})

    def pack(id_text, kind, forms=None, replaces=0):
        return {"voterId": id_text, "kind": kind, "replaces": ref.u64(replaces).hex(),
                **({"normalForms": forms} if forms is not None else {})}

    forms = [["1987-03-14", "17", "SW1A1AA", "oneill"], ["2001-01-02", "18", "0X12JD", "lodz"]]
    three = [pack("100001", 1, forms[0]), pack("100002", 2), pack("\u017b\u00f3\u0142w-7", 1, forms[1])]
    plan("one pack", "plan members", "members-1", 1, three[:1])
    plan("three packs, one for post alone", "plan members post-only", "members-3", 1, three)
    plan("the same in another order", "plan members post-only", "members-3", 1, three[::-1])
    plan("the same under another batch name", "plan members post-only", "members-4", 1, three)
    plan("the same with another digest", "plan members post-only", "members-3", 1, three, digest=fixed("another digest"))
    plan("no pack has answers", "plan members without-questions", "members-3", 1,
         [pack("100001", 1, []), pack("100002", 2), pack("100003", 1, [])])
    plan("specimens", "plan specimens", "proof", 2, [pack(ref.specimen_voter_id("proof", i), 3) for i in (1, 2)])
    plan("replacements", "plan replacements post-only", "replacements-2", 3,
         [pack("100001", 1, forms[0], packs[0]), pack("100002", 2, None, packs[1])])
    plan("a pack for post alone whose member has answers in the roll", "plan replacements post-only", "replacements-2", 3,
         [pack("100001", 1, forms[0], packs[0]), pack("100002", 2, forms[1], packs[1])])
    assert f.tests[-1]["planDigest"] == f.tests[-2]["planDigest"]
    plan("the same packs, the other two replaced", "plan replacements post-only", "replacements-2", 3,
         [pack("100001", 1, forms[0], packs[1]), pack("100002", 2, None, packs[0])])

    def carrying(number_of, *rest):
        return {**pack(*rest), "carries": ref.voter_number(ELECTION, fixed("voter key"), number_of).hex()}

    plan("the second of three carries the first one's number", "plan members post-only carried", "members-3", 1,
         [three[0], carrying("100001", "100002", 2), three[2]])
    plan("the third carries it too", "plan members post-only carried", "members-3", 1,
         [three[0], carrying("100001", "100002", 2), carrying("100001", three[2]["voterId"], 1, forms[1])])
    plan("the first carries the second one's", "plan members post-only carried", "members-3", 1,
         [carrying("100002", "100001", 1, forms[0]), *three[1:]])
    plan("a replacement carries the number of the pack that it replaces", "plan replacements carried", "replacements-1", 3,
         [carrying("100001", "100002", 1, forms[1], packs[1])])
    return f


# --- Section 16: rules.json --------------------------------------------------------------------------------------------------

LIMITS = (3, 5)
ONLINE = ("redeem", "check", "pass")
GIVEN = {"redeem": ("answers", "key"), "check": ("answers",), "pass": ("pass", "key"), "post": (),
         "activate": ("insisted",), "reconcile": ("missing", "ofOtherBatches"), "open": ("closes", "grace"),
         "extend": ("until",)}
OF_BATCHES = ("activate", "withdraw", "reconcile")
OF_THE_BALLOT = ("open", "extend", "close", "close --final")


def evaluate_rule(t):
    if t["operation"] == "return":
        return {"missing": ref.hold_return(t["packs"], [(row["pack"], row["status"]) for row in t["rows"]])}
    operation, now, recorded = t["operation"], t["now"], []
    facts = {name: t.get(name) for name in ("ballot", "pack", "vote", "batch")}
    ballot, pack, vote = dict(t["ballot"]), t.get("pack"), t.get("vote")
    limits = t["lock"], t["lifetime"]
    given = {name: t[name] for name in GIVEN.get(operation, ())}
    given |= given.pop("pass", {})
    if operation == "activate":
        given["replacedVoted"] = t.get("replacedVoted", False)
    if operation in ONLINE:
        judged = ref.judge_online(operation, ballot, pack, vote, given, limits, now, recorded)
    elif operation == "post":
        judged = ref.judge_post(ballot, pack, vote, now, recorded)
    else:
        judged = ref.judge_act(operation, ballot, pack, vote, t.get("batch"), given, limits, now, recorded)
    after = ref.state_after(recorded, now, **facts, pack_is=t.get("packIs"))
    return {**judged, "recorded": recorded, "after": {k: v for k, v in after.items() if v != facts[k]}}


def in_short(event):
    """An event as the cases below name it."""
    detail = event.get("detail")
    match event["type"]:
        case "ballot-closed":
            return f"ballot-closed at {event['closed']}"
        case "ballot-extended":
            return f"ballot-extended until {event['closes']}"
        case "post-set-aside":
            return "post-set-aside " + next(name for name, n in ref.SET_ASIDE.items() if n == detail)
        case "pack-cancelled":
            return "pack-cancelled " + {2: "byOfficer", 3: "missing"}[detail]
    return event["type"]


def a_ballot(phase="open", closes=None, closed=None, grace=60):
    if phase in ("closed", "final") and closed is None:
        closed = 900
    return {"phase": phase, "closes": closes, "closed": closed, "grace": grace}


def a_pack(standing="live", kind="normal", wrong=0, lifetime=None, last=None, second=0):
    if standing == "specimen":
        kind = "specimen"
    lifetime = wrong if lifetime is None else lifetime
    return {"kind": kind, "standing": standing, "wrong": wrong, "lifetime": lifetime,
            "last": last or ("A" if wrong else None), "secondAttempts": second}


def a_vote(channel="online", pack="this", key=None, at=500):
    return {"channel": channel, "pack": pack, "key": (key or "another") if channel == "online" else None, "at": at}


def a_batch(kind="members", activated=False, reconciled=False, withdrawn=False):
    return {"kind": kind, "activated": activated, "reconciled": reconciled, "withdrawn": withdrawn}


def a_pass(given=800, expires=2000, opens=True):
    return {"opens": opens, "given": given, "expires": expires}


# What changes none of the facts.
UNSEEN = {f"post-set-aside {why}" for why in ref.SET_ASIDE}
LOCKED = a_pack(wrong=3)
LOCKED_FOR_GOOD = a_pack(wrong=2, lifetime=5)
# Every standing in which a pack votes no longer.
DEAD_PACKS = [a_pack(standing) for standing in ref.DEAD]
CLOSED, FINAL, BEFORE = a_ballot("closed"), a_ballot("final"), a_ballot("before")


def rules():
    f = VectorFile(
        "rules.json",
        "Section 16, cell by cell: the facts, an operation, the answer, the events that are recorded, in their "
        "order, and in `after` those of the facts that are others then. Times are seconds. A vote's pack is the "
        "one that is judged, or another of the same voter; its key is that of the request or another one; answers "
        "are right, unreadable, or wrong ones with a letter. `rule` is the rule's number in its table, null for "
        "officers. An event is written at `now` and has what section 19 gives its type, named by what it is: "
        "`closes` and `closed` are times, `key` the idempotency key of the fingerprint, `answers` those of the tag, "
        "`count` and `detail` as they are written, but for a grace, which is in seconds here. In an act on a batch "
        "`packIs` tells what the pack is to it. `return`: the packs of a batch and the rows of the print house's "
        "return give the missing ones.",
        {"online": "the first table", "post": "the second", "officers": "the third",
         "cell": "what the cell says", "order": "more than one rule applies, and the first one answers",
         "boundary": "the moment itself, and the one beside it",
         "due": "the request is the first one past the closing time, and writes the close",
         "after": "what an act does to facts beside the one that it is about",
         "does-not-add-up": "reason: packs of the batch that do not stand in the return, packs in it that are not of "
                            "the batch, or that stand in it again"},
        evaluate_rule)

    def judge(comment, flags, operation, answer, recorded=(), ballot=None, pack=None, vote=None, batch=None, now=1000,
              rule=None, details=None, after=None, events=None, packIs=None, **given):
        inputs = {"operation": operation, "lock": LIMITS[0], "lifetime": LIMITS[1], "now": now,
                  "ballot": ballot or a_ballot()}
        if operation in OF_BATCHES:
            inputs["batch"] = batch
            if packIs:
                inputs |= {"pack": pack, "packIs": packIs}
        elif operation not in OF_THE_BALLOT:
            inputs |= {"pack": pack, "vote": vote}
        f.add(comment, flags, {**inputs, **given}, rule=rule, answer=answer, **(details or {}))
        outputs = f.tests[-1]
        assert [in_short(event) for event in outputs["recorded"]] == list(recorded), outputs
        assert events is None or outputs["recorded"] == events, outputs
        # Nothing recorded changes nothing; what is expected by name is so.
        assert bool(outputs["after"]) == bool(set(recorded) - UNSEEN) or after == {}, outputs
        assert after is None or outputs["after"] == after, outputs

    def online(comment, column, rule, answer, recorded=(), flags="cell", pack=a_pack(), answers="right", key="K",
               given=None, **facts):
        details = {"attemptsLeft": facts.pop("left")} if "left" in facts else None
        inputs = {"pass": given or a_pass()} if column == "pass" else {"answers": answers}
        if column != "check":
            inputs["key"] = key
        judge(comment, "online " + flags, column, answer, recorded, pack=pack, rule=rule, details=details,
              **facts, **inputs)

    judge.file = f
    for column in ("redeem", "check"):
        rules_with_a_code(column, online)
    rules_of_a_replay(online)
    rules_with_a_pass(online)
    rules_by_post(judge)
    rules_of_officers(judge)
    rules_of_batches_and_packs(judge)
    rules_of_a_return(f)
    return f


def rules_with_a_code(column, online):
    """The rows of the first table for `redeem` and `check`."""
    def cell(comment, *rest, **facts):
        online(f"{column}: {comment}", column, *rest, **facts)

    good, event = ("good", []) if column == "check" else ("accepted", ["vote-cast"])
    cell("no such pack", 1, "no-such-code", pack=None)
    cell("no such pack, and no ballot yet", 1, "no-such-code", flags="order", pack=None, ballot=BEFORE)
    cell("a pack for post alone", 2, "no-such-code", pack=a_pack(kind="post-only"))
    cell("a pack for post alone with which the voter voted", 2, "no-such-code", flags="order",
         pack=a_pack(kind="post-only"), vote=a_vote("post"))
    cell("a specimen", 3, "specimen", pack=a_pack("specimen"))
    for ballot in (BEFORE, CLOSED, FINAL):
        cell(f"a specimen, {ballot['phase']}", 3, "specimen", flags="order", pack=a_pack("specimen"), ballot=ballot)
    cell("inactive", 6, "not-active", pack=a_pack("inactive"))
    cell("inactive, wrong answers", 6, "not-active", flags="order", pack=a_pack("inactive"), answers="A")
    for ballot in (BEFORE, CLOSED, FINAL):
        cell(f"inactive, {ballot['phase']}", 6, "not-active", flags="order", pack=a_pack("inactive"), ballot=ballot)
    cell("before", 7, "not-open", ballot=BEFORE)
    cell("before, wrong answers", 7, "not-open", flags="order", ballot=BEFORE, answers="A")
    cell("before, cancelled", 7, "not-open", flags="order", ballot=BEFORE, pack=a_pack("cancelled"))
    for ballot in (CLOSED, FINAL):
        phase = ballot["phase"]
        cell(phase, 8, "closed", ballot=ballot)
        cell(f"{phase}, locked", 8, "closed", flags="order", ballot=ballot, pack=LOCKED)
        cell(f"{phase}, wrong answers", 8, "closed", flags="order", ballot=ballot, answers="A")
        cell(f"{phase}, and the voter has voted", 8, "closed", flags="order", ballot=ballot, vote=a_vote())
        cell(f"{phase}, cancelled", 8, "closed", flags="order", ballot=ballot, pack=a_pack("cancelled"))
    for answers in ("right", "B", "unreadable"):
        cell(f"locked, {answers} answers", 9, "locked", pack=LOCKED, answers=answers)
    cell("locked for good", 9, "locked", pack=LOCKED_FOR_GOOD)
    cell("locked, cancelled", 9, "locked", flags="order", pack=a_pack("cancelled", wrong=3))
    cell("locked, and the voter has voted", 9, "locked", flags="order", pack=LOCKED, vote=a_vote("post"))
    cell("unreadable", 10, "bad-answer", answers="unreadable")
    cell("unreadable, one attempt left", 10, "bad-answer", pack=a_pack(wrong=2), answers="unreadable")
    cell("unreadable, withdrawn", 10, "bad-answer", flags="order", pack=a_pack("withdrawn"), answers="unreadable")
    cell("wrong answers, the first", 11, "wrong-answers", ["wrong-answers"], answers="A", left=2)
    cell("wrong answers, the second", 11, "wrong-answers", ["wrong-answers"], pack=a_pack(wrong=1), answers="B", left=1)
    cell("wrong answers, the last before the lock", 11, "locked", ["wrong-answers"], pack=a_pack(wrong=2), answers="B")
    cell("the same wrong answers again", 11, "wrong-answers", pack=a_pack(wrong=2), answers="A", left=1)
    cell("wrong answers since unlocked, the lifetime nearer", 11, "wrong-answers", ["wrong-answers"],
         pack=a_pack(wrong=0, lifetime=3), answers="A", left=1)
    cell("the lifetime's last", 11, "locked", ["wrong-answers"], pack=a_pack(wrong=1, lifetime=4), answers="B")
    for pack in DEAD_PACKS:
        cell(f"{pack['standing']}, wrong answers", 11, "wrong-answers", ["wrong-answers"], flags="order", pack=pack,
             answers="B", left=2)
    cell("wrong answers, and the voter has voted", 11, "wrong-answers", ["wrong-answers"], flags="order",
         vote=a_vote(), answers="B", left=2)
    for pack in DEAD_PACKS:
        cell(pack["standing"], 12, "cancelled", pack=pack)
        cell(f"{pack['standing']}, and the voter has voted with this pack", 12, "cancelled", flags="order", pack=pack,
             vote=a_vote())
        cell(f"{pack['standing']}, and the voter has voted with another pack", 12, "cancelled", flags="order", pack=pack,
             vote=a_vote("post", "another"))
    second = [] if column == "check" else ["second-attempt"]
    for channel in ("online", "post"):
        for which in ("this", "another"):
            cell(f"the voter has voted, {channel}, with {which} pack", 13, "already-voted", second,
                 vote=a_vote(channel, which))
    cell("the twentieth second attempt", 13, "already-voted", second, flags="boundary", pack=a_pack(second=19),
         vote=a_vote())
    cell("the one after the twentieth", 13, "already-voted", flags="boundary", pack=a_pack(second=20), vote=a_vote())
    cell("all is right", 14, good, event)
    cell("all is right, one attempt left", 14, good, event, pack=a_pack(wrong=2))
    cell("all is right, after an unlocking", 14, good, event, pack=a_pack(wrong=0, lifetime=3))
    cell("one moment before the closing time", 14, good, event, flags="boundary", ballot=a_ballot(closes=1001))
    cell("at the closing time", 8, "closed", ["ballot-closed at 1000"], flags="boundary due", ballot=a_ballot(closes=1000))
    late = a_ballot(closes=950)
    cell("past the closing time", 8, "closed", ["ballot-closed at 950"], flags="due", ballot=late)
    cell("past the closing time, no such pack", 1, "no-such-code", ["ballot-closed at 950"], flags="due", ballot=late,
         pack=None)
    cell("past the closing time, a specimen", 3, "specimen", ["ballot-closed at 950"], flags="due", ballot=late,
         pack=a_pack("specimen"))
    cell("closed, and the clock set back before it", 8, "closed", flags="boundary", now=800,
         ballot=a_ballot("closed", closes=900), vote=None)


def rules_of_a_replay(online):
    """Rule 4."""
    mine = a_vote(key="K")
    for column in ("redeem", "pass"):
        online(f"{column}: the same request again", column, 4, "repeated", vote=mine)
        for pack in (LOCKED, LOCKED_FOR_GOOD, *DEAD_PACKS):
            state = "locked" if pack["wrong"] else pack["standing"]
            online(f"{column}: the same request again, {state}, {pack['lifetime']} wrong answers in its lifetime", column,
                   4, "repeated", flags="order", vote=mine, pack=pack)
        for ballot in (CLOSED, FINAL):
            online(f"{column}: the same request again, {ballot['phase']}", column, 4, "repeated", flags="order", vote=mine,
                   ballot=ballot)
        online(f"{column}: the same request again, past the closing time", column, 4, "repeated", ["ballot-closed at 950"],
               flags="due order", vote=mine, ballot=a_ballot(closes=950))
        online(f"{column}: the key of a vote with the voter's other pack", column, 13, "already-voted",
               ["second-attempt"], vote=a_vote("online", "another", key="K"))
    online("pass: the same request again with a pass that has expired", "pass", 4, "repeated", flags="order", vote=mine,
           given=a_pass(400, 900))
    for answers in ("A", "unreadable"):
        online(f"redeem: the key of the vote, {answers} answers", "redeem", 4, "key-reused", vote=mine, answers=answers)
    online("redeem: the key of the vote, the wrong answers given last", "redeem", 4, "key-reused", vote=mine, answers="A",
           pack=a_pack(wrong=1))
    online("redeem: the key of the vote, wrong answers, final", "redeem", 4, "key-reused", flags="order", vote=mine,
           answers="A", ballot=FINAL)
    online("check: the voter has voted with this pack, wrong answers", "check", 11, "wrong-answers", ["wrong-answers"],
           vote=mine, answers="A", left=2)


def rules_with_a_pass(online):
    """The last column of the first table."""
    def cell(comment, *rest, **facts):
        online(f"pass: {comment}", "pass", *rest, **facts)

    cell("it does not open", 1, "bad-pass", given=a_pass(opens=False))
    cell("it does not open, past the closing time", 1, "bad-pass", flags="order", given=a_pass(opens=False),
         ballot=a_ballot(closes=950))
    cell("no such pack", 1, "no-such-code", pack=None)
    cell("no such pack, before", 1, "no-such-code", flags="order", pack=None, ballot=BEFORE)
    cell("no such pack, expired", 1, "no-such-code", flags="order", pack=None, given=a_pass(400, 900))
    cell("a pack for post alone", 2, "no-such-code", pack=a_pack(kind="post-only"))
    cell("a pack for post alone, expired", 2, "no-such-code", flags="order", pack=a_pack(kind="post-only"),
         given=a_pass(400, 900))
    cell("a specimen", 3, "specimen", pack=a_pack("specimen"))
    cell("a specimen, expired", 3, "specimen", flags="order", pack=a_pack("specimen"), given=a_pass(400, 900))
    cell("no such pack, past the closing time", 1, "no-such-code", ["ballot-closed at 950"], flags="due", pack=None,
         ballot=a_ballot(closes=950))
    cell("it has expired", 5, "pass-expired", given=a_pass(400, 900))
    cell("it expires now", 5, "pass-expired", flags="boundary", given=a_pass(400, 1000))
    cell("it expires in a moment", 14, "accepted", ["vote-cast"], flags="boundary", given=a_pass(400, 1001))
    for ballot in (BEFORE, CLOSED, FINAL):
        cell(f"it has expired, {ballot['phase']}", 5, "pass-expired", flags="order", given=a_pass(400, 900), ballot=ballot)
    cell("it has expired, inactive", 5, "pass-expired", flags="order", given=a_pass(400, 900), pack=a_pack("inactive"))
    cell("it has expired, cancelled", 5, "pass-expired", flags="order", given=a_pass(400, 900), pack=a_pack("cancelled"))
    cell("inactive", 6, "not-active", pack=a_pack("inactive"))
    cell("inactive, before", 6, "not-active", flags="order", pack=a_pack("inactive"), ballot=BEFORE)
    cell("before", 7, "not-open", ballot=BEFORE)
    near = a_ballot("closed", closed=950)
    cell("closed, given before, in the grace", 14, "accepted", ["vote-cast"], ballot=near)
    cell("closed, given one moment before", 14, "accepted", ["vote-cast"], flags="boundary", ballot=near,
         given=a_pass(949))
    cell("closed, given at the close", 8, "closed", flags="boundary", ballot=near, given=a_pass(950))
    cell("closed, the last moment of the grace", 14, "accepted", ["vote-cast"], flags="boundary", ballot=near, now=1009)
    cell("closed, the end of the grace", 8, "closed", flags="boundary", ballot=near, now=1010)
    cell("closed, no grace", 8, "closed", flags="boundary", ballot=a_ballot("closed", closed=950, grace=0))
    cell("closed long ago", 8, "closed", ballot=CLOSED)
    cell("closed, in the grace, the clock set back before the close", 14, "accepted", ["vote-cast"], flags="boundary",
         ballot=near, now=900)
    cell("final, as soon after the close", 8, "closed", ballot=a_ballot("final", closed=950))
    cell("past the closing time, in the grace", 14, "accepted", ["ballot-closed at 950", "vote-cast"], flags="due",
         ballot=a_ballot(closes=950))
    cell("past the closing time, the grace over", 8, "closed", ["ballot-closed at 900"], flags="due",
         ballot=a_ballot(closes=900))
    for pack in (LOCKED, LOCKED_FOR_GOOD):
        cell(f"locked since, {pack['lifetime']} wrong answers in its lifetime", 14, "accepted", ["vote-cast"], pack=pack)
    cell("locked since, closed, in the grace", 14, "accepted", ["vote-cast"], pack=LOCKED, ballot=near)
    for pack in DEAD_PACKS:
        cell(f"{pack['standing']} since", 12, "cancelled", pack=pack)
        cell(f"{pack['standing']} since, closed, in the grace", 12, "cancelled", pack=pack, ballot=near)
        cell(f"{pack['standing']} since, and the voter has voted", 12, "cancelled", flags="order", pack=pack,
             vote=a_vote("post"))
    for channel in ("online", "post"):
        for which in ("this", "another"):
            cell(f"the voter has voted since, {channel}, with {which} pack, under another key", 13, "already-voted",
                 ["second-attempt"], key="L", vote=a_vote(channel, which))
    cell("the voter has voted since, closed, in the grace", 13, "already-voted", ["second-attempt"], vote=a_vote("post"),
         ballot=near)
    cell("the twentieth second attempt", 13, "already-voted", ["second-attempt"], flags="boundary",
         pack=a_pack(second=19), vote=a_vote())
    cell("the one after the twentieth", 13, "already-voted", flags="boundary", pack=a_pack(second=20), vote=a_vote())
    cell("all is right", 14, "accepted", ["vote-cast"])


def rules_by_post(judge):
    """The second table."""
    def cell(comment, rule, answer, recorded=(), flags="cell", pack=a_pack(), **facts):
        judge(f"post: {comment}", "post " + flags, "post", answer, recorded, pack=pack, rule=rule, **facts)

    for ballot in (BEFORE, a_ballot(), CLOSED, FINAL):
        cell(f"no such pack, {ballot['phase']}", 1, "no-such-pack", pack=None, ballot=ballot)
    cell("final", 2, "final", ballot=FINAL)
    cell("final, a specimen", 2, "final", flags="order", ballot=FINAL, pack=a_pack("specimen"))
    for vote in (a_vote("post"), a_vote()):
        cell(f"final, and the voter has voted, {vote['channel']}", 2, "final", flags="order", ballot=FINAL, vote=vote)
    cell("before", 3, "not-open", ballot=BEFORE)
    for pack in (a_pack("specimen"), a_pack("inactive"), *DEAD_PACKS):
        cell(f"before, {pack['standing']}", 3, "not-open", flags="order", ballot=BEFORE, pack=pack)
    for ballot in (a_ballot(), CLOSED):
        phase = ballot["phase"]
        cell(f"scanned again, {phase}", 4, "scanned-before", ["post-set-aside scanned-before"], ballot=ballot,
             vote=a_vote("post", at=700), details={"at": 700})
        cell(f"the voter voted online with this pack, {phase}", 5, "already-voted",
             ["post-set-aside voted-online"], ballot=ballot, vote=a_vote(at=700),
             details={"channel": "online", "at": 700})
        cell(f"the voter voted online with another pack, {phase}", 5, "already-voted",
             ["post-set-aside voted-online"], ballot=ballot, vote=a_vote("online", "another"),
             details={"channel": "online", "at": 500})
        cell(f"the voter voted by post with another pack, {phase}", 5, "already-voted",
             ["post-set-aside voted-by-post"], ballot=ballot, vote=a_vote("post", "another"),
             details={"channel": "post", "at": 500})
        for pack in (a_pack("specimen"), a_pack("inactive"), *DEAD_PACKS):
            standing = pack["standing"]
            cell(f"{standing}, {phase}", 6, "set-aside", [f"post-set-aside {standing}"], ballot=ballot, pack=pack,
                 details={"standing": standing})
        cell(f"live, {phase}", 7, "received", ["post-received"], ballot=ballot)
        cell(f"for post alone, {phase}", 7, "received", ["post-received"], ballot=ballot, pack=a_pack(kind="post-only"))
        cell(f"locked, {phase}", 7, "received", ["post-received"], ballot=ballot, pack=LOCKED)
        cell(f"locked for good, {phase}", 7, "received", ["post-received"], ballot=ballot, pack=LOCKED_FOR_GOOD)
    for pack in DEAD_PACKS:
        standing = pack["standing"]
        cell(f"scanned again, {standing} since", 4, "scanned-before", ["post-set-aside scanned-before"], flags="order",
             pack=pack, vote=a_vote("post"), details={"at": 500})
        cell(f"{standing}, and the voter voted online with another pack", 5, "already-voted",
             ["post-set-aside voted-online"], flags="order", pack=pack, vote=a_vote("online", "another"),
             details={"channel": "online"})
    cell("inactive, and the voter voted by post with another pack", 5, "already-voted",
         ["post-set-aside voted-by-post"], flags="order", pack=a_pack("inactive"), vote=a_vote("post", "another"),
         details={"channel": "post"})
    late = a_ballot(closes=950)
    cell("past the closing time", 7, "received", ["ballot-closed at 950", "post-received"], flags="due", ballot=late)
    cell("past the closing time, no such pack", 1, "no-such-pack", ["ballot-closed at 950"], flags="due", ballot=late,
         pack=None)


def rules_of_officers(judge):
    """The third table."""
    def act(name, comment, answer, recorded=(), flags="cell", **facts):
        judge(f"{name}: {comment}", "officers " + flags, name, answer, recorded, **facts)

    post, online = a_vote("post"), a_vote()
    act("annul", "no such pack", "no-such-pack")
    act("annul", "no vote", "nothing-to-annul", pack=a_pack())
    act("annul", "an online vote", "nothing-to-annul", pack=a_pack(), vote=online)
    act("annul", "a vote by post with another pack", "nothing-to-annul", pack=a_pack(), vote=a_vote("post", "another"))
    act("annul", "a vote by post", "done", ["post-annulled"], pack=a_pack(), vote=post)
    act("annul", "a vote by post, closed", "done", ["post-annulled"], pack=a_pack(), vote=post, ballot=CLOSED)
    for pack in DEAD_PACKS:
        act("annul", f"a vote by post, {pack['standing']} since", "done", ["post-annulled"], pack=pack, vote=post)

    act("cancel", "no such pack", "no-such-pack")
    act("cancel", "specimen", "specimen", pack=a_pack("specimen"))
    for pack in DEAD_PACKS:
        act("cancel", pack["standing"], "already-cancelled", pack=pack)
    cancelled = ["pack-cancelled byOfficer"]
    for pack in (a_pack(), a_pack("inactive"), LOCKED, a_pack(kind="post-only")):
        act("cancel", f"{pack['standing']}, {pack['kind']}, {pack['wrong']} wrong answers", "done", cancelled, pack=pack)
    for vote in (post, online):
        act("cancel", f"a vote was cast with it, {vote['channel']}", "done", cancelled, pack=a_pack(), vote=vote)
    act("cancel", "before", "done", cancelled, pack=a_pack(), ballot=BEFORE)
    act("cancel", "closed", "done", cancelled, pack=a_pack(), ballot=CLOSED)

    act("unlock", "no such pack", "no-such-pack")
    for wrong in (0, 2):
        act("unlock", f"{wrong} wrong answers", "not-locked", pack=a_pack(wrong=wrong))
    act("unlock", "specimen", "not-locked", pack=a_pack("specimen"))
    act("unlock", "the lifetime is used up", "locked-for-good", pack=LOCKED_FOR_GOOD)
    act("unlock", "locked", "done", ["pack-unlocked"], pack=LOCKED)
    act("unlock", "locked, closed", "done", ["pack-unlocked"], pack=LOCKED, ballot=CLOSED)
    act("unlock", "locked, cancelled", "done", ["pack-unlocked"], pack=a_pack("cancelled", wrong=3))

    act("activate", "no such batch", "no-such-batch", insisted=True)
    act("activate", "withdrawn", "withdrawn", batch=a_batch(withdrawn=True), insisted=True)
    act("activate", "withdrawn and active", "withdrawn", flags="order", batch=a_batch(activated=True, withdrawn=True),
        insisted=True)
    act("activate", "active", "already-active", batch=a_batch(activated=True), insisted=True)
    act("activate", "active, not insisted", "already-active", flags="order", batch=a_batch(activated=True), insisted=False)
    act("activate", "not reconciled", "not-reconciled", batch=a_batch(), insisted=False)
    voted = {"batch": a_batch("replacements"), "replacedVoted": True}
    act("activate", "a pack replaces one whose member has voted under another number", "replaced-voted", insisted=True,
        **voted)
    act("activate", "the same, not reconciled", "not-reconciled", flags="order", insisted=False, **voted)
    act("activate", "not reconciled, insisted", "done", ["batch-activated"], batch=a_batch(), insisted=True)
    act("activate", "reconciled", "done", ["batch-activated"], batch=a_batch(reconciled=True), insisted=False)
    act("activate", "specimens", "done", ["batch-activated"], batch=a_batch("specimens"), insisted=False)
    for ballot in (BEFORE, CLOSED):
        act("activate", f"reconciled, {ballot['phase']}", "done", ["batch-activated"], batch=a_batch(reconciled=True),
            insisted=False, ballot=ballot)

    act("withdraw", "no such batch", "no-such-batch")
    act("withdraw", "withdrawn", "already-withdrawn", batch=a_batch(withdrawn=True))
    for active in (False, True):
        act("withdraw", "active" if active else "not active", "done", ["batch-withdrawn"], batch=a_batch(activated=active))

    def reconcile(comment, answer, recorded=(), missing=0, strangers=(), **facts):
        act("reconcile", comment, answer, recorded, missing=["first", "second"][:missing],
            ofOtherBatches=list(strangers), **facts)

    reconcile("no such batch", "no-such-batch")
    reconcile("reconciled", "already-reconciled", batch=a_batch(reconciled=True))
    reconcile("a pack of another batch", "other-packs", batch=a_batch(), missing=1, strangers=["third"])
    reconcile("packs of other batches alone", "other-packs", batch=a_batch(), strangers=["third", "fourth"])
    reconcile("none is missing", "done", ["batch-reconciled"], batch=a_batch())
    reconcile("two are missing", "done", ["pack-cancelled missing"] * 2 + ["batch-reconciled"], batch=a_batch(), missing=2)
    reconcile("one is missing, active", "done", ["pack-cancelled missing", "batch-reconciled"],
              batch=a_batch(activated=True), missing=1)

    def opening(comment, answer, recorded=(), closes=None, grace=60, **facts):
        act("open", comment, answer, recorded, closes=closes, grace=grace, **facts)

    opening("open", "already-open")
    opening("closed", "closed", ballot=CLOSED)
    for closes in (999, 1000):
        opening(f"closing {1000 - closes} before now", "in-the-past", flags="boundary", closes=closes, ballot=BEFORE)
    opening("closing in a moment", "done", ["ballot-opened"], flags="boundary", closes=1001, ballot=BEFORE)
    opening("without a closing time", "done", ["ballot-opened"], ballot=BEFORE)
    opening("past the closing time", "closed", ["ballot-closed at 950"], flags="due", ballot=a_ballot(closes=950))
    for grace in (-1, ref.LONGEST_GRACE + 1, 2**32):
        opening(f"a grace of {grace}", "bad-grace", flags="boundary", grace=grace, ballot=BEFORE)
    for grace in (0, ref.LONGEST_GRACE):
        opening(f"a grace of {grace}", "done", ["ballot-opened"], flags="boundary", grace=grace, ballot=BEFORE)
    opening("a bad grace and a closing time that is past", "in-the-past", flags="order", closes=999, grace=-1,
            ballot=BEFORE)

    act("extend", "before", "not-open", until=2000, ballot=BEFORE)
    for until in (999, 1000):
        act("extend", f"until {1000 - until} before now", "in-the-past", flags="boundary", until=until)
    extended = ["ballot-extended until 2000"]
    act("extend", "open", "done", extended, until=2000, ballot=a_ballot(closes=1500))
    act("extend", "to an earlier time that is still to come", "done", ["ballot-extended until 1001"], flags="boundary",
        until=1001, ballot=a_ballot(closes=1500))
    act("extend", "closed", "done", extended, until=2000, ballot=CLOSED)
    act("extend", "past the closing time", "done", ["ballot-closed at 950", *extended], flags="due", until=2000,
        ballot=a_ballot(closes=950))

    act("close", "before", "not-open", ballot=BEFORE)
    act("close", "closed", "already-closed", ballot=CLOSED)
    act("close", "open", "done", ["ballot-closed at 1000"])
    act("close", "past the closing time", "already-closed", ["ballot-closed at 950"], flags="due",
        ballot=a_ballot(closes=950))

    act("close --final", "before", "not-open", ballot=BEFORE)
    act("close --final", "open", "done", ["ballot-closed at 1000", "ballot-final"])
    act("close --final", "closed", "done", ["ballot-final"], ballot=CLOSED)
    act("close --final", "past the closing time", "done", ["ballot-closed at 950", "ballot-final"], flags="due",
        ballot=a_ballot(closes=950))

    for name in ("annul", "cancel", "unlock"):
        act(name, "final", "final", flags="order", ballot=FINAL, pack=LOCKED, vote=post)
        act(name, "final, no such pack", "final", flags="order", ballot=FINAL)
    act("activate", "final", "final", flags="order", ballot=FINAL, batch=a_batch(reconciled=True), insisted=True)
    act("withdraw", "final", "final", flags="order", ballot=FINAL, batch=a_batch())
    reconcile("final", "final", flags="order", ballot=FINAL, batch=a_batch(), missing=1)
    opening("final", "final", flags="order", ballot=FINAL)
    act("extend", "final", "final", flags="order", ballot=FINAL, until=2000)
    for name in ("close", "close --final"):
        act(name, "final", "final", flags="order", ballot=FINAL)
    for name, given in (("activate", {"insisted": True}), ("withdraw", {})):
        act(name, "final, no such batch", "final", flags="order", ballot=FINAL, **given)
    reconcile("final, no such batch", "final", flags="order", ballot=FINAL)

    # Whatever the request is answered, and though the act has nothing to do with the ballot.
    late, close = a_ballot(closes=950), "ballot-closed at 950"
    closed = {"ballot": a_ballot("closed", closes=950, closed=950)}
    act("annul", "past the closing time", "done", [close, "post-annulled"], flags="due", ballot=late, pack=a_pack(),
        vote=post, after={**closed, "vote": None})
    act("cancel", "past the closing time", "done", [close, *cancelled], flags="due", ballot=late, pack=a_pack(),
        after={**closed, "pack": a_pack("cancelled")})
    act("unlock", "past the closing time", "done", [close, "pack-unlocked"], flags="due", ballot=late, pack=LOCKED,
        after={**closed, "pack": {**LOCKED, "wrong": 0, "last": None}})
    for name, answer in (("annul", "nothing-to-annul"), ("cancel", "specimen"), ("unlock", "not-locked")):
        act(name, "past the closing time, refused", answer, [close], flags="due", ballot=late, pack=a_pack("specimen"),
            after=closed)
        act(name, "past the closing time, no such pack", "no-such-pack", [close], flags="due", ballot=late, after=closed)
    act("activate", "past the closing time", "done", [close, "batch-activated"], flags="due", ballot=late,
        batch=a_batch(reconciled=True), insisted=False)
    act("activate", "past the closing time, refused", "not-reconciled", [close], flags="due", ballot=late,
        batch=a_batch(), insisted=False, after=closed)
    act("activate", "past the closing time, no such batch", "no-such-batch", [close], flags="due", ballot=late,
        insisted=True, after=closed)
    act("withdraw", "past the closing time", "done", [close, "batch-withdrawn"], flags="due", ballot=late,
        batch=a_batch(activated=True))
    act("withdraw", "past the closing time, no such batch", "no-such-batch", [close], flags="due", ballot=late,
        after=closed)
    reconcile("past the closing time", "done", [close, "pack-cancelled missing", "batch-reconciled"], flags="due",
              ballot=late, batch=a_batch(), missing=1)
    reconcile("past the closing time, refused", "already-reconciled", [close], flags="due", ballot=late,
              batch=a_batch(reconciled=True), after=closed)
    reconcile("past the closing time, no such batch", "no-such-batch", [close], flags="due", ballot=late, after=closed)
    act("extend", "past the closing time, refused", "in-the-past", [close], flags="due", ballot=late, until=1000,
        after=closed)

    # What is written of an act, and what it leaves, where a cell above does not say it all.
    def whole(name, comment, event, after, **facts):
        act(name, comment, "done", [in_short(event)], flags="after", events=[event], after=after, **facts)

    whole("activate", "not reconciled, insisted, specimens", {"type": "batch-activated", "batch": "this", "count": 1},
          {"batch": a_batch("specimens", activated=True)}, batch=a_batch("specimens"), insisted=True)
    whole("activate", "reconciled, insisted without need", {"type": "batch-activated", "batch": "this", "count": 1},
          {"batch": a_batch(reconciled=True, activated=True)}, batch=a_batch(reconciled=True), insisted=True)
    whole("activate", "not reconciled, insisted, closed", {"type": "batch-activated", "batch": "this", "count": 0},
          {"batch": a_batch(activated=True)}, batch=a_batch(), insisted=True, ballot=CLOSED)
    whole("open", "with a closing time and a grace", {"type": "ballot-opened", "count": 7, "closes": 4000},
          {"ballot": a_ballot(closes=4000, grace=7)}, closes=4000, grace=7, ballot=BEFORE)
    whole("extend", "closed, with another grace", {"type": "ballot-extended", "closes": 2000},
          {"ballot": a_ballot(closes=2000, grace=33)}, until=2000, ballot=a_ballot("closed", closes=950, grace=33))
    whole("extend", "open without a closing time", {"type": "ballot-extended", "closes": 2000},
          {"ballot": a_ballot(closes=2000)}, until=2000)
    whole("unlock", "three in the lifetime, the last forgotten", {"type": "pack-unlocked", "pack": "this"},
          {"pack": a_pack(lifetime=3, second=2)}, pack=a_pack(wrong=3, last="B", second=2), vote=a_vote("post"))
    whole("annul", "cancelled since", {"type": "post-annulled", "pack": "this", "voter": "its"}, {"vote": None},
          pack=a_pack("cancelled", wrong=1), vote=post)
    whole("cancel", "locked", {"type": "pack-cancelled", "pack": "this", "detail": 2},
          {"pack": a_pack("cancelled", wrong=3, second=1)}, pack=a_pack(wrong=3, second=1), vote=online)


def rules_of_batches_and_packs(judge):
    """What an act on a batch does to packs."""
    def act(name, comment, answer, recorded, before, after, pack_is="of-the-batch", **facts):
        judge(f"{name}: {comment}", "officers after", name, answer, recorded, pack=a_pack(before), packIs=pack_is,
              **facts)
        expected = a_pack(after) if before != after else None
        assert judge.file.tests[-1]["after"].get("pack") == expected, judge.file.tests[-1]

    def activate(comment, before, after, *rest, batch=a_batch(), answer="done", **facts):
        act("activate", comment, answer, ["batch-activated"] if answer == "done" else [], before, after, *rest,
            batch=batch, insisted=True, **facts)

    replacing = a_batch("replacements")
    activate("a pack of the batch", "inactive", "live")
    activate("a pack of the batch, closed", "inactive", "live", ballot=CLOSED)
    activate("a pack of the batch, cancelled before", "cancelled", "cancelled")
    activate("a pack of the batch, replaced before", "superseded", "superseded")
    activate("a pack of the batch, specimens", "specimen", "specimen", batch=a_batch("specimens"))
    activate("a pack that it replaces", "live", "superseded", "replaced-by-it", batch=replacing)
    activate("a pack that it replaces, inactive", "inactive", "superseded", "replaced-by-it", batch=replacing)
    activate("a pack that it replaces, cancelled", "cancelled", "superseded", "replaced-by-it", batch=replacing)
    activate("a pack that it replaces, withdrawn", "withdrawn", "superseded", "replaced-by-it", batch=replacing)
    activate("a pack that it replaces, refused", "live", "live", "replaced-by-it", answer="withdrawn",
             batch=a_batch("replacements", withdrawn=True))

    def withdraw(comment, before, after, *rest, batch):
        act("withdraw", comment, "done", ["batch-withdrawn"], before, after, *rest, batch=batch)

    active = a_batch(activated=True)
    withdraw("a pack of the batch", "live", "withdrawn", batch=active)
    withdraw("a pack of the batch, inactive", "inactive", "withdrawn", batch=a_batch())
    withdraw("a pack of the batch, cancelled", "cancelled", "withdrawn", batch=active)
    withdraw("a pack of the batch, replaced", "superseded", "superseded", batch=active)
    withdraw("a pack of the batch, specimens", "specimen", "specimen", batch=a_batch("specimens"))
    withdraw("a pack that it replaces stays replaced", "superseded", "superseded", "replaced-by-it",
             batch=a_batch("replacements", activated=True))
    withdraw("a pack that it would have replaced", "live", "live", "replaced-by-it", batch=replacing)

    def reconcile(comment, before, after, *rest, missing=("first",), batch=active):
        act("reconcile", comment, "done", ["pack-cancelled missing"] * len(missing) + ["batch-reconciled"], before, after,
            *rest, missing=list(missing), ofOtherBatches=[], batch=batch)

    reconcile("a missing pack", "live", "cancelled", "missing")
    reconcile("a missing pack, inactive", "inactive", "cancelled", "missing", batch=a_batch())
    reconcile("a missing pack, cancelled before", "cancelled", "cancelled", "missing")
    reconcile("a missing pack, replaced", "superseded", "superseded", "missing")
    reconcile("a missing pack, withdrawn", "withdrawn", "withdrawn", "missing",
              batch=a_batch(activated=True, withdrawn=True))
    reconcile("a pack that is not missing", "live", "live", missing=())
    reconcile("a pack that is not missing, another is", "live", "live", missing=("second",))


def rules_of_a_return(f):
    """What an act `reconcile` is judged after."""
    def held(comment, rows, flags="cell", packs=("a", "b", "c"), **expected):
        f.add(f"return: {comment}", f"officers {flags}", {
            "operation": "return", "packs": list(packs),
            "rows": [{"pack": row[0], "status": {"p": "packed", "r": "remade", "m": "missing"}[row[1]]}
                     for row in rows.split()]}, **expected)

    def wrong(comment, rows, unaccounted=(), foreign=(), repeated=(), **more):
        held(comment, rows, reason="does-not-add-up", unaccounted=list(unaccounted), foreign=list(foreign),
             repeated=list(repeated), **more)

    held("all are packed", "ap bp cp", missing=[])
    held("in another order, one made again", "cp ar bp", missing=[])
    held("two are missing, in the order of the return", "cm bp am", missing=["c", "a"])
    held("all are missing", "am bm cm", missing=["a", "b", "c"])
    wrong("one does not stand in it", "ap cp", "b")
    wrong("nothing stands in it", "", "abc")
    wrong("a pack of no batch of ours, or of another", "ap bp cp dp", foreign="d")
    wrong("another pack in the place of one", "ap bp dp", "c", "d")
    wrong("one stands in it twice", "ap bp cp bp", repeated="b")
    wrong("one stands in it twice, packed and missing", "ap bp cp bm", repeated="b")
    wrong("one in the place of another", "ap bp bp", "c", repeated="b")
    wrong("one stands in it three times", "ap ap bp ap cp", repeated="aa")
    wrong("a foreign one that is missing", "ap bp cp dm", foreign="d")


# --- Section 16, the balance: balance.json ---------------------------------------------------------------------------------------

def evaluate_balance(t):
    stands = ref.standing(t["pack"])
    return {"standing": stands, "locked": ref.is_locked(t["pack"], t["lock"], t["lifetime"]),
            "column": ref.column_of_balance(t["pack"], t["votedWith"], (t["lock"], t["lifetime"]))}


def balance():
    f = VectorFile(
        "balance.json",
        "Section 16, standings and the balance: what happened to a pack, and a vote that was cast with it or with "
        "another of its voter's, give its standing, whether it is locked, and its column. `replacements` are the "
        "batches with a pack that replaces this one, `cancelled` tells whether an officer cancelled it or the print "
        "house missed it; `wrong` are the wrong answers since it was last unlocked, `lifetimeWrong` all of them.",
        {"one": "one standing applies", "several": "more than one does, and the first counts",
         "vote": "a vote was cast", "locked": "locked, or nearly"},
        evaluate_balance)

    def pack(kind="normal", active=True, withdrawn=False, cancelled=None, replacements=(), wrong=0, lifetime=None):
        return {"kind": kind, "batch": {"activated": active, "withdrawn": withdrawn},
                "replacements": [{"activated": a, "withdrawn": w} for a, w in replacements],
                "cancelled": cancelled, "wrong": wrong, "lifetimeWrong": wrong if lifetime is None else lifetime}

    def case(comment, flags, standing, column=None, vote=None, other=None, **facts):
        f.add(comment, flags, {"lock": LIMITS[0], "lifetime": LIMITS[1], "pack": pack(**facts), "votedWith": vote,
                               "votedWithAnother": other}, standing=standing, column=column or standing)

    replaced, pending = (True, False), (False, False)
    case("live", "one", "live")
    case("for post alone", "one", "live", kind="post-only")
    case("inactive", "one", "inactive", active=False)
    for who in ("officer", "print-house"):
        case(f"cancelled, {who}", "one", "cancelled", cancelled=who)
        case(f"cancelled, {who}, and withdrawn", "several", "withdrawn", cancelled=who, withdrawn=True)
        case(f"cancelled, {who}, and superseded", "several", "superseded", cancelled=who, replacements=[replaced])
        case(f"cancelled, {who}, and inactive", "several", "cancelled", cancelled=who, active=False)
        case(f"cancelled, {who}, withdrawn and superseded", "several", "superseded", cancelled=who, withdrawn=True,
             replacements=[replaced])
        case(f"cancelled, {who}, withdrawn, superseded and inactive", "several", "superseded", cancelled=who,
             withdrawn=True, replacements=[replaced], active=False)
    case("withdrawn", "one", "withdrawn", withdrawn=True)
    case("withdrawn and inactive", "several", "withdrawn", withdrawn=True, active=False)
    case("withdrawn and superseded", "several", "superseded", withdrawn=True, replacements=[replaced])
    case("superseded", "one", "superseded", replacements=[replaced])
    case("superseded and inactive", "several", "superseded", replacements=[replaced], active=False)
    case("replaced by a batch that is not activated", "one", "live", replacements=[pending])
    case("replaced by a batch that was withdrawn before it was activated", "one", "live", replacements=[(False, True)])
    case("replaced by a batch that was withdrawn since", "one", "superseded", replacements=[(True, True)])
    case("replaced by two batches, one of them activated", "one", "superseded", replacements=[pending, replaced])
    case("replaced by two batches, both activated", "one", "superseded", replacements=[replaced, replaced])
    for active in (True, False):
        case(f"a specimen, {'active' if active else 'inactive'}", "one" if active else "several", "specimen",
             kind="specimen", active=active)
    case("a specimen, withdrawn", "several", "specimen", kind="specimen", withdrawn=True)
    case("a specimen, withdrawn and inactive", "several", "specimen", kind="specimen", withdrawn=True, active=False)
    case("a specimen that the print house missed", "several", "specimen", kind="specimen", cancelled="print-house")

    for channel, column in (("online", "voted-online"), ("post", "voted-by-post")):
        case(f"voted, {channel}", "vote", "live", column, channel)
        for comment, facts, standing in (
                ("superseded", {"replacements": [replaced]}, "superseded"), ("withdrawn", {"withdrawn": True}, "withdrawn"),
                ("cancelled", {"cancelled": "officer"}, "cancelled"), ("missing", {"cancelled": "print-house"}, "cancelled"),
                ("locked", {"wrong": 3}, "live"), ("locked for good", {"wrong": 2, "lifetime": 5}, "live")):
            case(f"voted, {channel}, {comment} since", "vote", standing, column, channel, **facts)
        for comment, facts, standing, column in (
                ("live", {}, "live", "live"), ("inactive", {"active": False}, "inactive", "inactive"),
                ("superseded", {"replacements": [replaced]}, "superseded", "superseded"),
                ("cancelled", {"cancelled": "officer"}, "cancelled", "cancelled"), ("locked", {"wrong": 3}, "live", "locked")):
            case(f"voted with another pack, {channel}; this one is {comment}", "vote", standing, column, other=channel, **facts)
    case("voted with a pack for post alone", "vote", "live", "voted-by-post", "post", kind="post-only")

    case("two wrong answers of three", "locked", "live", wrong=2)
    case("three wrong answers", "locked", "live", "locked", wrong=3)
    case("three wrong answers, and unlocked", "locked", "live", wrong=0, lifetime=3)
    case("four in a lifetime of five", "locked", "live", wrong=1, lifetime=4)
    case("five in a lifetime of five", "locked", "live", "locked", wrong=2, lifetime=5)
    for comment, facts, standing in (("superseded", {"replacements": [replaced]}, "superseded"),
                                     ("withdrawn", {"withdrawn": True}, "withdrawn"),
                                     ("cancelled", {"cancelled": "officer"}, "cancelled")):
        case(f"locked, and {comment}", "locked several", standing, wrong=3, **facts)
    return f


# --- Section 17: pass.json ---------------------------------------------------------------------------------------------------

DESK_SECRET = fixed("desk secret")


def evaluate_pass(t):
    election, secret = unhex(t, "electionId", "deskSecret")
    if t["operation"] == "open":
        lookup_id, given, expires, spending = ref.open_pass(election, secret, t["pass"])
        return {"lookupId": lookup_id.hex(), "given": given, "expires": expires, "spendingSecret": spending.hex()}
    nonce, lookup_id, spending = unhex(t, "nonce", "lookupId", "spendingSecret")
    sealed = ref.seal_pass(election, secret, nonce, lookup_id, t["given"], t["expires"], spending)
    return {**hexes(passKey=ref.pass_key(election, secret), associated=ref.pass_associated(election), bytes=sealed),
            "pass": ref.base64url(sealed)}


def passes():
    f = VectorFile(
        "pass.json",
        "Section 17. `seal`: the sealing key, the associated data and the bytes of a pass, and the pass as written. "
        "`open`: what a pass says, or why it is none.",
        {"seal": "passes sealed", "open": "passes opened", "times": "other times", "altered": "bytes that were changed",
         "written": "the text is not what it should be", "other": "of another election or another desk",
         "not-a-pass": "reason: not 140 characters of base64url", "unknown-version": "reason: not version 1",
         "does-not-open": "reason: the box does not open"},
        evaluate_pass)

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


# --- Section 19 stands in a file of its own, which needs what is above ---------------------------------------------------------------

import log_cases  # noqa: E402


# --- Writing and checking the files -----------------------------------------------------------------------------------------------

# --- Section 18: doubles.json ------------------------------------------------------------------------------------------------

VOTER_KEY = fixed("voter key")


def own_number(member):
    return ref.voter_number(ELECTION, VOTER_KEY, member)


def doubles_row_members(rows):
    return [{"own": own.hex(), "carried": carried.hex(), "pack": ref.u64(pack).hex()} for own, carried, pack in rows]


def evaluate_doubles(t):
    election, = unhex(t, "electionId")
    if t["operation"] == "group":
        members = {kind: [m["voterId"] for m in t["members"] if m["decision"] == kind] for kind in ("same", "drop")}
        issued = {m["voterId"]: bytes.fromhex(m["issuedUnder"]) for m in t["members"] if m["issuedUnder"]}
        return {"carried": ref.number_of_group(election, bytes.fromhex(t["voterKey"]), members["same"], members["drop"],
                                               issued).hex()}
    key, = unhex(t, "bookKey")
    if t["operation"] == "read":
        batch, rows = ref.read_doubles(bytes.fromhex(t["page"]), election, key)
        return {"batch": batch, "rows": doubles_row_members(rows)}
    rows = [(bytes.fromhex(m["own"]), bytes.fromhex(m["carried"]), ref.number(bytes.fromhex(m["pack"]))) for m in t["rows"]]
    data = ref.write_doubles(election, key, t["batch"], rows)
    return hexes(mac=data[80:112], page=data)


def doubles():
    f = VectorFile(
        "doubles.json",
        "Section 18. `write`: a page of doubles from its rows, in any order. `read`: a page and the book key. `group`: "
        "the members of one group in the order of their rows, each with what was decided and the number under which it "
        "was issued before, or null; and the number that all of them carry. Pack numbers are in hex, u64.",
        {"begun": "no pack has its number yet", "finished": "packs have numbers",
         "no-pack": "a member without a pack", "altered": "one thing is other than it was written",
         "two-faults": "two things are: the first of them gives the reason",
         "new": "nobody of the group was issued before", "issued": "somebody was",
         "lowest": "which id is the lowest", "order": "whose number it is",
         "wrong-magic": "reason: other first 24 bytes",
         "wrong-length": "reason: the length does not fit the number of rows",
         "other-election": "reason: another election's id",
         "wrong-mac": "reason: the field at 80 is not the page's",
         "bad-batch-name": "reason: the batch name has other bytes, or none",
         "rows-out-of-order": "reason: own numbers do not ascend",
         "two-numbers": "reason: two that are `same` were issued under different numbers"},
        evaluate_doubles)

    numbers = [ref.pack_number(ref.derive_attempt(ELECTION, BATCH_KEY, 20, i, 0)[2]) for i in range(1, 5)]

    def row(member, carried, pack):
        return own_number(member), own_number(carried), pack

    def write(comment, flags, batch, rows, election=ELECTION):
        f.add(comment, flags, {"operation": "write", "electionId": election.hex(), "bookKey": BOOK_KEY.hex(),
                               "batch": batch, "rows": doubles_row_members(rows)})
        return bytes.fromhex(f.tests[-1]["page"])

    four = [row("100002", "100001", numbers[0]), row("100007", "100001", 0), row("200009", "200008", numbers[1]),
            row("300000", "100001", numbers[2])]
    one = write("one pack, begun", "begun", "members-3", [row("100002", "100001", 0)])
    write("the same, finished", "finished", "members-3", [row("100002", "100001", numbers[0])])
    data = write("four members of two persons, one without a pack", "finished no-pack", "members-3", four)
    backwards = write("the same rows in another order", "finished no-pack", "members-3", four[::-1])
    assert data == backwards
    write("under another batch name", "finished no-pack", "members-4", four)
    write("in another election", "finished no-pack", "members-3", four, OTHER_ELECTION)
    none = write("no rows", "begun", "members-3", [])
    wrong = write("pack numbers that are none", "finished", "members-3", [
        row("100002", "100001", numbers[0] ^ 1), row("200009", "200008", 2**64 - 1), row("300000", "300000", 1)])

    def read(comment, flags, data, election=ELECTION, key=BOOK_KEY, **expected):
        f.add(comment, flags, {"operation": "read", "electionId": election.hex(), "bookKey": key.hex(),
                               "page": data.hex()}, **expected)

    for comment, flags, page in (("one row", "begun", one), ("four rows", "finished no-pack", data),
                                 ("no rows", "begun", none), ("pack numbers that are none", "finished", wrong)):
        read(comment, flags, page)

    def remade(page):
        """With the MAC of what the page says now."""
        return page[:80] + ref.page_mac(page[24:40], BOOK_KEY, page[:80], page[112:]) + page[112:]

    def patched(at, value):
        assert data[at:at + len(value)] != value
        return data[:at] + value + data[at + len(value):]

    read("empty", "altered", b"", reason="wrong-magic")
    read("version 2", "altered", remade(patched(21, b"2")), reason="wrong-magic")
    read("cut short by one byte", "altered", data[:-1], reason="wrong-length")
    read("cut short by one row", "altered", data[:-40], reason="wrong-length")
    read("cut short by one row, and the MAC for that", "altered", remade(data[:-40]), reason="wrong-length")
    read("cut short in the header", "altered", data[:100], reason="wrong-length")
    read("one byte more", "altered", data + b"\0", reason="wrong-length")
    read("five rows promised", "altered", remade(patched(72, ref.u64(5))), reason="wrong-length")
    read("another election wanted", "altered", data, OTHER_ELECTION, reason="other-election")
    read("another election in the page", "altered", remade(patched(24, OTHER_ELECTION)), reason="other-election")
    read("another book key", "altered", data, key=fixed("another book key"), reason="wrong-mac")
    for at, what in ((40, "the batch name"), (80, "the MAC"), (112, "an own number"), (128, "a number carried"),
                     (144, "a pack number"), (len(data) - 1, "the last byte")):
        read(f"one bit of {what}", "altered", patched(at, bytes([data[at] ^ 1])), reason="wrong-mac")
    read("a bad batch name", "altered", remade(patched(40, b"/")), reason="bad-batch-name")
    read("no batch name", "altered", remade(patched(40, bytes(32))), reason="bad-batch-name")
    # Two faults at once: the first one in section 18 gives the reason.
    def two(comment, reason, *changes, mac=True, cut=0):
        page = data
        for at, value in changes:
            assert page[at:at + len(value)] != value
            page = page[:at] + value + page[at + len(value):]
        page = page[:len(page) - cut]
        read(f"{comment}: the first", "two-faults", remade(page) if mac else page, reason=reason)

    elsewhere, name, five, flip = (24, OTHER_ELECTION), (40, b"/"), (72, ref.u64(5)), (144, bytes([data[144] ^ 1]))
    two("version 2 and another election", "wrong-magic", (21, b"2"), elsewhere)
    two("five rows promised and another election", "wrong-length", five, elsewhere)
    two("cut short and a bad batch name", "wrong-length", name, cut=40)
    two("another election and a bad batch name", "other-election", elsewhere, name)
    two("another election and a wrong MAC", "other-election", elsewhere, mac=False)
    two("a bad batch name and a wrong MAC", "bad-batch-name", name, mac=False)
    two("a wrong MAC and own numbers that descend", "wrong-mac", (112, b"\xff" * 16), mac=False)
    rows = [data[112 + 40 * i:152 + 40 * i] for i in range(4)]
    read("the first two rows swapped", "altered", remade(data[:112] + rows[1] + rows[0] + rows[2] + rows[3]),
         reason="rows-out-of-order")
    read("a row twice", "altered", remade(data[:112] + rows[0] + rows[0] + rows[2] + rows[3]), reason="rows-out-of-order")

    def group(comment, flags, *members, **expected):
        f.add(comment, flags, {
            "operation": "group", "electionId": ELECTION.hex(), "voterKey": VOTER_KEY.hex(),
            "members": [{"voterId": member, "decision": decision,
                         "issuedUnder": own_number(under[0]).hex() if under else None}
                        for member, decision, *under in members]}, **expected)

    def of(member):
        return {"carried": own_number(member).hex()}

    group("two that are same", "new", ("200", "same"), ("100", "same"), **of("100"))
    group("one that is dropped has the lowest id", "new lowest", ("200", "same"), ("100", "drop"), **of("100"))
    group("byte by byte: 1000 is lower than 999", "new lowest", ("999", "same"), ("1000", "same"), **of("1000"))
    group("byte by byte: Z is lower than a, and than \u00c4", "new lowest", ("a", "same"), ("\u00c4", "same"), ("Z", "same"),
          **of("Z"))
    group("a lower id that was not issued", "issued order", ("200", "same", "200"), ("100", "same"), **of("200"))
    group("two that were issued under one number", "issued order", ("200", "same", "200"), ("300", "same", "200"),
          ("100", "same"), **of("200"))
    group("issued under the number of somebody outside the group", "issued order", ("200", "same", "050"), ("100", "same"),
          **of("050"))
    group("two that were issued under different numbers", "issued", ("200", "same", "200"), ("100", "same", "100"),
          reason="two-numbers")
    group("one of these is dropped", "issued order", ("200", "same", "200"), ("100", "drop", "100"), **of("200"))
    group("only the dropped one was issued", "issued order", ("100", "same"), ("200", "drop", "200"), **of("200"))
    group("two dropped ones were issued: the first row's", "issued order", ("100", "same"), ("300", "drop", "300"),
          ("200", "drop", "200"), **of("300"))
    return f


FILES = (alphabet, check_symbols, elections, derivation, refused_words, numbers, answers, redeeming, register,
         manifest_members, manifest, key_files, book, rules, balance, passes, doubles, log_cases.log, log_cases.tree, log_cases.checkpoint,
         log_cases.proof, log_cases.audit)


def escaped(text):
    """Escapes for what a reader of the file could not see, or tell apart, or copy."""
    out = []
    for c in text:
        if c.isascii() or unicodedata.category(c)[0] in "LNPS" and unicodedata.normalize("NFC", c) == c:
            out.append(c)
        else:
            code = c.encode("utf-16-be")
            out += [f"\\u{code[i:i + 2].hex()}" for i in range(0, len(code), 2)]
    return "".join(out)


def layout(value, depth=0):
    """JSON with one blank of indentation a level, LF, and short lists on one line."""
    if isinstance(value, dict) and value:
        inner = [f"{json.dumps(k)}: {layout(v, depth + 1)}" for k, v in value.items()]
        brackets = "{}"
    elif isinstance(value, list) and any(isinstance(v, (dict, list)) for v in value):
        inner = [layout(v, depth + 1) for v in value]
        brackets = "[]"
    else:
        return escaped(json.dumps(value, ensure_ascii=False))
    blanks = "\n" + " " * (depth + 1)
    return brackets[0] + blanks + ("," + blanks).join(inner) + "\n" + " " * depth + brackets[1]


def file_text(f):
    text = layout(f.content()) + "\n"
    assert json.loads(text) == f.content()
    return text


def generate(folder):
    for build in FILES:
        f = build()
        (folder / f.file).write_bytes(file_text(f).encode())
        print(f"{f.file}: {len(f.tests)} tests")
    return 0


def check_file(f, folder):
    """How many of the stored tests agree with what is computed here, and complaints."""
    try:
        data = (folder / f.file).read_bytes()
        stored = json.loads(data)
        tests = stored["tests"]
    except (OSError, ValueError, KeyError) as error:
        return 0, [f"cannot be read: {error!r}"]
    passed, complaints = 0, []
    if stored.get("file") != f.file:
        complaints.append("member `file` is not its name")
    if stored.get("count") != len(tests):
        complaints.append(f"count is {stored.get('count')}, but there are {len(tests)} tests")
    for position, test in enumerate(tests, 1):
        try:
            outputs = f.run(test)
        except Exception as error:                # a test that cannot even be run has failed
            complaints.append(f"test {position}: {error!r}")
            continue
        unknown = [x for x in [*test["flags"], *([test["reason"]] if "reason" in test else [])]
                   if x not in stored["notes"]]
        wrong = [name for name in {*outputs, *({"reason"} & set(test))}
                 if name not in test or name not in outputs or test[name] != outputs[name]]
        if test["id"] != position:
            complaints.append(f"test {position} has id {test['id']}")
        elif unknown:
            complaints.append(f"test {position}: no note for {', '.join(unknown)}")
        elif wrong:
            complaints.append(f"test {position}: {', '.join(sorted(wrong))} differ")
        else:
            passed += 1
    if data != file_text(f).encode():
        complaints.append("stale: not what `generate` writes")
    return passed, complaints


def check(folder):
    passed, failed = primitives.self_check(), 0
    print(f"primitives: {passed} known answers of RFCs")
    known = set()
    for build in FILES:
        f = build()
        known.add(f.file)
        count, complaints = check_file(f, folder)
        passed, failed = passed + count, failed + len(complaints)
        print(f"{f.file}: {count} tests" + (f", {len(complaints)} FAILED" if complaints else ""))
        for complaint in complaints[:20]:
            print(f"  {complaint}")
        if len(complaints) > 20:
            print(f"  ... and {len(complaints) - 20} more")
    for path in sorted(folder.glob("*.json")):
        if path.name not in known:
            failed += 1
            print(f"{path.name}: FAILED, nothing here knows this file")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0
