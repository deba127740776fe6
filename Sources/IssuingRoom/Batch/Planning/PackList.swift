public import Counterfoil

/// The packs to replace, as an officer lists them: one number a line, or a CSV
/// with a column `pack`, such as a whole `packs.csv`.
public enum PackList {
    public static func read(
        _ source: some ByteSource, _ election: Election
    ) throws(ListError) -> [PackNumber] {
        var reader = try ListReader(source)
        var packs: [PackNumber] = []
        let column: Int
        if reader.columns.names.count == 1 {
            column = 0
            // A list without a header: its first line is a pack.
            if let pack = number(Array(reader.columns.names[0].utf8), election) {
                packs.append(pack)
            } else if (try? reader.columns.index(of: "pack")) == nil {
                throw .noHeader
            }
        } else {
            column = try reader.column("pack")
        }
        do throws(ListError) {
            while let row = try reader.next([column]) {
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
        return packs
    }

    /// A pack number as it is printed, if it is one of this election's.
    static func number(_ text: [UInt8], _ election: Election) -> PackNumber? {
        try? text.withBytes { PackNumber.read($0, constant: election.constant) }.get()
    }
}
