"""Section 10: answers, their normal forms, and the answer tag."""

import datetime
import re

from counterfoil.notation import H, LP, Refused, require, u8
from counterfoil.tables import TEXT_FOLD

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
    # "The token before, as first cut": dropped words are among them.
    return [t for i, t in enumerate(tokens)
            if t not in DROPPED_WORDS
            and not (t in ("st", "nd", "rd", "th") and i > 0 and is_number(tokens[i - 1]))]


def normal_date(text, order, latest_year):
    """Section 10, date: steps 2 to 7."""
    tokens = date_tokens(text)
    require(tokens, "unreadable")

    # Step 2: the pieces take its place.
    first = tokens[0]
    if is_number(first) and len(first) in (6, 8):
        if len(first) == 6:
            cuts = (2, 4)
        else:
            cuts = (4, 6) if order == "ymd" else (2, 4)
        tokens[:1] = [first[:cuts[0]], first[cuts[0]:cuts[1]], first[cuts[1]:]]

    # Step 3: three tokens, then midnight or nothing.
    require(len(tokens) >= 3, "unreadable")
    for t in tokens[3:]:
        if is_number(t):
            require(set(t) == {"0"}, "unreadable")      # nine digits at most, see above
        else:
            require(t in ("t", "z"), "unreadable")
    tokens = tokens[:3]

    # Step 4: at most one word, a month.
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
