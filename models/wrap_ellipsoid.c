/* The shortest path over an ellipsoid, by Ritz's method.
 *
 * Points of the surface are A u with A = diag(half axes) and u on the unit sphere,
 *   u(tau, eta) = cos eta (cos tau ex + sin tau ey) + sin eta ez,
 * with a right-handed basis ex, ey, ez whose plane of ex and ey lies near the arc. The arc is
 * eta = sum c_k P_k(x) over tau = ((1 - x) tau_1 + (1 + x) tau_2) / 2, x in [-1, 1], with Legendre
 * polynomials P_k. Tangency survives the scaling by A, so the contacts lie on the horizons u . p' =
 * 1 and u . q' = 1 of the scaled ends, which gives tau_1 and tau_2 from eta there. Then
 *   L = |A u(-1) - p| + integral |A du/dx| dx + |q - A u(1)|
 * is minimised over c by Newton's method, from c = 0; where the arc
 * strays from the plane, a new plane is laid through its ends. The geodesic is analytic, so the
 * error falls faster than any power of the number of terms (Ritz 1909,
 * doi:10.1515/crll.1909.135.1).
 */
#include "models/wrap.h"

enum {
    TERMS = 9,        /* polynomials of eta; contacts to 1e-9 m at axes 2 : 1 : 1, see the test */
    SIZE = TERMS + 2, /* tau_1, tau_2 and c */
    POINTS = 16,      /* of the quadrature */
    MAX_STEPS = 200,
    MAX_PLANES = 20
};

/* How far the arc may leave its plane, rad, before that is laid anew. Larger: slower convergence of
 * the polynomials. */
static const double STRAY = 0.3;

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
    struct polar {
        double rho, phi, delta; /* distance, angle in the plane of ex and ey, angle above it */
    } end[2];                   /* the scaled ends; phi rises along the arc                  */
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

/* How far from phi the horizon of an end is at the height eta, with two derivatives:
 * rho (cos eta cos delta cos t + sin eta sin delta) = 1. 0 where it is not reached. */
static int horizon(const struct polar *end, double eta, double t[3])
{
    double up = tan(eta),
           w = (1 / end->rho - sin(eta) * sin(end->delta)) / (cos(eta) * cos(end->delta));
    double dw = w * up - tan(end->delta), ddw = dw * up + w * (1 + up * up);
    if (!(fabs(w) < 1))
        return 0;
    double s = sqrt(1 - w * w);
    t[0] = atan2(s, w);
    t[1] = -dw / s;
    t[2] = -ddw / s - w * dw * dw / (s * s * s);
    return 1;
}

/* What depends on the coefficients c alone. */
typedef struct reduced {
    double length;
    double y[SIZE];
    double g[TERMS];
    double H[TERMS][TERMS]; /* lower triangle */
} reduced;

static int reduce(reduced *r, const problem *w, const double c[TERMS])
{
    double sign[TERMS], first[3], last[3], eta[2] = { 0, 0 };
    state s;
    for (int k = 0; k < TERMS; k++) {
        sign[k] = k % 2 ? -1 : 1; // P_k(-1); P_k(1) = 1
        eta[0] += sign[k] * c[k];
        eta[1] += c[k];
        r->y[2 + k] = c[k];
    }
    if (!horizon(&w->end[0], eta[0], first) || !horizon(&w->end[1], eta[1], last))
        return 0;
    r->y[0] = w->end[0].phi + first[0];
    r->y[1] = w->end[1].phi - last[0];
    if (r->y[1] <= r->y[0])
        return 0;
    evaluate(&s, w, r->y);
    r->length = s.length;
    for (int k = 0; k < TERMS; k++) {
        double a = first[1] * sign[k], b = -last[1];
        r->g[k] = s.g[2 + k] + a * s.g[0] + b * s.g[1];
        for (int l = 0; l <= k; l++) {
            double a2 = first[1] * sign[l], b2 = -last[1];
            r->H[k][l] = s.H[2 + k][2 + l] + a * s.H[2 + l][0] + a2 * s.H[2 + k][0] +
                         b * s.H[2 + l][1] + b2 * s.H[2 + k][1] + a * a2 * s.H[0][0] +
                         (a * b2 + a2 * b) * s.H[1][0] + b * b2 * s.H[1][1] +
                         s.g[0] * first[2] * sign[k] * sign[l] - s.g[1] * last[2];
        }
    }
    return 1;
}

/* Solve (H + shift I) step = -g by Cholesky; 0 where it is not positive definite. */
static int newton_step(const reduced *r, double shift, double step[TERMS])
{
    double C[TERMS][TERMS];
    for (int i = 0; i < TERMS; i++)
        for (int j = 0; j <= i; j++) {
            double sum = r->H[i][j] + (i == j ? shift : 0);
            for (int k = 0; k < j; k++)
                sum -= C[i][k] * C[j][k];
            if (i == j && sum <= 0)
                return 0;
            C[i][j] = i == j ? sqrt(sum) : sum / C[j][j];
        }
    for (int i = 0; i < TERMS; i++) {
        step[i] = -r->g[i];
        for (int k = 0; k < i; k++)
            step[i] -= C[i][k] * step[k];
        step[i] /= C[i][i];
    }
    for (int i = TERMS - 1; i >= 0; i--) {
        for (int k = i + 1; k < TERMS; k++)
            step[i] -= C[k][i] * step[k];
        step[i] /= C[i][i];
    }
    return 1;
}

