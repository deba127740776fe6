public import Counterfoil

/// The packs to replace, as an officer lists them: one number a line, or a CSV
/// with a column `pack`, such as a whole `packs.csv`.
///
/// Where it has a column `status` it is a print house's return, which lists every pack
/// of a batch: then those that are `missing` are meant, and no other.
public enum PackList {
    public static func read(
        _ source: some ByteSource, _ election: Election
    ) throws(ListError) -> [PackNumber] {
        var reader = try ListReader(source)
        var packs: [PackNumber] = []
        let columns: [Int]
        if reader.columns.names.count == 1 {
            columns = [0]
            // A list without a header: its first line is a pack.
            if let pack = number(Array(reader.columns.names[0].utf8), election) {
                packs.append(pack)
            } else if (try? reader.columns.index(of: "pack")) == nil {
                throw .noHeader
            }
        } else {
            let pack = try reader.column("pack")
            columns = [pack] + ((try? reader.columns.index(of: "status")).map { [$0] } ?? [])
        }
        do throws(ListError) {
            while let row = try reader.next(columns) {
                if columns.count == 2, try !isMissing(row.text(1), row.line) { continue }
                guard let pack = number(row.fields[0], election) else {
                    throw .noPackNumber(line: row.line)
                }
                packs.append(pack)
            }
        } catch {
            guard case .fault(let fault) = error, fault.kind == .noRows, !packs.isEmpty else {
                throw error
            }
        }
        guard !packs.isEmpty else { throw .noneMissing }
        return packs
    }

    private static func isMissing(_ status: String, _ line: Int) throws(ListError) -> Bool {
        switch status.lowercased() {
        case "missing": true
        case "packed", "remade": false
        default: throw .unknownStatus(line: line)
        }
    }

    /// A pack number as it is printed, if it is one of this election's.
    static func number(_ text: [UInt8], _ election: Election) -> PackNumber? {
        try? text.withBytes { PackNumber.read($0, constant: election.constant) }.get()
    }
}
