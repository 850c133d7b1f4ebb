/* osim_value.c - numbers, vectors and switches of the document, checked where they are read. */
#include "models/osim_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static genu_status missing_element(osim_reader *r, const xmlNode *node, const char *tag,
                                   osim_missing missing, const char *value)
{
    if (missing == OSIM_REQUIRED)
        return osim_fail(r, node, GENU_E_FORMAT, "<%s> of <%s> is missing", tag,
                         (const char *)node->name);
    if (missing == OSIM_SAY)
        osim_say_default(r, node, tag, value);
    return GENU_OK;
}

genu_status osim_numbers(osim_reader *r, const xmlNode *node, const char *tag, double **x, int *n)
{
    *x = NULL;
    *n = 0;
    const xmlNode *c = osim_child(r, node, tag);
    if (!c)
        return GENU_OK;
    xmlChar *content = xmlNodeGetContent(c);
    size_t length = content ? strlen((const char *)content) : 0;
    double *list = malloc((length / 2 + 1) * sizeof *list);
    genu_status s = content && list ? GENU_OK : osim_no_memory(r);
    const char *blanks = " \t\r\n";
    char *save = NULL, *word = s == GENU_OK ? strtok_r((char *)content, blanks, &save) : NULL;
    for (; word && s == GENU_OK; word = strtok_r(NULL, blanks, &save))
        if (!genu_parse_double(word, &list[(*n)++]))
            s = osim_fail(r, c, GENU_E_FORMAT, "<%s>: '%.40s' is not a number", tag, word);
    xmlFree(content);
    if (s == GENU_OK) {
        *x = list;
        return s;
    }
    free(list);
    *n = 0;
    return s;
}

static genu_status check_bound(osim_reader *r, const xmlNode *node, const char *tag,
                               osim_bound bound, double x)
{
    const char *must = isnan(x)                                  ? "must be a number"
                       : bound != OSIM_NUMBER && isinf(x)        ? "must be finite"
                       : bound == OSIM_POSITIVE && !(x > 0)      ? "must be > 0"
                       : bound == OSIM_NOT_NEGATIVE && !(x >= 0) ? "must be >= 0"
                                                                 : NULL;
    return must ? osim_fail(r, node, GENU_E_RANGE, "<%s> is %g, %s", tag, x, must) : GENU_OK;
}

/* n numbers exactly; *found tells whether the element is there. */
static genu_status exactly(osim_reader *r, const xmlNode *node, const char *tag, osim_bound bound,
                           int n, double *out, int *found)
{
    double *x;
    int got;
    genu_status s = osim_numbers(r, node, tag, &x, &got);
    *found = x != NULL;
    if (!x)
        return s;
    const xmlNode *c = osim_child(r, node, tag);
    if (got != n)
        s = osim_fail(r, c, GENU_E_FORMAT, "<%s> holds %d number%s, must hold %d", tag, got,
                      got == 1 ? "" : "s", n);
    for (int i = 0; i < n && s == GENU_OK; i++)
        s = check_bound(r, c, tag, bound, x[i]);
    if (s == GENU_OK)
        memcpy(out, x, (size_t)n * sizeof *out);
    free(x);
    return s;
}

genu_status osim_double(osim_reader *r, const xmlNode *node, const char *tag, osim_missing missing,
                        osim_bound bound, double *x)
{
    int found;
    genu_status s = exactly(r, node, tag, bound, 1, x, &found);
    if (s != GENU_OK || found)
        return s;
    char value[32];
    snprintf(value, sizeof value, "%g", *x);
    return missing_element(r, node, tag, missing, value);
}

genu_status osim_vector(osim_reader *r, const xmlNode *node, const char *tag, osim_missing missing,
                        int n, double *x)
{
    int found;
    genu_status s = exactly(r, node, tag, OSIM_FINITE, n, x, &found);
    if (s != GENU_OK || found)
        return s;
    char value[48] = "";
    for (int i = 0; i < n; i++) {
        size_t used = strlen(value);
        snprintf(value + used, sizeof value - used, "%s%g", i ? " " : "", x[i]);
    }
    return missing_element(r, node, tag, missing, value);
}

genu_status osim_v3(osim_reader *r, const xmlNode *node, const char *tag, osim_missing missing,
                    v3 *x)
{
    double a[3];
    v3_put(a, *x);
    genu_status s = osim_vector(r, node, tag, missing, 3, a);
    *x = v3_of(a);
    return s;
}

genu_status osim_bool(osim_reader *r, const xmlNode *node, const char *tag, osim_missing missing,
                      int *x)
{
    char text[OSIM_PATH];
    if (!osim_text(r, node, tag, text))
        return missing_element(r, node, tag, missing, *x ? "true" : "false");
    if (!strcasecmp(text, "true") || !strcmp(text, "1"))
        *x = 1;
    else if (!strcasecmp(text, "false") || !strcmp(text, "0"))
        *x = 0;
    else
        return osim_fail(r, osim_child(r, node, tag), GENU_E_FORMAT,
                         "<%s> is '%.60s', must be true or false", tag, text);
    return GENU_OK;
}
