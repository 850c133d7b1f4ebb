#include "sim/canvas_private.h"

#include <math.h>
#include <plplotP.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEVICES_MAX = 256 };

#ifdef __SANITIZE_ADDRESS__
/* What PLplot's loader of drivers, fontconfig and cairo's SVG keep until the process ends. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libltdl\nleak:libfontconfig\nleak:libcairo\n";
}

const char *__lsan_default_options(void);
const char *__lsan_default_options(void)
{
    return "print_suppressions=0"; // stderr belongs to the program
}
#endif

/* PLplot's handlers take no argument of ours, and its state is one per process, so this is, too.
 * Set while a drawing runs. */
static struct {
    int busy;
    char msg[240]; /* first complaint, empty when there was none */
    jmp_buf back;  /* to run_guarded                             */
} plplot;

static void note_complaint(const char *text)
{
    if (!plplot.msg[0])
        snprintf(plplot.msg, sizeof plplot.msg, "%s", text);
}

// PLplot goes on after this
static void on_abort(PLCHAR_VECTOR text)
{
    note_complaint(text);
}

// PLplot would end the process after this
static int on_exit_wish(PLCHAR_VECTOR text)
{
    note_complaint(text);
    if (plplot.busy)
        longjmp(plplot.back, 1);
    return 1;
}

/* An unknown device would make plinit ask for one on the terminal. */
static int has_device(const char *name)
{
    const char *menu[DEVICES_MAX] = { NULL }, *device[DEVICES_MAX] = { NULL };
    PLCHAR_VECTOR *menu_at = menu, *device_at = device;
    int n = DEVICES_MAX, found = 0;
    plgDevs(&menu_at, &device_at, &n);
    for (int i = 0; i < n && device[i]; i++)
        found |= !strcmp(device[i], name);
    return found;
}

static void start_page(const genu_canvas *c)
{
    plsdev("extcairo");
    // text outside of the viewport is cut without this, which must follow plsdev
    plsetopt("drvopt", "text_clipping=0");
    plspage(0, 0, (PLINT)lround(c->width * CANVAS_UNITS), (PLINT)lround(c->height * CANVAS_UNITS),
            0, 0);
    plinit();
    pl_cmd(PLESC_DEVINIT, c->cr);
    pladv(0);
    plvpor(0, 1, 0, 1);
    plwind(0, c->width, 0, c->height);
}

static void run_guarded(genu_canvas *c, genu_draw *draw, const void *what)
{
    plplot.busy = 1;
    if (!setjmp(plplot.back)) {
        start_page(c);
        if (!plplot.msg[0])
            draw(c, what);
    }
    // closing may complain, too
    if (!setjmp(plplot.back))
        plend();
    plplot.busy = 0;
}

static genu_status run_plplot(genu_canvas *c, genu_draw *draw, const void *what, genu_err *err)
{
    plplot.msg[0] = '\0';
    plsabort(on_abort);
    plsexit(on_exit_wish);
    if (!has_device("extcairo"))
        note_complaint("its cairo driver is not installed (Debian: plplot-driver-cairo)");
    if (!plplot.msg[0])
        run_guarded(c, draw, what);
    plsabort(NULL);
    plsexit(NULL);
    if (plplot.msg[0])
        return genu_fail(err, GENU_E_IO, "PLplot cannot draw: %s", plplot.msg);
    return GENU_OK;
}

static genu_status record(genu_canvas *c, genu_draw *draw, const void *what, genu_err *err)
{
    cairo_rectangle_t extents = { 0, 0, c->width * CANVAS_UNITS, c->height * CANVAS_UNITS };
    c->record = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &extents);
    c->cr = cairo_create(c->record);
    genu_status s = GENU_OK;
    if (cairo_status(c->cr) == CAIRO_STATUS_SUCCESS)
        s = run_plplot(c, draw, what, err);
    cairo_status_t cairo = cairo_status(c->cr);
    cairo_destroy(c->cr);
    c->cr = NULL;
    if (!s && cairo == CAIRO_STATUS_NO_MEMORY)
        s = genu_fail(err, GENU_E_MEMORY, "no memory for a drawing of %g x %g mm", c->width,
                      c->height);
    else if (!s && cairo != CAIRO_STATUS_SUCCESS)
        s = genu_fail(err, GENU_E_IO, "cairo cannot draw: %s", cairo_status_to_string(cairo));
    return s;
}

genu_status genu_canvas_record(genu_canvas **out, double width, double height, const char *title,
                               genu_draw *draw, const void *what, genu_err *err)
{
    *out = NULL;
    if (!(width >= 10 && width <= 1000 && height >= 10 && height <= 1000))
        return genu_fail(err, GENU_E_RANGE,
                         "a drawing is %g x %g mm, must be 10 to 1000 mm wide and high", width,
                         height);
    if (plplot.busy)
        return genu_fail(err, GENU_E_RANGE, "a drawing cannot be started inside another one");
    genu_canvas *c = calloc(1, sizeof *c);
    if (!c)
        return genu_fail(err, GENU_E_MEMORY, "no memory for a drawing");
    c->width = width;
    c->height = height;
    c->title = genu_strdup(title);
    genu_status s = record(c, draw, what, err);
    if (s) {
        genu_canvas_free(c);
        return s;
    }
    *out = c;
    return GENU_OK;
}

void genu_canvas_free(genu_canvas *c)
{
    if (!c)
        return;
    if (c->record) {
        // writing SVG, cairo 1.16 keeps a reference for ever: give back what the record holds
        cairo_surface_finish(c->record);
        cairo_surface_destroy(c->record);
    }
    free(c->title);
    free(c);
}

genu_rect genu_canvas_page(const genu_canvas *c)
{
    return (genu_rect){ 0, 0, c->width, c->height };
}
