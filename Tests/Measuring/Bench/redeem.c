// Rows 4 and 5 of script/bench: what a redemption comes to in plain C. The same
// primitives over messages of the same sizes, the same statements on the
// ledger's own tables, the same log; nothing is parsed, judged or kept secret.
//
//   redeem LEDGER IDS QUESTIONS GROUP [nolog]
//       spends every pack of which IDS has the look-up id, 16 bytes each, so
//       many to a commit
//   redeem LEDGER IDS QUESTIONS lone
//       one for each line of standard input, answered by a line
#include <sodium.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void fail(const char *what) {
    perror(what);
    exit(1);
}

// The one hash; `label` has 16 bytes.
static void hash(uint8_t *out, size_t size, const uint8_t *message, size_t length, const uint8_t *key, size_t key_size,
                 const uint8_t election[16], const char *label) {
    if (crypto_generichash_blake2b_salt_personal(out, size, message, length, key, key_size, election,
                                                 (const uint8_t *)label) != 0)
        abort();
}

static sqlite3 *database;
static uint8_t election[16], key[32], signer[64], blank[256];

static void must(int status) {
    if (status == SQLITE_OK || status == SQLITE_DONE || status == SQLITE_ROW) return;
    fprintf(stderr, "SQLite: %s\n", sqlite3_errmsg(database));
    exit(1);
}

static sqlite3_stmt *prepare(const char *sql) {
    sqlite3_stmt *statement;
    must(sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL));
    return statement;
}

static sqlite3_stmt *begin, *commit, *select_pack, *cast, *append;
static int64_t number;
// The roots of the log's complete subtrees, the largest first.
static uint8_t roots[64][32];
static int root_count;

static void node(uint8_t *out, const uint8_t *left, const uint8_t *right) {
    uint8_t message[65] = {1};
    memcpy(message + 1, left, 32);
    memcpy(message + 33, right, 32);
    crypto_hash_sha256(out, message, sizeof message);
}

// SHA-384 of label, id and note: SHA-512 from another beginning, cut off.
static void seal(uint8_t out[48], const uint8_t *text, size_t size, const uint8_t id[16]) {
    static const uint64_t begin[8] = {0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
                                      0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4};
    crypto_hash_sha512_state state;
    uint8_t digest[64];
    crypto_hash_sha512_init(&state);
    memcpy(state.state, begin, sizeof begin);
    crypto_hash_sha512_update(&state, (const uint8_t *)"cf1.logentry\0\0\0", 16);
    crypto_hash_sha512_update(&state, id, 16);
    crypto_hash_sha512_update(&state, text, size);
    crypto_hash_sha512_final(&state, digest);
    memcpy(out, digest, 48);
}

// The chain of a code: second, opening and trial, each after the label of the
// next step, and the tag that they lead to.
static void chain(uint8_t out[144], uint8_t tag[32], const uint8_t spending[32]) {
    memcpy(out, "cf1.code-open\0\0", 16);
    memcpy(out + 48, "cf1.code-try\0\0\0", 16);
    memcpy(out + 96, "cf1.code-tag\0\0\0", 16);
    hash(out + 16, 32, NULL, 0, spending, 32, election, "cf1.opening\0\0\0\0");
    crypto_hash_sha256(out + 64, out, 48);
    crypto_hash_sha256(out + 112, out + 48, 48);
    crypto_hash_sha256(tag, out + 96, 48);
}

static void write_log(int64_t pack, const uint8_t *voter, const uint8_t *fingerprint, const uint8_t *opening) {
    uint8_t leaf[155] = {0, 1, 6}, hashes[64 * 32], id[16], text[12] = {0};
    int count = 1;
    randombytes_buf(id, sizeof id);
    memcpy(leaf + 11, &pack, 8);
    memcpy(leaf + 19, voter, 16);
    memcpy(leaf + 43, fingerprint, 16);
    memcpy(leaf + 59, opening, 32);
    seal(leaf + 107, text, sizeof text, id);
    crypto_hash_sha256(hashes, leaf, sizeof leaf);
    for (int64_t places = number; places & 1; places >>= 1, count++)
        node(hashes + 32 * count, roots[--root_count], hashes + 32 * (count - 1));
    memcpy(roots[root_count++], hashes + 32 * (count - 1), 32);
    must(sqlite3_bind_int64(append, 1, number++));
    must(sqlite3_bind_int64(append, 2, 1));
    must(sqlite3_bind_int64(append, 3, 6));
    must(sqlite3_bind_blob(append, 4, leaf + 1, 106, SQLITE_TRANSIENT));
    must(sqlite3_bind_int64(append, 5, pack));
    for (int i = 6; i < 9; i++) must(sqlite3_bind_text(append, i, "", 0, SQLITE_STATIC));
    must(sqlite3_bind_blob(append, 9, id, 16, SQLITE_TRANSIENT));
    must(sqlite3_bind_blob(append, 10, hashes, 32 * count, SQLITE_TRANSIENT));
    must(sqlite3_step(append));
    must(sqlite3_reset(append));
}

