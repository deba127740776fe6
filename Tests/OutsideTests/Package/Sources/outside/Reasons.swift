import Counterfoil
import CounterfoilFiles
import Foundation
import PollingDesk
import SQLiteLedger

/// Provokes the reasons that a site can meet, and switches over each.
enum Reasons {
    static func tell() async throws {
        let election = try Election(json: PrivateFile.read("desk/election.json", atMost: 1 << 20))
        let other = try Election(json: PrivateFile.read("other/election.json", atMost: 1 << 20))
        func key(_ folder: String, _ election: Election) throws -> DeskKey {
            try DeskKey.open(
                PrivateFile.readKey("\(folder)/desk.key"), election: election, passphrase: nil)
        }
        func open(_ path: String, _ election: Election) throws(LedgerError) {
            try SQLiteLedger(opening: path, election: election).close()
        }

        let before = try Data(contentsOf: URL(filePath: "ballot.ledger"))
        say("another election") { () throws(LedgerError) in try open("ballot.ledger", other) }
        let foreign = try key("other", other)
        do {
            let ledger = try SQLiteLedger(opening: "ballot.ledger", election: election)
            _ = try Desk(key: foreign, ledger: ledger)
            print("another key: none")
        } catch let error as LedgerError { print("another key: \(word(error))") }
        say("another schema") { () throws(LedgerError) in try open("schema.ledger", election) }
        say("not there") { () throws(LedgerError) in try open("nothing.ledger", election) }
        say("no ledger") { () throws(LedgerError) in try open("codes", election) }
        say("others can read it") { () throws(LedgerError) in try open("open.ledger", election) }
        say("there already") { () throws(LedgerError) in
            try SQLiteLedger.create(at: "ballot.ledger", election: election).close()
        }
        let seen = TreeHead(size: 1_000_000, root: Bytes())
        say("an older copy") { () throws(LedgerError) in
            try SQLiteLedger(opening: "ballot.ledger", election: election, seen: seen).close()
        }
        let after = try Data(contentsOf: URL(filePath: "ballot.ledger"))
        print("what was refused: \(after == before ? "unchanged" : "changed")")
        let desk: Desk
        do {
            var limits = Desk.Limits()
            limits.forms = 1
            desk = try Desk(
                key: key("desk", election),
                ledger: SQLiteLedger(opening: "ballot.ledger", election: election), limits: limits)
        }
        let lent = try desk.makeForm()
        say("every form is lent") { () throws(LedgerError) in _ = try desk.makeForm() }
        _ = consume lent
        _ = try desk.makeForm()
        await desk.drain()
        do {
            _ = try await desk.checkpoint()
            print("closed: none")
        } catch { print("closed: \(word(error))") }
    }

    private static func say(_ what: String, _ body: () throws(LedgerError) -> Void) {
        do throws(LedgerError) {
            try body()
            print("\(what): none")
        } catch { print("\(what): \(word(error))") }
    }

    /// As a caller does: every reason can be told apart.
    private static func word(_ error: LedgerError) -> String {
        switch error {
        case .otherElection: "otherElection"
        case .otherKey: "otherKey"
        case .alteredSchema: "alteredSchema"
        case .otherVersion: "otherVersion"
        case .missing: "missing"
        case .exists: "exists"
        case .notALedger: "notALedger"
        case .unsafePlace(_, let danger): "unsafePlace \(danger)"
        case .olderCopy(_, _, let seen, _): "olderCopy \(seen)"
        case .busy: "busy"
        case .closed: "closed"
        default: "\(error)"
        }
    }
}
