/* program.h - the program itself, run in the test's folder on a walk of the leg fixture. */
#ifndef GENU_TESTS_PROGRAM_H
#define GENU_TESTS_PROGRAM_H

#include "sim/checksum.h"
#include "sim/parts.h"
#include "sim/results.h"
#include "tests/sim/leg_fixture.h"

#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef PROGRAM
#define PROGRAM GENU_TEST_BINARY_DIR "/genu"
#endif
#define UNRELIABLE_DISK GENU_TEST_BINARY_DIR "/tests/libunreliable_disk.so"

static genu_err err;
static char said[20000]; /* what the last command printed */

static inline const char *in_folder(const char *name)
{
    static char path[4][1200];
    static int at;
    at = (at + 1) % 4;
    snprintf(path[at], sizeof path[at], "%s/%s", test_folder(), name);
    return path[at];
}

/* Exit code of a shell command in the test's folder, 128 + n after signal n; $G is the program. */
static inline int sh(const char *fmt, ...)
{
    char command[3000], line[4000];
    va_list args;
    va_start(args, fmt);
    vsnprintf(command, sizeof command, fmt, args);
    va_end(args);
    setenv("G", PROGRAM, 1);
    snprintf(line, sizeof line, "cd '%s' && { %s\n} >.out 2>&1", test_folder(), command);
    int status = system(line);
    FILE *f = fopen(in_folder(".out"), "r");
    said[f ? fread(said, 1, sizeof said - 1, f) : 0] = '\0';
    if (f)
        fclose(f);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Start `genu sweep NAME.yaml -o NAME.h5 more...` on a disk that is told what to do; "": a good one.
 * Its process; what it prints goes to .out. */
static inline pid_t start_sweep(const char *disk, const char *name, const char *const *more)
{
    pid_t pid = fork();
    if (pid)
        return pid;
    if (chdir(test_folder()) || !freopen(".out", "w", stdout) || dup2(1, 2) < 0)
        _exit(99);
    if (*disk) {
        setenv("GENU_TEST_DISK", disk, 1);
        setenv("LD_PRELOAD", UNRELIABLE_DISK, 1);
        setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
    }
    char *argv[12] = { genu_strdup("genu"), genu_strdup("sweep") }, text[100];
    int n = 2;
    snprintf(text, sizeof text, "%s.yaml", name);
    argv[n++] = genu_strdup(text);
    argv[n++] = genu_strdup("-o");
    snprintf(text, sizeof text, "%s.h5", name);
    argv[n++] = genu_strdup(text);
    while (more && *more && n < 11)
        argv[n++] = genu_strdup(*more++);
    execv(PROGRAM, argv);
    _exit(99);
}

static inline int wait_for(pid_t pid)
{
    int status = 0;
    waitpid(pid, &status, 0);
    FILE *f = fopen(in_folder(".out"), "r");
    said[f ? fread(said, 1, sizeof said - 1, f) : 0] = '\0';
    if (f)
        fclose(f);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static inline int sweep(const char *disk, const char *name, const char *more)
{
    const char *list[] = { more, NULL };
    return wait_for(start_sweep(disk, name, list));
}

static inline int has(const char *fragment)
{
    if (strstr(said, fragment))
        return 1;
    fprintf(stderr, "'%s' is not in: %s\n", fragment, said);
    return 0;
}

/* Write NAME.yaml: medius x minimus scenarios. */
static inline void write_study(const char *name, int medius, int minimus, const char *output)
{
    static int made;
    leg_options plain = { 0 };
    char file[100];
    if (!made)
        leg_write(test_folder(), &plain);
    made = 1;
    snprintf(file, sizeof file, "%s.yaml", name);
    FILE *f = leg_open(test_folder(), file);
    if (!f)
        return;
    fprintf(f,
            "model: leg.osim\nmotion: { file: walk.mot, filter: 8, from: 0.5, to: 0.9 }\nloads: "
            "grf.xml\nside: both\n"
            "strength:\n"
            "  - { muscles: [gluteus_medius], side: right, from: 0, to: 1.2, steps: %d }\n"
            "  - { muscles: [gluteus_minimus], side: right, from: 0, to: 1.2, steps: %d }\n"
            "output: %s\n",
            medius, minimus, output);
    fclose(f);
}

/* Blocks saved in a part file of the test's folder, -1 where there is none. */
static inline int saved_blocks(const char *name)
{
    genu_parts *p = NULL;
    int n = -1;
    if (genu_parts_new_from(&p, in_folder(name), &err) == GENU_OK && p &&
        CHECK_OK(genu_parts_add(p, in_folder(name), &err), err))
        n = (int)genu_parts_done(p).block;
    genu_parts_free(p);
    return n;
}

static inline int exists(const char *name)
{
    return !access(in_folder(name), F_OK);
}

/* One sum over every dataset of a results file: names, shapes and bits. */
static inline uint64_t sum_of(const char *name)
{
    genu_results *r;
    uint64_t h = 0;
    if (!CHECK_OK(genu_results_open(&r, in_folder(name), &err), err))
        return 0;
    for (int i = 0; i < genu_results_count(r); i++) {
        genu_dataset d = { 0 };
        if (CHECK_OK(genu_results_read(r, genu_results_name(r, i), &d, &err), err)) {
            h = genu_checksum(h, d.name, strlen(d.name));
            h = genu_checksum(h, d.dim, (size_t)d.rank * sizeof *d.dim);
            if (d.value)
                h = genu_checksum(h, d.value, d.n * sizeof *d.value);
            for (size_t k = 0; d.text && k < d.n; k++)
                h = genu_checksum(h, d.text[k], strlen(d.text[k]));
        }
        genu_dataset_free(&d);
    }
    genu_results_close(r);
    return h;
}

#endif
