"""Sections 6 and 10: the two tables that an election is made with, and their digests."""

from counterfoil.notation import DATA, H, NO_KEY, NO_SALT

REFUSED_WORDS_FILE = (DATA / "refused-words.txt").read_bytes()
TEXT_FOLD_FILE = (DATA / "text-fold.txt").read_bytes()


def refused_words_digest(data):
    """Section 6: the list's digest."""
    return H(NO_SALT, NO_KEY, "cf1.refused", data, 32)


def text_fold_digest(data):
    """Section 10: the table's digest."""
    return H(NO_SALT, NO_KEY, "cf1.textfold", data, 32)


def read_refused_words(data):
    """Section 6: each word as symbols, and as the list has it."""
    return {word.translate(str.maketrans("ILOU", "110V")): word
            for word in data.decode("ascii").splitlines()}


def read_text_fold(data):
    """Section 10: scalar to its one or two."""
    fold = {}
    for line in data.decode("ascii").splitlines():
        scalar, replacement = line.split(";")
        fold[chr(int(scalar, 16))] = "".join(chr(int(r, 16)) for r in replacement.split(" "))
    return fold


REFUSED_WORDS = read_refused_words(REFUSED_WORDS_FILE)
TEXT_FOLD = read_text_fold(TEXT_FOLD_FILE)
