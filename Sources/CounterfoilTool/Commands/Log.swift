internal import ArgumentParser
internal import Counterfoil
internal import CounterfoilFiles
internal import PollingDesk

struct CheckpointCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint",
        abstract: "Sign the log as it is now, for others to keep.",
        discussion: """
            Prints a signed note (c2sp.org/tlog-checkpoint): the number of entries and a hash over all \
            of them. Give it to people who do not work at the desk, every evening for instance. Anyone \
            who has one can tell later whether what it covers was changed (`audit --against`). The key \
            that verifies it is in public/checkpoint.pub, in the form that Go's sumdb/note takes.

            Example:
              counterfoil checkpoint --ledger ballot.ledger --keys ballot/desk \\
                > monday.checkpoint
            """)

    @OptionGroup var options: DeskOptions

    func run() throws {
        let checkpoint = try options.withDesk { desk in
            try attempt { () throws(LedgerError) in try desk.checkpoint { $0 } }
        }
        try Terminal.hand(over: String(checkpoint.text.dropLast()))
    }
}

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Replay the log and compare it with all that the ledger holds. Needs no key.",
        discussion: """
            Every entry is read, hashed, judged by the rules again, and its effects compared with every \
            table; every register is rebuilt from the ledger's rows and its signature verified. The \
            first difference is named, and the exit status is 1.

            A ledger cannot prove by itself that it is the whole of it: an older copy is consistent \
            too. --against takes checkpoints that others have kept; without one, all that is shown is \
            internal consistency. --registers compares with the files from the issuing room, and names \
            the first pack that differs; --election takes the election from public/ instead of the ledger.

            Works on a copy in the system's folder for temporary files, so that voting goes on.

            Examples:
              counterfoil audit --ledger ballot.ledger --against monday.checkpoint \\
                --against friday.checkpoint
              counterfoil audit --ledger ballot.ledger \\
                --election ballot/public/election.json \\
                --registers to-printer/B01.register
            """)

    @Option(help: ArgumentHelp("The ledger.", valueName: "FILE")) var ledger: String
    @Option(help: ArgumentHelp("An earlier checkpoint of this log.", valueName: "CHECKPOINT"))
    var against: [String] = []
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Registers as the issuing room wrote them.", valueName: "FILE"))
    var registers: [String] = []
    @Option(help: ArgumentHelp("election.json, from elsewhere than the ledger.", valueName: "FILE"))
    var election: String?
    @Flag(help: "As JSON.") var json = false

    func run() throws {
        let known = try election.map { try KeyFolder.election($0) }
        let files = try registers.map { path in
            try attempt { () throws(StreamError) in (path, try ReadableFile(path)) }
        }
        let notes = try against.map { path in
            (path, try attempt { () throws(StreamError) in try PrivateFile.read(path, atMost: 1 << 17) })
        }
        let (report, checkpoints) = try NamedLedger.reading(ledger) { (ledger) throws(Stop) in
            let election = known ?? ledger.election
            var checkpoints: [Checkpoint] = []
            for (path, note) in notes {
                do throws(CheckpointError) {
                    checkpoints.append(try Checkpoint(note, election: election))
                } catch {
                    throw .couldNot("\(shown(path)): \(error.sentence)")
                }
            }
            return (try audit(ledger, election, checkpoints, files), checkpoints)
        }
        try Terminal.say(
            json ? report.json(checkpoints, registers.count) : report.text(checkpoints, registers.count))
        if let difference = report.difference { throw Stop.refused("the audit failed: \(difference)") }
    }

    private func audit(
        _ ledger: any Ledger, _ election: Election, _ checkpoints: [Checkpoint],
        _ registers: [(path: String, file: ReadableFile)]
    ) throws(Stop) -> Audit.Report {
        let audit = Audit(election: election, against: checkpoints)
        var path: String?
        do throws(LedgerError) {
            return try ledger.snapshot(long: true) { (snapshot) throws(LedgerError) in
                var report = try audit.run(on: snapshot) { rows in
                    Terminal.progress("audit: \(grouped(rows)) rows read")
                }
                for register in registers {
                    path = register.path
                    var reader: RegisterReader<ReadableFile>
                    do throws(RegisterError) {
                        reader = try RegisterReader(register.file, election: election)
                    } catch {
                        throw .register(error)
                    }
                    report.found(try audit.difference(between: &reader, and: snapshot))
                }
                return report
            }
        } catch {
            if case .register = error, let path { throw .couldNot("\(shown(path)): \(error.sentence)") }
            throw .couldNot(error)
        }
    }
}

