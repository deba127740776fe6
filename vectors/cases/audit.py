"""Section 21: audit.json, by the rules of section 20."""

from builder import ELECTION, VectorFile, fixed, unhex, word
from cases.entries import AUTUMN
from counterfoil import sections as ref
from counterfoil.sections import Event


def evaluate(t):
    pack = lambda text: ref.number(bytes.fromhex(text))
    registers = [(register["batchKind"], [
        (pack(row["pack"]), *unhex(row, "voterNumber", "tag"), row["kind"], pack(row["replaces"]))
        for row in register["rows"]], [(pack(pair["kept"]), pack(pair["cancelled"])) for pair in register["pairs"]])
        for register in t["registers"]]
    election, digest = unhex(t, "electionId", "electionDigest")
    online, by_post = ref.audit_rules([bytes.fromhex(entry) for entry in t["entries"]], registers, digest,
                                      ref.election_constant(election), (t["lock"], t["lifetime"]))
    return {"votesOnline": online, "votesByPost": by_post}


# Packs by numbers of ours: 1 to 5 in the first batch, of which 5 is for post alone and 2 has the voter of 1; 6 in the
# second; the specimen 7; 8, which replaces 4; 9, which replaces 8, and 10, which replaces 3 and carries the number of 6;
# 11, whose holder is the person of 3 and 12, both of which the pairs of its batch cancel; and 12 in the last.
TOWN = [(1, [1, 2, 3, 4, 5], []), (1, [6], []), (2, [7], []), (3, [8], []), (3, [9, 10], []), (1, [11], [(11, 3), (11, 12)]),
        (1, [12], [])]
LAST = len(TOWN)
VOTERS, KINDS, REPLACED = {2: 1, 8: 4, 9: 4, 10: 6}, {5: 2, 7: 3}, {8: 4, 9: 8, 10: 3}


