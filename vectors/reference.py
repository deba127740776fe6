#!/usr/bin/env python3
"""Counterfoil, a second time: README.md's sections in Python's standard library.

Written from README.md alone. The functions stand in the order of its sections,
each named after its section in its docstring. Errors are `Refused(reason)`; the
reasons' names are explained in the notes of the JSON files.

    python3 reference.py check             recompute every vector file, and compare
    python3 reference.py generate [DIR]    write the vector files anew, byte for byte
    python3 reference.py cross-check ...   re-derive a real batch (--help tells more)

Beside it: primitives.py (what hashlib lacks), cases.py (the vector files' cases),
crosscheck.py. None of this runs in constant time: it checks, it does not serve.
"""

import base64
import dataclasses
import datetime
import functools
import hashlib
import json
import pathlib
import re
import sys

sys.dont_write_bytecode = True      # leave nothing beside the vectors

from primitives import (argon2id, ed25519_public_key, ed25519_sign, ed25519_verify,
                        xchacha20poly1305_open, xchacha20poly1305_seal)

FOLDER = pathlib.Path(__file__).resolve().parent


class Refused(Exception):
    """Something a reader refuses, with the reason's name and what belongs to it."""

    def __init__(self, reason, **details):
        super().__init__(reason)
        self.reason, self.details = reason, details


def require(condition, reason, **details):
    if not condition:
        raise Refused(reason, **details)


# --- 1. Notation ---------------------------------------------------------------

def u8(n): return n.to_bytes(1, "big")
def u16(n): return n.to_bytes(2, "big")
def u32(n): return n.to_bytes(4, "big")
def u64(n): return n.to_bytes(8, "big")


def number(data):
    return int.from_bytes(data, "big")


def LP(data):
    """Section 1: the length in front."""
    return u32(len(data)) + data


def pad(data, size):
    """Section 1: zero bytes behind."""
    assert len(data) <= size
    return data + bytes(size - len(data))


def base64url(data):
    """Section 1: RFC 4648 section 5, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


NO_KEY = b""
NO_SALT = bytes(16)


def H(salt, key, label, message, size):
    """Section 1: the one hash. The salt is the election id."""
    return hashlib.blake2b(message, digest_size=size, key=key, salt=salt,
                           person=pad(label.encode("ascii"), 16)).digest()


def sign(seed, label, digest):
    """Section 1: Sign."""
    return ed25519_sign(seed, pad(label.encode("ascii"), 16) + digest)


def verify(public_key, label, digest, signature):
    """Section 1: the other side of Sign."""
    return ed25519_verify(public_key, pad(label.encode("ascii"), 16) + digest, signature)


# --- 2. Keys ---------------------------------------------------------------------

ISSUING_PURPOSES = ("register-signing", "manifest-signing", "voter-numbers", "batch-book")
DESK_PURPOSES = ("receipt-signing", "checkpoint-signing", "passes")
SIGNING_PURPOSES = ("register-signing", "manifest-signing", "receipt-signing",
                    "checkpoint-signing")


def sub_key(election_id, secret, purpose):
    """Section 2: Sub(secret, purpose)."""
    return H(election_id, secret, "cf1.subkey", purpose.encode("ascii"), 32)


# --- 3. Election -------------------------------------------------------------------

CODE_LENGTHS = (20, 24, 28)
KINDS = {"date": 1, "digits": 2, "postcode": 3, "text": 4}
ORDERS = {"dmy": 1, "mdy": 2, "ymd": 3}


@dataclasses.dataclass
class Question:
    name: str
    kind: str
    order: str | None = None    # of a date
    limit: int = 0              # of a date: the latest year; of digits: the most

    def canonical(self):
        return (LP(self.name.encode()) + u8(KINDS[self.kind])
                + u8(ORDERS[self.order] if self.order else 0) + u16(self.limit))


@dataclasses.dataclass
class Election:
    id: bytes
    name: str
    code_length: int
    questions: list
    lock: int
    lifetime: int
    refused_words: bytes
    register_key: bytes
    manifest_key: bytes
    receipt_key: bytes
    checkpoint_key: bytes

    def canonical(self):
        """Section 3: E."""
        return (self.id + LP(self.name.encode()) + u8(self.code_length)
                + u8(len(self.questions)) + b"".join(q.canonical() for q in self.questions)
                + u8(self.lock) + u8(self.lifetime) + self.refused_words
                + self.register_key + self.manifest_key
                + self.receipt_key + self.checkpoint_key)

    def digest(self):
        """Section 3: the election digest."""
        return H(self.id, NO_KEY, "cf1.election", self.canonical(), 32)

    def constant(self):
        return election_constant(self.id)


def _object_once(pairs):
    """For json.loads: an object whose members are all different."""
    members = dict(pairs)
    require(len(members) == len(pairs), "repeated-member")
    return members


def _whole(text):
    """For json.loads: -0 is no integer."""
    return -0.0 if text == "-0" else int(text)


def _not_a_number(_):
    raise ValueError("NaN and Infinity are no JSON")


def _members(value, required, optional=()):
    """An object with these members and no others."""
    require(type(value) is dict, "wrong-type")
    require(all(k in required or k in optional for k in value), "unknown-member")
    require(all(k in value for k in required), "missing-member")
    return value


def _integer(value, low, high, reason):
    require(type(value) is int, "wrong-type")     # type(): True is no number here
    require(low <= value <= high, reason)
    return value


def _text(value, longest, reason):
    """1 to `longest` bytes of UTF-8 without control characters."""
    require(type(value) is str, "wrong-type")
    try:
        size = len(value.encode("utf-8"))
    except UnicodeEncodeError:                     # half of a surrogate pair
        raise Refused(reason)
    require(1 <= size <= longest, reason)
    require(not re.search("[\0-\x1f\x7f-\x9f]", value), reason)
    return value


def _hex(value, size):
    require(type(value) is str, "wrong-type")
    require(re.fullmatch("(?:[0-9a-f]{2}){%d}" % size, value), "bad-hex")
    return bytes.fromhex(value)


def _question(value):
    require(type(value) is dict, "wrong-type")
    require("kind" in value, "missing-member")
    kind = value["kind"]
    require(type(kind) is str, "wrong-type")
    require(kind in KINDS, "unknown-kind")
    if kind == "date":
        _members(value, ("name", "kind", "order", "latestYear"))
    elif kind == "digits":
        _members(value, ("name", "kind"), ("atMost",))
    else:
        _members(value, ("name", "kind"))
    question = Question(_text(value["name"], 64, "bad-question-name"), kind)
    if kind == "date":
        require(type(value["order"]) is str, "wrong-type")
        require(value["order"] in ORDERS, "bad-order")
        question.order = value["order"]
        question.limit = _integer(value["latestYear"], 1900, 2199, "bad-latest-year")
    elif kind == "digits":
        question.limit = _integer(value.get("atMost", 0), 0, 32, "bad-at-most")
    return question


def read_election(data):
    """Section 3: election.json, its digest recomputed."""
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_object_once,
                           parse_int=_whole, parse_constant=_not_a_number)
    except (ValueError, RecursionError):
        raise Refused("not-json")
    require(type(value) is dict, "wrong-type")
    # The version first: a later version's members are nothing to judge it by.
    require("counterfoil" in value, "missing-member")
    require(value["counterfoil"] == "election 1", "unknown-version")
    _members(value, ("counterfoil", "id", "name", "codeLength", "questions", "wrongAnswers",
                     "refusedWords", "registerKey", "manifestKey", "receiptKey",
                     "checkpointKey", "digest"))
    wrong = _members(value["wrongAnswers"], ("lock", "lifetime"))
    length = _integer(value["codeLength"], 0, 255, "bad-code-length")
    require(length in CODE_LENGTHS, "bad-code-length")
    require(type(value["questions"]) is list, "wrong-type")
    require(len(value["questions"]) <= 8, "too-many-questions")
    questions = [_question(q) for q in value["questions"]]
    # Distinct byte for byte: nothing is said of composed and decomposed names.
    require(len({q.name for q in questions}) == len(questions), "repeated-question")
    lock = _integer(wrong["lock"], 1, 100, "bad-wrong-answers")
    election = Election(
        _hex(value["id"], 16), _text(value["name"], 200, "bad-name"), length, questions,
        lock, _integer(wrong["lifetime"], lock, 200, "bad-wrong-answers"),
        *(_hex(value[k], 32) for k in ("refusedWords", "registerKey", "manifestKey",
                                       "receiptKey", "checkpointKey")))
    require(_hex(value["digest"], 32) == election.digest(), "wrong-digest")
    return election


# --- 4. The election constant ---------------------------------------------------------

def election_constant(election_id):
    """Section 4: K, 15 bits, never zero."""
    return 1 + number(H(election_id, NO_KEY, "cf1.constant", b"", 8)) % 32767


def constant_symbols(constant):
    """Section 4: K1 K2 K3. Two constants' difference has symbols, too."""
    return [constant >> 10 & 31, constant >> 5 & 31, constant & 31]


def lengths_too_near(constant, previous):
    """Section 4: at which lengths an old code would read as a slip of the pen."""
    difference = constant_symbols(constant ^ previous)
    return [n for n in (12, 20, 24, 28)
            if locate(syndromes([0] * (n - 3) + difference), n)]


