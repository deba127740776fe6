internal import ArgumentParser
struct RollCommand: ParsableCommand { static let configuration = CommandConfiguration(commandName: "roll") }
