#include "sim/palette.h"

#include <math.h>

genu_colour genu_palette_hue(genu_hue hue)
{
    static const unsigned char RGB[GENU_N_HUE][3] = { { 0, 0, 0 },      { 230, 159, 0 },
                                                      { 86, 180, 233 }, { 0, 158, 115 },
                                                      { 240, 228, 66 }, { 0, 114, 178 },
                                                      { 213, 94, 0 },   { 204, 121, 167 } };
    return (genu_colour){ RGB[hue][0], RGB[hue][1], RGB[hue][2], 1 };
}

genu_colour genu_palette_grey(double level)
{
    unsigned char v = (unsigned char)lround(255 * fmin(fmax(level, 0), 1));
    return (genu_colour){ v, v, v, 1 };
}

genu_pen genu_palette_pen(int n, double width)
{
    // yellow is too light for a line on white
    static const struct {
        genu_hue hue;
        genu_dash dash;
    } SERIES[] = { { GENU_BLACK, GENU_SOLID },      { GENU_VERMILLION, GENU_DASHED },
                   { GENU_BLUE, GENU_DASH_DOT },    { GENU_GREEN, GENU_DOTTED },
                   { GENU_PURPLE, GENU_SOLID },     { GENU_ORANGE, GENU_DASHED },
                   { GENU_SKY_BLUE, GENU_DASH_DOT } };
    int i = n % (int)(sizeof SERIES / sizeof SERIES[0]);
    return (genu_pen){ genu_palette_hue(SERIES[i].hue), width, SERIES[i].dash };
}

// n colours at even steps of t, linear between them
static genu_colour between(int n, const unsigned char rgb[][3], double t)
{
    double at = (n - 1) * fmin(fmax(t, 0), 1), mix[3];
    int i = at < n - 2 ? (int)at : n - 2;
    for (int k = 0; k < 3; k++)
        mix[k] = rgb[i][k] + (at - i) * (rgb[i + 1][k] - rgb[i][k]);
    return (genu_colour){ (unsigned char)lround(mix[0]), (unsigned char)lround(mix[1]),
                          (unsigned char)lround(mix[2]), 1 };
}

genu_colour genu_palette_cividis(double t)
{
    static const unsigned char RGB[17][3] = {
        { 0, 34, 78 },     { 0, 46, 106 },    { 26, 56, 111 },   { 50, 67, 109 },
        { 67, 78, 108 },   { 83, 90, 109 },   { 97, 101, 111 },  { 111, 112, 115 },
        { 125, 124, 120 }, { 140, 136, 120 }, { 155, 148, 118 }, { 171, 160, 114 },
        { 188, 174, 108 }, { 205, 187, 99 },  { 222, 201, 88 },  { 240, 216, 70 },
        { 254, 232, 56 }
    };
    return between(17, RGB, t);
}

genu_colour genu_palette_viridis(double t)
{
    static const unsigned char RGB[17][3] = { { 68, 1, 84 },    { 72, 24, 106 },  { 71, 45, 123 },
                                              { 66, 64, 134 },  { 59, 82, 139 },  { 51, 99, 141 },
                                              { 44, 114, 142 }, { 38, 130, 142 }, { 33, 145, 140 },
                                              { 31, 160, 136 }, { 40, 174, 128 }, { 63, 188, 115 },
                                              { 94, 201, 98 },  { 132, 212, 75 }, { 173, 220, 48 },
                                              { 216, 226, 25 }, { 253, 231, 37 } };
    return between(17, RGB, t);
}

genu_colour genu_palette_diverging(double t)
{
    static const unsigned char RGB[11][3] = {
        { 45, 0, 75 },     { 84, 39, 136 },   { 128, 115, 172 }, { 178, 171, 210 },
        { 216, 218, 235 }, { 247, 247, 247 }, { 254, 224, 182 }, { 253, 184, 99 },
        { 224, 130, 20 },  { 179, 88, 6 },    { 127, 59, 8 }
    };
    return between(11, RGB, 0.5 * (t + 1));
}

static double linear(unsigned char v)
{
    double x = v / 255.0;
    return x <= 0.04045 ? x / 12.92 : pow((x + 0.055) / 1.055, 2.4);
}

double genu_palette_lightness(genu_colour c)
{
    // luminance of sRGB (IEC 61966-2-1), then L* (CIE 1976)
    double y = 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
    return y > 216.0 / 24389 ? 116 * cbrt(y) - 16 : y * 24389.0 / 27;
}
