internal import Counterfoil

/// The members who have been issued a pack, and under which number: all pages but those of
/// specimens, in the order in which they were begun, and their doubles.
struct IssuedVoters: Sendable {
    let pages: [BookPage]
    /// By a member's own number, what the doubles have of them last.
    private let doubles: [VoterNumber: (row: DoublesPage.Row, batch: BatchName)]
    /// Whose the packs are that doubles have, by own number.
    private let owners: [UInt64: VoterNumber]
    private let packs: [VoterNumber: [UInt64]]
    /// Each number of a member's own with one that their packs carried: all that the
    /// book has of them, the earlier ones too.
    let links: [(own: VoterNumber, carried: VoterNumber)]
    /// Folded numbers of members whose pack carries another number, ascending.
    private let folded: [VoterNumber]

    init(_ pages: [BookPage], _ doublesPages: [DoublesPage]) {
        self.pages = pages
        let rows = Dictionary(doublesPages.map { ($0.batch, $0.rows) }, uniquingKeysWith: { $1 })
        var doubles: [VoterNumber: (row: DoublesPage.Row, batch: BatchName)] = [:]
        var owners: [UInt64: VoterNumber] = [:]
        var packs: [VoterNumber: [UInt64]] = [:]
        var folded: [VoterNumber] = []
        var links: [(own: VoterNumber, carried: VoterNumber)] = []
        // A later batch may have replaced a pack under the number of the person
        // that its member was found to be: the last one counts.
        for page in pages {
            page.forEachRow { if $0.folded != $0.voter { folded.append($0.folded) } }
            for row in rows[page.batch] ?? [] {
                doubles[row.own] = (row, page.batch)
                folded.append(row.member.folded)
                links.append((row.own, row.carried))
                guard row.pack != 0 else { continue }
                owners[row.pack] = row.own
                packs[row.own, default: []].append(row.pack)
            }
        }
        self.doubles = doubles
        self.owners = owners
        self.packs = packs
        self.links = links
        self.folded = ascendingIndices(folded.count) { (folded[$0].high, folded[$0].low) }
            .map { folded[Int($0)] }
    }

    /// The batch in which the member with this number of their own was issued,
    /// or covered by another of their memberships.
    func batch(of own: VoterNumber) -> BatchName? {
        doubles[own]?.batch ?? pages.first { $0.has(own) }?.batch
    }

    /// The number that the member's packs carry, if they were issued any.
    func numberCarried(by own: VoterNumber) -> VoterNumber? {
        if let double = doubles[own] { return double.row.carried }
        return pages.contains { $0.has(own) } ? own : nil
    }

    /// Whether the member is another membership of somebody, and gets no pack.
    func isDropped(_ own: VoterNumber) -> Bool { doubles[own]?.row.pack == 0 }

    /// All packs that the member was issued.
    func packs(of own: VoterNumber) -> [UInt64] {
        let claimed = packs[own] ?? []
        return claimed + packs(carrying: own).filter { owners[$0] == nil }
    }

    /// Whether the member was issued a pack that carries this number.
    func hasPack(of own: VoterNumber, carrying number: VoterNumber) -> Bool {
        packs(carrying: number).contains { (owners[$0] ?? number) == own }
    }

    /// All packs that carry a number.
    func packs(carrying number: VoterNumber) -> [UInt64] {
        pages.flatMap { $0.rows(of: number) }.map(\.pack)
    }

    /// Whether the book has a member whose id is written otherwise, and folds alike.
    @inline(__always)
    func coincides(with member: MemberNumbers) -> Bool {
        guard !pages.isEmpty else { return false }
        return hasFolded(member.folded) && numberCarried(by: member.own) == nil
    }

    /// The batch of that member.
    func batch(ofFolded number: VoterNumber) -> BatchName? {
        for page in pages {
            var isThere = false
            page.forEachRow { if $0.folded == number { isThere = true } }
            if isThere { return page.batch }
        }
        return doubles.values.first { $0.row.member.folded == number }?.batch
    }

    private func hasFolded(_ number: VoterNumber) -> Bool {
        var low = 0
        var high = folded.count
        while low < high {
            let middle = (low + high) / 2
            if folded[middle] < number { low = middle + 1 } else { high = middle }
        }
        if low < folded.count, folded[low] == number { return true }
        return pages.contains { $0.has(number) && $0.rows(of: number).contains { $0.folded == number } }
    }
}
