internal import ArgumentParser
internal import Counterfoil
internal import CounterfoilFiles

/// Where the passphrase of a key comes from.
struct PassphraseOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("Read the passphrase from the first line of FILE.", valueName: "FILE")
    )
    var passphraseFile: String?

    /// The shortest passphrase that a new key is given.
    private static let shortest = 12

    /// The passphrase that opens a key, from the file or the terminal.
    func passphrase(for room: Room) throws -> SecretBytes {
        if let file = passphraseFile { return try Self.read(file) }
        guard Terminal.inputIsTerminal else {
            throw Stop.couldNot(
                "the key of the \(room.name) has a passphrase; give --passphrase-file FILE where nobody can type"
            )
        }
        return try Terminal.ask("Passphrase of the \(room.name): ", secret: true)
    }

    /// A new one, asked twice.
    func newPassphrase(for room: Room) throws -> SecretBytes {
        if let file = passphraseFile {
            let passphrase = try Self.read(file)
            guard passphrase.count >= Self.shortest else {
                throw Stop.couldNot(
                    "the passphrase in \(shown(file)) has fewer than \(Self.shortest) characters; four or five random words are good"
                )
            }
            return passphrase
        }
        guard Terminal.inputIsTerminal else {
            throw Stop.couldNot(
                "keys need a passphrase; give --passphrase-file FILE where nobody can type, or --unprotected for keys without"
            )
        }
        while true {
            let first = try Terminal.ask("New passphrase for the \(room.name): ", secret: true)
            guard first.count >= Self.shortest else {
                Terminal.note(
                    "At least \(Self.shortest) characters, please: four or five random words are good.")
                continue
            }
            let second = try Terminal.ask("The same again: ", secret: true)
            if first.withBytes({ a in second.withBytes { Sodium.equal(a, $0) } }) { return first }
            Terminal.note("These differ; once more.")
        }
    }

    private static func read(_ path: String) throws -> SecretBytes {
        var bytes = try attempt { () throws(StreamError) in try PrivateFile.readKey(path) }
        defer { bytes.withMutableBytes { Sodium.wipe(&$0) } }
        let line = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
        guard !line.isEmpty else {
            throw Stop.couldNot("the first line of \(shown(path)) is empty; it should be the passphrase")
        }
        return bytes.withBytes { SecretBytes(copying: $0.extracting(0..<line.count)) }
    }
}
