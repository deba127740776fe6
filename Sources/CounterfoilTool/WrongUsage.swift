internal import ArgumentParser

/// Says what is wrong with the arguments, without repeating them.
///
/// The parser of arguments repeats what it does not understand. That may be a
/// voting code or an answer in the wrong place, and what was printed is kept by
/// shells, services and screens. So its sentences are said in other words here.
enum WrongUsage {
    /// Ends the program as the parser would: with help where that was asked for, or
    /// with what is wrong, and how the verb is used.
    static func end(_ error: any Error) -> Never {
        guard CounterfoilCommand.exitCode(for: error) == .validationFailure else {
            CounterfoilCommand.exit(withError: error)
        }
        // The usage comes after the sentence, and is made of our own words alone.
        let said = CounterfoilCommand.message(for: error)
        let whole = CounterfoilCommand.fullMessage(for: error)
        let usage = String(Substring(whole.utf8.dropFirst("Error: \(said)\n".utf8.count)))
        Terminal.note("Error: \(sentence(error, said))")
        for line in usage.split(separator: "\n", omittingEmptySubsequences: false) {
            Terminal.note(String(line))
        }
        CounterfoilCommand.exit(withError: ExitCode.validationFailure)
    }

    /// The kinds of errors are the parser's own business, so that they are looked
    /// at from outside. A kind that is not known here is said in general words.
    private static func sentence(_ error: any Error, _ said: String) -> String {
        let (kind, details) = kind(of: error)
        switch kind {
        // Our own words; they hold nothing that was typed.
        case "userValidationError":
            return (details as? ValidationError)?.message ?? general
        // The parser names options, and what they take: our own words again.
        case "missingValueForOption", "noValue", "missingSubcommand": return said
        case "noArguments":
            guard let inner = details as? any Error else { return general }
            return sentence(inner, said)
        case "unknownOption": return "\(argument(in: said)) is an option that there is not here."
        case "unexpectedExtraValues": return "\(argument(in: said)) is not expected here."
        case "unexpectedValueForOption":
            return "\(argument(in: said)) is an option that takes no value, and has one."
        case "unableToParseValue":
            // The parser's words after the last of these are of our own making.
            let mark = " is invalid for '"
            guard let place = said.ranges(of: mark).last?.upperBound else { return general }
            return "The value is invalid for '\(said[place...])"
        default: return general
        }
    }

    private static let general = "The arguments are not as they should be."

    /// The name of an enum's case, and what it carries; of an error that wraps
    /// another, those of the other.
    private static func kind(of error: any Error) -> (String, Any) {
        let mirror = Mirror(reflecting: error)
        if mirror.displayStyle == .struct, let inner = mirror.descendant("parserError") as? any Error {
            return kind(of: inner)
        }
        guard let child = mirror.children.first, let label = child.label else { return ("\(error)", ()) }
        return (label, child.value)
    }

    /// Names the first argument that the parser's sentence quotes by its place.
    private static func argument(in said: String) -> String {
        let place = CommandLine.arguments.dropFirst().firstIndex { argument in
            let name = argument.hasPrefix("--") ? argument.prefix { $0 != "=" } : argument[...]
            return said.contains("'\(name)'")
        }
        return place.map { "Argument \($0)" } ?? "An argument"
    }
}
