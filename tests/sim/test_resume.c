#include "solvers/scenarios.h"
#include "tests/sim/program.h"

#include <time.h>

/* A sweep that is killed, or whose disk fails, at any instant: what is finished is there, an earlier
 * file is whole, and --resume leaves the very bytes of a sweep in one go. */

enum { KILLED = 128 + SIGKILL };

static const char *const one_thread[] = { "-j1", NULL };
static uint64_t whole; /* sum of the file that k.yaml makes in one go, command line included */

static uint64_t bytes_of(const char *name)
{
    size_t n = 0;
    char *text = test_read_file(in_folder(name), &n);
    uint64_t h = text ? genu_checksum(0, text, n) : 0;
    free(text);
    return h;
}

static void clean(void)
{
    CHECK_INT(sh("rm -f k.h5* k.partial.h5 log"), 0);
}

/* 13 blocks; what a sweep in one go makes of them is kept. */
static void fixture(void)
{
    if (!whole) {
        write_study("k", 25, GENU_BLOCK / 2, "[curves]");
        clean();
        CHECK_INT(wait_for(start_sweep("", "k", one_thread)), 0);
        CHECK_INT(rename(in_folder("k.h5"), in_folder("whole.h5")), 0);
        whole = bytes_of("whole.h5");
    }
    clean();
}

/* One sweep on this disk must be killed; or, with a code, must end with it. */
static void disk_sweep(const char *disk, int code)
{
    CHECK_INT(wait_for(start_sweep(disk, "k", one_thread)), code);
    CHECK_TRUE(!strstr(said, "runtime error") && !strstr(said, "Sanitizer"));
}

static void resume_is_whole(void)
{
    CHECK_INT(sweep("", "k", "--resume"), 0);
    CHECK_TRUE(bytes_of("k.h5") == whole);
    CHECK_INT(sh("ls | grep '^k.h5.'"), 1);
}

/* Without a head there is nothing to go on from, and the file that --resume makes says so. */
static void resume_from(int blocks)
{
    if (blocks > 0) {
        resume_is_whole();
        return;
    }
    CHECK_INT(sweep("", "k", "--resume"), 0);
    CHECK_TRUE(has("nothing was saved before: started afresh"));
    CHECK_TRUE(sum_of("k.h5") == sum_of("whole.h5"));
}

static void killed_while_computing(void)
{
    char disk[80];
    fixture();
    for (int i = 1; i <= 10; i++) {
        // the head is the first write, then each block has two
        snprintf(disk, sizeof disk, "later pwrite .part.0 %d", 1 + 2 * i);
        disk_sweep(disk, KILLED);
        CHECK_TRUE(saved_blocks("k.h5.part.0") >= i);
        CHECK_TRUE(!exists("k.h5"));
        resume_is_whole();
        clean();
    }
}

static void killed_while_writing_a_block(void)
{
    char disk[80];
    fixture();
    for (int i = 1; i <= 12; i++) {
        snprintf(disk, sizeof disk, "half pwrite .part.0 %d", i);
        disk_sweep(disk, KILLED);
        int blocks = saved_blocks("k.h5.part.0");
        CHECK_INT(blocks, i == 1 ? -1 : (i - 2) / 2);
        CHECK_TRUE(!exists("k.h5"));
        resume_from(blocks);
        clean();
    }
}

/* How often a call is made on paths that end so. */
static int count_calls(const char *call, const char *suffix)
{
    setenv("GENU_TEST_DISK_LOG", in_folder("log"), 1);
    disk_sweep("none pwrite - 1", 0);
    unsetenv("GENU_TEST_DISK_LOG");
    int n = 0;
    FILE *f = fopen(in_folder("log"), "r");
    for (char line[1300]; f && fgets(line, sizeof line, f);) {
        line[strcspn(line, "\n")] = '\0';
        size_t a = strlen(line), b = strlen(suffix);
        n += !strncmp(line, call, strlen(call)) && a >= b && !strcmp(line + a - b, suffix);
    }
    if (f)
        fclose(f);
    clean();
    return n;
}

static void killed_while_merging(void)
{
    char disk[80];
    fixture();
    int n = count_calls("pwrite", ".h5.part"), blocks = 0;
    CHECK_TRUE(n >= 10);
    for (int i = 0; i < 10; i++) {
        snprintf(disk, sizeof disk, "half pwrite .h5.part %d", 1 + i * (n - 1) / 9);
        disk_sweep(disk, KILLED);
        CHECK_TRUE(!exists("k.h5"));
        blocks = saved_blocks("k.h5.part.0");
        resume_from(blocks);
        clean();
    }
    CHECK_INT(blocks, 13); // the last writes come after all blocks
}

