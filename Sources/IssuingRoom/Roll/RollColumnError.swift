/// A column that is not to be found.
public enum RollColumnError: Error, Equatable, Sendable {
    /// The nearest name is given where one is near.
    case unknown(String, nearest: String?, columns: [String])
    /// Several differ only in case or in blanks, and none is exactly so.
    case ambiguous(String, alike: [String])
}
