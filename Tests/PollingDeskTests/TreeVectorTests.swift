import TestSupport
import Testing

@testable import Counterfoil
@testable import PollingDesk

/// vectors/tree.json: section 19, the tree.
@Suite struct TreeVectorTests {
    static let file = VectorFile("tree")
    static let grown = file.tests("grow")
    static let paths = file.tests("lead")

    @Test(arguments: grown)
    func grows(_ test: VectorObject) throws {
        var frontier = Frontier()
        var kept: [[Bytes<32>]] = []
        for leaf in try test.strings("leaves") { kept.append(frontier.append(try Self.hash(leaf))) }
        let size = kept.count
        #expect(kept.map(Self.joined) == (try test.strings("kept")))
        #expect(frontier.head == TreeHead(size: size, root: try test.bytes("root")))

        // From what is kept alone, as a ledger that was opened again has it.
        func node(_ level: Int, _ index: Int) -> Bytes<32> {
            let place = MerkleTree.place(level: level, index: index)
            return kept[place.leaf][place.position]
        }
        #expect(MerkleTree.root(size: size, node) == (try test.bytes("root")))
        #expect(Frontier(size: size, node).head == frontier.head)
        let paths = (0..<size).map { MerkleTree.inclusion(of: $0, size: size, node) }
        #expect(paths.map(Self.joined) == (try test.strings("paths")))
        for (i, path) in paths.enumerated() {
            #expect(
                MerkleTree.root(of: kept[i][0], at: i, size: size, path: path) == frontier.head.root)
        }
        #expect(test.unread == [])
    }

    @Test(arguments: paths)
    func leads(_ test: VectorObject) throws {
        let path = try test.strings("path").map { try #require(Hex.decode($0).flatMap { Bytes<32>($0) }) }
        let found = MerkleTree.root(
            of: try test.bytes("leafHash"), at: try test.int("index"), size: try test.int("size"), path: path)
        let root: Bytes<32> = try test.bytes("root")
        switch try test.reason {
        case nil: #expect(found == root)
        case "wrong-path": #expect(found == nil)
        default: #expect(found != nil && found != root)
        }
        #expect(test.unread == [])
    }

    /// A root and a path read at most two hashes for each level of the tree.
    @Test(arguments: [1_000, 10_000, 100_000, 999_999, 1_000_000, 1 << 20])
    func readsLittle(_ size: Int) {
        var read = 0
        func node(_ level: Int, _ index: Int) -> Bytes<32> {
            read += 1
            return Bytes()
        }
        let levels = Int.bitWidth - (size - 1).leadingZeroBitCount
        _ = MerkleTree.root(size: size, node)
        #expect((1...levels).contains(read))
        for index in [0, 1, size / 3, size / 2, size - 2, size - 1] {
            read = 0
            let path = MerkleTree.inclusion(of: index, size: size, node)
            #expect(path.count <= levels && (path.count...2 * levels).contains(read), "\(index): \(read)")
        }
    }

    @Test func allAreRun() { #expect(Self.grown.count + Self.paths.count == Self.file.count) }

    /// A leaf's hash: through the library where it knows leaves of that size.
    private static func hash(_ leaf: String) throws -> Bytes<32> {
        let bytes = try #require(Hex.decode(leaf))
        if let two = Bytes<2>(bytes) { return MerkleTree.leaf(two) }
        if let sixteen = Bytes<16>(bytes) { return MerkleTree.leaf(sixteen) }
        return ([0] + bytes).withBytes { Sodium.sha256($0) }
    }

    private static func joined(_ hashes: [Bytes<32>]) -> String { hashes.map { $0.hex }.joined() }
}
