/* sharing_problem.c - one frame's moment arms, weights and bounds, checked, and put into the forms that the
 * solvers read. */
#include "solvers/sharing_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static genu_status check_size(const char *name, int value, int lo, int hi, genu_err *err)
{
    if (value >= lo && value <= hi)
        return GENU_OK;
    return genu_fail(err, GENU_E_RANGE, "sharing: number of '%s' is %d, must be from %d to %d",
                     name, value, lo, hi);
}

genu_status genu_sharing_check_size(int n, int m, int k, genu_err *err)
{
    genu_status s = check_size("muscles", n, 0, 1000, err);
    if (s == GENU_OK)
        s = check_size("coordinates", m, 1, 200, err);
    return s == GENU_OK ? check_size("reserves", k, 0, 1000, err) : s;
}

static void layout(genu_sharing_problem *q, genu_arena *a)
{
    size_t N = (size_t)q->n_column, m = (size_t)q->m, nonzeros = (size_t)q->n_nonzero;
    double **per_column[] = { &q->w, &q->lo, &q->hi, &q->half, &q->p, &q->scale };
    q->start = genu_take_int(a, N + 1);
    q->order = genu_take_int(a, N);
    q->run = genu_take(a, N, sizeof *q->run);
    q->at = genu_take_int(a, nonzeros);
    q->arm = genu_take_double(a, nonzeros);
    for (size_t i = 0; i < sizeof per_column / sizeof *per_column; i++)
        *per_column[i] = genu_take_double(a, N);
    q->stiffness = genu_take_double(a, m);
    q->free_scale = genu_take_double(a, (size_t)q->k);
    // the arms, their products, of which e arms of a narrow run have e (e + 1) / 2, and three numbers a column
    q->store = genu_take_double(a, nonzeros + nonzeros * (GENU_SHARING_NARROW + 1) / 2 + 3 * N);
}

/* How many arms there are room for, of muscles that cross these coordinates and of reserves. */
static int count_nonzeros(const genu_sharing_problem *q, const char *crosses)
{
    int count = crosses ? q->k : q->n * q->m + q->k;
    for (int i = 0; i < q->n * q->m && crosses; i++)
        count += crosses[i] != 0;
    return count;
}

genu_status genu_sharing_problem_new(genu_sharing_problem **out, int n, int m, int k,
                                     const char *crosses, const genu_sharing_settings *settings,
                                     genu_err *err)
{
    genu_sharing_problem head = { .n = n, .m = m, .k = k, .n_column = n + k };
    genu_arena count = { 0 };
    *out = NULL;
    genu_status s = genu_sharing_check_size(n, m, k, err);
    if (s != GENU_OK)
        return s;
    head.n_nonzero = count_nonzeros(&head, crosses);
    head.power = settings ? settings->power : 2;
    head.reserve_power = settings ? settings->reserve_power : 2;
    genu_take(&count, 1, sizeof head);
    layout(&head, &count);
    genu_sharing_problem *q = genu_block(count.used);
    if (!q)
        return genu_fail(err, GENU_E_MEMORY, "sharing: no memory for %zu bytes", count.used);
    *q = head;
    genu_arena place = { .base = (char *)q };
    genu_take(&place, 1, sizeof head);
    layout(q, &place);
    *out = q;
    return GENU_OK;
}

void genu_sharing_problem_free(genu_sharing_problem *q)
{
    free(q);
}

static genu_status bad(genu_err *err, const char *what, int i, double value, const char *must)
{
    return genu_fail(err, GENU_E_RANGE, "sharing: '%s' of number %d is %g, must be %s", what, i,
                     value, must);
}

static int positive(double x)
{
    return x > 0 && x < INFINITY;
}

