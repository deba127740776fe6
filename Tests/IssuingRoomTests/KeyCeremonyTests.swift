import TestSupport
import Testing

@testable import Counterfoil
@testable import IssuingRoom

@Suite struct KeyCeremonyTests {
    /// Without a passphrase anybody can seal a file that names this election. Keys that
    /// are not those of `election.json` are somebody else's.
    @Test(arguments: [Room.issuing, .desk])
    func aKeyFileWithSomebodyElsesKeysIsRefused(_ room: Room) throws {
        let ceremony = try KeyCeremony(name: "Practice", codeLength: .twenty, questions: [])
        let election = ceremony.election
        func open(_ file: [UInt8]) throws {
            switch room {
            case .issuing: _ = try IssuingKey.open(file, election: election, passphrase: nil)
            case .desk: _ = try DeskKey.open(file, election: election, passphrase: nil)
            }
        }
        try open(ceremony.keyFile(for: room, passphrase: nil))
        let forged = try KeyFile.seal(
            room: room, election: election, ledgerKey: .random(count: 32), secret: .random(count: 32),
            passphrase: nil)
        #expect(throws: KeyFileError.otherElection) { try open(forged) }
    }

    /// Thirty elections leave one id in ten that is far enough from all of them. So five
    /// ceremonies that do not look at them all succeed once in a hundred thousand times.
    @Test func theIDIsDrawnAgainWhereEarlierCodesCouldPass() throws {
        for _ in 0..<5 {
            let earlier = (0..<30).map { _ in Election.standIn(.random()) }
            let ceremony = try KeyCeremony(
                name: "Practice", codeLength: .twenty, questions: [], previous: earlier)
            let constant = ElectionConstant(ceremony.election.id)
            #expect(earlier.allSatisfy { !constant.isTooNear($0.constant) })
        }
    }
}