static void killed_while_renaming(void)
{
    static const char *const at[] = { "before fsync .h5.part 1", "after fsync .h5.part 1",
                                      "before rename k.h5 1",    "after rename k.h5 1",
                                      "before unlink .part.0 1", "after unlink .part.0 1" };
    const char *forced[] = { "-j1", "--force", NULL };
    fixture();
    write_study("other", 2, 2, "[]");
    CHECK_INT(sweep("", "other", NULL), 0);
    uint64_t other = bytes_of("other.h5");
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        disk_sweep(at[i], KILLED);
        CHECK_INT(exists("k.h5"), i >= 3);
        CHECK_INT(sweep("", "k", "--resume"), 0);
        CHECK_TRUE(bytes_of("k.h5") == whole);
        CHECK_INT(sh("ls | grep '^k.h5.'"), 1);
        clean();

        // an earlier file stays until the new one has its name
        CHECK_INT(sh("cp other.h5 k.h5"), 0);
        CHECK_INT(wait_for(start_sweep(at[i], "k", forced)), KILLED);
        CHECK_TRUE(bytes_of("k.h5") == other || i >= 3);
        CHECK_INT(sweep("", "k", "--resume"), 0);
        CHECK_TRUE(sum_of("k.h5") == sum_of("whole.h5"));
        CHECK_INT(sh("ls | grep '^k.h5.'"), 1);
        clean();
    }
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void killed_fifty_times_at_random(void)
{
    unsigned long long seed = 20;
    const char *resume[] = { "--resume", NULL };
    int kills = 0, finished = 0, least = 0;
    fixture();
    double start = now();
    CHECK_INT(sweep("", "k", "--resume"), 0);
    double whole_run = now() - start;
    clean();
    for (int i = 0; i < 400 && kills < 50; i++) {
        pid_t pid = start_sweep("", "k", resume);
        usleep((useconds_t)(1e6 * test_random(&seed, 0.2, 1.1) * whole_run));
        kill(pid, SIGKILL);
        int code = wait_for(pid);
        kills += code == KILLED;
        if (code == 0 || exists("k.h5")) {
            CHECK_INT(sweep("", "k", "--resume"), 0);
            CHECK_TRUE(sum_of("k.h5") == sum_of("whole.h5"));
            finished++;
            least = 0;
            clean();
            continue;
        }
        int blocks = saved_blocks("k.h5.part.0");
        CHECK_TRUE(blocks >= least || least == 0); // what was finished stays
        least = blocks > 0 ? blocks : 0;
    }
    CHECK_INT(kills, 50);
    CHECK_TRUE(finished > 0);
}

/* ------------------------------------------------------------------ disks that fail */

static void short_writes_are_made_up_for(void)
{
    fixture();
    disk_sweep("short pwrite - 1", 0);
    CHECK_TRUE(bytes_of("k.h5") == whole);
}

static void a_full_disk_keeps_what_is_saved(void)
{
    static const char *const full[] = { "full pwrite .part.0 8", "full pwrite .h5.part 2",
                                        "broken pwrite .part.0 7", "broken fsync .h5.part 1",
                                        "broken rename k.h5 1" };
    fixture();
    for (size_t i = 0; i < sizeof full / sizeof *full; i++) {
        disk_sweep(full[i], 1);
        CHECK_TRUE(has("genu sweep: '"));
        CHECK_TRUE(has(strncmp(full[i], "full", 4) ? "Input/output error" : "No space left"));
        CHECK_TRUE(has("scenarios are saved: --resume goes on"));
        CHECK_TRUE(!exists("k.h5"));
        CHECK_TRUE(saved_blocks("k.h5.part.0") >= 1);
        resume_is_whole();
        clean();
    }
    // the very first byte fails: nothing is left
    disk_sweep("full pwrite .part.0 1", 1);
    CHECK_INT(sh("ls | grep '^k.h5'"), 1);
}

static void file_and_folder_are_synced_around_the_rename(void)
{
    fixture();
    setenv("GENU_TEST_DISK_LOG", in_folder("log"), 1);
    disk_sweep("none pwrite - 1", 0);
    unsetenv("GENU_TEST_DISK_LOG");
    CHECK_INT(sh("grep -v ^pwrite log | sed \"s#$PWD#.#\" | tail -5"), 0);
    CHECK_TRUE(has("fsync ./k.h5.part\nrename k.h5\nfsync .\nunlink k.h5.part.0\nfsync .\n"));
    clean();
}

