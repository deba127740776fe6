"""Section 13: manifest.json, what a manifest says."""

import json

from builder import ELECTION, OTHER_ELECTION, VectorFile, fixed, unhex
from cases.ordinary import SOME_DIGEST
from counterfoil import sections as ref


def evaluate(t):
    election, digest = unhex(t, "electionId", "electionDigest")
    members = ref.manifest_members(
        election, t["electionName"], digest, t["batch"], t["batchKind"], t["packs"], t["postOnly"], t["byteOrderMark"],
        t["separator"], [(column["name"], column["longest"]) for column in t["columns"]],
        [(file["name"], file["bytes"], bytes.fromhex(file["sha256"]), file["encrypted"], file["firstSequence"],
          file["lastSequence"]) for file in t["files"]],
        (t["registerName"], t["registerBytes"], bytes.fromhex(t["registerDigest"])))
    return {"manifest": json.dumps(members, ensure_ascii=False, separators=(",", ":")) + "\n"}


def build():
    f = VectorFile(
        "manifest.json",
        "Section 13, the manifest. `write`: what it says, and its JSON: members, their order and their values are "
        "the manifest's, white space and escapes are left to whoever writes it. Here there is none of the one, and of "
        "the other no more than JSON asks for. One line feed "
        "is at the end.",
        {"ordinary": "manifests as many are", "kinds": "every kind of batch", "columns": "names and separators",
         "files": "several files, encrypted or not", "large": "large numbers"},
        evaluate)

    def file(number, first, last, encrypted=True, size=4096):
        return {"name": f"members-5-{number}.csv" + (".age" if encrypted else ""), "bytes": size,
                "sha256": fixed(f"print file {number}").hex(), "encrypted": encrypted, "firstSequence": first,
                "lastSequence": last}

    two = [{"name": "sequence", "longest": 1}, {"name": "pack", "longest": 14}]

    def write(comment, flags, batch="members-5", kind=1, packs=5, postOnly=2, mark=False, separator=",", columns=two,
              files=None, election=ELECTION, name="Works council 2031", size=669):
        f.add(comment, flags, {
            "operation": "write", "electionId": election.hex(), "electionName": name, "electionDigest": SOME_DIGEST.hex(),
            "batch": batch, "batchKind": kind, "packs": packs, "postOnly": postOnly, "byteOrderMark": mark,
            "separator": separator, "columns": columns, "files": [file(1, 1, packs)] if files is None else files,
            "registerName": f"{batch}.register", "registerBytes": size, "registerDigest": (fixed("digest") * 2).hex()})

    write("one file", "ordinary")
    assert f.tests[0]["manifest"].startswith('{"counterfoil":"manifest 1","election":{"id":"')
    for kind, batch, only in ((1, "members-5", 0), (2, "proof", 0), (3, "again.2", 1)):
        write(f"batch kind {kind}", "kinds", batch, kind, postOnly=only)
    write("in another election", "ordinary", election=OTHER_ELECTION)
    write("with a byte order mark", "columns", mark=True)
    for separator in (";", "\t"):
        write(f"separated by U+{ord(separator):04X}", "columns", separator=separator)
    write("columns beyond ASCII, and with what JSON escapes", "columns", columns=[
        *two, {"name": "Stra\u00dfe \u2013 \u0141", "longest": 40}, {"name": 'the "name"', "longest": 0}, {"name": "a\\b/c", "longest": 3},
        {"name": "a\tb\nc\x01", "longest": 5}, {"name": "\U0001f5f3", "longest": 1}, {"name": "", "longest": 2}])
    write("a name beyond ASCII", "ordinary", name='R\u00e9f\u00e9rendum \u2013 "2031" \\ /')
    write("one file, not encrypted", "files", files=[file(1, 1, 5, False)])
    write("three files, one of them not encrypted", "files", files=[file(1, 1, 2), file(2, 3, 4, False), file(3, 5, 5)])
    write("a million packs", "large", packs=1_000_000, postOnly=999_999, size=97_000_184,
          files=[file(1, 1, 500_000, size=2**32 + 1), file(2, 500_001, 1_000_000, size=2**53 - 1)])
    return f
