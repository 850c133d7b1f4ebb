/* osim_function.c - functions of one coordinate, as the document writes them. */
#include "models/osim_private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

xmlNode *osim_find_function(osim_reader *r, const xmlNode *holder)
{
    // in <function> (before 4.0), or bare: classes begin with a capital, properties do not
    xmlNode *wrapped = osim_child(r, holder, "function");
    xmlNode *c = osim_first(wrapped ? wrapped : holder);
    while (c && !wrapped && !isupper(c->name[0]) && !osim_is(c, "natCubicSpline"))
        c = osim_next(c);
    return c;
}

static genu_status read_points(osim_reader *r, const xmlNode *node, genu_curve *f)
{
    double *x = NULL, *y = NULL;
    int n = 0, n_y = 0;
    genu_err err = { 0 };
    genu_status s = osim_numbers(r, node, "x", &x, &n);
    if (s == GENU_OK)
        s = osim_numbers(r, node, "y", &y, &n_y);
    if (s != GENU_OK)
        goto out;
    if (n != n_y || n == 0)
        s = osim_fail(r, node, GENU_E_FORMAT, "<%s> has %d x and %d y, must have as many",
                      (const char *)node->name, n, n_y);
    else if (n == 1)
        s = genu_curve_constant(f, y[0], &err);
    else if (osim_is(node, "PiecewiseLinearFunction"))
        s = genu_curve_piecewise_linear(f, n, x, y, &err);
    else if (osim_is(node, "PiecewiseConstantFunction") || osim_is(node, "StepFunction"))
        s = genu_curve_piecewise_constant(f, n, x, y, &err);
    else // NaturalCubicSpline and natCubicSpline are earlier names of the same, not natural, spline
        s = genu_curve_simm_spline(f, n, x, y, &err);
    if (s != GENU_OK && *err.msg)
        s = osim_fail(r, node, s, "<%s>: %s", (const char *)node->name, err.msg);
out:
    free(x);
    free(y);
    return s;
}

static genu_status read_natural(osim_reader *r, const xmlNode *node, genu_curve *f)
{
    double *x = NULL, *y = NULL, variance = 0, half_order = 0;
    int n = 0, n_y = 0;
    genu_err err = { 0 };
    static const char *const without[] = { "weights", "coefficients" };
    for (int i = 0; i < 2; i++) {
        xmlNode *c = osim_child(r, node, without[i]);
        if (!c)
            continue;
        osim_leave_out(c);
        osim_event_add(r, c, GENU_NOTE,
                       GENU_OSIM_IGNORED "<%s>: a spline through its points has %s", without[i],
                       i ? "its own" : "no use for them");
    }
    genu_status s = osim_double(r, node, "half_order", OSIM_REQUIRED, OSIM_FINITE, &half_order);
    if (s == GENU_OK)
        s = osim_double(r, node, "error_variance", OSIM_SAY, OSIM_FINITE, &variance);
    if (s == GENU_OK && variance != 0)
        s = osim_fail(r, node, GENU_E_FORMAT,
                      "<GCVSpline> smooths (<error_variance> is %g), which is not supported: write "
                      "the smoothed points, and 0",
                      variance);
    if (s == GENU_OK && (half_order != (int)half_order))
        s = osim_fail(r, node, GENU_E_RANGE,
                      "<half_order> is %g, must be a whole number from 1 to %d", half_order,
                      GENU_HALF_ORDER_MAX);
    if (s == GENU_OK)
        s = osim_numbers(r, node, "x", &x, &n);
    if (s == GENU_OK)
        s = osim_numbers(r, node, "y", &y, &n_y);
    if (s == GENU_OK && n != n_y)
        s = osim_fail(r, node, GENU_E_FORMAT, "<GCVSpline> has %d x and %d y, must have as many", n,
                      n_y);
    if (s == GENU_OK) {
        s = genu_curve_natural_spline(f, (int)half_order, n, x, y, &err);
        if (s != GENU_OK)
            s = osim_fail(r, node, s, "<GCVSpline>: %s", err.msg);
    }
    free(x);
    free(y);
    return s;
}

static genu_status read_sine(osim_reader *r, const xmlNode *node, genu_curve *f)
{
    double amplitude = 1, omega = 1, phase = 0, offset = 0;
    genu_status s = osim_double(r, node, "amplitude", OSIM_SAY, OSIM_FINITE, &amplitude);
    if (s == GENU_OK)
        s = osim_double(r, node, "omega", OSIM_SAY, OSIM_FINITE, &omega);
    if (s == GENU_OK)
        s = osim_double(r, node, "phase", OSIM_SAY, OSIM_FINITE, &phase);
    if (s == GENU_OK)
        s = osim_double(r, node, "offset", OSIM_SAY, OSIM_FINITE, &offset);
    return s == GENU_OK ? genu_curve_sine(f, amplitude, omega, phase, offset, r->err) : s;
}

