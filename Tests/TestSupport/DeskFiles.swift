package import Counterfoil
import Foundation
import PollingDesk

extension Rehearsal {
    /// Makes the folder of the polling desk, as `keygen --unprotected` would.
    package func writeDesk(to folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, bytes) in [("election.json", Array(election.json.utf8)), ("desk.key", try deskKeyFile())] {
            let made = FileManager.default.createFile(
                atPath: "\(folder)/\(name)", contents: Data(bytes), attributes: [.posixPermissions: 0o600])
            guard made else { throw ChildError("\(folder)/\(name) cannot be written") }
        }
    }
}

extension TestPack {
    /// A line for `counterfoil redeem`: the same request that
    /// `Booth.prepare` makes of this key.
    package func line(key: Int, answers: [String]? = nil, of election: Election) -> String {
        let answered = zip(election.questions, answers ?? self.answers).map { question, answer in
            (question.name, JSONValue.string(answer))
        }
        let key = Booth.keyBytes(key).withBytes { Base64.encode($0, url: true) }
        return JSONValue.object([
            ("code", .string(String(decoding: printedCode, as: UTF8.self))),
            ("answers", .object(answered)), ("key", .string(key)),
        ]).text()
    }
}
