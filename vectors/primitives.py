"""What hashlib lacks, in plain Python: Ed25519, XChaCha20-Poly1305, Argon2id.

Written for reading, not for secrecy: nothing here runs in constant time, so
never use it with keys that matter on a machine that others share.

`self_check()` runs every primitive against the known answers of its RFC.
"""

import hashlib
import struct

# --- Ed25519 (RFC 8032, section 5.1) ---------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)

# Points are in extended coordinates (X, Y, Z, T): x = X/Z, y = Y/Z, xy = T/Z.
NEUTRAL = (0, 1, 1, 0)


def point_add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def point_multiply(scalar, point):
    result = NEUTRAL
    while scalar:
        if scalar & 1:
            result = point_add(result, point)
        point = point_add(point, point)
        scalar >>= 1
    return result


def point_equal(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


def recover_x(y, sign):
    """The x of the point with this y, or None."""
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if x2 == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * SQRT_MINUS_1 % P
    if (x * x - x2) % P:
        return None
    return P - x if x & 1 != sign else x


def point_encode(point):
    z = pow(point[2], P - 2, P)
    x, y = point[0] * z % P, point[1] * z % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def point_decode(data):
    value = int.from_bytes(data, "little")
    y = value & (1 << 255) - 1
    x = recover_x(y, value >> 255)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
# 2^i times the base point, so that a multiple of it costs additions alone.
BASE_POWERS = [(BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)]
for _ in range(254):
    BASE_POWERS.append(point_add(BASE_POWERS[-1], BASE_POWERS[-1]))


def base_multiply(scalar):
    result = NEUTRAL
    for power in BASE_POWERS:
        if scalar & 1:
            result = point_add(result, power)
        scalar >>= 1
    return result


def sha512_scalar(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % L


def ed25519_expand(seed):
    h = hashlib.sha512(seed).digest()
    a = int.from_bytes(h[:32], "little") & (1 << 254) - 8 | 1 << 254
    return a, h[32:]


def ed25519_public_key(seed):
    return point_encode(base_multiply(ed25519_expand(seed)[0]))


def ed25519_sign(seed, message):
    a, prefix = ed25519_expand(seed)
    public_key = point_encode(base_multiply(a))
    r = sha512_scalar(prefix, message)
    point_r = point_encode(base_multiply(r))
    s = (r + sha512_scalar(point_r, public_key, message) * a) % L
    return point_r + s.to_bytes(32, "little")


def has_small_order(point):
    return point_equal(point_multiply(8, point), NEUTRAL)


def ed25519_verify(public_key, message, signature):
    if len(public_key) != 32 or len(signature) != 64:
        return False
    point_a, point_r = point_decode(public_key), point_decode(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if point_a is None or point_r is None or s >= L or has_small_order(point_a) or has_small_order(point_r):
        return False
    k = sha512_scalar(signature[:32], public_key, message)
    return point_equal(base_multiply(s), point_add(point_r, point_multiply(k, point_a)))


# --- XChaCha20-Poly1305 (RFC 8439, draft-irtf-cfrg-xchacha) ------------------

def rotate32(x, n):
    return (x << n | x >> 32 - n) & 0xFFFFFFFF


def chacha_quarter(s, a, b, c, d):
    s[a] = s[a] + s[b] & 0xFFFFFFFF; s[d] = rotate32(s[d] ^ s[a], 16)
    s[c] = s[c] + s[d] & 0xFFFFFFFF; s[b] = rotate32(s[b] ^ s[c], 12)
    s[a] = s[a] + s[b] & 0xFFFFFFFF; s[d] = rotate32(s[d] ^ s[a], 8)
    s[c] = s[c] + s[d] & 0xFFFFFFFF; s[b] = rotate32(s[b] ^ s[c], 7)


def chacha_rounds(key, last_16_bytes):
    """The state before and after the twenty rounds."""
    before = list(struct.unpack("<16I", b"expand 32-byte k" + key + last_16_bytes))
    s = list(before)
    for _ in range(10):
        chacha_quarter(s, 0, 4, 8, 12); chacha_quarter(s, 1, 5, 9, 13)
        chacha_quarter(s, 2, 6, 10, 14); chacha_quarter(s, 3, 7, 11, 15)
        chacha_quarter(s, 0, 5, 10, 15); chacha_quarter(s, 1, 6, 11, 12)
        chacha_quarter(s, 2, 7, 8, 13); chacha_quarter(s, 3, 4, 9, 14)
    return before, s


def hchacha20(key, nonce16):
    _, s = chacha_rounds(key, nonce16)
    return struct.pack("<8I", *s[:4], *s[12:])


def chacha20_block(key, counter, nonce12):
    before, s = chacha_rounds(key, struct.pack("<I", counter) + nonce12)
    return struct.pack("<16I", *(x + y & 0xFFFFFFFF for x, y in zip(before, s)))


def chacha20_xor(key, counter, nonce12, data):
    out = bytearray()
    for i in range(0, len(data), 64):
        stream = chacha20_block(key, counter + i // 64, nonce12)
        out += bytes(x ^ y for x, y in zip(data[i:i + 64], stream))
    return bytes(out)


def poly1305(key, message):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    s = int.from_bytes(key[16:], "little")
    a = 0
    for i in range(0, len(message), 16):
        a = (a + int.from_bytes(message[i:i + 16] + b"\1", "little")) * r % (2**130 - 5)
    return (a + s & 2**128 - 1).to_bytes(16, "little")


def aead_tag(key, nonce12, box, associated):
    def padded(x):
        return x + bytes(-len(x) % 16)
    one_time_key = chacha20_block(key, 0, nonce12)[:32]
    return poly1305(one_time_key, padded(associated) + padded(box)
                    + struct.pack("<QQ", len(associated), len(box)))


def xchacha20poly1305_seal(key, nonce24, message, associated):
    """Ciphertext followed by the 16-byte tag."""
    subkey, nonce12 = hchacha20(key, nonce24[:16]), bytes(4) + nonce24[16:]
    box = chacha20_xor(subkey, 1, nonce12, message)
    return box + aead_tag(subkey, nonce12, box, associated)


def xchacha20poly1305_open(key, nonce24, sealed, associated):
    """The message, or None when the tag does not fit."""
    subkey, nonce12 = hchacha20(key, nonce24[:16]), bytes(4) + nonce24[16:]
    box, tag = sealed[:-16], sealed[-16:]
    if aead_tag(subkey, nonce12, box, associated) != tag:
        return None
    return chacha20_xor(subkey, 1, nonce12, box)


# --- Argon2id (RFC 9106, version 0x13) ---------------------------------------

M64 = 2**64 - 1


def argon2_long_hash(data, size):
    """H' of section 3.3."""
    data = struct.pack("<I", size) + data
    if size <= 64:
        return hashlib.blake2b(data, digest_size=size).digest()
    v = hashlib.blake2b(data).digest()
    out = v[:32]
    while size - len(out) > 64:
        v = hashlib.blake2b(v).digest()
        out += v[:32]
    return out + hashlib.blake2b(v, digest_size=size - len(out)).digest()


def argon2_mix(v, a, b, c, d):
    """GB of section 3.6: BLAKE2b's mixing with a multiplication added."""
    x, y, z, w = v[a], v[b], v[c], v[d]
    x = x + y + 2 * (x & 0xFFFFFFFF) * (y & 0xFFFFFFFF) & M64
    w ^= x; w = w >> 32 | w << 32 & M64
    z = z + w + 2 * (z & 0xFFFFFFFF) * (w & 0xFFFFFFFF) & M64
    y ^= z; y = y >> 24 | y << 40 & M64
    x = x + y + 2 * (x & 0xFFFFFFFF) * (y & 0xFFFFFFFF) & M64
    w ^= x; w = w >> 16 | w << 48 & M64
    z = z + w + 2 * (z & 0xFFFFFFFF) * (w & 0xFFFFFFFF) & M64
    y ^= z; y = y >> 63 | y << 1 & M64
    v[a], v[b], v[c], v[d] = x, y, z, w


def argon2_permute(v, i):
    """P of section 3.6, on the sixteen words whose places are in i."""
    for a, b, c, d in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
                       (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
        argon2_mix(v, i[a], i[b], i[c], i[d])


ARGON2_ROWS = [[16 * r + k for k in range(16)] for r in range(8)]
ARGON2_COLUMNS = [[16 * (k // 2) + 2 * c + k % 2 for k in range(16)] for c in range(8)]


def argon2_compress(x, y):
    """G of section 3.5, on two blocks of 128 words."""
    r = [a ^ b for a, b in zip(x, y)]
    v = list(r)
    for places in ARGON2_ROWS:
        argon2_permute(v, places)
    for places in ARGON2_COLUMNS:
        argon2_permute(v, places)
    return [a ^ b for a, b in zip(r, v)]


def argon2id(password, salt, passes, memory_kib, size, lanes=1, secret=b"", associated=b""):
    def lp(x):
        return struct.pack("<I", len(x)) + x
    h0 = hashlib.blake2b(
        struct.pack("<6I", lanes, size, memory_kib, passes, 0x13, 2)
        + lp(password) + lp(salt) + lp(secret) + lp(associated)).digest()
    segment = memory_kib // (4 * lanes)     # blocks in one of four slices of a lane
    columns = 4 * segment
    memory = [[None] * columns for _ in range(lanes)]
    for lane in range(lanes):
        for column in (0, 1):
            block = argon2_long_hash(h0 + struct.pack("<2I", column, lane), 1024)
            memory[lane][column] = list(struct.unpack("<128Q", block))

    zero = [0] * 128
    for pass_ in range(passes):
        for slice_ in range(4):
            # The first half of the first pass chooses its references without
            # looking at the memory (Argon2i), the rest by it (Argon2d).
            independent = pass_ == 0 and slice_ < 2
            for lane in range(lanes):
                addresses = None
                for index in range(segment):
                    if independent and index % 128 == 0:
                        counter = [pass_, lane, slice_, lanes * columns, passes, 2,
                                   index // 128 + 1] + [0] * 121
                        addresses = argon2_compress(zero, argon2_compress(zero, counter))
                    column = slice_ * segment + index
                    if pass_ == 0 and column < 2:
                        continue
                    previous = memory[lane][column - 1]     # -1 is the lane's last
                    pseudo = addresses[index % 128] if independent else previous[0]
                    j1, j2 = pseudo & 0xFFFFFFFF, pseudo >> 32
                    other = lane if pass_ == 0 and slice_ == 0 else j2 % lanes
                    # Section 3.4.2: how many blocks may be referred to, from where.
                    if pass_ == 0:
                        start, done = 0, slice_ * segment
                    else:
                        start, done = (slice_ + 1) % 4 * segment, columns - segment
                    if other == lane:
                        area = done + index - 1
                    else:
                        area = done - (1 if index == 0 else 0)
                    back = area * (j1 * j1 >> 32) >> 32
                    reference = (start + area - 1 - back) % columns
                    block = argon2_compress(previous, memory[other][reference])
                    if pass_:
                        block = [a ^ b for a, b in zip(block, memory[lane][column])]
                    memory[lane][column] = block

    last = memory[0][-1]
    for lane in range(1, lanes):
        last = [a ^ b for a, b in zip(last, memory[lane][-1])]
    return argon2_long_hash(struct.pack("<128Q", *last), size)


# --- Known answers ------------------------------------------------------------

def self_check():
    """Compares with the RFCs' known answers; the number of comparisons made."""
    h = bytes.fromhex
    answers = []

    # RFC 7693, appendix A.
    answers.append((hashlib.blake2b(b"abc").hexdigest(),
                    "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                    "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"))

    # RFC 8032, section 7.1, tests 1 to 3.
    for seed, public_key, message, signature in (
            ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
             "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
             "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555f"
             "b8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
            ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
             "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
             "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da08"
             "5ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
            ("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
             "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
             "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18"
             "ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")):
        answers.append((ed25519_public_key(h(seed)).hex(), public_key))
        answers.append((ed25519_sign(h(seed), h(message)).hex(), signature))
        answers.append((ed25519_verify(h(public_key), h(message), h(signature)), True))
        answers.append((ed25519_verify(h(public_key), h(message) + b"x", h(signature)), False))

    # RFC 8439, section 2.5.2 (Poly1305) and 2.3.2 (ChaCha20's block).
    answers.append((poly1305(h("85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b"),
                             b"Cryptographic Forum Research Group").hex(),
                    "a8061dc1305136c6c22b8baf0c0127a9"))
    answers.append((chacha20_block(bytes(range(32)), 1, h("000000090000004a00000000")).hex(),
                    "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
                    "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e"))

    # draft-irtf-cfrg-xchacha-03, sections 2.2.1 and A.3.1.
    answers.append((hchacha20(bytes(range(32)), h("000000090000004a0000000031415927")).hex(),
                    "82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc"))
    key, nonce, associated = bytes(range(0x80, 0xA0)), bytes(range(0x40, 0x58)), \
        h("50515253c0c1c2c3c4c5c6c7")
    message = (b"Ladies and Gentlemen of the class of '99: If I could offer you "
               b"only one tip for the future, sunscreen would be it.")
    sealed = h("bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
               "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
               "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
               "21f9664c97637da9768812f615c68b13b52e"
               "c0875924c1c7987947deafd8780acf49")
    answers.append((xchacha20poly1305_seal(key, nonce, message, associated), sealed))
    answers.append((xchacha20poly1305_open(key, nonce, sealed, associated), message))
    answers.append((xchacha20poly1305_open(key, nonce, sealed, associated + b"x"), None))

    # RFC 9106, section 5.3.
    answers.append((argon2id(b"\1" * 32, b"\2" * 16, 3, 32, 32, 4, b"\3" * 8, b"\4" * 12).hex(),
                    "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"))

    for number, (got, wanted) in enumerate(answers, 1):
        if got != wanted:
            raise AssertionError(f"known answer {number}: {got} instead of {wanted}")
    return len(answers)


if __name__ == "__main__":
    print(self_check(), "known answers agree")
