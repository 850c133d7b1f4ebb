#include "sim/canvas_private.h"

#include <math.h>
#include <plplotP.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 1024 };

static const double PT = 25.4 / 72;            // mm
static const double EM_PER_CHARACTER = 4. / 3; // em of the font over PLplot's character height

// PLplot's escape character is doubled; a text too long is cut at a whole character
static void escape(char *out, size_t room, const char *text)
{
    size_t k = 0;
    for (; *text && k + 6 < room; text++) {
        if (*text == '#')
            out[k++] = '#';
        out[k++] = *text;
    }
    while (k && *text && ((unsigned char)out[k - 1] & 0xC0) == 0x80)
        k--;
    out[k] = '\0';
}

static void use_font(const genu_font *font)
{
    plscol0a(1, font->colour.r, font->colour.g, font->colour.b, font->colour.alpha);
    plcol0(1);
    plsfont(PL_FCI_SANS, PL_FCI_UPRIGHT, font->bold ? PL_FCI_BOLD : PL_FCI_MEDIUM);
    // the driver's page has 72 units to the inch
    double em = font->size * PT * CANVAS_UNITS;
    plschr(em / EM_PER_CHARACTER * 25.4 / 72, 1);
}

// width of the text as the driver sets it, mm
static double measure(const char *escaped)
{
    plsc->get_string_length = 1;
    plsc->string_length = 0;
    plptex(0, 0, 1, 0, 0, escaped);
    plsc->get_string_length = 0;
    return plsc->string_length * 72 / 25.4 / CANVAS_UNITS;
}

double genu_canvas_text(genu_canvas *c, genu_font font, double x, double y, double just,
                        const char *text)
{
    (void)c;
    char escaped[TEXT_MAX];
    escape(escaped, sizeof escaped, text);
    if (!escaped[0] || !isfinite(x) || !isfinite(y))
        return 0;
    use_font(&font);
    double angle = font.angle * M_PI / 180, width = measure(escaped);
    plptex(x, y, cos(angle), sin(angle), just, escaped);
    return width;
}

double genu_canvas_text_width(genu_canvas *c, genu_font font, const char *text)
{
    (void)c;
    char escaped[TEXT_MAX];
    escape(escaped, sizeof escaped, text);
    if (!escaped[0])
        return 0;
    use_font(&font);
    return measure(escaped);
}

/* Cut whole characters from the end until the text and an ellipsis fit. */
static void cut_to_width(genu_canvas *c, genu_font font, double width, char *text, size_t room)
{
    size_t n = strlen(text);
    while (n && genu_canvas_text_width(c, font, text) > width) {
        do
            n--;
        while (n && ((unsigned char)text[n] & 0xC0) == 0x80);
        snprintf(text + n, room - n, "\xE2\x80\xA6");
    }
}

double genu_canvas_text_fit(genu_canvas *c, genu_font font, double x, double y, double just,
                            double width, const char *text)
{
    char cut[TEXT_MAX];
    double natural = genu_canvas_text_width(c, font, text);
    if (natural > width)
        font.size *= fmax(GENU_FIT, width / natural);
    snprintf(cut, sizeof cut - 4, "%s", text);
    if (natural * GENU_FIT > width)
        cut_to_width(c, font, width, cut, sizeof cut);
    return genu_canvas_text(c, font, x, y, just, cut);
}

double genu_canvas_leading(genu_font font)
{
    return 1.3 * font.size * PT;
}

/* Copy into line as many words as fit in width, at least one. Returns where the next line starts.
 */
static const char *take_line(genu_canvas *c, genu_font font, double width, const char *text,
                             char *line, size_t room)
{
    const char *end = NULL, *p = text;
    while (*p) {
        p += strspn(p, " ");
        p += strcspn(p, " ");
        size_t n = (size_t)(p - text);
        if (n >= room)
            break;
        memcpy(line, text, n);
        line[n] = '\0';
        if (end && genu_canvas_text_width(c, font, line) > width)
            break;
        end = p;
    }
    size_t n = end ? (size_t)(end - text) : room - 1;
    memcpy(line, text, n);
    line[n] = '\0';
    return text + n + strspn(text + n, " ");
}

int genu_canvas_paragraph(genu_canvas *c, genu_font font, double x, double y, double width,
                          const char *text, int draw)
{
    char line[TEXT_MAX / 2];
    int n = 0;
    while (*text) {
        text = take_line(c, font, width, text, line, sizeof line);
        if (draw)
            genu_canvas_text(c, font, x, y - (n + 0.5) * genu_canvas_leading(font), 0, line);
        n++;
    }
    return n;
}
