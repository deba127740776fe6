// Row 2 of script/bench: what `counterfoil issue` cannot do without, in plain C
// on the same roll: the CSV is read twice, voter ids are hashed, packs made and
// printed, the print file is encrypted as age does it and hashed for the
// manifest, the register is sorted and hashed. Left out are the checks, the
// book, and whatever makes the result safe to publish.
//
// usage: issue ROLL OUT-FOLDER WORDS VOTER-COLUMN COLUMN...
#include "core.h"

enum { CHUNK = 64 << 10, ROW = 97, MOST_COLUMNS = 256 };

struct text {
    char *bytes;
    size_t used, room;
};

static void add(struct text *text, const void *bytes, size_t count) {
    if (text->used + count > text->room) {
        text->room = 2 * text->room + count + 4096;
        if (!(text->bytes = realloc(text->bytes, text->room))) fail("memory");
    }
    memcpy(text->bytes + text->used, bytes, count);
    text->used += count;
}

// --- Reading ---

struct roll {
    char *bytes;
    size_t place, size;
    int columns;
    // Where the values of the row stand, unquoted in place.
    size_t starts[MOST_COLUMNS], ends[MOST_COLUMNS];
};

// The whole file, and an LF behind it.
static void open_roll(struct roll *roll, const char *path) {
    FILE *file = fopen(path, "r");
    if (!file || fseek(file, 0, SEEK_END)) fail(path);
    roll->size = (size_t)ftell(file);
    rewind(file);
    if (!(roll->bytes = malloc(roll->size + 1)) || fread(roll->bytes, 1, roll->size, file) != roll->size) fail(path);
    roll->bytes[roll->size] = '\n';
    roll->place = 0;
    fclose(file);
}

// The next row, or 0. RFC 4180, trusting the file.
static int next_row(struct roll *roll) {
    char *bytes = roll->bytes;
    size_t at = roll->place;
    if (at >= roll->size) return 0;
    int column = 0;
    for (;; at++) {
        if (column == MOST_COLUMNS) fail("columns");
        size_t out = roll->starts[column] = at;
        if (bytes[at] == '"') {
            for (at++; at < roll->size; at++) {
                if (bytes[at] == '"' && bytes[++at] != '"') break;
                bytes[out++] = bytes[at];
            }
            roll->ends[column++] = out;
        } else {
            while (bytes[at] != ',' && bytes[at] != '\n' && bytes[at] != '\r') at++;
            roll->ends[column++] = at;
        }
        if (bytes[at] == '\r') at++;
        if (bytes[at] == '\n') break;
    }
    roll->columns = column;
    roll->place = at + 1;
    return 1;
}

static char *field(struct roll *roll, int column, size_t *count) {
    *count = roll->ends[column] - roll->starts[column];
    return roll->bytes + roll->starts[column];
}

static int column_named(struct roll *roll, const char *name) {
    for (int i = 0; i < roll->columns; i++) {
        size_t count;
        char *value = field(roll, i, &count);
        if (count == strlen(name) && !memcmp(value, name, count)) return i;
    }
    fail(name);
    return 0;
}

// --- Writing ---

static void add_value(struct text *out, const char *value, size_t count) {
    int quotes = 0;
    for (size_t i = 0; i < count; i++)
        quotes |= value[i] == '"' || value[i] == ',' || value[i] == '\r' || value[i] == '\n';
    if (!quotes) {
        add(out, value, count);
        return;
    }
    add(out, "\"", 1);
    for (size_t i = 0; i < count; i++) add(out, "\"\"", value[i] == '"'), add(out, value + i, 1);
    add(out, "\"", 1);
}

// Four at a time, one in each byte.
static uint32_t above(uint32_t group, uint32_t value) { return (group + (127 - value) * 0x01010101) >> 7 & 0x01010101; }

static void add_symbols(struct text *out, const uint8_t *symbols, int n) {
    char printed[40];
    for (int i = 0; i < n; i += 4) {
        uint32_t v;
        memcpy(&v, symbols + i, 4);
        v += 0x30303030 + above(v, 9) * 7 + above(v, 17) + above(v, 19) + above(v, 21) + above(v, 26);
        memcpy(printed + i / 4 * 5, &v, 4);
        printed[i / 4 * 5 + 4] = '-';
    }
    add(out, printed, (size_t)(n / 4 * 5 - 1));
}

static void add_number(struct text *out, size_t number) {
    char digits[20];
    int first = 20;
    do digits[--first] = (char)('0' + number % 10);
    while (number /= 10);
    add(out, digits + first, (size_t)(20 - first));
}

