public import Counterfoil

extension Desk {
    /// Loads a register: the signature first, then the rows, all or none. The
    /// batch is not active yet.
    public func load(
        _ register: some RandomAccessBytes & Sendable
    ) async throws(LedgerError) -> LoadOutcome {
        try await clerk.run { [self] () throws(LedgerError) in try load(register, at: clock()).outcome }
    }

    /// The same on a thread that may wait, with the register's header.
    package func load<Source: RandomAccessBytes>(
        _ register: Source, at moment: Moment
    ) throws(LedgerError) -> (header: RegisterHeader, outcome: LoadOutcome) {
        var reader: RegisterReader<Source>
        do throws(RegisterError) { reader = try RegisterReader(register, election: election) } catch {
            throw .register(error)
        }
        return (reader.header, try ledger.load(&reader, at: moment))
    }
}
