/// Works on pieces in parallel and takes the results in order.
///
/// At most `width` pieces are under way, so that a roll of any size passes
/// through little memory. `next` and `take` run one after the other, on the
/// caller's side; only `work` runs beside them.
func inOrder<Piece: Sendable, Product: Sendable, Failure: Error>(
    width: Int, next: () throws(Failure) -> Piece?,
    work: @escaping @Sendable (Piece) throws(Failure) -> Product,
    take: (Product) throws(Failure) -> Void
) async throws(Failure) {
    var underway: [Task<Result<Product, Failure>, Never>] = []
    defer { for task in underway { task.cancel() } }
    var isDone = false
    while true {
        while !isDone, underway.count < width {
            guard let piece = try next() else {
                isDone = true
                break
            }
            underway.append(
                Task.detached { Result { () throws(Failure) in try work(piece) } })
        }
        guard !underway.isEmpty else { return }
        try await take(underway.removeFirst().value.get())
    }
}
