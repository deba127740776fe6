package import Counterfoil

/// What `check` gives out when code and answers are right: the voting site
/// keeps it in place of the code, and redeems with it; vectors/README.md,
/// section 17. Sealed by the desk, 105 bytes.
///
/// Anyone who has it can vote with it once, until it expires. It tells nothing
/// of the code.
public struct Pass: Sendable {
    static let size = 105

    private var bytes: Bytes<105>

    /// Reads the written form, or nil.
    public init?(_ text: borrowing RawSpan) {
        guard text.byteCount == 140, var array = Base64.decodeURL(text) else { return nil }
        defer { array.withMutableBytes { Sodium.wipe(&$0) } }
        guard let bytes = Bytes<105>(array), bytes[0] == 1 else { return nil }
        self.bytes = bytes
    }

    /// Leaves nothing of it in this place. Copies that others made are theirs.
    mutating func wipe() { bytes.withMutableBytes { Sodium.wipe(&$0) } }

    /// Seals a pass for the code in the slot.
    init(
        for slot: borrowing CodeSlot, _ id: LookupID, given: Moment, expires: Moment, election: Election,
        key: borrowing DeskKey
    ) {
        var nonce = Bytes<24>()
        nonce.withMutableBytes { Sodium.random(into: &$0) }
        let content = SecretBytes(count: 64) { out in
            id.bytes.withBytes { out.copy($0, at: 0) }
            out.put(UInt64(bitPattern: given.milliseconds), at: 16)
            out.put(UInt64(bitPattern: expires.milliseconds), at: 24)
            slot.withSpendingSecret { out.copy($0, at: 32) }
        }
        self.init(sealing: content, nonce: nonce, election: election.id, key: key)
    }

    /// A nonce is for one pass only: apart from the line above, for the vectors.
    package init(
        sealing content: borrowing SecretBytes, nonce: Bytes<24>, election: ElectionID,
        key: borrowing DeskKey
    ) {
        var box = Bytes<80>()
        box.withMutableBytes { box in
            Self.associated(election).withBytes {
                Sodium.xChaChaSeal(content, with: $0, key: key.passKey, nonce: nonce, into: &box)
            }
        }
        var bytes = Bytes<105>()
        bytes[0] = 1
        bytes.withMutableBytes { out in
            nonce.withBytes { out.copy($0, at: 1) }
            box.withBytes { out.copy($0, at: 25) }
        }
        // Declassified: it is sealed, and handed out.
        self.bytes = Sodium.declassify(bytes)
    }

    /// What is inside: look-up id, two times, spending secret; or nil if this
    /// desk did not seal it.
    package func open(_ election: ElectionID, _ key: borrowing DeskKey) -> SecretBytes? {
        Self.associated(election).withBytes { associated in
            bytes.withBytes { bytes in
                Sodium.xChaChaOpen(
                    bytes.extracting(25..<Self.size), with: associated, key: key.passKey,
                    nonce: bytes.bytes(1))
            }
        }
    }

    private static func associated(_ election: ElectionID) -> [UInt8] {
        Label.pass.padded.array + election.bytes.array
    }
}

extension Pass {
    /// Its written form, 140 characters of base64url. Anyone who has it can vote
    /// with it: it belongs in no log, and so a pass has no description.
    public var text: String { bytes.withBytes { Base64.encode($0, url: true) } }
}
