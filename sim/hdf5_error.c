#include "sim/hdf5_error.h"

#include <hdf5.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void genu_hdf5_quiet(void)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

typedef struct reason {
    char *text;
    size_t room;
} reason;

// stops at the first entry that says something; the innermost comes first
static herr_t visit(unsigned n, const H5E_error2_t *entry, void *data)
{
    (void)n;
    reason *r = data;
    if (!entry->desc || !entry->desc[0])
        return 0;
    // a failed system call: keep only what the system said
    const char *system = strstr(entry->desc, "error message = '");
    const char *start = system ? system + strlen("error message = '") : entry->desc;
    size_t length = system ? strcspn(start, "'") : strlen(start);
    snprintf(r->text, r->room, "%.*s", (int)length, start);
    return 1;
}

void genu_hdf5_reason(char *text, size_t room)
{
    reason r = { text, room };
    snprintf(text, room, "HDF5 gives no reason");
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, visit, &r);
}

genu_status genu_hdf5_fail(genu_err *err, genu_status s, const char *fmt, ...)
{
    char place[200], text[240];
    genu_hdf5_reason(text, sizeof text);
    va_list args;
    va_start(args, fmt);
    vsnprintf(place, sizeof place, fmt, args);
    va_end(args);
    genu_fail(err, s, "%s", text);
    return genu_fail_in(err, s, "%s", place);
}
