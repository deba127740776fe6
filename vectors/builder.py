"""What a vector file is, and what the cases of several files are made with.

Nothing here knows of any case: the modules of cases/ import this one, and never the other
way round.
"""

import hashlib
import json

from counterfoil import sections as ref
from counterfoil.sections import Refused


def fixed(name, size=32):
    """A key for the vectors, from its name alone."""
    return hashlib.sha256(b"counterfoil vectors: " + name.encode()).digest()[:size]


ELECTION = fixed("election", 16)
OTHER_ELECTION = fixed("another election", 16)
K = ref.election_constant(ELECTION)
BATCH_KEY = fixed("batch key")
BOOK_KEY = fixed("book key")


class VectorFile:
    """A file while it is built, or checked: its tests, and the function that computes them."""

    def __init__(self, file, about, notes, evaluate):
        self.file, self.about, self.notes, self.evaluate = file, about, notes, evaluate
        self.tests, self.inputs = [], set()

    def run(self, inputs):
        try:
            return {**self.evaluate(inputs), "result": "valid"}
        except Refused as refusal:
            return {**refusal.details, "result": "refused", "reason": refusal.reason}

    def add(self, comment, flags, inputs, **expected):
        """One test. `expected` is compared with what comes out; `reason` means a
        refusal, its absence none."""
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


def word(n, label, constant=K):
    """A well-formed word of n symbols, the same each time."""
    data = [b & 31 for b in fixed(label)[:n - 3]]
    return ref.with_check_symbols(data, constant)
