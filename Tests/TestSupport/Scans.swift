package import Counterfoil
package import PollingDesk

extension ScanNonce {
    /// With a number of ours.
    package init(test number: Int) {
        var bytes = Bytes<16>()
        bytes.withMutableBytes { $0.put(UInt64(number), at: 8) }
        self.init(bytes)
    }

    /// Ours.
    package var number: Int { bytes.withBytes { Int($0.u64(8)) } }
}

extension Booth {
    /// A bundle of envelopes. Each scan has a nonce of its own, the first of them
    /// this one.
    @discardableResult
    package func receive(
        _ packs: [TestPack], firstNonce first: Int = 1, by officer: String = "",
        at moment: Moment = .test(10)
    ) throws -> [PostOutcome] {
        let scans = packs.enumerated().map {
            Scan($1.number, ScanNonce(test: first + $0), Note(officer: officer))
        }
        return try desk.receive(scans, at: moment)
    }
}

extension Rehearsal {
    /// A vote as a desk would record it, for a test that makes one up: with the
    /// opening of the pack's code, unless another is given.
    package func voteCast(
        _ pack: TestPack, _ fingerprint: Fingerprint = Fingerprint(Bytes()),
        _ opening: CodeChain.Opening? = nil
    ) -> Event {
        .voteCast(
            pack: pack.number, voter: pack.voter, fingerprint, opening ?? chain(of: pack).opening)
    }
}