/* Before 2.0 this name stood for what is piecewise constant now. */
static genu_status read_step(osim_reader *r, const xmlNode *node, genu_curve *f)
{
    double x0 = 0.99, x1 = 1.01, y0 = 0, y1 = 1;
    genu_err err = { 0 };
    if (osim_child(r, node, "x"))
        return read_points(r, node, f);
    genu_status s = osim_double(r, node, "transition_start_time", OSIM_SAY, OSIM_FINITE, &x0);
    if (s == GENU_OK)
        s = osim_double(r, node, "transition_end_time", OSIM_SAY, OSIM_FINITE, &x1);
    if (s == GENU_OK)
        s = osim_double(r, node, "start_value", OSIM_SAY, OSIM_FINITE, &y0);
    if (s == GENU_OK)
        s = osim_double(r, node, "end_value", OSIM_SAY, OSIM_FINITE, &y1);
    if (s != GENU_OK)
        return s;
    s = genu_curve_step(f, x0, y0, x1, y1, &err);
    return s == GENU_OK ? s : osim_fail(r, node, s, "<StepFunction>: %s", err.msg);
}

static genu_status read_coefficients(osim_reader *r, const xmlNode *node, genu_curve *f)
{
    double *c;
    int n;
    genu_err err = { 0 };
    genu_status s = osim_numbers(r, node, "coefficients", &c, &n);
    if (s != GENU_OK)
        return s;
    int linear = osim_is(node, "LinearFunction");
    if (linear && !c) {
        osim_say_default(r, node, "coefficients", "1 0");
        return genu_curve_linear(f, 1, 0, r->err);
    }
    if (n == 0 || (linear && n != 2))
        s = osim_fail(r, node, GENU_E_FORMAT, "<%s> has %d coefficients, must have %s",
                      (const char *)node->name, n, linear ? "2" : "at least 1");
    else if (linear)
        s = genu_curve_linear(f, c[0], c[1], &err);
    else
        s = genu_curve_polynomial(f, n, c, &err);
    free(c);
    return s != GENU_OK && *err.msg
               ? osim_fail(r, node, s, "<%s>: %s", (const char *)node->name, err.msg)
               : s;
}

static genu_status read_constant(osim_reader *r, const xmlNode *node, genu_curve *f)
{
    double value = 0;
    genu_status s = osim_double(r, node, "value", OSIM_SAY, OSIM_FINITE, &value);
    return s == GENU_OK ? genu_curve_constant(f, value, r->err) : s;
}

static genu_status read_multiplier(osim_reader *r, const xmlNode *node, genu_curve *f)
{
    double scale = 1;
    xmlNode *inner = osim_find_function(r, node);
    genu_status s = osim_double(r, node, "scale", OSIM_SAY, OSIM_FINITE, &scale);
    if (s == GENU_OK && !inner)
        s = osim_fail(r, node, GENU_E_FORMAT, "<MultiplierFunction> holds no function");
    if (s == GENU_OK)
        s = osim_function(r, inner, f);
    if (s == GENU_OK)
        f->scale *= scale;
    return s;
}

genu_status osim_function(osim_reader *r, xmlNode *node, genu_curve *f)
{
    static const struct {
        const char *type;
        genu_status (*read)(osim_reader *r, const xmlNode *node, genu_curve *f);
    } kind[] = {
        { "Constant", read_constant },
        { "LinearFunction", read_coefficients },
        { "PolynomialFunction", read_coefficients },
        { "SimmSpline", read_points },
        { "NaturalCubicSpline", read_points },
        { "natCubicSpline", read_points },
        { "PiecewiseLinearFunction", read_points },
        { "PiecewiseConstantFunction", read_points },
        { "GCVSpline", read_natural },
        { "Sine", read_sine },
        { "StepFunction", read_step },
        { "MultiplierFunction", read_multiplier },
    };
    *f = (genu_curve){ 0 };
    osim_take(node);
    for (size_t i = 0; i < sizeof kind / sizeof *kind; i++)
        if (osim_is(node, kind[i].type))
            return kind[i].read(r, node, f);
    return osim_fail(
        r, node, GENU_E_FORMAT,
        "function <%s> is not supported: write it as a SimmSpline through points of it",
        (const char *)node->name);
}
