"""Sections 3 and 4: election.json."""

import json

from builder import ELECTION, OTHER_ELECTION, VectorFile, fixed, input_bytes, text_or_hex, unhex
from cases.ordinary import as_election, election_members
from counterfoil import sections as ref
from counterfoil.sections import Refused


def election_text(members, **layout):
    """election.json with the right digest."""
    return json.dumps({**members, "digest": as_election(members).digest().hex()},
                      ensure_ascii=False, **layout)


def evaluate(t):
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


def build():
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
         "bad-voter-ids": "reason: not any-case or exact-case",
         "other-refused-words": "reason: the digest of another list of refused words",
         "other-text-fold": "reason: the digest of another table of letters",
         "wrong-digest": "reason: the digest is not the one of the other members",
         "same-constant": "reason: the previous election has the same constant",
         "too-near-previous": "reason: the difference would be located at some length"},
        evaluate)

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
    good("case counts in voter ids", "ordinary", election_members(voterIDs="exact-case"))
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
    for name in ("any case", "Any-case", "no-case", "", "1"):
        bad(f"voter ids: {name}", "bad-voter-ids", text.replace('"any-case"', f'"{name}"'))
    for value in ("1", "true", "null", '["any-case"]'):
        bad(f"voter ids: {value}", "wrong-type", text.replace('"any-case"', value))
    for name, reason, digest in (("refusedWords", "other-refused-words", fixed("other words")),
                                 ("textFold", "other-text-fold", fixed("other letters")),
                                 ("refusedWords", "other-refused-words", bytes.fromhex(members["textFold"])),
                                 ("textFold", "other-text-fold", bytes.fromhex(members["refusedWords"]))):
        bad(f"another {name}", reason, election_text(election_members(**{name: digest.hex()})))
    for name in ("refusedWords", "textFold"):
        bad(f"a {name} cut short", "bad-hex", text.replace(members[name], members[name][:-2]))
    bad("case counts, under the old digest", "wrong-digest", text.replace('"any-case"', '"exact-case"'))
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
