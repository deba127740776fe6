"""Section 20: the rules of the ballot."""

from counterfoil.notation import require

# What is judged, as dictionaries: a ballot (phase, closes, closed, grace), a pack (kind, standing,
# wrong, lifetime, last, secondAttempts) or None, the vote of its voter (channel, pack: `this` or
# `another`, key or nonce and table, at) or None, what was answered when this scan of the pack was
# recorded, or None, a batch (kind, activated, reconciled, withdrawn) or None. A judgement is a rule's
# number (None in the table of officers), an answer and its details. What is recorded is added to a
# list, as dictionaries that have what section 18 gives their type; the ballot is changed by its own
# close alone. `state_after` tells what all of it has changed.

STANDINGS = ("specimen", "superseded", "withdrawn", "cancelled", "inactive", "live")
DEAD = ("superseded", "withdrawn", "cancelled")
SECOND_ATTEMPTS_RECORDED = 20
LONGEST_GRACE = 24 * 60 * 60


def judgement(rule, answer, **details):
    return {"rule": rule, "answer": answer, **details}


def event(type, **has):
    return {"type": type, **has}


def standing(pack):
    """Section 20: the first that applies. `batch`, `replacements` and `lists` say of a batch whether it is
    activated and withdrawn: the pack's own, those that replace it, those with a pair that cancels it.
    `cancelled` says by whom an entry cancelled it."""
    applies = {"specimen": pack["kind"] == "specimen",
               "superseded": any(batch["activated"] for batch in pack["replacements"]),
               "withdrawn": pack["batch"]["withdrawn"],
               "cancelled": pack["cancelled"] is not None or any(batch["activated"] for batch in pack["lists"]),
               "inactive": not pack["batch"]["activated"], "live": True}
    return next(name for name in STANDINGS if applies[name])


def column_of_balance(pack, channel, limits):
    """Section 20, the balance. `channel` is that of a vote with this pack, or None."""
    stands = standing(pack)
    if stands == "specimen":
        return stands
    if channel:
        return "voted-online" if channel == "online" else "voted-by-post"
    return "locked" if stands == "live" and is_locked(pack, *limits) else stands


def state_after(events, now, table, answered, ballot, pack, vote, scan, batch, pack_is):
    """Section 20: what is so after these events, of which a scan's was `answered` so, at this table. In a
    batch's act the pack is `of-the-batch`, `replaced-by-it`, `listed-by-it` or `missing` from it."""
    ballot, pack, batch = dict(ballot), pack and dict(pack), batch and dict(batch)

    def stands(standing):
        pack["standing"] = min(pack["standing"], standing, key=STANDINGS.index)

    for e in events:
        match e["type"]:
            case "ballot-opened":
                ballot |= {"phase": "open", "closes": e["closes"], "grace": e["count"]}
            case "ballot-extended":
                ballot |= {"phase": "open", "closes": e["closes"], "closed": None}
            case "ballot-closed":
                ballot |= {"phase": "closed", "closed": e["closed"]}
            case "ballot-final":
                ballot["phase"] = "final"
            case "vote-cast":
                vote = {"channel": "online", "pack": "this", "key": e["key"], "nonce": None, "table": None, "at": now}
            case "post-received":
                vote = {"channel": "post", "pack": "this", "key": None, "nonce": e["nonce"], "table": table, "at": now}
                scan = answered
            case "post-set-aside":
                scan = answered
            case "post-annulled":
                vote = None
            case "wrong-answers":
                pack |= {"wrong": pack["wrong"] + 1, "lifetime": pack["lifetime"] + 1, "last": e["answers"]}
            case "second-attempt":
                pack["secondAttempts"] += 1
            case "pack-unlocked":
                pack |= {"wrong": 0, "last": None}
            case "pack-cancelled":
                if pack and (e["pack"] == "this" or pack_is == "missing"):
                    stands("cancelled")
            case "batch-activated":
                batch["activated"] = True
                if pack_is == "replaced-by-it":
                    stands("superseded")
                elif pack_is == "listed-by-it":
                    stands("cancelled")
                elif pack and pack["standing"] == "inactive":
                    pack["standing"] = "live"
            case "batch-withdrawn":
                batch["withdrawn"] = True
                if pack_is == "of-the-batch":
                    stands("withdrawn")
            case "batch-reconciled":
                batch["reconciled"] = True
    return {"ballot": ballot, "pack": pack, "vote": vote, "scan": scan, "batch": batch}


def close_if_due(ballot, now, recorded):
    """Section 20: the first request judged at or after the closing time writes the close."""
    if ballot["phase"] == "open" and ballot["closes"] is not None and ballot["closes"] <= now:
        ballot["phase"], ballot["closed"] = "closed", ballot["closes"]
        recorded.append(event("ballot-closed", closed=ballot["closes"]))


def is_locked(pack, lock, lifetime):
    return pack["wrong"] >= lock or pack.get("lifetimeWrong", pack.get("lifetime")) >= lifetime


