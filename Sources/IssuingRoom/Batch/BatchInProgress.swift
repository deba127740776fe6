internal import Counterfoil

/// A batch on its way from the roll to the printer and the desk: what it is made
/// of, the same for every step of a run.
final class BatchInProgress<Shelf: Folder & Sendable, Out: Folder & Sendable>: Sendable {
    let order: PrintOrder
    let election: Election
    let key: IssuingKey
    let book: BatchBook<Shelf>
    let out: Out

    init(
        _ order: PrintOrder, election: Election, key: consuming IssuingKey, book: BatchBook<Shelf>,
        out: Out
    ) {
        self.order = order
        self.election = election
        self.key = key
        self.book = book
        self.out = out
    }
}