/* The height of the arc at x = -1, 0 and 1. */
static void heights(const double y[SIZE], double eta[3])
{
    double P[TERMS], D[TERMS];
    for (int i = 0; i < 3; i++) {
        legendre(i - 1, P, D);
        eta[i] = 0;
        for (int k = 0; k < TERMS; k++)
            eta[i] += P[k] * y[2 + k];
    }
}

static double highest(const double y[SIZE])
{
    double eta[3];
    heights(y, eta);
    return fmax(fabs(eta[1]), fmax(fabs(eta[0]), fabs(eta[2])));
}

typedef enum outcome { FOUND, STRAYED, LOST } outcome;

/* Newton's method, damped where the length would grow, until a whole step is below 1e-10 rad (the
 * error after it is of the order of its square). scale: m, of the ellipsoid. */
static outcome minimise(const problem *w, reduced *now, double scale)
{
    double c[TERMS] = { 0 }, shift = 0, step[TERMS];
    reduced next;
    if (!reduce(now, w, c))
        return LOST;
    for (int it = 0; it < MAX_STEPS; it++) {
        double trial[TERMS], largest = 0;
        while (!newton_step(now, shift, step))
            shift = shift == 0 ? 1e-3 * scale : 4 * shift;
        for (int i = 0; i < TERMS; i++) {
            trial[i] = c[i] + step[i];
            largest = fmax(largest, fabs(step[i]));
        }
        if (!reduce(&next, w, trial) || next.length > now->length + 1e-14 * scale) {
            shift = shift == 0 ? 1e-3 * scale : 4 * shift;
            continue;
        }
        for (int i = 0; i < TERMS; i++)
            c[i] = trial[i];
        *now = next;
        if (shift == 0 && largest < 1e-10)
            return FOUND;
        if (highest(now->y) > STRAY)
            return STRAYED;
        shift = shift < 1e-5 * scale ? 0 : 0.1 * shift;
    }
    return LOST;
}

static v3 on_sphere(const problem *w, double tau, double eta)
{
    v3 g = v3_add(v3_scale(cos(tau), w->ex), v3_scale(sin(tau), w->ey));
    return v3_axpy(sin(eta), w->ez, v3_scale(cos(eta), g));
}

static struct polar polar_of(const problem *w, v3 u)
{
    double x = v3_dot(u, w->ex), y = v3_dot(u, w->ey), rho = v3_norm(u);
    return (struct polar){ rho, atan2(y, x), asin(v3_dot(u, w->ez) / rho) };
}

/* The basis whose plane holds a and b of the unit sphere, x towards a. */
static void set_basis(problem *w, v3 a, v3 b)
{
    v3 ps = { w->p.x / w->a.x, w->p.y / w->a.y, w->p.z / w->a.z };
    v3 qs = { w->q.x / w->a.x, w->q.y / w->a.y, w->q.z / w->a.z };
    w->ex = a;
    w->ez = v3_unit(v3_cross(a, b));
    w->ey = v3_cross(w->ez, w->ex);
    w->end[0] = polar_of(w, ps);
    w->end[1] = polar_of(w, qs);
    if (w->end[1].phi < w->end[0].phi)
        w->end[1].phi += 2 * GENU_PI;
}

/* The shortest path that is reached downhill from the way round of the scaled problem; 0: none. */
static int solve(const genu_round *g, const genu_wrap_object *o, v3 p, v3 q, genu_arc *arc)
{
    v3 a = v3_of(o->radius), ua, ub;
    double eta[3];
    problem w = { .a = a, .p = p, .q = q };
    reduced r;
    outcome out = STRAYED;
    set_basis(&w, g->x, g->y);
    for (int plane = 0; plane < MAX_PLANES && out == STRAYED; plane++) {
        out = minimise(&w, &r, fmax(a.x, fmax(a.y, a.z)));
        if (out == LOST)
            return 0;
        heights(r.y, eta);
        ua = on_sphere(&w, r.y[0], eta[0]);
        ub = on_sphere(&w, r.y[1], eta[2]);
        if (out == STRAYED)
            set_basis(&w, ua, on_sphere(&w, 0.5 * (r.y[0] + r.y[1]), eta[1]));
    }
    arc->a = stretch(a, ua);
    arc->b = stretch(a, ub);
    arc->length = r.length - v3_distance(p, arc->a) - v3_distance(q, arc->b);
    return out == FOUND;
}

/* A quadrant chooses the side as on a sphere, if the arc stays there: a string laid the long way
 * over a round body has no shortest path on that side and slips to the short way. */
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
    return solve(&g, o, p, q, arc) ? GENU_TOUCH_MANDATORY : GENU_TOUCH_LOST;
}
