/// The chain of hashes that only a code opens; vectors/README.md, section 9.
///
/// The spending secret of a code gives `second`, that gives `opening`, that gives
/// `trial`, and that gives the tag in the code's row of the register. Nobody can
/// go the other way. So an entry of the log that shows one of the three values
/// proves that somebody had the code; the deeper the value, the more it proves:
///
/// - wrong answers show the trial,
/// - a vote shows the opening,
/// - a second attempt to vote shows the second.
///
/// Each step is one block of SHA-256: a database can take it by itself, and so
/// can anyone who audits a log.
package enum CodeChain {
    /// How many bytes `derive` fills.
    package static let size = 144

    /// Where a value is in these bytes, the label of its own step before it: so
    /// each step is a hash over bytes that are side by side.
    fileprivate enum Place {
        static let second = 16
        static let opening = 64
        static let trial = 112
    }

    /// Fills `out`, which is guarded memory, with the three values, and returns
    /// the tag that they lead to.
    package static func derive(
        from spendingSecret: borrowing RawSpan, in election: ElectionID, into out: inout MutableRawSpan
    ) -> Tag {
        precondition(spendingSecret.byteCount == 32 && out.byteCount == size)
        Label.codeOpening.padded.withBytes { out.copy($0, at: Place.second - 16) }
        Label.codeTrial.padded.withBytes { out.copy($0, at: Place.opening - 16) }
        Label.codeTag.padded.withBytes { out.copy($0, at: Place.trial - 16) }
        var second = out._mutatingExtracting(Place.second..<Place.second + 32)
        election.hash(.opening, key: spendingSecret, RawSpan(), into: &second)
        Sodium.sha256(labelled(Place.second), to: Place.opening, in: &out)
        Sodium.sha256(labelled(Place.opening), to: Place.trial, in: &out)
        return Tag(Sodium.sha256(out.bytes.extracting(labelled(Place.trial))))
    }

    private static func labelled(_ place: Int) -> Range<Int> { place - 16..<place + 32 }

    /// One step, from a value that may be seen.
    fileprivate static func step(_ label: Label, _ value: Bytes<32>) -> Bytes<32> {
        var message = Bytes<48>()
        message.withMutableBytes { message in
            label.padded.withBytes { message.copy($0) }
            value.withBytes { message.copy($0, at: 16) }
        }
        return message.withBytes { Sodium.sha256($0) }
    }
}

extension CodeChain {
    /// What wrong answers show: somebody had the code, and tried.
    package struct Trial: Sendable {
        package let bytes: Bytes<32>
        package init(_ bytes: Bytes<32>) { self.bytes = bytes }

        /// From the bytes that `derive` filled. Declassified: it is about to be
        /// written to the log.
        package init(revealing chain: borrowing RawSpan) {
            bytes = Sodium.declassify(chain.bytes(Place.trial))
        }

        package func leads(to tag: Tag) -> Bool { Tag(step(.codeTag, bytes)).matches(tag) }
    }

    /// What a vote shows: the code was spent.
    package struct Opening: Sendable {
        package let bytes: Bytes<32>
        package init(_ bytes: Bytes<32>) { self.bytes = bytes }

        /// See `Trial`.
        package init(revealing chain: borrowing RawSpan) {
            bytes = Sodium.declassify(chain.bytes(Place.opening))
        }

        package var trial: Trial { Trial(step(.codeTrial, bytes)) }
        package func leads(to tag: Tag) -> Bool { trial.leads(to: tag) }
    }

    /// What a second attempt shows: somebody had the code when its voter had voted.
    package struct Second: Sendable {
        package let bytes: Bytes<32>
        package init(_ bytes: Bytes<32>) { self.bytes = bytes }

        /// See `Trial`.
        package init(revealing chain: borrowing RawSpan) {
            bytes = Sodium.declassify(chain.bytes(Place.second))
        }

        package var opening: Opening { Opening(step(.codeOpening, bytes)) }
        package func leads(to tag: Tag) -> Bool { opening.leads(to: tag) }
    }
}
