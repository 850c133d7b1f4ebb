/* digest.h - SHA-256 of a piece of memory: which model, which study a result came from.
 *
 * Method:     SHA-256, FIPS PUB 180-4 (DOI 10.6028/NIST.FIPS.180-4), section 6.2
 * Cost:       O(n), about 0.2 GB/s
 * Depends on: models/base.h
 * Memory:     none
 * Thread use: no shared state
 */
#ifndef GENU_SIM_DIGEST_H
#define GENU_SIM_DIGEST_H

#include "models/base.h"

enum { GENU_DIGEST_SIZE = 65 }; /* 64 hexadecimal digits and the 0 at the end */

/** The digest of n bytes as lower-case hexadecimal digits; data may be NULL when n is 0. */
void genu_digest(const void *data, size_t n, char hex[GENU_DIGEST_SIZE]);

#endif