static genu_status set_muscle(genu_sharing_problem *q, const genu_sharing_frame *f, int i,
                              genu_err *err)
{
    q->w[i] = f->w ? f->w[i] : 1;
    q->lo[i] = f->lo ? f->lo[i] : 0;
    q->hi[i] = f->hi ? f->hi[i] : 1;
    q->p[i] = q->power;
    if (!positive(q->w[i]))
        return bad(err, "weight", i, q->w[i], "> 0 and finite");
    if (!(q->lo[i] >= 0 && q->lo[i] < INFINITY))
        return bad(err, "lower bound", i, q->lo[i], ">= 0 and finite");
    if (!(q->hi[i] >= q->lo[i] && q->hi[i] < INFINITY))
        return bad(err, "upper bound", i, q->hi[i], "at least the lower bound and finite");
    int e = q->start[i];
    for (int j = 0; j < q->m; j++) {
        size_t entry = (size_t)i * (size_t)q->m + (size_t)j;
        double arm = f->R[entry];
        if (!isfinite(arm))
            return bad(err, "moment arm", i, arm, "finite");
        if (f->crosses ? !f->crosses[entry] : arm == 0)
            continue;
        if (e >= q->n_nonzero - q->k)
            return genu_fail(
                err, GENU_E_RANGE,
                "sharing: the muscles cross more coordinates than the problem was made for");
        q->at[e] = j;
        q->arm[e++] = arm;
    }
    q->start[i + 1] = e;
    return GENU_OK;
}

static genu_status set_reserve(genu_sharing_problem *q, const genu_sharing_frame *f, int k,
                               genu_err *err)
{
    int c = q->n + k, e = q->start[c];
    q->w[c] = f->reserve_w ? f->reserve_w[k] : 1;
    q->lo[c] = f->reserve_lo ? f->reserve_lo[k] : -INFINITY;
    q->hi[c] = f->reserve_hi ? f->reserve_hi[k] : INFINITY;
    q->p[c] = q->reserve_power;
    if (f->reserve_on[k] < 0 || f->reserve_on[k] >= q->m)
        return bad(err, "reserve's coordinate", k, f->reserve_on[k],
                   "the index of a coordinate of the problem");
    if (!positive(f->rho[k]))
        return bad(err, "reserve's optimal force", k, f->rho[k], "> 0 and finite");
    if (!positive(q->w[c]))
        return bad(err, "reserve's weight", k, q->w[c], "> 0 and finite");
    if (!(q->lo[c] < INFINITY))
        return bad(err, "reserve's lower bound", k, q->lo[c], "a number below +inf");
    if (!(q->hi[c] >= q->lo[c] && q->hi[c] > -INFINITY))
        return bad(err, "reserve's upper bound", k, q->hi[c], "at least the lower bound");
    q->at[e] = f->reserve_on[k];
    q->arm[e] = f->rho[k];
    q->start[c + 1] = e + 1;
    return GENU_OK;
}

/* ------------------------------------------------------------------ for the side-by-side kernel */

static int act_alike(const genu_sharing_problem *q, int c, int d)
{
    int n = q->start[c + 1] - q->start[c];
    return n == q->start[d + 1] - q->start[d] &&
           !memcmp(q->at + q->start[c], q->at + q->start[d], (size_t)n * sizeof *q->at);
}

/* A reserve that is no column of the kernel's. */
static int is_free(const genu_sharing_problem *q, int c)
{
    return c >= q->n && q->p[c] == 2 && isinf(q->lo[c]) && isinf(q->hi[c]);
}

static double *place(double **store, int n)
{
    double *at = *store;
    *store += n;
    return at;
}