def require_far_from_previous(election_id, previous_id):
    """Section 4: whether the new election's id will do."""
    constant, previous = election_constant(election_id), election_constant(previous_id)
    require(constant != previous, "same-constant")
    require(not lengths_too_near(constant, previous), "too-near-previous")


# --- 5. Alphabet, check symbols, reading what was typed -----------------------------------

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PACK_LENGTH = 12

# alpha^0 to alpha^30 in GF(32) with x^5 + x^3 + 1, and the logarithms.
POWER = [1]
while len(POWER) < 31:
    POWER.append(POWER[-1] << 1 ^ (0x29 if POWER[-1] & 16 else 0))
LOG = {value: e for e, value in enumerate(POWER)}


def gf_multiply(a, b):
    return POWER[(LOG[a] + LOG[b]) % 31] if a and b else 0


def alpha(e):
    return POWER[e % 31]


def symbols_text(symbols):
    return "".join(ALPHABET[s] for s in symbols)


def text_symbols(text):
    """Back from capitals of the alphabet; hyphens are for the eye."""
    return [ALPHABET.index(c) for c in text.replace("-", "")]


def printed(symbols):
    """Section 5: groups of four joined by `-`."""
    text = symbols_text(symbols)
    return "-".join(text[i:i + 4] for i in range(0, len(text), 4))


def check_symbols(data, constant):
    """Section 5: the remainder of d(x) x^3 by g(x), and K."""
    r1 = r2 = r3 = 0
    for d in data:
        top = d ^ r1
        r1, r2, r3 = (r2 ^ gf_multiply(top, 14), r3 ^ gf_multiply(top, 17),
                      gf_multiply(top, 18))
    return [r ^ k for r, k in zip((r1, r2, r3), constant_symbols(constant))]


def with_check_symbols(data, constant):
    return data + check_symbols(data, constant)


def take_constant_off(symbols, constant):
    return symbols[:-3] + [r ^ k for r, k in zip(symbols[-3:], constant_symbols(constant))]


def syndromes(word):
    """Section 5: S1 S2 S3 of a word that K is taken off."""
    result = []
    for j in (1, 2, 3):
        s = 0
        for c in word:                       # Horner: the first symbol is highest
            s = gf_multiply(s, alpha(j)) ^ c
        result.append(s)
    return result


def group_of_power(e, n):
    return (n - 1 - e) // 4 + 1


def slips(n):
    """Section 5: every single slip: the syndromes that v = 1 gives (the others' are these
    times v), and the groups it touches."""
    for e in range(n):
        yield [alpha(j * e) for j in (1, 2, 3)], {group_of_power(e, n)}
    for distance in (1, 2):
        for e in range(n - distance):
            yield ([gf_multiply(alpha(j * e), 1 ^ alpha(j * distance)) for j in (1, 2, 3)],
                   {group_of_power(e, n), group_of_power(e + distance, n)})


@functools.cache
def located(n):
    """Section 5: the syndromes that a single slip explains, each with its groups."""
    table = {}
    for unit, groups in slips(n):
        for v in range(1, 32):
            explained = tuple(gf_multiply(v, u) for u in unit)
            assert explained not in table, "no two of these agree"
            table[explained] = sorted(groups)
    return table


def locate(found, n):
    """Section 5: the groups of the only slip that explains the syndromes, or []."""
    return located(n).get(tuple(found), [])


READ_AS = {c: v for v, c in enumerate(ALPHABET)}
READ_AS |= {c.lower(): v for c, v in READ_AS.items()}
READ_AS |= {"O": 0, "o": 0, "I": 1, "i": 1, "L": 1, "l": 1}
READ_AS = {ord(c): v for c, v in READ_AS.items()}       # by byte

SEPARATORS = [chr(c).encode() for c in
              (*b" \t\r\n-", 0xA0, 0xAD, 0x200B, *range(0x2010, 0x2016),
               0x202F, 0x2060, 0x2212, 0xFEFF)]
FOREIGN = None


def scan(data):
    """Section 5: symbol values, and FOREIGN for each foreign thing."""
    things, i = [], 0
    while i < len(data):
        separator = next((s for s in SEPARATORS if data.startswith(s, i)), None)
        if separator:
            i += len(separator)
        elif data[i] in READ_AS:
            things.append(READ_AS[data[i]])
            i += 1
        else:
            things.append(FOREIGN)
            first = data[i]
            i += 1
            while first >= 0xC0 and i < len(data) and 0x80 <= data[i] <= 0xBF:
                i += 1
    return things


