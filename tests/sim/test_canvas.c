#include "sim/canvas.h"
#include "sim/palette.h"
#include "sim/panel.h"
#include "tests/testlib.h"

#include <cairo.h>
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* PLplot's own, to provoke its two kinds of complaint from inside of a drawing. */
void plexit(const char *text);
void c_plvpor(double left, double right, double bottom, double top);

static const genu_pen BLACK = { { 0, 0, 0, 1 }, 0.3, GENU_SOLID };

static void cross(genu_canvas *c, const void *what)
{
    (void)what;
    genu_canvas_stroke(c, BLACK, 0, 10, 60, 10);
    genu_canvas_stroke(c, BLACK, 45, 0, 45, 40);
    genu_canvas_text(c, genu_panel_font(7, 0), 5, 20, 0, "g\xC2\xB1 #1 <a&b> \xE2\x88\x92 2");
}

static genu_canvas *drawn(genu_draw *draw, const void *what)
{
    genu_err err = { 0 };
    genu_canvas *c = NULL;
    CHECK_OK(genu_canvas_record(&c, 60, 40, "A cross", draw, what, &err), err);
    return c;
}

static const char *in_folder(const char *name)
{
    static char path[4][1200];
    static int next;
    char *p = path[next++ % 4];
    snprintf(p, sizeof path[0], "%s/%s", test_folder(), name);
    return p;
}

static unsigned number_at(const char *bytes, size_t at)
{
    unsigned x = 0;
    for (size_t i = 0; i < 4; i++)
        x = x << 8 | (unsigned char)bytes[at + i];
    return x;
}

static void png_has_its_size_and_dpi(void)
{
    genu_err err = { 0 };
    genu_canvas *c = drawn(cross, NULL);
    const double dpi[] = { 36, 150, 300, 1200 };
    for (int i = 0; c && i < 4; i++) {
        size_t n = 0;
        const char *path = in_folder("size.png");
        CHECK_OK(genu_canvas_write(c, path, GENU_FORMAT_PNG, dpi[i], &err), err);
        char *bytes = test_read_file(path, &n);
        CHECK_TRUE(n > 100 && !memcmp(bytes, "\x89PNG\r\n\x1A\n", 8));
        CHECK_INT(number_at(bytes, 16), lround(60 / 25.4 * dpi[i]));
        CHECK_INT(number_at(bytes, 20), lround(40 / 25.4 * dpi[i]));
        CHECK_TRUE(!memcmp(bytes + 37, "pHYs", 4));
        CHECK_INT(number_at(bytes, 41), lround(dpi[i] / 0.0254));
        free(bytes);
    }
    genu_canvas_free(c);
}

static void all_formats_have_their_headers(void)
{
    static const struct {
        genu_format format;
        const char *begins, *holds;
    } WANT[] = { { GENU_FORMAT_PNG, "\x89PNG", "IHDR" },
                 { GENU_FORMAT_SVG, "<?xml", "width=\"170.07874pt\"" },
                 { GENU_FORMAT_PDF, "%PDF-1.", "%%EOF" } };
    genu_err err = { 0 };
    genu_canvas *c = drawn(cross, NULL);
    for (int i = 0; c && i < 3; i++) {
        size_t n = 0, found = 0;
        char name[40];
        snprintf(name, sizeof name, "format.%s", genu_format_ending(WANT[i].format));
        const char *path = in_folder(name);
        CHECK_OK(genu_canvas_write(c, path, WANT[i].format, 300, &err), err);
        char *bytes = test_read_file(path, &n);
        CHECK_TRUE(!memcmp(bytes, WANT[i].begins, strlen(WANT[i].begins)));
        for (size_t k = 0; k + strlen(WANT[i].holds) <= n; k++)
            found += !memcmp(bytes + k, WANT[i].holds, strlen(WANT[i].holds));
        CHECK_TRUE(found > 0);
        free(bytes);
    }
    genu_canvas_free(c);
}

static void equal_drawings_are_equal_bytes(void)
{
    genu_err err = { 0 };
    char *bytes[2];
    size_t n[2];
    for (unsigned format = 1; format <= 4; format *= 2) {
        for (int i = 0; i < 2; i++) {
            genu_canvas *c = drawn(cross, NULL);
            const char *path = in_folder("same");
            CHECK_OK(genu_canvas_write(c, path, (genu_format)format, 200, &err), err);
            bytes[i] = test_read_file(path, &n[i]);
            genu_canvas_free(c);
        }
        CHECK_INT(n[0], n[1]);
        CHECK_TRUE(n[0] == n[1] && !memcmp(bytes[0], bytes[1], n[0]));
        free(bytes[0]);
        free(bytes[1]);
    }
}

