internal import Counterfoil
internal import IssuingRoom
internal import Synchronization

/// Work over a secret, and where the secret comes from.
struct Way {
    let name: String
    let leaks: Bool
    /// How often in one measurement: a clock's tick is some 20 ns.
    let times: Int
    /// A secret: always the same one, or a random one.
    let input: (_ isFixed: Bool) -> [UInt8]
    let run: ([UInt8]) -> Void

    static func all(_ bench: Bench) -> [Way] {
        // A code as printed: fixed, or any other.
        func typed(_ isFixed: Bool) -> [UInt8] { bench.code(isFixed ? 0 : nil) }
        // The stored tag with its last byte changed, or random bytes.
        func wrongTag(_ isFixed: Bool) -> [UInt8] {
            guard isFixed else { return (0..<32).map { _ in UInt8.random(in: 0...255) } }
            return bench.tag.dropLast() + [bench.tag[31] ^ 1]
        }
        return [
            Way(name: "reading a code", leaks: false, times: 1, input: typed) { bytes in
                guard bench.read(bytes) else { fatalError("a code that does not read") }
            },
            Way(name: "reading, hashing and comparing a code", leaks: false, times: 1, input: typed) {
                bench.find($0)
            },
            Way(name: "comparing a tag", leaks: false, times: 20, input: wrongTag) { bench.compare($0) },
            Way(name: "hashing and comparing answers", leaks: false, times: 1, input: answers) {
                bench.answer($0)
            },
            // The controls.
            Way(name: "planted: a comparison that ends early", leaks: true, times: 20, input: wrongTag) {
                keep(Planted.equal($0, bench.tag) ? 1 : 0)
            },
            Way(name: "planted: a reader with a branch for each symbol", leaks: true, times: 1, input: typed)
            {
                keep(Planted.read($0))
            },
        ]
    }

    /// Answers in normal form, as they are hashed.
    private static func answers(_ isFixed: Bool) -> [UInt8] {
        let date =
            isFixed
            ? "1979-03-02"
            : "19\(Int.random(in: 10...99))-0\(Int.random(in: 1...9))-\(Int.random(in: 10...28))"
        return [1, 0, 0, 0, 10] + Array(date.utf8)
    }
}

/// An election, a key and a slot.
final class Bench {
    private let key = LedgerKey(SecretBytes.random(count: 32))
    private let batchKey = SecretBytes.random(count: 32)
    private var maker: PackMaker
    private var slot: CodeSlot
    let tag: [UInt8]

    init() {
        let election = try! Election(
            id: .random(), name: "Time", codeLength: .twenty, questions: [], registerKey: Bytes(),
            manifestKey: Bytes(), receiptKey: Bytes(), checkpointKey: Bytes())
        maker = PackMaker(election)
        slot = CodeSlot(election)
        _ = maker.make(ordinal: 1, key: batchKey)
        tag = maker.slot.lookup(key).tag.bytes.array
        _ = slot.lookup(key)
    }

    func code(_ ordinal: Int?) -> [UInt8] {
        _ = maker.make(ordinal: ordinal ?? .random(in: 1...1_000_000), key: batchKey)
        var text = [UInt8](repeating: 0, count: 24)
        text.withMutableBytes { maker.printCode(into: &$0, at: 0) }
        return text
    }

    @inline(never)
    func read(_ typed: [UInt8]) -> Bool { typed.withBytes { slot.read($0) } == .wellFormed }

    @inline(never)
    func find(_ typed: [UInt8]) {
        guard read(typed) else { fatalError("a code that does not read") }
        compare(slot.lookup(key).tag.bytes.array)
    }

    @inline(never)
    func compare(_ other: [UInt8]) {
        keep(Tag(Bytes<32>(other)!).matches(Tag(Bytes<32>(tag)!)) ? 1 : 0)
    }

    @inline(never)
    func answer(_ message: [UInt8]) {
        let tag = message.withBytes { slot.answerTag($0) }
        keep(tag.matches(.none) ? 1 : 0)
    }
}

/// How one would write it without thinking.
enum Planted {
    @inline(never)
    static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        for i in a.indices where a[i] != b[i] { return false }
        return true
    }

    @inline(never)
    static func read(_ typed: [UInt8]) -> Int {
        var sum = 0
        for byte in typed {
            switch byte {
            case 0x30...0x39: sum = sum &* 31 &+ Int(byte)
            case 0x41...0x48: sum ^= Int(byte) &* 7
            case 0x4A...0x4E: sum &-= Int(byte)
            case 0x50...0x5A: sum = sum &* 3 &- Int(byte)
            default: break
            }
        }
        return sum
    }
}

/// So that nothing is left out because nobody looks at it.
@inline(never)
func keep(_ value: Int) { kept.add(value & 1, ordering: .relaxed) }
private let kept = Atomic(0)
