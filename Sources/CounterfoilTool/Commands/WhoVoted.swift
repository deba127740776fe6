internal import ArgumentParser
internal import Counterfoil
internal import CounterfoilFiles
internal import IssuingRoom

struct WhoVoted: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "who-voted",
        abstract: "In the issuing room: who voted, for the electoral record.",
        discussion: """
            Joins the desk's list (`report --voted voted.csv`) with the packs.csv of the batches. \
            Prints voter and channel as CSV. With --doubles it prints instead the groups of suspected \
            doubles in which more than one membership has voted.

            Example:
              counterfoil who-voted --keys ballot/issuing --voted voted.csv \\
                --packs out/B01.packs.csv --packs out/R01.packs.csv \\
                > electoral-record.csv
            """)

    @Option(help: ArgumentHelp("The folder of the issuing room.", valueName: "DIR")) var keys: String
    @Option(help: ArgumentHelp("The desk's list of packs that voted.", valueName: "FILE")) var voted: String
    @Option(help: ArgumentHelp("A batch's packs.csv; repeat for all.", valueName: "FILE")) var packs: [String]
    @Option(help: ArgumentHelp("List groups of doubles that voted twice.", valueName: "doubles.csv"))
    var doubles: String?

    func run() throws {
        let election = try KeyFolder(keys, .issuing).election
        let (voted, packs) = (try FileSource.opened(voted), try packs.map(FileSource.opened))
        let record = try attempt { () throws(ListError) in
            try ElectoralRecord(voted: voted, packs: packs, election)
        }
        // A record without them would look like a whole one.
        if let first = record.unknown.first {
            throw Stop.couldNot(
                "\(counted(record.unknown.count, "pack")) voted, \(first) among them, and \(record.unknown.count == 1 ? "is" : "are") in none of these lists; give every batch's packs.csv with --packs"
            )
        }
        guard let doubles else {
            return try Terminal.hand(over: String(decoding: record.csv.dropLast(), as: UTF8.self))
        }
        let suspected = try FileSource.opened(doubles)
        let groups = try attempt { () throws(ListError) in try record.doubles(suspected) }
        for group in groups {
            try Terminal.say(
                "group \(shown(group.name)): "
                    + group.voters.map {
                        "\(shown($0.voter)) \($0.channel == "post" ? "by post" : "online") with pack \($0.pack)"
                    }.joined(separator: "; "))
        }
        Terminal.note("\(counted(groups.count, "group")) of suspected doubles voted more than once.")
    }
}
