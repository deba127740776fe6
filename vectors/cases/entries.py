"""Section 18: one entry of every type, and what cases of the log share."""

import primitives
from builder import ELECTION, fixed, word
from counterfoil import sections as ref
from counterfoil.sections import Event

SEED = fixed("checkpoint seed")
KEY = primitives.ed25519_public_key(SEED)
AUTUMN = 1_788_364_800_000
PACK = ref.pack_number(word(12, "log pack"))
VOTER = fixed("log voter", 16)
NONCE = fixed("log nonce", 16)
CODE = ref.code_values(ELECTION, fixed("ledger key"), word(20, "log code"))


def set_aside(at, pack, why, voted=0, nonce=NONCE):
    """An envelope that was set aside, since its voter had voted then, or else by the pack's standing."""
    return Event("post-set-aside", at, pack, detail=ref.u8(why) + nonce + ref.u64(voted))


# One of every type, and of every number that a detail can have.
EVENTS = [
    Event("created", AUTUMN, detail=fixed("election digest")), Event("desk-opened", AUTUMN + 1),
    Event("register-loaded", AUTUMN + 2, batch=1, count=172_437, detail=fixed("register digest") * 2),
    Event("batch-activated", AUTUMN + 3, batch=1, count=1), Event("batch-activated", AUTUMN + 4, batch=2, count=0),
    Event("ballot-opened", AUTUMN + 5, count=600_000, detail=ref.u64(AUTUMN + 10**9)),
    Event("ballot-opened", AUTUMN + 5, count=0, detail=ref.u64(0)),
    Event("vote-cast", AUTUMN + 6, PACK, VOTER, detail=fixed("fingerprint", 16) + CODE.opening),
    Event("wrong-answers", AUTUMN + 7, PACK, detail=fixed("answer tag", 16) + CODE.trial),
    Event("second-attempt", AUTUMN + 8, PACK, detail=CODE.second),
    Event("post-received", AUTUMN + 9, PACK, VOTER, detail=NONCE),
    *(set_aside(AUTUMN + 10, PACK, why, AUTUMN + 6 if why > 5 else 0) for why in range(1, 9)),
    Event("post-annulled", AUTUMN + 11, PACK, VOTER, detail=NONCE),
    *(Event("pack-cancelled", AUTUMN + 12, PACK, detail=ref.u8(why)) for why in (2, 3)),
    Event("pack-unlocked", AUTUMN + 13, PACK), Event("batch-reconciled", AUTUMN + 14, batch=1, count=17),
    Event("batch-withdrawn", AUTUMN + 15, batch=1),
    Event("ballot-extended", AUTUMN + 16, detail=ref.u64(AUTUMN + 2 * 10**9)),
    Event("ballot-closed", AUTUMN + 17, detail=ref.u64(AUTUMN + 10)), Event("ballot-final", AUTUMN + 18),
]


def fields(event):
    return {"type": event.type, "at": event.at, "pack": f"{event.pack:016x}", "voter": event.voter.hex(),
            "batch": event.batch, "count": event.count, "detail": event.detail.hex()}


def noted(note):
    return {"noteReason": note.reason, "noteReference": note.reference, "noteOfficer": note.officer}
