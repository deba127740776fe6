"""Writing the vector files, and checking them.

`generate` writes the inputs and what `evaluate` gives; `check` reads them back and
computes again.
"""

import json
import pathlib
import unicodedata

import order
import primitives
import worked_trace
from cases import (alphabet, answers, audit, balance, book, check_symbols, checkpoint, derivation, doubles, election,
                   key_files, log, manifest, manifest_signature, numbers, passes, proof, redeem, refused_words,
                   register, rules, tree)

# Each builds one file; in the order in which they are written and checked.
FILES = (alphabet, check_symbols, election, derivation, refused_words, numbers, answers, redeem, register,
         manifest, manifest_signature, key_files, book, rules, balance, passes, doubles, log, tree, checkpoint,
         proof, audit)


def escaped(text):
    """Escapes for what a reader of the file could not see, or tell apart, or copy."""
    out = []
    for c in text:
        if c.isascii() or unicodedata.category(c)[0] in "LNPS" and unicodedata.normalize("NFC", c) == c:
            out.append(c)
        else:
            code = c.encode("utf-16-be")
            out += [f"\\u{code[i:i + 2].hex()}" for i in range(0, len(code), 2)]
    return "".join(out)


def layout(value, depth=0):
    """JSON with one blank of indentation a level, LF, and short lists on one line."""
    if isinstance(value, dict) and value:
        inner = [f"{json.dumps(k)}: {layout(v, depth + 1)}" for k, v in value.items()]
        brackets = "{}"
    elif isinstance(value, list) and any(isinstance(v, (dict, list)) for v in value):
        inner = [layout(v, depth + 1) for v in value]
        brackets = "[]"
    else:
        return escaped(json.dumps(value, ensure_ascii=False))
    blanks = "\n" + " " * (depth + 1)
    return brackets[0] + blanks + ("," + blanks).join(inner) + "\n" + " " * depth + brackets[1]


def file_text(f):
    text = layout(f.content()) + "\n"
    assert json.loads(text) == f.content()
    return text


def generate(folder):
    for module in FILES:
        f = module.build()
        (folder / f.file).write_bytes(file_text(f).encode())
        print(f"{f.file}: {len(f.tests)} tests")
    return 0


def check_file(f, folder):
    """How many of the stored tests agree with what is computed here, and complaints."""
    try:
        data = (folder / f.file).read_bytes()
        stored = json.loads(data)
        tests = stored["tests"]
    except (OSError, ValueError, KeyError) as error:
        return 0, [f"cannot be read: {error!r}"]
    passed, complaints = 0, []
    if stored.get("file") != f.file:
        complaints.append("member `file` is not its name")
    if stored.get("count") != len(tests):
        complaints.append(f"count is {stored.get('count')}, but there are {len(tests)} tests")
    for position, test in enumerate(tests, 1):
        try:
            outputs = f.run(test)
        except Exception as error:                # a test that cannot even be run has failed
            complaints.append(f"test {position}: {error!r}")
            continue
        unknown = [x for x in [*test["flags"], *([test["reason"]] if "reason" in test else [])]
                   if x not in stored["notes"]]
        wrong = [name for name in {*outputs, *({"reason"} & set(test))}
                 if name not in test or name not in outputs or test[name] != outputs[name]]
        if test["id"] != position:
            complaints.append(f"test {position} has id {test['id']}")
        elif unknown:
            complaints.append(f"test {position}: no note for {', '.join(unknown)}")
        elif wrong:
            complaints.append(f"test {position}: {', '.join(sorted(wrong))} differ")
        else:
            passed += 1
    if data != file_text(f).encode():
        complaints.append("stale: not what `generate` writes")
    return passed, complaints


def check_page(folder):
    """The page beside the files has the trace as it is, which a changed digit must upset."""
    page = (folder / "README.md").read_text()
    assert not worked_trace.check(page.replace("a", "b"))
    if worked_trace.check(page):
        print("README.md: the worked trace is as computed")
        return 0
    print("README.md: FAILED, the worked trace is not what `trace` prints")
    return 1


def check(folder):
    passed, failed = primitives.self_check(), 0
    print(f"primitives: {passed} known answers of RFCs")
    modules, complaints = order.check(pathlib.Path(__file__).resolve().parent)
    failed += len(complaints)
    print(f"imports: {modules} modules, each imports only those before it" if not complaints else "imports: FAILED")
    for complaint in complaints:
        print(f"  {complaint}")
    known = set()
    for module in FILES:
        f = module.build()
        known.add(f.file)
        count, complaints = check_file(f, folder)
        passed, failed = passed + count, failed + len(complaints)
        print(f"{f.file}: {count} tests" + (f", {len(complaints)} FAILED" if complaints else ""))
        for complaint in complaints[:20]:
            print(f"  {complaint}")
        if len(complaints) > 20:
            print(f"  ... and {len(complaints) - 20} more")
    failed += check_page(folder)
    for path in sorted(folder.glob("*.json")):
        if path.name not in known:
            failed += 1
            print(f"{path.name}: FAILED, nothing here knows this file")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0
