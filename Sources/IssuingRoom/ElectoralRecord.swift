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
    /// Packs that voted and are in no list: a list is missing.
    public let unknown: [PackNumber]

    /// Joins the desk's list, `pack,channel`, with one or several `packs.csv`.
    public init(
        voted: some ByteSource, packs lists: [some ByteSource], _ election: Election
    ) throws(ListError) {
        var channels: [PackNumber: String] = [:]
        try Self.forEachRow(of: voted, ["pack", "channel"]) { (row) throws(ListError) in
            let channel = row.text(1)
            // It is written into the record as it is.
            guard ["online", "post"].contains(channel) else { throw .unknownChannel(line: row.line) }
            channels[try Self.pack(row.fields[0], row.line, election)] = channel
        }
        var voters: [Voter] = []
        for list in lists {
            try Self.forEachRow(of: list, ["voter", "pack"]) { (row) throws(ListError) in
                let pack = try Self.pack(row.fields[1], row.line, election)
                if let channel = channels.removeValue(forKey: pack) {
                    voters.append(Voter(voter: row.text(0), pack: pack, channel: channel))
                }
            }
        }
        self.voters = voters
        unknown = channels.keys.sorted()
    }

    /// A group of suspected doubles, by its number in `doubles.csv`.
    public struct Group: Sendable {
        public let name: String
        public let voters: [Voter]
    }

    /// Groups of `doubles.csv` with two votes and more: of one person, if the
    /// officer says so, and found too late.
    public func doubles(_ file: some ByteSource) throws(ListError) -> [Group] {
        // By their bytes: Swift takes two spellings of an accent for one text.
        let votes = Dictionary(grouping: voters) { Array($0.voter.utf8) }
        var looked: Set<[[UInt8]]> = []
        var groups: [(name: String, voters: [Voter])] = []
        // The rows may be sorted otherwise by now; groups come as they first appear.
        var places: [String: Int] = [:]
        try Self.forEachRow(of: file, ["group", "voter"]) { (row) throws(ListError) in
            let (group, voter) = (row.text(0), row.fields[1])
            let place = places[group] ?? groups.count
            if place == groups.count {
                places[group] = place
                groups.append((group, []))
            }
            // A member who is on the roll twice is in the group twice.
            if looked.insert([row.fields[0], voter]).inserted { groups[place].voters += votes[voter] ?? [] }
        }
        return groups.filter { $0.voters.count > 1 }.map { Group(name: $0.name, voters: $0.voters) }
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

    private static func pack(
        _ text: [UInt8], _ line: Int, _ election: Election
    ) throws(ListError) -> PackNumber {
        guard let pack = PackList.number(text, election) else { throw .noPackNumber(line: line) }
        return pack
    }

    /// A list without rows is a list too: nobody has voted.
    private static func forEachRow<Source: ByteSource>(
        of source: Source, _ names: [String],
        _ body: (ListReader<Source>.Row) throws(ListError) -> Void
    ) throws(ListError) {
        var reader = try ListReader(source)
        var columns: [Int] = []
        for name in names { columns.append(try reader.column(name)) }
        do throws(ListError) {
            while let row = try reader.next(columns) { try body(row) }
        } catch {
            guard case .fault(let fault) = error, fault.kind == .noRows else { throw error }
        }
    }
}