/* Lines and text must keep to one scale whatever the dpi: where a line at x mm is, counted in
 * pixels of a raw picture made from the PNG by the reader below, is where it should be. */
typedef struct picture {
    unsigned char *at;
    int width, height, stride;
} picture;

static picture read_png(const char *path, cairo_surface_t **surface)
{
    *surface = cairo_image_surface_create_from_png(path);
    return (picture){ cairo_image_surface_get_data(*surface),
                      cairo_image_surface_get_width(*surface),
                      cairo_image_surface_get_height(*surface),
                      cairo_image_surface_get_stride(*surface) };
}

static double darkness(const picture *p, int x, int y)
{
    return 1 - p->at[y * p->stride + 4 * x + 1] / 255.0;
}

// centre of what is dark in a row (or column) within a window, pixels
static double centre(const picture *p, int along_x, int fixed, int from, int to)
{
    double sum = 0, moment = 0;
    for (int i = from; i < to; i++) {
        double dark = along_x ? darkness(p, i, fixed) : darkness(p, fixed, i);
        sum += dark;
        moment += dark * (i + 0.5);
    }
    return moment / sum;
}

static void lines_stand_where_they_should(void)
{
    genu_err err = { 0 };
    genu_canvas *c = drawn(cross, NULL);
    const double dpi[] = { 72, 150, 200, 300, 600 };
    for (int i = 0; c && i < 5; i++) {
        cairo_surface_t *surface;
        double px = dpi[i] / 25.4;
        CHECK_OK(genu_canvas_write(c, in_folder("line.png"), GENU_FORMAT_PNG, dpi[i], &err), err);
        picture p = read_png(in_folder("line.png"), &surface);
        // PLplot's own grid is 60 mm / 32767; one pixel may be rounded
        CHECK_NEAR(centre(&p, 1, 3, p.width / 2, p.width), 45 * px, 0, 0.1 + 0.01 * px);
        CHECK_NEAR(centre(&p, 0, 3, p.height / 2, p.height), p.height - 10 * px, 0, 0.6);
        cairo_surface_destroy(surface);
    }
    genu_canvas_free(c);
}

static void one_letter(genu_canvas *c, const void *what)
{
    genu_canvas_text(c, genu_panel_font(20, 0), 30, 20, *(const double *)what, "H");
}

static void text_stands_where_it_should(void)
{
    genu_err err = { 0 };
    const double just[] = { 0, 0.5, 1 };
    for (int k = 0; k < 3; k++) {
        genu_canvas *c = drawn(one_letter, &just[k]);
        cairo_surface_t *surface;
        CHECK_OK(genu_canvas_write(c, in_folder("letter.png"), GENU_FORMAT_PNG, 254, &err), err);
        picture p = read_png(in_folder("letter.png"), &surface);
        int left = p.width, right = 0, top = p.height, bottom = 0;
        for (int y = 0; y < p.height; y++)
            for (int x = 0; x < p.width; x++)
                if (darkness(&p, x, y) > 0.5) {
                    left = x < left ? x : left;
                    right = x > right ? x : right;
                    top = y < top ? y : top;
                    bottom = y > bottom ? y : bottom;
                }
        // 10 pixels to the mm; the letter has 0.1 em = 0.7 mm of white on either side
        double middle = (left + right + 1) / 20.0;
        CHECK_NEAR(middle, 30 + (0.5 - just[k]) * 5.3, 0, 0.25);
        CHECK_NEAR((top + bottom + 1) / 20.0, 20, 0, 0.15);
        genu_canvas_free(c);
        cairo_surface_destroy(surface);
    }
}

typedef struct widths {
    double *one, *two, *lines, *fitted;
} widths;

