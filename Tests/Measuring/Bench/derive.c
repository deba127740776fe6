// Row 1 of script/bench: derives COUNT packs and prints a checksum of all
// codes, pack numbers, ids and tags. `Bench derive` does the same in Swift.
#include "core.h"

int main(int argc, char **argv) {
    struct core core;
    if (argc != 3) return 2;
    core_start(&core, argv[2]);
    uint64_t count = strtoull(argv[1], NULL, 10), sum = 0;
    uint8_t symbols[64] = {0}, found[48];
    for (uint64_t ordinal = 1; ordinal <= count; ordinal++) {
        uint64_t number = derive(&core, ordinal, symbols);
        look_up(&core, symbols, found);
        sum = (sum ^ number) * 0x9E3779B97F4A7C15;
        for (int i = 0; i < 32; i += 8) sum = (sum ^ get64(symbols + i)) * 0x9E3779B97F4A7C15;
        for (int i = 0; i < 48; i += 8) sum = (sum ^ get64(found + i)) * 0x9E3779B97F4A7C15;
    }
    printf("%016llx\n", (unsigned long long)sum);
}
