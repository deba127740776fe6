#!/usr/bin/env python3
"""Counterfoil, a second time: README.md's sections in Python's standard library.

The command. What it computes is in counterfoil/, section by section.

    python3 reference.py check             recompute every vector file, and compare
    python3 reference.py generate [DIR]    write the vector files anew, byte for byte
    python3 reference.py cross-check ...   re-derive a real batch (--help tells more)
    python3 reference.py trace             print the worked trace of README.md
"""

import pathlib
import sys

sys.dont_write_bytecode = True      # leave nothing beside the vectors

import crosscheck       # noqa: E402
import files            # noqa: E402
import worked_trace     # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parent


def main(arguments):
    command, rest = (arguments + [""])[0], arguments[1:]
    if command == "check" and not rest:
        return files.check(FOLDER)
    if command == "generate" and len(rest) <= 1:
        return files.generate(pathlib.Path(rest[0]) if rest else FOLDER)
    if command == "trace" and not rest:
        print("\n".join(worked_trace.lines()))
        return 0
    if command == "cross-check":
        return crosscheck.main(rest)
    print(__doc__.split("\n\n", 2)[2])
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
