"""Section 20, officers: the third table of rules.json."""

from cases.facts import (BEFORE, CLOSED, DEAD_PACKS, FINAL, LOCKED, LOCKED_FOR_GOOD, a_ballot, a_batch,
                         a_pack, a_pair, a_vote, in_short)
from counterfoil import sections as ref


def rules_of_officers(judge):
    """The third table."""
    def act(name, comment, answer, recorded=(), flags="cell", **facts):
        judge(f"{name}: {comment}", "officers " + flags, name, answer, recorded, **facts)

    post, online, received = a_vote("post", nonce="N"), a_vote(), {"answer": "received"}
    act("annul", "no such pack", "no-such-pack")
    act("annul", "no vote, no such scan", "nothing-to-annul", pack=a_pack())
    act("annul", "an online vote", "nothing-to-annul", pack=a_pack(), vote=online)
    act("annul", "a vote by post with another pack", "nothing-to-annul", pack=a_pack(), vote=a_vote("post", "another"))
    act("annul", "a vote by post with another pack, by a scan of the same nonce", "nothing-to-annul", pack=a_pack(),
        vote=a_vote("post", "another", nonce="N"))
    act("annul", "another scan's return", "nothing-to-annul", pack=a_pack(), vote=a_vote("post"))
    act("annul", "a scan that was set aside, of a pack that counts by another scan", "nothing-to-annul", pack=a_pack(),
        vote=a_vote("post"), scan={"answer": "scanned-before", "at": 500, "table": "Table 1"})
    act("annul", "a scan that was set aside, and no vote", "nothing-to-annul", pack=a_pack(),
        scan={"answer": "set-aside", "standing": "inactive"})
    act("annul", "annulled already", "already-annulled", pack=a_pack(), scan=received)
    act("annul", "annulled already, and another scan received since", "already-annulled", pack=a_pack(), scan=received,
        vote=a_vote("post", at=700))
    act("annul", "annulled already, and voted online since", "already-annulled", pack=a_pack(), scan=received,
        vote=a_vote(at=700))
    act("annul", "annulled already, closed, cancelled since", "already-annulled", pack=a_pack("cancelled"), scan=received,
        ballot=CLOSED)
    act("annul", "a vote by post", "done", ["post-annulled"], pack=a_pack(), vote=post, scan=received)
    act("annul", "a vote by post, closed", "done", ["post-annulled"], pack=a_pack(), vote=post, scan=received, ballot=CLOSED)
    for pack in DEAD_PACKS:
        act("annul", f"a vote by post, {pack['standing']} since", "done", ["post-annulled"], pack=pack, vote=post,
            scan=received)

    act("cancel", "no such pack", "no-such-pack")
    act("cancel", "specimen", "specimen", pack=a_pack("specimen"))
    for pack in DEAD_PACKS:
        act("cancel", pack["standing"], "already-cancelled", pack=pack)
    cancelled = ["pack-cancelled byOfficer"]
    for pack in (a_pack(), a_pack("inactive"), LOCKED, a_pack(kind="post-only")):
        act("cancel", f"{pack['standing']}, {pack['kind']}, {pack['wrong']} wrong answers", "done", cancelled, pack=pack)
    for vote in (post, online):
        act("cancel", f"a vote was cast with it, {vote['channel']}", "done", cancelled, pack=a_pack(), vote=vote)
    act("cancel", "before", "done", cancelled, pack=a_pack(), ballot=BEFORE)
    act("cancel", "closed", "done", cancelled, pack=a_pack(), ballot=CLOSED)

    act("unlock", "no such pack", "no-such-pack")
    for wrong in (0, 2):
        act("unlock", f"{wrong} wrong answers", "not-locked", pack=a_pack(wrong=wrong))
    act("unlock", "specimen", "not-locked", pack=a_pack("specimen"))
    act("unlock", "the lifetime is used up", "locked-for-good", pack=LOCKED_FOR_GOOD)
    act("unlock", "locked", "done", ["pack-unlocked"], pack=LOCKED)
    act("unlock", "locked, closed", "done", ["pack-unlocked"], pack=LOCKED, ballot=CLOSED)
    act("unlock", "locked, cancelled", "done", ["pack-unlocked"], pack=a_pack("cancelled", wrong=3))

    act("activate", "no such batch", "no-such-batch", insisted=True)
    act("activate", "withdrawn", "withdrawn", batch=a_batch(withdrawn=True), insisted=True)
    act("activate", "withdrawn and active", "withdrawn", flags="order", batch=a_batch(activated=True, withdrawn=True),
        insisted=True)
    act("activate", "active", "already-active", batch=a_batch(activated=True), insisted=True)
    act("activate", "active, not insisted", "already-active", flags="order", batch=a_batch(activated=True), insisted=False)
    act("activate", "not reconciled", "not-reconciled", batch=a_batch(), insisted=False)
    replaced = {"batch": a_batch("replacements"), "pairs": [a_pair("inactive", of="row")]}
    act("activate", "a pack replaces one whose member has voted under another number", "replaced-voted", insisted=True,
        **replaced)
    act("activate", "the same, not reconciled", "not-reconciled", flags="order", insisted=False, **replaced)
    rules_of_pairs(act)
    act("activate", "not reconciled, insisted", "done", ["batch-activated"], batch=a_batch(), insisted=True)
    act("activate", "reconciled", "done", ["batch-activated"], batch=a_batch(reconciled=True), insisted=False)
    act("activate", "specimens", "done", ["batch-activated"], batch=a_batch("specimens"), insisted=False)
    for ballot in (BEFORE, CLOSED):
        act("activate", f"reconciled, {ballot['phase']}", "done", ["batch-activated"], batch=a_batch(reconciled=True),
            insisted=False, ballot=ballot)

    act("withdraw", "no such batch", "no-such-batch")
    act("withdraw", "withdrawn", "already-withdrawn", batch=a_batch(withdrawn=True))
    for active in (False, True):
        act("withdraw", "active" if active else "not active", "done", ["batch-withdrawn"], batch=a_batch(activated=active))

    def reconcile(comment, answer, recorded=(), missing=0, strangers=(), **facts):
        act("reconcile", comment, answer, recorded, missing=["first", "second"][:missing],
            ofOtherBatches=list(strangers), **facts)

    reconcile("no such batch", "no-such-batch")
    reconcile("reconciled", "already-reconciled", batch=a_batch(reconciled=True))
    reconcile("a pack of another batch", "other-packs", batch=a_batch(), missing=1, strangers=["third"])
    reconcile("packs of other batches alone", "other-packs", batch=a_batch(), strangers=["third", "fourth"])
    reconcile("none is missing", "done", ["batch-reconciled"], batch=a_batch())
    reconcile("two are missing", "done", ["pack-cancelled missing"] * 2 + ["batch-reconciled"], batch=a_batch(), missing=2)
    reconcile("one is missing, active", "done", ["pack-cancelled missing", "batch-reconciled"],
              batch=a_batch(activated=True), missing=1)

    def opening(comment, answer, recorded=(), closes=None, grace=60, **facts):
        act("open", comment, answer, recorded, closes=closes, grace=grace, **facts)

    opening("open", "already-open")
    opening("closed", "closed", ballot=CLOSED)
    for closes in (999, 1000):
        opening(f"closing {1000 - closes} before now", "in-the-past", flags="boundary", closes=closes, ballot=BEFORE)
    opening("closing in a moment", "done", ["ballot-opened"], flags="boundary", closes=1001, ballot=BEFORE)
    opening("without a closing time", "done", ["ballot-opened"], ballot=BEFORE)
    opening("past the closing time", "closed", ["ballot-closed at 950"], flags="due", ballot=a_ballot(closes=950))
    for grace in (-1, ref.LONGEST_GRACE + 1, 2**32):
        opening(f"a grace of {grace}", "bad-grace", flags="boundary", grace=grace, ballot=BEFORE)
    for grace in (0, ref.LONGEST_GRACE):
        opening(f"a grace of {grace}", "done", ["ballot-opened"], flags="boundary", grace=grace, ballot=BEFORE)
    opening("a bad grace and a closing time that is past", "in-the-past", flags="order", closes=999, grace=-1,
            ballot=BEFORE)

    act("extend", "before", "not-open", until=2000, ballot=BEFORE)
    for until in (999, 1000):
        act("extend", f"until {1000 - until} before now", "in-the-past", flags="boundary", until=until)
    extended = ["ballot-extended until 2000"]
    act("extend", "open", "done", extended, until=2000, ballot=a_ballot(closes=1500))
    act("extend", "to an earlier time that is still to come", "done", ["ballot-extended until 1001"], flags="boundary",
        until=1001, ballot=a_ballot(closes=1500))
    act("extend", "closed", "done", extended, until=2000, ballot=CLOSED)
    act("extend", "past the closing time", "done", ["ballot-closed at 950", *extended], flags="due", until=2000,
        ballot=a_ballot(closes=950))

    act("close", "before", "not-open", ballot=BEFORE)
    act("close", "closed", "already-closed", ballot=CLOSED)
    act("close", "open", "done", ["ballot-closed at 1000"])
    act("close", "past the closing time", "already-closed", ["ballot-closed at 950"], flags="due",
        ballot=a_ballot(closes=950))

    act("close --final", "before", "not-open", ballot=BEFORE)
    act("close --final", "open", "done", ["ballot-closed at 1000", "ballot-final"])
    act("close --final", "closed", "done", ["ballot-final"], ballot=CLOSED)
    act("close --final", "past the closing time", "done", ["ballot-closed at 950", "ballot-final"], flags="due",
        ballot=a_ballot(closes=950))

    for name in ("annul", "cancel", "unlock"):
        act(name, "final", "final", flags="order", ballot=FINAL, pack=LOCKED, vote=post,
            **({"scan": received} if name == "annul" else {}))
        act(name, "final, no such pack", "final", flags="order", ballot=FINAL)
    act("activate", "final", "final", flags="order", ballot=FINAL, batch=a_batch(reconciled=True), insisted=True)
    act("withdraw", "final", "final", flags="order", ballot=FINAL, batch=a_batch())
    reconcile("final", "final", flags="order", ballot=FINAL, batch=a_batch(), missing=1)
    opening("final", "final", flags="order", ballot=FINAL)
    act("extend", "final", "final", flags="order", ballot=FINAL, until=2000)
    for name in ("close", "close --final"):
        act(name, "final", "final", flags="order", ballot=FINAL)
    for name, given in (("activate", {"insisted": True}), ("withdraw", {})):
        act(name, "final, no such batch", "final", flags="order", ballot=FINAL, **given)
    reconcile("final, no such batch", "final", flags="order", ballot=FINAL)

    # Whatever the request is answered, and though the act has nothing to do with the ballot.
    late, close = a_ballot(closes=950), "ballot-closed at 950"
    closed = {"ballot": a_ballot("closed", closes=950, closed=950)}
    act("annul", "past the closing time", "done", [close, "post-annulled"], flags="due", ballot=late, pack=a_pack(),
        vote=post, scan=received, after={**closed, "vote": None})
    act("cancel", "past the closing time", "done", [close, *cancelled], flags="due", ballot=late, pack=a_pack(),
        after={**closed, "pack": a_pack("cancelled")})
    act("unlock", "past the closing time", "done", [close, "pack-unlocked"], flags="due", ballot=late, pack=LOCKED,
        after={**closed, "pack": {**LOCKED, "wrong": 0, "last": None}})
    for name, answer in (("annul", "nothing-to-annul"), ("cancel", "specimen"), ("unlock", "not-locked")):
        act(name, "past the closing time, refused", answer, [close], flags="due", ballot=late, pack=a_pack("specimen"),
            after=closed)
        act(name, "past the closing time, no such pack", "no-such-pack", [close], flags="due", ballot=late, after=closed)
    act("activate", "past the closing time", "done", [close, "batch-activated"], flags="due", ballot=late,
        batch=a_batch(reconciled=True), insisted=False)
    act("activate", "past the closing time, refused", "not-reconciled", [close], flags="due", ballot=late,
        batch=a_batch(), insisted=False, after=closed)
    act("activate", "past the closing time, no such batch", "no-such-batch", [close], flags="due", ballot=late,
        insisted=True, after=closed)
    act("withdraw", "past the closing time", "done", [close, "batch-withdrawn"], flags="due", ballot=late,
        batch=a_batch(activated=True))
    act("withdraw", "past the closing time, no such batch", "no-such-batch", [close], flags="due", ballot=late,
        after=closed)
    reconcile("past the closing time", "done", [close, "pack-cancelled missing", "batch-reconciled"], flags="due",
              ballot=late, batch=a_batch(), missing=1)
    reconcile("past the closing time, refused", "already-reconciled", [close], flags="due", ballot=late,
              batch=a_batch(reconciled=True), after=closed)
    reconcile("past the closing time, no such batch", "no-such-batch", [close], flags="due", ballot=late, after=closed)
    act("extend", "past the closing time, refused", "in-the-past", [close], flags="due", ballot=late, until=1000,
        after=closed)

    # What is written of an act, and what it leaves, where a cell above does not say it all.
    def whole(name, comment, event, after, **facts):
        act(name, comment, "done", [in_short(event)], flags="after", events=[event], after=after, **facts)

    whole("activate", "not reconciled, insisted, specimens", {"type": "batch-activated", "batch": "this", "count": 1},
          {"batch": a_batch("specimens", activated=True)}, batch=a_batch("specimens"), insisted=True)
    whole("activate", "reconciled, insisted without need", {"type": "batch-activated", "batch": "this", "count": 1},
          {"batch": a_batch(reconciled=True, activated=True)}, batch=a_batch(reconciled=True), insisted=True)
    whole("activate", "not reconciled, insisted, closed", {"type": "batch-activated", "batch": "this", "count": 0},
          {"batch": a_batch(activated=True)}, batch=a_batch(), insisted=True, ballot=CLOSED)
    whole("open", "with a closing time and a grace", {"type": "ballot-opened", "count": 7, "closes": 4000},
          {"ballot": a_ballot(closes=4000, grace=7)}, closes=4000, grace=7, ballot=BEFORE)
    whole("extend", "closed, with another grace", {"type": "ballot-extended", "closes": 2000},
          {"ballot": a_ballot(closes=2000, grace=33)}, until=2000, ballot=a_ballot("closed", closes=950, grace=33))
    whole("extend", "open without a closing time", {"type": "ballot-extended", "closes": 2000},
          {"ballot": a_ballot(closes=2000)}, until=2000)
    whole("unlock", "three in the lifetime, the last forgotten", {"type": "pack-unlocked", "pack": "this"},
          {"pack": a_pack(lifetime=3, second=2)}, pack=a_pack(wrong=3, last="B", second=2), vote=a_vote("post"))
    whole("annul", "cancelled since", {"type": "post-annulled", "pack": "this", "voter": "its", "nonce": "N"}, {"vote": None},
          pack=a_pack("cancelled", wrong=1), vote=post, scan=received)
    whole("cancel", "locked", {"type": "pack-cancelled", "pack": "this", "detail": 2},
          {"pack": a_pack("cancelled", wrong=3, second=1)}, pack=a_pack(wrong=3, second=1), vote=online)


