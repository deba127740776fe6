internal import CCounterfoilSodium

/// Every call into libsodium, and nowhere else.
///
/// Swift does not warn when the status of a C call is dropped, so each one is
/// looked at here. A call that can only fail because its lengths are wrong
/// stops the program: a hash that was not computed must never be used. A call
/// that fails because of what it was given (a forged box, a bad signature)
/// says so by its result.
package enum Sodium {
    /// libsodium picks its code for this processor once, before its first use.
    private static let ready: Void = {
        guard sodium_init() >= 0 else { fatalError("libsodium could not be initialised") }
    }()

    package static func start() { _ = ready }

    private static func must(_ status: Int32, _ call: StaticString = #function) {
        guard status == 0 else { fatalError("libsodium refused its arguments in \(call)") }
    }

    /// The address of a span's bytes. The span is a view of memory that somebody
    /// else keeps alive; every function here holds the span for its whole call.
    @inline(__always)
    private static func at(_ span: borrowing RawSpan) -> UnsafePointer<UInt8> {
        // An empty span may have no address; libsodium wants one, and reads
        // none of its bytes.
        unsafe span.withUnsafeBytes { bytes in
            unsafe (bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 16)!)
                .assumingMemoryBound(to: UInt8.self)
        }
    }

    @inline(__always)
    private static func at(_ span: inout MutableRawSpan) -> UnsafeMutablePointer<UInt8> {
        unsafe span.withUnsafeMutableBytes { unsafe $0.baseAddress!.assumingMemoryBound(to: UInt8.self) }
    }

    // MARK: BLAKE2b (RFC 7693)

    /// BLAKE2b with salt and personalisation; `key` has 32 bytes or none.
    @inline(__always)
    package static func blake2b(
        _ message: borrowing RawSpan, key: borrowing RawSpan, salt: Bytes<16>,
        label: Label, into out: inout MutableRawSpan
    ) {
        start()
        let size = out.byteCount
        salt.withBytes { salt in
            label.padded.withBytes { label in
                must(
                    unsafe crypto_generichash_blake2b_salt_personal(
                        at(&out), size, at(message), UInt64(message.byteCount),
                        at(key), key.byteCount, at(salt), at(label)))
            }
        }
    }

    // MARK: Comparing and wiping

    /// Compares in constant time; lengths are public.
    package static func equal(_ a: borrowing RawSpan, _ b: borrowing RawSpan) -> Bool {
        guard a.byteCount == b.byteCount, a.byteCount > 0 else {
            return a.byteCount == b.byteCount
        }
        return declassify(unsafe sodium_memcmp(at(a), at(b), a.byteCount)) == 0
    }

    package static func wipe(_ bytes: inout MutableRawSpan) {
        let count = bytes.byteCount
        if count > 0 { unsafe sodium_memzero(at(&bytes), count) }
    }

    /// Names a value that may be seen, although it was computed from a secret:
    /// see SECURITY.md, "Constant time". Nothing but a note to memcheck.
    @inline(__always)
    package static func declassify<T: BitwiseCopyable>(_ value: T) -> T {
        var value = value
        unsafe counterfoil_declassify(&value, MemoryLayout<T>.size)
        return value
    }

    // MARK: Guarded memory

    /// Memory between guard pages, locked where the system allows it, kept out
    /// of core dumps, and wiped when freed.
    package static func allocate(_ count: Int) -> UnsafeMutableRawPointer {
        start()
        guard let memory = unsafe sodium_malloc(count) else {
            fatalError("out of memory for \(count) guarded bytes")
        }
        return unsafe memory
    }

    package static func free(_ memory: UnsafeMutableRawPointer) { unsafe sodium_free(memory) }

    package static func protect(readOnly memory: UnsafeMutableRawPointer) {
        must(unsafe sodium_mprotect_readonly(memory))
    }

    // MARK: Randomness

    package static func random(into out: inout MutableRawSpan) {
        start()
        let count = out.byteCount
        if count > 0 { unsafe randombytes_buf(at(&out), count) }
    }

    // MARK: SHA-256 (FIPS 180-4)

    /// For what other people's tools check; see also `StreamingSHA256`.
    package static func sha256(_ message: borrowing RawSpan) -> Bytes<32> {
        start()
        var digest = Bytes<32>()
        digest.withMutableBytes { out in
            must(unsafe crypto_hash_sha256(at(&out), at(message), UInt64(message.byteCount)))
        }
        return digest
    }

    /// SHA-256 of a part of `bytes`, written to 32 bytes of it that are not of
    /// that part: for what must not leave guarded memory.
    package static func sha256(_ message: Range<Int>, to place: Int, in bytes: inout MutableRawSpan) {
        let count = bytes.byteCount
        precondition(message.lowerBound >= 0 && message.upperBound <= count)
        precondition(place >= 0 && place <= count - 32)
        precondition(place >= message.upperBound || place + 32 <= message.lowerBound)
        start()
        let start = unsafe at(&bytes)
        must(unsafe crypto_hash_sha256(start + place, start + message.lowerBound, UInt64(message.count)))
    }

    // MARK: SHA-384 (FIPS 180-4)

    /// libsodium has no SHA-384 by name. It is SHA-512 from another beginning, cut
    /// after 48 bytes, and libsodium's state of SHA-512 is public: so its words
    /// are set, and all the work is libsodium's.
    package static func sha384(_ message: borrowing RawSpan) -> Bytes<48> {
        start()
        var state = crypto_hash_sha512_state()
        must(unsafe crypto_hash_sha512_init(&state))
        state.state = (
            0xcbbb_9d5d_c105_9ed8, 0x629a_292a_367c_d507, 0x9159_015a_3070_dd17, 0x152f_ecd8_f70e_5939,
            0x6733_2667_ffc0_0b31, 0x8eb4_4a87_6858_1511, 0xdb0c_2e0d_64f9_8fa7, 0x47b5_481d_befa_4fa4
        )
        must(unsafe crypto_hash_sha512_update(&state, at(message), UInt64(message.byteCount)))
        var digest = Bytes<64>()
        digest.withMutableBytes { out in must(unsafe crypto_hash_sha512_final(&state, at(&out))) }
        return digest.withBytes { $0.bytes(0) }
    }

    // MARK: Ed25519 (RFC 8032)

    /// A seed of 32 bytes expanded to the 64 that libsodium signs with.
    package static func ed25519Expand(
        seed: borrowing SecretBytes, publicKey: inout Bytes<32>
    ) -> SecretBytes {
        precondition(seed.count == 32)
        var derived = Bytes<32>()
        let expanded = SecretBytes(count: 64) { out in
            seed.withBytes { seed in
                derived.withMutableBytes { derived in
                    must(unsafe crypto_sign_ed25519_seed_keypair(at(&derived), at(&out), at(seed)))
                }
            }
        }
        publicKey = derived
        return expanded
    }

    package static func ed25519Sign(
        _ message: borrowing RawSpan, expanded: borrowing SecretBytes
    ) -> Bytes<64> {
        precondition(expanded.count == 64)
        var signature = Bytes<64>()
        expanded.withBytes { secret in
            signature.withMutableBytes { signature in
                must(
                    unsafe crypto_sign_ed25519_detached(
                        at(&signature), nil, at(message), UInt64(message.byteCount), at(secret)))
            }
        }
        return signature
    }

    package static func ed25519Verify(
        _ signature: Bytes<64>, _ message: borrowing RawSpan, publicKey: Bytes<32>
    ) -> Bool {
        start()
        return signature.withBytes { signature in
            publicKey.withBytes { publicKey in
                unsafe crypto_sign_ed25519_verify_detached(
                    at(signature), at(message), UInt64(message.byteCount), at(publicKey)) == 0
            }
        }
    }

    // MARK: X25519 (RFC 7748)

    /// The public key of a secret scalar.
    package static func x25519Base(_ scalar: borrowing SecretBytes) -> Bytes<32> {
        var point = Bytes<32>()
        scalar.withBytes { scalar in
            point.withMutableBytes { point in
                must(unsafe crypto_scalarmult_curve25519_base(at(&point), at(scalar)))
            }
        }
        return point
    }

    /// The shared secret, or nil where the point is of low order and the secret
    /// would be zero.
    package static func x25519(_ scalar: borrowing SecretBytes, _ point: Bytes<32>) -> SecretBytes? {
        var fine = false
        let shared = SecretBytes(count: 32) { shared in
            scalar.withBytes { scalar in
                point.withBytes { point in
                    fine = unsafe crypto_scalarmult_curve25519(at(&shared), at(scalar), at(point)) == 0
                }
            }
        }
        guard fine else { return nil }
        return consume shared
    }

    // MARK: HMAC-SHA-256 (RFC 2104)

    /// HMAC of two pieces, one after the other, with a key of any length: the
    /// one-shot call of libsodium fixes the key at 32 bytes.
    package static func hmacSHA256(
        key: borrowing RawSpan, _ first: borrowing RawSpan, _ second: borrowing RawSpan,
        into out: inout MutableRawSpan
    ) {
        start()
        precondition(out.byteCount == 32)
        var state = crypto_auth_hmacsha256_state()
        must(unsafe crypto_auth_hmacsha256_init(&state, at(key), key.byteCount))
        must(unsafe crypto_auth_hmacsha256_update(&state, at(first), UInt64(first.byteCount)))
        must(unsafe crypto_auth_hmacsha256_update(&state, at(second), UInt64(second.byteCount)))
        must(unsafe crypto_auth_hmacsha256_final(&state, at(&out)))
        unsafe sodium_memzero(&state, MemoryLayout<crypto_auth_hmacsha256_state>.size)
    }

    // MARK: Authenticated encryption (RFC 8439, and its XChaCha variant)

    /// ChaCha20-Poly1305: writes the ciphertext and after it the 16-byte tag.
    package static func chaCha20Poly1305Seal(
        _ plaintext: borrowing RawSpan, key: borrowing SecretBytes, nonce: Bytes<12>,
        into out: inout MutableRawSpan
    ) {
        precondition(out.byteCount == plaintext.byteCount + 16 && key.count == 32)
        key.withBytes { key in
            nonce.withBytes { nonce in
                must(
                    unsafe crypto_aead_chacha20poly1305_ietf_encrypt(
                        at(&out), nil, at(plaintext), UInt64(plaintext.byteCount), nil, 0, nil,
                        at(nonce), at(key)))
            }
        }
    }

    /// XChaCha20-Poly1305: `out` has 16 bytes more than the plaintext.
    package static func xChaChaSeal(
        _ plaintext: borrowing SecretBytes, with data: borrowing RawSpan,
        key: borrowing SecretBytes, nonce: Bytes<24>, into out: inout MutableRawSpan
    ) {
        precondition(out.byteCount == plaintext.count + 16 && key.count == 32)
        plaintext.withBytes { plaintext in
            key.withBytes { key in
                nonce.withBytes { nonce in
                    must(
                        unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
                            at(&out), nil, at(plaintext), UInt64(plaintext.byteCount),
                            at(data), UInt64(data.byteCount), nil, at(nonce), at(key)))
                }
            }
        }
    }

    /// Opens what `xChaChaSeal` made, or nil: another key, or altered bytes.
    package static func xChaChaOpen(
        _ box: borrowing RawSpan, with data: borrowing RawSpan, key: borrowing SecretBytes,
        nonce: Bytes<24>
    ) -> SecretBytes? {
        precondition(box.byteCount >= 16 && key.count == 32)
        var fine = false
        let plaintext = SecretBytes(count: box.byteCount - 16) { out in
            key.withBytes { key in
                nonce.withBytes { nonce in
                    // Declassified: anyone who hands in a box is told whether it opens.
                    fine =
                        declassify(
                            unsafe crypto_aead_xchacha20poly1305_ietf_decrypt(
                                at(&out), nil, nil, at(box), UInt64(box.byteCount),
                                at(data), UInt64(data.byteCount), at(nonce), at(key))) == 0
                }
            }
        }
        guard fine else { return nil }
        return consume plaintext
    }

    // MARK: Argon2id (RFC 9106)

    /// 32 bytes from a passphrase, or nil where the memory could not be had.
    package static func argon2id(
        _ passphrase: borrowing SecretBytes, salt: Bytes<16>, passes: UInt32, memory: UInt64
    ) -> SecretBytes? {
        var fine = false
        let key = SecretBytes(count: 32) { out in
            let size = UInt64(out.byteCount)
            passphrase.withBytes { passphrase in
                salt.withBytes { salt in
                    fine =
                        unsafe crypto_pwhash_argon2id(
                            at(&out), size,
                            UnsafeRawPointer(at(passphrase)).assumingMemoryBound(to: CChar.self),
                            UInt64(passphrase.byteCount), at(salt), UInt64(passes), Int(memory),
                            crypto_pwhash_argon2id_alg_argon2id13()) == 0
                }
            }
        }
        guard fine else { return nil }
        return consume key
    }
}

