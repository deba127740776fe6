internal import Counterfoil

extension UnreadablePackNumber: Explained {
    /// For the person who typed or scanned it.
    var sentence: String {
        groups.numbers.isEmpty
            ? "no pack number of this election; compare it with the envelope"
            : "no pack number; look again at group \(groups.numbers.map(String.init).joined(separator: " and "))"
    }
}
