/* The shortest path over an ellipsoid, by Ritz's method.
 *
 * Points of the surface are A u with A = diag(half axes) and u on the unit sphere,
 *   u(tau, eta) = cos eta (cos tau ex + sin tau ey) + sin eta ez,
 * where ex, ey span the plane of the two ends and the centre. The path is eta = sum c_k P_k(x) over
 * tau = ((1 - x) tau_1 + (1 + x) tau_2) / 2, x in [-1, 1], with Legendre polynomials P_k, and
 *   L = |A u(-1) - p| + integral |A du/dx| dx + |q - A u(1)|
 * is made stationary in (tau_1, tau_2, c) by Newton's method. The geodesic is analytic, so the
 * error falls faster than any power of the number of terms. Start: the great circle of the scaled
 * problem, which is tangent already (Ritz 1909, doi:10.1515/crll.1909.135.1).
 */
#include "models/wrap.h"

enum {
    TERMS = 9, /* polynomials of eta; 1e-10 m on half a turn at axes 2 : 1 : 1, see the test */
    SIZE = TERMS + 2, /* unknowns */
    POINTS = 16,      /* of the quadrature */
    MAX_STEPS = 60
};

/* Gauss-Legendre, 16 points, positive half (Abramowitz and Stegun 1964, table 25.4). */
static const double NODE[POINTS / 2] = { 0.0950125098376374402, 0.2816035507792589132,
                                         0.4580167776572273863, 0.6178762444026437484,
                                         0.7554044083550030339, 0.8656312023878317439,
                                         0.9445750230732325761, 0.9894009349916499326 };
static const double WEIGHT[POINTS / 2] = { 0.1894506104550684963, 0.1826034150449235889,
                                           0.1691565193950025382, 0.1495959888165767321,
                                           0.1246289712555338720, 0.0951585116824927848,
                                           0.0622535239386478929, 0.0271524594117540949 };

typedef struct problem {
    v3 a;          /* half axes */
    v3 ex, ey, ez; /* basis on the scaled sphere */
    v3 p, q;
} problem;

typedef struct state {
    double length;
    double g[SIZE];       /* gradient */
    double H[SIZE][SIZE]; /* Hessian, lower triangle */
} state;

static v3 stretch(v3 a, v3 u)
{
    return (v3){ a.x * u.x, a.y * u.y, a.z * u.z };
}

/* The two directions that carry u and all its derivatives, stretched: g = cos tau ex + sin tau ey
 * and dg / dtau. */
static void carriers(const problem *w, double tau, v3 *g, v3 *dg)
{
    double c = cos(tau), s = sin(tau);
    *g = stretch(w->a, v3_add(v3_scale(c, w->ex), v3_scale(s, w->ey)));
    *dg = stretch(w->a, v3_add(v3_scale(-s, w->ex), v3_scale(c, w->ey)));
}

/* P_k(x) and their slopes for k < TERMS, by the three-term recurrence. */
static void legendre(double x, double P[TERMS], double D[TERMS])
{
    P[0] = 1, D[0] = 0, P[1] = x, D[1] = 1;
    for (int k = 2; k < TERMS; k++) {
        P[k] = ((2 * k - 1) * x * P[k - 1] - (k - 1) * P[k - 2]) / k;
        D[k] = D[k - 2] + (2 * k - 1) * P[k - 1];
    }
}

/* |w|, gradient and Hessian in n variables, from the derivatives of the vector w. */
static double norm_derivatives(v3 w, const v3 *w1, v3 w2[4][4], int n, double *g, double H[4][4])
{
    double f = v3_norm(w);
    for (int i = 0; i < n; i++)
        g[i] = v3_dot(w, w1[i]) / f;
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++)
            H[i][j] = (v3_dot(w1[i], w1[j]) + v3_dot(w, w2[i][j]) - g[i] * g[j]) / f;
    return f;
}

/* Add a term of n inner variables, each a linear combination (row of J) of the unknowns. */
static void add_term(state *s, double weight, double f, const double *g, double H[4][4], int n,
                     double J[4][SIZE])
{
    s->length += weight * f;
    for (int r = 0; r < SIZE; r++) {
        double HJ[4] = { 0, 0, 0, 0 };
        for (int i = 0; i < n; i++) {
            s->g[r] += weight * g[i] * J[i][r];
            for (int j = 0; j < n; j++)
                HJ[i] += H[i > j ? i : j][i > j ? j : i] * J[j][r];
        }
        for (int c = r; c < SIZE; c++)
            for (int i = 0; i < n; i++)
                s->H[c][r] += weight * HJ[i] * J[i][c];
    }
}