static void measure_text(genu_canvas *c, const void *what)
{
    const widths *w = what;
    genu_font font = genu_panel_font(10, 0);
    *w->one = genu_canvas_text_width(c, font, "0000000000");
    font.size = 20;
    *w->two = genu_canvas_text_width(c, font, "0000000000");
    font.size = 10;
    *w->lines = genu_canvas_paragraph(c, font, 0, 40, *w->one, "0000 0000 00000000 0 0", 0);
    *w->fitted = genu_canvas_text_fit(c, font, 0, 5, 0, 10, "a text that is far too long for that");
}

static void text_is_measured_broken_and_fitted(void)
{
    double one = 0, two = 0, lines = 0, fitted = 0;
    widths w = { &one, &two, &lines, &fitted };
    genu_canvas_free(drawn(measure_text, &w));
    // digits of DejaVu Sans are 0.636 em wide; other sans fonts 0.5 to 0.65
    CHECK_TRUE(one > 0.5 * 10 * 10 * 25.4 / 72 && one < 0.66 * 10 * 10 * 25.4 / 72);
    CHECK_NEAR(two, 2 * one, 0.005, 0);
    CHECK_INT(lines, 3);
    CHECK_TRUE(fitted > 7 && fitted <= 10.05);
}

static void odd_numbers(genu_canvas *c, const void *what)
{
    (void)what;
    const double x[] = { 1, 2, NAN, 3, 4, 1e300, 5, INFINITY, 6, 7 };
    const double y[] = { 1, 2, 3, 3, NAN, 1, 5, 6, -1e300, 7 };
    const double z[] = { 0, 1, 2, 1, NAN, 3, 2, 3, 4 }, grid[] = { 10, 20, 30 };
    double longer[1500];
    for (int i = 0; i < 1500; i++)
        longer[i] = i * 0.02;
    genu_canvas_line(c, BLACK, 10, x, y);
    genu_canvas_line(c, BLACK, 1500, longer, longer);
    genu_canvas_fill(c, BLACK.colour, 10, x, y);
    genu_canvas_text(c, genu_panel_font(7, 0), NAN, 3, 0, "nowhere");
    genu_canvas_text(c, genu_panel_font(7, 0), 3, 3, 0, "");
    genu_canvas_contours(c, BLACK, &(genu_grid){ 3, 3, grid, grid, z }, 1, (double[]){ 1.5 });
    genu_canvas_hatch(c, BLACK, (genu_rect){ 40, 10, 5, 5 }, 1);
    genu_canvas_mark(c, GENU_CROSS, 2, BLACK.colour, BLACK, 50, 30);
}

static void odd_numbers_are_left_out(void)
{
    genu_err err = { 0 };
    genu_canvas *c = drawn(odd_numbers, NULL);
    CHECK_TRUE(c != NULL);
    if (c)
        CHECK_OK(genu_canvas_write(c, in_folder("odd.png"), GENU_FORMAT_PNG, 100, &err), err);
    genu_canvas_free(c);
}

static void complain(genu_canvas *c, const void *what)
{
    (void)c;
    (void)what;
    c_plvpor(1, 0, 1, 0);
}

static void give_up(genu_canvas *c, const void *what)
{
    (void)c;
    (void)what;
    plexit("out of ink");
}

static void plplot_complaints_are_errors(void)
{
    genu_err err = { 0 };
    genu_canvas *c = NULL;
    CHECK_FAILS(genu_canvas_record(&c, 60, 40, NULL, complain, NULL, &err), GENU_E_IO, err,
                "PLplot cannot draw: plvpor");
    CHECK_TRUE(c == NULL);
    CHECK_FAILS(genu_canvas_record(&c, 60, 40, NULL, give_up, NULL, &err), GENU_E_IO, err,
                "out of ink");
    // and it can draw again
    c = drawn(cross, NULL);
    CHECK_TRUE(c != NULL);
    genu_canvas_free(c);
}

static void draw_inside(genu_canvas *c, const void *what)
{
    genu_canvas *inner;
    genu_err err;
    (void)c;
    (void)what;
    CHECK_FAILS(genu_canvas_record(&inner, 60, 40, NULL, cross, NULL, &err), GENU_E_RANGE, err,
                "inside another");
}