def rules_of_pairs(act):
    """Whether activation lets one person vote twice."""
    def activate(comment, answer, *pairs, **facts):
        act("activate", f"pairs: {comment}", answer, ["batch-activated"] if answer == "done" else [], batch=a_batch(reconciled=True),
            insisted=False, pairs=list(pairs), **facts)

    for standing in ("live", "inactive"):
        activate(f"one has voted, the pack that is kept is {standing}", "replaced-voted", a_pair(standing))
    activate("one has voted, the pack that is kept is not loaded", "replaced-voted", a_pair(None))
    for standing in ("superseded", "withdrawn", "cancelled"):
        activate(f"one has voted, the pack that is kept is {standing}", "done", a_pair(standing))
    activate("one has voted, under the number that the pack that is kept carries", "done", a_pair(voter="its"))
    activate("one has voted, the same, inactive", "done", a_pair("inactive", voter="its"))
    activate("nobody has voted", "done", a_pair(voted=False))
    activate("nobody has voted, the pack that is kept is not loaded", "done", a_pair(None, voted=False))
    activate("the pack to be cancelled is not loaded", "done", a_pair(cancelled=False))
    activate("neither is loaded", "done", a_pair(None, cancelled=False))
    activate("the second of two", "replaced-voted", a_pair(voted=False), a_pair())
    activate("two packs are kept, one of them cancelled", "replaced-voted", a_pair("cancelled"), a_pair("inactive"))
    activate("two packs are kept, both cancelled", "done", a_pair("cancelled"), a_pair("cancelled"))
    activate("before the ballot is opened", "done", a_pair(voted=False), ballot=BEFORE)
    activate("one has voted, closed", "replaced-voted", a_pair(), ballot=CLOSED)
    act("activate", "pairs: one has voted, insisted", "replaced-voted", batch=a_batch(), insisted=True, pairs=[a_pair()])
    act("activate", "pairs: one has voted, not reconciled", "not-reconciled", flags="order", batch=a_batch(), insisted=False,
        pairs=[a_pair()])
    for standing in ("cancelled", "superseded"):
        act("activate", f"pairs: a row's pack is {standing}, and the one that it replaces has voted", "done", ["batch-activated"],
            batch=a_batch("replacements"), insisted=True, pairs=[a_pair(standing, of="row")])
    act("activate", "pairs: a row's pack carries the number of the one that it replaces, which has voted", "done",
        ["batch-activated"], batch=a_batch("replacements"), insisted=True, pairs=[a_pair("inactive", voter="its", of="row")])
    act("activate", "pairs: a row's pack replaces one that is not loaded", "done", ["batch-activated"],
        batch=a_batch("replacements"), insisted=True, pairs=[a_pair("inactive", of="row", cancelled=False)])