/* ------------------------------------------------------------------ what --resume finds */

/* A sweep that stops half-way, by a disk that is full after 6 blocks. */
static void stop_half_way(void)
{
    disk_sweep("full pwrite .part.0 14", 1);
    CHECK_INT(saved_blocks("k.h5.part.0"), 6);
}

static void check_refused(const char *fragment)
{
    uint64_t before = bytes_of("k.h5.part.0");
    CHECK_INT(sweep("", "k", "--resume"), 1);
    CHECK_TRUE(has(fragment));
    CHECK_TRUE(bytes_of("k.h5.part.0") == before && !exists("k.h5") && !exists("k.h5.part"));
}

static void parts_of_others_are_refused_by_name(void)
{
    fixture();
    stop_half_way();
    CHECK_INT(sh("cp k.yaml keep.yaml && echo '# another text' >>k.yaml"), 0);
    check_refused("'k.h5.part.0' does not belong to this sweep: its study is another one");
    CHECK_INT(sh("mv keep.yaml k.yaml && cp leg.osim keep && echo '<!-- -->' >>leg.osim"), 0);
    check_refused("its model is another one");
    CHECK_INT(sh("mv keep leg.osim && cp walk.mot keep && awk 'BEGIN { OFS = \"\\t\" } NR == 60 { "
                 "$3 += 1e-3 } 1' keep >walk.mot"),
              0);
    check_refused("its movement is another one");
    CHECK_INT(sh("mv keep walk.mot"), 0);
    // without --resume nothing is dropped in silence
    CHECK_INT(sweep("", "k", NULL), 1);
    CHECK_TRUE(has("that an earlier sweep saved: --resume goes on with them, --force drops them"));
    CHECK_INT(saved_blocks("k.h5.part.0"), 6);
    resume_is_whole();
    clean();
    stop_half_way();
    CHECK_INT(sweep("", "k", "--force"), 0);
    CHECK_TRUE(sum_of("k.h5") == sum_of("whole.h5"));
    CHECK_INT(sh("ls | grep '^k.h5.'"), 1);
}

/* The part file again, as if another build or machine had made it. */
static void forge(size_t at, const char *text)
{
    genu_parts *p = NULL;
    if (!CHECK_OK(genu_parts_new_from(&p, in_folder("k.h5.part.0"), &err), err))
        return;
    genu_parts_head head = *genu_parts_get_head(p);
    genu_parts *q = NULL;
    strcpy((char *)&head.id + at, text);
    CHECK_INT(sh("rm k.h5.part.0"), 0);
    CHECK_OK(genu_parts_new(&q, &head, genu_parts_columns(p), &err), err);
    CHECK_OK(genu_parts_write(q, in_folder("k.h5.part.0"), NULL, NULL, 0, &err), err);
    genu_parts_free(q);
    genu_parts_free(p);
}

static void parts_of_another_build_or_machine_are_refused_by_name(void)
{
    fixture();
    stop_half_way();
    forge(offsetof(genu_identity, build), "0.0.1");
    check_refused("its build of genu is '0.0.1', here it is '");
    clean();
    stop_half_way();
    forge(offsetof(genu_identity, vectors), "abacus");
    check_refused("its instruction set is 'abacus', here it is '");
}

/* One byte of the part file changed. */
static void damage(long at)
{
    FILE *f = fopen(in_folder("k.h5.part.0"), "r+");
    CHECK_TRUE(f && !fseek(f, at, at < 0 ? SEEK_END : SEEK_SET));
    int c = f ? fgetc(f) : 0;
    if (f && !fseek(f, -1, SEEK_CUR))
        fputc(c ^ 0x10, f);
    if (f)
        fclose(f);
}