def build():
    f = VectorFile(
        "audit.json",
        "Section 21, an audit, point 2 and the first of point 1: registers in the order of loading, by their batch kind "
        "and pairs and of each row what the rules ask for, and the entries of a log. It follows the rules and holds so many votes, "
        "or `entry` is the number of the first entry that does not. Register digests are for point 4, and those here are "
        "of nothing.",
        {"clean": "a log that a desk could have written", "created": "the first entry, and no other", "online": "votes and "
         "attempts", "post": "envelopes", "officers": "what officers do to packs", "batches": "batches and returns",
         "ballot": "opening, closing, the end", "boundary": "the moment itself, and the one beside it",
         "breaks-a-rule": "reason: an entry that does not follow the rules"},
        evaluate)
    number = {n: ref.pack_number(word(12, f"audit pack {n}")) for n in (*range(1, 13), 99)}
    code = {n: ref.code_values(ELECTION, fixed("ledger key"), word(20, f"audit code {n}")) for n in number}
    voter = {n: fixed(f"audit voter {VOTERS.get(n, n)}", 16) for n in number}
    registers = [{"batchKind": kind, "rows": [
        {"pack": ref.u64(number[n]).hex(), "voterNumber": voter[n].hex(), "tag": code[n].tag.hex(), "kind": KINDS.get(n, 1),
         "replaces": ref.u64(number.get(REPLACED.get(n), 0)).hex()} for n in packs], "pairs": [
             {"kept": ref.u64(number[kept]).hex(), "cancelled": ref.u64(number[cancelled]).hex()}
             for kept, cancelled in sorted(pairs, key=lambda pair: (number[pair[1]], number[pair[0]]))]}
        for kind, packs, pairs in TOWN]
    at = lambda second: AUTUMN + 1000 * second
    digest = fixed("election digest")
    created = Event("created", at(0), detail=digest)
    loaded = [Event("register-loaded", at(1), batch=n, count=len(packs), detail=fixed(f"register {n}") * 2)
              for n, (_, packs, _) in enumerate(TOWN, 1)]
    activated = [Event("batch-activated", at(2), batch=n, count=count) for n, count in ((1, 0), (3, 1), (4, 0))]
    # Open from 3 until 1,000, with 60 seconds of grace.
    opened = Event("ballot-opened", at(3), count=60_000, detail=ref.u64(at(1000)))
    ready = [created, Event("desk-opened", at(0)), *loaded, *activated, opened]

    def log(comment, flags, entries, **expected):
        f.add(comment, flags, {"operation": "follow", "electionId": ELECTION.hex(), "electionDigest": digest.hex(),
                               "lock": 3, "lifetime": 5, "registers": registers,
                               "entries": [entry.encoded().hex() for entry in entries]}, **expected)

    def timed(events, second):
        """Events of which each has its own time, or is a second after the one before. A scan without a nonce gets one
        of its own, and the time of its voter's vote; an annulling without a nonce that of the return."""
        of_pack, votes, done = {number[n]: voter[n] for n in number}, {}, []
        for i, event in enumerate(events):
            own, detail = event.at or at(second + i), event.detail
            nonce = fixed(f"audit nonce {i}", 16)
            since, scan = votes.get(of_pack.get(event.pack), (0, fixed("no scan", 16)))
            if event.type == "post-set-aside" and len(detail) == 1:
                detail += nonce + ref.u64(since)
            elif event.type in ("post-received", "post-annulled"):
                detail = detail or (nonce if event.type == "post-received" else scan)
            if event.type in ("vote-cast", "post-received"):
                votes[event.voter] = own, detail
            elif event.type == "post-annulled":
                votes.pop(event.voter, None)
            done.append(Event(event.type, own, event.pack, event.voter, event.batch, event.count, detail))
        return done

    def fine(comment, flags, *events, second=10, before=ready, **expected):
        log(comment, "clean " + flags, [*before, *timed(events, second)], **expected)

    def bad(comment, flags, *events, second=10, before=ready):
        """The last event breaks a rule. Without it the log is clean, which is the control."""
        entries = [*before, *timed(events, second)]
        log(comment, flags, entries, reason="breaks-a-rule", entry=len(entries) - 1)
        control = f.run({**f.tests[-1], "entries": f.tests[-1]["entries"][:-1]})
        assert control["result"] == "valid" or entries[-2].detail[:1] == b"\3", comment

    def vote(n, of=None, **more):
        opening = more.get("opening", code[n].opening)
        return Event("vote-cast", more.get("at", 0), number[n], voter[of or n], detail=fixed("fingerprint", 16) + opening)

    def about(type, n, detail=b"", **more):
        return Event(type, more.get("at", 0), number[n], detail=detail)

    post = lambda n, of=None, nonce=b"": Event("post-received", 0, number[n], voter[of or n], detail=nonce)
    annul = lambda n, of=None, nonce=b"": Event("post-annulled", 0, number[n], voter[of or n], detail=nonce)
    wrong = lambda n, tag, at=0, trial=None: Event("wrong-answers", at, number[n],
                                                   detail=fixed(f"tag {tag}", 16) + (trial or code[n].trial))
    second = lambda n, value=None, at=0: about("second-attempt", n, value or code[n].second, at=at)
    aside = lambda n, why, *rest: about("post-set-aside", n, ref.u8(ref.SET_ASIDE[why]) + b"".join(rest))
    cancel, missing, unlock = (lambda n: about("pack-cancelled", n, b"\2"), lambda n: about("pack-cancelled", n, b"\3"),
                               lambda n: about("pack-unlocked", n))
    activate = lambda n, count: Event("batch-activated", 0, batch=n, count=count)
    withdraw, reconcile = (lambda n: Event("batch-withdrawn", 0, batch=n),
                           lambda n, count: Event("batch-reconciled", 0, batch=n, count=count))
    closed = lambda second, own=0: Event("ballot-closed", own, detail=ref.u64(at(second)))
    extended = lambda second: Event("ballot-extended", 0, detail=ref.u64(at(second)))
    desk, final = Event("desk-opened", 0), Event("ballot-final", 0)

    fine("created, and nothing else", "created", before=[created], votesOnline=0)
    fine("ready", "", votesOnline=0, votesByPost=0)
    fine("a bit of everything", "", vote(1), second(2), post(5), annul(5), post(5), aside(5, "scanned-before"),
         aside(1, "voted-online"), aside(6, "inactive"), aside(7, "specimen"), aside(4, "superseded"), wrong(3, 1), wrong(3, 2),
         wrong(3, 3), unlock(3), wrong(3, 3), wrong(3, 2), cancel(6), activate(2, 0), closed(28), extended(2000), vote(8),
         closed(31), post(3), final, votesOnline=2, votesByPost=2)
    chains(fine, bad, code, vote, wrong, second)
    scans(fine, bad, at, vote, post, annul, aside, activate, closed)
    lists(fine, bad, ready, loaded[-1], vote, post, wrong, second, aside, cancel, missing, unlock, activate, withdraw, reconcile)
    log("nothing created", "created", ready[1:], reason="breaks-a-rule", entry=0)
    log("created in another election", "created", [Event("created", at(0), detail=fixed("another digest")), *ready[1:]],
        reason="breaks-a-rule", entry=0)
    bad("created again", "created", Event("created", at(9), detail=digest))
    bad("an event that is none: superseded by an entry of its own", "created", about("pack-cancelled", 3, b"\1"))

    for n, why in ((6, "inactive"), (7, "a specimen"), (5, "for post alone"), (4, "superseded")):
        bad(f"a vote: {why}", "online", vote(n))
        if n != 5:
            bad(f"received: {why}", "post", post(n))
        if n != 4:
            bad(f"wrong answers: {why}", "online", wrong(n, 1))
    bad("a vote: cancelled", "online", cancel(3), vote(3))
    bad("a vote: withdrawn", "online", withdraw(1), vote(3))
    bad("a vote: missing at the print house", "online", missing(3), reconcile(1, 1), vote(3))
    bad("a vote: a pack of no register", "online", vote(99))
    bad("a vote: of another voter", "online", vote(3, 1))
    bad("a vote: the voter's second, same pack", "online", vote(1), vote(1))
    bad("a vote: the voter's second, another pack", "online", vote(1), vote(2))
    bad("a vote: the voter voted by post", "online", post(3), vote(3))
    bad("a vote: the voter voted by post with another pack", "online", post(1), vote(2))
    bad("a vote: after an annulled one, and then another", "online", post(3), annul(3), vote(3), vote(3))
    fine("a vote after an annulled one", "online", post(3), annul(3), vote(3), votesOnline=1, votesByPost=0)
    fine("a vote with a locked pack, which a pass allows", "online", wrong(3, 1), wrong(3, 2), wrong(3, 3), vote(3), votesOnline=1)
    fine("a vote, closed, the last moment of the grace", "online boundary", closed(10), vote(3, at=at(70) - 1), votesOnline=1)
    bad("a vote, closed, the end of the grace", "online boundary", closed(10), vote(3, at=at(70)))
    fine("a vote, the last moment before the closing time", "online boundary", vote(3, at=at(1000) - 1), votesOnline=1)
    bad("a vote at the closing time, and no close before it", "online boundary", vote(3, at=at(1000)))
    fine("a vote at the closing time, behind the close", "online boundary", closed(1000, at(1000)), vote(3, at=at(1000)),
         votesOnline=1)
    unopened = ready[:-1]
    no_grace = [*unopened, Event("ballot-opened", at(3), detail=ref.u64(at(1000)))]
    fine("a vote, closed, its time before the close, within the grace", "online boundary", closed(20, at(20)),
         vote(3, at=at(15)), votesOnline=1)
    bad("a vote, closed, its time before the close, and no grace", "online boundary", closed(20, at(20)),
        vote(3, at=at(15)), before=no_grace)
    bad("a vote, closed, its time that of the close, and no grace", "online boundary", closed(20, at(20)),
        vote(3, at=at(20)), before=no_grace)
    bad("a second attempt, closed, its time before the close, and no grace", "online boundary", vote(3),
        closed(20, at(20)), second(3, at=at(15)), before=no_grace)
    for comment, event in (("a vote", vote(3)), ("wrong answers", wrong(3, 1)), ("a second attempt", second(3)),
                           ("received", post(3)), ("set aside", aside(6, "inactive"))):
        bad(f"{comment}: before", "online" if event.type != "post-received" else "post", event, before=unopened)

    locking = [wrong(3, 1), wrong(3, 2), wrong(3, 3)]
    fine("wrong answers: the same again, but not the last", "online", wrong(3, 1), wrong(3, 2), wrong(3, 1))
    bad("wrong answers: the same as the last", "online", wrong(3, 1), wrong(3, 1))
    fine("wrong answers: the same as the last before the unlock", "online", *locking, unlock(3), wrong(3, 3))
    bad("wrong answers: locked", "online", *locking, wrong(3, 4))
    bad("wrong answers: the lifetime is used up", "online", *locking, unlock(3), wrong(3, 4), wrong(3, 5), wrong(3, 6))
    fine("wrong answers: closed, in the grace", "online", closed(10), wrong(3, 1))
    fine("wrong answers: closed long since, to the lock", "online", closed(10), *[wrong(3, i, at=at(5000 + i)) for i in range(3)])
    bad("wrong answers: closed, locked", "online", closed(10), *locking, wrong(3, 4))
    bad("wrong answers: closed, the same as the last", "online", closed(10), wrong(3, 1), wrong(3, 1))
    bad("wrong answers: closed, inactive", "online", closed(10), wrong(6, 1))
    bad("wrong answers: past the closing time, and no close before it", "online boundary", wrong(3, 1, at=at(1000)))
    fine("wrong answers: past the closing time, after the close", "online boundary", closed(1000, at(1000)),
         wrong(3, 1, at=at(1000)))
    bad("wrong answers: final", "online", closed(10), final, wrong(3, 1))
    fine("wrong answers: cancelled, and the voter has voted", "online", vote(3), cancel(3), wrong(3, 1))
    bad("a second attempt: no vote", "online", second(3))
    bad("a second attempt: the vote was annulled", "online", post(3), annul(3), second(3))
    bad("a second attempt: cancelled since", "online", vote(3), cancel(3), second(3))
    bad("a second attempt: with a pack for post alone", "online", post(5), second(5))
    fine("a second attempt: the twentieth, with either pack", "online boundary", vote(1), *[second(1)] * 20, *[second(2)] * 20)
    bad("a second attempt: the one after the twentieth", "online boundary", vote(1), *[second(1)] * 21)
    fine("a second attempt: closed, in the grace", "online", vote(3), closed(11), second(3))
    bad("a second attempt: closed, behind the grace", "online", vote(3), closed(11), second(3, at=at(71)))

    bad("received: of another voter", "post", post(3, 1))
    bad("received: the voter voted online", "post", vote(3), post(3))
    bad("received: the voter voted by post", "post", post(1), post(2))
    bad("received: a pack of no register", "post", post(99))
    fine("received: locked", "post", *locking, post(3), votesByPost=1)
    fine("received: closed", "post", closed(10), post(3), votesByPost=1)
    bad("received: past the closing time, and no close before it", "post", post(3), second=1000)
    bad("received: final", "post", closed(10), final, post(3))
    for why in ref.SET_ASIDE:
        bad(f"set aside, live: {why}", "post", aside(3, why))
    for before, right in (((vote(3),), "voted-online"), ((post(3),), "scanned-before"), ((cancel(3),), "cancelled"),
                          ((withdraw(1),), "withdrawn"), ((cancel(3), withdraw(1)), "withdrawn"),
                          ((vote(3), cancel(3)), "voted-online"), ((post(3), withdraw(1)), "scanned-before")):
        done = " and ".join(event.type for event in before)
        fine(f"set aside after {done}: {right}", "post", *before, aside(3, right))
        bad(f"set aside after {done}: live, as another", "post", *before, aside(
            3, "cancelled" if right != "cancelled" else "withdrawn"))
    fine("set aside: closed", "post", closed(10), aside(6, "inactive"))
    bad("set aside: final", "post", closed(10), final, aside(6, "inactive"))
    fine("set aside: voted by post with another pack", "post", post(1), aside(2, "voted-by-post"))
    bad("set aside: scanned before, with another pack", "post", post(1), aside(2, "scanned-before"))
    bad("set aside: superseded, as cancelled", "post", aside(4, "cancelled"))
    fine("set aside: superseded, the replacement's batch withdrawn since", "post", withdraw(4), aside(4, "superseded"))
    fine("set aside: superseded, the replacement replaced in turn", "post", activate(5, 0), aside(8, "superseded"),
         aside(4, "superseded"), post(9), votesByPost=1)
    fine("set aside: superseded by a pack that carries another number", "post", activate(5, 0), aside(3, "superseded"),
         post(10), votesByPost=1)
    fine("received, and superseded since by a pack that carries another number", "post", post(3), activate(5, 0),
         aside(3, "scanned-before"), vote(10), votesByPost=1, votesOnline=1)
    bad("received: superseded by a pack that carries another number", "post", activate(5, 0), post(3))
    bad("a vote: superseded by a pack that carries another number", "online", activate(5, 0), vote(3))
    bad("a vote: with the pack that carries another number, whose voter has voted", "online", activate(2, 0), activate(5, 0),
        vote(6), vote(10))
    bad("annulled: no vote", "post", annul(3))
    bad("annulled: an online vote", "post", vote(3), annul(3))
    bad("annulled: twice", "post", post(3), annul(3), annul(3))
    bad("annulled: with another pack", "post", post(1), annul(2))
    bad("annulled: of another voter", "post", post(3), annul(3, 1))
    fine("annulled: closed and cancelled since", "post", post(3), closed(11), cancel(3), annul(3), votesByPost=0)
    bad("annulled: final", "post", post(3), closed(11), final, annul(3))

    bad("cancelled: twice", "officers", cancel(3), cancel(3))
    for comment, n, before in (("superseded", 4, ()), ("a specimen", 7, ()), ("withdrawn", 3, (withdraw(1),)), ("of no register", 99, ()),
                               ("missing before", 3, (missing(3), reconcile(1, 1)))):
        bad(f"cancelled: {comment}", "officers", *before, cancel(n))
    fine("cancelled: inactive, locked, and with a vote", "officers", cancel(6), *locking, vote(1), cancel(3), cancel(1))
    bad("unlocked: not locked", "officers", unlock(3))
    bad("unlocked: two wrong answers", "officers", wrong(3, 1), wrong(3, 2), unlock(3))
    bad("unlocked: twice", "officers", *locking, unlock(3), unlock(3))
    bad("unlocked: the lifetime is used up", "officers", *locking, unlock(3), wrong(3, 4), wrong(3, 5), unlock(3))
    fine("unlocked: closed and cancelled", "officers", *locking, cancel(3), closed(14), unlock(3))
    for comment, event in (("cancelled", cancel(3)), ("activated", activate(2, 0)), ("withdrawn", withdraw(1)),
                           ("opened", Event("ballot-opened", 0, detail=bytes(8))), ("extended", extended(2000)), ("final", final)):
        bad(f"{comment}: past the closing time, and no close before it", "officers boundary", event, second=1000)
    fine("a desk opened, and a register loaded, past the closing time", "ballot boundary", Event("desk-opened", at(1001)),
         Event("register-loaded", at(1002), batch=LAST, count=1, detail=bytes(64)), closed(1000, at(1003)),
         before=[event for event in ready if event is not loaded[-1]])

    bad("activated: twice", "batches", activate(1, 0))
    bad("activated: withdrawn", "batches", withdraw(2), activate(2, 0))
    for n in (0, LAST + 1, 2**32 - 1):
        bad(f"activated: batch {n}", "batches", activate(n, 0))
        bad(f"withdrawn: batch {n}", "batches", withdraw(n))
        bad(f"reconciled: batch {n}", "batches", reconcile(n, 0))
    bad("activated as reconciled, and was not", "batches", activate(2, 1))
    bad("activated as not reconciled, and was", "batches", reconcile(2, 0), activate(2, 0))
    bad("specimens activated as not reconciled", "batches", activate(3, 0), before=[e for e in ready if e is not activated[1]])
    fine("specimens reconciled, and activated", "batches", reconcile(3, 0), activate(3, 1),
         before=[e for e in ready if e is not activated[1]])
    fine("reconciled and activated", "batches", reconcile(2, 0), activate(2, 1), vote(6), votesOnline=1)
    fine("activated, and reconciled since", "batches", activate(2, 0), missing(6), reconcile(2, 1), aside(6, "cancelled"))
    bad("withdrawn: twice", "batches", withdraw(1), withdraw(1))
    bad("reconciled: twice", "batches", reconcile(1, 0), reconcile(1, 0))
    bad("reconciled: one missing, and none was cancelled", "batches", reconcile(2, 1))
    bad("reconciled: none missing, and one was cancelled", "batches", missing(6), reconcile(2, 0))
    bad("reconciled: two missing, and one was cancelled", "batches", missing(1), reconcile(1, 2))
    bad("missing, and then something else", "batches", missing(1), vote(3))
    bad("missing, and then a cancelling by an officer", "batches", missing(1), cancel(3))
    bad("missing, and then a desk is opened", "batches", missing(1), desk)
    fine("missing: cancelled before, superseded, and two more", "batches", cancel(3), missing(3), missing(4), missing(1), missing(2),
         reconcile(1, 4), aside(3, "cancelled"), aside(4, "superseded"))
    bad("missing, and the end of the log", "batches", missing(1))
    between = [*ready, *timed([missing(1), vote(3), reconcile(1, 1)], 10)]
    log("missing, something else, and then the reconciling", "batches", between, reason="breaks-a-rule", entry=len(between) - 2)
    for packs, at_fault in (([1], 0), ([6, 1], 1), ([1, 6, 2], 0)):
        other = [*ready, *timed([*map(missing, packs), reconcile(2, len(packs))], 10)]
        log(f"missing: a pack of another batch, {len(packs)} in the return", "batches", other, reason="breaks-a-rule",
            entry=len(ready) + at_fault)
    bad("missing: of no register", "batches", missing(99))
    bad("loaded: the wrong batch", "batches", Event("register-loaded", at(1), batch=3, count=1, detail=bytes(64)), before=ready[:3])
    bad("loaded: a batch again", "batches", Event("register-loaded", at(1), batch=1, count=5, detail=bytes(64)), before=ready[:3])
    bad("loaded: batch 0", "batches", Event("register-loaded", at(1), detail=bytes(64)), before=ready[:2])
    bad("loaded: final", "batches", closed(10), final, Event("register-loaded", 0, batch=LAST, count=1, detail=bytes(64)),
        before=[e for e in ready if e is not loaded[-1]])
    late = [created, *loaded[:3], Event("batch-activated", at(2), batch=1), opened]
    bad("about a pack whose register comes later", "batches", aside(8, "inactive"), before=late)
    fine("loaded while open, and activated: the pack that it replaces is superseded", "batches", vote(3), Event(
        "register-loaded", 0, batch=4, count=1, detail=bytes(64)), activate(4, 0), aside(4, "superseded"), vote(8), before=late,
        votesOnline=2)

    bad("opened: twice", "ballot", Event("ballot-opened", 0, detail=bytes(8)))
    bad("opened: closed", "ballot", closed(10), Event("ballot-opened", 0, detail=bytes(8)))
    for closes in (1, 0):
        bad(f"opened: closing {closes} before now", "ballot boundary", Event("ballot-opened", at(9), detail=ref.u64(at(9) - closes)),
            before=unopened)
    fine("opened: closing in a moment", "ballot boundary", Event("ballot-opened", at(9), detail=ref.u64(at(9) + 1)), before=unopened)
    fine("opened: a grace of 24 hours", "ballot boundary", Event("ballot-opened", at(9), count=86_400_000, detail=bytes(8)),
         before=unopened)
    bad("opened: a grace above 24 hours", "ballot boundary", Event("ballot-opened", at(9), count=86_400_001, detail=bytes(8)),
        before=unopened)
    bad("extended: before", "ballot", extended(2000), before=unopened)
    bad("extended: until now", "ballot boundary", extended(10))
    fine("extended: closed, and a vote", "ballot", closed(10), extended(2000), vote(3), votesOnline=1)
    fine("extended: to an earlier time", "ballot", extended(12), closed(12, at(13)))
    bad("closed: before", "ballot", closed(10), before=unopened)
    bad("closed: twice", "ballot", closed(10), closed(11))
    for second in (9, 11, 1000):
        bad(f"closed: at {second}, written at 10", "ballot boundary", closed(second))
    fine("closed: past the closing time, at that", "ballot", closed(1000, at(1200)))
    bad("closed: past the closing time, at its own", "ballot boundary", closed(1200, at(1200)))
    bad("final: open", "ballot", final)
    bad("final: before", "ballot", final, before=unopened)
    for event in (desk, final, closed(12), extended(2000)):
        bad(f"final, and then {event.type}", "ballot", closed(10), final, event)
    return f


