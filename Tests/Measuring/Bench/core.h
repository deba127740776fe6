// The core of Counterfoil once more, in plain C on libsodium: what the Swift
// is measured against (vectors/README.md, sections 4 to 9). As careful as the
// Swift: no branch and no table on a symbol, no heap, groups compared eight at
// a time. Only for measuring.
#pragma once
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void put64(uint8_t *out, uint64_t value) {
    value = __builtin_bswap64(value);
    memcpy(out, &value, 8);
}

static uint64_t get64(const uint8_t *in) {
    uint64_t value;
    memcpy(&value, in, 8);
    return __builtin_bswap64(value);
}

// The one hash; `label` has 16 bytes.
static void hash(uint8_t *out, size_t size, const uint8_t *message, size_t length, const uint8_t *key,
                 const uint8_t election[16], const char label[16]) {
    if (crypto_generichash_blake2b_salt_personal(out, size, message, length, key, key ? 32 : 0, election,
                                                 (const uint8_t *)label) != 0)
        abort();
}

// --- Check symbols ---

static inline uint32_t times_alpha(uint32_t x) { return x << 1 ^ 0x29 * (x >> 4); }

static inline void append_check(uint8_t *symbols, int n, uint32_t constant) {
    // Five bits for each coefficient of g(x), times 1, 2, 4, 8 and 16; the
    // compiler makes constants of them.
    uint32_t taps[5], a = 14, b = 17, c = 18, r = 0;
    for (int bit = 0; bit < 5; bit++) {
        taps[bit] = a << 10 | b << 5 | c;
        a = times_alpha(a), b = times_alpha(b), c = times_alpha(c);
    }
    for (int i = 0; i < n - 3; i++) {
        uint32_t f = (symbols[i] ^ r >> 10) & 31;
        r = r << 5 & 0x7FFF;
        r ^= taps[0] & -(f & 1);
        r ^= taps[1] & -(f >> 1 & 1);
        r ^= taps[2] & -(f >> 2 & 1);
        r ^= taps[3] & -(f >> 3 & 1);
        r ^= taps[4] & -(f >> 4 & 1);
    }
    r ^= constant;
    symbols[n - 3] = r >> 10 & 31;
    symbols[n - 2] = r >> 5 & 31;
    symbols[n - 1] = r & 31;
}

// --- Refused words ---

typedef uint32_t groups __attribute__((vector_size(16)));

static groups words_of_four[128], words_of_three[128];
static int four_count, three_count;

static uint32_t symbol_of(char letter) {
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    if (letter == 'I' || letter == 'L') letter = '1';
    if (letter == 'O') letter = '0';
    if (letter == 'U') letter = 'V';
    return (uint32_t)(strchr(alphabet, letter) - alphabet);
}

static void read_words(const char *path) {
    char line[16];
    FILE *file = fopen(path, "r");
    if (!file) fail(path);
    while (fgets(line, sizeof line, file)) {
        size_t length = strcspn(line, "\n");
        uint32_t packed = 0;
        for (size_t i = length; i-- > 0;) packed = packed << 8 | symbol_of(line[i]);
        groups word = {packed, packed, packed, packed};
        if (length == 4) words_of_four[four_count++] = word;
        else words_of_three[three_count++] = word;
    }
    fclose(file);
}

// Four groups, every digit as the letter that it looks like.
static inline groups letters(const uint8_t *symbols) {
    typedef uint8_t bytes __attribute__((vector_size(16)));
    bytes in, out;
    memcpy(&in, symbols, 16);
    out = in;
    out ^= (bytes)(in == 2) & (2 ^ 31);
    out ^= (bytes)(in == 3) & (3 ^ 14);
    out ^= (bytes)(in == 4) & (4 ^ 10);
    out ^= (bytes)(in == 5) & (5 ^ 25);
    out ^= (bytes)(in == 6) & (6 ^ 16);
    out ^= (bytes)(in == 7) & (7 ^ 26);
    out ^= (bytes)(in == 8) & (8 ^ 11);
    out ^= (bytes)(in == 9) & (9 ^ 16);
    return (groups)out;
}

