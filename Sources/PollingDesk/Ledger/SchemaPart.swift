/// A part of a ledger's schema in a database that is not as this program made it.
public struct SchemaPart: Equatable, Sendable {
    /// Its kind and its name: "function record_votes", "trigger log_stays of log".
    public let name: String
    public let fault: Fault

    public enum Fault: Equatable, Sendable {
        case missing
        /// It is there, and is another one.
        case altered
        /// This program did not make it.
        case foreign
    }

    /// Anybody may have chosen the name of what is foreign. It is shown without what
    /// could change how the rest of a line looks.
    package init(_ name: String, _ fault: Fault) {
        self.name = String(
            name.map { $0.isASCII && ($0.isLetter || $0.isNumber || " ()[]._,".contains($0)) ? $0 : "?" })
        self.fault = fault
    }
}