def chains(fine, bad, code, vote, wrong, second):
    """What an entry shows must lead to the tag of its pack."""
    right, other = code[3], code[1]
    flipped = lambda value: value[:-1] + bytes([value[-1] ^ 1])
    for comment, value in (("another pack's", other.opening), ("its trial", right.trial), ("its second", right.second),
                           ("its tag", right.tag), ("one bit of it", flipped(right.opening)), ("zeros", bytes(32))):
        bad(f"a vote: no opening of its pack's, but {comment}", "online", vote(3, opening=value))
    for comment, value in (("another pack's", other.trial), ("its opening", right.opening), ("its second", right.second),
                           ("its tag", right.tag), ("one bit of it", flipped(right.trial)), ("zeros", bytes(32))):
        bad(f"wrong answers: no trial of its pack's, but {comment}", "online", wrong(3, 1, trial=value))
    for comment, value in (("another pack's", right.second), ("the voter's other pack's", code[2].second),
                           ("its opening", code[1].opening), ("its trial", code[1].trial),
                           ("one bit of it", flipped(code[1].second)), ("zeros", bytes(32))):
        bad(f"a second attempt: no second of its pack's, but {comment}", "online", vote(1), second(1, value))
    fine("a vote, a second attempt and wrong answers, each with its value", "online", wrong(3, 1), vote(3), second(3),
         wrong(3, 2), votesOnline=1)


