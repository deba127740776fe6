internal import Counterfoil

/// A chunk of a roll on its way to a sheet of packs.
struct SheetWork: Sendable {
    let chunk: RollChunk
    /// For each row whether it is left out; empty if none is.
    let skipped: [Bool]
    let firstOrdinal: Int
    /// Each pack's voter number, by its place on the sheet.
    let voters: ArraySlice<VoterNumber>
    /// For replacements the packs that they replace; else empty.
    var replaced: ArraySlice<PackNumber> = []
    /// Ordinals that must begin with a later attempt, since the pack number of
    /// an earlier one is used already.
    var attempts: [Int: UInt32] = [:]

    /// The voter number of the pack at this place on the sheet, from 0.
    func voter(_ place: Int) -> VoterNumber { voters[voters.startIndex + place] }

    /// The pack that it replaces.
    func replaced(_ place: Int) -> PackNumber? {
        replaced.isEmpty ? nil : replaced[replaced.startIndex + place]
    }
}
