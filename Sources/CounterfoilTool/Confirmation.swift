internal import ArgumentParser
internal import Counterfoil

/// What cannot be taken back asks first.
///
/// At a terminal a word is typed; elsewhere `--confirm` says yes beforehand. Without
/// either the act is shown and not done, and the verb ends with exit 1: a script that
/// forgot it does not go on as if it were done.
struct ConfirmOptions: ParsableArguments {
    @Flag(help: "Do it. Without this it is shown, and at a terminal asked.")
    var confirm = false

    /// Returns when it is to be done.
    ///
    /// - Parameters:
    ///   - preview: what it will do, with counts.
    ///   - word: what is typed at a terminal, of ASCII letters.
    func ask(_ preview: String, typing word: String) throws {
        guard !confirm else { return }
        try Terminal.say(preview)
        guard Terminal.inputIsTerminal, Terminal.errorIsTerminal else {
            throw Stop.refused("nothing was done; --confirm does it")
        }
        let typed = try Terminal.ask("Type \(word) to do it: ", secret: false)
        guard typed.withBytes({ $0.isWord(word) }) else { throw Stop.refused("nothing was done") }
    }
}

extension RawSpan {
    /// Whether it is this word of letters, in any case, but for blanks around it.
    fileprivate func isWord(_ word: String) -> Bool {
        var range = 0..<byteCount
        while let last = range.last, byte(last) <= 0x20 { range = 0..<last }
        while let first = range.first, byte(first) <= 0x20 { range = first + 1..<range.upperBound }
        return range.count == word.utf8.count
            && zip(range, word.utf8).allSatisfy { byte($0) | 0x20 == $1 | 0x20 }
    }
}
