#include "sim/canvas_private.h"

#include "sim/outfile.h"
#include "version.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file while it is put together. */
typedef struct bytes {
    unsigned char *at;
    size_t n, room;
} bytes;

static const struct {
    genu_format format;
    const char *ending;
} FORMAT[] = { { GENU_FORMAT_PNG, "png" }, { GENU_FORMAT_SVG, "svg" }, { GENU_FORMAT_PDF, "pdf" } };
enum { N_FORMAT = sizeof FORMAT / sizeof FORMAT[0] };

static cairo_status_t append(void *to, const unsigned char *data, unsigned n)
{
    bytes *b = to;
    if (b->n + n > b->room) {
        size_t room = 2 * (b->n + n) + 4096;
        unsigned char *at = realloc(b->at, room);
        if (!at)
            return CAIRO_STATUS_NO_MEMORY;
        b->at = at;
        b->room = room;
    }
    memcpy(b->at + b->n, data, n);
    b->n += n;
    return CAIRO_STATUS_SUCCESS;
}

/* Paint the record onto a surface, scale of its units to one of our units, on white. */
static cairo_status_t replay(const genu_canvas *c, cairo_surface_t *surface, double scale,
                             int white)
{
    cairo_t *cr = cairo_create(surface);
    if (white) {
        cairo_set_source_rgb(cr, 1, 1, 1);
        cairo_paint(cr);
    }
    /* cairo 1.16 rounds the scale of recorded paths, but not of recorded text, to 1/256 where the
     * matrix is a pure scale (up to 1 % at 150 dpi). A shear of one part in 10^12 avoids that. */
    cairo_transform(cr, &(cairo_matrix_t){ scale, 0, 1e-12, scale, 0, 0 });
    cairo_set_source_surface(cr, c->record, 0, 0);
    cairo_paint(cr);
    cairo_status_t status = cairo_status(cr);
    cairo_destroy(cr);
    return status;
}

static void put32(unsigned char *to, uint32_t x)
{
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(x >> (24 - 8 * i));
}

// CRC-32 as PNG wants it (ISO 3309; PNG specification, annex D)
static uint32_t crc32_of(const unsigned char *data, size_t n)
{
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = 0; i < n; i++) {
        crc ^= data[i];
        for (int k = 0; k < 8; k++)
            crc = crc & 1 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
    }
    return crc ^ 0xFFFFFFFFu;
}

/* cairo does not store the dpi: insert a pHYs chunk (pixels per metre) behind the header chunk. */
static cairo_status_t insert_dpi(bytes *b, double dpi)
{
    enum { HEADER = 33, CHUNK = 21 }; // signature 8 + IHDR 25; length, name, 9 bytes, CRC
    unsigned char chunk[CHUNK] = { 0, 0, 0, 9, 'p', 'H', 'Y', 's' };
    uint32_t per_metre = (uint32_t)lround(dpi / 0.0254);
    put32(chunk + 8, per_metre);
    put32(chunk + 12, per_metre);
    chunk[16] = 1; // the unit is the metre
    put32(chunk + 17, crc32_of(chunk + 4, 13));
    cairo_status_t status = append(b, chunk, CHUNK);
    if (status == CAIRO_STATUS_SUCCESS) {
        memmove(b->at + HEADER + CHUNK, b->at + HEADER, b->n - HEADER - CHUNK);
        memcpy(b->at + HEADER, chunk, CHUNK);
    }
    return status;
}

static cairo_status_t make_png(const genu_canvas *c, double dpi, bytes *b)
{
    double per_mm = dpi / 25.4;
    cairo_surface_t *image = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, (int)lround(c->width * per_mm), (int)lround(c->height * per_mm));
    cairo_status_t status = cairo_surface_status(image);
    if (status == CAIRO_STATUS_SUCCESS)
        status = replay(c, image, per_mm / CANVAS_UNITS, 1);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_write_to_png_stream(image, append, b);
    cairo_surface_destroy(image);
    return status == CAIRO_STATUS_SUCCESS ? insert_dpi(b, dpi) : status;
}

/* cairo numbers its surfaces through the life of the process ("surface57"); number them through
 * the file instead, so that equal drawings are equal bytes. Numbers only become shorter. */
static void renumber(bytes *b)
{
    static const char NAME[] = "surface";
    enum { LENGTH = sizeof NAME - 1, SEEN_MAX = 256 };
    unsigned long seen[SEEN_MAX];
    size_t n_seen = 0, to = 0, from = 0;
    while (from < b->n) {
        unsigned char *p = b->at + from;
        int is_name = from && b->n - from > LENGTH && (p[-1] == '"' || p[-1] == '#') &&
                      !memcmp(p, NAME, LENGTH) && p[LENGTH] >= '0' && p[LENGTH] <= '9';
        if (!is_name) {
            b->at[to++] = b->at[from++];
            continue;
        }
        unsigned long id = 0;
        size_t k = 0;
        for (from += LENGTH; from < b->n && b->at[from] >= '0' && b->at[from] <= '9'; from++)
            id = 10 * id + (unsigned long)(b->at[from] - '0');
        while (k < n_seen && seen[k] != id)
            k++;
        if (k == n_seen && n_seen < SEEN_MAX)
            seen[n_seen++] = id;
        to += (size_t)sprintf((char *)b->at + to, "%s%zu", NAME, k + 1);
    }
    b->n = to;
}

