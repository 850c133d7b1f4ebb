/* osim_write_sink.c - elements, numbers and functions as text. */
#include "sim/osim_write_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void indent(osim_sink *k)
{
    for (int i = 0; i < k->depth; i++)
        fputc('\t', k->f);
}

static void escaped(osim_sink *k, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '<':
            fputs("&lt;", k->f);
            break;
        case '>':
            fputs("&gt;", k->f);
            break;
        case '&':
            fputs("&amp;", k->f);
            break;
        case '"':
            fputs("&quot;", k->f);
            break;
        default:
            fputc(*text, k->f);
        }
}

void sink_open(osim_sink *k, const char *tag, const char *name)
{
    indent(k);
    fprintf(k->f, "<%s", tag);
    if (name) {
        fputs(" name=\"", k->f);
        escaped(k, name);
        fputc('"', k->f);
    }
    fputs(">\n", k->f);
    k->depth++;
}

void sink_close(osim_sink *k, const char *tag)
{
    k->depth--;
    indent(k);
    fprintf(k->f, "</%s>\n", tag);
}

void sink_text(osim_sink *k, const char *tag, const char *text)
{
    indent(k);
    fprintf(k->f, "<%s>", tag);
    escaped(k, text);
    fprintf(k->f, "</%s>\n", tag);
}

void sink_path(osim_sink *k, const char *tag, const char *folder, const char *name)
{
    indent(k);
    fprintf(k->f, "<%s>%s", tag, folder);
    escaped(k, name);
    fprintf(k->f, "</%s>\n", tag);
}

void sink_body(osim_sink *k, const char *tag, int body)
{
    if (body == 0)
        sink_text(k, tag, "/ground");
    else
        sink_path(k, tag, "/bodyset/", k->m->body[body].name);
}

void sink_digits(double x, char text[40])
{
    if (isinf(x)) {
        strcpy(text, x > 0 ? "Inf" : "-Inf");
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        double back;
        snprintf(text, 40, "%.*g", digits, x);
        for (char *c = text; *c; c++) // LC_NUMERIC may have another decimal point
            if (*c == ',')
                *c = '.';
        int exponent = strchr(text, 'e') && fabs(x) >= 1e-4 && fabs(x) < 1e15; // 10, not 1e+01
        if (!exponent && genu_parse_double(text, &back) && back == x)
            return;
    }
}

void sink_numbers(osim_sink *k, const char *tag, const double *x, int n)
{
    indent(k);
    fprintf(k->f, "<%s>", tag);
    for (int i = 0; i < n; i++) {
        char text[40];
        sink_digits(x[i], text);
        fprintf(k->f, "%s%s", i ? " " : "", text);
    }
    fprintf(k->f, "</%s>\n", tag);
}

void sink_number(osim_sink *k, const char *tag, double x)
{
    sink_numbers(k, tag, &x, 1);
}

void sink_v3(osim_sink *k, const char *tag, v3 x)
{
    double a[3];
    v3_put(a, x);
    sink_numbers(k, tag, a, 3);
}

void sink_bool(osim_sink *k, const char *tag, int x)
{
    sink_text(k, tag, x ? "true" : "false");
}

void sink_groups(osim_sink *k)
{
    indent(k);
    fputs("<groups />\n", k->f);
}

static double difference(m3 A, m3 B)
{
    double most = 0;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            most = fmax(most, fabs(A.m[i][j] - B.m[i][j]));
    return most;
}

/* One of the two sets of angles that give R: |y| <= pi/2 (near 0), or beyond. */
static v3 angles_of(m3 R, int beyond)
{
    double y = asin(fmax(-1, fmin(1, R.m[0][2])));
    v3 a = { 0, y, 0 };
    if (hypot(R.m[0][0], R.m[0][1]) < 1e-9) { // x and z turn about one axis: leave it to x
        a.x = atan2(R.m[2][1], R.m[1][1]);
        return a;
    }
    a.x = atan2(-R.m[1][2], R.m[2][2]);
    a.z = atan2(-R.m[0][1], R.m[0][0]);
    // asin is blunt near its ends
    a.y = atan2(R.m[0][2], hypot(R.m[0][0], R.m[0][1]));
    if (beyond)
        a = (v3){ a.x + (a.x > 0 ? -GENU_PI : GENU_PI), (a.y > 0 ? GENU_PI : -GENU_PI) - a.y,
                  a.z + (a.z > 0 ? -GENU_PI : GENU_PI) };
    return a;
}

static double rounded(double x, int digits)
{
    double scale = pow(10, digits);
    return digits > 15 ? x : round(x * scale) / scale + 0.0;
}

