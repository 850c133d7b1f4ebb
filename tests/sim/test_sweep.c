#include "solvers/scenarios.h"
#include "tests/sim/program.h"

/* The same bits whoever solves a block, and when: threads, shards, ranks, one go or many. */

static uint64_t whole; /* sum over the datasets of k.yaml, solved by one thread in one go */

static void fixture(void)
{
    if (!whole) {
        write_study("k", 25, GENU_BLOCK / 2, "[curves, muscles]");
        CHECK_INT(sh("rm -f *.h5*"), 0);
        CHECK_INT(sweep("", "k", "-j1"), 0);
        CHECK_INT(rename(in_folder("k.h5"), in_folder("whole.h5")), 0);
        whole = sum_of("whole.h5");
    }
    CHECK_INT(sh("rm -f k.h5* s.h5*"), 0);
}

static void any_number_of_threads_gives_the_same_bits(void)
{
    static const char *const threads[] = { "-j2", "-j3", "-j4", "-j20" };
    fixture();
    for (int i = 0; i < 4; i++) {
        CHECK_INT(sweep("", "k", threads[i]), 0);
        CHECK_TRUE(sum_of("k.h5") == whole);
        CHECK_INT(sh("ls | grep '^k.h5.'"), 1);
        CHECK_INT(sh("rm k.h5"), 0);
    }
}

static void a_sweep_in_many_goes_gives_the_same_bits(void)
{
    const char *one_thread[] = { "--resume", "-j1", NULL };
    fixture();
    // every go solves two blocks, the first of them at places that an earlier go left open
    for (int go = 0; go < 4; go++)
        CHECK_INT(wait_for(start_sweep("full pwrite .part.0 6", "k", one_thread)), 1);
    CHECK_TRUE(saved_blocks("k.h5.part.0") >= 8);
    CHECK_INT(sweep("", "k", "--resume"), 0);
    CHECK_TRUE(sum_of("k.h5") == whole);
}

static void shards_in_any_order_give_the_same_bits(void)
{
    fixture();
    CHECK_INT(sh("for k in 3 1 4 2; do \"$G\" sweep k.yaml -o s.h5 -j2 --shard $k/4 || exit; done"),
              0);
    CHECK_TRUE(has("shard 2 of 4: s.h5.shard-2-of-4; genu merge makes one file of them all"));
    CHECK_INT(sh("\"$G\" merge -o s.h5 s.h5.shard-2-of-4 s.h5.shard-4-of-4 s.h5.shard-1-of-4 "
                 "s.h5.shard-3-of-4"),
              0);
    CHECK_TRUE(sum_of("s.h5") == whole);
    CHECK_INT(sh("\"$G\" check s.h5 && test -e s.h5.shard-1-of-4 && rm s.h5"), 0);
    // more shards than blocks: some are empty
    CHECK_INT(sh("for k in $(seq 15); do \"$G\" sweep k.yaml -o s.h5 -S $k/15 || exit; done; "
                 "\"$G\" merge -o s.h5 s.h5.shard-*-of-15"),
              0);
    CHECK_TRUE(sum_of("s.h5") == whole);
}

static void a_shard_goes_on(void)
{
    const char *one[] = { "--shard=1/2", NULL }, *on[] = { "--shard=1/2", "--resume", NULL };
    const char *anew[] = { "--shard=1/2", "--force", NULL };
    fixture();
    CHECK_INT(wait_for(start_sweep("half pwrite .shard-1-of-2 7", "k", one)), 128 + SIGKILL);
    CHECK_INT(saved_blocks("k.h5.shard-1-of-2") >= 1, 1);
    CHECK_INT(wait_for(start_sweep("", "k", one)), 1);
    CHECK_TRUE(has("that an earlier sweep saved: --resume goes on with them, --force drops them"));
    CHECK_INT(wait_for(start_sweep("", "k", on)), 0);
    CHECK_TRUE(has(" scenarios were saved before"));
    CHECK_INT(saved_blocks("k.h5.shard-1-of-2"), 7);
    CHECK_INT(wait_for(start_sweep("", "k", on)), 0); // nothing is left to do
    CHECK_INT(wait_for(start_sweep("", "k", anew)), 0);
    CHECK_INT(saved_blocks("k.h5.shard-1-of-2"), 7);
    CHECK_INT(sh("\"$G\" sweep k.yaml -o k.h5 --shard 2/2 && \"$G\" merge -o k.h5 k.h5.shard*"), 0);
    CHECK_TRUE(sum_of("k.h5") == whole);
}

