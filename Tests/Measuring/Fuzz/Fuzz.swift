// libFuzzer's side of the tests: one program, one target of those below a run.
//
// `script/fuzz` builds and runs it. A target reads whatever libFuzzer makes up,
// and stops the program where the library does not agree with something plain
// that was written beside it for this purpose. To add one: a file with a type
// like those here, and its name in the list.

internal import Glibc

/// Something that reads bytes that anybody may send.
protocol FuzzTarget: SendableMetatype {
    /// What `script/fuzz` calls it; the folder of its seeds.
    static var name: String { get }
    /// Stops the program where something is wrong. What is refused is fine.
    static func run(_ input: [UInt8])
}

private let targets: [any FuzzTarget.Type] = [
    AnswersTarget.self, CheckpointTarget.self, CodeTarget.self, DoublesTarget.self, ElectionTarget.self,
    KeyFileTarget.self, PassTarget.self, ProofTarget.self, RegisterTarget.self, RequestTarget.self,
    ReturnTarget.self, RollTarget.self, VoterIDTarget.self,
]

private let chosen: any FuzzTarget.Type = {
    let name = unsafe getenv("COUNTERFOIL_FUZZ").map { unsafe String(cString: $0) } ?? ""
    guard let target = targets.first(where: { $0.name == name }) else {
        fatalError("COUNTERFOIL_FUZZ must be one of \(targets.map { $0.name })")
    }
    return target
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    chosen.run(unsafe Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}

/// Stops the program unless it is so.
func must(_ isSo: Bool, _ what: @autoclosure () -> String) {
    guard isSo else { fatalError(what()) }
}

/// The control: with this set, one rule of every plain side is wrong, and each
/// target must soon stop the program.
let planted = unsafe getenv("COUNTERFOIL_PLANTED") != nil
