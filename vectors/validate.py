#!/usr/bin/python3
"""Validates the vector files against data/schema.json, which takes Debian's python3-jsonschema.

Beside what a schema can say: the count is right, ids are 1, 2, 3…, every flag in notes is used,
and every reason that notes explain is the reason of a refusal. Then the control: in each file
every member of one test is spoiled in turn, and each time validation must fail.
"""

import copy
import json
import pathlib
import sys

import jsonschema

HERE = pathlib.Path(__file__).resolve().parent
SCHEMA = json.loads((HERE / "data" / "schema.json").read_text())


def problem(validator, content):
    """The first thing that is wrong with a file's content, or None."""
    error = next(validator.iter_errors(content), None)
    if error is not None:
        return f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
    tests = content["tests"]
    if content["count"] != len(tests):
        return "the count is wrong"
    if [t["id"] for t in tests] != list(range(1, len(tests) + 1)):
        return "the ids are not 1, 2, 3…"
    unused = set(content["notes"]) - {f for t in tests for f in t["flags"]} - {t.get("reason") for t in tests}
    if unused:
        return f"explained and not used: {', '.join(sorted(unused))}"
    return None


def spoiled(test):
    """The test with one of its members as it cannot be: for each member."""
    for name in test:
        copied = copy.deepcopy(test)
        copied[name] = {"no": "such thing"}
        yield copied
    yield {**test, "unheardOf": 1}


def main():
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft7Validator(SCHEMA)
    files = sorted(HERE.glob("*.json"))
    if [p.name for p in files] != SCHEMA["properties"]["file"]["enum"]:
        sys.exit("schema.json does not name the files that there are")
    tests = caught = 0
    for path in files:
        content = json.loads(path.read_text())
        found = problem(validator, content)
        if found:
            sys.exit(f"{path.name}: {found}")
        tests += content["count"]
        few = {**content, "tests": content["tests"][:1], "count": 1}
        for bad in spoiled(few["tests"][0]):
            if validator.is_valid({**few, "tests": [bad]}):
                sys.exit(f"{path.name}: a spoiled test was not noticed: {bad}")
            caught += 1
    print(f"{len(files)} files, {tests} vectors as schema.json has them; {caught} spoiled ones were noticed")


if __name__ == "__main__":
    main()
