/* vector.h - the widest vector register of doubles that this compilation may use: what the sources that
 * are compiled once per instruction set (CMakeLists.txt) have in common.
 *
 * vd is a register of doubles, vm a mask with one truth value for each. Where an operand is NAN, the
 * comparisons are false, and v_max and v_min give their second one.
 */
#ifndef GENU_SOLVERS_VECTOR_H
#define GENU_SOLVERS_VECTOR_H

#include <math.h>

#ifdef __SSE2__
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
enum { BYTES = 64 };
#elif defined(__AVX__)
enum { BYTES = 32 };
#else
enum { BYTES = 16 };
#endif
enum { WIDTH = BYTES / 8 };

#define INLINE static inline __attribute__((always_inline))

typedef double vd __attribute__((vector_size(BYTES), may_alias));

INLINE vd v_spread(double x)
{
    return x - (vd){ 0 };
}

#if defined(__AVX512F__)

typedef __mmask8 vm;

INLINE vm v_equal(vd x, vd y)
{
    return _mm512_cmp_pd_mask((__m512d)x, (__m512d)y, _CMP_EQ_OQ);
}

INLINE vm v_less(vd x, vd y)
{
    return _mm512_cmp_pd_mask((__m512d)x, (__m512d)y, _CMP_LT_OQ);
}

INLINE vm v_at_most(vd x, vd y)
{
    return _mm512_cmp_pd_mask((__m512d)x, (__m512d)y, _CMP_LE_OQ);
}

INLINE vm v_not(vm mask)
{
    return (vm)~mask;
}

INLINE int v_any(vm mask)
{
    return mask != 0;
}

INLINE vm v_mask(const int *flags)
{
    vm mask = 0;
    for (int i = 0; i < WIDTH; i++)
        mask = (vm)(mask | (flags[i] != 0) << i);
    return mask;
}

INLINE vd v_pick(vm mask, vd yes, vd no)
{
    return (vd)_mm512_mask_blend_pd(mask, (__m512d)no, (__m512d)yes);
}

INLINE vd v_max(vd x, vd y)
{
    return (vd)_mm512_max_pd((__m512d)x, (__m512d)y);
}

INLINE vd v_min(vd x, vd y)
{
    return (vd)_mm512_min_pd((__m512d)x, (__m512d)y);
}

#else

typedef long long vm __attribute__((vector_size(BYTES), may_alias));

INLINE vm v_equal(vd x, vd y)
{
    return (vm)(x == y);
}

INLINE vm v_less(vd x, vd y)
{
    return (vm)(x < y);
}

INLINE vm v_at_most(vd x, vd y)
{
    return (vm)(x <= y);
}

INLINE vm v_not(vm mask)
{
    return ~mask;
}

INLINE vm v_mask(const int *flags)
{
    vm mask = { 0 };
    for (int i = 0; i < WIDTH; i++)
        mask[i] = -(long long)(flags[i] != 0);
    return mask;
}

INLINE vd v_pick(vm mask, vd yes, vd no)
{
    return (vd)((mask & (vm)yes) | (~mask & (vm)no));
}

#if defined(__AVX__)

INLINE int v_any(vm mask)
{
    return _mm256_movemask_pd((__m256d)mask) != 0;
}

INLINE vd v_max(vd x, vd y)
{
    return (vd)_mm256_max_pd((__m256d)x, (__m256d)y);
}

INLINE vd v_min(vd x, vd y)
{
    return (vd)_mm256_min_pd((__m256d)x, (__m256d)y);
}

#elif defined(__SSE2__)

INLINE int v_any(vm mask)
{
    return _mm_movemask_pd((__m128d)mask) != 0;
}

INLINE vd v_max(vd x, vd y)
{
    return (vd)_mm_max_pd((__m128d)x, (__m128d)y);
}

INLINE vd v_min(vd x, vd y)
{
    return (vd)_mm_min_pd((__m128d)x, (__m128d)y);
}

#else

INLINE int v_any(vm mask)
{
    long long all = 0;
    for (int l = 0; l < WIDTH; l++)
        all |= mask[l];
    return all != 0;
}

INLINE vd v_max(vd x, vd y)
{
    return v_pick(x > y, x, y);
}

INLINE vd v_min(vd x, vd y)
{
    return v_pick(x < y, x, y);
}

#endif
#endif

INLINE vd v_sqrt(vd x)
{
#if defined(__AVX512F__)
    return (vd)_mm512_sqrt_pd((__m512d)x);
#elif defined(__AVX__)
    return (vd)_mm256_sqrt_pd((__m256d)x);
#elif defined(__SSE2__)
    return (vd)_mm_sqrt_pd((__m128d)x);
#else
    for (int i = 0; i < WIDTH; i++)
        x[i] = sqrt(x[i]);
    return x;
#endif
}

INLINE vm v_none(void)
{
    return v_less((vd){ 0 }, (vd){ 0 });
}

INLINE vd v_absolute(vd x)
{
    return v_max(-x, x);
}

#endif
