"""Section 20, the balance: balance.json."""

from builder import VectorFile
from cases.facts import LIMITS
from counterfoil import sections as ref


def evaluate(t):
    pack = {"lists": [], **t["pack"]}
    stands = ref.standing(pack)
    return {"standing": stands, "locked": ref.is_locked(pack, t["lock"], t["lifetime"]),
            "column": ref.column_of_balance(pack, t["votedWith"], (t["lock"], t["lifetime"]))}


def build():
    f = VectorFile(
        "balance.json",
        "Section 20, standings and the balance: what happened to a pack, and a vote that was cast with it or with "
        "another of its voter's, give its standing, whether it is locked, and its column. `replacements` are the "
        "batches with a pack that replaces this one, `lists` those with a pair that cancels it (where it is absent there are none), `cancelled` tells whether an officer cancelled it or the print "
        "house missed it; `wrong` are the wrong answers since it was last unlocked, `lifetimeWrong` all of them.",
        {"one": "one standing applies", "several": "more than one does, and the first counts",
         "vote": "a vote was cast", "locked": "locked, or nearly"},
        evaluate)

    def pack(kind="normal", active=True, withdrawn=False, cancelled=None, replacements=(), lists=None, wrong=0, lifetime=None):
        batches = lambda pairs: [{"activated": a, "withdrawn": w} for a, w in pairs]
        return {"kind": kind, "batch": {"activated": active, "withdrawn": withdrawn}, "replacements": batches(replacements),
                **({} if lists is None else {"lists": batches(lists)}),
                "cancelled": cancelled, "wrong": wrong, "lifetimeWrong": wrong if lifetime is None else lifetime}

    def case(comment, flags, standing, column=None, vote=None, other=None, **facts):
        f.add(comment, flags, {"lock": LIMITS[0], "lifetime": LIMITS[1], "pack": pack(**facts), "votedWith": vote,
                               "votedWithAnother": other}, standing=standing, column=column or standing)

    replaced, pending = (True, False), (False, False)
    case("live", "one", "live")
    case("for post alone", "one", "live", kind="post-only")
    case("inactive", "one", "inactive", active=False)
    for who in ("officer", "print-house"):
        case(f"cancelled, {who}", "one", "cancelled", cancelled=who)
        case(f"cancelled, {who}, and withdrawn", "several", "withdrawn", cancelled=who, withdrawn=True)
        case(f"cancelled, {who}, and superseded", "several", "superseded", cancelled=who, replacements=[replaced])
        case(f"cancelled, {who}, and inactive", "several", "cancelled", cancelled=who, active=False)
        case(f"cancelled, {who}, withdrawn and superseded", "several", "superseded", cancelled=who, withdrawn=True,
             replacements=[replaced])
        case(f"cancelled, {who}, withdrawn, superseded and inactive", "several", "superseded", cancelled=who,
             withdrawn=True, replacements=[replaced], active=False)
    case("withdrawn", "one", "withdrawn", withdrawn=True)
    case("withdrawn and inactive", "several", "withdrawn", withdrawn=True, active=False)
    case("withdrawn and superseded", "several", "superseded", withdrawn=True, replacements=[replaced])
    case("superseded", "one", "superseded", replacements=[replaced])
    case("superseded and inactive", "several", "superseded", replacements=[replaced], active=False)
    case("replaced by a batch that is not activated", "one", "live", replacements=[pending])
    case("replaced by a batch that was withdrawn before it was activated", "one", "live", replacements=[(False, True)])
    case("replaced by a batch that was withdrawn since", "one", "superseded", replacements=[(True, True)])
    case("replaced by two batches, one of them activated", "one", "superseded", replacements=[pending, replaced])
    case("replaced by two batches, both activated", "one", "superseded", replacements=[replaced, replaced])
    for active in (True, False):
        case(f"a specimen, {'active' if active else 'inactive'}", "one" if active else "several", "specimen",
             kind="specimen", active=active)
    case("a specimen, withdrawn", "several", "specimen", kind="specimen", withdrawn=True)
    case("a specimen, withdrawn and inactive", "several", "specimen", kind="specimen", withdrawn=True, active=False)
    case("a specimen that the print house missed", "several", "specimen", kind="specimen", cancelled="print-house")

    for channel, column in (("online", "voted-online"), ("post", "voted-by-post")):
        case(f"voted, {channel}", "vote", "live", column, channel)
        for comment, facts, standing in (
                ("superseded", {"replacements": [replaced]}, "superseded"), ("withdrawn", {"withdrawn": True}, "withdrawn"),
                ("cancelled", {"cancelled": "officer"}, "cancelled"), ("missing", {"cancelled": "print-house"}, "cancelled"),
                ("locked", {"wrong": 3}, "live"), ("locked for good", {"wrong": 2, "lifetime": 5}, "live")):
            case(f"voted, {channel}, {comment} since", "vote", standing, column, channel, **facts)
        for comment, facts, standing, column in (
                ("live", {}, "live", "live"), ("inactive", {"active": False}, "inactive", "inactive"),
                ("superseded", {"replacements": [replaced]}, "superseded", "superseded"),
                ("cancelled", {"cancelled": "officer"}, "cancelled", "cancelled"), ("locked", {"wrong": 3}, "live", "locked")):
            case(f"voted with another pack, {channel}; this one is {comment}", "vote", standing, column, other=channel, **facts)
    case("voted with a pack for post alone", "vote", "live", "voted-by-post", "post", kind="post-only")

    case("two wrong answers of three", "locked", "live", wrong=2)
    case("three wrong answers", "locked", "live", "locked", wrong=3)
    case("three wrong answers, and unlocked", "locked", "live", wrong=0, lifetime=3)
    case("four in a lifetime of five", "locked", "live", wrong=1, lifetime=4)
    case("five in a lifetime of five", "locked", "live", "locked", wrong=2, lifetime=5)
    for comment, facts, standing in (("superseded", {"replacements": [replaced]}, "superseded"),
                                     ("withdrawn", {"withdrawn": True}, "withdrawn"),
                                     ("cancelled", {"cancelled": "officer"}, "cancelled")):
        case(f"locked, and {comment}", "locked several", standing, wrong=3, **facts)

    case("listed by a batch", "one", "cancelled", lists=[replaced])
    case("listed by a batch that is not activated", "one", "live", lists=[pending])
    case("listed by a batch that was withdrawn before it was activated", "one", "live", lists=[(False, True)])
    case("listed by a batch that was withdrawn since", "one", "cancelled", lists=[(True, True)])
    case("listed by two batches, one of them activated", "one", "cancelled", lists=[pending, replaced])
    case("listed, and inactive", "several", "cancelled", lists=[replaced], active=False)
    case("listed, and withdrawn", "several", "withdrawn", lists=[replaced], withdrawn=True)
    case("listed, and superseded", "several", "superseded", lists=[replaced], replacements=[replaced])
    case("listed, and cancelled by an officer", "several", "cancelled", lists=[replaced], cancelled="officer")
    case("a specimen that is listed", "several", "specimen", kind="specimen", lists=[replaced])
    for channel, column in (("online", "voted-online"), ("post", "voted-by-post")):
        case(f"voted, {channel}, listed since", "vote", "cancelled", column, channel, lists=[replaced])
    case("locked, and listed", "locked several", "cancelled", wrong=3, lists=[replaced])
    return f
