#include "tests/testlib.h"

#include <CUnit/TestDB.h>
#include <CUnit/TestRun.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static _Atomic long n_allocation;

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_aligned_alloc(size_t alignment, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_aligned_alloc(size_t alignment, size_t n);

void *__wrap_malloc(size_t n)
{
    n_allocation++;
    return __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    n_allocation++;
    return __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
    n_allocation++;
    return __real_realloc(p, n);
}

void *__wrap_aligned_alloc(size_t alignment, size_t n)
{
    n_allocation++;
    return __real_aligned_alloc(alignment, n);
}

long test_allocations(void)
{
    return n_allocation;
}

static void judge(int good, const char *file, int line, const char *message)
{
    if (!good)
        fprintf(stderr, "%s:%d: %s\n", file, line, message);
    CU_assertImplementation(good ? CU_TRUE : CU_FALSE, (unsigned)line, message, file, "", CU_FALSE);
}

static double tolerance_scale(void)
{
    const char *text = getenv("GENU_TOL_SCALE");
    return text ? atof(text) : 1.0;
}

void test_near(double actual, double expected, double rtol, double atol, const char *what,
               const char *file, int line)
{
    double allowed = (rtol * fabs(expected) + atol) * tolerance_scale();
    double off = fabs(actual - expected);
    char message[512];
    snprintf(message, sizeof message, "%s = %.17g, expected %.17g, off by %.3g, allowed %.3g", what,
             actual, expected, off, allowed);
    judge(off <= allowed, file, line, message); // NaN fails
}

void test_int(long long actual, long long expected, const char *what, const char *file, int line)
{
    char message[512];
    snprintf(message, sizeof message, "%s = %lld, expected %lld", what, actual, expected);
    judge(actual == expected, file, line, message);
}

void test_text(const char *actual, const char *expected, const char *what, const char *file,
               int line)
{
    char message[1024];
    snprintf(message, sizeof message, "%s = \"%s\", expected \"%s\"", what,
             actual ? actual : "(null)", expected);
    judge(actual && !strcmp(actual, expected), file, line, message);
}

void test_true(int condition, const char *what, const char *file, int line)
{
    char message[512];
    snprintf(message, sizeof message, "%s is false", what);
    judge(condition, file, line, message);
}

void test_fails(int status, int want, const char *msg, const char *fragment, const char *what,
                const char *file, int line)
{
    char message[1024];
    snprintf(message, sizeof message, "%s returned %d, expected %d; message \"%s\"", what, status,
             want, msg);
    judge(status == want, file, line, message);
    snprintf(message, sizeof message, "%s: message \"%s\" lacks \"%s\"", what, msg, fragment);
    judge(strstr(msg, fragment) != NULL, file, line, message);
}

int test_ok(int status, const char *msg, const char *what, const char *file, int line)
{
    char message[1024];
    snprintf(message, sizeof message, "%s returned %d: %s", what, status, msg);
    judge(status == 0, file, line, message);
    return status == 0;
}

double test_random(unsigned long long *seed, double lo, double hi)
{
    // splitmix64
    unsigned long long z = (*seed += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    z ^= z >> 31;
    return lo + (hi - lo) * ((double)(z >> 11) * 0x1p-53);
}

const char *test_reference(const char *relative)
{
    static char path[1024];
    const char *root = getenv("GENU_REFERENCE");
    snprintf(path, sizeof path, "%s/%s", root ? root : GENU_TEST_SOURCE_DIR "/../shared/reference",
             relative);
    if (!access(path, R_OK))
        return path;
    fprintf(stderr, "SKIPPED: reference file '%s' is absent\n", path);
    if (getenv("GENU_TEST_REQUIRE_REFERENCE"))
        judge(0, __FILE__, __LINE__, "reference data are required here and absent");
    return NULL;
}

char *test_read_file(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    char *text = NULL;
    long size = -1;
    if (f && !fseek(f, 0, SEEK_END))
        size = ftell(f);
    if (size >= 0) {
        rewind(f);
        text = malloc((size_t)size + 1);
        size_t got = text ? fread(text, 1, (size_t)size, f) : 0;
        if (text)
            text[got] = '\0';
        if (n)
            *n = got;
    }
    if (f)
        fclose(f);
    test_true(text != NULL, path, __FILE__, __LINE__);
    return text;
}

static char folder[1024];

const char *test_folder(void)
{
    struct stat st;
    if (stat(folder, &st)) {
        char command[1200];
        snprintf(command, sizeof command, "mkdir -p '%s'", folder);
        if (system(command))
            judge(0, __FILE__, __LINE__, "test folder could not be made");
    }
    return folder;
}

static int n_run(CU_TestInfo *tests, CU_pSuite suite, int argc, char **argv)
{
    int n = 0;
    for (int i = 1; i < argc; i++) {
        CU_TestInfo *t = tests;
        while (t->pName && strcmp(t->pName, argv[i]))
            t++;
        if (!t->pName) {
            fprintf(stderr, "no test is named '%s'\n", argv[i]);
            return -1;
        }
        CU_add_test(suite, t->pName, t->pTestFunc);
        n++;
    }
    if (argc < 2)
        for (CU_TestInfo *t = tests; t->pName; t++, n++)
            CU_add_test(suite, t->pName, t->pTestFunc);
    return n;
}

int test_main(const char *module, CU_TestInfo *tests, int argc, char **argv)
{
    snprintf(folder, sizeof folder, "%s/test_output/%s", GENU_TEST_BINARY_DIR, module);
    char command[1200];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command))
        return 1;
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    CU_pSuite suite = CU_add_suite(module, NULL, NULL);
    int n = suite ? n_run(tests, suite, argc, argv) : -1;
    if (n <= 0) {
        fprintf(stderr, "%s: no test ran\n", module);
        return 1;
    }
    CU_run_all_tests();
    unsigned failed = CU_get_number_of_failures();
    unsigned bad_tests = CU_get_number_of_tests_failed();
    printf("%s: %d tests, %u checks, %u failed checks in %u tests\n", module, n,
           CU_get_number_of_asserts(), failed, bad_tests);
    CU_cleanup_registry();
    return failed ? 1 : 0;
}
