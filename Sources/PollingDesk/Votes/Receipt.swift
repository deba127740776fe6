public import Counterfoil

/// What a voter, or the voting site, keeps of an accepted vote: 96 bytes, a
/// number and a signature over it; vectors/README.md, section 11.
///
/// The number is computed from code, ledger key and idempotency key each time
/// that it is asked for, and stored nowhere. So anyone who steals the ledger,
/// its key and the site's records cannot join a vote to a ballot by it.
public struct Receipt: Sendable {
    public let number: Bytes<32>
    public let signature: Bytes<64>

    package init(_ number: Bytes<32>, _ election: Election, _ key: borrowing DeskKey) {
        self.number = number
        signature = Self.message(number, election).withBytes { key.sign($0, as: .receipt) }
    }

    /// Reads the written form, or nil.
    public init?(_ text: String) {
        guard let bytes = Array(text.utf8).withBytes({ Base64.decodeURL($0) }), bytes.count == 96
        else { return nil }
        (number, signature) = bytes.withBytes { ($0.bytes(0), $0.bytes(32)) }
    }

    /// Whether the desk of this election signed it.
    public func isGenuine(in election: Election) -> Bool {
        Self.message(number, election).withBytes {
            Signed.verify(signature, $0, as: .receipt, key: election.receiptKey)
        }
    }

    private static func message(_ number: Bytes<32>, _ election: Election) -> [UInt8] {
        var message: [UInt8] = []
        message.append(election.id.bytes)
        message.append(number)
        return message
    }
}

extension Receipt: CustomStringConvertible {
    /// base64url, 128 characters.
    public var description: String {
        var bytes: [UInt8] = []
        bytes.append(number)
        bytes.append(signature)
        return bytes.withBytes { Base64.encode($0, url: true) }
    }
}
