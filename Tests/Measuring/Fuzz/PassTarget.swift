internal import Synchronization
internal import TestSupport

@testable internal import Counterfoil
@testable internal import PollingDesk

/// Passes: as they come, where only the one that the desk sealed may open; and
/// sealed over whatever is in them, then perhaps with one bit changed.
///
/// First byte, bit 0: sealed; then nonce and content, 88 bytes, and the bit.
enum PassTarget: FuzzTarget {
    static let name = "pass"

    static func run(_ input: [UInt8]) {
        guard let first = input.first else { return }
        guard first & 1 == 1 else {
            let text = Array(input[1...])
            guard let pass = text.withBytes({ Pass($0) }) else { return }
            must(Array(pass.text.utf8) == text, "a pass has two written forms")
            return must(open(pass) == nil || Pass.isGenuine(text), "a pass that nobody sealed")
        }
        guard input.count >= 91 else { return }
        let nonce = Bytes<24>(Array(input[1..<25]))!
        let content = Array(input[25..<89])
        let pass = key.withLock { key in
            content.withBytes { content in
                Pass(
                    sealing: SecretBytes(copying: content), nonce: nonce, election: Props.election.id,
                    key: key)
            }
        }
        must(open(pass) == content, "a pass does not open")

        var text = Array(pass.text.utf8)
        let place = Int(input[89]) % text.count
        if !planted { text[place] ^= 1 << (input[90] & 7) }
        guard let changed = text.withBytes({ Pass($0) }) else { return }
        must(open(changed) == nil, "a changed pass opens")
    }

    fileprivate static let key = Mutex(Props.rehearsal.deskKey())

    private static func open(_ pass: Pass) -> [UInt8]? {
        key.withLock { key in
            let opened = pass.open(Props.election.id, key)
            switch opened {
            case .some(let content): return content.withBytes { $0.array }
            case .none: return nil
            }
        }
    }
}

extension Pass {
    /// The pass that the seeds have.
    static func isGenuine(_ text: [UInt8]) -> Bool { text == genuine }

    private static let genuine: [UInt8] = PassTarget.key.withLock { key in
        Array(
            Pass(
                sealing: SecretBytes.filled(0x50, count: 64), nonce: Bytes(), election: Props.election.id,
                key: key
            ).text.utf8)
    }
}
