/* unreliable_disk.c - preloaded into genu by the tests: stops it, or fails it, at a chosen call.
 *
 * GENU_TEST_DISK="ACTION CALL SUFFIX N" acts on the Nth CALL (pwrite, fsync, rename, unlink) on a
 * path that ends in SUFFIX ("-": any):
 *
 *   before, half, after   SIGKILL before it, after half of its bytes, after it
 *   later                 SIGKILL a tenth of a millisecond after it
 *   full, broken          it and all later ones fail with ENOSPC (half of the bytes first), EIO
 *   short                 it and all later ones write a third of their bytes
 *   none                  nothing happens
 *
 * GENU_TEST_DISK_LOG=FILE gets a line "CALL PATH" for each of them.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

typedef enum action { NONE, BEFORE, HALF, AFTER, LATER, FULL, BROKEN, SHORT } action;

static const char *const name[] = { "none",  "before", "half",   "after",
                                    "later", "full",   "broken", "short" };
static atomic_int calls;

/* The C library's own function of this name; dlsym gives a data pointer where a function pointer is
 * meant, and POSIX says that this works. */
static void find(const char *symbol, void *function)
{
    *(void **)function = dlsym(RTLD_NEXT, symbol);
}

static void die(void)
{
    kill(getpid(), SIGKILL);
}

static void on_alarm(int number)
{
    (void)number;
    die();
}

static void die_later(void)
{
    struct itimerval soon = { .it_value = { .tv_usec = 100 } };
    signal(SIGALRM, on_alarm);
    setitimer(ITIMER_REAL, &soon, NULL);
}

static void write_log(const char *call, const char *path)
{
    const char *to = getenv("GENU_TEST_DISK_LOG");
    FILE *f = to ? fopen(to, "a") : NULL;
    if (f) {
        fprintf(f, "%s %s\n", call, path);
        fclose(f);
    }
}

/* What is to happen at this call. */
static action what(const char *call, const char *path)
{
    char act[16], on[16], suffix[64];
    int n, which = 0;
    const char *spec = getenv("GENU_TEST_DISK");
    write_log(call, path);
    if (!spec || sscanf(spec, "%15s %15s %63s %d", act, on, suffix, &n) != 4 || strcmp(on, call))
        return NONE;
    size_t a = strlen(path), b = strlen(suffix);
    if (strcmp(suffix, "-") && (a < b || strcmp(path + a - b, suffix)))
        return NONE;
    while (strcmp(name[which], act))
        which++;
    int at = ++calls;
    return at == n || (at > n && which >= FULL) ? (action)which : NONE;
}

static action what_fd(const char *call, int fd)
{
    char link[64], path[1024] = "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    path[n > 0 ? n : 0] = '\0';
    return what(call, path);
}

/* Around a call without bytes: -1 when it is not to be made. */
static int begin(action a)
{
    if (a == BEFORE || a == HALF)
        die();
    errno = a == FULL ? ENOSPC : EIO;
    return a == FULL || a == BROKEN ? -1 : 0;
}

static void end(action a)
{
    if (a == AFTER)
        die();
    if (a == LATER)
        die_later();
}

ssize_t pwrite(int fd, const void *from, size_t n, off_t at)
{
    static ssize_t (*real)(int, const void *, size_t, off_t);
    if (!real)
        find("pwrite", &real);
    action a = what_fd("pwrite", fd);
    if (a == BEFORE)
        die();
    if (a == HALF || a == FULL) {
        real(fd, from, n / 2, at);
        if (a == HALF)
            die();
    }
    if (a == FULL || a == BROKEN) {
        errno = a == FULL ? ENOSPC : EIO;
        return -1;
    }
    ssize_t done = real(fd, from, a == SHORT ? n / 3 + 1 : n, at);
    end(a);
    return done;
}

int fsync(int fd)
{
    static int (*real)(int);
    if (!real)
        find("fsync", &real);
    action a = what_fd("fsync", fd);
    int code = begin(a) ? -1 : real(fd);
    end(a);
    return code;
}

int rename(const char *from, const char *to)
{
    static int (*real)(const char *, const char *);
    if (!real)
        find("rename", &real);
    action a = what("rename", to);
    int code = begin(a) ? -1 : real(from, to);
    end(a);
    return code;
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    static int (*real)(int, const char *, int, const char *, unsigned);
    if (!real)
        find("renameat2", &real);
    action a = what("rename", to);
    int code = begin(a) ? -1 : real(from_folder, from, to_folder, to, flags);
    end(a);
    return code;
}

int unlink(const char *path)
{
    static int (*real)(const char *);
    if (!real)
        find("unlink", &real);
    action a = what("unlink", path);
    int code = begin(a) ? -1 : real(path);
    end(a);
    return code;
}
