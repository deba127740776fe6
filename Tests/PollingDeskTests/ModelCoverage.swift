/// What the model's scripts must have reached. If nobody ever scanned an envelope
/// twice, the test says nothing about that.
enum ModelCoverage {
    /// Every cell of section 16 that a desk can come to by itself. Two are missing:
    /// a pass for a batch that is not active, and a pass before the ballot opened.
    /// No desk that has its ledger gives these. See `PassRules`.
    static let cells = online + post + officers

    static let events = [
        "batch-activated", "ballot-opened", "vote-cast", "wrong-answers", "second-attempt",
        "post-received", "post-set-aside", "post-annulled", "pack-cancelled", "pack-unlocked",
        "batch-reconciled", "batch-withdrawn", "ballot-extended", "ballot-closed", "ballot-final",
    ]

    private static let online =
        ["redeem", "check"].flatMap { column in
            [
                "1: no-such-code", "2: no-such-code", "3: specimen", "6: not-active", "7: not-open",
                "8: closed", "8, final: closed", "9: locked", "10: bad-answer", "11: wrong-answers",
                "11, again: wrong-answers", "11: locked", "11, for good: locked",
                "12, superseded: cancelled", "12, withdrawn: cancelled", "12, cancelled: cancelled",
                "13: already-voted",
            ].map { "\(column) \($0)" }
        } + [
            "redeem 1: malformed", "redeem 4: repeated", "redeem 4: key-reused", "redeem 14: accepted",
            "redeem 13, after twenty: already-voted", "check 14: good",
            "pass 1: bad-pass", "pass 4: repeated", "pass 4, expired: repeated", "pass 5: pass-expired",
            "pass 8, given later: closed", "pass 8, too late: closed", "pass 8, final: closed",
            "pass 12, superseded: cancelled", "pass 12, withdrawn: cancelled",
            "pass 12, cancelled: cancelled", "pass 13: already-voted", "pass 14: accepted",
            "pass though locked 14: accepted", "pass in grace 14: accepted",
            "pass in grace 13: already-voted", "pass in grace though locked 14: accepted",
        ]

    private static let post = [
        "1: no-such-pack", "2: final", "3: not-open", "4: scanned-before", "5, online: already-voted",
        "5, post: already-voted", "6: set-aside specimen", "6: set-aside superseded",
        "6: set-aside withdrawn", "6: set-aside cancelled", "6: set-aside inactive", "7: received",
        "7, locked: received", "7, closed: received", "7, locked, closed: received",
    ].map { "post \($0)" }

    private static let officers: [String] =
        [
            ("annul", ["no-such-pack", "nothing-to-annul"]),
            ("cancel", ["no-such-pack", "specimen", "already-cancelled"]),
            ("unlock", ["no-such-pack", "not-locked", "locked-for-good"]),
            (
                "activate",
                ["no-such-batch", "withdrawn", "already-active", "not-reconciled", "replaced-voted"]
            ),
            ("withdraw", ["no-such-batch", "already-withdrawn"]),
            ("reconcile", ["no-such-batch", "already-reconciled", "other-packs"]),
            ("open", ["already-open", "closed", "in-the-past"]),
            ("extend", ["not-open", "in-the-past"]),
            ("close", ["not-open", "already-closed"]),
            ("finish", ["not-open"]),
        ].flatMap { act, refusals in (refusals + ["final", "done"]).map { "\(act): \($0)" } } + [
            "load: loaded", "load: already loaded", "load: another register", "load: a pack twice",
            "load: final",
        ]
}
