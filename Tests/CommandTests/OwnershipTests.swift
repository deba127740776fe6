import Foundation
import Glibc
import TestSupport
import Testing

/// Root can give a file to another user. A test that cannot says so.
@Suite("Keys are read and made only where no other user can have put them")
struct OwnershipTests {
    /// A user who owns nothing here.
    private static let stranger: uid_t = 65_533
    private static var canGiveAway: Bool { geteuid() == 0 }
    private let ballot: Ballot

    init() throws {
        ballot = try Ballot(members: 3)
        if !Self.canGiveAway { print("skipped in part: only root can give files to another user") }
    }

    private func give(_ name: String, to user: uid_t = stranger) {
        #expect(unsafe chown(ballot.folder.path(name), user, gid_t.max) == 0)
    }

    /// A verb that reads the key of the room.
    private func reading(_ room: String) -> [String] {
        room == "desk"
            ? ["load", "--ledger", "ballot.ledger", "--keys", "ballot/desk", "--create", "out/B01.register"]
            : ballot.issue(out: "second")
    }

    /// What makes a key one that somebody else can have put there.
    enum Danger: String, CaseIterable {
        case nothing, sticky, roots, strangersKey, strangersFolder, strangersFolderAbove
        case openFolder, openToAGroup, openFolderAbove

        var words: String? {
            switch self {
            case .nothing, .sticky, .roots: nil
            case .strangersKey: "belongs to another user"
            default: "others can put something else in the place of"
            }
        }
        var needsRoot: Bool { rawValue.hasPrefix("stranger") }
    }

    private func apply(_ danger: Danger, _ room: String) throws {
        let folder = "ballot/\(room)"
        switch danger {
        case .nothing: break
        // As /tmp is: each can take away only what they put there.
        case .sticky: try ballot.folder.setMode("ballot", 0o1777)
        case .roots: if Self.canGiveAway { give("\(folder)/\(room).key", to: 0) }
        case .strangersKey: give("\(folder)/\(room).key")
        case .strangersFolder: give(folder)
        case .strangersFolderAbove: give("ballot")
        case .openFolder: try ballot.folder.setMode(folder, 0o777)
        case .openToAGroup: try ballot.folder.setMode(folder, 0o770)
        case .openFolderAbove: try ballot.folder.setMode("ballot", 0o777)
        }
    }

    @Test("A key is read", arguments: Danger.allCases, ["desk", "issuing"])
    func reads(_ danger: Danger, _ room: String) throws {
        guard Self.canGiveAway || !danger.needsRoot else { return }
        if room == "desk" { expectDone(try ballot.run(ballot.issue())) }
        try apply(danger, room)
        let before = ballot.folder.snapshot()
        let ended = try ballot.run(reading(room))
        guard let words = danger.words else { return expectDone(ended) }
        expectStop(ended, 3, words)
        #expect(ballot.folder.snapshot() == before)
    }

    @Test("A passphrase is read", arguments: [true, false])
    func readsAPassphrase(isStrangers: Bool) throws {
        guard Self.canGiveAway || !isStrangers else { return }
        try ballot.folder.write("passphrase", "four random words here\n")
        if isStrangers { give("passphrase") }
        let ended = try ballot.run([
            "keygen", "--election", "Second", "--out", "second", "--passphrase-file", "passphrase",
        ])
        guard isStrangers else { return expectDone(ended) }
        expectStop(ended, 3, "passphrase belongs to another user")
        #expect(!ballot.folder.exists("second"))
    }

    @Test("The book is kept", arguments: [Danger.nothing, .strangersFolder, .openFolder])
    func keepsABook(_ danger: Danger) throws {
        guard Self.canGiveAway || !danger.needsRoot else { return }
        expectDone(try ballot.run(ballot.issue()))
        try apply(danger, "issuing/book")
        let before = ballot.folder.snapshot()
        let ended = try ballot.run(["destroy", "--keys", "ballot/issuing", "B01", "--confirm"])
        guard danger != .nothing else { return expectDone(ended) }
        expectStop(ended, 3, "ballot/issuing/book")
        #expect(ballot.folder.snapshot() == before)
    }

    /// What lies where keygen puts a key folder together.
    enum Left: String, CaseIterable {
        case nothing, own, ownReadable, strangers, writable, withOtherFiles
        case inAnOpenFolder, inAStrangersFolder
    }

    @Test("keygen adopts no folder that it cannot have left", arguments: Left.allCases)
    func adopts(_ left: Left) throws {
        guard Self.canGiveAway || ![.strangers, .inAStrangersFolder].contains(left) else { return }
        try ballot.folder.make("place")
        let partial = "place/.second.partial"
        if left != .nothing { try ballot.folder.make(partial) }
        try? ballot.folder.setMode(partial, 0o700)
        var words: String?
        switch left {
        case .nothing, .own: break
        case .ownReadable: try ballot.folder.setMode(partial, 0o755)
        case .strangers:
            give(partial)
            words = "belongs to another user"
        case .writable:
            try ballot.folder.setMode(partial, 0o770)
            words = "others can put something else"
        case .withOtherFiles:
            try ballot.folder.make("\(partial)/desk")
            try ballot.folder.write("\(partial)/desk/other.key", "a key that is known")
            words = "holds files that no broken-off run of this command has left"
        case .inAnOpenFolder:
            try ballot.folder.setMode("place", 0o777)
            words = "others can put something else"
        case .inAStrangersFolder:
            give("place")
            words = "others can put something else"
        }
        let ended = try ballot.keygen(to: "place/second")
        if let words {
            expectStop(ended, 3, words)
            #expect(!ballot.folder.exists("place/second"))
            #expect(left != .withOtherFiles || ballot.folder.exists("\(partial)/desk/other.key"))
        } else {
            expectDone(ended)
            #expect(ballot.folder.snapshot("place/second").keys == ballot.folder.snapshot("ballot").keys)
            #expect(ballot.folder.snapshot("place/second")[""] == "448 folder", "others can look into it")
            #expect(!ballot.folder.exists(partial))
        }
    }

    @Test("Scans that a desk has left are asked again; another user's are not", arguments: [true, false])
    func adoptsScans(isStrangers: Bool) throws {
        guard Self.canGiveAway || !isStrangers else { return }
        try ballot.prepare()
        let name = "ballot.ledger.scans-1"
        try ballot.folder.write(name, "")
        if isStrangers { give(name) }
        expectDone(
            try ballot.run(["postal"] + Ballot.desk, input: .text("\(ballot.packs()[0].pack)\n")))
        #expect(ballot.folder.exists(name) == isStrangers, "a file that was adopted is removed")
    }
}
