#include "sim/sweep_private.h"

#include <omp.h>
#include <string.h>
#include <time.h>

enum { ASKED = 16 }; /* blocks a thread that a rank asks for at once: some hundredths of a second */

int sweep_is_mine(const sweep_job *j, int block)
{
    int n = j->settings->n_shard;
    return n == 0 || block % n == j->settings->shard - 1;
}

int sweep_stopped(const sweep_job *j)
{
    return j->settings->stop && *j->settings->stop;
}

static int is_open(const sweep_job *j, int block)
{
    return sweep_is_mine(j, block) && !genu_parts_has(j->parts, block);
}

/* The next blocks that nobody has, at most so many, without a gap; n = 0: none is left, or it is time
 * to stop. Several ranks get many at first, so that they rarely ask, and few in the end, so that all
 * end together. */
static genu_run take(void *job, int most)
{
    sweep_job *j = job;
    genu_run run = { 0 };
    int n = genu_parts_n_block(j->parts);
    pthread_mutex_lock(&j->lock);
    while (j->next < n && !is_open(j, j->next))
        j->next++;
    int share = (n - j->next) / (4 * genu_ranks_count());
    most = most < share ? most : share > 1 ? share : 1;
    run.first = j->next;
    while (!j->status && !sweep_stopped(j) && run.n < most && j->next < n && is_open(j, j->next)) {
        run.n++;
        j->next++;
    }
    pthread_mutex_unlock(&j->lock);
    return run;
}

static int take_here(sweep_job *j)
{
    genu_run run = take(j, 1);
    return run.n ? run.first : -1;
}

static int take_there(sweep_job *j)
{
    int block = -1;
    pthread_mutex_lock(&j->lock);
    int go_on = !j->no_more && !j->status && !sweep_stopped(j);
    if (go_on && !j->given.n) {
        j->given = genu_ranks_ask(ASKED * j->n_hand);
        j->no_more = !j->given.n;
    }
    if (go_on && !j->no_more) {
        block = j->given.first++;
        j->given.n--;
    }
    pthread_mutex_unlock(&j->lock);
    return block;
}

static void report(sweep_job *j, genu_status s, const genu_err *err)
{
    pthread_mutex_lock(&j->lock);
    if (s && !j->status) {
        j->status = s;
        j->err = *err;
    }
    if (!s && j->settings->progress) {
        // of other ranks only what they took is known here
        uint64_t here = genu_parts_done(j->parts).n, taken = (uint64_t)j->next * GENU_BLOCK;
        uint64_t total = (uint64_t)j->info->n_scenario;
        uint64_t done = genu_ranks_count() == 1 ? here : taken < total ? taken : total;
        j->settings->progress((int)done, (int)total, j->settings->context);
    }
    pthread_cond_signal(&j->more);
    pthread_mutex_unlock(&j->lock);
}

static void pack(sweep_hand *h)
{
    double *to = h->record;
    for (int i = 0; i < h->column.n; i++) {
        size_t size = h->column.column[i].size;
        memcpy(to, h->column.value[i], (size_t)h->block->n * size * sizeof *to);
        to += GENU_BLOCK * size;
    }
}

/* The block is set to the trial of these scenarios. A trial that is given back may be gone, so the
 * old one is kept until then. */
static genu_status take_trial(sweep_job *j, sweep_hand *h, int scenario, genu_err *err)
{
    const genu_trial *old = h->block->trial, *new;
    genu_status s = genu_variants_take(j->variants, scenario, &new, err);
    if (s || new == old) {
        genu_variants_give_back(j->variants, new);
        return s;
    }
    s = sweep_block_use(h->block, new, err);
    genu_variants_give_back(j->variants, s ? new : old);
    return s;
}

/* n scenarios of one trial, from place `at` of the block on. Settings that do not go together are a
 * result, no failure. */
static genu_status solve_run(sweep_job *j, sweep_hand *h, int at, int n, genu_err *err)
{
    genu_status s = take_trial(j, h, h->block->first + at, err);
    if (!s) {
        sweep_block_solve(h->block, at, n);
        return GENU_OK;
    }
    if (s == GENU_E_MEMORY || s == GENU_E_IO)
        return s;
    sweep_file_missing(&h->column, h->block, at, n, j->trial->n_side);
    pthread_mutex_lock(&j->lock);
    if (!*j->why.msg)
        j->why = *err;
    pthread_mutex_unlock(&j->lock);
    return GENU_OK;
}

static void solve_block(sweep_job *j, sweep_hand *h, int block)
{
    const genu_study *study = j->trial->study;
    genu_err err = { 0 };
    genu_status s = GENU_OK;
    int first = block * GENU_BLOCK, left = study->n_scenario - first;
    int n = left < GENU_BLOCK ? left : GENU_BLOCK;
    sweep_block_begin(h->block, study, first, n);
    for (int at = 0, run; at < n && !s; at += run) {
        run = genu_variants_run(study, first + at, n - at);
        s = solve_run(j, h, at, run, &err);
    }
    if (!s) {
        pack(h);
        genu_record about = { (uint64_t)block, (uint64_t)n, (uint64_t)h->block->n_weak,
                              (uint64_t)h->block->n_unconverged, (uint64_t)h->block->n_failed };
        s = genu_parts_put(j->parts, &about, h->record, &err);
    }
    report(j, s, &err);
}

// --- the thread that writes while others solve

/* Sync when it is time, then write what is there; 0 after a failure. */
static int write_some(sweep_job *j, double *synced)
{
    genu_err err = { 0 };
    genu_status s = GENU_OK;
    double now = genu_trial_clock();
    if (now - *synced >= GENU_SYNC_SECONDS) {
        s = genu_parts_sync(j->parts, &err);
        *synced = genu_trial_clock();
    }
    if (!s && j->w)
        s = sweep_pour_some(&j->pour, 0, &err);
    if (s)
        report(j, s, &err);
    return s == GENU_OK;
}

static void *write_along(void *job)
{
    sweep_job *j = job;
    double synced = genu_trial_clock();
    pthread_mutex_lock(&j->lock);
    while (!j->over && !j->status) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += GENU_SYNC_SECONDS;
        pthread_cond_timedwait(&j->more, &j->lock, &until);
        pthread_mutex_unlock(&j->lock);
        write_some(j, &synced);
        pthread_mutex_lock(&j->lock);
    }
    pthread_mutex_unlock(&j->lock);
    return NULL;
}

static void *serve(void *job)
{
    genu_ranks_serve(take, job);
    return NULL;
}

/* Without the helper thread the work is the same, only later or alone. */
void sweep_work(sweep_job *j)
{
    pthread_t writer, server;
    int remote = genu_ranks_rank() > 0, serving = genu_ranks_count() > 1 && !remote;
    int writing = !pthread_create(&writer, NULL, write_along, j);
    if (serving)
        serving = !pthread_create(&server, NULL, serve, j);
#pragma omp parallel num_threads(j->n_hand)
    for (int block; (block = remote ? take_there(j) : take_here(j)) >= 0;)
        solve_block(j, &j->hand[omp_get_thread_num()], block);
    if (remote && !j->no_more)
        genu_ranks_leave();
    if (serving)
        pthread_join(server, NULL);
    else if (genu_ranks_count() > 1 && !remote)
        serve(j);
    pthread_mutex_lock(&j->lock);
    j->solved = genu_trial_clock();
    j->over = 1;
    pthread_cond_signal(&j->more);
    pthread_mutex_unlock(&j->lock);
    if (writing)
        pthread_join(writer, NULL);
}
