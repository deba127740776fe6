package import Counterfoil

/// RFC 6962's tree of SHA-256 hashes, over leaves that others keep.
///
/// A node (level, index) is the root of the complete subtree over the leaves
/// from index·2^level on, 2^level of them. The hash of every complete subtree
/// is kept with its last leaf, so that a proof reads a few dozen hashes however
/// long the log is.
package enum MerkleTree {
    package static func leaf<let size: Int>(_ data: Bytes<size>) -> Bytes<32> {
        var message: [UInt8] = [0]
        message.append(data)
        return message.withBytes { Sodium.sha256($0) }
    }

    package static func node(_ left: Bytes<32>, _ right: Bytes<32>) -> Bytes<32> {
        var message = Bytes<65>()
        message.withMutableBytes { out in
            out.put(1 as UInt8, at: 0)
            left.withBytes { out.copy($0, at: 1) }
            right.withBytes { out.copy($0, at: 33) }
        }
        return message.withBytes { Sodium.sha256($0) }
    }

    /// The root of a tree without leaves.
    package static var empty: Bytes<32> { Sodium.sha256(RawSpan()) }

    /// The leaf with which the hash of a node is kept, and its place there.
    package static func place(level: Int, index: Int) -> (leaf: Int, position: Int) {
        ((index + 1) << level - 1, level)
    }

    // MARK: Roots and proofs

    /// Where the hashes of complete subtrees come from.
    package typealias Nodes<E: Error> = (_ level: Int, _ index: Int) throws(E) -> Bytes<32>

    /// The root over the first `size` leaves.
    package static func root<E>(size: Int, _ nodes: Nodes<E>) throws(E) -> Bytes<32> {
        try size == 0 ? empty : root(over: 0..<size, nodes)
    }

    /// PATH(index, D[size]): the hashes that lead from a leaf to the root, the
    /// leaf's sibling first.
    package static func inclusion<E>(
        of index: Int, size: Int, _ nodes: Nodes<E>
    ) throws(E) -> [Bytes<32>] {
        precondition((0..<size).contains(index))
        var leaves = 0..<size
        var path: [Bytes<32>] = []
        while leaves.count > 1 {
            let middle = leaves.lowerBound + split(leaves.count)
            if index < middle {
                path.append(try root(over: middle..<leaves.upperBound, nodes))
                leaves = leaves.lowerBound..<middle
            } else {
                path.append(try root(over: leaves.lowerBound..<middle, nodes))
                leaves = middle..<leaves.upperBound
            }
        }
        return path.reversed()
    }

    /// The root to which a path leads (RFC 9162, section 2.1.3.2); nil for a
    /// path that belongs to no leaf of such a tree.
    package static func root(
        of leaf: Bytes<32>, at index: Int, size: Int, path: [Bytes<32>]
    ) -> Bytes<32>? {
        guard (0..<size).contains(index) else { return nil }
        var hash = leaf
        var place = index
        var last = size - 1
        for sibling in path {
            if last == 0 { return nil }
            if place & 1 == 1 || place == last {
                hash = node(sibling, hash)
                while place & 1 == 0 && place != 0 {
                    place >>= 1
                    last >>= 1
                }
            } else {
                hash = node(hash, sibling)
            }
            place >>= 1
            last >>= 1
        }
        return last == 0 ? hash : nil
    }

    /// Over a range of leaves as RFC 6962 divides them: it begins where a
    /// complete subtree of its size, or of the next power of two, could.
    private static func root<E>(over leaves: Range<Int>, _ nodes: Nodes<E>) throws(E) -> Bytes<32> {
        var frontier = Frontier(size: leaves.lowerBound, roots: [])
        var from = leaves.lowerBound
        while from < leaves.upperBound {
            let level = Int.bitWidth - 1 - (leaves.upperBound - from).leadingZeroBitCount
            frontier.add(try nodes(level, from >> level))
            from += 1 << level
        }
        return frontier.root
    }

    /// The largest power of two below `count`.
    private static func split(_ count: Int) -> Int {
        1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }
}

/// The right edge of a tree: the roots of its complete subtrees, the largest
/// first. They are enough to append leaves, and to tell the root.
package struct Frontier: Sendable {
    package private(set) var size: Int
    private var roots: [Bytes<32>]

    package init() { self.init(size: 0, roots: []) }

    fileprivate init(size: Int, roots: [Bytes<32>]) {
        self.size = size
        self.roots = roots
    }

    /// Of a tree whose hashes are kept.
    package init<E>(size: Int, _ nodes: MerkleTree.Nodes<E>) throws(E) {
        self.init(size: size, roots: [])
        var from = 0
        for level in (0..<Int.bitWidth - 1).reversed() where size & 1 << level != 0 {
            roots.append(try nodes(level, from >> level))
            from += 1 << level
        }
    }

    /// Appends a leaf by its hash. Returns the hashes that are to be kept with
    /// it: its own, then those of the subtrees that it completes.
    package mutating func append(_ leaf: Bytes<32>) -> [Bytes<32>] {
        var hashes = [leaf]
        var places = size
        while places & 1 == 1 {
            hashes.append(MerkleTree.node(roots.removeLast(), hashes[hashes.count - 1]))
            places >>= 1
        }
        roots.append(hashes[hashes.count - 1])
        size += 1
        return hashes
    }

    package var head: TreeHead { TreeHead(size: size, root: root) }

    fileprivate mutating func add(_ root: Bytes<32>) { roots.append(root) }

    fileprivate var root: Bytes<32> {
        guard var root = roots.last else { return MerkleTree.empty }
        for left in roots.dropLast().reversed() { root = MerkleTree.node(left, root) }
        return root
    }
}
