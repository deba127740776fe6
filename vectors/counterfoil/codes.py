"""Sections 6, 7 and 9: refused words, codes and pack numbers, and what a code gives."""

import dataclasses
import hashlib

from counterfoil.alphabet import (PACK_LENGTH, election_constant, symbols_text, syndromes, take_constant_off,
                                  with_check_symbols)
from counterfoil.notation import H, pad, u32, u64
from counterfoil.tables import REFUSED_WORDS

# --- 6. Refused words ---------------------------------------------------------

LOOKS_LIKE = {"2": "Z", "3": "E", "4": "A", "5": "S", "6": "G", "9": "G", "7": "T", "8": "B"}


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


# --- 7. Derivation ------------------------------------------------------------

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


# --- 9. What a code gives -----------------------------------------------------

@dataclasses.dataclass
class CodeValues:
    lookup_id: bytes
    answer_key: bytes
    spending_secret: bytes
    second: bytes
    opening: bytes
    trial: bytes
    tag: bytes


def code_values(election_id, ledger_key, code):
    """Section 9: all of them, from the code's symbol values."""
    lookup_id = H(election_id, ledger_key, "cf1.lookup", bytes(code), 16)
    secrets = H(election_id, ledger_key, "cf1.codesecret", bytes(code), 64)
    second = second_of(election_id, secrets[32:])
    return CodeValues(lookup_id, secrets[:32], secrets[32:], second, *chain_from_second(second))


def second_of(election_id, spending_secret):
    """Section 9: where the chain begins."""
    return H(election_id, spending_secret, "cf1.opening", b"", 32)


def chain_from_second(second):
    """Section 9: opening, trial and tag."""
    opening = step("cf1.code-open", second)
    trial = step("cf1.code-try", opening)
    return opening, trial, step("cf1.code-tag", trial)


def step(label, value):
    """Section 9: one step of the chain, one block of SHA-256."""
    return hashlib.sha256(pad(label.encode("ascii"), 16) + value).digest()


def tag_of_opening(opening):
    """Section 9: where an opening leads."""
    return tag_of_trial(step("cf1.code-try", opening))


def tag_of_trial(trial):
    """Section 9: where a trial leads."""
    return step("cf1.code-tag", trial)
