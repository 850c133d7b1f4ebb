/* vector.h - the widest vector register of doubles that this compilation may use: what the sources that
 * are compiled once per instruction set (CMakeLists.txt) have in common.
 */
#ifndef GENU_SOLVERS_VECTOR_H
#define GENU_SOLVERS_VECTOR_H

#if defined(__AVX512F__)
enum { BYTES = 64 };
#elif defined(__AVX__)
enum { BYTES = 32 };
#else
enum { BYTES = 16 };
#endif
enum { WIDTH = BYTES / 8 };

typedef double vd __attribute__((vector_size(BYTES), may_alias));
typedef long long vm __attribute__((vector_size(BYTES), may_alias));

#endif
