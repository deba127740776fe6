import Foundation
import Testing

/// What `show --json` says of a pack.
struct ShownPack: Decodable {
    struct Entry: Decodable {
        let what: String
        let scan: String?
    }
    let entries: [Entry]

    init(_ json: String) throws { self = try JSONDecoder().decode(Self.self, from: Data(json.utf8)) }

    /// The number of the last scan that received it.
    func scan() throws -> String {
        try #require(entries.last { $0.what == "received by post" }?.scan)
    }
}
