internal import Counterfoil
internal import PollingDesk

/// Votes, or checks, through a pipe: a JSON object a line.
struct VotePipe {
    let desk: Desk
    /// Nil to redeem; else to check, and how long a pass is good.
    var passesGoodFor: Duration?

    /// Until standard input ends; exit 3 where the requests could not all be answered.
    func runToEnd() throws {
        let desk = desk
        let pipe = RequestPipe(
            RequestPipe<Redemption, Outcome>.Asking(
                submit: { (votes) throws(LedgerError) in try desk.submit(votes) },
                alone: { (request) throws(LedgerError) in try desk.answerAlone(request) }))
        var form = try attempt { () throws(LedgerError) in try desk.makeForm() }
        let tooLong = LineFault.tooLong.json
        let ending = pipe.run(longest: RequestLine.longest, tooLong: tooLong) { line in
            defer { form.clear() }
            do throws(LineFault) { try RequestLine.fill(&form, from: &line) } catch {
                return .answered(error.json)
            }
            switch prepare(&form) {
            case .refused(let outcome): return .answered(outcome.json)
            case .ready(let request): return .ask(request, tell: Self.tell)
            }
        }
        try ending.orStop("ask again with the same keys")
    }

    private func prepare(_ form: inout RedemptionForm) -> Preparation {
        guard let passesGoodFor else { return desk.prepareToRedeem(&form) }
        return desk.prepareToCheck(&form, passGoodFor: passesGoodFor)
    }

    private static let tell: @Sendable (Result<Outcome, LedgerError>) -> String = { result in
        switch result {
        case .success(let outcome): outcome.json
        case .failure: AnswerLine.undecided
        }
    }
}
