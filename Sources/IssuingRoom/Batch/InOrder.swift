/// Works on pieces in parallel and takes the results in order.
///
/// At most `width` pieces are under way, so that a roll of any size passes
/// through little memory. `next` and `take` run one after the other, on the
/// caller's side; only `work` runs beside them.
func inOrder<Piece: Sendable, Product: Sendable>(
    width: Int, next: () throws -> Piece?,
    work: @escaping @Sendable (Piece) throws -> Product,
    take: (Product) throws -> Void
) async throws {
    var underway: [Task<Product, any Error>] = []
    defer { for task in underway { task.cancel() } }
    var isDone = false
    while true {
        while !isDone, underway.count < width {
            guard let piece = try next() else {
                isDone = true
                break
            }
            underway.append(Task.detached { try work(piece) })
        }
        guard !underway.isEmpty else { return }
        try await take(underway.removeFirst().value)
    }
}
