internal import ArgumentParser
internal import Counterfoil
internal import CounterfoilFiles
internal import IssuingRoom
internal import PollingDesk

struct Reconcile: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare the print house's return with the register.",
        discussion: """
            RETURN.csv has the columns pack and status: packed, remade or missing, one line for each \
            pack of the batch. Shows what it would do; with --confirm it cancels the missing packs, \
            and the batch may then be activated.

            Examples:
              counterfoil reconcile --ledger ballot.ledger --keys ballot/desk B01 \\
                return.csv
              counterfoil reconcile --ledger ballot.ledger --keys ballot/desk B01 \\
                return.csv --confirm --by "A. Officer"
            """)

    @OptionGroup var options: DeskOptions
    @OptionGroup var officer: OfficerOptions
    @OptionGroup var confirmation: ConfirmOptions
    @Argument(help: ArgumentHelp("The batch.", valueName: "BATCH")) var batch: BatchArgument
    @Argument(help: ArgumentHelp("The print house's return.", valueName: "RETURN.csv")) var file: String

    func run() throws {
        let own = try KeyFolder(options.keys, .desk).election
        let (election, packs) = try NamedLedger.reading(options.ledger) { (ledger) throws(Stop) in
            guard own.id == ledger.election.id else {
                throw .couldNot("\(options.ledger) is the ledger of another election")
            }
            let summary = try attempt { () throws(LedgerError) in try ledger.summary() }
            guard let found = summary.batches.first(where: { $0.name == batch.name }) else {
                throw .couldNot("no batch \(batch.name) is loaded; see `counterfoil status`")
            }
            let packs = try attempt { () throws(LedgerError) in try ledger.packs(ofBatch: found.number) }
            return (summary.election, packs)
        }
        let returned = try read(election)
        let counts =
            "batch \(batch.name), \(counted(packs.count, "pack")): "
            + PrintReturn.Status.allCases.map { "\(grouped(returned.counts[$0] ?? 0)) \($0.rawValue)" }
            .joined(separator: ", ")
        try refuse(returned.difference(from: packs), counts)
        let missing = returned.missing.count
        try confirmation.ask(
            "\(counts)\n\(missing == 0 ? "No pack" : "The missing \(counted(missing, "pack"))") would be cancelled, and the batch could be activated. No pack comes back.",
            typing: "RECONCILE")
        try options.act("Batch \(batch.name)") { (desk) throws(LedgerError) in
            try desk.reconcile(batch.name, missing: returned.missing, officer.note(), at: .now)
        }
        try Terminal.say(
            "\(counts)\nBatch \(batch.name) is reconciled; \(counted(missing, "missing pack")) \(missing == 1 ? "is" : "are") cancelled."
        )
    }

    private func refuse(_ difference: PrintReturn.Difference, _ counts: String) throws {
        guard !difference.isNone else { return }
        try Terminal.say(counts)
        func list(_ packs: [PackNumber], _ what: String) throws {
            guard !packs.isEmpty else { return }
            let some = packs.prefix(5).map(\.description).joined(separator: ", ")
            try Terminal.say("  \(grouped(packs.count)) \(what): \(some)\(packs.count > 5 ? ", …" : "")")
        }
        try list(difference.unaccounted, "not accounted for")
        try list(difference.foreign, "not of this batch")
        try list(difference.repeated, "twice in the return")
        throw Stop.refused("the return does not add up; ask the print house")
    }

    private func read(_ election: Election) throws(Stop) -> PrintReturn {
        let source = try attempt { () throws(StreamError) in try FileSource(file) }
        var reader = try attempt { () throws(RollFault) in try RollReader(source) }
        let places = try attempt { () throws(RollColumnError) in
            try RollColumns(reader.columns).indices(of: ["pack", "status"])
        }
        var returned = PrintReturn()
        while let chunk = try attempt({ () throws(RollFault) in try reader.next() }) {
            for row in 0..<chunk.count {
                let line = chunk.lines[row]
                let number = chunk.withField(row, places[0]) {
                    PackNumber.read($0, constant: election.constant)
                }
                guard case .success(let pack) = number else {
                    throw Stop.couldNot("\(shown(file)), line \(line): no pack number of this election")
                }
                let word = chunk.withField(row, places[1]) { String(decoding: $0.array, as: UTF8.self) }
                guard let status = PrintReturn.Status(rawValue: word.lowercased()) else {
                    throw Stop.couldNot(
                        "\(shown(file)), line \(line): the status is packed, remade or missing")
                }
                returned.add(pack, status)
            }
        }
        return returned
    }
}
