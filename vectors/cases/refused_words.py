"""Section 6: refused-words.json."""

from builder import VectorFile
from counterfoil import sections as ref
from counterfoil.sections import Refused


def evaluate(t):
    if t["operation"] == "digest":
        return {"digest": ref.refused_words_digest(t["list"].encode()).hex()}
    found = ref.refused_word(t["group"]) if t["operation"] == "group" else \
        ref.first_refused_word(ref.text_symbols(t["number"]))
    if found:
        raise Refused("refused-word", word=found)
    return {}


def build():
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
        evaluate)
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
