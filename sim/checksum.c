#include "sim/checksum.h"

#include <string.h>

// the golden ratio's fraction in 64 bits, odd: no pattern of data fits it
static const uint64_t FACTOR = 0x9E3779B97F4A7C15;

static uint64_t step(uint64_t h, uint64_t word)
{
    h = (h ^ word) * FACTOR;
    return h << 29 | h >> 35;
}

uint64_t genu_checksum(uint64_t h, const void *data, size_t n)
{
    const unsigned char *from = data;
    uint64_t word;
    h = step(h, n); // so that zeros at the end count, too
    for (; n >= sizeof word; n -= sizeof word, from += sizeof word) {
        memcpy(&word, from, sizeof word);
        h = step(h, word);
    }
    word = 0;
    if (n)
        memcpy(&word, from, n);
    return step(h, word);
}
