"""Section 16, by post: the second table of rules.json."""

from cases.facts import BEFORE, CLOSED, DEAD_PACKS, FINAL, LOCKED, LOCKED_FOR_GOOD, a_ballot, a_pack, a_vote


def rules_by_post(judge):
    """The second table."""
    def cell(comment, rule, answer, recorded=(), flags="cell", pack=a_pack(), **facts):
        judge(f"post: {comment}", "post " + flags, "post", answer, recorded, pack=pack, rule=rule, **facts)

    for ballot in (BEFORE, a_ballot(), CLOSED, FINAL):
        cell(f"no such pack, {ballot['phase']}", 1, "no-such-pack", pack=None, ballot=ballot)
    cell("final", 2, "final", ballot=FINAL)
    cell("final, a specimen", 2, "final", flags="order", ballot=FINAL, pack=a_pack("specimen"))
    for vote in (a_vote("post"), a_vote()):
        cell(f"final, and the voter has voted, {vote['channel']}", 2, "final", flags="order", ballot=FINAL, vote=vote)
    cell("before", 3, "not-open", ballot=BEFORE)
    for pack in (a_pack("specimen"), a_pack("inactive"), *DEAD_PACKS):
        cell(f"before, {pack['standing']}", 3, "not-open", flags="order", ballot=BEFORE, pack=pack)
    for ballot in (a_ballot(), CLOSED):
        phase = ballot["phase"]
        cell(f"scanned again, {phase}", 4, "scanned-before", ["post-set-aside scanned-before"], ballot=ballot,
             vote=a_vote("post", at=700), details={"at": 700})
        cell(f"the voter voted online with this pack, {phase}", 5, "already-voted",
             ["post-set-aside voted-online"], ballot=ballot, vote=a_vote(at=700),
             details={"channel": "online", "at": 700})
        cell(f"the voter voted online with another pack, {phase}", 5, "already-voted",
             ["post-set-aside voted-online"], ballot=ballot, vote=a_vote("online", "another"),
             details={"channel": "online", "at": 500})
        cell(f"the voter voted by post with another pack, {phase}", 5, "already-voted",
             ["post-set-aside voted-by-post"], ballot=ballot, vote=a_vote("post", "another"),
             details={"channel": "post", "at": 500})
        for pack in (a_pack("specimen"), a_pack("inactive"), *DEAD_PACKS):
            standing = pack["standing"]
            cell(f"{standing}, {phase}", 6, "set-aside", [f"post-set-aside {standing}"], ballot=ballot, pack=pack,
                 details={"standing": standing})
        cell(f"live, {phase}", 7, "received", ["post-received"], ballot=ballot)
        cell(f"for post alone, {phase}", 7, "received", ["post-received"], ballot=ballot, pack=a_pack(kind="post-only"))
        cell(f"locked, {phase}", 7, "received", ["post-received"], ballot=ballot, pack=LOCKED)
        cell(f"locked for good, {phase}", 7, "received", ["post-received"], ballot=ballot, pack=LOCKED_FOR_GOOD)
    for pack in DEAD_PACKS:
        standing = pack["standing"]
        cell(f"scanned again, {standing} since", 4, "scanned-before", ["post-set-aside scanned-before"], flags="order",
             pack=pack, vote=a_vote("post"), details={"at": 500})
        cell(f"{standing}, and the voter voted online with another pack", 5, "already-voted",
             ["post-set-aside voted-online"], flags="order", pack=pack, vote=a_vote("online", "another"),
             details={"channel": "online"})
    cell("inactive, and the voter voted by post with another pack", 5, "already-voted",
         ["post-set-aside voted-by-post"], flags="order", pack=a_pack("inactive"), vote=a_vote("post", "another"),
         details={"channel": "post"})
    late = a_ballot(closes=950)
    cell("past the closing time", 7, "received", ["ballot-closed at 950", "post-received"], flags="due", ballot=late)
    cell("past the closing time, no such pack", 1, "no-such-pack", ["ballot-closed at 950"], flags="due", ballot=late,
         pack=None)
