internal import Counterfoil
internal import IssuingRoom

/// Packs one after another, as they are derived: the symbols of the code that
/// are secret, and those of the pack number, without check symbols.
struct Packs: ~Copyable {
    /// 17 of the code, 9 of the pack number.
    private(set) var symbols = [UInt8](repeating: 0, count: 26)
    /// The check symbols, which are computed.
    private(set) var checks = [UInt8](repeating: 0, count: 6)

    private var maker: PackMaker
    private let key = SecretBytes.random(count: 32)
    private let isBiased: Bool
    private var ordinal: UInt64 = 0

    init(isBiased: Bool) {
        self.isBiased = isBiased
        maker = PackMaker(
            try! Election(
                id: .random(), name: "Randomness", codeLength: .twenty, questions: [],
                registerKey: Bytes(), manifestKey: Bytes(), receiptKey: Bytes(), checkpointKey: Bytes()))
    }

    mutating func next() {
        ordinal += 1
        _ = maker.derive(ordinal: ordinal, attempt: 0, key: key)
        maker.slot.symbols.withBytes { bytes in
            for j in 0..<17 { symbols[j] = bytes.byte(j) }
            for j in 0..<9 { symbols[17 + j] = bytes.byte(20 + j) }
            for j in 0..<3 {
                checks[j] = bytes.byte(17 + j)
                checks[3 + j] = bytes.byte(29 + j)
            }
        }
        guard isBiased else { return }
        maker.derived.withBytes { derived in
            for j in 0..<17 where derived.byte(j) == 255 { symbols[j] = 0 }
            for j in 0..<9 where derived.byte(32 + j) == 255 { symbols[17 + j] = 0 }
        }
    }
}
