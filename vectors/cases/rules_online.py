"""Section 20, online: the first table of rules.json."""

from cases.facts import (BEFORE, CLOSED, DEAD_PACKS, FINAL, LOCKED, LOCKED_FOR_GOOD, a_ballot, a_pack, a_pass,
                         a_vote)

OPEN = a_ballot()
PHASES = (BEFORE, OPEN, CLOSED, FINAL)
LATE, CLOSE = a_ballot(closes=950), "ballot-closed at 950"
MINE = a_vote(key="K")


def rules_with_a_code(column, online):
    """The rows of the first table for `redeem` and `check`."""
    def cell(comment, *rest, **facts):
        online(f"{column}: {comment}", column, *rest, **facts)

    def in_phases(phases, comment, *rest, flags="order", **facts):
        for ballot in phases:
            cell(f"{comment}, {ballot['phase']}", *rest, flags=flags, ballot=ballot, **facts)

    good, event = ("good", []) if column == "check" else ("accepted", ["vote-cast"])
    second = [] if column == "check" else ["second-attempt"]
    wrong = ["wrong-answers"]

    in_phases(PHASES, "no such pack", 1, "no-such-code", pack=None)
    in_phases(PHASES, "a pack for post alone", 2, "no-such-code", pack=a_pack(kind="post-only"))
    cell("a pack for post alone with which the voter voted", 2, "no-such-code", flags="order",
         pack=a_pack(kind="post-only"), vote=a_vote("post"))
    in_phases(PHASES, "a specimen", 3, "specimen", pack=a_pack("specimen"))
    in_phases(PHASES, "inactive", 6, "not-active", pack=a_pack("inactive"))
    for answers in ("A", "unreadable"):
        cell(f"inactive, {answers} answers", 6, "not-active", flags="order", pack=a_pack("inactive"), answers=answers)
    cell("inactive, and the voter has voted with another pack", 6, "not-active", flags="order", pack=a_pack("inactive"),
         vote=a_vote("online", "another"))

    # Nothing is judged of answers before the ballot is opened, nor when it is final.
    for ballot, answer in ((BEFORE, "not-open"), (FINAL, "closed")):
        phase = ballot["phase"]
        cell(phase, 7, answer, ballot=ballot)
        for answers in ("A", "unreadable"):
            cell(f"{phase}, {answers} answers", 7, answer, flags="order", ballot=ballot, answers=answers)
        for pack in DEAD_PACKS:
            cell(f"{phase}, {pack['standing']}", 7, answer, flags="order", ballot=ballot, pack=pack)
    cell("final, locked", 7, "closed", flags="order", ballot=FINAL, pack=LOCKED)
    cell("final, and the voter has voted", 7, "closed", flags="order", ballot=FINAL, vote=a_vote())

    # Open and closed alike: the answers are judged, and nothing before them tells of a vote.
    for ballot in (OPEN, CLOSED):
        phase = ballot["phase"]

        def told(comment, *rest, **facts):
            cell(f"{comment}, {phase}", *rest, ballot=ballot, **facts)

        for answers in ("right", "A", "B", "unreadable"):
            told(f"locked, {answers} answers", 8, "locked", pack=LOCKED, answers=answers)
        told("locked for good", 8, "locked", pack=LOCKED_FOR_GOOD)
        told("locked, cancelled", 8, "locked", flags="order", pack=a_pack("cancelled", wrong=3))
        told("locked, and the voter has voted", 8, "locked", flags="order", pack=LOCKED, vote=a_vote("post"))
        told("unreadable", 9, "bad-answer", answers="unreadable")
        told("unreadable, one attempt left", 9, "bad-answer", pack=a_pack(wrong=2), answers="unreadable")
        told("unreadable, withdrawn", 9, "bad-answer", flags="order", pack=a_pack("withdrawn"), answers="unreadable")
        told("unreadable, and the voter has voted", 9, "bad-answer", flags="order", vote=a_vote(), answers="unreadable")
        told("wrong answers, the first", 10, "wrong-answers", wrong, answers="A", left=2)
        told("wrong answers, the second", 10, "wrong-answers", wrong, pack=a_pack(wrong=1), answers="B", left=1)
        told("wrong answers, the last before the lock", 10, "locked", wrong, pack=a_pack(wrong=2), answers="B")
        told("the same wrong answers again", 10, "wrong-answers", pack=a_pack(wrong=2), answers="A", left=1)
        told("wrong answers since unlocked, the lifetime nearer", 10, "wrong-answers", wrong,
             pack=a_pack(wrong=0, lifetime=3), answers="A", left=1)
        told("the lifetime's last", 10, "locked", wrong, pack=a_pack(wrong=1, lifetime=4), answers="B")
        for pack in DEAD_PACKS:
            told(f"{pack['standing']}, wrong answers", 10, "wrong-answers", wrong, flags="order", pack=pack, answers="B",
                 left=2)
        for which in ("this", "another"):
            told(f"wrong answers, and the voter has voted with {which} pack", 10, "wrong-answers", wrong, flags="order",
                 vote=a_vote("online", which), answers="B", left=2)

    cell("closed", 12, "closed", ballot=CLOSED)
    for pack in DEAD_PACKS:
        cell(f"closed, {pack['standing']}", 12, "closed", flags="order", ballot=CLOSED, pack=pack)
    for channel in ("online", "post"):
        for which in ("this", "another"):
            cell(f"closed, and the voter has voted, {channel}, with {which} pack", 12, "closed", flags="order", ballot=CLOSED,
                 vote=a_vote(channel, which))
    cell("closed, and the clock set back before it", 12, "closed", flags="boundary", now=800,
         ballot=a_ballot("closed", closes=900), vote=None)
    for pack in DEAD_PACKS:
        cell(pack["standing"], 13, "cancelled", pack=pack)
        cell(f"{pack['standing']}, and the voter has voted with this pack", 13, "cancelled", flags="order", pack=pack,
             vote=a_vote())
        cell(f"{pack['standing']}, and the voter has voted with another pack", 13, "cancelled", flags="order", pack=pack,
             vote=a_vote("post", "another"))
    for channel in ("online", "post"):
        for which in ("this", "another"):
            cell(f"the voter has voted, {channel}, with {which} pack", 14, "already-voted", second,
                 vote=a_vote(channel, which))
    cell("the twentieth second attempt", 14, "already-voted", second, flags="boundary", pack=a_pack(second=19),
         vote=a_vote())
    cell("the one after the twentieth", 14, "already-voted", flags="boundary", pack=a_pack(second=20), vote=a_vote())
    cell("all is right", 15, good, event)
    cell("all is right, one attempt left", 15, good, event, pack=a_pack(wrong=2))
    cell("all is right, after an unlocking", 15, good, event, pack=a_pack(wrong=0, lifetime=3))

    cell("one moment before the closing time", 15, good, event, flags="boundary", ballot=a_ballot(closes=1001))
    cell("at the closing time", 12, "closed", ["ballot-closed at 1000"], flags="boundary due", ballot=a_ballot(closes=1000))

    def late(comment, rule, answer, recorded=(), **facts):
        cell(f"past the closing time, {comment}", rule, answer, [CLOSE, *recorded], flags="due", ballot=LATE, **facts)

    late("all is right", 12, "closed")
    late("no such pack", 1, "no-such-code", pack=None)
    late("a pack for post alone", 2, "no-such-code", pack=a_pack(kind="post-only"))
    late("a specimen", 3, "specimen", pack=a_pack("specimen"))
    late("inactive", 6, "not-active", pack=a_pack("inactive"))
    late("locked", 8, "locked", pack=LOCKED)
    late("unreadable", 9, "bad-answer", answers="unreadable")
    late("wrong answers", 10, "wrong-answers", wrong, answers="A", left=2)
    late("the last wrong answers before the lock", 10, "locked", wrong, pack=a_pack(wrong=2), answers="B")
    late("cancelled", 12, "closed", pack=a_pack("cancelled"))
    late("and the voter has voted", 12, "closed", vote=a_vote())


