internal import Counterfoil

/// Which columns of a roll a batch uses, counted from 0.
struct RollLayout: Sendable {
    let voter: Int
    let printed: [Int]
    /// What the header calls the printed ones.
    let printedNames: [String]
    /// By question.
    let answers: [Int]
    /// By question: the order in which the roll has its dates, where it is another.
    let orders: [Question.DateOrder?]

    init(
        voter: Int, printed: [Int], printedNames: [String]? = nil, answers: [Int],
        orders: [Question.DateOrder?]? = nil
    ) {
        self.voter = voter
        self.printed = printed
        self.printedNames = printedNames ?? printed.map { "\($0)" }
        self.answers = answers
        self.orders = orders ?? answers.map { _ in nil }
    }

    /// Finds what an order names among the columns of a roll.
    init(_ columns: [String], _ order: PrintOrder, _ election: Election) throws(IssueError) {
        do throws(RollError) {
            try self.init(found: columns, order, election)
        } catch { throw .roll(error) }
        for (i, column) in printed.enumerated() {
            let name = printedNames[i]
            if order.layout.ownColumns.contains(name) { throw .ownColumn(name) }
            if printed[..<i].contains(column) { throw .printedTwice(name) }
            if answers.contains(column) && !order.allowPrintedAnswers { throw .printedAnswer(name) }
        }
    }

    private init(
        found columns: [String], _ order: PrintOrder, _ election: Election
    ) throws(RollError) {
        let named = RollColumns(columns)
        for answer in order.answerColumns { try election.check(answer) }
        do throws(RollColumnError) {
            var answers: [Int] = []
            var orders: [Question.DateOrder?] = []
            for question in election.questions {
                let answer = order.answerColumns.first { $0.question.isByteForByte(question.name) }
                answers.append(try named.index(of: answer?.column ?? question.name))
                orders.append(answer?.order)
            }
            let printed = try named.indices(of: order.printedColumns)
            self.init(
                voter: try named.index(of: order.voterColumn), printed: printed,
                printedNames: printed.map { columns[$0] }, answers: answers, orders: orders)
        } catch { throw .column(error) }
    }
}
