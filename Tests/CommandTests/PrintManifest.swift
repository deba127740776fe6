import Foundation
import TestSupport

/// The manifest, as a print house reads it.
struct PrintManifest: Decodable {
    struct Column: Decodable {
        let name: String
        let longest: Int
    }
    struct File: Decodable {
        let name: String
        let bytes: Int
        let sha256: String
        let encryption: String
        let firstSequence: Int
        let lastSequence: Int
    }
    struct Register: Decodable {
        let name: String
        let bytes: Int
    }
    let batch: String
    let kind: String
    let packs: Int
    let postOnly: Int
    let byteOrderMark: Bool
    let separator: String
    let columns: [Column]
    let files: [File]
    let register: Register
}

extension Ballot {
    func manifest(_ batch: String = "B01", out: String = "out") throws -> PrintManifest {
        try JSONDecoder().decode(
            PrintManifest.self, from: Data(folder.bytes("\(out)/\(batch).manifest.json")))
    }
}
