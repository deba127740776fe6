"""Section 20: the facts that cases of the rules are made of."""

from counterfoil import sections as ref

LIMITS = (3, 5)
ONLINE = ("redeem", "check", "pass")
GIVEN = {"redeem": ("answers", "key"), "check": ("answers",), "pass": ("pass", "key"), "post": ("nonce", "by"),
         "annul": ("nonce",), "activate": ("insisted", "pairs"), "reconcile": ("missing", "ofOtherBatches"), "open": ("closes", "grace"),
         "extend": ("until",)}
OF_SCANS = ("post", "annul")
OF_BATCHES = ("activate", "withdraw", "reconcile")
OF_THE_BALLOT = ("open", "extend", "close", "close --final")


def in_short(event):
    """An event as the cases below name it."""
    match event["type"]:
        case "ballot-closed":
            return f"ballot-closed at {event['closed']}"
        case "ballot-extended":
            return f"ballot-extended until {event['closes']}"
        case "post-set-aside":
            return "post-set-aside " + next(name for name, n in ref.SET_ASIDE.items() if n == event["why"])
        case "pack-cancelled":
            return "pack-cancelled " + {2: "byOfficer", 3: "missing"}[event["detail"]]
    return event["type"]


def a_ballot(phase="open", closes=None, closed=None, grace=60):
    if phase in ("closed", "final") and closed is None:
        closed = 900
    return {"phase": phase, "closes": closes, "closed": closed, "grace": grace}


def a_pack(standing="live", kind="normal", wrong=0, lifetime=None, last=None, second=0):
    if standing == "specimen":
        kind = "specimen"
    lifetime = wrong if lifetime is None else lifetime
    return {"kind": kind, "standing": standing, "wrong": wrong, "lifetime": lifetime,
            "last": last or ("A" if wrong else None), "secondAttempts": second}


def a_vote(channel="online", pack="this", key="another", nonce="another", table="Table 1", at=500):
    """Online under a key, or by post by a scan at a table."""
    online = channel == "online"
    return {"channel": channel, "pack": pack, "key": key if online else None, "nonce": None if online else nonce,
            "table": None if online else table, "at": at}


def a_pair(kept="live", voted=True, voter="another", of="list", cancelled=True):
    """Of a list or a row: `kept` is a standing, or None where it is not loaded."""
    return {"of": of, "kept": kept and {"standing": kept, "voter": voter}, "cancelled": {"voted": voted} if cancelled else None}


def a_batch(kind="members", activated=False, reconciled=False, withdrawn=False):
    return {"kind": kind, "activated": activated, "reconciled": reconciled, "withdrawn": withdrawn}


def a_pass(given=800, expires=2000, opens=True, leads=True):
    return {"opens": opens, "leads": leads, "given": given, "expires": expires}


LOCKED = a_pack(wrong=3)
LOCKED_FOR_GOOD = a_pack(wrong=2, lifetime=5)
# Every standing in which a pack votes no longer.
DEAD_PACKS = [a_pack(standing) for standing in ref.DEAD]
CLOSED, FINAL, BEFORE = a_ballot("closed"), a_ballot("final"), a_ballot("before")
