"""Section 10: answers.json."""

import unicodedata

from builder import ELECTION, OTHER_ELECTION, VectorFile, fixed, input_bytes, text_or_hex, unhex
from cases.answer_dates import add_dates
from counterfoil import sections as ref
from counterfoil.sections import Question, Refused, require


def as_question(m):
    return Question(m.get("name", "Q"), m["kind"], m.get("order"), m.get("latestYear", m.get("atMost", 0)))


def evaluate(t):
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


def build():
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
        evaluate)

    def normalise(flags, question, data, expected, comment=None):
        inputs = {"operation": "normalise", "question": question, **text_or_hex("input", data)}
        if comment is None:
            comment = "readable" if expected is not None else "unreadable"
        if expected is None:
            f.add(comment, flags, inputs, reason="unreadable")
        else:
            f.add(comment, flags, inputs, normalForm=expected)

    add_dates(normalise)

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
    day = "1987-03-14"
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