// `symbols` has 64 bytes, zero behind the last.
static inline int spells_word(const uint8_t *symbols, int count) {
    groups hits = {0};
    for (int first = 0; first < count; first += 32) {
        groups a = letters(symbols + first), b = letters(symbols + first + 16);
        for (int i = 0; i < four_count; i++)
            hits |= (groups)(a == words_of_four[i]) | (groups)(b == words_of_four[i]);
        groups front_a = a & 0x00FFFFFF, front_b = b & 0x00FFFFFF, back_a = a >> 8, back_b = b >> 8;
        for (int i = 0; i < three_count; i++) {
            hits |= (groups)(front_a == words_of_three[i]) | (groups)(front_b == words_of_three[i]);
            hits |= (groups)(back_a == words_of_three[i]) | (groups)(back_b == words_of_three[i]);
        }
    }
    return (hits[0] | hits[1] | hits[2] | hits[3]) != 0;
}

// --- Codes ---

struct core {
    int n;
    uint32_t constant;
    uint8_t election[16], batch_key[32], ledger_key[32], voter_key[32];
};

// The keys that the Swift harness has too: anything fixed.
static void core_start(struct core *core, const char *words) {
    uint8_t digest[8];
    if (sodium_init() < 0) abort();
    read_words(words);
    core->n = 20;
    for (int i = 0; i < 32; i++) {
        core->batch_key[i] = (uint8_t)i;
        core->ledger_key[i] = (uint8_t)(64 + i);
        core->voter_key[i] = (uint8_t)(128 + i);
    }
    for (int i = 0; i < 16; i++) core->election[i] = (uint8_t)(200 + i);
    hash(digest, 8, NULL, 0, NULL, core->election, "cf1.constant\0\0\0");
    core->constant = 1 + (uint32_t)(get64(digest) % 32767);
}

// Fills `symbols` (64 bytes) with the code and, behind it, the pack number's
// symbols; returns the pack number.
static inline uint64_t derive(const struct core *core, uint64_t ordinal, uint8_t symbols[64]) {
    int n = core->n;
    for (uint32_t attempt = 0;; attempt++) {
        uint8_t message[12], d[64];
        put64(message, ordinal);
        uint32_t big = __builtin_bswap32(attempt);
        memcpy(message + 8, &big, 4);
        hash(d, 64, message, 12, core->batch_key, core->election, "cf1.pack-code\0\0");
        for (int i = 0; i < n - 3; i++) symbols[i] = d[i] & 31;
        for (int i = 0; i < 9; i++) symbols[n + i] = d[32 + i] & 31;
        append_check(symbols, n, core->constant);
        append_check(symbols + n, 12, core->constant);
        if (spells_word(symbols, n + 12)) continue;
        uint64_t number = 0;
        for (int i = 0; i < 12; i++) number = number << 5 | symbols[n + i];
        return number;
    }
}

// The chain of a code: second, opening and trial, each after the label of the
// next step, and the tag that they lead to.
static inline void chain(uint8_t out[144], uint8_t tag[32], const uint8_t spending[32], const uint8_t election[16]) {
    memcpy(out, "cf1.code-open\0\0", 16);
    memcpy(out + 48, "cf1.code-try\0\0\0", 16);
    memcpy(out + 96, "cf1.code-tag\0\0\0", 16);
    if (crypto_generichash_blake2b_salt_personal(out + 16, 32, NULL, 0, spending, 32, election,
                                                 (const uint8_t *)"cf1.opening\0\0\0\0") != 0)
        abort();
    crypto_hash_sha256(out + 64, out, 48);
    crypto_hash_sha256(out + 112, out + 48, 48);
    crypto_hash_sha256(tag, out + 96, 48);
}

// Look-up id (16) and tag (32).
static inline void look_up(const struct core *core, const uint8_t *symbols, uint8_t out[48]) {
    uint8_t secrets[64], values[144];
    hash(out, 16, symbols, (size_t)core->n, core->ledger_key, core->election, "cf1.lookup\0\0\0\0\0");
    hash(secrets, 64, symbols, (size_t)core->n, core->ledger_key, core->election, "cf1.codesecret\0");
    chain(values, out + 16, secrets + 32, core->election);
}