def rules_of_batches_and_packs(judge):
    """What an act on a batch does to packs."""
    def act(name, comment, answer, recorded, before, after, pack_is="of-the-batch", **facts):
        judge(f"{name}: {comment}", "officers after", name, answer, recorded, pack=a_pack(before), packIs=pack_is,
              **facts)
        expected = a_pack(after) if before != after else None
        assert judge.file.tests[-1]["after"].get("pack") == expected, judge.file.tests[-1]

    def activate(comment, before, after, *rest, batch=a_batch(), answer="done", **facts):
        act("activate", comment, answer, ["batch-activated"] if answer == "done" else [], before, after, *rest,
            batch=batch, insisted=True, **facts)

    replacing = a_batch("replacements")
    activate("a pack of the batch", "inactive", "live")
    activate("a pack of the batch, closed", "inactive", "live", ballot=CLOSED)
    activate("a pack of the batch, cancelled before", "cancelled", "cancelled")
    activate("a pack of the batch, replaced before", "superseded", "superseded")
    activate("a pack of the batch, specimens", "specimen", "specimen", batch=a_batch("specimens"))
    activate("a pack that it replaces", "live", "superseded", "replaced-by-it", batch=replacing)
    activate("a pack that it replaces, inactive", "inactive", "superseded", "replaced-by-it", batch=replacing)
    activate("a pack that it replaces, cancelled", "cancelled", "superseded", "replaced-by-it", batch=replacing)
    activate("a pack that it replaces, withdrawn", "withdrawn", "superseded", "replaced-by-it", batch=replacing)
    for before, after in (("live", "cancelled"), ("inactive", "cancelled"), ("cancelled", "cancelled"),
                          ("withdrawn", "withdrawn"), ("superseded", "superseded")):
        activate(f"a pack of its list, {before}", before, after, "listed-by-it")
    activate("a pack of its list, refused", "live", "live", "listed-by-it", answer="withdrawn", batch=a_batch(withdrawn=True))
    activate("a pack that it replaces, refused", "live", "live", "replaced-by-it", answer="withdrawn",
             batch=a_batch("replacements", withdrawn=True))

    def withdraw(comment, before, after, *rest, batch):
        act("withdraw", comment, "done", ["batch-withdrawn"], before, after, *rest, batch=batch)

    active = a_batch(activated=True)
    withdraw("a pack of the batch", "live", "withdrawn", batch=active)
    withdraw("a pack of the batch, inactive", "inactive", "withdrawn", batch=a_batch())
    withdraw("a pack of the batch, cancelled", "cancelled", "withdrawn", batch=active)
    withdraw("a pack of the batch, replaced", "superseded", "superseded", batch=active)
    withdraw("a pack of the batch, specimens", "specimen", "specimen", batch=a_batch("specimens"))
    withdraw("a pack that it replaces stays replaced", "superseded", "superseded", "replaced-by-it",
             batch=a_batch("replacements", activated=True))
    withdraw("a pack that it would have replaced", "live", "live", "replaced-by-it", batch=replacing)
    withdraw("a pack of its list stays cancelled", "cancelled", "cancelled", "listed-by-it", batch=active)
    withdraw("a pack of its list that it would have cancelled", "live", "live", "listed-by-it", batch=a_batch())

    def reconcile(comment, before, after, *rest, missing=("first",), batch=active):
        act("reconcile", comment, "done", ["pack-cancelled missing"] * len(missing) + ["batch-reconciled"], before, after,
            *rest, missing=list(missing), ofOtherBatches=[], batch=batch)

    reconcile("a missing pack", "live", "cancelled", "missing")
    reconcile("a missing pack, inactive", "inactive", "cancelled", "missing", batch=a_batch())
    reconcile("a missing pack, cancelled before", "cancelled", "cancelled", "missing")
    reconcile("a missing pack, replaced", "superseded", "superseded", "missing")
    reconcile("a missing pack, withdrawn", "withdrawn", "withdrawn", "missing",
              batch=a_batch(activated=True, withdrawn=True))
    reconcile("a pack that is not missing", "live", "live", missing=())
    reconcile("a pack that is not missing, another is", "live", "live", missing=("second",))


