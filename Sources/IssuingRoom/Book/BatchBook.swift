public import Counterfoil

/// The issuing room's book: a page for each batch, written before the batch's
/// first byte leaves the room; vectors/README.md, section 15.
///
/// A page holds the batch's own random key, a digest of all that decides which
/// member gets which pack and with which answers, and the voters. So an interrupted
/// run starts again to the same packs; another roll under a used name is
/// refused; and nobody is issued two packs by accident.
public struct BatchBook<Shelf: Folder> {
    private let shelf: Shelf
    private let election: Election

    public init(in shelf: Shelf, of election: Election) {
        self.shelf = shelf
        self.election = election
    }

    /// All pages, in the order in which the batches were begun.
    public func pages(_ key: borrowing IssuingKey) throws(BookError) -> [BookPage] {
        var pages: [BookPage] = []
        for name in try names(".batch") {
            guard let bytes = try read(name) else { continue }
            let page = try BookPage(bytes, election: election, key: key)
            guard Self.fileName(page.batch) == name else { throw .damaged(page: name) }
            pages.append(page)
        }
        return pages.sorted { $0.place < $1.place }
    }

    /// The doubles of all batches.
    func doubles(_ key: borrowing IssuingKey) throws(BookError) -> [DoublesPage] {
        var pages: [DoublesPage] = []
        for name in try names(".doubles") {
            guard let bytes = try read(name) else { continue }
            let page = try DoublesPage(bytes, election: election, key: key)
            guard DoublesPage.fileName(page.batch) == name else { throw .damaged(page: name) }
            pages.append(page)
        }
        return pages
    }

    private func names(_ ending: String) throws(BookError) -> [String] {
        do { return try shelf.names().filter { $0.hasSuffix(ending) }.sorted() } catch {
            throw .folder(error)
        }
    }

    private func read(_ name: String) throws(BookError) -> [UInt8]? {
        do { return try shelf.read(name) } catch { throw .folder(error) }
    }

    static func fileName(_ batch: BatchName) -> String { "\(batch).batch" }

    func write(_ page: DoublesPage, _ key: borrowing IssuingKey) throws(BookError) {
        // What its reader would refuse would lock the whole book.
        guard page.ascends else { throw .repeatedDouble(page.batch) }
        try write([page.encoded(election, key)], as: DoublesPage.fileName(page.batch))
    }

    func removeDoubles(of batch: BatchName) throws(BookError) {
        let name = DoublesPage.fileName(batch)
        guard try read(name) != nil else { return }
        do { try shelf.remove(name) } catch { throw .folder(error) }
    }

    /// Writes a page durably, replacing the batch's older one in one step. The
    /// older one's box does not outlive the newer one's, which can be destroyed.
    func write(_ page: BookPage, _ key: borrowing IssuingKey) throws(BookError) {
        try write(page.parts(election, key), as: Self.fileName(page.batch), wiping: BookPage.box)
    }

    private func write(
        _ parts: [[UInt8]], as name: String, wiping wiped: Range<Int> = 0..<0
    ) throws(BookError) {
        do {
            let file = try shelf.create(name)
            var sink = file
            for part in parts {
                try part.withBytes { (bytes) throws(StreamError) in try sink.write(bytes) }
            }
            try file.publish(wiping: wiped)
        } catch { throw .folder(error) }
    }

    /// Destroys a batch's key: this book can compute its codes no more. Its name
    /// and its voters stay in the book.
    ///
    /// The box is overwritten in place. What a disk keeps of the old bytes
    /// beside that is beyond a program, and so is every copy of the book that
    /// was made before: there they are sealed under the issuing key.
    public func destroy(
        _ batch: BatchName, _ key: borrowing IssuingKey
    ) throws(BookError) -> DestroyOutcome {
        guard let page = try pages(key).first(where: { $0.batch == batch }) else { return .noSuchBatch }
        guard page.isFinished else { return .unfinished }
        guard !page.keyIsDestroyed else { return .alreadyDestroyed }
        try overwriteKey(of: batch)
        return .destroyed
    }

    /// Gives a batch up that no desk has loaded: its key is destroyed, its page goes
    /// altogether, and its voters can be issued again. False where there is no such batch.
    ///
    /// It may be begun and not finished, its roll lost, say; or finished, and wrong. Nobody
    /// here knows whether a printer has its packs or a desk its register. If a desk has,
    /// a person who is issued again under another number would have two votes. So issue
    /// them again under the same name: a desk that loaded the first batch of a name
    /// refuses a second.
    public func giveUp(_ batch: BatchName, _ key: borrowing IssuingKey) throws(BookError) -> Bool {
        guard let page = try pages(key).first(where: { $0.batch == batch }) else { return false }
        try overwriteKey(of: batch)
        // Whatever breaks off from here on is seen: a begun page without a key. This is
        // done again then.
        if page.isFinished { try write(page.givenUp(), key) }
        // Doubles without a page would become those of a later batch.
        try removeDoubles(of: batch)
        do { try shelf.remove(Self.fileName(batch)) } catch { throw .folder(error) }
        return true
    }

    private func overwriteKey(of batch: BatchName) throws(BookError) {
        do {
            try shelf.overwrite(
                Self.fileName(batch), at: BookPage.box.lowerBound,
                with: [UInt8](repeating: 0, count: BookPage.box.count))
        } catch { throw .folder(error) }
    }
}

extension BatchBook: Sendable where Shelf: Sendable {}

/// What became of a batch's key that was to be destroyed.
public enum DestroyOutcome: Sendable, Equatable {
    case destroyed
    case alreadyDestroyed
    case unfinished
    case noSuchBatch
}