static void sizes_and_dpi_have_bounds(void)
{
    genu_err err = { 0 };
    genu_canvas *c = drawn(draw_inside, NULL);
    CHECK_FAILS(genu_canvas_write(c, in_folder("a.png"), GENU_FORMAT_PNG, 20, &err), GENU_E_RANGE,
                err, "dpi is 20, must be from 36 to 1200");
    CHECK_FAILS(genu_canvas_write(c, in_folder("a.png"), GENU_FORMAT_PNG, NAN, &err), GENU_E_RANGE,
                err, "dpi is nan");
    CHECK_FAILS(genu_canvas_write(c, in_folder("a.png"), GENU_FORMAT_PNG, 1201, &err), GENU_E_RANGE,
                err, "dpi is 1201");
    genu_canvas_free(c);
    CHECK_FAILS(genu_canvas_record(&c, 5, 40, NULL, cross, NULL, &err), GENU_E_RANGE, err,
                "5 x 40 mm, must be 10 to 1000");
    CHECK_FAILS(genu_canvas_record(&c, 50, NAN, NULL, cross, NULL, &err), GENU_E_RANGE, err, "nan");
}

static void formats_are_read(void)
{
    unsigned formats = 0;
    genu_err err = { 0 };
    CHECK_OK(genu_canvas_formats("png", &formats, &err), err);
    CHECK_INT(formats, GENU_FORMAT_PNG);
    CHECK_OK(genu_canvas_formats("pdf, svg,png", &formats, &err), err);
    CHECK_INT(formats, GENU_FORMAT_PNG | GENU_FORMAT_SVG | GENU_FORMAT_PDF);
    CHECK_FAILS(genu_canvas_formats("png,jpeg", &formats, &err), GENU_E_RANGE, err,
                "'jpeg' is not known, must be png, svg or pdf");
    CHECK_FAILS(genu_canvas_formats("", &formats, &err), GENU_E_RANGE, err, "''");
    CHECK_FAILS(genu_canvas_formats("png,", &formats, &err), GENU_E_RANGE, err, "''");
}

static int exists(const char *path)
{
    struct stat st;
    return !stat(path, &st);
}

static void folders_are_reported(void)
{
    genu_err err = { 0 };
    genu_canvas *c = drawn(cross, NULL);
    CHECK_FAILS(genu_canvas_write(c, in_folder("absent/a.png"), GENU_FORMAT_PNG, 100, &err),
                GENU_E_IO, err, "does not exist");
    const char *folder = in_folder("locked");
    CHECK_TRUE(!mkdir(folder, 0555) || errno == EEXIST);
    // root may write everywhere
    int root = !geteuid();
    if (root)
        CHECK_TRUE(!seteuid(65534));
    CHECK_FAILS(genu_canvas_write(c, in_folder("locked/a.svg"), GENU_FORMAT_SVG, 100, &err),
                GENU_E_IO, err, "Permission denied");
    if (root)
        CHECK_TRUE(!seteuid(0));
    genu_canvas_free(c);
}

/* A limit on the size of files stands for a full disk: write() fails the same way. */
static void full_disk_keeps_the_earlier_file(void)
{
    genu_err err = { 0 };
    genu_canvas *c = drawn(cross, NULL);
    const char *path = in_folder("full.png");
    struct rlimit old, small;
    size_t before = 0, after = 0;
    CHECK_OK(genu_canvas_write(c, path, GENU_FORMAT_PNG, 100, &err), err);
    free(test_read_file(path, &before));
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    small = old;
    small.rlim_cur = 1000;
    setrlimit(RLIMIT_FSIZE, &small);
    CHECK_FAILS(genu_canvas_write(c, path, GENU_FORMAT_PNG, 300, &err), GENU_E_IO, err,
                "full.png' cannot be written: File too large");
    setrlimit(RLIMIT_FSIZE, &old);
    free(test_read_file(path, &after));
    CHECK_INT(before, after);
    CHECK_TRUE(!exists(in_folder("full.png.part")));
    genu_canvas_free(c);
}

static void broken_installation_is_reported(void)
{
    // PLplot looks for its drivers once per process, so another one has to be without them
    fflush(NULL);
    pid_t child = fork();
    if (!child) {
        execl("/proc/self/exe", "test_canvas", "without_drivers", (char *)NULL);
        _exit(9);
    }
    int status = 0;
    waitpid(child, &status, 0);
    CHECK_TRUE(WIFEXITED(status));
    CHECK_INT(WEXITSTATUS(status), 0);
}

