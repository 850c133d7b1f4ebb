#include "sim/validate_rules.h"

#include "models/path.h"
#include "solvers/reaction.h"

#include <math.h>
#include <stdlib.h>

#define OURS   GENU_MODE_GENU
#define THEIRS GENU_MODE_OPENSIM

typedef struct rule {
    const char *name;
    genu_mode record; /* rules of motion, loads and acceleration           */
    genu_mode path;   /* lines of the muscles                              */
    genu_mode hill;   /* projection of a Millard fibre                     */
    int fresh;        /* 1: contacts where they are, no stale ones         */
    int from_zero;    /* 1: activations may be 0                           */
    int passive, elastic, volume;
    double power, reserve; /* 0: 2, and the reserves of the file; else these    */
} rule;

/* First the rules in which the modes differ, then genu's own mode, then choices of load sharing. */
static const rule list[VALIDATE_RULES] = {
    { .name = "OpenSim", THEIRS, THEIRS, THEIRS },
    { .name = "contact points not stale", THEIRS, THEIRS, THEIRS, .fresh = 1 },
    { .name = "shortest paths", THEIRS, OURS, THEIRS },
    { .name = "right pennation of Millard's muscle", THEIRS, THEIRS, OURS },
    { .name = "genu's motion, loads, acceleration", OURS, THEIRS, THEIRS },
    { .name = "genu", OURS, OURS, OURS },
    { .name = "activation from 0", OURS, OURS, OURS, .from_zero = 1 },
    { .name = "passive fibre force", OURS, OURS, OURS, .passive = 1 },
    { .name = "passive force, elastic tendons", OURS, OURS, OURS, .passive = 1, .elastic = 1 },
    { .name = "cost by muscle volume", OURS, OURS, OURS, .volume = 1 },
    { .name = "power 3", OURS, OURS, OURS, .power = 3 },
    { .name = "power 10", OURS, OURS, OURS, .power = 10 },
    { .name = "reserves of 10 Nm", OURS, OURS, OURS, .reserve = 10 },
};

const char *validate_rule_name(int i)
{
    return i >= 0 && i < VALIDATE_RULES ? list[i].name : "";
}

/* Stale contacts put where they are: length and speed anew, contacts moving with their body. */
static void refresh(const validate_record *r, genu_line *line)
{
    line->length = line->speed = 0;
    for (int i = 0; i < line->n; i++)
        line->node[i].seen = line->node[i].p;
    for (int i = 0; i + 1 < line->n; i++) {
        const genu_node *a = &line->node[i], *b = &line->node[i + 1];
        v3 along = v3_sub(b->p, a->p);
        double length = v3_norm(along);
        line->length += b->leaves ? b->arc : length;
        v3 dv = v3_sub(sp6_point_velocity(r->d->v[b->body], b->p),
                       sp6_point_velocity(r->d->v[a->body], a->p));
        line->speed += length > 0 ? v3_dot(along, dv) / length : 0;
    }
}

/* Replace length, arms and capacity of every muscle in row k. */
static genu_status fill_row(validate_record *r, const rule *by, int k, genu_err *err)
{
    genu_frames *f = r->frames;
    validate_pose(r, k);
    for (int i = 0; i < r->m->n_muscle; i++) {
        const genu_muscle *muscle = &r->m->muscle[i];
        genu_line line;
        genu_hill_state h;
        int at = k * r->m->n_muscle + i;
        genu_status s = genu_path_line(r->m, r->d, &muscle->path, by->path, &line);
        if (s != GENU_OK)
            return genu_fail(err, s, "muscle '%s' has no path at %g s", muscle->name, r->time[k]);
        if (by->fresh && muscle->path.n_wrap > 1)
            refresh(r, &line);
        genu_path_moment_arms(r->m, r->d, &muscle->path, &line, by->path, r->d->gen);
        for (int j = 0; j < f->n_dof; j++)
            f->arm[at * f->n_dof + j] = r->d->gen[f->dof[j]];
        genu_hill_rigid(&muscle->hill, by->hill, line.length, line.speed, &h);
        f->active[at] = h.active;
        f->passive[at] = h.passive;
        f->length[at] = line.length;
        f->speed[at] = line.speed;
    }
    return GENU_OK;
}

/* The largest knee force of a solution, and when. */
static genu_status find_peak(validate_record *r, const rule *by, const validate_solution *s,
                             double *peak, double *time, genu_err *err)
{
    double *force = calloc((size_t)r->m->n_muscle + 1, sizeof *force);
    sp6 *w = calloc((size_t)r->m->n_body, sizeof *w);
    genu_status status = force && w ? GENU_OK : genu_fail(err, GENU_E_MEMORY, "out of memory");
    *peak = 0;
    *time = NAN;
    for (int k = 0; k < r->n_row && status == GENU_OK; k++) {
        for (int i = 0; i < r->m->n_muscle; i++)
            force[i] = s->force[i * r->n_row + k];
        validate_pose(r, k);
        status =
            genu_reaction_compute(r->m, r->d, by->path, r->external + k * r->m->n_body, force, w);
        if (status != GENU_OK)
            genu_fail(err, status, "'%s': no joint reactions at %g s", r->c->path, r->time[k]);
        double knee = v3_norm(genu_reaction_at(r->d, w, r->frames->leg[0].tibia, 0).force);
        if (status == GENU_OK && knee > *peak) {
            *peak = knee;
            *time = r->time[k];
        }
    }
    free(force);
    free(w);
    return status;
}

