public import Counterfoil

/// Who voted, for the electoral record: joins the desk's list of pack numbers
/// with the issuing room's `packs.csv`. Only this room can.
public struct ElectoralRecord: Sendable {
    public struct Voter: Sendable {
        public let voter: String
        public let pack: PackNumber
        /// `online` or `post`.
        public let channel: String
    }

    /// In the order of the lists of packs.
    public let voters: [Voter]
    /// Packs that voted and stand in no list: a list is missing.
    public let unknown: [PackNumber]

    /// Joins the desk's list, `pack,channel`, with one or several `packs.csv`.
    public init(
        voted: some ByteSource, packs lists: [some ByteSource], _ election: Election
    ) throws {
        var channels: [PackNumber: String] = [:]
        try Self.rows(of: voted, ["pack", "channel"]) { line, fields in
            channels[try Self.pack(fields[0], line, election)] = String(decoding: fields[1], as: UTF8.self)
        }
        var voters: [Voter] = []
        for list in lists {
            try Self.rows(of: list, ["voter", "pack"]) { line, fields in
                let pack = try Self.pack(fields[1], line, election)
                if let channel = channels.removeValue(forKey: pack) {
                    voters.append(
                        Voter(voter: String(decoding: fields[0], as: UTF8.self), pack: pack, channel: channel)
                    )
                }
            }
        }
        self.voters = voters
        unknown = channels.keys.sorted()
    }

    /// Groups of `doubles.csv` with two votes and more: of one person, if the
    /// officer says so, who was found too late.
    public func doubles(_ file: some ByteSource) throws -> [(group: String, voters: [Voter])] {
        let votes = Dictionary(grouping: voters, by: \.voter)
        var looked: Set<[String]> = []
        var groups: [(group: String, voters: [Voter])] = []
        // The rows may be sorted otherwise by now; groups come as they first appear.
        var places: [String: Int] = [:]
        try Self.rows(of: file, ["group", "voter"]) { _, fields in
            let group = String(decoding: fields[0], as: UTF8.self)
            let place = places[group] ?? groups.count
            if place == groups.count {
                places[group] = place
                groups.append((group, []))
            }
            // Who stands in the roll twice stands in the group twice.
            let voter = String(decoding: fields[1], as: UTF8.self)
            if looked.insert([group, voter]).inserted { groups[place].voters += votes[voter] ?? [] }
        }
        return groups.filter { $0.voters.count > 1 }
    }

    /// `voter,channel`.
    public var csv: [UInt8] {
        var text = Array("voter,channel\r\n".utf8)
        for voter in voters {
            Array(voter.voter.utf8).withBytes { CSV.append($0, separator: 0x2C, to: &text) }
            text += Array(",\(voter.channel)\r\n".utf8)
        }
        return text
    }

    private static func pack(_ text: [UInt8], _ line: Int, _ election: Election) throws -> PackNumber {
        switch text.withBytes({ PackNumber.read($0, constant: election.constant) }) {
        case .success(let pack): return pack
        case .failure: throw IssueError.order("line \(line) holds no pack number of this election")
        }
    }

    private static func rows(
        of source: some ByteSource, _ columns: [String], _ body: (Int, [[UInt8]]) throws -> Void
    ) throws {
        var reader = try RollReader(source)
        let places = try RollColumns(reader.columns).indices(of: columns)
        do {
            while let chunk = try reader.next() {
                for row in 0..<chunk.count {
                    try body(Int(chunk.lines[row]), places.map { Array(chunk.bytes[chunk.range(row, $0)]) })
                }
            }
        } catch let fault as RollFault where fault.kind == .noRows {
            // Nobody has voted, and that is a list too.
        }
    }
}