/// BLAKE2b over a stream, under the same labels as the one-shot call.
@safe package struct StreamingBLAKE2b: ~Copyable {
    private let state: UnsafeMutableRawPointer

    package init(_ label: Label, key: borrowing RawSpan, salt: Bytes<16>, size: Int) {
        Sodium.start()
        // 64-byte aligned by its definition in C, which Swift cannot import.
        unsafe state = .allocate(byteCount: crypto_generichash_blake2b_statebytes(), alignment: 64)
        let status = unsafe key.withUnsafeBytes { key in
            unsafe salt.withUnsafeBytes { salt in
                unsafe label.padded.withUnsafeBytes { label in
                    unsafe crypto_generichash_blake2b_init_salt_personal(
                        OpaquePointer(state), key.baseAddress, key.count, size, salt.baseAddress,
                        label.baseAddress)
                }
            }
        }
        guard status == 0 else { fatalError("libsodium refused to begin a hash") }
    }

    package mutating func update(_ bytes: borrowing RawSpan) {
        let status = unsafe bytes.withUnsafeBytes { bytes in
            unsafe crypto_generichash_blake2b_update(
                OpaquePointer(state), bytes.baseAddress, UInt64(bytes.count))
        }
        guard status == 0 else { fatalError("libsodium refused to go on with a hash") }
    }

    /// Once only: the state is spent afterwards.
    package mutating func finish(into out: inout MutableRawSpan) {
        let status = unsafe out.withUnsafeMutableBytes { out in
            unsafe crypto_generichash_blake2b_final(OpaquePointer(state), out.baseAddress!, out.count)
        }
        guard status == 0 else { fatalError("libsodium refused to finish a hash") }
    }

    deinit {
        unsafe sodium_memzero(state, crypto_generichash_blake2b_statebytes())
        unsafe state.deallocate()
    }
}

/// SHA-256 (FIPS 180-4) over a stream, for what other people's tools check.
package struct StreamingSHA256: ~Copyable {
    private var state = crypto_hash_sha256_state()

    package init() {
        Sodium.start()
        guard unsafe crypto_hash_sha256_init(&state) == 0 else { fatalError("SHA-256: init") }
    }

    package mutating func update(_ bytes: borrowing RawSpan) {
        let status = unsafe bytes.withUnsafeBytes { bytes in
            unsafe crypto_hash_sha256_update(&state, bytes.baseAddress, UInt64(bytes.count))
        }
        guard status == 0 else { fatalError("SHA-256: update") }
    }

    package mutating func finish() -> Bytes<32> {
        var digest = Bytes<32>()
        let status = unsafe digest.withUnsafeMutableBytes { out in
            unsafe crypto_hash_sha256_final(&state, out.baseAddress!)
        }
        guard status == 0 else { fatalError("SHA-256: final") }
        return digest
    }
}
