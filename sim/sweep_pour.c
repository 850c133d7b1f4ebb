#include "sim/sweep_pour.h"

#include <stdlib.h>
#include <string.h>

/* Smaller: more and smaller writes into HDF5, about 3 us each; larger: only memory. */
enum { POUR_BYTES = 2 << 20 };

genu_status sweep_pour_new(sweep_pour *pour, genu_writer *w, genu_parts *p, genu_err *err)
{
    size_t size = genu_parts_size(p), n = POUR_BYTES / (size * sizeof(double));
    size_t n_block = (size_t)genu_parts_n_block(p);
    n = n < 1 ? 1 : n > n_block ? n_block : n;
    *pour = (sweep_pour){ .w = w, .p = p, .batch = (int)n };
    pour->scratch = malloc(2 * n * size * sizeof *pour->scratch);
    return pour->scratch ? GENU_OK : genu_fail(err, GENU_E_MEMORY, "out of memory");
}

void sweep_pour_free(sweep_pour *pour)
{
    free(pour->scratch);
    pour->scratch = NULL;
}

int sweep_pour_done(const sweep_pour *pour)
{
    const genu_parts_head *h = genu_parts_get_head(pour->p);
    uint64_t n = (uint64_t)pour->next * h->block_size;
    return (int)(n < h->n_scenario ? n : h->n_scenario);
}

/* One dataset of n records, as one piece. */
static genu_status put_column(sweep_pour *pour, const genu_column *c, size_t at, int n_scenario,
                              genu_err *err)
{
    size_t size = genu_parts_size(pour->p), left = (size_t)n_scenario * c->size;
    size_t block = genu_parts_get_head(pour->p)->block_size * c->size;
    double *whole = pour->scratch + (size_t)pour->batch * size, *to = whole;
    if (genu_writer_slab(pour->w, c->name) != c->size)
        return genu_fail(err, GENU_E_SHAPE, "dataset '%s' has %zu numbers a scenario, not %zu",
                         c->name, genu_writer_slab(pour->w, c->name), (size_t)c->size);
    for (const double *from = pour->scratch + at; left; from += size) {
        size_t n = left < block ? left : block;
        memcpy(to, from, n * sizeof *to);
        to += n;
        left -= n;
    }
    return genu_writer_put(pour->w, c->name, sweep_pour_done(pour), n_scenario, whole, err);
}

static genu_status put(sweep_pour *pour, int n, genu_err *err)
{
    const genu_parts_head *h = genu_parts_get_head(pour->p);
    const genu_column *c = genu_parts_columns(pour->p);
    size_t size = genu_parts_size(pour->p), at = 0;
    genu_status s = GENU_OK;
    int n_scenario = 0;
    for (int i = 0; i < n && !s; i++) {
        genu_record about;
        s = genu_parts_read(pour->p, pour->next + i, &about, pour->scratch + (size_t)i * size, err);
        n_scenario += s ? 0 : (int)about.n;
    }
    for (uint64_t i = 0; i < h->n_column && !s; i++) {
        s = put_column(pour, &c[i], at, n_scenario, err);
        at += c[i].size * h->block_size;
    }
    pour->next += s ? 0 : n;
    return s;
}

genu_status sweep_pour_some(sweep_pour *pour, int all, genu_err *err)
{
    genu_status s = GENU_OK;
    int total = genu_parts_n_block(pour->p);
    while (!s) {
        int n = 0;
        while (n < pour->batch && pour->next + n < total && genu_parts_has(pour->p, pour->next + n))
            n++;
        if (n == 0 || (n < pour->batch && !all))
            return GENU_OK;
        s = put(pour, n, err);
    }
    return s;
}
