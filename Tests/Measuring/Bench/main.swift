// The Swift side of row 1 of script/bench: derives COUNT packs and prints a
// checksum of all codes, pack numbers, ids and tags. derive.c does the same.

internal import Counterfoil
internal import IssuingRoom

guard CommandLine.arguments.count == 2, let count = Int(CommandLine.arguments[1]) else {
    fatalError("usage: Bench COUNT")
}

/// Bytes that both sides can count up.
func counted<let size: Int>(from first: UInt8) -> Bytes<size> {
    var bytes = Bytes<size>()
    for i in 0..<size { bytes[i] = first &+ UInt8(i) }
    return bytes
}

func secret(from first: UInt8) -> SecretBytes {
    let bytes: Bytes<32> = counted(from: first)
    return bytes.withBytes { SecretBytes(copying: $0) }
}

@inline(__always)
func add(_ bytes: borrowing RawSpan, _ size: Int, to sum: inout UInt64) {
    for i in stride(from: 0, to: size, by: 8) { sum = (sum ^ bytes.u64(i)) &* 0x9E37_79B9_7F4A_7C15 }
}

func derive(_ count: Int) throws -> UInt64 {
    let election = try Election(
        id: ElectionID(counted(from: 200)), name: "Bench", codeLength: .twenty, questions: [],
        registerKey: Bytes(), manifestKey: Bytes(), receiptKey: Bytes(), checkpointKey: Bytes())
    let batchKey = secret(from: 0)
    let ledgerKey = LedgerKey(secret(from: 64))
    var maker = PackMaker(election)
    var sum: UInt64 = 0
    for ordinal in 1...count {
        let (pack, _) = maker.make(ordinal: ordinal, key: batchKey)
        let lookup = maker.slot.lookup(ledgerKey)
        sum = (sum ^ pack.value) &* 0x9E37_79B9_7F4A_7C15
        maker.slot.symbols.withBytes { add($0, 32, to: &sum) }
        lookup.id.bytes.withBytes { add($0, 16, to: &sum) }
        lookup.tag.bytes.withBytes { add($0, 32, to: &sum) }
    }
    return sum
}

let sum = String(try derive(count), radix: 16)
print(String(repeating: "0", count: 16 - sum.count) + sum)