/* |du/dx| at x, in the variables tau, eta, h = dtau/dx and e = deta/dx. */
static void add_arc(state *s, const problem *w, const double y[SIZE], double x, double weight)
{
    double J[4][SIZE] = { { 0 } }, z[4] = { 0 }, P[TERMS], D[TERMS], g[4], H[4][4];
    legendre(x, P, D);
    J[0][0] = 0.5 * (1 - x), J[0][1] = 0.5 * (1 + x);
    J[2][0] = -0.5, J[2][1] = 0.5;
    for (int k = 0; k < TERMS; k++)
        J[1][2 + k] = P[k], J[3][2 + k] = D[k];
    for (int i = 0; i < 4; i++)
        for (int r = 0; r < SIZE; r++)
            z[i] += J[i][r] * y[r];

    v3 g0, g1, ez = stretch(w->a, w->ez), zero = { 0, 0, 0 };
    carriers(w, z[0], &g0, &g1);
    double c = cos(z[1]), n = sin(z[1]), h = z[2], e = z[3];
    v3 ut = v3_scale(c, g1), ue = v3_axpy(c, ez, v3_scale(-n, g0));
    v3 utt = v3_scale(-c, g0), ute = v3_scale(-n, g1), u = v3_axpy(n, ez, v3_scale(c, g0));
    v3 uee = v3_scale(-1, u), utte = v3_scale(n, g0);

    v3 dx = v3_add(v3_scale(h, ut), v3_scale(e, ue));
    v3 w1[4] = { v3_add(v3_scale(h, utt), v3_scale(e, ute)),
                 v3_add(v3_scale(h, ute), v3_scale(e, uee)), ut, ue };
    v3 w2[4][4] = {
        { v3_add(v3_scale(-h, ut), v3_scale(e, utte)) },
        { v3_add(v3_scale(h, utte), v3_scale(-e, ut)), v3_sub(v3_scale(-h, ut), v3_scale(e, ue)) },
        { utt, ute, zero },
        { ute, uee, zero, zero },
    };
    double f = norm_derivatives(dx, w1, w2, 4, g, H);
    add_term(s, weight, f, g, H, 4, J);
}

/* The straight part at the end x = -1 or 1, in the variables tau and eta there. */
static void add_end(state *s, const problem *w, const double y[SIZE], int x, v3 point)
{
    double J[4][SIZE] = { { 0 } }, P[TERMS], D[TERMS], eta = 0, g[4], H[4][4];
    legendre(x, P, D);
    J[0][x < 0 ? 0 : 1] = 1;
    for (int k = 0; k < TERMS; k++) {
        J[1][2 + k] = P[k];
        eta += P[k] * y[2 + k];
    }
    v3 g0, g1, ez = stretch(w->a, w->ez);
    carriers(w, y[x < 0 ? 0 : 1], &g0, &g1);
    double c = cos(eta), n = sin(eta);
    v3 u = v3_axpy(n, ez, v3_scale(c, g0));
    v3 w1[4] = { v3_scale(c, g1), v3_axpy(c, ez, v3_scale(-n, g0)) };
    v3 w2[4][4] = { { v3_scale(-c, g0) }, { v3_scale(-n, g1), v3_scale(-1, u) } };
    double f = norm_derivatives(v3_sub(u, point), w1, w2, 2, g, H);
    add_term(s, 1, f, g, H, 2, J);
}

static void evaluate(state *s, const problem *w, const double y[SIZE])
{
    *s = (state){ 0 };
    for (int i = 0; i < POINTS / 2; i++) {
        add_arc(s, w, y, -NODE[i], WEIGHT[i]);
        add_arc(s, w, y, NODE[i], WEIGHT[i]);
    }
    add_end(s, w, y, -1, w->p);
    add_end(s, w, y, 1, w->q);
}

/* Solve (H + shift I) step = -g by Cholesky; 0 where it is not positive definite. */
static int newton_step(const state *s, double shift, double step[SIZE])
{
    double C[SIZE][SIZE];
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j <= i; j++) {
            double sum = s->H[i][j] + (i == j ? shift : 0);
            for (int k = 0; k < j; k++)
                sum -= C[i][k] * C[j][k];
            if (i == j && sum <= 0)
                return 0;
            C[i][j] = i == j ? sqrt(sum) : sum / C[j][j];
        }
    for (int i = 0; i < SIZE; i++) {
        step[i] = -s->g[i];
        for (int k = 0; k < i; k++)
            step[i] -= C[i][k] * step[k];
        step[i] /= C[i][i];
    }
    for (int i = SIZE - 1; i >= 0; i--) {
        for (int k = i + 1; k < SIZE; k++)
            step[i] -= C[k][i] * step[k];
        step[i] /= C[i][i];
    }
    return 1;
}