def judge_pass_in_time(given, ballot, now):
    """Section 20, online, rule 12, a pass."""
    return (ballot["phase"] == "closed" and given["given"] < ballot["closed"]
            and ballot["grace"] > 0 and now < ballot["closed"] + ballot["grace"])


def judge_online(column, ballot, pack, vote, given, limits, now, recorded):
    """Section 20, online. `column` is redeem, check or pass; `given` has answers and key, or the
    pass (opens, leads to the pack's tag, given, expires) and the key."""
    by_code = column != "pass"
    if not by_code and not given["opens"]:
        return judgement(1, "bad-pass")             # not judged
    close_if_due(ballot, now, recorded)
    if pack is None:
        return judgement(1, "no-such-code")
    if not by_code and not given["leads"]:
        return judgement(1, "bad-pass")
    if pack["kind"] == "post-only":
        return judgement(2, "no-such-code")
    if pack["kind"] == "specimen":
        return judgement(3, "specimen")
    is_repeated = (column != "check" and vote and vote["pack"] == "this" and vote["channel"] == "online"
                   and vote["key"] == given["key"])
    if not by_code and is_repeated:
        return judgement(4, "repeated")
    if not by_code and given["expires"] <= now:
        return judgement(5, "pass-expired")
    if pack["standing"] == "inactive":
        return judgement(6, "not-active")
    if ballot["phase"] == "before":
        return judgement(7, "not-open")
    if ballot["phase"] == "final":
        return judgement(7, "closed")
    if by_code:
        if is_locked(pack, *limits):
            return judgement(8, "locked")
        if given["answers"] == "unreadable":
            return judgement(9, "bad-answer")
        if given["answers"] != "right":
            return judge_wrong_answers(pack, given["answers"], limits, recorded)
        if is_repeated:
            return judgement(11, "repeated")
    if ballot["phase"] == "closed" and (by_code or not judge_pass_in_time(given, ballot, now)):
        return judgement(12, "closed")
    if pack["standing"] in DEAD:
        return judgement(13, "cancelled")
    if vote:
        if column != "check" and pack["secondAttempts"] < SECOND_ATTEMPTS_RECORDED:
            recorded.append(event("second-attempt", pack="this", second="its"))
        return judgement(14, "already-voted")
    if column == "check":
        return judgement(15, "good")
    recorded.append(event("vote-cast", pack="this", voter="its", key=given["key"], opening="its"))
    return judgement(15, "accepted")


def judge_wrong_answers(pack, answers, limits, recorded):
    """Section 20, online, rule 10."""
    if answers != pack["last"]:
        recorded.append(event("wrong-answers", pack="this", answers=answers, trial="its"))
        pack = {**pack, "wrong": pack["wrong"] + 1, "lifetime": pack["lifetime"] + 1}
    if is_locked(pack, *limits):
        return judgement(10, "locked")
    lock, lifetime = limits
    return judgement(10, "wrong-answers",
                     attemptsLeft=min(lock - pack["wrong"], lifetime - pack["lifetime"]))


# Section 18, post-set-aside.
SET_ASIDE = {"specimen": 1, "withdrawn": 2, "superseded": 3, "cancelled": 4, "inactive": 5,
             "voted-online": 6, "voted-by-post": 7, "scanned-before": 8}


def is_of_scan(vote, nonce):
    """Whether this scan of this pack is the return that counts."""
    return bool(vote) and vote["channel"] == "post" and vote["pack"] == "this" and vote["nonce"] == nonce


def judge_post(ballot, pack, vote, scan, given, now, recorded):
    """Section 20, by post. `scan` is the first answer to this scan, if it is on the record."""
    close_if_due(ballot, now, recorded)
    if pack is None:
        return judgement(1, "no-such-pack")
    if scan:
        was_annulled = scan["answer"] == "received" and not is_of_scan(vote, given["nonce"])
        return judgement(2, "annulled") if was_annulled else judgement(2, **scan)
    if ballot["phase"] == "final":
        return judgement(3, "final")
    if ballot["phase"] == "before":
        return judgement(4, "not-open")

    def set_aside(why):
        recorded.append(event("post-set-aside", pack="this", why=SET_ASIDE[why], nonce=given["nonce"],
                              voted=vote["at"] if vote else None))

    if vote and vote["channel"] == "post" and vote["pack"] == "this":
        set_aside("scanned-before")
        return judgement(5, "scanned-before", at=vote["at"], table=vote["table"])
    if vote:
        set_aside("voted-online" if vote["channel"] == "online" else "voted-by-post")
        return judgement(6, "already-voted", channel=vote["channel"], at=vote["at"])
    if pack["standing"] != "live":
        set_aside(pack["standing"])
        return judgement(7, "set-aside", standing=pack["standing"])
    recorded.append(event("post-received", pack="this", voter="its", nonce=given["nonce"]))
    return judgement(8, "received")


