"""One worked trace, from an election's id to a signed root: `reference.py trace`.

The pack is that of the first vector of register.json. The page has the trace as an appendix, and
`reference.py check` compares the two.
"""

import json
import pathlib

import primitives
from builder import ELECTION, K, fixed
from cases.ordinary import ELECTION_DIGEST, as_election, election_members
from counterfoil import sections as ref
from counterfoil.sections import Event, Note

WIDTH = 96          # hex digits a line


def lines():
    """The trace: what each value is, and its bytes."""
    trace = Trace()
    vector = json.loads((pathlib.Path(__file__).resolve().parent / "register.json").read_text())["tests"][0]
    row = of_the_pack(trace, vector)
    of_the_register(trace, vector, row)
    of_the_log(trace, vector, row)
    return trace.lines


class Trace:
    def __init__(self):
        self.lines = []

    def part(self, title):
        self.lines += ["", title] if self.lines else [title]

    def show(self, name, value):
        if isinstance(value, str):
            self.lines.append(f"  {name}: {value}")
        elif len(name) + 4 + 2 * len(value) <= WIDTH + 4:
            self.lines.append(f"  {name}: {value.hex()}")
        else:
            self.lines.append(f"  {name}:")
            self.lines += [f"    {value.hex()[i:i + WIDTH]}" for i in range(0, 2 * len(value), WIDTH)]


def of_the_pack(trace, vector):
    """Sections 3 to 10: from the election to a row."""
    election = as_election(election_members())
    trace.part("The election of election.json's first vector (3, 4)")
    trace.show("election id", ELECTION)
    trace.show("digest of refused-words.txt", election.refused_words)
    trace.show("digest of text-fold.txt", election.text_fold)
    trace.show("E", election.canonical())
    trace.show("election digest", ELECTION_DIGEST)
    trace.show("K", f"{K}, symbols {' '.join(map(str, ref.constant_symbols(K)))}")

    batch_key = fixed(f"batch key of {vector['batch']}")
    D, code, pack = ref.derive_attempt(ELECTION, batch_key, election.code_length, 1, 0)
    trace.part("Ordinal 1, attempt 0, in which no word is refused (6, 7)")
    trace.show("batch key", batch_key)
    trace.show("D", D)
    trace.show("code", ref.printed(code))
    trace.show("pack", f"{ref.printed(pack)}, as u64 {ref.pack_number(pack):016x}")

    voter_id, ledger_key, voter_key = "100001", fixed("ledger key"), fixed("voter key")
    values = ref.code_values(ELECTION, ledger_key, code)
    trace.part(f"Voter id {voter_id}, which is its own folded form, and what the code gives (8, 9)")
    trace.show("voter key", voter_key)
    trace.show("voter number, and folded number", ref.voter_number(ELECTION, voter_key, voter_id))
    trace.show("ledger key", ledger_key)
    trace.show("symbols", bytes(code))
    trace.show("look-up id", values.lookup_id)
    trace.show("answer key", values.answer_key)
    trace.show("spending secret", values.spending_secret)
    for name in ("second", "opening", "trial", "tag"):
        trace.show(name, getattr(values, name))

    typed = ("14.3.87", "001", "sw1a 1aa", "O'Neill")
    forms = [ref.normalise(q, a.encode()) for q, a in zip(election.questions, typed)]
    answer_tag = ref.answer_tag(ELECTION, values.answer_key, forms)
    trace.part(f"The answers {', '.join(typed)} (10)")
    trace.show("normal forms", ", ".join(forms))
    trace.show("message", ref.answers_message(forms))
    trace.show("answer tag", answer_tag)
    return ref.Row(values.lookup_id, values.tag, ref.pack_number(pack), ref.voter_number(ELECTION, voter_key, voter_id),
                   answer_tag, ref.NORMAL), values


def of_the_register(trace, vector, made):
    """Section 12: it is the register of the vector."""
    row, _ = made
    register = ref.write_register(ELECTION, ELECTION_DIGEST, fixed("register seed"), vector["batch"], vector["batchKind"], [row])
    assert register.hex() == vector["register"], "the trace is not of the vector"
    trace.part(f"The register of the batch {vector['batch']}: one row, no pairs (12)")
    trace.show("header", register[:128])
    trace.show("row", register[128:225])
    trace.show("register digest", ref.register_digest(ELECTION, register[:225]))
    trace.show("register key", primitives.ed25519_public_key(fixed("register seed")))
    trace.show("signature", register[225:])


def of_the_log(trace, vector, made):
    """Sections 11, 18 and 19: from a vote to a checkpoint."""
    (row, values), key, seed = made, fixed("key 1", 16), fixed("checkpoint seed")
    fingerprint, receipt_number, _ = ref.redeem(ELECTION, values.spending_secret, fixed("receipt seed"), key)
    trace.part("A vote under an idempotency key (11)")
    trace.show("idempotency key", key)
    trace.show("fingerprint", fingerprint)
    trace.show("receipt number", receipt_number)

    at = 1_788_364_800_000
    events = [
        (Event("created", at, detail=ELECTION_DIGEST), Note()),
        (Event("register-loaded", at + 1000, batch=1, count=1, detail=bytes.fromhex(vector["registerDigest"])), Note()),
        (Event("batch-activated", at + 2000, batch=1, count=0), Note("", "", "A. Officer")),
        (Event("ballot-opened", at + 3000, count=600_000, detail=bytes(8)), Note("", "case 7", "A. Officer")),
        (Event("vote-cast", at + 4000, row.pack, row.voter_number, detail=fingerprint + values.opening), Note())]
    trace.part("The log (18, 19)")
    hashes = []
    for n, (event, note) in enumerate(events):
        entry_id = fixed(f"trace entry {n}", 16)
        leaf = ref.leaf(entry_id, event.encoded(), note)
        hashes.append(ref.leaf_hash(leaf))
        trace.show(f"entry {n}, {event.type}", event.encoded())
        trace.show(f"entry {n}, id", entry_id)
        if note.officer:
            trace.show(f"entry {n}, note", note.encoded())
        trace.show(f"entry {n}, end of the leaf", leaf[106:])
        trace.show(f"entry {n}, hash of the leaf", hashes[-1])
    root = ref.tree_root(hashes)
    trace.show("hash of entries 0 and 1", ref.tree_root(hashes[:2]))
    trace.show("hash of entries 2 and 3", ref.tree_root(hashes[2:4]))
    trace.show("hash of entries 0 to 3", ref.tree_root(hashes[:4]))
    trace.show("root", root)
    trace.part("The checkpoint (19)")
    trace.lines += [f"  {line}".rstrip() for line in ref.sign_checkpoint(ELECTION, seed, len(events), root).splitlines()]


def check(page):
    """Whether the page has the trace as it is."""
    return "```\n" + "\n".join(lines()) + "\n```\n" in page
