"""Section 20: rules.json, cell by cell."""

from builder import VectorFile
from cases.facts import (GIVEN, LIMITS, OF_BATCHES, OF_SCANS, OF_THE_BALLOT, ONLINE, a_ballot, a_pack, a_pass,
                         in_short)
from cases.rules_by_post import rules_by_post
from cases.rules_officers import rules_of_a_return, rules_of_batches_and_packs, rules_of_officers
from cases.rules_online import rules_of_a_replay, rules_with_a_code, rules_with_a_pass
from counterfoil import sections as ref


def evaluate(t):
    if t["operation"] == "return":
        return {"missing": ref.hold_return(t["packs"], [(row["pack"], row["status"]) for row in t["rows"]])}
    operation, now, recorded = t["operation"], t["now"], []
    facts = {name: t.get(name) for name in ("ballot", "pack", "vote", "scan", "batch")}
    ballot, pack, vote, scan = dict(t["ballot"]), t.get("pack"), t.get("vote"), t.get("scan")
    limits = t["lock"], t["lifetime"]
    given = {name: t[name] for name in GIVEN.get(operation, ())}
    given |= given.pop("pass", {})
    if operation in ONLINE:
        judged = ref.judge_online(operation, ballot, pack, vote, given, limits, now, recorded)
    elif operation == "post":
        judged = ref.judge_post(ballot, pack, vote, scan, given, now, recorded)
    else:
        judged = ref.judge_act(operation, ballot, pack, vote, scan, t.get("batch"), given, limits, now, recorded)
    answered = {name: value for name, value in judged.items() if name != "rule"}
    after = ref.state_after(recorded, now, given.get("by"), answered, **facts, pack_is=t.get("packIs"))
    return {**judged, "recorded": recorded, "after": {k: v for k, v in after.items() if v != facts[k]}}


def build():
    f = VectorFile(
        "rules.json",
        "Section 20, cell by cell: the facts, an operation, the answer, the events that are recorded, in their "
        "order, and in `after` those of the facts that are others then. Times are seconds. A vote's pack is the "
        "one that is judged, or another of the same voter; its key is that of the request or another one; answers "
        "are right, unreadable, or wrong ones with a letter. A pass opens or does not, and its spending secret leads to the "
        "pack's tag or does not. `scan` is what was answered when this scan of the pack was recorded, and a return by post "
        "has the nonce of its scan, which is that of the request or another one, and its officer, the table (`by` in the request). `pairs` are "
        "those of the batch: of its list, or of a row and the pack that it replaces; a pack that is not loaded is null, and "
        "of the one that is kept `voter` tells whether it carries the number of the other's voter. `rule` is the rule's number in its table, null for "
        "officers. An event is written at `now` and has what section 18 gives its type, named by what it is: "
        "`closes`, `closed` and `voted` are times, `key` the idempotency key of the fingerprint, `answers` those of the tag, "
        "`opening`, `trial` and `second` the pack's own, `count`, `why` and `detail` as they are written, but for a grace, "
        "which is in seconds here. In an act on a batch "
        "`packIs` tells what the pack is to it. `return`: the packs of a batch and the rows of the print house's "
        "return give the missing ones.",
        {"online": "the first table", "post": "the second", "officers": "the third",
         "cell": "what the cell says", "order": "more than one rule applies, and the first one answers",
         "boundary": "the moment itself, and the one beside it",
         "due": "the request is the first one past the closing time, and writes the close",
         "after": "what an act does to facts beside the one that it is about",
         "does-not-add-up": "reason: packs of the batch that do not stand in the return, packs in it that are not of "
                            "the batch, or that stand in it again"},
        evaluate)

    def judge(comment, flags, operation, answer, recorded=(), ballot=None, pack=None, vote=None, batch=None, now=1000,
              scan=None, rule=None, details=None, after=None, events=None, packIs=None, **given):
        inputs = {"operation": operation, "lock": LIMITS[0], "lifetime": LIMITS[1], "now": now,
                  "ballot": ballot or a_ballot()}
        if operation in OF_BATCHES:
            inputs["batch"] = batch
            if packIs:
                inputs |= {"pack": pack, "packIs": packIs}
        elif operation not in OF_THE_BALLOT:
            inputs |= {"pack": pack, "vote": vote}
        if operation in OF_SCANS:
            inputs |= {"scan": scan, "nonce": given.pop("nonce", "N")}
        if operation == "post":
            inputs["by"] = "Table 2"
        if operation == "activate":
            inputs["pairs"] = given.pop("pairs", [])
        f.add(comment, flags, {**inputs, **given}, rule=rule, answer=answer, **(details or {}))
        outputs = f.tests[-1]
        assert [in_short(event) for event in outputs["recorded"]] == list(recorded), outputs
        assert events is None or outputs["recorded"] == events, outputs
        # Nothing recorded changes nothing; what is expected by name is so.
        assert bool(outputs["after"]) == bool(recorded) or after == {}, outputs
        assert after is None or outputs["after"] == after, outputs

    def online(comment, column, rule, answer, recorded=(), flags="cell", pack=a_pack(), answers="right", key="K",
               given=None, **facts):
        details = {"attemptsLeft": facts.pop("left")} if "left" in facts else None
        inputs = {"pass": given or a_pass()} if column == "pass" else {"answers": answers}
        if column != "check":
            inputs["key"] = key
        judge(comment, "online " + flags, column, answer, recorded, pack=pack, rule=rule, details=details,
              **facts, **inputs)

    judge.file = f
    for column in ("redeem", "check"):
        rules_with_a_code(column, online)
    rules_of_a_replay(online)
    rules_with_a_pass(online)
    rules_by_post(judge)
    rules_of_officers(judge)
    rules_of_batches_and_packs(judge)
    rules_of_a_return(f)
    return f