def rules_of_a_replay(online):
    """Rules 4 and 11."""
    everything = (*(a_pack(wrong=wrong) for wrong in (0, 2)), *DEAD_PACKS)

    def state(pack):
        return f"{pack['standing']}, {pack['wrong']} wrong answers"

    for ballot in (OPEN, CLOSED):
        phase = ballot["phase"]
        for pack in everything:
            online(f"redeem: the same request again, {phase}, {state(pack)}", "redeem", 11, "repeated",
                   flags="cell" if pack == a_pack() else "order", vote=MINE, pack=pack, ballot=ballot)
        for pack in (LOCKED, LOCKED_FOR_GOOD):
            online(f"redeem: the same request again, {phase}, locked, {pack['lifetime']} wrong answers in its lifetime",
                   "redeem", 8, "locked", flags="order", vote=MINE, pack=pack, ballot=ballot)
        online(f"redeem: the key of the vote, {phase}, unreadable answers", "redeem", 9, "bad-answer", flags="order",
               vote=MINE, answers="unreadable", ballot=ballot)
        online(f"redeem: the key of the vote, {phase}, wrong answers", "redeem", 10, "wrong-answers", ["wrong-answers"],
               flags="order", vote=MINE, answers="A", ballot=ballot, left=2)
        online(f"redeem: the key of the vote, {phase}, the wrong answers given last", "redeem", 10, "wrong-answers",
               flags="order", vote=MINE, answers="A", pack=a_pack(wrong=1), ballot=ballot, left=2)
        online(f"redeem: the key of the vote, {phase}, the last wrong answers before the lock", "redeem", 10, "locked",
               ["wrong-answers"], flags="order", vote=MINE, answers="B", pack=a_pack(wrong=2), ballot=ballot)
        online(f"check: the voter has voted with this pack, {phase}, wrong answers", "check", 10, "wrong-answers",
               ["wrong-answers"], flags="order", vote=MINE, answers="A", ballot=ballot, left=2)
    for answers in ("right", "A", "unreadable"):
        online(f"redeem: the key of the vote, final, {answers} answers", "redeem", 7, "closed", flags="order", vote=MINE,
               answers=answers, ballot=FINAL)
    online("redeem: the same request again, past the closing time", "redeem", 11, "repeated", [CLOSE], flags="due order",
           vote=MINE, ballot=LATE)
    online("redeem: the key of the vote, past the closing time, wrong answers", "redeem", 10, "wrong-answers",
           [CLOSE, "wrong-answers"], flags="due order", vote=MINE, answers="A", ballot=LATE, left=2)

    for ballot in (OPEN, CLOSED, FINAL):
        phase = ballot["phase"]
        for pack in (*everything, LOCKED, LOCKED_FOR_GOOD):
            online(f"pass: the same request again, {phase}, {state(pack)}, {pack['lifetime']} in its lifetime", "pass", 4,
                   "repeated", flags="cell" if pack == a_pack() else "order", vote=MINE, pack=pack, ballot=ballot)
        online(f"pass: the same request again with a pass that has expired, {phase}", "pass", 4, "repeated", flags="order",
               vote=MINE, given=a_pass(400, 900), ballot=ballot)
        online(f"pass: the same request again with another pass, given after the vote, {phase}", "pass", 4, "repeated",
               flags="order", vote=a_vote(key="K", at=700), given=a_pass(800, 2000), ballot=ballot)
    online("pass: the same request again, past the closing time", "pass", 4, "repeated", [CLOSE], flags="due order",
           vote=MINE, ballot=LATE)
    for column in ("redeem", "pass"):
        online(f"{column}: the key of a vote with the voter's other pack", column, 14, "already-voted",
               ["second-attempt"], vote=a_vote("online", "another", key="K"))


