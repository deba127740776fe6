#if PostgreSQL
import Counterfoil
import Glibc
import PollingDesk
import PostgresLedger
import TestSupport

/// A ledger for a client that lies, at the server's own time. It has packs and batches
/// of every standing.
final class Target {
    let precinct: Precinct
    let owner: TestServer.Session
    private var fresh: [TestPack]
    private var batches = 3

    init(packs count: Int = 100, isOpen: Bool = true) throws {
        precinct = try Precinct(packs: count, isOpen: isOpen)
        fresh = (1...count).map { [rehearsal = precinct.rehearsal] in rehearsal.pack($0) }
        owner = precinct.shell()
        let rehearsal = precinct.rehearsal
        try precinct.owner.load("test", [rehearsal.pack(901, kind: .specimen)], as: .specimens)
        try precinct.owner.activate("test")
        try precinct.owner.load("late", [rehearsal.pack(902), rehearsal.pack(903)])
        try precinct.useServerClock()
    }

    var desk: Desk { precinct.owner.desk }
    var rehearsal: Rehearsal { precinct.rehearsal }
    var specimen: TestPack { rehearsal.pack(901, kind: .specimen) }

    /// One that can vote, and about which nothing was told before.
    func pack() throws -> TestPack {
        if fresh.isEmpty {
            batches += 1
            fresh = (0..<200).map { rehearsal.pack(1000 * batches + $0) }
            let name = BatchName("P\(batches)")!
            _ = try desk.load(rehearsal.register(name.description, fresh), at: .now)
            _ = try desk.activate(name, unreconciled: true, at: .now)
        }
        return fresh.removeLast()
    }

    /// The number and the packs of a batch that is not active.
    func batch() throws -> (number: Int, packs: [TestPack]) {
        batches += 1
        let packs = [0, 1].map { rehearsal.pack(1000 * batches + $0) }
        _ = try desk.load(rehearsal.register("B\(batches)", packs), at: .now)
        return (batches, packs)
    }

    func vote(_ pack: TestPack, answers: [String]? = nil) throws -> Outcome {
        try precinct.owner.redeem(pack, key: 1, answers: answers, at: .now)
    }

    /// Packs about which less is true, each of a voter of its own.
    struct Others {
        let voted, cancelled, specimen, inactive, unknown: TestPack
        var all: [TestPack] { [voted, cancelled, specimen, inactive, unknown] }
    }

    func others() throws -> Others {
        let (voted, cancelled) = (try pack(), try pack())
        guard try vote(voted).name == "accepted",
            case .done = try desk.cancel(cancelled.number, .none, at: .now)
        else { throw VectorError("no such packs") }
        return Others(
            voted: voted, cancelled: cancelled, specimen: specimen, inactive: rehearsal.pack(902),
            unknown: rehearsal.pack(999))
    }
}

/// A call that a role may make honestly, to be made wrongly.
struct Attack {
    let function: String
    /// What it says, for people.
    let name: String
    /// Statements of the same transaction, before the call.
    var before: [String] = []
    /// Whether a ledger is of no more use after a call that was taken.
    var isOnce = false
    /// What is wrong with a ledger after calls that were taken; an audit says it
    /// unless something else is given.
    var judge: (Target) throws -> String? = { try $0.precinct.audit() }
    /// Other arguments that are wrong as a whole: no such call may be taken.
    var wrong: (Target.Others) -> [(name: String, arguments: (Moment) -> [String])] = { _ in [] }
    /// The ledger, and the arguments at a time: as SQL, without their types. Made anew
    /// after each call that was taken.
    let subject: () throws -> (Target, (Moment) -> [String])
}

/// Somebody with the credentials of a role, and a program of their own.
///
/// What may be called, and with what, comes from the server's own list.
final class HostileClient {
    private let role: String
    private let target: Target
    private let shell: TestServer.Session
    private let others: Target.Others
    /// What was not as it must be.
    private(set) var faults: [String] = []
    /// How many calls were made, and how many of them were taken.
    private(set) var calls = 0
    private(set) var taken = 0

    init(_ role: String, _ target: Target) throws {
        self.role = role
        self.target = target
        others = try target.others()
        shell = target.precinct.shell(as: "test_\(role)")
    }