def rules_of_a_return(f):
    """What an act `reconcile` is judged after."""
    def held(comment, rows, flags="cell", packs=("a", "b", "c"), **expected):
        f.add(f"return: {comment}", f"officers {flags}", {
            "operation": "return", "packs": list(packs),
            "rows": [{"pack": row[0], "status": {"p": "packed", "r": "remade", "m": "missing"}[row[1]]}
                     for row in rows.split()]}, **expected)

    def wrong(comment, rows, unaccounted=(), foreign=(), repeated=(), **more):
        held(comment, rows, reason="does-not-add-up", unaccounted=list(unaccounted), foreign=list(foreign),
             repeated=list(repeated), **more)

    held("all are packed", "ap bp cp", missing=[])
    held("in another order, one made again", "cp ar bp", missing=[])
    held("two are missing, in the order of the return", "cm bp am", missing=["c", "a"])
    held("all are missing", "am bm cm", missing=["a", "b", "c"])
    wrong("one does not stand in it", "ap cp", "b")
    wrong("nothing stands in it", "", "abc")
    wrong("a pack of no batch of ours, or of another", "ap bp cp dp", foreign="d")
    wrong("another pack in the place of one", "ap bp dp", "c", "d")
    wrong("one stands in it twice", "ap bp cp bp", repeated="b")
    wrong("one stands in it twice, packed and missing", "ap bp cp bm", repeated="b")
    wrong("one in the place of another", "ap bp bp", "c", repeated="b")
    wrong("one stands in it three times", "ap ap bp ap cp", repeated="aa")
    wrong("a foreign one that is missing", "ap bp cp dm", foreign="d")