def rules_with_a_pass(online):
    """The last column of the first table."""
    def cell(comment, *rest, **facts):
        online(f"pass: {comment}", "pass", *rest, **facts)

    expired, elsewhere = a_pass(400, 900), a_pass(leads=False)
    cell("it does not open", 1, "bad-pass", given=a_pass(opens=False))
    cell("it does not open, past the closing time", 1, "bad-pass", flags="order", given=a_pass(opens=False), ballot=LATE)
    for ballot in PHASES:
        phase = ballot["phase"]
        cell(f"no such pack, {phase}", 1, "no-such-code", flags="order", pack=None, ballot=ballot)
        cell(f"its secret leads to no tag of its pack, {phase}", 1, "bad-pass", given=elsewhere, ballot=ballot)
        cell(f"it has expired, {phase}", 5, "pass-expired", flags="order", given=expired, ballot=ballot)
        cell(f"inactive, {phase}", 6, "not-active", flags="order", pack=a_pack("inactive"), ballot=ballot)
    cell("no such pack, expired", 1, "no-such-code", flags="order", pack=None, given=expired)
    for comment, facts in (("expired", {"given": a_pass(400, 900, leads=False)}), ("for post alone", {"pack": a_pack(kind="post-only")}),
                           ("a specimen", {"pack": a_pack("specimen")}), ("the key of the vote", {"vote": MINE}),
                           ("cancelled", {"pack": a_pack("cancelled")}), ("inactive", {"pack": a_pack("inactive")})):
        cell(f"its secret leads to no tag of its pack, {comment}", 1, "bad-pass", flags="order", **{"given": elsewhere, **facts})
    cell("its secret leads to no tag of its pack, past the closing time", 1, "bad-pass", [CLOSE], flags="due", given=elsewhere,
         ballot=LATE)
    cell("no such pack, past the closing time", 1, "no-such-code", [CLOSE], flags="due", pack=None, ballot=LATE)
    cell("a pack for post alone", 2, "no-such-code", pack=a_pack(kind="post-only"))
    cell("a pack for post alone, expired", 2, "no-such-code", flags="order", pack=a_pack(kind="post-only"), given=expired)
    cell("a specimen", 3, "specimen", pack=a_pack("specimen"))
    cell("a specimen, expired", 3, "specimen", flags="order", pack=a_pack("specimen"), given=expired)
    cell("it expires now", 5, "pass-expired", flags="boundary", given=a_pass(400, 1000))
    cell("it expires in a moment", 15, "accepted", ["vote-cast"], flags="boundary", given=a_pass(400, 1001))
    cell("it has expired, inactive", 5, "pass-expired", flags="order", given=expired, pack=a_pack("inactive"))
    cell("it has expired, cancelled", 5, "pass-expired", flags="order", given=expired, pack=a_pack("cancelled"))
    cell("it has expired, and the voter has voted under another key", 5, "pass-expired", flags="order", given=expired,
         vote=a_vote())
    cell("before", 7, "not-open", ballot=BEFORE)
    cell("before, cancelled", 7, "not-open", flags="order", ballot=BEFORE, pack=a_pack("cancelled"))
    cell("final, as soon after the close", 7, "closed", ballot=a_ballot("final", closed=950))
    cell("final, cancelled", 7, "closed", flags="order", ballot=a_ballot("final", closed=950), pack=a_pack("cancelled"))
    cell("final, and the voter has voted since", 7, "closed", flags="order", ballot=a_ballot("final", closed=950),
         vote=a_vote())
    near = a_ballot("closed", closed=950)
    cell("closed, given before, in the grace", 15, "accepted", ["vote-cast"], ballot=near)
    cell("closed, given one moment before", 15, "accepted", ["vote-cast"], flags="boundary", ballot=near,
         given=a_pass(949))
    cell("closed, given at the close", 12, "closed", flags="boundary", ballot=near, given=a_pass(950))
    cell("closed, the last moment of the grace", 15, "accepted", ["vote-cast"], flags="boundary", ballot=near, now=1009)
    cell("closed, the end of the grace", 12, "closed", flags="boundary", ballot=near, now=1010)
    cell("closed, no grace", 12, "closed", flags="boundary", ballot=a_ballot("closed", closed=950, grace=0))
    cell("closed long ago", 12, "closed", ballot=CLOSED)
    cell("closed long ago, cancelled", 12, "closed", flags="order", ballot=CLOSED, pack=a_pack("cancelled"))
    cell("closed long ago, and the voter has voted under another key", 12, "closed", flags="order", ballot=CLOSED,
         vote=a_vote())
    cell("closed, in the grace, the clock set back before the close", 15, "accepted", ["vote-cast"], flags="boundary",
         ballot=near, now=900)
    cell("closed, no grace, the clock set back before the close", 12, "closed", flags="boundary",
         ballot=a_ballot("closed", closed=950, grace=0), now=900)
    cell("past the closing time, in the grace", 15, "accepted", [CLOSE, "vote-cast"], flags="due", ballot=LATE)
    cell("past the closing time, the grace over", 12, "closed", ["ballot-closed at 900"], flags="due",
         ballot=a_ballot(closes=900))
    for pack in (LOCKED, LOCKED_FOR_GOOD):
        cell(f"locked since, {pack['lifetime']} wrong answers in its lifetime", 15, "accepted", ["vote-cast"], pack=pack)
    cell("locked since, closed, in the grace", 15, "accepted", ["vote-cast"], pack=LOCKED, ballot=near)
    for pack in DEAD_PACKS:
        cell(f"{pack['standing']} since", 13, "cancelled", pack=pack)
        cell(f"{pack['standing']} since, closed, in the grace", 13, "cancelled", pack=pack, ballot=near)
        cell(f"{pack['standing']} since, and the voter has voted", 13, "cancelled", flags="order", pack=pack,
             vote=a_vote("post"))
    for channel in ("online", "post"):
        for which in ("this", "another"):
            cell(f"the voter has voted since, {channel}, with {which} pack, under another key", 14, "already-voted",
                 ["second-attempt"], key="L", vote=a_vote(channel, which))
    cell("the voter has voted since, closed, in the grace", 14, "already-voted", ["second-attempt"], vote=a_vote("post"),
         ballot=near)
    cell("the twentieth second attempt", 14, "already-voted", ["second-attempt"], flags="boundary",
         pack=a_pack(second=19), vote=a_vote())
    cell("the one after the twentieth", 14, "already-voted", flags="boundary", pack=a_pack(second=20), vote=a_vote())
    cell("all is right", 15, "accepted", ["vote-cast"])