static int without_drivers(void)
{
    genu_err err = { 0 };
    genu_canvas *c = NULL;
    setenv("PLPLOT_DRV_DIR", "/nonexistent", 1);
    genu_status s = genu_canvas_record(&c, 60, 40, NULL, cross, NULL, &err);
    return s == GENU_E_IO && strstr(err.msg, "PLplot cannot draw") ? 0 : 1;
}

static void colours_are_even_in_grey(void)
{
    double last = -1, first = genu_palette_lightness(genu_palette_cividis(0));
    double whole = genu_palette_lightness(genu_palette_cividis(1)) - first;
    for (int i = 0; i <= 64; i++) {
        double t = i / 64.0, grey = genu_palette_lightness(genu_palette_cividis(t));
        CHECK_TRUE(grey > last);
        // even to 3 units of L*, as published
        CHECK_NEAR(grey, first + t * whole, 0, 3);
        last = grey;
        CHECK_TRUE(i == 64 || genu_palette_lightness(genu_palette_viridis(t)) <
                                  genu_palette_lightness(genu_palette_viridis(t + 1 / 64.0)));
    }
    for (int i = 0; i < 32; i++) // both arms darken from the middle, at about the same pace
        for (int sign = -1; sign <= 1; sign += 2) {
            double near = genu_palette_lightness(genu_palette_diverging(sign * i / 32.0));
            double far = genu_palette_lightness(genu_palette_diverging(sign * (i + 1) / 32.0));
            double other = genu_palette_lightness(genu_palette_diverging(-sign * i / 32.0));
            CHECK_TRUE(far < near + 1e-9);
            CHECK_NEAR(near, other, 0, 25);
        }
    CHECK_NEAR(genu_palette_lightness(genu_palette_grey(1)), 100, 1e-9, 0);
    CHECK_NEAR(genu_palette_lightness(genu_palette_grey(0)), 0, 0, 1e-12);
    // sRGB red has L* 53.24 (CIE 1976, D65)
    CHECK_NEAR(genu_palette_lightness((genu_colour){ 255, 0, 0, 1 }), 53.24, 0, 0.01);
}

static void axes_are_round(void)
{
    static const struct {
        double lo, hi, want_lo, want_hi, step;
        int decimals;
    } AXIS[] = { { 0, 3.9, 0, 4, 1, 0 },
                 { 0, 1, 0, 1, 0.2, 1 },
                 { -0.23, 0.57, -0.4, 0.6, 0.2, 1 },
                 { 0, 2.3e-4, 0, 2.5e-4, 5e-5, 5 },
                 { 1234, 1239, 1234, 1239, 1, 0 },
                 { 0, 1199, 0, 1250, 250, 0 } };
    for (size_t i = 0; i < sizeof AXIS / sizeof *AXIS; i++) {
        genu_axis a = genu_axis_round(AXIS[i].lo, AXIS[i].hi, 5);
        CHECK_NEAR(a.lo, AXIS[i].want_lo, 1e-12, 1e-15);
        CHECK_NEAR(a.hi, AXIS[i].want_hi, 1e-12, 0);
        CHECK_NEAR(a.step, AXIS[i].step, 1e-12, 0);
        CHECK_INT(a.decimals, AXIS[i].decimals);
    }
    CHECK_NEAR(genu_axis_round(NAN, 1, 5).hi, 1, 0, 0);
    char text[64];
    genu_panel_number(text, sizeof text, -0.001, 1);
    CHECK_TEXT(text, "0.0");
    genu_panel_number(text, sizeof text, -1.25, 2);
    CHECK_TEXT(text, "\xE2\x88\x92"
                     "1.25");
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "without_drivers"))
        return without_drivers();
    CU_TestInfo tests[] = {
        TEST(png_has_its_size_and_dpi),
        TEST(all_formats_have_their_headers),
        TEST(equal_drawings_are_equal_bytes),
        TEST(lines_stand_where_they_should),
        TEST(text_stands_where_it_should),
        TEST(text_is_measured_broken_and_fitted),
        TEST(odd_numbers_are_left_out),
        TEST(plplot_complaints_are_errors),
        TEST(sizes_and_dpi_have_bounds),
        TEST(formats_are_read),
        TEST(folders_are_reported),
        TEST(full_disk_keeps_the_earlier_file),
        TEST(broken_installation_is_reported),
        TEST(colours_are_even_in_grey),
        TEST(axes_are_round),
        CU_TEST_INFO_NULL,
    };
    return test_main("canvas", tests, argc, argv);
}