void sink_angles(osim_sink *k, const char *tag, m3 R)
{
    v3 best = angles_of(R, 0);
    double least = difference(m3_xyz(best), R);
    for (int digits = 2; digits <= 16 && least > 0; digits++)
        for (int beyond = 0; beyond < 2 && least > 0; beyond++) {
            v3 a = angles_of(R, beyond);
            a = (v3){ rounded(a.x, digits), rounded(a.y, digits), rounded(a.z, digits) };
            double off = difference(m3_xyz(a), R);
            if (off < least) {
                best = a;
                least = off;
            }
        }
    if (least == 0) // the same rotation in fewer digits
        for (int digits = 16; digits >= 1; digits--) {
            v3 a = { rounded(best.x, digits), rounded(best.y, digits), rounded(best.z, digits) };
            if (difference(m3_xyz(a), R) == 0)
                best = a;
        }
    sink_v3(k, tag, best);
}

static genu_status spline(osim_sink *k, const genu_curve *f, const char *name, const char *place)
{
    double y[256];
    genu_curve same;
    if (f->n > 256)
        return genu_fail(k->err, GENU_E_FORMAT, "%s: a spline of %d knots, at most 256 are written",
                         place, f->n);
    for (int i = 0; i < f->n; i++)
        y[i] = f->c[4 * i];
    genu_status s = genu_curve_simm_spline(&same, f->n, f->x, y, k->err);
    if (s != GENU_OK)
        return s;
    for (int i = 0; i < 4 * (f->n - 1) && s == GENU_OK; i++)
        if (same.c[i] != f->c[i])
            s = genu_fail(k->err, GENU_E_FORMAT,
                          "%s: a spline that is not OpenSim's (its end conditions differ)", place);
    genu_curve_free(&same);
    if (s != GENU_OK)
        return s;
    sink_open(k, "SimmSpline", name);
    sink_numbers(k, "x", f->x, f->n);
    sink_numbers(k, "y", y, f->n);
    sink_close(k, "SimmSpline");
    return GENU_OK;
}

static genu_status natural(osim_sink *k, const genu_curve *f, const char *name)
{
    double *y = malloc((size_t)f->n * sizeof *y);
    if (!y)
        return genu_fail(k->err, GENU_E_MEMORY, "out of memory");
    for (int i = 0; i < f->n; i++)
        y[i] = f->c[2 * f->half_order * i];
    sink_open(k, "GCVSpline", name);
    sink_number(k, "half_order", f->half_order);
    sink_number(k, "error_variance", 0);
    sink_numbers(k, "x", f->x, f->n);
    sink_numbers(k, "y", y, f->n);
    sink_close(k, "GCVSpline");
    free(y);
    return GENU_OK;
}

static genu_status bare_function(osim_sink *k, const genu_curve *f, const char *name,
                                 const char *place)
{
    static const char *const tag[] = {
        [GENU_CURVE_CONSTANT] = "Constant",
        [GENU_CURVE_LINEAR] = "LinearFunction",
        [GENU_CURVE_POLYNOMIAL] = "PolynomialFunction",
        [GENU_CURVE_PIECEWISE_LINEAR] = "PiecewiseLinearFunction",
        [GENU_CURVE_PIECEWISE_CONSTANT] = "PiecewiseConstantFunction",
        [GENU_CURVE_SINE] = "Sine",
        [GENU_CURVE_STEP] = "StepFunction",
    };
    if (f->kind == GENU_CURVE_CUBIC)
        return spline(k, f, name, place);
    if (f->kind == GENU_CURVE_NATURAL)
        return natural(k, f, name);
    sink_open(k, tag[f->kind], name);
    switch (f->kind) {
    case GENU_CURVE_CONSTANT:
        sink_number(k, "value", f->c ? f->c[0] : 0);
        break;
    case GENU_CURVE_PIECEWISE_LINEAR:
    case GENU_CURVE_PIECEWISE_CONSTANT:
        sink_numbers(k, "x", f->x, f->n);
        sink_numbers(k, "y", f->c, f->n);
        break;
    case GENU_CURVE_SINE:
        sink_number(k, "amplitude", f->c[0]);
        sink_number(k, "omega", f->c[1]);
        sink_number(k, "phase", f->c[2]);
        sink_number(k, "offset", f->c[3]);
        break;
    case GENU_CURVE_STEP:
        sink_number(k, "transition_start_time", f->c[0]);
        sink_number(k, "start_value", f->c[1]);
        sink_number(k, "transition_end_time", f->c[2]);
        sink_number(k, "end_value", f->c[3]);
        break;
    default:
        sink_numbers(k, "coefficients", f->c, f->kind == GENU_CURVE_LINEAR ? 2 : f->n);
    }
    sink_close(k, tag[f->kind]);
    return GENU_OK;
}

genu_status sink_function(osim_sink *k, const genu_curve *f, const char *name, const char *place)
{
    if (!f->c || f->scale == 1)
        return bare_function(k, f, name, place);
    sink_open(k, "MultiplierFunction", name);
    sink_open(k, "function", NULL);
    genu_status s = bare_function(k, f, NULL, place);
    sink_close(k, "function");
    sink_number(k, "scale", f->scale);
    sink_close(k, "MultiplierFunction");
    return s;
}