// What is computed of code, answers and idempotency key before the ledger is asked.
static void prepare_request(int questions, uint8_t fingerprint[16], uint8_t receipt[32], uint8_t opening[32]) {
    uint8_t lookup[48], secrets[64], answers[16] = {0}, values[144];
    hash(secrets, 64, blank, 20, key, 32, election, "cf1.codesecret\0");
    hash(lookup, 16, blank, 20, key, 32, election, "cf1.lookup\0\0\0\0\0");
    chain(values, lookup + 16, secrets + 32);
    memcpy(opening, values + 64, 32);
    hash(fingerprint, 16, blank, 24, secrets, 32, election, "cf1.idempotent\0");
    hash(receipt, 32, blank, 24, secrets, 32, election, "cf1.receipt\0\0\0\0");
    if (questions) hash(answers, 16, blank, 16 * questions, secrets + 32, 32, election, "cf1.answers\0\0\0\0");
    if (sodium_memcmp(answers, answers, 16) || sodium_memcmp(lookup + 16, lookup + 16, 32)) abort();
}

static void spend(const uint8_t *id, const uint8_t *fingerprint, const uint8_t *opening, int with_log) {
    must(sqlite3_bind_blob(select_pack, 1, id, 16, SQLITE_STATIC));
    if (sqlite3_step(select_pack) != SQLITE_ROW) fail("no such pack");
    uint8_t voter[16];
    memcpy(voter, sqlite3_column_blob(select_pack, 3), 16);
    int64_t pack = sqlite3_column_int64(select_pack, 2);
    if (sqlite3_column_type(select_pack, 13) != SQLITE_NULL) fail("voted");
    must(sqlite3_reset(select_pack));
    must(sqlite3_bind_blob(cast, 1, voter, 16, SQLITE_STATIC));
    must(sqlite3_bind_int64(cast, 2, pack));
    must(sqlite3_bind_int64(cast, 3, 1));
    must(sqlite3_bind_blob(cast, 4, fingerprint, 16, SQLITE_STATIC));
    must(sqlite3_step(cast));
    must(sqlite3_reset(cast));
    if (with_log) write_log(pack, voter, fingerprint, opening);
}

static void run(sqlite3_stmt *statement) {
    must(sqlite3_step(statement));
    must(sqlite3_reset(statement));
}

static size_t answer(char *line, const uint8_t receipt[32]) {
    uint8_t message[64] = "cf1.receipt", whole[96];
    memcpy(message + 16, election, 16);
    memcpy(message + 32, receipt, 32);
    memcpy(whole, receipt, 32);
    crypto_sign_detached(whole + 32, NULL, message, sizeof message, signer);
    size_t start = (size_t)sprintf(line, "{\"outcome\": \"accepted\", \"receipt\": \"");
    sodium_bin2base64(line + start, 200, whole, sizeof whole, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return start + (size_t)sprintf(line + start + 128, "\"}\n") + 128;
}

int main(int argc, char **argv) {
    if (argc < 5 || sodium_init() < 0) return 2;
    int questions = atoi(argv[3]), group = atoi(argv[4]), with_log = argc == 5;
    FILE *file = fopen(argv[2], "r");
    if (!file) fail(argv[2]);
    must(sqlite3_open_v2(argv[1], &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL));
    must(sqlite3_exec(database,
                      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;"
                      "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;",
                      NULL, NULL, NULL));
    begin = prepare("BEGIN IMMEDIATE");
    commit = prepare("COMMIT");
    select_pack = prepare(
        "SELECT p.id, p.tag, p.pack, p.voter, p.answers, p.kind, p.replaced, p.batch,"
        "       c.why, a.wrong, a.lifetime, a.last, a.second, v.pack, v.channel, v.at, v.under "
        "FROM packs p LEFT JOIN cancelled c ON c.pack = p.pack LEFT JOIN attempts a ON a.pack = p.pack "
        "LEFT JOIN votes v ON v.voter = p.voter WHERE p.id = ?1");
    cast = prepare("INSERT INTO votes VALUES (?1, ?2, 1, ?3, ?4)");
    append = prepare("INSERT INTO log VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
    // The log begins anew behind what is there; its hashes are those of a new tree.
    sqlite3_stmt *last = prepare("SELECT max(number) + 1 FROM log");
    must(sqlite3_step(last));
    number = sqlite3_column_int64(last, 0);
    must(sqlite3_reset(last));
    root_count = __builtin_popcountll((uint64_t)number);

    static uint8_t ids[256][16], fingerprints[256][16], receipts[256][32], openings[256][32];
    static char line[1 << 16];
    if (group == 0) {
        while (fgets(line, sizeof line, stdin) && fread(ids[0], 16, 1, file) == 1) {
            prepare_request(questions, fingerprints[0], receipts[0], openings[0]);
            run(begin);
            spend(ids[0], fingerprints[0], openings[0], with_log);
            run(commit);
            size_t length = answer(line, receipts[0]);
            if (write(1, line, length) != (ssize_t)length) fail("write");
        }
        return 0;
    }
    if (group > 256) return 2;
    size_t got;
    while ((got = fread(ids, 16, (size_t)group, file)) > 0) {
        for (size_t i = 0; i < got; i++) prepare_request(questions, fingerprints[i], receipts[i], openings[i]);
        run(begin);
        for (size_t i = 0; i < got; i++) spend(ids[i], fingerprints[i], openings[i], with_log);
        run(commit);
        for (size_t i = 0; i < got; i++) fwrite(line, answer(line, receipts[i]), 1, stdout);
    }
    return 0;
}