static void damaged_parts_are_told_or_computed_anew(void)
{
    enum { damaged = 9000 * GENU_BLOCK }; // over the half block at the end
    fixture();
    stop_half_way();
    damage(0);
    check_refused("'k.h5.part.0' is not a part of a sweep by this version of genu, or its head is");
    damage(0);
    damage(300);
    check_refused("or its head is damaged");
    damage(300);
    damage(-damaged); // in the numbers of some block
    CHECK_TRUE(saved_blocks("k.h5.part.0") < 6);
    CHECK_INT(sweep("", "k", "--resume"), 0);
    CHECK_TRUE(has("of scenarios were cut short or damaged, and are computed anew"));
    CHECK_TRUE(bytes_of("k.h5") == whole);
    clean();
    stop_half_way();
    CHECK_INT(sh("truncate -s -%d k.h5.part.0", damaged), 0);
    resume_is_whole();
    clean();
    CHECK_INT(sh("mkdir k.h5.part.0"), 0);
    CHECK_INT(sweep("", "k", "--resume"), 1);
    CHECK_TRUE(has("'k.h5.part.0' is not a file"));
    CHECK_INT(sh("rmdir k.h5.part.0"), 0);
}

static void resuming_nothing_or_what_is_complete(void)
{
    fixture();
    CHECK_INT(sweep("", "k", "--resume"), 0);
    CHECK_TRUE(has("nothing was saved before: started afresh"));
    CHECK_TRUE(sum_of("k.h5") == sum_of("whole.h5"));
    uint64_t before = bytes_of("k.h5");
    CHECK_INT(sweep("", "k", "--resume"), 0);
    CHECK_TRUE(has("'k.h5' is complete and of this study: nothing is left to do"));
    CHECK_INT(sweep("", "k", NULL), 1);
    CHECK_TRUE(has("'k.h5' exists"));
    CHECK_TRUE(bytes_of("k.h5") == before);
    CHECK_INT(sh("cp k.yaml keep.yaml && echo '# another text' >>k.yaml"), 0);
    CHECK_INT(sweep("", "k", "--resume"), 1);
    CHECK_TRUE(has("'k.h5' exists, but is not the result of this sweep: its study is another one"));
    CHECK_INT(sh("mv keep.yaml k.yaml; \"$G\" sweep k.yaml -o k.h5 --resume --force"), 2);
    CHECK_TRUE(has("--force starts afresh and --resume goes on: take one of them"));
    CHECK_TRUE(bytes_of("k.h5") == before);
}

static void what_may_not_be_read_is_left_alone(void)
{
    fixture();
    stop_half_way();
    uint64_t before = bytes_of("k.h5.part.0");
    CHECK_INT(sh("chmod 0 k.h5.part.0"), 0);
    pid_t pid = fork();
    if (pid == 0) {
        if (chdir(test_folder()) || !freopen(".out", "w", stdout) || dup2(1, 2) < 0)
            _exit(99);
        if (geteuid() == 0 && setuid(65534)) // to root nothing is forbidden
            _exit(98);
        execl(PROGRAM, "genu", "sweep", "k.yaml", "-o", "k.h5", "--resume", (char *)NULL);
        _exit(97);
    }
    CHECK_INT(wait_for(pid), 1);
    CHECK_TRUE(has("'k.h5.part.0' could not be read: Permission denied"));
    CHECK_INT(sh("chmod 600 k.h5.part.0"), 0);
    CHECK_TRUE(bytes_of("k.h5.part.0") == before);
    clean();
}

static void two_sweeps_do_not_share_a_file(void)
{
    fixture();
    write_study("long", 1000, 1000, "[]");
    pid_t pid = start_sweep("", "long", one_thread);
    while (!exists("long.h5.part.0"))
        usleep(1000);
    int code = sh("\"$G\" sweep long.yaml -o long.h5; a=$?; \"$G\" sweep long.yaml -o long.h5 "
                  "--resume; test $a$? = 11");
    kill(pid, SIGINT);
    CHECK_INT(wait_for(pid), 130);
    CHECK_INT(code, 0);
    CHECK_TRUE(has("scenarios"));
    CHECK_INT(sh("rm -f long.*"), 0);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(killed_while_computing),
        TEST(killed_while_writing_a_block),
        TEST(killed_while_merging),
        TEST(killed_while_renaming),
        TEST(killed_fifty_times_at_random),
        TEST(short_writes_are_made_up_for),
        TEST(a_full_disk_keeps_what_is_saved),
        TEST(file_and_folder_are_synced_around_the_rename),
        TEST(parts_of_others_are_refused_by_name),
        TEST(parts_of_another_build_or_machine_are_refused_by_name),
        TEST(damaged_parts_are_told_or_computed_anew),
        TEST(resuming_nothing_or_what_is_complete),
        TEST(what_may_not_be_read_is_left_alone),
        TEST(two_sweeps_do_not_share_a_file),
        CU_TEST_INFO_NULL,
    };
    return test_main("resume", tests, argc, argv);
}
