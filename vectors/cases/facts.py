"""Section 16: the facts that cases of the rules are made of."""

from counterfoil import sections as ref

LIMITS = (3, 5)
ONLINE = ("redeem", "check", "pass")
GIVEN = {"redeem": ("answers", "key"), "check": ("answers",), "pass": ("pass", "key"), "post": (),
         "activate": ("insisted",), "reconcile": ("missing", "ofOtherBatches"), "open": ("closes", "grace"),
         "extend": ("until",)}
OF_BATCHES = ("activate", "withdraw", "reconcile")
OF_THE_BALLOT = ("open", "extend", "close", "close --final")


def in_short(event):
    """An event as the cases below name it."""
    detail = event.get("detail")
    match event["type"]:
        case "ballot-closed":
            return f"ballot-closed at {event['closed']}"
        case "ballot-extended":
            return f"ballot-extended until {event['closes']}"
        case "post-set-aside":
            return "post-set-aside " + next(name for name, n in ref.SET_ASIDE.items() if n == detail)
        case "pack-cancelled":
            return "pack-cancelled " + {2: "byOfficer", 3: "missing"}[detail]
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


def a_vote(channel="online", pack="this", key=None, at=500):
    return {"channel": channel, "pack": pack, "key": (key or "another") if channel == "online" else None, "at": at}


def a_batch(kind="members", activated=False, reconciled=False, withdrawn=False):
    return {"kind": kind, "activated": activated, "reconciled": reconciled, "withdrawn": withdrawn}


def a_pass(given=800, expires=2000, opens=True):
    return {"opens": opens, "given": given, "expires": expires}


# What changes none of the facts.
UNSEEN = {f"post-set-aside {why}" for why in ref.SET_ASIDE}
LOCKED = a_pack(wrong=3)
LOCKED_FOR_GOOD = a_pack(wrong=2, lifetime=5)
# Every standing in which a pack votes no longer.
DEAD_PACKS = [a_pack(standing) for standing in ref.DEAD]
CLOSED, FINAL, BEFORE = a_ballot("closed"), a_ballot("final"), a_ballot("before")
