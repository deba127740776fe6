import Counterfoil
import Testing

@testable import IssuingRoom

/// Who voted, from two lists that no other room holds together.
@Suite struct ElectoralRecordTests {
    private let election: Election
    private let packs: [String: PracticePack]

    init() async throws {
        let room = try PracticeRoom()
        election = room.election
        packs = try await room.issue("B01", ["Ann", "Ben B.", "Cat", "Dan"]).packs
    }

    private func list(_ voters: String...) -> PieceSource {
        PieceSource(Array(("voter,pack\n" + voters.map { "\($0),\(packs[$0]!.number)\n" }.joined()).utf8))
    }

    private func voted(_ rows: (String, String)...) -> PieceSource {
        PieceSource(
            Array(("pack,channel\n" + rows.map { "\(packs[$0.0]!.number),\($0.1)\n" }.joined()).utf8))
    }

    @Test func joinsBothListsInTheOrderOfThePacks() throws {
        let record = try ElectoralRecord(
            voted: voted(("Dan", "post"), ("Ben B.", "online")),
            packs: [list("Ben B.", "Cat"), list("Dan")], election)
        #expect(record.unknown.isEmpty)
        #expect(record.voters.map(\.voter) == ["Ben B.", "Dan"])
        #expect(
            String(decoding: record.csv, as: UTF8.self) == "voter,channel\r\nBen B.,online\r\nDan,post\r\n")
    }

    @Test func quotesWhatMustBe() throws {
        let list = PieceSource(Array("voter,pack\n\"Ann, \"\"A\"\"\",\(packs["Ann"]!.number)\n".utf8))
        let record = try ElectoralRecord(voted: voted(("Ann", "post")), packs: [list], election)
        #expect(
            String(decoding: record.csv, as: UTF8.self) == "voter,channel\r\n\"Ann, \"\"A\"\"\",post\r\n")
    }

    @Test func namesPacksThatAreInNoList() throws {
        let record = try ElectoralRecord(
            voted: voted(("Dan", "post"), ("Cat", "online")), packs: [list("Dan")], election)
        #expect(record.unknown == [packs["Cat"]!.number] && record.voters.map(\.voter) == ["Dan"])
        // The same list twice names nobody twice.
        let twice = try ElectoralRecord(
            voted: voted(("Dan", "post")), packs: [list("Dan"), list("Dan")], election)
        #expect(twice.voters.map(\.voter) == ["Dan"])
    }

    @Test func nobodyHasVoted() throws {
        let record = try ElectoralRecord(voted: voted(), packs: [list("Dan")], election)
        #expect(record.unknown.isEmpty && record.voters.isEmpty)
        #expect(record.csv == Array("voter,channel\r\n".utf8))
        #expect(try record.doubles(PieceSource(Array("group,voter\n1,Dan\n".utf8))).isEmpty)
    }

    @Test func listsGroupsThatVotedTwice() throws {
        let record = try ElectoralRecord(
            voted: voted(("Ben B.", "online"), ("Cat", "post"), ("Dan", "post")),
            packs: [list("Ben B.", "Cat", "Dan")], election)
        let doubles = "group,voter,decision\n1,Cat,\n1,Ben B.,\n2,Dan,\n2,Ann,\n3,Eve,\n3,Cat,\n"
        let groups = try record.doubles(PieceSource(Array(doubles.utf8)))
        #expect(groups.map(\.name) == ["1"])
        #expect(groups[0].voters.map(\.voter) == ["Cat", "Ben B."])
        #expect(groups[0].voters.map(\.channel) == ["post", "online"])
    }

    /// The officer who filled the file in may have sorted it by another column.
    @Test func groupsNeedNotBeTogether() throws {
        let record = try ElectoralRecord(
            voted: voted(("Ann", "online"), ("Ben B.", "online"), ("Cat", "post"), ("Dan", "post")),
            packs: [list("Ann", "Ben B.", "Cat", "Dan")], election)
        let doubles = "group,voter\n2,Ann\n1,Ben B.\n3,Eve\n1,Cat\n2,Dan\n"
        let groups = try record.doubles(PieceSource(Array(doubles.utf8)))
        #expect(groups.map(\.name) == ["2", "1"])
        #expect(groups.map { $0.voters.map(\.voter) } == [["Ann", "Dan"], ["Ben B.", "Cat"]])
    }

    /// Swift takes a composed letter and a decomposed one for one text. Members who were
    /// decided to be different are not joined by that.
    @Test func spellingsAreToldApart() throws {
        let (composed, decomposed) = ("Bj\u{F6}rn", "Bjo\u{308}rn")
        let list = PieceSource(
            Array(
                "voter,pack\n\(composed),\(packs["Ann"]!.number)\n\(decomposed),\(packs["Dan"]!.number)\n"
                    .utf8))
        let record = try ElectoralRecord(
            voted: voted(("Ann", "online"), ("Dan", "post")), packs: [list], election)
        for (doubles, count) in [
            ("1,\(composed)\n1,Eve\n2,\(decomposed)\n2,Fay\n", 0), ("1,\(composed)\n1,\(decomposed)\n", 1),
        ] {
            let groups = try record.doubles(PieceSource(Array("group,voter\n\(doubles)".utf8)))
            #expect(groups.count == count)
        }
    }

    @Test func whatIsNoListIsSaid() {
        for (voted, packs) in [
            ("pack,channel\nABC,post\n", "voter,pack\n"),
            ("pack,channel\n\(packs["Cat"]!.number),by pigeon\n", "voter,pack\n"),
            ("pack,channel\n\(packs["Cat"]!.number),\n", "voter,pack\n"), ("pack\n", "voter,pack\nAnn,1\n"),
            ("", "voter,pack\n"),
            ("pack,channel\n\(packs["Cat"]!.number),post\n", "voter,pack\nCat,oops\n"),
        ] {
            #expect(throws: ListError.self) {
                try ElectoralRecord(
                    voted: PieceSource(Array(voted.utf8)), packs: [PieceSource(Array(packs.utf8))], election)
            }
        }
    }
}