extension Audit.Report {
    fileprivate func text(_ checkpoints: [Checkpoint], _ registers: Int) -> String {
        var lines = [
            "log: \(counted(head.size, "entry", "entries")), root \(head.root.hex)"
        ]
        guard difference == nil else { return lines[0] }
        lines += [
            "tables: \(counted(packs, "pack")) in \(counted(batches, "batch", "batches")), \(counted(votesOnline, "vote")) online and \(grouped(votesByPost)) by post, all as the log has them",
            "registers: rebuilt from the tables, and signed by the issuing room"
                + (registers > 0 ? "; \(counted(registers, "file", "files")) compared" : ""),
        ]
        if checkpoints.isEmpty {
            lines.append(
                "INTERNAL CONSISTENCY ONLY: without an earlier checkpoint (--against) this could be an older copy, or made up as a whole"
            )
        } else {
            let sizes = checkpoints.map { grouped($0.head.size) }.joined(separator: ", ")
            lines.append("checkpoints: the log continues those of \(sizes) entries")
        }
        return lines.joined(separator: "\n")
    }

    fileprivate func json(_ checkpoints: [Checkpoint], _ registers: Int) -> String {
        JSONValue.object([
            ("clean", .bool(difference == nil)),
            ("difference", difference.map { .string($0) } ?? .null),
            ("internalConsistencyOnly", .bool(checkpoints.isEmpty)),
            ("entries", .integer(head.size)), ("root", .string(head.root.hex)),
            ("checkpoints", .array(checkpoints.map { .integer($0.head.size) })),
            ("batches", .integer(batches)), ("registerFiles", .integer(registers)),
            ("packs", .integer(packs)),
            ("votes", .object([("online", .integer(votesOnline)), ("post", .integer(votesByPost))])),
        ]).text(indented: true, visible: true)
    }
}

struct Prove: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prove what the log says of a pack, against a checkpoint. Needs no key.",
        discussion: """
            Prints a proof (c2sp.org/tlog-proof) for one entry: what it says, officer and reason \
            included, and the hashes that lead from it to the checkpoint. It tells nothing of any \
            other entry. Where the log says several things of a pack, --entry chooses one; without it \
            they are listed. With it the log need not be searched: a proof takes no time, however long \
            the log is.

            Examples:
              counterfoil prove --ledger ballot.ledger --checkpoint final.checkpoint \\
                4F2T-HW8C-NB6R
              counterfoil prove --ledger ballot.ledger --checkpoint final.checkpoint \\
                4F2T-HW8C-NB6R --entry 1024 > vote.tlog-proof
            """)

    @Option(help: ArgumentHelp("The ledger.", valueName: "FILE")) var ledger: String
    @Option(help: ArgumentHelp("The checkpoint to lead to.", valueName: "CHECKPOINT")) var checkpoint: String
    @Option(help: ArgumentHelp("The number of the entry, from 0.", valueName: "NUMBER")) var entry: Int?
    @Argument(help: ArgumentHelp("The pack number.", valueName: "PACK")) var pack: String

    func run() throws {
        let note = try attempt { () throws(StreamError) in try PrivateFile.read(checkpoint, atMost: 1 << 17) }
        let (known, proofs) = try NamedLedger.reading(ledger) { (ledger) throws(Stop) in
            let kept: Checkpoint
            do throws(CheckpointError) { kept = try Checkpoint(note, election: ledger.election) } catch {
                throw .couldNot("\(shown(checkpoint)): \(error.sentence)")
            }
            let number = try PackNumber(typed: pack, ledger.election)
            let proofs = try attempt { () throws(LedgerError) in
                try ledger.snapshot(long: false) { (snapshot) throws(LedgerError) in
                    try snapshot.proofs(
                        about: number, entry: entry, checkpoint: kept, election: ledger.election)
                }
            }
            return (number, proofs)
        }
        guard let proof = proofs.first else {
            throw Stop.refused(
                entry == nil
                    ? "the log says nothing of pack \(known) before this checkpoint"
                    : "entry \(entry!) is not about pack \(known), or came after this checkpoint")
        }
        guard proofs.count == 1 else {
            for proof in proofs { Terminal.note("  --entry \(proof.index)  \(proof.sentence)") }
            throw Stop.refused(
                "the log says \(proofs.count) things of pack \(known); choose one with --entry")
        }
        try Terminal.hand(over: String(proof.text.dropLast()))
    }
}