def scans(fine, bad, at, vote, post, annul, aside, activate, closed):
    """Nonces, and the time of the vote for which an envelope was set aside."""
    one, two = fixed("audit scan 1", 16), fixed("audit scan 2", 16)
    time = lambda second: ref.u64(at(second))
    bad("received: a nonce that was received and annulled", "post", post(3, nonce=one), annul(3), post(3, nonce=one))
    bad("received: a nonce that was set aside", "post", aside(6, "inactive", one, bytes(8)), activate(2, 0), post(6, nonce=one))
    bad("set aside: a nonce that was set aside for the same vote", "post", vote(3), aside(3, "voted-online", two, time(10)),
        aside(3, "voted-online", two, time(10)))
    bad("set aside: a nonce that was received", "post", post(3, nonce=one), aside(3, "scanned-before", one, time(10)))
    bad("set aside: a nonce that was set aside", "post", aside(6, "inactive", one, bytes(8)), aside(6, "inactive", one, bytes(8)))
    fine("one nonce for several packs", "post", post(3, nonce=one), post(1, nonce=one), aside(6, "inactive", one, bytes(8)),
         votesByPost=2)
    fine("a nonce of zeros", "post", post(3, nonce=bytes(16)), annul(3), votesByPost=0)

    bad("annulled: another scan than the return's", "post", post(3, nonce=one), annul(3, nonce=two))
    bad("annulled: a scan that was set aside", "post", post(3, nonce=one), aside(3, "scanned-before", two, time(10)),
        annul(3, nonce=two))
    bad("annulled: the scan that was annulled before, and not the one that came since", "post", post(3, nonce=one), annul(3),
        post(3, nonce=two), annul(3, nonce=one))
    fine("annulled: one scan, and then the other", "post", post(3, nonce=one), annul(3, nonce=one), post(3, nonce=two),
         annul(3, nonce=two), votesByPost=0)

    for comment, voted in (("a second before", 9), ("a second after", 11), ("its own", 12)):
        bad(f"set aside: scanned before, at another time: {comment}", "post boundary", post(3), closed(11), aside(
            3, "scanned-before", one, time(voted)))
        bad(f"set aside: voted online, at another time: {comment}", "post boundary", vote(3), closed(11), aside(
            3, "voted-online", one, time(voted)))
        bad(f"set aside: voted by post with another pack, at another time: {comment}", "post boundary", post(1), closed(11),
            aside(2, "voted-by-post", one, time(voted)))
    for before, n, why in ((post(3), 3, "scanned-before"), (vote(3), 3, "voted-online"), (post(1), 2, "voted-by-post")):
        bad(f"set aside: {why}, without a time", "post boundary", before, aside(n, why, one, bytes(8)))
    for n, why in ((6, "inactive"), (7, "specimen"), (4, "superseded")):
        bad(f"set aside: {why}, with a time", "post boundary", aside(n, why, one, time(9)))
    fine("set aside: scanned before, at the time of the return that counts", "post", post(3), annul(3), post(3), aside(
        3, "scanned-before", one, time(12)), votesByPost=1)
    bad("set aside: scanned before, at the time of the return that was annulled", "post", post(3), annul(3), post(3), aside(
        3, "scanned-before", one, time(10)))


