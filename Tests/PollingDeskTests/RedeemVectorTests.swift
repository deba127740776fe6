import TestSupport
import Testing

@testable import Counterfoil
@testable import PollingDesk

/// vectors/redeem.json: section 11.
@Suite struct RedeemVectorTests {
    static let file = VectorFile("redeem")
    static let redemptions = file.tests("redeem")
    static let verifications = file.tests("verify")

    @Test(arguments: redemptions)
    func redeems(_ test: VectorObject) throws {
        let key = DeskKey(
            ledgerKey: .filled(0), receiptSeed: try test.secret("receiptSeed"),
            checkpointSeed: .filled(1), passKey: .filled(2))
        let election = Election.standIn(try test.electionID(), receiptKey: key.receiptPublicKey)
        let idempotency = try test.hex("idempotencyKey")
        var slot = CodeSlot(election)
        let secret = try test.secret("spendingSecret")
        slot.secrets.withMutableBytes(in: 32..<64) { out in secret.withBytes { out.copy($0) } }

        let form = FormMemory(election, chains: SecretSlots(size: CodeChain.size))
        let code = Array("0123-4567".utf8)
        code.withBytes { form.setCode($0) }
        idempotency.withBytes { form.setKey($0) }
        let preparation = form.prepareToRedeem(key)
        if let reason = try test.reason {
            #expect(reason == "bad-idempotency-key")
            #expect(isRefused(preparation, .badRequest(.keySize)))
        } else {
            // The key is fine, but the code is no code.
            #expect(isRefused(preparation, .malformed(Groups())))
            let id = election.id
            let (fingerprint, number) = idempotency.withBytes { key in
                slot.withSpendingSecret { secret in
                    (
                        Spending.fingerprint(secret, key, in: id),
                        Spending.receiptNumber(secret, key, in: id)
                    )
                }
            }
            #expect(fingerprint.bytes == (try test.bytes("fingerprint")))
            #expect(fingerprint.matches(Fingerprint(try test.bytes("fingerprint"))))
            #expect(number == (try test.bytes("receiptNumber")))
            let receipt = Receipt(number, election, key)
            #expect(receipt.description == (try test.string("receipt")))
            #expect(receipt.isGenuine(in: election))
            #expect(key.receiptPublicKey == (try test.bytes("receiptKey")))
            // Ed25519 draws no randomness: the same signature, the same message.
            var publicKey = Bytes<32>()
            let seed = Sodium.ed25519Expand(seed: try test.secret("receiptSeed"), publicKey: &publicKey)
            let signature = try test.hex("signedMessage").withBytes {
                Sodium.ed25519Sign($0, expanded: seed)
            }
            #expect(receipt.signature == signature)
        }
        #expect(test.unread == [])
    }

    private func isRefused(_ preparation: Preparation, _ why: CodeRefusal) -> Bool {
        if case .refused(let found) = preparation { found.json == Outcome.refused(why).json } else { false }
    }

    @Test(arguments: verifications)
    func verifies(_ test: VectorObject) throws {
        let election = Election.standIn(
            try test.electionID(), receiptKey: try test.bytes("receiptKey"))
        let receipt = Receipt(try test.string("receipt"))
        switch try test.reason {
        case "not-a-receipt": #expect(receipt == nil)
        case "wrong-signature": #expect(receipt?.isGenuine(in: election) == false)
        case let other:
            #expect(other == nil)
            #expect(receipt?.number == (try test.bytes("receiptNumber")))
            #expect(receipt?.isGenuine(in: election) == true)
        }
        #expect(test.unread == [])
    }

    @Test func allAreRun() {
        #expect(Self.redemptions.count + Self.verifications.count == Self.file.count)
    }
}