def read_typed(data, n, constant):
    """Section 5: the n symbol values, or Refused("malformed", groups=[...])."""
    require(len(data) <= 256, "malformed", groups=[])
    things = scan(data)
    require(len(things) == n, "malformed", groups=[])
    foreign = sorted({i // 4 + 1 for i, thing in enumerate(things) if thing is FOREIGN})
    require(not foreign, "malformed", groups=foreign)
    found = syndromes(take_constant_off(things, constant))
    if any(found):
        raise Refused("malformed", groups=locate(found, n))
    return things


# --- 6. Refused words ----------------------------------------------------------------------

REFUSED_WORDS_FILE = (FOLDER / "data" / "refused-words.txt").read_bytes()
LOOKS_LIKE = {"2": "Z", "3": "E", "4": "A", "5": "S", "6": "G", "9": "G", "7": "T", "8": "B"}


def refused_words_digest(data):
    """Section 6: the list's digest."""
    return H(NO_SALT, NO_KEY, "cf1.refused", data, 32)


def read_refused_words(data):
    """Section 6: each word as symbols, and as it stands in the list."""
    return {word.translate(str.maketrans("ILOU", "110V")): word
            for word in data.decode("ascii").splitlines()}


REFUSED_WORDS = read_refused_words(REFUSED_WORDS_FILE)


def refused_word(group):
    """Section 6: the word that this group of four symbols reads as, or None."""
    seen = "".join(LOOKS_LIKE.get(c, c) for c in group)
    return (REFUSED_WORDS.get(seen) or REFUSED_WORDS.get(seen[:3])
            or REFUSED_WORDS.get(seen[1:]))


def first_refused_word(symbols):
    """Section 6: the same for a whole code or pack number."""
    text = symbols_text(symbols)
    words = (refused_word(text[i:i + 4]) for i in range(0, len(text), 4))
    return next((word for word in words if word), None)


# --- 7. Derivation ----------------------------------------------------------------------------

def derive_attempt(election_id, batch_key, code_length, ordinal, attempt):
    """Section 7: D, the code's symbols and the pack number's."""
    constant = election_constant(election_id)
    D = H(election_id, batch_key, "cf1.pack-code", u64(ordinal) + u32(attempt), 64)
    code = with_check_symbols([D[j] & 31 for j in range(code_length - 3)], constant)
    pack = with_check_symbols([D[32 + j] & 31 for j in range(PACK_LENGTH - 3)], constant)
    return D, code, pack


def derive(election_id, batch_key, code_length, ordinal, used):
    """Section 7: the attempt that counts. `used` holds the pack numbers (u64) of earlier
    batches and smaller ordinals, and receives this one."""
    attempt = 0
    while True:
        _, code, pack = derive_attempt(election_id, batch_key, code_length, ordinal, attempt)
        binary = pack_number(pack)
        if not first_refused_word(code) and not first_refused_word(pack) \
                and binary not in used:
            used.add(binary)
            return attempt, code, pack
        attempt += 1


def pack_number(symbols):
    """Section 7: twelve symbols as a u64."""
    value = 0
    for s in symbols:
        value = value << 5 | s
    return value


def pack_symbols(value):
    """Section 7: and back; None where the upper four bits are not zero."""
    if value >> 60:
        return None
    return [value >> 5 * (PACK_LENGTH - 1 - j) & 31 for j in range(PACK_LENGTH)]


def pack_number_fits(value, constant):
    """Whether a pack number's check symbols are right (12)."""
    symbols = pack_symbols(value)
    return symbols is not None and not any(syndromes(take_constant_off(symbols, constant)))


# --- 8. Voter number ------------------------------------------------------------------------------

def voter_id(field):
    """Section 8: the roll's field without spaces and tabs at its ends."""
    return field.strip(" \t")


def specimen_voter_id(batch, ordinal):
    """Section 8: what stands for the voter id of a specimen."""
    return f"specimen:{batch}:{ordinal}"


def voter_number(election_id, voter_key, id_text):
    """Section 8."""
    return H(election_id, voter_key, "cf1.voter", id_text.encode(), 16)


# --- 9. Look-up id, tag, secrets of a code --------------------------------------------------------

@dataclasses.dataclass
class CodeValues:
    lookup_id: bytes
    tag: bytes
    answer_key: bytes
    spending_secret: bytes


def code_values(election_id, ledger_key, code):
    """Section 9: all four, from the code's symbol values."""
    first = H(election_id, ledger_key, "cf1.lookup", bytes(code), 48)
    second = H(election_id, ledger_key, "cf1.codesecret", bytes(code), 64)
    return CodeValues(first[:16], first[16:], second[:32], second[32:])


# --- 10. Answers --------------------------------------------------------------------------------------

NO_ANSWER_TAG = bytes(16)
SPACES = "\u00a0\u202f"


def normalise(question, data):
    """Section 10: the normal form, or Refused("unreadable")."""
    require(len(data) <= 1024, "unreadable")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("unreadable")
    if question.kind == "date":
        return normal_date(text, question.order, question.limit)
    if question.kind == "digits":
        return normal_digits(text, question.limit)
    return {"postcode": normal_postcode, "text": normal_text}[question.kind](text)


def normal_digits(text, limit):
    """Section 10, digits."""
    kept = ""
    for c in text:
        if c in "0123456789":
            kept += c
        else:
            require(c in " \t\r\n-./()+" + SPACES, "unreadable")
    require(kept, "unreadable")
    kept = kept.lstrip("0") or "0"
    require(len(kept) <= (limit or 32), "unreadable")
    return kept


def normal_postcode(text):
    """Section 10, postcode."""
    kept = ""
    for c in text:
        if c.isascii():
            kept += c.upper() if c.isalnum() else ""
        else:
            require(c in SPACES, "unreadable")
    kept = kept.replace("O", "0").replace("I", "1")
    require(2 <= len(kept) <= 10, "unreadable")
    return kept


def read_text_fold(data):
    """Section 10: scalar to its one or two."""
    fold = {}
    for line in data.decode("ascii").splitlines():
        scalar, replacement = line.split(";")
        fold[chr(int(scalar, 16))] = "".join(chr(int(r, 16)) for r in replacement.split(" "))
    return fold


TEXT_FOLD = read_text_fold((FOLDER / "data" / "text-fold.txt").read_bytes())
TEXT_DROPPED = ((0x80, 0xBF), (0xD7, 0xD7), (0xF7, 0xF7), (0x2B0, 0x36F), (0x1AB0, 0x1AFF),
                (0x1DC0, 0x1DFF), (0x2000, 0x206F), (0x20D0, 0x20FF), (0x3000, 0x3003),
                (0xFE00, 0xFE0F), (0xFE20, 0xFE2F), (0xFEFF, 0xFEFF))


def normal_text(text):
    """Section 10, text."""
    kept = ""
    for c in text:
        if c in TEXT_FOLD:
            kept += TEXT_FOLD[c]
        elif c.isascii():
            kept += c.lower() if c.isalnum() else ""
        elif not any(low <= ord(c) <= high for low, high in TEXT_DROPPED):
            kept += c
    require(1 <= len(kept.encode()) <= 255, "unreadable")
    return kept


MONTHS = {}
for _number, _name in enumerate(("january", "february", "march", "april", "may", "june", "july",
                                 "august", "september", "october", "november", "december"), 1):
    MONTHS[_name] = MONTHS[_name[:3]] = _number
MONTHS["sept"] = 9

DROPPED_WORDS = {"of", "the", "tues", "weds", "thur", "thurs"}
for _name in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"):
    DROPPED_WORDS |= {_name, _name[:3]}

DATE_SEPARATORS = set(" \t\r\n/-.,':+" + SPACES + "\u2212") | {chr(c) for c in range(0x2010, 0x2016)}


def is_number(token):
    return token[0] in "0123456789"


def date_tokens(text):
    """Section 10, date, up to and with step 1."""
    # Lowered by hand: str.lower() would also lower a Kelvin sign to k.
    text = "".join(c.lower() if c.isascii() else c for c in text)
    tokens = re.findall("[0-9]+|[a-z]+|[^0-9a-z]", text)
    for t in tokens:
        require(t.isascii() and t.isalnum() or t in DATE_SEPARATORS, "unreadable")
    tokens = [t for t in tokens if t not in DATE_SEPARATORS]
    # Counted as cut, before any word is dropped.
    require(len(tokens) <= 12, "unreadable")
    require(all(len(t) <= 9 for t in tokens if is_number(t)), "unreadable")
    # "Directly behind a number token" is said of the tokens as cut.
    return [t for i, t in enumerate(tokens)
            if t not in DROPPED_WORDS
            and not (t in ("st", "nd", "rd", "th") and i > 0 and is_number(tokens[i - 1]))]


def normal_date(text, order, latest_year):
    """Section 10, date: steps 2 to 7."""
    tokens = date_tokens(text)
    require(tokens, "unreadable")

    # Step 3 before step 2: its pieces are the first three tokens that step 2 speaks of.
    first = tokens[0]
    if is_number(first) and len(first) in (6, 8):
        if len(first) == 6:
            cuts = (2, 4)
        else:
            cuts = (4, 6) if order == "ymd" else (2, 4)
        tokens[:1] = [first[:cuts[0]], first[cuts[0]:cuts[1]], first[cuts[1]:]]

    # Step 4: three tokens, then midnight or nothing.
    require(len(tokens) >= 3, "unreadable")
    for t in tokens[3:]:
        if is_number(t):
            require(set(t) == {"0"}, "unreadable")      # nine digits at most, see above
        else:
            require(t in ("t", "z"), "unreadable")
    tokens = tokens[:3]

    # Step 2: at most one word, a month.
    words = [t for t in tokens if not is_number(t)]
    numbers = [t for t in tokens if is_number(t)]
    require(len(words) <= 1 and all(w in MONTHS for w in words), "unreadable")

    # Step 5: which is which.
    if words:
        month = MONTHS[words[0]]
        are_years = [len(t) >= 3 or int(t) > 31 for t in numbers]
        require(not all(are_years), "unreadable")
        year_text, day_text = numbers if are_years[0] else reversed(numbers)
    else:
        if len(numbers[0]) == 4:
            order = "ymd"
        parts = dict(zip(order, numbers))
        require(len(parts["m"]) <= 2, "unreadable")
        year_text, month, day_text = parts["y"], int(parts["m"]), parts["d"]
    require(len(day_text) <= 2 and len(year_text) in (2, 4), "unreadable")

    # Step 6: the year that two digits mean.
    year = int(year_text)
    if len(year_text) == 2:
        year = latest_year - (latest_year - year) % 100

    # Step 7.
    require(1800 <= year <= 2199, "unreadable")
    try:
        return datetime.date(year, month, int(day_text)).isoformat()
    except ValueError:
        raise Refused("unreadable")


def answers_message(normal_forms):
    """Section 10: what the answer tag is made of."""
    return u8(len(normal_forms)) + b"".join(LP(a.encode()) for a in normal_forms)


def answer_tag(election_id, answer_key, normal_forms):
    """Section 10: of an election with questions, or without."""
    if not normal_forms:
        return NO_ANSWER_TAG
    return H(election_id, answer_key, "cf1.answers", answers_message(normal_forms), 16)


# --- 11. Redeeming ---------------------------------------------------------------------------------------

def redeem(election_id, spending_secret, receipt_seed, idempotency_key):
    """Section 11: fingerprint, receipt number and receipt."""
    require(16 <= len(idempotency_key) <= 64, "bad-idempotency-key")
    fingerprint = H(election_id, spending_secret, "cf1.idempotent", idempotency_key, 16)
    receipt_number = H(election_id, spending_secret, "cf1.receipt", idempotency_key, 32)
    signature = sign(receipt_seed, "cf1.receipt", election_id + receipt_number)
    return fingerprint, receipt_number, receipt_number + signature


def verify_receipt(election_id, receipt_key, text):
    """Section 11: the receipt number of a receipt as written."""
    require(re.fullmatch("[A-Za-z0-9_-]{128}", text), "not-a-receipt")
    receipt = base64.urlsafe_b64decode(text)
    require(verify(receipt_key, "cf1.receipt", election_id + receipt[:32], receipt[32:]),
            "wrong-signature")
    return receipt[:32]


# --- 12. Register ---------------------------------------------------------------------------------------------

REGISTER_MAGIC = b"counterfoil register v1\n"
ROW_SIZE = 97
MEMBERS, SPECIMENS, REPLACEMENTS = 1, 2, 3
NORMAL, POST_ONLY, SPECIMEN = 1, 2, 3


@dataclasses.dataclass
class Row:
    lookup_id: bytes
    tag: bytes
    pack: int
    voter_number: bytes
    answer_tag: bytes
    kind: int
    replaces: int = 0

    def bytes(self):
        return (self.lookup_id + self.tag + u64(self.pack) + self.voter_number
                + self.answer_tag + u8(self.kind) + u64(self.replaces))

    @staticmethod
    def read(data):
        return Row(data[:16], data[16:48], number(data[48:56]), data[56:72], data[72:88],
                   data[88], number(data[89:97]))


def batch_name_fits(name):
    """Section 12: 1 to 31 bytes, and which."""
    return re.fullmatch(b"[A-Za-z0-9][A-Za-z0-9._-]{0,30}", name) is not None


def unpad_batch_name(field):
    name = field.rstrip(b"\0")
    require(batch_name_fits(name), "bad-batch-name")
    return name.decode("ascii")


def register_digest(election_id, unsigned):
    """Section 12: the digest of all bytes before the signature."""
    return H(election_id, NO_KEY, "cf1.register", unsigned, 64)


def sign_register(election_id, register_seed, unsigned):
    return unsigned + sign(register_seed, "cf1.register", register_digest(election_id, unsigned))


def write_register(election_id, election_digest, register_seed, batch, batch_kind, rows):
    """Section 12: a whole register, its rows put in order."""
    unsigned = (REGISTER_MAGIC + election_id + election_digest + pad(batch.encode(), 32)
                + u8(batch_kind) + bytes(7) + u64(len(rows))
                + b"".join(row.bytes() for row in sorted(rows, key=lambda r: r.lookup_id)))
    return sign_register(election_id, register_seed, unsigned)


def read_register(data, election_id, election_digest, register_key):
    """Section 12: batch name, batch kind and rows, or what a reader refuses."""
    require(data[:24] == REGISTER_MAGIC, "wrong-magic")
    require(len(data) >= 120, "wrong-length")
    require(data[24:40] == election_id and data[40:72] == election_digest, "other-election")
    count = number(data[112:120])
    require(count >= 1 and len(data) == 120 + ROW_SIZE * count + 64, "wrong-length")
    batch, batch_kind = unpad_batch_name(data[72:104]), data[104]
    require(batch_kind in (MEMBERS, SPECIMENS, REPLACEMENTS), "unknown-batch-kind")
    require(not any(data[105:112]), "reserved-not-zero")
    require(verify(register_key, "cf1.register", register_digest(election_id, data[:-64]),
                   data[-64:]), "wrong-signature")
    rows = [Row.read(data[120 + ROW_SIZE * i:]) for i in range(count)]
    constant = election_constant(election_id)
    for before, row in zip([None] + rows, rows):
        require(before is None or before.lookup_id < row.lookup_id, "rows-out-of-order")
        require(row.kind in (NORMAL, POST_ONLY, SPECIMEN), "unknown-kind")
        require((row.kind == SPECIMEN) == (batch_kind == SPECIMENS), "kind-in-wrong-batch")
        if batch_kind == REPLACEMENTS:
            require(row.replaces, "replaced-pack-missing")
            require(pack_number_fits(row.replaces, constant), "wrong-pack-number")
        else:
            require(not row.replaces, "replaced-pack-out-of-place")
        require(pack_number_fits(row.pack, constant), "wrong-pack-number")
    return batch, batch_kind, rows


# --- 13. Manifest ----------------------------------------------------------------------------------------------------

BATCH_KINDS = {MEMBERS: "members", SPECIMENS: "specimens", REPLACEMENTS: "replacements"}


def manifest_members(election_id, name, election_digest, batch, batch_kind, packs, post_only, byte_order_mark, separator,
                     columns, files, register):
    """Section 13: the manifest's members, in their order. A column is (name, longest), a file (name, bytes,
    SHA-256, whether it is encrypted, first and last sequence), the register (name, bytes, digest)."""
    return {
        "counterfoil": "manifest 1",
        "election": {"id": election_id.hex(), "name": name, "digest": election_digest.hex()},
        "batch": batch, "kind": BATCH_KINDS[batch_kind], "packs": packs, "postOnly": post_only,
        "encoding": "UTF-8", "byteOrderMark": byte_order_mark, "separator": separator, "lineEnd": "CRLF",
        "columns": [{"name": name, "longest": longest} for name, longest in columns],
        "files": [{"name": name, "bytes": size, "sha256": sha256.hex(), "encryption": "age" if encrypted else "none",
                   "firstSequence": first, "lastSequence": last}
                  for name, size, sha256, encrypted, first, last in files],
        "register": {"name": register[0], "bytes": register[1], "digest": register[2].hex()}}


def manifest_key_id(election_id, public_key):
    """Section 13: the key id of the manifest's key."""
    return H(election_id, NO_KEY, "cf1.manifest", public_key, 8)


def manifest_public_key_text(election_id, public_key, untrusted):
    """Section 13: manifest.pub."""
    box = base64.b64encode(b"Ed" + manifest_key_id(election_id, public_key) + public_key)
    return f"untrusted comment: {untrusted}\n{box.decode()}\n"


def sign_manifest(election_id, seed, data, untrusted, trusted):
    """Section 13: NAME.minisig."""
    key_id = manifest_key_id(election_id, ed25519_public_key(seed))
    s = ed25519_sign(seed, hashlib.blake2b(data).digest())
    g = ed25519_sign(seed, s + trusted.encode())
    return (f"untrusted comment: {untrusted}\n{base64.b64encode(b'ED' + key_id + s).decode()}\n"
            f"trusted comment: {trusted}\n{base64.b64encode(g).decode()}\n")


def _minisign_box(line, size):
    try:
        box = base64.b64decode(line, validate=True)
    except ValueError:
        raise Refused("malformed-signature")
    require(len(box) == size, "malformed-signature")
    return box


def _minisign_comment(line, prefix):
    require(line.startswith(prefix), "malformed-signature")
    return line[len(prefix):]


def verify_manifest(public_key_text, data, signature_text):
    """Section 13: the trusted comment of a signature that holds."""
    lines = public_key_text.split("\n")
    require(len(lines) == 3 and lines[2] == "", "malformed-signature")
    _minisign_comment(lines[0], "untrusted comment: ")
    public = _minisign_box(lines[1], 42)
    require(public[:2] == b"Ed", "malformed-signature")

    lines = signature_text.split("\n")
    require(len(lines) == 5 and lines[4] == "", "malformed-signature")
    _minisign_comment(lines[0], "untrusted comment: ")
    trusted = _minisign_comment(lines[2], "trusted comment: ")
    box, g = _minisign_box(lines[1], 74), _minisign_box(lines[3], 64)
    require(box[:2] in (b"ED", b"Ed"), "malformed-signature")
    require(box[:2] == b"ED", "not-prehashed")
    require(box[2:10] == public[2:10], "other-key")
    s, key = box[10:], public[10:]
    require(ed25519_verify(key, hashlib.blake2b(data).digest(), s), "wrong-signature")
    require(ed25519_verify(key, s + trusted.encode(), g), "wrong-comment-signature")
    return trusted


# --- 14. Key files -----------------------------------------------------------------------------------------------------------

KEY_FILE_MAGIC = b"counterfoil key file v1\n"
ISSUING, DESK = 1, 2
UNPROTECTED, PASSPHRASE = 0, 1


def sealing_key(header, passphrase):
    """Section 14: Argon2id of the passphrase, or 32 zero bytes."""
    if header[25] == UNPROTECTED:
        return bytes(32)
    return argon2id(passphrase, header[40:56], number(header[28:32]),
                    number(header[32:40]) // 1024, 32)


def key_file_header(room, protection, passes, memory, salt, election_id, election_digest):
    """Section 14: bytes 0 to 103."""
    return (KEY_FILE_MAGIC + u8(room) + u8(protection) + bytes(2) + u32(passes) + u64(memory)
            + salt + election_id + election_digest)


def write_key_file(header, nonce, passphrase, ledger_key, room_secret):
    """Section 14: the 208 bytes. `header` is bytes 0 to 103; the nonce ends what is
    associated with the box."""
    associated = header + nonce
    return associated + xchacha20poly1305_seal(sealing_key(header, passphrase), nonce,
                                               ledger_key + room_secret, associated)


def read_key_file(data, room, election_id, election_digest, passphrase):
    """Section 14: ledger key and room secret. `election_id` and `election_digest` may be
    None: then the file's own are believed."""
    require(data[:24] == KEY_FILE_MAGIC, "wrong-magic")
    require(len(data) == 208, "wrong-length")
    require(data[24] in (ISSUING, DESK), "unknown-room")
    require(data[24] == room, "wrong-room")
    require(data[25] in (UNPROTECTED, PASSPHRASE), "unknown-protection")
    require(not any(data[26:28]), "reserved-not-zero")
    passes, memory = number(data[28:32]), number(data[32:40])
    if data[25] == UNPROTECTED:
        require(not any(data[28:56]), "reserved-not-zero")
    else:
        # What Argon2id cannot do: no pass, less than eight blocks, part of a block.
        require(passes >= 1, "bad-parameters")
        require(passes <= 16, "too-many-passes")
        require(memory >= 8192, "bad-parameters")
        require(memory <= 4 * 1024**3, "too-much-memory")
        require(memory % 1024 == 0, "bad-parameters")
    require(election_id in (None, data[56:72]) and election_digest in (None, data[72:104]),
            "other-election")
    if data[25] == PASSPHRASE:
        require(passphrase is not None, "passphrase-needed")
    opened = xchacha20poly1305_open(sealing_key(data, passphrase), data[104:128], data[128:],
                                    data[:128])
    require(opened is not None, "does-not-open")
    return opened[:32], opened[32:]


# --- 15. The book -------------------------------------------------------------------------------------------------------------------

PAGE_MAGIC = b"counterfoil book page v1"
BEGUN, FINISHED = 1, 2
DESTROYED_KEY = bytes(72)


@dataclasses.dataclass
class Page:
    batch: str
    batch_kind: int
    state: int
    place: int
    plan_digest: bytes
    rows: list                  # of (voter number, pack number)
    batch_key: bytes | None     # None once destroyed


def plan_message(election_digest, batch, batch_kind, packs):
    """Section 15: what the plan digest is made of. A pack is (voter id, pack kind,
    replaced pack or 0, normal forms of its answers, voter number if it is not the
    id's own: section 18)."""
    message = election_digest + pad(batch.encode(), 32) + u8(batch_kind)
    for id_text, kind, replaces, answers, carried in packs:
        message += LP(id_text.encode() + (b"\0" + carried if carried else b"")) + u8(kind) + u64(replaces)
        if kind == NORMAL:
            message += b"".join(LP(a.encode()) for a in answers)
    return message + u64(len(packs))


def plan_digest(election_id, book_key, message):
    """Section 15."""
    return H(election_id, book_key, "cf1.batchplan", message, 32)


def page_mac(election_id, book_key, head, rows):
    """Section 15: of the page without its fields at 120 and 152."""
    return H(election_id, book_key, "cf1.batchbook", head + rows, 32)


def seal_batch_key(book_key, nonce, batch_key, head):
    """Section 15: nonce and box; the first 73 bytes, which never change, are associated."""
    return nonce + xchacha20poly1305_seal(book_key, nonce, batch_key, head[:73])


def page_head(election_id, page):
    return (PAGE_MAGIC + election_id + pad(page.batch.encode(), 32) + u8(page.batch_kind)
            + u8(page.state) + bytes(2) + u32(page.place) + u64(len(page.rows))
            + page.plan_digest)


def page_rows(rows):
    return b"".join(voter + u64(pack) for voter, pack in rows)


def write_page(election_id, book_key, nonce, page):
    """Section 15: a page, its rows put in order."""
    head, rows = page_head(election_id, page), page_rows(sorted(page.rows))
    box = DESTROYED_KEY if page.batch_key is None else \
        seal_batch_key(book_key, nonce, page.batch_key, head)
    return head + page_mac(election_id, book_key, head, rows) + box + rows


def read_page(data, election_id, book_key):
    """Section 15: a page, or what a reader refuses."""
    require(data[:24] == PAGE_MAGIC, "wrong-magic")
    require(len(data) >= 224, "wrong-length")           # less than a header
    require(data[24:40] == election_id, "other-election")
    batch = unpad_batch_name(data[40:72])
    require(data[72] in (MEMBERS, SPECIMENS, REPLACEMENTS), "unknown-batch-kind")
    require(data[73] in (BEGUN, FINISHED), "unknown-state")
    require(not any(data[74:76]), "reserved-not-zero")
    require(len(data) == 224 + 24 * number(data[80:88]), "wrong-length")
    head, mac, box, tail = data[:120], data[120:152], data[152:224], data[224:]
    require(page_mac(election_id, book_key, head, tail) == mac, "wrong-mac")
    rows = [(tail[i:i + 16], number(tail[i + 16:i + 24])) for i in range(0, len(tail), 24)]
    # Not strictly: while begun, two packs of one voter have equal rows.
    require(rows == sorted(rows), "rows-out-of-order")
    batch_key = None
    if box != DESTROYED_KEY:
        batch_key = xchacha20poly1305_open(book_key, box[:24], box[24:], data[:73])
        require(batch_key is not None, "does-not-open")
    return Page(batch, data[72], data[73], number(data[76:80]), data[88:120], rows, batch_key)


# --- 16. The rules of the ballot -----------------------------------------------------------------------------------------------------

# What is judged, as dictionaries: a ballot (phase, closes, closed, grace), a pack (kind, standing,
# wrong, lifetime, last, secondAttempts) or None, the vote of its voter (channel, pack: `this` or
# `another`, key, at) or None, a batch (kind, activated, reconciled, withdrawn) or None. A judgement
# is a rule's number (None in the table of officers), an answer and its details. What is recorded is
# added to a list, as dictionaries that have what section 19 gives their type; the ballot is changed
# by its own close alone. `state_after` tells what all of it has changed.

STANDINGS = ("specimen", "superseded", "withdrawn", "cancelled", "inactive", "live")
DEAD = ("superseded", "withdrawn", "cancelled")
SECOND_ATTEMPTS_RECORDED = 20
LONGEST_GRACE = 24 * 60 * 60


def judgement(rule, answer, **details):
    return {"rule": rule, "answer": answer, **details}


def event(type, **has):
    return {"type": type, **has}


def standing(pack):
    """Section 16: the first that applies. `replacements` and `batch` say whether a batch is activated
    and withdrawn, `cancelled` by whom."""
    applies = {"specimen": pack["kind"] == "specimen",
               "superseded": any(batch["activated"] for batch in pack["replacements"]),
               "withdrawn": pack["batch"]["withdrawn"], "cancelled": pack["cancelled"] is not None,
               "inactive": not pack["batch"]["activated"], "live": True}
    return next(name for name in STANDINGS if applies[name])


def column_of_balance(pack, channel, limits):
    """Section 16, the balance. `channel` is that of a vote with this pack, or None."""
    stands = standing(pack)
    if stands == "specimen":
        return stands
    if channel:
        return "voted-online" if channel == "online" else "voted-by-post"
    return "locked" if stands == "live" and is_locked(pack, *limits) else stands


def state_after(events, now, ballot, pack, vote, batch, pack_is):
    """Section 16: what is so after these events. In a batch's act the pack is `of-the-batch`,
    `replaced-by-it` or `missing` from it."""
    ballot, pack, batch = dict(ballot), pack and dict(pack), batch and dict(batch)

    def stands(standing):
        pack["standing"] = min(pack["standing"], standing, key=STANDINGS.index)

    for e in events:
        match e["type"]:
            case "ballot-opened":
                ballot |= {"phase": "open", "closes": e["closes"], "grace": e["count"]}
            case "ballot-extended":
                ballot |= {"phase": "open", "closes": e["closes"], "closed": None}
            case "ballot-closed":
                ballot |= {"phase": "closed", "closed": e["closed"]}
            case "ballot-final":
                ballot["phase"] = "final"
            case "vote-cast":
                vote = {"channel": "online", "pack": "this", "key": e["key"], "at": now}
            case "post-received":
                vote = {"channel": "post", "pack": "this", "key": None, "at": now}
            case "post-annulled":
                vote = None
            case "wrong-answers":
                pack |= {"wrong": pack["wrong"] + 1, "lifetime": pack["lifetime"] + 1, "last": e["answers"]}
            case "second-attempt":
                pack["secondAttempts"] += 1
            case "pack-unlocked":
                pack |= {"wrong": 0, "last": None}
            case "pack-cancelled":
                if pack and (e["pack"] == "this" or pack_is == "missing"):
                    stands("cancelled")
            case "batch-activated":
                batch["activated"] = True
                if pack_is == "replaced-by-it":
                    stands("superseded")
                elif pack and pack["standing"] == "inactive":
                    pack["standing"] = "live"
            case "batch-withdrawn":
                batch["withdrawn"] = True
                if pack_is == "of-the-batch":
                    stands("withdrawn")
            case "batch-reconciled":
                batch["reconciled"] = True
    return {"ballot": ballot, "pack": pack, "vote": vote, "batch": batch}


def close_if_due(ballot, now, recorded):
    """Section 16: the first request judged at or after the closing time writes the close."""
    if ballot["phase"] == "open" and ballot["closes"] is not None and ballot["closes"] <= now:
        ballot["phase"], ballot["closed"] = "closed", ballot["closes"]
        recorded.append(event("ballot-closed", closed=ballot["closes"]))


def is_locked(pack, lock, lifetime):
    return pack["wrong"] >= lock or pack.get("lifetimeWrong", pack.get("lifetime")) >= lifetime


def judge_pass_in_time(given, ballot, now):
    """Section 16, online, rule 8, a pass."""
    return (ballot["phase"] == "closed" and given["given"] < ballot["closed"]
            and now < ballot["closed"] + ballot["grace"])


def judge_online(column, ballot, pack, vote, given, limits, now, recorded):
    """Section 16, online. `column` is redeem, check or pass; `given` has answers and key, or the
    pass (opens, given, expires) and the key."""
    by_code = column != "pass"
    if not by_code and not given["opens"]:
        return judgement(1, "bad-pass")             # not judged
    close_if_due(ballot, now, recorded)
    if pack is None:
        return judgement(1, "no-such-code")
    if pack["kind"] == "post-only":
        return judgement(2, "no-such-code")
    if pack["kind"] == "specimen":
        return judgement(3, "specimen")
    if (column != "check" and vote and vote["pack"] == "this" and vote["channel"] == "online"
            and vote["key"] == given["key"]):
        fits = not by_code or given["answers"] == "right"
        return judgement(4, "repeated" if fits else "key-reused")
    if not by_code and given["expires"] <= now:
        return judgement(5, "pass-expired")
    if pack["standing"] == "inactive":
        return judgement(6, "not-active")
    if ballot["phase"] == "before":
        return judgement(7, "not-open")
    if ballot["phase"] != "open" and (by_code or not judge_pass_in_time(given, ballot, now)):
        return judgement(8, "closed")
    if by_code:
        if is_locked(pack, *limits):
            return judgement(9, "locked")
        if given["answers"] == "unreadable":
            return judgement(10, "bad-answer")
        if given["answers"] != "right":
            return judge_wrong_answers(pack, given["answers"], limits, recorded)
    if pack["standing"] in DEAD:
        return judgement(12, "cancelled")
    if vote:
        if column != "check" and pack["secondAttempts"] < SECOND_ATTEMPTS_RECORDED:
            recorded.append(event("second-attempt", pack="this"))
        return judgement(13, "already-voted")
    if column == "check":
        return judgement(14, "good")
    recorded.append(event("vote-cast", pack="this", voter="its", key=given["key"]))
    return judgement(14, "accepted")


def judge_wrong_answers(pack, answers, limits, recorded):
    """Section 16, online, rule 11."""
    if answers != pack["last"]:
        recorded.append(event("wrong-answers", pack="this", answers=answers))
        pack = {**pack, "wrong": pack["wrong"] + 1, "lifetime": pack["lifetime"] + 1}
    if is_locked(pack, *limits):
        return judgement(11, "locked")
    lock, lifetime = limits
    return judgement(11, "wrong-answers",
                     attemptsLeft=min(lock - pack["wrong"], lifetime - pack["lifetime"]))


# Section 19, post-set-aside.
SET_ASIDE = {"specimen": 1, "withdrawn": 2, "superseded": 3, "cancelled": 4, "inactive": 5,
             "voted-online": 6, "voted-by-post": 7, "scanned-before": 8}


def set_aside(why):
    return event("post-set-aside", pack="this", detail=SET_ASIDE[why])


def judge_post(ballot, pack, vote, now, recorded):
    """Section 16, by post."""
    close_if_due(ballot, now, recorded)
    if pack is None:
        return judgement(1, "no-such-pack")
    if ballot["phase"] == "final":
        return judgement(2, "final")
    if ballot["phase"] == "before":
        return judgement(3, "not-open")
    if vote and vote["channel"] == "post" and vote["pack"] == "this":
        recorded.append(set_aside("scanned-before"))
        return judgement(4, "scanned-before", at=vote["at"])
    if vote:
        recorded.append(set_aside("voted-online" if vote["channel"] == "online" else "voted-by-post"))
        return judgement(5, "already-voted", channel=vote["channel"], at=vote["at"])
    if pack["standing"] != "live":
        recorded.append(set_aside(pack["standing"]))
        return judgement(6, "set-aside", standing=pack["standing"])
    recorded.append(event("post-received", pack="this", voter="its"))
    return judgement(7, "received")


def judge_act(act, ballot, pack, vote, batch, given, limits, now, recorded):
    """Section 16, officers."""
    close_if_due(ballot, now, recorded)
    if ballot["phase"] == "final":
        return judgement(None, "final")
    refusal, events = {
        "annul": lambda: act_annul(pack, vote), "cancel": lambda: act_cancel(pack),
        "unlock": lambda: act_unlock(pack, limits), "activate": lambda: act_activate(batch, given),
        "withdraw": lambda: act_withdraw(batch), "reconcile": lambda: act_reconcile(batch, given),
        "open": lambda: act_open(ballot, given, now), "extend": lambda: act_extend(ballot, given, now),
        "close": lambda: act_close(ballot, now), "close --final": lambda: act_finish(ballot, now),
    }[act]()
    recorded += events
    return judgement(None, refusal or "done")


def act_annul(pack, vote):
    if pack is None:
        return "no-such-pack", []
    if not vote or vote["channel"] != "post" or vote["pack"] != "this":
        return "nothing-to-annul", []
    return None, [event("post-annulled", pack="this", voter="its")]


def act_cancel(pack):
    if pack is None:
        return "no-such-pack", []
    if pack["standing"] == "specimen":
        return "specimen", []
    if pack["standing"] in DEAD:
        return "already-cancelled", []
    return None, [event("pack-cancelled", pack="this", detail=2)]


def act_unlock(pack, limits):
    if pack is None:
        return "no-such-pack", []
    if not is_locked(pack, *limits):
        return "not-locked", []
    if pack["lifetime"] >= limits[1]:
        return "locked-for-good", []
    return None, [event("pack-unlocked", pack="this")]


def act_activate(batch, given):
    if batch is None:
        return "no-such-batch", []
    if batch["withdrawn"]:
        return "withdrawn", []
    if batch["activated"]:
        return "already-active", []
    returned = batch["reconciled"] or batch["kind"] == "specimens"
    if not returned and not given["insisted"]:
        return "not-reconciled", []
    if given["replacedVoted"]:
        return "replaced-voted", []
    return None, [event("batch-activated", batch="this", count=1 if returned else 0)]


def act_withdraw(batch):
    if batch is None:
        return "no-such-batch", []
    if batch["withdrawn"]:
        return "already-withdrawn", []
    return None, [event("batch-withdrawn", batch="this")]


def act_reconcile(batch, given):
    """`given` names the missing packs, those that are not of the batch apart."""
    if batch is None:
        return "no-such-batch", []
    if batch["reconciled"]:
        return "already-reconciled", []
    if given["ofOtherBatches"]:
        return "other-packs", []
    missing = list(dict.fromkeys(given["missing"]))
    return None, [event("pack-cancelled", pack=pack, detail=3) for pack in missing] \
        + [event("batch-reconciled", batch="this", count=len(missing))]


def hold_return(packs, rows):
    """Section 16, reconcile: each pack of the batch must stand in the return once, and no other."""
    found = [pack for pack, _ in rows]
    wrong = {"unaccounted": [pack for pack in packs if pack not in found],
             "foreign": sorted({pack for pack in found if pack not in packs}),
             "repeated": [pack for i, pack in enumerate(found) if pack in found[:i]]}
    require(not any(wrong.values()), "does-not-add-up", **wrong)
    return [pack for pack, status in rows if status == "missing"]


def act_open(ballot, given, now):
    if ballot["phase"] != "before":
        return "already-open" if ballot["phase"] == "open" else "closed", []
    if given["closes"] is not None and given["closes"] <= now:
        return "in-the-past", []
    if not 0 <= given["grace"] <= LONGEST_GRACE:
        return "bad-grace", []
    return None, [event("ballot-opened", count=given["grace"], closes=given["closes"])]


def act_extend(ballot, given, now):
    if ballot["phase"] == "before":
        return "not-open", []
    if given["until"] <= now:
        return "in-the-past", []
    return None, [event("ballot-extended", closes=given["until"])]


def act_close(ballot, now):
    if ballot["phase"] != "open":
        return "not-open" if ballot["phase"] == "before" else "already-closed", []
    return None, [event("ballot-closed", closed=now)]


def act_finish(ballot, now):
    if ballot["phase"] == "before":
        return "not-open", []
    return None, act_close(ballot, now)[1] + [event("ballot-final")]


# --- 17. The pass ------------------------------------------------------------------------------------------------------------------

PASS_VERSION, PASS_SIZE = 1, 105


def pass_key(election_id, desk_secret):
    return sub_key(election_id, desk_secret, "passes")


def pass_associated(election_id):
    return pad(b"cf1.deskpass", 16) + election_id


def seal_pass(election_id, desk_secret, nonce, lookup_id, given, expires, spending_secret):
    """Section 17: the 105 bytes."""
    content = lookup_id + u64(given) + u64(expires) + spending_secret
    return u8(PASS_VERSION) + nonce + xchacha20poly1305_seal(
        pass_key(election_id, desk_secret), nonce, content, pass_associated(election_id))


def open_pass(election_id, desk_secret, text):
    """Section 17: look-up id, when it was given, when it expires, spending secret."""
    require(re.fullmatch("[A-Za-z0-9_-]{140}", text), "not-a-pass")
    data = base64.urlsafe_b64decode(text)
    assert len(data) == PASS_SIZE
    require(data[0] == PASS_VERSION, "unknown-version")
    content = xchacha20poly1305_open(pass_key(election_id, desk_secret), data[1:25], data[25:],
                                     pass_associated(election_id))
    require(content is not None, "does-not-open")
    return content[:16], number(content[16:24]), number(content[24:32]), content[32:]


# --- 18. Doubles in the book -------------------------------------------------------------------------------------------------------

DOUBLES_MAGIC = b"counterfoil doubles v1  "


def doubles_head(election_id, batch, count):
    return DOUBLES_MAGIC + election_id + pad(batch.encode(), 32) + u64(count)


def doubles_rows(rows):
    return b"".join(own + carried + u64(pack) for own, carried, pack in rows)


def write_doubles(election_id, book_key, batch, rows):
    """Section 18: rows of (own number, number carried, pack or 0), put in order."""
    head, tail = doubles_head(election_id, batch, len(rows)), doubles_rows(sorted(rows))
    return head + page_mac(election_id, book_key, head, tail) + tail


def read_doubles(data, election_id, book_key):
    """Section 18: batch name and rows, or what a reader refuses."""
    require(data[:24] == DOUBLES_MAGIC, "wrong-magic")
    require(len(data) >= 112 and len(data) == 112 + 40 * number(data[72:80]), "wrong-length")
    require(data[24:40] == election_id, "other-election")
    batch = unpad_batch_name(data[40:72])
    require(page_mac(election_id, book_key, data[:80], data[112:]) == data[80:112], "wrong-mac")
    rows = [(data[i:i + 16], data[i + 16:i + 32], number(data[i + 32:i + 40])) for i in range(112, len(data), 40)]
    owns = [own for own, _, _ in rows]
    require(all(a < b for a, b in zip(owns, owns[1:])), "rows-out-of-order")
    return batch, rows


def number_of_group(election_id, voter_key, same, drop, issued):
    """Section 18: the number that a group of memberships carries. `same` and `drop` are ids in the
    order of their rows, `issued` the numbers under which ids were issued before."""
    found = [issued[member] for member in same if member in issued]
    require(len(set(found)) < 2, "two-numbers")
    found += [issued[member] for member in drop if member in issued]
    if found:
        return found[0]
    return voter_number(election_id, voter_key, min(same + drop, key=str.encode))


# --- 19. The log ---------------------------------------------------------------------------------------------------------------------

EVENT_VERSION, EVENT_SIZE, ENTRY_ID_SIZE = 1, 106, 16
NOBODY = bytes(16)

# Type, and which fields it has: pack, voter, batch, count, and how many bytes of detail.
EVENTS = {
    "created": (1, "", 32), "desk-opened": (2, "", 0), "register-loaded": (3, "batch count", 64),
    "batch-activated": (4, "batch count", 0), "ballot-opened": (5, "count", 8),
    "vote-cast": (6, "pack voter", 16), "wrong-answers": (7, "pack", 16), "second-attempt": (8, "pack", 0),
    "post-received": (9, "pack voter", 0), "post-set-aside": (10, "pack", 1),
    "post-annulled": (11, "pack voter", 0), "pack-cancelled": (12, "pack", 1), "pack-unlocked": (13, "pack", 0),
    "batch-reconciled": (14, "batch count", 0), "batch-withdrawn": (15, "batch", 0),
    "ballot-extended": (16, "", 8), "ballot-closed": (17, "", 8), "ballot-final": (18, "", 0),
}
EVENT_NAMES = {number: name for name, (number, _, _) in EVENTS.items()}
REASONS = ("", "lost", "spoiled", "stolen", "undelivered", "moved", "deceased", "duplicate", "mistake", "court", "other")


@dataclasses.dataclass
class Event:
    type: str
    at: int
    pack: int = 0
    voter: bytes = NOBODY
    batch: int = 0
    count: int = 0
    detail: bytes = b""

    def encoded(self):
        """Section 19: the 106 bytes."""
        return (u8(EVENT_VERSION) + u8(EVENTS[self.type][0]) + u64(self.at) + u64(self.pack) + self.voter
                + u32(self.batch) + u32(self.count) + pad(self.detail, 64))


@dataclasses.dataclass
class Note:
    reason: str = ""
    reference: str = ""
    officer: str = ""

    def encoded(self):
        return LP(self.reason.encode()) + LP(self.reference.encode()) + LP(self.officer.encode())


def read_event(data, constant):
    """Section 19: an event, or what a reader refuses."""
    require(len(data) == EVENT_SIZE, "wrong-length")
    require(data[0] == EVENT_VERSION, "unknown-version")
    require(data[1] in EVENT_NAMES, "unknown-type")
    event = Event(EVENT_NAMES[data[1]], number(data[2:10]), number(data[10:18]), data[18:34], number(data[34:38]),
                  number(data[38:42]), data[42:])
    _, has, size = EVENTS[event.type]
    zeros = {"pack": event.pack, "voter": any(event.voter), "batch": event.batch, "count": event.count}
    require(not any(zeros[field] for field in zeros if field not in has.split()), "should-be-zero")
    require(not any(event.detail[size:]), "should-be-zero")
    event.detail = event.detail[:size]
    require("pack" not in has or pack_number_fits(event.pack, constant), "wrong-pack-number")
    if event.type == "post-set-aside":
        require(1 <= event.detail[0] <= 8, "unknown-detail")
    if event.type == "pack-cancelled":
        require(event.detail[0] in (2, 3), "unknown-detail")
    if event.type == "batch-activated":
        require(event.count <= 1, "unknown-detail")
    return event


def commitment(election_id, entry_id, note):
    """Section 19: the last 48 bytes of a leaf."""
    return H(election_id, entry_id, "cf1.logentry", note.encoded(), 48)


def leaf(election_id, entry_id, event, note):
    return event + commitment(election_id, entry_id, note)


# The tree, RFC 6962, section 2.1: written as the RFC has it, over whole lists.

def leaf_hash(data):
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def split(n):
    """The largest power of two smaller than n."""
    return 1 << (n - 1).bit_length() - 1


def tree_root(hashes):
    """RFC 6962, 2.1: MTH, of leaves that are hashed already."""
    if not hashes:
        return hashlib.sha256().digest()
    if len(hashes) == 1:
        return hashes[0]
    k = split(len(hashes))
    return node_hash(tree_root(hashes[:k]), tree_root(hashes[k:]))


def inclusion_path(index, hashes):
    """RFC 6962, 2.1.1: PATH."""
    if len(hashes) == 1:
        return []
    k = split(len(hashes))
    if index < k:
        return inclusion_path(index, hashes[:k]) + [tree_root(hashes[k:])]
    return inclusion_path(index - k, hashes[k:]) + [tree_root(hashes[:k])]


def stored_hashes(hashes, index):
    """Section 19: what stands beside an entry: of its leaf, then of the complete subtrees that end with it."""
    stored, size = [], 1
    while (index + 1) % size == 0:
        stored.append(tree_root(hashes[index + 1 - size:index + 1]))
        size *= 2
    return stored


def root_of_path(index, size, hash, path):
    """What a path leads to, or None where it has not the length that index and size ask for: the way down, then back."""
    turns = []                          # from the root: whether the leaf stands on the left
    while size > 1:
        k = split(size)
        turns.append(index < k)
        index, size = (index, k) if index < k else (index - k, size - k)
    if len(turns) != len(path):
        return None
    for on_the_left, sibling in zip(reversed(turns), path):
        hash = node_hash(hash, sibling) if on_the_left else node_hash(sibling, hash)
    return hash


# Signed notes and checkpoints: c2sp.org/signed-note, c2sp.org/tlog-checkpoint.

ED25519_NOTE = b"\x01"
DECIMAL = "0|[1-9][0-9]*"


def base64_text(data):
    return base64.b64encode(data).decode("ascii")


def read_base64(text, size=None):
    """RFC 4648 section 4, with its padding and no stray bits; of `size` bytes, if that is said."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        return None
    return data if base64_text(data) == text and size in (None, len(data)) else None


def log_origin(election_id):
    """Section 19: the origin of checkpoints, and the name of their key."""
    return "counterfoil/" + election_id.hex()


def note_key_hash(name, public_key):
    return hashlib.sha256(name.encode() + b"\n" + ED25519_NOTE + public_key).digest()[:4]


def note_key(name, public_key):
    """Section 19: checkpoint.pub, without its line feed."""
    return f"{name}+{note_key_hash(name, public_key).hex()}+{base64_text(ED25519_NOTE + public_key)}"


def checkpoint_text(election_id, size, root, extensions=()):
    """Section 19: what is signed."""
    return "".join(line + "\n" for line in (log_origin(election_id), str(size), base64_text(root), *extensions))


def sign_note(text, name, seed):
    signature = note_key_hash(name, ed25519_public_key(seed)) + ed25519_sign(seed, text.encode())
    return f"\u2014 {name} {base64_text(signature)}\n"


def sign_checkpoint(election_id, seed, size, root):
    text = checkpoint_text(election_id, size, root)
    return text + "\n" + sign_note(text, log_origin(election_id), seed)


def read_checkpoint(data, election_id, public_key):
    """Section 19: size and root, or why it is none of this log's."""
    require(len(data) <= 1 << 17, "not-a-note")
    try:
        note = data.decode("utf-8")
    except ValueError:
        raise Refused("not-a-note")
    require(not re.search("[\0-\x09\x0b-\x1f]", note), "not-a-note")
    cut = note.rfind("\n\n")
    require(cut >= 0 and note.endswith("\n"), "not-a-note")
    text, signatures = note[:cut + 1], note[cut + 2:].split("\n")[:-1]
    ours = []
    require(signatures, "not-a-note")
    for line in signatures:
        match = re.fullmatch("\u2014 ([^\\s+]+) ([^ ]+)", line)
        signature = match and read_base64(match[2])
        require(signature is not None and len(signature) > 4, "not-a-note")
        if match[1] == log_origin(election_id) and signature[:4] == note_key_hash(match[1], public_key):
            ours.append(signature[4:])
    lines = text.split("\n")[:-1]
    require(len(lines) >= 3 and all(lines), "not-a-checkpoint")
    require(lines[0] == log_origin(election_id), "other-origin")
    require(re.fullmatch(DECIMAL, lines[1], re.ASCII) and int(lines[1]) < 2**63, "not-a-checkpoint")
    root = read_base64(lines[2], 32)
    require(root is not None, "not-a-checkpoint")
    require(ours, "not-signed")
    require(all(ed25519_verify(public_key, text.encode(), s) for s in ours), "wrong-signature")
    return int(lines[1]), root


# Proofs: c2sp.org/tlog-proof.

PROOF_MAGIC = "c2sp.org/tlog-proof@v1"


def extra_data(event, entry_id, note):
    """Section 19: what makes the leaf."""
    return event + entry_id + note.encoded()


def read_extra(data, constant):
    """Section 19: event, entry id and note."""
    require(len(data) >= EVENT_SIZE + ENTRY_ID_SIZE, "wrong-extra")
    event, entry_id, rest = data[:EVENT_SIZE], data[EVENT_SIZE:EVENT_SIZE + ENTRY_ID_SIZE], \
        data[EVENT_SIZE + ENTRY_ID_SIZE:]
    fields = []
    for _ in range(3):
        require(len(rest) >= 4 and len(rest) - 4 >= number(rest[:4]), "wrong-extra")
        size = number(rest[:4])
        fields.append(rest[4:4 + size])
        rest = rest[4 + size:]
    require(not rest, "wrong-extra")
    read = read_event(event, constant)
    try:
        note = Note(*(field.decode("utf-8") for field in fields))
    except ValueError:
        raise Refused("not-utf8")
    require(note.reason in REASONS, "unknown-reason")
    return read, event, entry_id, note


def write_proof(extra, index, path, checkpoint):
    lines = [PROOF_MAGIC, "extra " + base64_text(extra), f"index {index}", *map(base64_text, path), ""]
    return "".join(line + "\n" for line in lines) + checkpoint


def read_proof(data, election_id, public_key):
    """Section 19: the event that is proved, its entry's number, its note, and the size of the log that holds it."""
    require(len(data) <= 1 << 18, "not-a-proof")
    try:
        text = data.decode("utf-8")
    except ValueError:
        raise Refused("not-a-proof")
    head, gap, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    require(gap and lines[0] == PROOF_MAGIC and len(lines) >= 3, "not-a-proof")
    require(lines[1].startswith("extra "), "not-a-proof")
    extra = read_base64(lines[1][6:])
    require(extra is not None, "not-a-proof")
    match = re.fullmatch(f"index ({DECIMAL})", lines[2], re.ASCII)
    require(match and int(match[1]) < 2**63, "not-a-proof")
    path = [read_base64(line, 32) for line in lines[3:]]
    require(None not in path and len(path) <= 64, "not-a-proof")
    size, root = read_checkpoint(checkpoint.encode(), election_id, public_key)
    event, data, entry_id, note = read_extra(extra, election_constant(election_id))
    index = int(match[1])
    require(index < size, "does-not-lead")
    found = root_of_path(index, size, leaf_hash(leaf(election_id, entry_id, data, note)), path)
    require(found == root, "does-not-lead")
    return event, index, entry_id, note, size


# The audit: point 2, and of point 1 what entries say of themselves.

ANY_TIME = ("created", "desk-opened", "register-loaded", "ballot-closed")


def audit_rules(entries, registers, election_digest, constant, limits):
    """Section 19, an audit: the votes online and by post, or Refused("breaks-a-rule", entry=n) for the
    first entry that does not follow the rules. `registers` are those that are loaded, in order: (batch
    kind, rows of pack, voter, pack kind, replaced pack or 0)."""
    log = AuditedLog(registers, limits)
    for n, data in enumerate(entries):
        try:
            event = read_event(data, constant)
            require((n == 0) == (event.type == "created"), "creation")
            require(event.type != "created" or event.detail == election_digest, "other-election")
            log.add(event)
        except Refused:
            raise Refused("breaks-a-rule", entry=n)
    require(not log.missing, "breaks-a-rule", entry=len(entries) - 1)
    return [sum(vote["channel"] == channel for vote in log.votes.values()) for channel in ("online", "post")]


class AuditedLog:
    """What the entries so far have made of ballot, batches and packs."""

    def __init__(self, registers, limits):
        self.registers, self.limits = registers, limits
        self.ballot = {"phase": "before", "closes": None, "closed": None, "grace": 0}
        self.batches, self.packs, self.votes, self.cancelled = [], {}, {}, {}
        self.missing = []           # cancelled as missing, directly before this entry

    def add(self, e):
        ballot, now = self.ballot, e.at
        rule = lambda condition: require(condition, "rule")
        rule(ballot["phase"] != "final")
        due = ballot["phase"] == "open" and ballot["closes"] is not None and ballot["closes"] <= now
        rule(not due or e.type in ANY_TIME)
        is_missing = e.type == "pack-cancelled" and e.detail[0] == 3
        rule(not self.missing or is_missing or e.type == "batch-reconciled")
        if "pack" in EVENTS[e.type][1]:
            rule(e.pack in self.packs)
            self.add_to_pack(e, rule, self.packs[e.pack])
        elif "batch" in EVENTS[e.type][1]:
            if e.type == "register-loaded":
                return self.load(e, rule)
            rule(1 <= e.batch <= len(self.batches))
            self.add_to_batch(e, rule, self.batches[e.batch - 1])
        elif e.type == "ballot-opened":
            closes = number(e.detail) or None
            rule(ballot["phase"] == "before" and (closes is None or closes > now) and e.count <= LONGEST_GRACE * 1000)
            ballot |= {"phase": "open", "closes": closes, "grace": e.count}
        elif e.type == "ballot-extended":
            rule(ballot["phase"] != "before" and number(e.detail) > now)
            ballot |= {"phase": "open", "closes": number(e.detail), "closed": None}
        elif e.type == "ballot-closed":
            rule(ballot["phase"] == "open" and number(e.detail) == (ballot["closes"] if due else now))
            ballot |= {"phase": "closed", "closed": number(e.detail)}
        elif e.type == "ballot-final":
            rule(ballot["phase"] == "closed")
            ballot["phase"] = "final"

    def load(self, e, rule):
        rule(e.batch == len(self.batches) + 1 <= len(self.registers))
        kind, rows = self.registers[e.batch - 1]
        rule(e.count == len(rows))
        self.batches.append({"kind": kind, "activated": False, "withdrawn": False, "reconciled": False})
        for pack, voter, pack_kind, replaced in rows:
            self.packs[pack] = {"voter": voter, "kind": pack_kind, "batch": e.batch, "replaces": replaced, "wrong": 0,
                                "lifetime": 0, "last": None, "secondAttempts": 0}

    def standing(self, pack):
        p = self.packs[pack]
        replacing = [self.batches[q["batch"] - 1] for q in self.packs.values() if q["replaces"] == pack]
        return standing({"kind": "specimen" if p["kind"] == SPECIMEN else "other", "replacements": replacing,
                         "batch": self.batches[p["batch"] - 1], "cancelled": self.cancelled.get(pack)})

    def add_to_batch(self, e, rule, batch):
        if e.type == "batch-activated":
            rule(not batch["withdrawn"] and not batch["activated"])
            rule(e.count == int(batch["reconciled"] or batch["kind"] == SPECIMENS))
            batch["activated"] = True
        elif e.type == "batch-withdrawn":
            rule(not batch["withdrawn"])
            batch["withdrawn"] = True
        elif e.type == "batch-reconciled":
            rule(not batch["reconciled"] and e.count == len(self.missing))
            rule(all(self.packs[pack]["batch"] == e.batch for pack in self.missing))
            batch["reconciled"], self.missing = True, []

    def add_to_pack(self, e, rule, pack):
        ballot, vote, stands = self.ballot, self.votes.get(pack["voter"]), self.standing(e.pack)
        is_open = ballot["phase"] == "open"
        in_grace = ballot["phase"] == "closed" and e.at < ballot["closed"] + ballot["grace"]
        by_post_with_it = bool(vote) and vote["channel"] == "post" and vote["pack"] == e.pack
        rule("voter" not in EVENTS[e.type][1] or e.voter == pack["voter"])
        if e.type == "vote-cast":
            rule(not vote and stands == "live" and pack["kind"] == NORMAL and (is_open or in_grace))
            self.votes[pack["voter"]] = {"channel": "online", "pack": e.pack}
        elif e.type == "wrong-answers":
            rule(stands != "inactive" and pack["kind"] == NORMAL and is_open)
            rule(not is_locked(pack, *self.limits) and e.detail != pack["last"])
            pack |= {"wrong": pack["wrong"] + 1, "lifetime": pack["lifetime"] + 1, "last": e.detail}
        elif e.type == "second-attempt":
            rule(vote and stands == "live" and pack["kind"] == NORMAL and (is_open or in_grace))
            rule(pack["secondAttempts"] < SECOND_ATTEMPTS_RECORDED)
            pack["secondAttempts"] += 1
        elif e.type == "post-received":
            rule(not vote and stands == "live" and ballot["phase"] != "before")
            self.votes[pack["voter"]] = {"channel": "post", "pack": e.pack}
        elif e.type == "post-set-aside":
            rule(ballot["phase"] != "before")
            why = stands if not vote else "scanned-before" if by_post_with_it else \
                "voted-online" if vote["channel"] == "online" else "voted-by-post"
            rule(why != "live" and e.detail[0] == SET_ASIDE[why])
        elif e.type == "post-annulled":
            rule(by_post_with_it)
            del self.votes[pack["voter"]]
        elif e.type == "pack-cancelled":
            if e.detail[0] == 3:
                self.missing.append(e.pack)
            else:
                rule(stands in ("inactive", "live"))
            self.cancelled.setdefault(e.pack, e.detail[0])
        elif e.type == "pack-unlocked":
            rule(is_locked(pack, *self.limits) and pack["lifetime"] < self.limits[1])
            pack |= {"wrong": 0, "last": None}


# --- The command line --------------------------------------------------------------------------------------------------------------------

def main(arguments):
    command, rest = (arguments + [""])[0], arguments[1:]
    if command == "check" and not rest:
        import cases
        return cases.check(FOLDER)
    if command == "generate" and len(rest) <= 1:
        import cases
        return cases.generate(pathlib.Path(rest[0]) if rest else FOLDER)
    if command == "cross-check":
        import crosscheck
        return crosscheck.main(rest)
    print(__doc__.split("\n\n", 2)[2])
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
