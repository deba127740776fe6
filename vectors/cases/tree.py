"""Section 19: tree.json."""

from builder import VectorFile, fixed, unhex
from counterfoil import sections as ref
from counterfoil.sections import Refused


def evaluate(t):
    if t["operation"] == "lead":
        leaf, *path = unhex(t, "leafHash") + [bytes.fromhex(h) for h in t["path"]]
        root = ref.root_of_path(t["index"], t["size"], leaf, path) if t["index"] < t["size"] else None
        if root is None:
            raise Refused("wrong-path")
        if root.hex() != t["root"]:
            raise Refused("does-not-lead")
        return {}
    hashes = [ref.leaf_hash(bytes.fromhex(leaf)) for leaf in t["leaves"]]
    join = lambda parts: b"".join(parts).hex()
    return {"root": ref.tree_root(hashes).hex(),
            "kept": [join(ref.stored_hashes(hashes, i)) for i in range(len(hashes))],
            "paths": [join(ref.inclusion_path(i, hashes)) for i in range(len(hashes))]}


# The leaves and roots with which the logs of RFC 6962 test themselves: 0 to 8 leaves.
KNOWN_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
KNOWN_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def build():
    f = VectorFile(
        "tree.json",
        "Section 19, the tree. `grow`: leaves give the root; for each leaf the hashes that are kept beside it, one "
        "behind the other, and likewise the hashes that prove it, its sibling first. `lead`: whether a path leads "
        "from a leaf's hash to a root.",
        {"grow": "trees", "lead": "paths", "known-answer": "leaves and roots with which other logs test themselves",
         "each": "every size from 0 to 40", "right": "the path of the tree itself",
         "wrong-path": "reason: not as many hashes as index and size ask for, or no such index",
         "does-not-lead": "reason: another root"},
        evaluate)
    for n, root in enumerate(KNOWN_ROOTS):
        f.add(f"{n} known leaves", "grow known-answer", {"operation": "grow", "leaves": KNOWN_LEAVES[:n]}, root=root)
    leaves = [ref.u16(i).hex() for i in range(40)]
    for n in range(1, 41):
        f.add(f"{n} leaves", "grow each", {"operation": "grow", "leaves": leaves[:n]})

    hashes = [ref.leaf_hash(bytes.fromhex(leaf)) for leaf in leaves]

    def lead(comment, flags, index, size, path, leaf=None, root=None, **expected):
        f.add(comment, "lead " + flags, {
            "operation": "lead", "index": index, "size": size, "leafHash": (leaf or hashes[index]).hex(),
            "path": [h.hex() for h in path], "root": (root or ref.tree_root(hashes[:size])).hex()}, **expected)

    for index, size in ((0, 1), (0, 2), (12, 13), (5, 13), (39, 40), (7, 8)):
        path = ref.inclusion_path(index, hashes[:size])
        at = f"leaf {index} of {size}"
        lead(at, "right", index, size, path)
        lead(f"{at}, one hash more", "", index, size, [*path, hashes[0]], reason="wrong-path")
        lead(f"{at}, another leaf", "", index, size, path, leaf=fixed("no leaf"), reason="does-not-lead")
        lead(f"{at}, another root", "", index, size, path, root=fixed("no root"), reason="does-not-lead")
        lead(f"{at}, the index behind the last", "", size, size, path, leaf=hashes[index], reason="wrong-path")
        if path:
            lead(f"{at}, one hash fewer", "", index, size, path[:-1], reason="wrong-path")
            for i in range(len(path)):
                changed = [*path]
                changed[i] = fixed("no hash")
                lead(f"{at}, hash {i} altered", "", index, size, changed, reason="does-not-lead")
        if len(path) > 1:
            lead(f"{at}, no hash", "", index, size, [], reason="wrong-path")
            lead(f"{at}, from the root down", "", index, size, path[::-1], reason="does-not-lead")
    # A neighbour's index has a path of the same length.
    lead("leaf 5 as leaf 4", "", 4, 13, ref.inclusion_path(5, hashes[:13]), leaf=hashes[5], reason="does-not-lead")
    lead("leaf 5 of 13 as of 14", "", 5, 14, ref.inclusion_path(5, hashes[:13]), reason="does-not-lead")
    # An inner node that passes for a leaf: the zero byte in front is against it.
    node = ref.node_hash(hashes[4], hashes[5])
    lead("a node of 13 as a leaf of 13", "", 5, 13, ref.inclusion_path(5, hashes[:13])[1:], leaf=node,
         reason="wrong-path")
    return f