static void merge_errors(void)
{
    fixture();
    CHECK_INT(sh("for k in 1 2 3; do \"$G\" sweep k.yaml -o k.h5 --shard $k/3 || exit; done"), 0);
    CHECK_INT(sh("\"$G\" merge -o k.h5 k.h5.shard-2-of-3"), 1);
    CHECK_TRUE(has("missing or not finished of 3 shards: 1, 3 (genu sweep --shard K/3 --resume"));
    CHECK_INT(sh("truncate -s -9 k.h5.shard-2-of-3; \"$G\" merge -o k.h5 k.h5.shard-*"), 1);
    CHECK_TRUE(has("missing or not finished of 3 shards: 2 ("));
    CHECK_INT(sh("\"$G\" sweep k.yaml -o k.h5 --shard 2/3 --resume"), 0);
    CHECK_INT(sh("\"$G\" sweep k.yaml -o k.h5 --shard 1/2; \"$G\" merge -o k.h5 k.h5.shard-*"), 1);
    CHECK_TRUE(has("does not belong to this sweep: it is one of"));
    CHECK_INT(sh("rm k.h5.shard-1-of-2; sed s/1.2/1.3/ k.yaml >o.yaml; "
                 "\"$G\" sweep o.yaml -o k.h5 --shard 3/3 --force; \"$G\" merge -o k.h5 "
                 "k.h5.shard-*"),
              1);
    CHECK_TRUE(has("'k.h5.shard-3-of-3' does not belong to this sweep: its study is another one"));
    CHECK_INT(sh("\"$G\" merge -o k.h5 k.yaml"), 1);
    CHECK_TRUE(has("'k.yaml' is not a part of a sweep by this version of genu, or its head is"));
    CHECK_INT(sh("\"$G\" merge -o k.h5 none"), 1);
    CHECK_TRUE(has("'none' could not be read: No such file or directory"));
    CHECK_INT(sh("\"$G\" merge -o k.txt k.h5.shard-*"), 1);
    CHECK_TRUE(has("the results file is 'k.txt', must end in .h5"));
    CHECK_INT(sh("\"$G\" sweep k.yaml -o k.h5 --shard 3/3 --force && echo mine >k.h5; "
                 "\"$G\" merge -o k.h5 k.h5.shard-*"),
              1);
    CHECK_TRUE(has("'k.h5' exists already (--force replaces it)"));
    CHECK_INT(sh("test $(cat k.h5) = mine && \"$G\" merge -F -o k.h5 k.h5.shard-*"), 0);
    CHECK_TRUE(sum_of("k.h5") == whole);
}

static void a_merge_that_is_killed_costs_nothing(void)
{
    static const char *const at[] = { "half pwrite .h5.part 1",  "after pwrite .h5.part 3",
                                      "half pwrite .h5.part 6",  "before pwrite .h5.part 9",
                                      "half pwrite .h5.part 12", "before fsync .h5.part 1",
                                      "after fsync .h5.part 1",  "before rename k.h5 1",
                                      "after rename k.h5 1",     "full pwrite .h5.part 5" };
    fixture();
    CHECK_INT(sh("for k in 1 2; do \"$G\" sweep k.yaml -o k.h5 --shard $k/2 || exit; done"), 0);
    CHECK_INT(sh("cat k.h5.shard-* | sha256sum >shards"), 0);
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        int code = sh("ASAN_OPTIONS=verify_asan_link_order=0 GENU_TEST_DISK='%s' LD_PRELOAD='%s' "
                      "\"$G\" merge -o k.h5 k.h5.shard-*",
                      at[i], UNRELIABLE_DISK);
        CHECK_INT(code, strncmp(at[i], "full", 4) ? 128 + SIGKILL : 1);
        CHECK_INT(exists("k.h5"), !strncmp(at[i], "after rename", 12));
        CHECK_INT(sh("cat k.h5.shard-* | sha256sum | cmp - shards && "
                     "\"$G\" merge -F -o k.h5 k.h5.shard-*"),
                  0);
        CHECK_TRUE(sum_of("k.h5") == whole);
        CHECK_INT(sh("rm k.h5; ls | grep '^k.h5.part'"), 1);
    }
}

static void wrong_shards_are_wrong_usage(void)
{
    static const char *const wrong[] = { "0/4", "5/4", "1", "1/0", "1/4x", "-1/4", "a/b", "" };
    fixture();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CHECK_INT(sh("\"$G\" sweep k.yaml -o k.h5 --shard '%s'", wrong[i]), 2);
        CHECK_TRUE(has("must be K/N with K from 1 to N"));
    }
    CHECK_INT(sh("\"$G\" merge -o k.h5"), 2);
    CHECK_INT(sh("\"$G\" merge k.h5.shard-1-of-2"), 2);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(any_number_of_threads_gives_the_same_bits),
        TEST(a_sweep_in_many_goes_gives_the_same_bits),
        TEST(shards_in_any_order_give_the_same_bits),
        TEST(a_shard_goes_on),
        TEST(merge_errors),
        TEST(a_merge_that_is_killed_costs_nothing),
        TEST(wrong_shards_are_wrong_usage),
        CU_TEST_INFO_NULL,
    };
    return test_main("sweep", tests, argc, argv);
}