static cairo_status_t finish(cairo_surface_t *surface, cairo_status_t status)
{
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    return status;
}

static const double PT_PER_MM = 72 / 25.4;

static cairo_status_t make_svg(const genu_canvas *c, bytes *b)
{
    cairo_surface_t *svg =
        cairo_svg_surface_create_for_stream(append, b, c->width * PT_PER_MM, c->height * PT_PER_MM);
    cairo_svg_surface_restrict_to_version(svg, CAIRO_SVG_VERSION_1_1);
    cairo_status_t status = finish(svg, replay(c, svg, PT_PER_MM / CANVAS_UNITS, 1));
    if (status == CAIRO_STATUS_SUCCESS)
        renumber(b);
    return status;
}

static cairo_status_t make_pdf(const genu_canvas *c, bytes *b)
{
    cairo_surface_t *pdf =
        cairo_pdf_surface_create_for_stream(append, b, c->width * PT_PER_MM, c->height * PT_PER_MM);
    if (c->title)
        cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_TITLE, c->title);
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_CREATOR, "genu " GENU_VERSION);
    // without a date equal drawings are equal bytes
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_CREATE_DATE, "");
    return finish(pdf, replay(c, pdf, PT_PER_MM / CANVAS_UNITS, 0));
}

static genu_status write_all(int fd, const bytes *b, const char *path, genu_err *err)
{
    for (size_t done = 0; done < b->n;) {
        ssize_t k = write(fd, b->at + done, b->n - done);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return genu_fail(err, GENU_E_IO, "'%s' cannot be written: %s", path,
                             k ? strerror(errno) : "no bytes are taken");
        done += (size_t)k;
    }
    return GENU_OK;
}

static genu_status write_file(const char *path, const bytes *b, genu_err *err)
{
    genu_outfile file;
    genu_status s = genu_outfile_open(&file, path, 1, err);
    if (s)
        return s;
    s = write_all(file.fd, b, path, err);
    if (!s)
        return genu_outfile_commit(&file, err);
    genu_outfile_drop(&file);
    return s;
}

genu_status genu_canvas_write(const genu_canvas *c, const char *path, genu_format format,
                              double dpi, genu_err *err)
{
    if (!(dpi >= GENU_DPI_MIN && dpi <= GENU_DPI_MAX))
        return genu_fail(err, GENU_E_RANGE, "'%s': dpi is %g, must be from %d to %d", path, dpi,
                         GENU_DPI_MIN, GENU_DPI_MAX);
    bytes b = { NULL, 0, 0 };
    cairo_status_t status = format == GENU_FORMAT_PNG   ? make_png(c, dpi, &b)
                            : format == GENU_FORMAT_SVG ? make_svg(c, &b)
                                                        : make_pdf(c, &b);
    genu_status s = GENU_OK;
    if (status == CAIRO_STATUS_NO_MEMORY)
        s = genu_fail(err, GENU_E_MEMORY, "'%s': no memory for %g x %g mm at %g dpi", path,
                      c->width, c->height, dpi);
    else if (status != CAIRO_STATUS_SUCCESS)
        s = genu_fail(err, GENU_E_IO, "'%s': cairo: %s", path, cairo_status_to_string(status));
    else
        s = write_file(path, &b, err);
    free(b.at);
    return s;
}

const char *genu_format_ending(genu_format format)
{
    for (int i = 0; i < N_FORMAT; i++)
        if (FORMAT[i].format == format)
            return FORMAT[i].ending;
    return "";
}

static unsigned format_of(const char *name, size_t n)
{
    for (int i = 0; i < N_FORMAT; i++)
        if (n == strlen(FORMAT[i].ending) && !strncmp(name, FORMAT[i].ending, n))
            return (unsigned)FORMAT[i].format;
    return 0;
}

genu_status genu_canvas_formats(const char *text, unsigned *formats, genu_err *err)
{
    *formats = 0;
    for (const char *p = text;; p++) {
        p += strspn(p, " ");
        size_t n = strcspn(p, ","), trimmed = n;
        while (trimmed && p[trimmed - 1] == ' ')
            trimmed--;
        unsigned format = format_of(p, trimmed);
        if (!format)
            return genu_fail(err, GENU_E_RANGE,
                             "figure format '%.*s' is not known, must be png, svg or pdf, or "
                             "several of them with commas between",
                             (int)(trimmed < 40 ? trimmed : 40), p);
        *formats |= format;
        p += n;
        if (!*p)
            return GENU_OK;
    }
}