def judge_act(act, ballot, pack, vote, scan, batch, given, limits, now, recorded):
    """Section 20, officers."""
    close_if_due(ballot, now, recorded)
    if ballot["phase"] == "final":
        return judgement(None, "final")
    refusal, events = {
        "annul": lambda: act_annul(pack, vote, scan, given), "cancel": lambda: act_cancel(pack),
        "unlock": lambda: act_unlock(pack, limits), "activate": lambda: act_activate(batch, given),
        "withdraw": lambda: act_withdraw(batch), "reconcile": lambda: act_reconcile(batch, given),
        "open": lambda: act_open(ballot, given, now), "extend": lambda: act_extend(ballot, given, now),
        "close": lambda: act_close(ballot, now), "close --final": lambda: act_finish(ballot, now),
    }[act]()
    recorded += events
    return judgement(None, refusal or "done")


def act_annul(pack, vote, scan, given):
    if pack is None:
        return "no-such-pack", []
    if is_of_scan(vote, given["nonce"]):
        return None, [event("post-annulled", pack="this", voter="its", nonce=given["nonce"])]
    return "already-annulled" if scan and scan["answer"] == "received" else "nothing-to-annul", []


def act_cancel(pack):
    if pack is None:
        return "no-such-pack", []
    if pack["standing"] == "specimen":
        return "specimen", []
    if pack["standing"] in DEAD:
        return "already-cancelled", []
    return None, [event("pack-cancelled", pack="this", detail=2)]


def act_unlock(pack, limits):
    if pack is None:
        return "no-such-pack", []
    if not is_locked(pack, *limits):
        return "not-locked", []
    if pack["lifetime"] >= limits[1]:
        return "locked-for-good", []
    return None, [event("pack-unlocked", pack="this")]


def act_activate(batch, given):
    if batch is None:
        return "no-such-batch", []
    if batch["withdrawn"]:
        return "withdrawn", []
    if batch["activated"]:
        return "already-active", []
    returned = batch["reconciled"] or batch["kind"] == "specimens"
    if not returned and not given["insisted"]:
        return "not-reconciled", []
    if any(could_vote_twice(pair) for pair in given["pairs"]):
        return "replaced-voted", []
    return None, [event("batch-activated", batch="this", count=1 if returned else 0)]


def could_vote_twice(pair):
    """Section 20, activate: whether the pack that a pair cancels has voted under another number than the
    pack that the person keeps, which can vote now or later. Either is None where it is not loaded."""
    kept, cancelled = pair["kept"], pair["cancelled"]
    if cancelled is None or not cancelled["voted"]:
        return False
    return kept is None or kept["voter"] == "another" and kept["standing"] in ("live", "inactive")


def act_withdraw(batch):
    if batch is None:
        return "no-such-batch", []
    if batch["withdrawn"]:
        return "already-withdrawn", []
    return None, [event("batch-withdrawn", batch="this")]


def act_reconcile(batch, given):
    """`given` names the missing packs, those that are not of the batch apart."""
    if batch is None:
        return "no-such-batch", []
    if batch["reconciled"]:
        return "already-reconciled", []
    if given["ofOtherBatches"]:
        return "other-packs", []
    missing = list(dict.fromkeys(given["missing"]))
    return None, [event("pack-cancelled", pack=pack, detail=3) for pack in missing] \
        + [event("batch-reconciled", batch="this", count=len(missing))]


def hold_return(packs, rows):
    """Section 20, reconcile: each pack of the batch must be in the return once, and no other."""
    found = [pack for pack, _ in rows]
    wrong = {"unaccounted": [pack for pack in packs if pack not in found],
             "foreign": sorted({pack for pack in found if pack not in packs}),
             "repeated": [pack for i, pack in enumerate(found) if pack in found[:i]]}
    require(not any(wrong.values()), "does-not-add-up", **wrong)
    return [pack for pack, status in rows if status == "missing"]


def act_open(ballot, given, now):
    if ballot["phase"] != "before":
        return "already-open" if ballot["phase"] == "open" else "closed", []
    if given["closes"] is not None and given["closes"] <= now:
        return "in-the-past", []
    if not 0 <= given["grace"] <= LONGEST_GRACE:
        return "bad-grace", []
    return None, [event("ballot-opened", count=given["grace"], closes=given["closes"])]


def act_extend(ballot, given, now):
    if ballot["phase"] == "before":
        return "not-open", []
    if given["until"] <= now:
        return "in-the-past", []
    return None, [event("ballot-extended", closes=given["until"])]


def act_close(ballot, now):
    if ballot["phase"] != "open":
        return "not-open" if ballot["phase"] == "before" else "already-closed", []
    return None, [event("ballot-closed", closed=now)]


def act_finish(ballot, now):
    if ballot["phase"] == "before":
        return "not-open", []
    return None, act_close(ballot, now)[1] + [event("ballot-final")]
