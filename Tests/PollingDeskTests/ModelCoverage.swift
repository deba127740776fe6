/// What the model's scripts must have reached. If nobody ever scanned an envelope
/// twice, the test says nothing about that.
enum ModelCoverage {
    /// Every cell of section 20 that a desk can come to by itself. Not among them are
    /// passes for a batch that is not active, or from before the ballot opened, but
    /// for those that somebody seals who has the desk's key. See `PassRules`.
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
                "7: closed", "8: locked", "8, closed: locked", "9: bad-answer", "9, closed: bad-answer",
                "10: wrong-answers", "10, closed: wrong-answers", "10, again: wrong-answers",
                "10, again, closed: wrong-answers", "10: locked", "10, closed: locked",
                "10, for good: locked", "10, for good, closed: locked", "12: closed",
                "13, superseded: cancelled", "13, withdrawn: cancelled", "13, cancelled: cancelled",
                "13, listed: cancelled", "14: already-voted",
            ].map { "\(column) \($0)" }
        } + [
            "redeem 1: malformed", "redeem 11: repeated", "redeem 11, closed: repeated",
            "redeem 15: accepted", "redeem 14, after twenty: already-voted", "check 15: good",
            "pass 1: bad-pass", "pass 1: no-such-code", "pass 1, sealed: bad-pass", "pass 2: no-such-code",
            "pass 3: specimen", "pass 4: repeated", "pass 4, expired: repeated", "pass 4, final: repeated",
            "pass 5: pass-expired", "pass 6: not-active", "pass 7: not-open", "pass 7: closed",
            "pass 12, given later: closed", "pass 12, too late: closed", "pass 13, superseded: cancelled",
            "pass 13, withdrawn: cancelled", "pass 13, cancelled: cancelled", "pass 13, listed: cancelled",
            "pass 14: already-voted", "pass 15: accepted", "pass though locked 15: accepted",
            "pass in grace 15: accepted", "pass in grace 14: already-voted",
            "pass in grace though locked 15: accepted",
        ]

    private static let post =
        ["2", "2, closed", "2, final"].flatMap { rule in
            ["received", "annulled", "scanned-before", "already-voted", "set-aside"].map { "\(rule): \($0)" }
        }.map { "post \($0)" }
        + [
            "1: no-such-pack", "3: final", "4: not-open", "5: scanned-before", "6, online: already-voted",
            "6, post: already-voted", "7: set-aside specimen", "7: set-aside superseded",
            "7: set-aside withdrawn", "7: set-aside cancelled", "7: set-aside inactive", "8: received",
            "8, locked: received", "8, closed: received", "8, locked, closed: received",
        ].map { "post \($0)" }

    private static let officers: [String] =
        [
            ("annul", ["no-such-pack", "already-annulled", "nothing-to-annul"]),
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