struct sealed {
    FILE *file;
    struct text plain;
    uint8_t key[32], box[CHUNK + 16];
    uint64_t counter;
    crypto_hash_sha256_state hash;
};

static void seal(struct sealed *sealed, int last) {
    while (sealed->plain.used > CHUNK || last) {
        size_t count = sealed->plain.used > CHUNK ? CHUNK : sealed->plain.used;
        last = last && sealed->plain.used > CHUNK;
        uint8_t nonce[12] = {0};
        put64(nonce + 3, sealed->counter++);
        nonce[11] = !last;
        crypto_aead_chacha20poly1305_ietf_encrypt(sealed->box, NULL, (uint8_t *)sealed->plain.bytes, count, NULL, 0,
                                                  NULL, nonce, sealed->key);
        crypto_hash_sha256_update(&sealed->hash, sealed->box, count + 16);
        if (fwrite(sealed->box, 1, count + 16, sealed->file) != count + 16) fail("print file");
        memmove(sealed->plain.bytes, sealed->plain.bytes + count, sealed->plain.used - count);
        sealed->plain.used -= count;
    }
}

static int by_id(const void *a, const void *b) { return memcmp(a, b, 16); }

static FILE *create(const char *folder, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (!file) fail(path);
    return file;
}

static void finish(FILE *file) {
    if (fflush(file) || fclose(file)) fail("writing");
}

int main(int argc, char **argv) {
    if (argc < 5) return 2;
    static struct core core;
    static struct sealed print;
    core_start(&core, argv[3]);

    struct roll roll = {0};
    int columns[MOST_COLUMNS], column_count = argc - 5;
    size_t count = 0, length;

    // First reading: voter numbers.
    struct text voters = {0};
    open_roll(&roll, argv[1]);
    next_row(&roll);
    int voter = column_named(&roll, argv[4]);
    for (int i = 0; i < column_count; i++) columns[i] = column_named(&roll, argv[5 + i]);
    while (next_row(&roll)) {
        uint8_t number[16];
        char *id = field(&roll, voter, &length);
        hash(number, 16, (uint8_t *)id, length, core.voter_key, core.election, "cf1.voter\0\0\0\0\0\0");
        add(&voters, number, 16);
        count++;
    }

    // Second reading: packs.
    free(roll.bytes);
    open_roll(&roll, argv[1]);
    next_row(&roll);
    randombytes_buf(print.key, 32);
    crypto_hash_sha256_init(&print.hash);
    print.file = create(argv[2], "print.csv.age");
    FILE *packs = create(argv[2], "packs.csv");
    uint8_t *rows = calloc(count, ROW);
    if (!rows) fail("memory");
    uint8_t symbols[64] = {0};
    struct text line = {0};
    for (size_t i = 0; i < count && next_row(&roll); i++) {
        uint64_t number = derive(&core, i + 1, symbols);
        uint8_t *row = rows + i * ROW;
        look_up(&core, symbols, row);
        put64(row + 48, number);
        memcpy(row + 56, voters.bytes + 16 * i, 16);
        row[88] = 1;

        add_number(&print.plain, i + 1);
        add(&print.plain, ",", 1);
        add_symbols(&print.plain, symbols + core.n, 12);
        add(&print.plain, ",", 1);
        add_symbols(&print.plain, symbols, core.n);
        for (int c = 0; c < column_count; c++) {
            char *value = field(&roll, columns[c], &length);
            add(&print.plain, ",", 1);
            add_value(&print.plain, value, length);
        }
        add(&print.plain, "\r\n", 2);
        seal(&print, 0);

        line.used = 0;
        char *id = field(&roll, voter, &length);
        add_value(&line, id, length);
        add(&line, ",", 1);
        add_symbols(&line, symbols + core.n, 12);
        add(&line, "\r\n", 2);
        if (fwrite(line.bytes, 1, line.used, packs) != line.used) fail("packs.csv");
    }
    seal(&print, 1);
    uint8_t digest[64];
    crypto_hash_sha256_final(&print.hash, digest);
    finish(print.file);
    finish(packs);

    // The register.
    qsort(rows, count, ROW, by_id);
    hash(digest, 64, rows, count * ROW, NULL, core.election, "cf1.register\0\0\0");
    FILE *file = create(argv[2], "register");
    if (fwrite(rows, ROW, count, file) != count || fwrite(digest, 64, 1, file) != 1) fail("register");
    finish(file);
    printf("%zu packs\n", count);
}
