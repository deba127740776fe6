struct RollColumns { let names: [String]; init(_ n: [String]) { names = n }
 func index(of name: String) throws(IssueError) -> Int { guard let i = names.firstIndex(of: name) else { throw .columns("no column \(name)") }; return i } }
