internal import Counterfoil

/// The digest of all that decides which member gets which pack, and with which
/// answers;
/// vectors/README.md, section 15.
final class PlanDigest {
    private var hash: StreamingBLAKE2b

    init(_ election: Election, _ batch: BatchName, _ kind: BatchKind, _ key: borrowing IssuingKey) {
        hash = key.bookKey.withBytes {
            StreamingBLAKE2b(.batchPlan, key: $0, salt: election.id.bytes, size: 32)
        }
        var start = election.digest.array + batch.padded
        start.append(kind.rawValue)
        update(start)
    }

    /// A pack's part of the message. The answers come next, if it is of kind normal.
    static func append(
        voter id: some Collection<UInt8>, carrying number: VoterNumber? = nil, _ kind: PackKind,
        replaced: UInt64 = 0, to message: inout [UInt8]
    ) {
        if let number {
            // No id holds a zero byte; vectors/README.md, section 15.
            message.appendWithLength(Array(id) + [0] + number.bytes.array)
        } else {
            message.appendWithLength(id)
        }
        message.append(kind.rawValue)
        message.appendBigEndian(replaced)
    }

    static func append(answer: borrowing RawSpan, to message: inout [UInt8]) {
        message.appendBigEndian(UInt32(answer.byteCount))
        message.append(answer)
    }

    func update(_ message: [UInt8]) { message.withBytes { hash.update($0) } }

    /// Once.
    func finish(packs: Int) -> Bytes<32> {
        var end: [UInt8] = []
        end.appendBigEndian(UInt64(packs))
        update(end)
        var digest = Bytes<32>()
        digest.withMutableBytes { hash.finish(into: &$0) }
        return digest
    }
}