    /// The functions that the role may call, each with the names and types of what it
    /// takes.
    func functions() -> [String: [(name: String, type: String)]] {
        let text =
            target.owner.ask(
                """
                SELECT string_agg(
                    concat_ws('|', proname, array_to_string(proargnames[1:pronargs], ','),
                              oidvectortypes(proargtypes)), E'\\n' ORDER BY proname)
                FROM pg_proc WHERE pronamespace = 'counterfoil'::regnamespace
                    AND has_function_privilege('test_\(role)', oid, 'EXECUTE')
                """) ?? ""
        var functions: [String: [(name: String, type: String)]] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "|").map(String.init)
            guard parts.count == 3 else {
                functions[parts[0]] = []
                continue
            }
            let names = parts[1].split(separator: ",").map(String.init)
            let types = parts[2].split(separator: ",").map { $0.filter { $0 != " " } }
            functions[parts[0]] = Array(zip(names, types)).map { (name: $0, type: $1) }
        }
        return functions
    }

    /// Makes each of these calls, with each argument made wrong, and then as it is.
    /// `allowed`: the types of entries that the role writes honestly.
    func run(_ attacks: [Attack], allowed: Set<Int>) throws {
        let functions = functions()
        for name in Set(functions.keys).subtracting(attacks.map(\.function)).sorted() {
            faults.append("\(role) may call \(name), and there is no honest call of it here")
        }
        for attack in attacks {
            guard let parameters = functions[attack.function] else {
                faults.append("\(role) may not call \(attack.function)")
                continue
            }
            try run(attack, parameters, allowed)
        }
    }

    private func run(
        _ attack: Attack, _ parameters: [(name: String, type: String)], _ allowed: Set<Int>
    ) throws {
        var (target, arguments) = try attack.subject()
        var (shell, start) = (self.shell, Mark(target))
        var last = start
        var lies: [String] = []
        func settle() throws {
            if let after = fault(in: target, since: start, attack.judge) {
                faults.append("\(role), \(attack.name), after \(lies): \(after)")
            }
            lies = []
        }
        func renew() throws {
            if attack.isOnce { try settle() }
            (target, arguments) = try attack.subject()
            if attack.isOnce { (shell, start) = (target.precinct.shell(as: "test_\(role)"), Mark(target)) }
            last = Mark(target)
        }
        func call(_ values: [String]) -> String? {
            calls += 1
            let typed = zip(values, parameters).map { "(\($0))::\($1.type)" }.joined(separator: ", ")
            let call = "SELECT \(attack.function)(\(typed))"
            guard !attack.before.isEmpty else { return shell.run(call) }
            for sql in ["BEGIN"] + attack.before + [call] {
                if let words = shell.run(sql) {
                    shell.run("ROLLBACK")
                    return words
                }
            }
            return shell.run("COMMIT")
        }
        func lie(_ name: String, _ values: [String]) throws {
            if call(values) == nil {
                taken += 1
                lies.append(name)
                // What our own desk writes in between is not the role's.
                let strange = last.types(in: target).subtracting(allowed)
                if !strange.isEmpty {
                    faults.append("\(role), \(attack.name), \(name): wrote entries of types \(strange)")
                }
                try renew()
            }
        }
        if attack.isOnce { (shell, start) = (target.precinct.shell(as: "test_\(role)"), Mark(target)) }
        last = Mark(target)
        guard arguments(.now).count == parameters.count else {
            faults.append("\(attack.function) takes \(parameters.count) arguments")
            return
        }

        for (place, parameter) in parameters.enumerated() {
            guard let all = Lie.all(for: parameter.type, others.all, isEntry: parameter.name.contains("entr"))
            else {
                faults.append(
                    "no lie is known for \(parameter.name) of \(attack.function), a \(parameter.type)")
                continue
            }
            for one in all {
                var values = arguments(.now)
                values[place] = one.make("(\(values[place]))::\(parameter.type)")
                try lie("\(parameter.name): \(one.name)", values)
            }
        }
        // All arrays at once.
        for shape in Lie.shapes {
            let values = zip(arguments(.now), parameters).map { value, parameter in
                guard parameter.type.hasSuffix("[]") else { return value }
                return shape.make("(\(value))::\(parameter.type)", of: String(parameter.type.dropLast(2)))
            }
            try lie("all arrays: \(shape.name)", values)
        }
        if parameters.contains(where: { $0.name == "_at" }) {
            // What its entries say of the time is the same.
            for seconds in [-100_000_000, -3600, -61, 61, 3600, 100_000_000] {
                let moment = Moment(milliseconds: Moment.now.milliseconds + Int64(seconds) * 1000)
                try lie("\(seconds) s", arguments(moment))
            }
        }
        for (name, arguments) in attack.wrong(others) where call(arguments(.now)) == nil {
            taken += 1
            faults.append("\(role), \(attack.name): \(name) was taken")
            try renew()
        }
        // The control: as it is, it is taken.
        if let words = call(arguments(.now)) {
            faults.append("\(role), \(attack.name): an honest call was refused: \(words)")
        }
        try settle()
    }

    /// What there was at one moment.
    private struct Mark {
        private let turn: String
        private let time = Moment.now

        init(_ target: Target) { turn = target.owner.ask("SELECT max(turn) FROM log") ?? "0" }

        /// Of the entries that were written since.
        func types(in target: Target) -> Set<Int> {
            let types = target.owner.ask(
                "SELECT string_agg(DISTINCT type::text, ',') FROM log WHERE turn > \(turn)")
            return Set((types ?? "").split(separator: ",").compactMap { Int($0) })
        }

        /// How many entries were written since that have a time of long ago, or to come.
        func dated(in target: Target) -> String? {
            target.owner.ask(
                """
                SELECT count(*) FROM log WHERE turn > \(turn)
                    AND at NOT BETWEEN \(time.milliseconds - 61_000) AND \(Moment.now.milliseconds + 61_000)
                """)
        }
    }

    private func fault(in target: Target, since start: Mark, _ judge: (Target) throws -> String?) -> String? {
        do {
            if let fault = try judge(target) { return fault }
        } catch { return "\(error)" }
        let dated = start.dated(in: target)
        return dated == "0" ? nil : "\(dated ?? "no") entries have a time that was not theirs"
    }
}
#endif
