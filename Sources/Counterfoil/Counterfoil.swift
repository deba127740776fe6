/// # Counterfoil
///
/// A counterfoil is the stub that remains when a ballot paper is torn out. It
/// proves that a paper was issued, and says nothing of the vote. Here the
/// paper carries a code that only its holder knows, and the stub is a keyed hash.
///
/// ## The story of one code
///
/// 1. The **issuing room**, offline, draws a random key for a batch of packs.
///    From it and a pack's place in the roll comes the pack's code and its pack
///    number (`CodeSlot`, `PackNumber`).
/// 2. From the code and the **ledger key** come a look-up id and a tag
///    (`Lookup`); from the member's answers and the code, an answer tag
///    (`AnswerSheet`). With the voter's number they make one row of the
///    **register**, which the issuing room signs (`Register`).
/// 3. The codes leave the room once, encrypted to the print house. The batch
///    key can then be destroyed, in every copy of the room's folder: no
///    computer knows the code any more.
/// 4. The **polling desk** loads the register into its ledger. When a voter
///    types the code, the desk reads it (`Reading`), hashes it, finds the row,
///    compares the tag in constant time, and spends it: once.
///
/// ## Which key each party holds
///
/// | | ledger key | issuing secret | batch keys | desk secret |
/// |---|---|---|---|---|
/// | issuing room | yes | yes | yes, until destroyed | no |
/// | print house | no | no | no | no |
/// | polling desk | yes | no | no | yes |
///
/// The desk cannot make a code, nor a register; the issuing room cannot make a
/// receipt. A voting site links `PollingDesk` and a ledger, and then has no code
/// in its binary that could derive a code.
///
/// ## What this module is
///
/// It is what both rooms must agree on, byte for byte. vectors/README.md is its
/// specification, and `vectors/reference.py` a second implementation. It needs
/// libsodium alone. It reads no file, no clock, no locale.
package enum Software {
    /// The version of this software. The formats have version numbers of their own.
    package static let version = "0.1.0"
}
