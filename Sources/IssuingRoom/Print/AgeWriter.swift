internal import Counterfoil

/// Writes an age v1 file for X25519 recipients (C2SP, age.md), which the print
/// house opens with the stock `age`.
///
/// Our own, because it is small, the codes pass through it, and they should
/// never sit in another process's pipe. age does not say who wrote a file: the
/// signed manifest does.
struct AgeWriter<Sink: ByteSink>: ~Copyable {
    private static var chunk: Int { 64 << 10 }

    private(set) var sink: Sink
    private let payloadKey: SecretBytes
    /// What was written and is not a whole chunk yet; and the sealed chunk.
    private var plain = SecretScratch(count: 64 << 10)
    private var sealed = [UInt8](repeating: 0, count: (64 << 10) + 16)
    private var filled = 0
    private var counter: UInt64 = 0

    init(to sink: consuming Sink, recipients: [AgeRecipient]) throws(StreamError) {
        precondition(!recipients.isEmpty)
        self.sink = sink
        let fileKey = SecretBytes.random(count: 16)
        var header = "age-encryption.org/v1\n"
        for recipient in recipients { header += recipient.stanza(for: fileKey) }
        header += "---"
        let macKey = HKDF.sha256(fileKey, salt: [], info: "header")
        var mac = Bytes<32>()
        mac.withMutableBytes { out in
            macKey.withBytes { key in
                Array(header.utf8).withBytes { header in
                    Sodium.hmacSHA256(key: key, header, RawSpan(), into: &out)
                }
            }
        }
        header += " \(mac.withBytes { Base64.unpadded($0) })\n"

        var nonce = Bytes<16>()
        nonce.withMutableBytes { Sodium.random(into: &$0) }
        payloadKey = HKDF.sha256(fileKey, salt: nonce.array, info: "payload")
        let start = Array(header.utf8) + nonce.array
        try start.withBytes { (bytes) throws(StreamError) in try self.sink.write(bytes) }
    }

    mutating func write(_ bytes: borrowing RawSpan) throws(StreamError) {
        var taken = 0
        while taken < bytes.byteCount {
            // A full chunk is kept until more comes: the last one is marked as last.
            if filled == Self.chunk { try seal(last: false) }
            let count = min(Self.chunk - filled, bytes.byteCount - taken)
            plain.withMutableBytes(in: filled..<filled + count) {
                $0.copy(bytes.extracting(taken..<taken + count))
            }
            filled += count
            taken += count
        }
    }

    /// Seals what is left. Once, at the end.
    mutating func finish() throws(StreamError) { try seal(last: true) }

    private mutating func seal(last: Bool) throws(StreamError) {
        // STREAM: an 11-byte big-endian counter, and one byte for the last chunk.
        var nonce = Bytes<12>()
        nonce.withMutableBytes { nonce in
            nonce.put(counter, at: 3)
            nonce.put(last ? 1 : 0 as UInt8, at: 11)
        }
        let count = filled
        if sealed.count != count + 16 { sealed = [UInt8](repeating: 0, count: count + 16) }
        var box: [UInt8] = []
        swap(&box, &sealed)
        plain.withBytes { plain in
            box.withMutableBytes {
                Sodium.chaCha20Poly1305Seal(
                    plain.extracting(0..<count), key: payloadKey, nonce: nonce, into: &$0)
            }
        }
        try box.withBytes { (bytes) throws(StreamError) in try sink.write(bytes) }
        swap(&box, &sealed)
        counter += 1
        filled = 0
    }
}

extension Base64 {
    /// The standard alphabet without padding, as age writes it.
    static func unpadded(_ bytes: borrowing RawSpan) -> String {
        var text = encode(bytes)
        while text.last == "=" { text.removeLast() }
        return text
    }
}
