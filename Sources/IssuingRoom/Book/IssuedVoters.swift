internal import Counterfoil

/// The members who have been issued a pack, and under which number: all pages but those of
/// specimens, in the order in which they were begun, and their doubles.
struct IssuedVoters: Sendable {
    let pages: [BookPage]
    private let carried: [VoterNumber: (number: VoterNumber, batch: BatchName)]

    init(_ pages: [BookPage], _ doubles: [DoublesPage]) {
        self.pages = pages
        var carried: [VoterNumber: (number: VoterNumber, batch: BatchName)] = [:]
        let doubles = Dictionary(doubles.map { ($0.batch, $0.rows) }, uniquingKeysWith: { $1 })
        // A later batch may have replaced a pack under the number of the person
        // that its member was found to be: the last one counts.
        for page in pages {
            for row in doubles[page.batch] ?? [] { carried[row.own] = (row.carried, page.batch) }
        }
        self.carried = carried
    }

    /// The batch in which the member with this number of their own was issued,
    /// or covered by another of their memberships.
    func batch(of own: VoterNumber) -> BatchName? {
        carried[own]?.batch ?? pages.first { $0.has(own) }?.batch
    }

    /// The number that the member's packs carry, if they were issued any.
    func numberCarried(by own: VoterNumber) -> VoterNumber? {
        if let carried = carried[own] { return carried.number }
        return pages.contains { $0.has(own) } ? own : nil
    }
}