/* Row number `row` of the run is column c. */
static void fill_row(genu_sharing_problem *q, genu_sharing_run *run, int row, int c)
{
    double scale = q->p[c] > 2 ? 1 : 1 / sqrt(q->w[c]);
    double *arm = run->arm + row * run->e, *outer = run->outer;
    q->scale[(run->is_reserve ? q->n : 0) + run->first + row] = scale;
    q->is_scaled |= scale != 1;
    run->lo[row] = q->lo[c] / scale;
    run->hi[row] = q->hi[c] / scale;
    run->unit[row] = q->half[c] > 0 && q->p[c] > 2 ? 2 / (q->p[c] * q->w[c]) : 0;
    for (int j = 0; j < run->e; j++)
        arm[j] = q->arm[q->start[c] + j] * scale;
    if (run->e <= GENU_SHARING_NARROW)
        outer += row * run->e * (run->e + 1) / 2;
    for (int j = 0; j < run->e && run->e <= GENU_SHARING_NARROW; j++)
        for (int f = 0; f <= j; f++)
            *outer++ = arm[j] * arm[f];
}

/* The run of column c, of those before `end` that are not placed yet; rows from `first` on. */
static int fill_run(genu_sharing_problem *q, int c, int end, int first, char *placed,
                    double **store)
{
    int base = c < q->n ? 0 : q->n, e = q->start[c + 1] - q->start[c];
    genu_sharing_run *run = &q->run[q->n_run++];
    *run = (genu_sharing_run){ .is_reserve = c >= q->n, .first = first, .e = e };
    run->at = q->at + q->start[c];
    for (int d = c; d < end; d++)
        if (!placed[d] && !is_free(q, d) && act_alike(q, c, d)) {
            placed[d] = 1;
            q->order[base + first + run->n++] = d;
        }
    int products = e <= GENU_SHARING_NARROW ? e * (e + 1) / 2 : 0;
    run->arm = place(store, run->n * e);
    run->outer = place(store, run->n * products);
    run->lo = place(store, run->n);
    run->hi = place(store, run->n);
    run->unit = place(store, run->n);
    run->same_bounds = 1;
    for (int row = 0; row < run->n; row++) {
        fill_row(q, run, row, q->order[base + first + row]);
        run->same_bounds &= run->lo[row] == run->lo[0] && run->hi[row] == run->hi[0];
    }
    return run->n;
}

/* Rows of the columns from `c` to before `end`; a free reserve is a row without a run. */
static void fill_runs(genu_sharing_problem *q, int c, int end, double **store)
{
    char placed[2000] = { 0 }; // no problem has more columns
    int first = 0, base = c;
    for (; c < end; c++)
        if (is_free(q, c)) {
            double rho = q->arm[q->start[c]];
            int j = q->at[q->start[c]];
            q->order[base + first++] = c;
            q->free_scale[c - q->n] = rho / q->w[c];
            q->stiffness[j] += rho * rho / q->w[c];
        } else if (!placed[c]) {
            first += fill_run(q, c, end, first, placed, store);
        }
}

genu_status genu_sharing_problem_set(genu_sharing_problem *q, const genu_sharing_frame *frame,
                                     genu_err *err)
{
    genu_status status = GENU_OK;
    double *store = q->store;
    q->is_set = 0;
    q->start[0] = 0;
    for (int i = 0; i < q->n && status == GENU_OK; i++)
        status = set_muscle(q, frame, i, err);
    for (int k = 0; k < q->k && status == GENU_OK; k++)
        status = set_reserve(q, frame, k, err);
    if (status != GENU_OK)
        return status;
    q->has_zero = 0;
    for (int c = 0; c < q->n_column; c++) {
        q->half[c] = q->lo[c] < q->hi[c] ? 0.5 / q->w[c] : 0;
        q->has_zero |= q->half[c] > 0 && q->p[c] > 2 && q->lo[c] <= 0;
        q->scale[c] = 1;
    }
    memset(q->stiffness, 0, (size_t)q->m * sizeof *q->stiffness);
    memset(q->free_scale, 0, (size_t)q->k * sizeof *q->free_scale);
    q->n_run = q->is_scaled = 0;
    fill_runs(q, 0, q->n, &store);
    fill_runs(q, q->n, q->n_column, &store);
    q->in_order = 1;
    for (int c = 0; c < q->n_column; c++)
        q->in_order &= q->order[c] == c;
    q->is_set = 1;
    return GENU_OK;
}
