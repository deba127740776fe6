internal import ArgumentParser
internal import Counterfoil
internal import CounterfoilFiles
internal import FoundationEssentials
internal import IssuingRoom
internal import PollingDesk

struct Keygen: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make an election and the keys of its rooms.",
        discussion: """
            Writes DIR/issuing (stays offline), DIR/desk (goes to the polling desk) and DIR/public \
            (for everybody), each complete in itself. DIR must not exist yet.

            A question is NAME:KIND, and the answers are checked along with the code:
              --ask "Date of birth:date:dmy"      how 02/03/1979 is meant: dmy, mdy or ymd
              --ask "Date of birth:date:dmy:2012" two digits mean a year up to 2012
              --ask "Membership number:digits"    or digits:9 for at most nine
              --ask "Postcode:postcode"
              --ask "Surname:text"

            Before codes are issued, voter ids are compared as if case, accents, spaces, zeros in \
            front and characters that nobody sees did not count, so that no member gets two packs \
            under two spellings. --exact-case-ids is for records in which ids really differ by case \
            alone, such as 17a and 17A of two members. It holds for the whole election.

            Examples:
              counterfoil keygen --election "Leadership ballot 2026" --out ballot \\
                --packs 172437
              counterfoil keygen --election "Rehearsal" --out rehearsal --unprotected
            """)

    @Option(help: ArgumentHelp("The election's name, as it is shown.", valueName: "NAME"))
    var election: String

    @Option(help: ArgumentHelp("The folder to make.", valueName: "DIR"))
    var out: String

    @Option(help: ArgumentHelp("How many packs there will be: picks the length of codes.", valueName: "N"))
    var packs: Int?

    @Option(help: ArgumentHelp("The length of codes: 20, 24 or 28 symbols.", valueName: "N"))
    var length: Int?

    @Option(help: ArgumentHelp("Something an online voter is asked; see above.", valueName: "QUESTION"))
    var ask: [String] = []

    @Option(
        help: ArgumentHelp(
            "An earlier election.json, whose codes must not pass for codes of this one.", valueName: "FILE"))
    var previous: [String] = []

    @Flag(help: "Case counts in voter ids: 17a and 17A are two members.")
    var exactCaseIds = false

    @Flag(help: "Keys without a passphrase: anyone who can read the files has them.")
    var unprotected = false

    @OptionGroup var passphrases: PassphraseOptions

    @Option(
        help: ArgumentHelp(
            "Another passphrase for the desk's key, from the first line of FILE.", valueName: "FILE"))
    var deskPassphraseFile: String?

    func validate() throws {
        if packs != nil && length != nil { throw ValidationError("Give --packs or --length, not both.") }
        if let packs, packs < 1 || packs > 2_000_000_000 {
            throw ValidationError("--packs takes a number from 1 to 2,000,000,000.")
        }
        if let length, CodeLength(rawValue: length) == nil {
            throw ValidationError("--length takes 20, 24 or 28.")
        }
        if unprotected && (passphrases.passphraseFile != nil || deskPassphraseFile != nil) {
            throw ValidationError("Give a passphrase file or --unprotected, not both.")
        }
        guard !([election] + ask).contains(where: mayHoldCode) else {
            throw ValidationError("A name may hold a voting code, and would be public; give another name.")
        }
        _ = try ask.map(Self.question)
    }

    func run() throws {
        let codeLength =
            length.flatMap { CodeLength(rawValue: $0) }
            ?? packs.map { AttackCost.shortestLength(for: $0) } ?? .twenty
        // `ballot/`, as a shell completes it, is the folder `ballot`.
        let out = String(self.out.reversed().drop { $0 == "/" }.reversed())
        let earlier = try previous.map { try KeyFolder.election($0) }
        let questions = try ask.map(Self.question)
        guard !PrivateFile.exists(out) else {
            throw Stop.couldNot(
                "\(shown(out)) exists already, and keys are never overwritten; choose another folder")
        }
        let ceremony = try attempt { () throws(ElectionError) in
            try KeyCeremony(
                name: election, codeLength: codeLength, questions: questions,
                voterIDs: exactCaseIds ? .exactCase : .anyCase, previous: earlier)
        }
        let issuing = try keyFile(ceremony, .issuing)
        let desk = try keyFile(ceremony, .desk)
        let json = Array(ceremony.election.json.utf8)
        let manifestKey = Array(ceremony.manifestPublicKeyFile.utf8)
        let checkpointKey = Array("\(Checkpoint.verifierKey(of: ceremony.election))\n".utf8)
        try attempt { () throws(StreamError) in
            try PrivateFolder.makeTree(
                out,
                [
                    ("issuing/\(Room.issuing.fileName)", issuing), ("issuing/election.json", json),
                    ("desk/\(Room.desk.fileName)", desk), ("desk/election.json", json),
                    ("public/election.json", json), ("public/manifest.pub", manifestKey),
                    ("public/checkpoint.pub", checkpointKey),
                ])
        }
        try report(ceremony.election, out)
    }

    private func keyFile(_ ceremony: borrowing KeyCeremony, _ room: Room) throws -> [UInt8] {
        let passphrase: SecretBytes?
        if unprotected {
            passphrase = nil
        } else if room == .desk, let file = deskPassphraseFile {
            var options = PassphraseOptions()
            options.passphraseFile = file
            passphrase = try options.newPassphrase(for: room)
        } else {
            passphrase = try passphrases.newPassphrase(for: room)
        }
        do { return try ceremony.keyFile(for: room, passphrase: passphrase) } catch {
            throw Stop.couldNot(error)
        }
    }

    private func report(_ election: Election, _ out: String) throws {
        try Terminal.say(
            "\(shown(election.name)): codes of \(election.codeLength.symbols) symbols (\(election.codeLength.secretBits) secret bits)"
        )
        for question in election.questions {
            switch question.kind {
            case .date(let order, let year):
                try Terminal.say(
                    "asks \(quoted(question.name)): a date (\(order.rawValue)); two digits mean \(year - 99) to \(year)"
                )
            case .digits(let most):
                try Terminal.say(
                    "asks \(quoted(question.name)): a number of at most \(most == 0 ? 32 : most) digits"
                )
            case .postcode: try Terminal.say("asks \(quoted(question.name)): a postcode")
            case .text: try Terminal.say("asks \(quoted(question.name)): a text")
            }
        }
        if election.voterIDs == .exactCase {
            try Terminal.say("voter ids that differ by case alone are those of different members")
        }
        try Terminal.say(
            """
            \(shown(out))/issuing  stays offline in the issuing room\(unprotected ? "   NOT PROTECTED by a passphrase" : "")
            \(shown(out))/desk     goes to the polling desk\(unprotected ? "            NOT PROTECTED by a passphrase" : "")
            \(shown(out))/public   for everybody; manifest.pub for the print house, checkpoint.pub for the log's witnesses
            """)
    }

    /// `NAME:KIND[:…]`; the name may itself hold colons.
    private static func question(_ text: String) throws -> Question {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard let place = parts.lastIndex(where: { ["date", "digits", "postcode", "text"].contains($0) }),
            place > 0
        else {
            throw ValidationError(
                "--ask takes NAME:KIND with the kind date, digits, postcode or text, as in \"Date of birth:date:dmy\"."
            )
        }
        let name = parts[..<place].joined(separator: ":")
        let rest = Array(parts[(place + 1)...])
        switch (parts[place], rest.count) {
        case ("date", 1...2):
            guard let order = Question.DateOrder(rawValue: rest[0]) else {
                throw ValidationError("A date is dmy, mdy or ymd, as in \"Date of birth:date:dmy\".")
            }
            // No voter was born in the last fourteen years.
            let thisYear = Calendar(identifier: .gregorian).component(.year, from: Date())
            guard let year = rest.count == 2 ? Int(rest[1]) : thisYear - 14 else {
                throw ValidationError(
                    "The latest year of two digits is a year, as in \"Date of birth:date:dmy:2012\".")
            }
            return Question(name: name, kind: .date(order, latestYear: year))
        case ("digits", 0): return Question(name: name, kind: .digits(atMost: 0))
        case ("digits", 1):
            guard let most = Int(rest[0]), (1...32).contains(most) else {
                throw ValidationError(
                    "A number has at most 1 to 32 digits, as in \"Membership number:digits:9\".")
            }
            return Question(name: name, kind: .digits(atMost: most))
        case ("postcode", 0): return Question(name: name, kind: .postcode)
        case ("text", 0): return Question(name: name, kind: .text)
        default:
            throw ValidationError(
                "--ask says too much, or a date without dmy, mdy or ymd, as in \"Date of birth:date:dmy\".")
        }
    }
}