static double steepest(const state *s)
{
    double most = 0;
    for (int i = 0; i < SIZE; i++)
        most = fmax(most, fabs(s->g[i]));
    return most;
}

/* Newton's method, damped where the length would grow or the contacts change places, until the last
 * step is below 1e-11 rad. 0 where there is no minimum with the contacts in this order: the path
 * slips off. scale: m, of the ellipsoid. */
static int minimise(const problem *w, double y[SIZE], double scale)
{
    double shift = 0, step[SIZE];
    state now, next;
    evaluate(&now, w, y);
    for (int it = 0; it < MAX_STEPS; it++) {
        double trial[SIZE], largest = 0;
        while (!newton_step(&now, shift, step))
            shift = shift == 0 ? 1e-4 * scale : 4 * shift;
        for (int i = 0; i < SIZE; i++) {
            trial[i] = y[i] + step[i];
            largest = fmax(largest, fabs(step[i]));
        }
        if (trial[1] > trial[0])
            evaluate(&next, w, trial);
        if (trial[1] <= trial[0] || next.length > now.length + 1e-14 * scale) {
            shift = shift == 0 ? 1e-4 * scale : 4 * shift;
            if (shift > 1e6 * scale)
                break;
            continue;
        }
        for (int i = 0; i < SIZE; i++)
            y[i] = trial[i];
        now = next;
        shift = shift < 1e-6 * scale ? 0 : 0.1 * shift;
        if (largest < 1e-11)
            break;
    }
    return steepest(&now) < 1e-9 * scale;
}

/* The way round in the scaled problem as a start, then the minimum; 0 as above. */
static int solve(const genu_round *g, const genu_wrap_object *o, v3 p, v3 q, genu_arc *arc)
{
    v3 a = v3_of(o->radius), ga, gb, dg;
    problem w = { .a = a, .ex = g->x, .ey = g->y, .ez = v3_cross(g->x, g->y), .p = p, .q = q };
    double y[SIZE] = { g->begin, g->end }, eta_a = 0, eta_b = 0;
    if (!minimise(&w, y, fmax(a.x, fmax(a.y, a.z))))
        return 0;
    for (int k = 0; k < TERMS; k++) {
        eta_a += k % 2 ? -y[2 + k] : y[2 + k];
        eta_b += y[2 + k];
    }
    v3 ez = stretch(a, w.ez);
    carriers(&w, y[0], &ga, &dg);
    carriers(&w, y[1], &gb, &dg);
    arc->a = v3_axpy(sin(eta_a), ez, v3_scale(cos(eta_a), ga));
    arc->b = v3_axpy(sin(eta_b), ez, v3_scale(cos(eta_b), gb));
    state s;
    evaluate(&s, &w, y);
    arc->length = s.length - v3_distance(p, arc->a) - v3_distance(q, arc->b);
    return 1;
}

/* A quadrant chooses the side as on a sphere. Where no shortest path exists on that side (a string
 * laid the long way over a round body slips off), the line takes the short way. */
genu_touch genu_wrap_ellipsoid(const genu_wrap_object *o, v3 p, v3 q, genu_arc *arc)
{
    v3 a = v3_of(o->radius);
    v3 ps = { p.x / a.x, p.y / a.y, p.z / a.z }, qs = { q.x / a.x, q.y / a.y, q.z / a.z };
    if (v3_norm(ps) < 1 || v3_norm(qs) < 1) {
        v3 d = v3_sub(qs, ps);
        return v3_dot(ps, d) < 0 && v3_dot(qs, d) > 0 ? GENU_TOUCH_INSIDE : GENU_TOUCH_NONE;
    }
    genu_round g;
    if (!genu_wrap_round(1, ps, qs, o->quadrant_axis, o->quadrant_sign, &g))
        return GENU_TOUCH_NONE;
    if (solve(&g, o, p, q, arc))
        return GENU_TOUCH_MANDATORY;
    genu_wrap_round(1, ps, qs, 0, 0, &g);
    return solve(&g, o, p, q, arc) ? GENU_TOUCH_MANDATORY : GENU_TOUCH_NONE;
}