struct VerifyProof: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Verify a proof and say what it proves. Needs no ledger.",
        discussion: """
            With the register of the pack's batch it also says whether the entry was opened by the \
            pack's own code. A vote, wrong answers and a second attempt each show a value that \
            nobody can make without the code.

            Examples:
              counterfoil verify-proof --election ballot/public/election.json \\
                vote.tlog-proof
              counterfoil verify-proof --election ballot/public/election.json \\
                --register out/B01.register vote.tlog-proof
            """)

    @Option(help: ArgumentHelp("election.json, as everybody has it.", valueName: "FILE")) var election: String
    @Option(help: ArgumentHelp("The register that has the pack.", valueName: "FILE")) var register: String?
    @Argument(help: ArgumentHelp("The proof.", valueName: "FILE")) var file: String

    func run() throws {
        let election = try KeyFolder.election(election)
        let bytes = try attempt { () throws(StreamError) in try PrivateFile.read(file, atMost: 1 << 18) }
        let proof: LogProof
        do { proof = try LogProof(bytes, election: election) } catch {
            throw Stop.refused("\(shown(file)): \(error.sentence)")
        }
        try Terminal.say(
            """
            \(proof.sentence)
            entry \(grouped(proof.index)) of the log, under a checkpoint of \(counted(proof.checkpoint.head.size, "entry", "entries")) signed by the desk of \(quoted(election.name))
            """)
        if let register { try Terminal.say(try Self.words(proof, register, election)) }
    }

    /// What the register shows besides.
    private static func words(
        _ proof: LogProof, _ path: String, _ election: Election
    ) throws(Stop) -> String {
        let meaning: String
        switch proof.entry.event {
        case .voteCast: meaning = "cast with this pack's code; by whom, when and under which key is not shown"
        case .wrongAnswers: meaning = "tried with this pack's code; by whom and when is not shown"
        case .secondAttempt: meaning = "tried again with this pack's code; by whom and when is not shown"
        default: return "the entry shows no code: post and officers' acts need none"
        }
        guard let pack = proof.entry.pack, let tag = try tag(of: pack, path, election) else {
            throw .refused("\(shown(path)): the pack is not in this register")
        }
        guard proof.isOpened(by: tag) else {
            throw .refused("NOT opened by this pack's code: somebody has made this entry up")
        }
        return meaning
    }

    private static func tag(
        of pack: PackNumber, _ path: String, _ election: Election
    ) throws(Stop) -> Tag? {
        let file = try attempt { () throws(StreamError) in try ReadableFile(path) }
        do throws(RegisterError) {
            var reader = try RegisterReader(file, election: election)
            var tag: Tag?
            while let row = try reader.next() { if row.pack == pack { tag = row.lookup.tag } }
            while try reader.nextPair() != nil {}
            return tag
        } catch { throw .couldNot("\(shown(path)): \(error.sentence)") }
    }
}

extension LogProof {
    fileprivate var sentence: String {
        var text = "\(entry.at.text)  \(entry.what)"
        if let pack = entry.pack { text += ", pack \(pack)" }
        if let reason = entry.note.reason { text += ": \(reason.rawValue)" }
        if !entry.note.reference.isEmpty { text += " (\(shown(entry.note.reference)))" }
        if !entry.note.officer.isEmpty { text += ", by \(shown(entry.note.officer))" }
        return text
    }
}
