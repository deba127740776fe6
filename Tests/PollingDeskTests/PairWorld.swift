import Counterfoil

/// A world for a vector about pairs: a batch that has the pairs of the vector, and
/// packs that are as it says.
struct PairWorld {
    static let batch = "judged"

    let world: World
    /// What makes the packs so, when the ballot is open.
    let steps: [Step]

    /// Nil for a vector that is about no pairs.
    init?(_ facts: RuleVector) {
        let pairs = facts.vectors("pairs")
        let isListed = facts.text("packIs") == "listed-by-it"
        guard !pairs.isEmpty || isListed else { return nil }
        let isOfReplacements = facts.vector("batch")?.text("kind") == "replacements"
        var plan = Plan(seed: 12, lock: 3, lifetime: 5)
        var steps: [Step] = []
        var rows: [Plan.Pack] = []
        var listed: [Plan.Pair] = []
        for (i, pair) in pairs.enumerated() {
            let (kept, cancelled) = (30 + i, 40 + i)
            let (keptFacts, cancelledFacts) = (pair.vector("kept"), pair.vector("cancelled"))
            let voter = keptFacts?.text("voter") == "its" ? cancelled : kept

            plan.add("old \(i)", [Plan.Pack(number: cancelled, voter: cancelled)])
            if let cancelledFacts {
                steps += [.load("old \(i)"), .activate("old \(i)")]
                if cancelledFacts.bool("voted") { steps.append(.ask([.redeem(cancelled, .right, key: 30)])) }
            }
            let standing = keptFacts?.text("standing")
            if pair.text("of") == "row" {
                rows.append(Plan.Pack(number: kept, voter: voter, replaces: cancelled))
            } else {
                listed.append(Plan.Pair(keep: kept, not: cancelled))
                plan.add("kept \(i)", [Plan.Pack(number: kept, voter: voter)])
                if standing != nil { steps.append(.load("kept \(i)")) }
                if standing != nil, standing != "inactive" { steps.append(.activate("kept \(i)")) }
            }
            switch standing {
            case "cancelled": steps.append(.cancel(kept))
            case "withdrawn": steps.append(.withdraw("kept \(i)"))
            case "superseded":
                plan.add(
                    "newer \(i)", [Plan.Pack(number: 50 + i, voter: voter, replaces: kept)], .replacements)
                steps += [.load("newer \(i)"), .activate("newer \(i)")]
            default: break
            }
        }
        if isListed { listed.append(Plan.Pair(keep: 60, not: 7)) }
        if rows.isEmpty { rows = [Plan.Pack(number: 60, voter: 60, replaces: isOfReplacements ? 5 : nil)] }
        plan.add(Self.batch, rows, isOfReplacements ? .replacements : .members, pairs: listed)
        world = World(plan)
        self.steps = steps
    }
}

extension Plan {
    fileprivate mutating func add(
        _ name: String, _ packs: [Pack], _ kind: BatchKind = .members, pairs: [Pair] = []
    ) {
        let batch = name.replacing(" ", with: "-")
        registers[name] = Register(batch: batch, kind: kind, packs: packs, pairs: pairs)
    }
}
