internal import IssuingRoom

extension RollColumnError: Explained {
    var sentence: String {
        switch self {
        case .unknown(let name, let nearest?, let columns):
            "the roll has no column \(quoted(name)); did you mean \(quoted(nearest))? Its columns: \(Self.list(columns))"
        case .unknown(let name, nil, let columns):
            "the roll has no column \(quoted(name)); its columns: \(Self.list(columns))"
        case .ambiguous(let name, let alike):
            "several columns could be \(quoted(name)); type one exactly: \(Self.list(alike))"
        }
    }

    private static func list(_ names: [String]) -> String {
        names.map(quoted).joined(separator: ", ")
    }
}
