"""Sections 15 and 16: the book, and the doubles in it."""

import dataclasses

from counterfoil.notation import H, LP, number, pad, require, u8, u32, u64
from counterfoil.register import MEMBERS, NORMAL, REPLACEMENTS, SPECIMENS, unpad_batch_name
from primitives import xchacha20poly1305_open, xchacha20poly1305_seal

# --- 15. The book -------------------------------------------------------------

PAGE_MAGIC = b"counterfoil book page v1"
BEGUN, FINISHED = 1, 2
PAGE_ROW_SIZE, DOUBLES_ROW_SIZE = 40, 56
DESTROYED_KEY = bytes(72)


@dataclasses.dataclass
class Page:
    batch: str
    batch_kind: int
    state: int
    place: int
    plan_digest: bytes
    rows: list                  # of (voter number, pack number, folded number)
    batch_key: bytes | None     # None once destroyed


def plan_message(election_digest, batch, batch_kind, packs):
    """Section 15: what the plan digest is made of. A pack is (voter id, pack kind,
    replaced pack or 0, normal forms of its answers, voter number if it is not the
    id's own: section 16)."""
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
    return b"".join(voter + u64(pack) + folded for voter, pack, folded in rows)


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
    require(len(data) == 224 + PAGE_ROW_SIZE * number(data[80:88]), "wrong-length")
    head, mac, box, tail = data[:120], data[120:152], data[152:224], data[224:]
    require(page_mac(election_id, book_key, head, tail) == mac, "wrong-mac")
    rows = [(tail[i:i + 16], number(tail[i + 16:i + 24]), tail[i + 24:i + 40]) for i in range(0, len(tail), PAGE_ROW_SIZE)]
    # Not strictly: a page says nothing of rows that are equal.
    require(rows == sorted(rows), "rows-out-of-order")
    batch_key = None
    if box != DESTROYED_KEY:
        batch_key = xchacha20poly1305_open(book_key, box[:24], box[24:], data[:73])
        require(batch_key is not None, "does-not-open")
    return Page(batch, data[72], data[73], number(data[76:80]), data[88:120], rows, batch_key)


# --- 16. Doubles in the book --------------------------------------------------

DOUBLES_MAGIC = b"counterfoil doubles v1  "


def doubles_head(election_id, batch, count):
    return DOUBLES_MAGIC + election_id + pad(batch.encode(), 32) + u64(count)


def doubles_rows(rows):
    return b"".join(own + folded + carried + u64(pack) for own, folded, carried, pack in rows)


def write_doubles(election_id, book_key, batch, rows):
    """Section 16: rows of (own number, folded number, number carried, pack or 0), put in order."""
    head, tail = doubles_head(election_id, batch, len(rows)), doubles_rows(sorted(rows))
    return head + page_mac(election_id, book_key, head, tail) + tail


def read_doubles(data, election_id, book_key):
    """Section 16: batch name and rows, or what a reader refuses."""
    require(data[:24] == DOUBLES_MAGIC, "wrong-magic")
    require(len(data) >= 112 and len(data) == 112 + DOUBLES_ROW_SIZE * number(data[72:80]), "wrong-length")
    require(data[24:40] == election_id, "other-election")
    batch = unpad_batch_name(data[40:72])
    require(page_mac(election_id, book_key, data[:80], data[112:]) == data[80:112], "wrong-mac")
    rows = [(data[i:i + 16], data[i + 16:i + 32], data[i + 32:i + 48], number(data[i + 48:i + 56]))
            for i in range(112, len(data), DOUBLES_ROW_SIZE)]
    owns = [own for own, *_ in rows]
    require(all(a < b for a, b in zip(owns, owns[1:])), "rows-out-of-order")
    return batch, rows
