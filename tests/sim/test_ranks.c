#ifdef PROGRAM
static const int built = 1;
#else
static const int built = 0;
#endif

#include "solvers/scenarios.h"
#include "tests/sim/program.h"

/* A sweep by several processes of MPI. Only where there is MPI, and without sanitizers. */

static uint64_t whole; /* sum over the datasets of one process */

/* 50 blocks, and an environment in which Open MPI runs as root and on few cores. */
static int fixture(void)
{
    if (!built) {
        fprintf(stderr, "SKIPPED: the program was not built with MPI\n");
        return 0;
    }
    if (!whole) {
        setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 1);
        setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 1);
        write_study("k", 100, GENU_BLOCK / 2, "[curves]");
        CHECK_INT(sh("rm -f *.h5*"), 0);
        CHECK_INT(sweep("", "k", "-j1"), 0);
        CHECK_INT(rename(in_folder("k.h5"), in_folder("whole.h5")), 0);
        whole = sum_of("whole.h5");
    }
    CHECK_INT(sh("rm -f k.h5*"), 0);
    return 1;
}

static int ranks(int n, const char *more)
{
    return sh("mpirun --oversubscribe -n %d \"$G\" sweep k.yaml -o k.h5 -j1 %s", n, more);
}

static void any_number_of_ranks_gives_the_same_bits(void)
{
    if (!fixture())
        return;
    for (int n = 1; n <= 4; n++) {
        CHECK_INT(ranks(n, ""), 0);
        char count[40];
        snprintf(count, sizeof count, "%d scenarios x ", 100 * GENU_BLOCK / 2);
        CHECK_TRUE(has(count));
        CHECK_TRUE(sum_of("k.h5") == whole);
        CHECK_INT(sh("ls | grep '^k.h5.'"), 1);
        CHECK_INT(sh("rm k.h5"), 0);
    }
}

static void a_rank_that_dies_costs_no_finished_block(void)
{
    static const int then[] = { 2, 4, 6 }; // ranks that go on
    for (int i = 0; i < 3 && fixture(); i++) {
        // rank 2 dies while it writes its second block
        CHECK_TRUE(sh("GENU_TEST_DISK='half pwrite .part.2 4' LD_PRELOAD='%s' "
                      "mpirun --oversubscribe -n 4 \"$G\" sweep k.yaml -o k.h5 -j1",
                      UNRELIABLE_DISK) != 0);
        CHECK_TRUE(!exists("k.h5"));
        CHECK_INT(saved_blocks("k.h5.part.2"), 1);
        CHECK_INT(ranks(then[i], "--resume"), 0);
        CHECK_TRUE(has(" scenarios were saved before"));
        CHECK_TRUE(sum_of("k.h5") == whole);
        CHECK_INT(sh("ls | grep '^k.h5.'"), 1);
    }
}

static void one_process_finishes_what_ranks_began(void)
{
    if (!fixture())
        return;
    CHECK_TRUE(sh("GENU_TEST_DISK='full pwrite .part.1 6' LD_PRELOAD='%s' "
                  "mpirun --oversubscribe -n 3 \"$G\" sweep k.yaml -o k.h5 -j1",
                  UNRELIABLE_DISK) != 0);
    CHECK_TRUE(has("No space left"));
    CHECK_TRUE(!exists("k.h5") && exists("k.h5.part.1"));
    CHECK_INT(ranks(3, ""), 1);
    CHECK_TRUE(has("that an earlier sweep saved: --resume goes on with them, --force drops them"));
    CHECK_INT(sweep("", "k", "--resume"), 0);
    CHECK_TRUE(sum_of("k.h5") == whole);
    CHECK_INT(sh("ls | grep '^k.h5.'"), 1);
    CHECK_INT(ranks(3, "--resume"), 0);
    CHECK_TRUE(has("nothing is left to do"));
}

static void every_rank_stops_at_an_error(void)
{
    if (!fixture())
        return;
    CHECK_INT(ranks(3, "--shard 1/2"), 1);
    CHECK_TRUE(has("shards are for where there are no ranks, but there are 3 of these"));
    CHECK_INT(sh("mkdir k.h5.part.1"), 0);
    CHECK_INT(ranks(3, "--force"), 1);
    CHECK_INT(sh("rmdir k.h5.part.1; ls | grep '^k.h5'"), 1);
    CHECK_INT(sh("mpirun --oversubscribe -n 3 \"$G\" sweep none.yaml"), 1);
    CHECK_TRUE(has("'none.yaml'"));
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(any_number_of_ranks_gives_the_same_bits),
        TEST(a_rank_that_dies_costs_no_finished_block),
        TEST(one_process_finishes_what_ranks_began),
        TEST(every_rank_stops_at_an_error),
        CU_TEST_INFO_NULL,
    };
    return test_main("ranks", tests, argc, argv);
}