def lists(fine, bad, ready, last, vote, post, wrong, second, aside, cancel, missing, unlock, activate, withdraw, reconcile):
    """The batch of 11 cancels 3, and 12, whose batch may be loaded later."""
    listing = activate(6, 0)
    locking = [wrong(3, 1), wrong(3, 2), wrong(3, 3)]
    bad("a vote: listed", "online batches", listing, vote(3))
    bad("received: listed", "post batches", listing, post(3))
    bad("cancelled: listed", "officers batches", listing, cancel(3))
    bad("a second attempt: listed since", "online batches", vote(3), listing, second(3))
    bad("set aside: listed, as superseded", "post batches", listing, aside(3, "superseded"))
    bad("set aside: listed by a batch that was withdrawn", "post batches", withdraw(6), aside(3, "cancelled"))
    bad("a vote: listed by a batch that was withdrawn since", "online batches", listing, withdraw(6), vote(3))
    fine("set aside: listed", "post batches", listing, aside(3, "cancelled"))
    fine("set aside: listed by a batch that was withdrawn since", "post batches", listing, withdraw(6), aside(3, "cancelled"))
    fine("set aside: listed, and superseded since", "post batches", listing, aside(3, "cancelled"), activate(5, 0),
         aside(3, "superseded"))
    fine("set aside: listed, and withdrawn since", "post batches", listing, withdraw(1), aside(3, "withdrawn"))
    fine("wrong answers, and an unlocking: listed", "online batches", listing, *locking, unlock(3))
    fine("missing: listed", "batches", listing, missing(3), reconcile(1, 1), aside(3, "cancelled"))
    fine("a vote: listed by a batch that is not activated", "online batches", vote(3), votesOnline=1)
    fine("activated: a pack of its list has voted, which is not looked for", "batches", vote(3), listing, vote(11), votesOnline=2)
    fine("set aside: listed, and inactive", "post batches", listing, aside(12, "cancelled"))
    bad("set aside: listed, as inactive", "post batches", listing, aside(12, "inactive"))
    bad("a vote: listed, and activated since", "online batches", listing, activate(7, 0), vote(12))
    later = [e for e in ready if e is not last]
    load = Event("register-loaded", 0, batch=7, count=1, detail=bytes(64))
    fine("set aside: listed, and loaded since", "post batches", listing, load, activate(7, 0), aside(12, "cancelled"),
         before=later)
    bad("a vote: listed, and loaded since", "online batches", listing, load, activate(7, 0), vote(12), before=later)
    fine("a vote: loaded and activated, and listed by a batch that is not", "online batches", load, activate(7, 0), vote(12),
         before=later, votesOnline=1)
