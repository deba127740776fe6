"""Sections 4 and 5: the election constant, the alphabet, check symbols, and reading what was typed."""

import functools

from counterfoil.notation import H, NO_KEY, Refused, number, require

# --- 4. The election constant -------------------------------------------------

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


# --- 5. Alphabet, check symbols, reading what was typed -----------------------

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
