/* testlib.h - what CUnit lacks: near comparison that prints, errors by code and message,
 * allocation counts, running one test by name, exit codes that mean what they say.
 *
 * GENU_TOL_SCALE=0 in the environment makes every near comparison fail and print its residual.
 */
#ifndef GENU_TESTLIB_H
#define GENU_TESTLIB_H

#include <CUnit/CUnit.h>

#define TEST(name)                                                                                 \
    {                                                                                              \
#name, name                                                                                \
    }

/* |actual - expected| <= rtol |expected| + atol; prints both and the difference when not. */
#define CHECK_NEAR(actual, expected, rtol, atol)                                                   \
    test_near((actual), (expected), (rtol), (atol), #actual, __FILE__, __LINE__)
#define CHECK_INT(actual, expected)                                                                \
    test_int((long long)(actual), (long long)(expected), #actual, __FILE__, __LINE__)
#define CHECK_TEXT(actual, expected) test_text((actual), (expected), #actual, __FILE__, __LINE__)
#define CHECK_TRUE(condition)        test_true((condition) != 0, #condition, __FILE__, __LINE__)
/* The call returned the status `want` and err.msg contains `fragment`. */
#define CHECK_FAILS(call, want, err, fragment)                                                     \
    test_fails((int)(call), (int)(want), (err).msg, (fragment), #call, __FILE__, __LINE__)
/* The call returned GENU_OK (0); prints err.msg when not. */
#define CHECK_OK(call, err) test_ok((int)(call), (err).msg, #call, __FILE__, __LINE__)

void test_near(double actual, double expected, double rtol, double atol, const char *what,
               const char *file, int line);
void test_int(long long actual, long long expected, const char *what, const char *file, int line);
void test_text(const char *actual, const char *expected, const char *what, const char *file,
               int line);
void test_true(int condition, const char *what, const char *file, int line);
void test_fails(int status, int want, const char *msg, const char *fragment, const char *what,
                const char *file, int line);
int test_ok(int status, const char *msg, const char *what, const char *file, int line);

/* Heap allocations so far in this program. */
long test_allocations(void);

/* Uniform in [lo, hi); the same sequence for the same seed on every machine. */
double test_random(unsigned long long *seed, double lo, double hi);

/* The path of a reference file, relative to the reference folder, or NULL where the reference
 * data are absent: then the skip is printed, and is a failure where GENU_TEST_REQUIRE_REFERENCE
 * is set. The text is valid until the next call. */
const char *test_reference(const char *relative);

/* The whole of a file as text ended by 0, to be freed; fails the test when it cannot be read. */
char *test_read_file(const char *path, size_t *n);

/* A fresh empty folder of this test program under the build folder; made anew at the first call. */
const char *test_folder(void);

/* Run all tests of a module, or those named on the command line. 0: all passed. */
int test_main(const char *module, CU_TestInfo *tests, int argc, char **argv);

#endif
