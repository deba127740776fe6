internal import TestSupport

@testable internal import Counterfoil

/// Key files: as they come, where only the two that were sealed may open; and
/// sealed anew over whatever is in the header, against plain rules.
/// vectors/README.md, section 14.
///
/// First byte, bit 0: sealed anew; bit 1: with this election's id and digest.
/// Then the file, or a header.
enum KeyFileTarget: FuzzTarget {
    static let name = "key-file"

    static func run(_ input: [UInt8]) {
        guard let first = input.first else { return }
        var file = Array(input[1...])
        if first & 1 == 1 {
            guard file.count >= 128 else { return }
            if first & 2 != 0 {
                file.replaceSubrange(56..<72, with: election.id.bytes.array)
                file.replaceSubrange(72..<104, with: election.digest.array)
            }
            file = Array(file[..<128])
            // Reading it needs the same work that sealing does.
            guard let box = seal(header: file) else { return }
            file += box
        } else if isProtected(file), !isCheap(file) {
            _ = try? KeyFile.Header(file, room: .desk, of: election)
            return
        }
        let isFit = first & 1 == 1 ? judge(file) : genuine.contains(file)
        let opened = open(file)
        must((opened == nil) == isFit, "\(opened.map(String.init(describing:)) ?? "opened")")
    }

    /// Whether a header, sealed as it is, is one that this room opens.
    private static func judge(_ file: [UInt8]) -> Bool {
        let number = { (range: Range<Int>) in file[range].reduce(0 as UInt64) { $0 << 8 | UInt64($1) } }
        let isProtected = file[25] == 1
        return file.starts(with: "counterfoil key file v1\n".utf8) && file[24] == 2 && file[25] < 2
            && (planted || number(26..<28) == 0)
            && (isProtected
                ? (1...16).contains(number(28..<32)) && (8192...4_294_967_296).contains(number(32..<40))
                    && number(32..<40) % 1024 == 0
                : file[28..<56].allSatisfy { $0 == 0 })
            && Array(file[56..<72]) == election.id.bytes.array
            && Array(file[72..<104]) == election.digest.array
    }

    private static func isProtected(_ file: [UInt8]) -> Bool { file.count == 208 && file[25] == 1 }

    /// No more than two passes over 64 KiB: a fuzzer has better things to do.
    private static func isCheap(_ file: [UInt8]) -> Bool {
        file[28..<31].allSatisfy { $0 == 0 } && file[31] <= 2
            && file[32..<37].allSatisfy { $0 == 0 } && file[37] <= 1
            && (file[37] == 0 || file[38...39].allSatisfy { $0 == 0 })
    }

    private static let election = Props.election
    private static let passphrase = SecretBytes.filled(0x70, count: 8)

    private static func open(_ file: [UInt8]) -> KeyFileError? {
        do {
            if isProtected(file) {
                let passphrase: SecretBytes? = passphrase.slice(0..<8)
                _ = try DeskKey.open(file, election: election, passphrase: passphrase)
            } else {
                _ = try DeskKey.open(file, election: election, passphrase: nil)
            }
            return nil
        } catch {
            return error
        }
    }

    /// The box over the desk's own secrets, whatever the header says; nil where
    /// that would take long.
    private static func seal(header: [UInt8]) -> [UInt8]? {
        var key = SecretBytes.filled(0)
        if header[25] == 1 {
            guard isCheap(header), header[31] > 0 else { return nil }
            let salt = Bytes<16>(Array(header[40..<56]))!
            let memory = header[37..<40].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
            let stretched = Sodium.argon2id(
                passphrase, salt: salt, passes: UInt32(header[31]), memory: max(memory, 8192))
            guard let stretched else { return nil }
            key = stretched
        }
        var box = Bytes<80>()
        box.withMutableBytes { box in
            header.withBytes { header in
                Sodium.xChaChaSeal(
                    Props.rehearsal.deskSecrets(), with: header, key: key, nonce: header.bytes(104),
                    into: &box)
            }
        }
        return box.array
    }

    /// The two that a reader must open, besides those that are sealed anew.
    private static let genuine: [[UInt8]] = [false, true].map { isProtected in
        let secrets = Props.rehearsal.deskSecrets()
        let passphrase: SecretBytes? = isProtected ? passphrase.slice(0..<8) : nil
        return try! KeyFile.seal(
            room: .desk, election: election, ledgerKey: secrets.slice(0..<32),
            secret: secrets.slice(32..<64), passphrase: passphrase,
            stretching: KeyFile.Stretching(passes: 1, memory: 8192), salt: Bytes(), nonce: Bytes())
    }
}
