"""Which module may import which: each only those before it in this list.

So there is no circle, and a reader who goes down the list meets nothing that was not there
before. The check reads the imports as they are written, inside functions too.
"""

import ast

ORDER = """
    order
    primitives
    counterfoil counterfoil.notation counterfoil.alphabet counterfoil.tables counterfoil.election counterfoil.codes
    counterfoil.voters counterfoil.answers counterfoil.receipt counterfoil.register counterfoil.manifest counterfoil.key_files
    counterfoil.book counterfoil.persons counterfoil.rules counterfoil.passes counterfoil.log counterfoil.proof counterfoil.audit
    counterfoil.sections
    builder
    cases cases.ordinary cases.alphabet cases.check_symbols cases.election cases.refused_words cases.derivation
    cases.numbers cases.answer_dates cases.answers cases.redeem cases.register cases.manifest
    cases.manifest_signature cases.key_files cases.book cases.runs cases.facts cases.rules_online cases.rules_by_post
    cases.rules_officers cases.rules cases.balance cases.passes cases.doubles cases.entries cases.log cases.tree
    cases.checkpoint cases.proof cases.audit
    worked_trace
    files
    crosscheck
    model.compare
    reference
    validate
""".split()


def imported(source):
    """The names of all modules that a source text may mean by its imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def against_order(name, source):
    """What this module imports, but may not: itself, what comes later, what is named by dots."""
    return [other for other in imported(source)
            if other.startswith(".") or other in ORDER[ORDER.index(name):]]


def check(folder):
    """How many modules there are, and complaints."""
    # The control: a circle that is planted, and hidden in a function.
    assert against_order("builder", "def late():\n    from cases import audit") == ["cases", "cases.audit"]
    complaints, found = [], []
    for path in sorted(folder.rglob("*.py")):
        name = ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")
        found.append(name)
        if name not in ORDER:
            complaints.append(f"{name} is not in the order")
        else:
            complaints += [f"{name} imports {other}" for other in against_order(name, path.read_bytes())]
    complaints += [f"{name} is in the order, and not here" for name in ORDER if name not in found]
    return len(found), complaints
