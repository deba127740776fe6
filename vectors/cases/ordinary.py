"""An ordinary election, and rows of its registers: what cases of several files are about."""

import primitives
from builder import BATCH_KEY, ELECTION, fixed
from counterfoil import sections as ref
from counterfoil.sections import Question


def election_members(**changes):
    """The members of an ordinary election.json, without the digest."""
    members = {
        "counterfoil": "election 1", "id": ELECTION.hex(), "name": "Works council 2031",
        "codeLength": 20,
        "questions": [
            {"name": "Date of birth", "kind": "date", "order": "dmy", "latestYear": 2012},
            {"name": "Membership number", "kind": "digits", "atMost": 9},
            {"name": "Postcode", "kind": "postcode"}, {"name": "Surname", "kind": "text"}],
        "wrongAnswers": {"lock": 5, "lifetime": 15}, "voterIDs": "any-case",
        "refusedWords": ref.refused_words_digest(ref.REFUSED_WORDS_FILE).hex(),
        "textFold": ref.text_fold_digest(ref.TEXT_FOLD_FILE).hex(),
        "registerKey": primitives.ed25519_public_key(fixed("register seed")).hex(),
        "manifestKey": primitives.ed25519_public_key(fixed("manifest seed")).hex(),
        "receiptKey": primitives.ed25519_public_key(fixed("receipt seed")).hex(),
        "checkpointKey": primitives.ed25519_public_key(fixed("checkpoint seed")).hex()}
    members.update(changes)
    return members


def as_election(m):
    """The election that these members describe, whether or not a reader would take it."""
    h = bytes.fromhex
    questions = [Question(q["name"], q["kind"], q.get("order"),
                          q.get("latestYear", q.get("atMost", 0))) for q in m["questions"]]
    return ref.Election(h(m["id"]), m["name"], m["codeLength"], questions,
                        m["wrongAnswers"]["lock"], m["wrongAnswers"]["lifetime"], m["voterIDs"],
                        *(h(m[k]) for k in ("refusedWords", "textFold", "registerKey", "manifestKey",
                                            "receiptKey", "checkpointKey")))


ELECTION_DIGEST = as_election(election_members()).digest()
# For formats that carry an election's digest and never look into it. Any 32 bytes will do.
SOME_DIGEST = bytes.fromhex("81c4b0a3441f53f6b98278c75d8e1fcb4980d623583fe42761b6780b8d9be01c")


def register_rows(batch, batch_kind, count):
    """Rows as the issuing room would make them: every third pack of members for post alone."""
    rows, used = [], set()
    for ordinal in range(1, count + 1):
        _, code, pack = ref.derive(ELECTION, fixed(f"batch key of {batch}"), 20, ordinal, used)
        values = ref.code_values(ELECTION, fixed("ledger key"), code)
        kind = ref.SPECIMEN if batch_kind == ref.SPECIMENS else ref.POST_ONLY if ordinal % 3 == 2 else ref.NORMAL
        id_text = ref.specimen_voter_id(batch, ordinal) if kind == ref.SPECIMEN else f"{100000 + ordinal}"
        tag = ref.NO_ANSWER_TAG if kind != ref.NORMAL else \
            ref.answer_tag(ELECTION, values.answer_key, ["1987-03-14", f"{ordinal}", "SW1A1AA", "oneill"])
        replaces = 0
        if batch_kind == ref.REPLACEMENTS:
            replaces = ref.pack_number(ref.derive_attempt(ELECTION, BATCH_KEY, 20, ordinal, 0)[2])
        rows.append(ref.Row(values.lookup_id, values.tag, ref.pack_number(pack),
                            ref.voter_number(ELECTION, fixed("voter key"), id_text), tag, kind, replaces))
    return rows
