"""Section 3: an election, and election.json."""

import dataclasses
import json
import re

from counterfoil.alphabet import election_constant
from counterfoil.notation import H, LP, NO_KEY, Refused, require, u8, u16
from counterfoil.tables import REFUSED_WORDS_FILE, TEXT_FOLD_FILE, refused_words_digest, text_fold_digest

CODE_LENGTHS = (20, 24, 28)
VOTER_IDS = {"any-case": 1, "exact-case": 2}
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
    voter_ids: str
    refused_words: bytes
    text_fold: bytes
    register_key: bytes
    manifest_key: bytes
    receipt_key: bytes
    checkpoint_key: bytes

    def canonical(self):
        """Section 3: E."""
        return (self.id + LP(self.name.encode()) + u8(self.code_length)
                + u8(len(self.questions)) + b"".join(q.canonical() for q in self.questions)
                + u8(self.lock) + u8(self.lifetime) + u8(VOTER_IDS[self.voter_ids])
                + self.refused_words + self.text_fold + self.register_key + self.manifest_key
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
                     "voterIDs", "refusedWords", "textFold", "registerKey", "manifestKey",
                     "receiptKey", "checkpointKey", "digest"))
    wrong = _members(value["wrongAnswers"], ("lock", "lifetime"))
    length = _integer(value["codeLength"], 0, 255, "bad-code-length")
    require(length in CODE_LENGTHS, "bad-code-length")
    require(type(value["questions"]) is list, "wrong-type")
    require(len(value["questions"]) <= 8, "too-many-questions")
    questions = [_question(q) for q in value["questions"]]
    # Distinct byte for byte: nothing is said of composed and decomposed names.
    require(len({q.name for q in questions}) == len(questions), "repeated-question")
    lock = _integer(wrong["lock"], 1, 100, "bad-wrong-answers")
    require(type(value["voterIDs"]) is str, "wrong-type")
    require(value["voterIDs"] in VOTER_IDS, "bad-voter-ids")
    election = Election(
        _hex(value["id"], 16), _text(value["name"], 200, "bad-name"), length, questions,
        lock, _integer(wrong["lifetime"], lock, 200, "bad-wrong-answers"),
        value["voterIDs"],
        *(_hex(value[k], 32) for k in ("refusedWords", "textFold", "registerKey", "manifestKey",
                                       "receiptKey", "checkpointKey")))
    require(election.refused_words == refused_words_digest(REFUSED_WORDS_FILE), "other-refused-words")
    require(election.text_fold == text_fold_digest(TEXT_FOLD_FILE), "other-text-fold")
    require(_hex(value["digest"], 32) == election.digest(), "wrong-digest")
    return election