/* Volume of every muscle over the mean, as in a study's `weighting: volume`. weight (n_muscle). */
static void volumes(const genu_model *m, double *weight)
{
    double mean = 0;
    for (int i = 0; i < m->n_muscle; i++)
        mean += m->muscle[i].hill.f_max * m->muscle[i].hill.l_opt / m->n_muscle;
    for (int i = 0; i < m->n_muscle; i++)
        weight[i] = m->muscle[i].hill.f_max * m->muscle[i].hill.l_opt / mean;
}

static genu_status solve_rule(validate_record *r, const rule *by, const genu_validate_run *run,
                              double *peak, double *time, double *open, genu_err *err)
{
    validate_solution s = { 0 };
    genu_share_settings settings = genu_share_defaults();
    double *factor = calloc(2 * (size_t)r->m->n_muscle + 1, sizeof *factor);
    genu_status status = factor ? validate_factors(r, run, factor, err)
                                : genu_fail(err, GENU_E_MEMORY, "out of memory");
    settings.minimum = by->from_zero ? 0 : NAN;
    settings.passive = by->passive;
    settings.elastic = by->elastic;
    if (by->power > 0)
        settings.power = by->power;
    if (by->reserve > 0)
        settings.reserve = by->reserve;
    if (status == GENU_OK && by->volume) {
        volumes(r->m, factor + r->m->n_muscle);
        settings.weight = factor + r->m->n_muscle;
    }
    if (status == GENU_OK)
        status = validate_solve(r, factor, settings, &s, err);
    *open = s.unconverged;
    if (status == GENU_OK || status == GENU_E_NOT_CONVERGED)
        status = find_peak(r, by, &s, peak, time, err);
    validate_solution_free(&s);
    free(factor);
    return status;
}

genu_status validate_rules_compute(validate_record *theirs, validate_record *own,
                                   validate_rules *rules, genu_err *err)
{
    const genu_validate_case *c = theirs->c;
    *rules =
        (validate_rules){ .n_run = c->runs.n < VALIDATE_RUN_MAX ? c->runs.n : VALIDATE_RUN_MAX };
    snprintf(rules->name, sizeof rules->name, "%s", c->title);
    genu_status s = GENU_OK;
    for (int i = 0; i < VALIDATE_RULES && s == GENU_OK; i++) {
        validate_record *r = list[i].record == OURS ? own : theirs;
        for (int k = 0; k < r->n_row && s == GENU_OK; k++)
            s = fill_row(r, &list[i], k, err);
        for (int j = 0; j < rules->n_run && s == GENU_OK; j++) {
            rules->strength[j] = c->runs.item[j].strength;
            s = solve_rule(r, &list[i], &c->runs.item[j], &rules->peak[i][j], &rules->time[i][j],
                           &rules->open[i][j], err);
        }
    }
    return s;
}

/* What a rule is compared with: OpenSim, and the choices beyond with genu's own mode. */
static int base_of(int i)
{
    return i > VALIDATE_OWN ? VALIDATE_OWN : 0;
}

/* ", 6 frames not converged", or nothing. */
static const char *open_text(double n, char text[40])
{
    if (n > 0)
        snprintf(text, 40, ", %.0f frame%s not converged", n, n == 1 ? "" : "s");
    else
        *text = '\0';
    return text;
}

void validate_rules_print(const validate_rules *rules, FILE *to)
{
    fprintf(to, "%s: largest force in the right knee, N\n", rules->name);
    char text[40];
    for (int i = 0; i < VALIDATE_RULES; i++) {
        fprintf(to, "  %-36s", list[i].name);
        for (int j = 0; j < rules->n_run; j++)
            fprintf(to, "  %3g %%: %8.1f %+8.1f (%.3f s%s)", 100 * rules->strength[j],
                    rules->peak[i][j], rules->peak[i][j] - rules->peak[base_of(i)][j],
                    rules->time[i][j], open_text(rules->open[i][j], text));
        fputc('\n', to);
    }
}

void validate_rules_print_markdown(const validate_rules *rules, FILE *to)
{
    fprintf(to, "\n| %s, largest force in the right knee |", rules->name);
    for (int j = 0; j < rules->n_run; j++)
        fprintf(to, " strength %g %%, N | change, N |", 100 * rules->strength[j]);
    fputs("\n|---|", to);
    for (int j = 0; j < rules->n_run; j++)
        fputs("---:|---:|", to);
    char text[40];
    for (int i = 0; i < VALIDATE_RULES; i++) {
        fprintf(to, "\n| %s |", list[i].name);
        for (int j = 0; j < rules->n_run; j++)
            fprintf(to, " %.0f%s | %+.1f |", rules->peak[i][j], open_text(rules->open[i][j], text),
                    rules->peak[i][j] - rules->peak[base_of(i)][j]);
    }
    fputc('\n', to);
}
