"""Section 8: voter ids, their folded form, and their numbers."""

import re

from counterfoil.notation import H
from counterfoil.tables import TEXT_FOLD

ANY_CASE, EXACT_CASE = "any-case", "exact-case"


def ranges(text):
    """Scalars as the page lists them: `0009-000D 0020`."""
    return [tuple(int(end, 16) for end in (part.split("-") * 2)[:2]) for part in text.split()]


WHITE_SPACE = ranges("0009-000D 0020 0085 00A0 1680 2000-200A 2028 2029 202F 205F 3000")
CONTROLS = ranges("0000-001F 007F-009F")
INVISIBLE = ranges("00AD 034F 061C 115F 1160 17B4 17B5 180B-180F 200B-200F 202A-202E 2060-206F 3164 FE00-FE0F FEFF "
                   "FFA0 FFF0-FFF8 1BCA0-1BCA3 1D173-1D17A E0000-E0FFF")
MARKS = ranges("0300-036F 1AB0-1AFF 1DC0-1DFF 20D0-20FF FE20-FE2F")
HYPHENS = ranges("2010-2015 2212 FE58 FE63")
APOSTROPHES = ranges("2018 2019 02BC")


def is_in(scalar, table):
    return any(low <= scalar <= high for low, high in table)


def voter_id(field):
    """Section 8: the roll's field without spaces and tabs at its ends."""
    return field.strip(" \t")


def specimen_voter_id(batch, ordinal):
    """Section 8: what a specimen has in place of a voter id."""
    return f"specimen:{batch}:{ordinal}"


def voter_number(election_id, voter_key, id_text):
    """Section 8; of a folded id, the folded number."""
    return H(election_id, voter_key, "cf1.voter", id_text.encode(), 16)


def folded_id(id_text, voter_ids):
    """Section 8: the form in which ids are compared."""
    folded = without_zeros("".join(folded_scalar(ord(c), voter_ids) for c in id_text).removeprefix("'"))
    return folded or id_text


def folded_scalar(scalar, voter_ids):
    """Section 8, steps 1 and 2."""
    if 0xFF01 <= scalar <= 0xFF5E:
        scalar += 0x21 - 0xFF01
    if any(is_in(scalar, table) for table in (WHITE_SPACE, CONTROLS, INVISIBLE, MARKS)):
        return ""
    c = "-" if is_in(scalar, HYPHENS) else "'" if is_in(scalar, APOSTROPHES) else chr(scalar)
    if voter_ids == EXACT_CASE:
        return c
    return c.lower() if c.isascii() else TEXT_FOLD.get(c, c)


def without_zeros(text):
    """Section 8, step 3, after its first sentence: what a spreadsheet does to a number."""
    text = re.sub("^([0-9]+)[.,]0+$", r"\1", text)
    return text.lstrip("0") or "0" if re.fullmatch("[0-9]+", text) else text
