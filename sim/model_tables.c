/* model_tables.c - names and mirror images; the model as a whole. */
#include "sim/model_tables_private.h"

#include "sim/file.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

genu_status table_no_memory(const table_builder *b)
{
    return genu_fail(b->err, GENU_E_MEMORY, "out of memory for the model of '%s'", b->folder);
}

/* Where the letter of the side stands; NULL: the name is of no side. */
static const char *side_letter(const char *name, int marker)
{
    if (marker)
        return *name == 'R' ? name : NULL;
    const char *inside = strstr(name, "_r_");
    size_t n = strlen(name);
    if (n > 2 && !strcmp(name + n - 2, "_r"))
        return name + n - 1;
    return inside ? inside + 1 : NULL;
}

table_twin *table_twins(const genu_csv *t, int marker, int *n)
{
    *n = 0;
    table_twin *twin = calloc(2 * (size_t)t->n_row + 1, sizeof *twin);
    for (int i = 0, end; twin && i < t->n_row; i = end) {
        int sided = side_letter(genu_csv_text(t, i, 0), marker) != NULL;
        for (end = i + 1; end < t->n_row; end++)
            if (sided != (side_letter(genu_csv_text(t, end, 0), marker) != NULL))
                break;
        for (int left = 0; left <= sided; left++)
            for (int row = i; row < end; row++)
                twin[(*n)++] = (table_twin){ row, left };
    }
    return twin;
}

static genu_status copy_name(const table_builder *b, const genu_csv *t, table_twin i, int col,
                             int marker, char name[TABLE_NAME])
{
    const char *text = genu_csv_text(t, i.row, col);
    if (strlen(text) >= TABLE_NAME)
        return genu_csv_fail(t, i.row, GENU_E_FORMAT, b->err,
                             "the name '%.40s...' is longer than %d letters", text, TABLE_NAME - 1);
    strcpy(name, text);
    const char *letter = side_letter(text, marker);
    if (i.left && letter)
        name[letter - text] = marker ? 'L' : 'l';
    return GENU_OK;
}

genu_status table_name(const table_builder *b, const genu_csv *t, table_twin i, int col,
                       char name[TABLE_NAME])
{
    return copy_name(b, t, i, col, 0, name);
}

genu_status table_own_name(const table_builder *b, const genu_csv *t, table_twin i, int col,
                           char **name)
{
    char text[TABLE_NAME];
    int marker = !strcmp(t->column[0], "marker");
    genu_status s = copy_name(b, t, i, col, marker, text);
    if (s == GENU_OK && !*text)
        s = genu_csv_fail(t, i.row, GENU_E_FORMAT, b->err, "%s has no name", t->column[col]);
    if (s == GENU_OK && !(*name = genu_strdup(text)))
        s = table_no_memory(b);
    return s;
}

genu_status table_place(const table_builder *b, const genu_csv *t, table_twin i, int col, v3 *p)
{
    double x[3];
    genu_status s = genu_csv_numbers(t, i.row, col, 3, x, b->err);
    if (s == GENU_OK)
        *p = (v3){ x[0], x[1], i.left ? 0 - x[2] : x[2] }; // 0 - 0 is 0, not -0
    return s;
}

genu_status table_frame(const table_builder *b, const genu_csv *t, table_twin i, int col, xform *X)
{
    double x[6];
    genu_status s = genu_csv_numbers(t, i.row, col, 6, x, b->err);
    if (s != GENU_OK)
        return s;
    *X = (xform){ m3_xyz((v3){ x[3], x[4], x[5] }), { x[0], x[1], x[2] } };
    if (i.left) {
        X->R = m3_xyz((v3){ 0 - x[3], 0 - x[4], x[5] });
        X->p.z = 0 - x[2];
    }
    return GENU_OK;
}

genu_status table_body(const table_builder *b, const genu_csv *t, table_twin i, int col, int *body)
{
    char name[TABLE_NAME];
    genu_status s = table_name(b, t, i, col, name);
    if (s != GENU_OK)
        return s;
    *body = genu_find_body(b->m, name);
    return *body >= 0
               ? GENU_OK
               : genu_csv_fail(t, i.row, GENU_E_FORMAT, b->err, "there is no body '%s'", name);
}

genu_status table_mass(const table_builder *b, const genu_csv *t, table_twin i, int col,
                       genu_body *body)
{
    double x[10];
    genu_status s = genu_csv_numbers(t, i.row, col, 10, x, b->err);
    if (s != GENU_OK)
        return s;
    if (i.left)
        for (int k = 0; k < 3; k++) {
            static const int flip[3] = { 3, 8, 9 }; // com_z, ixz, iyz
            x[flip[k]] = 0 - x[flip[k]];
        }
    body->mass = x[0];
    body->mass_center = (v3){ x[1], x[2], x[3] };
    body->inertia = (m3){ { { x[4], x[7], x[8] }, { x[7], x[5], x[9] }, { x[8], x[9], x[6] } } };
    return GENU_OK;
}

/* Credits and height; the mass is checked where the bodies are. */
static genu_status build_header(const table_builder *b, const genu_csv *t, double *mass)
{
    genu_status s = GENU_OK;
    double gravity = 0;
    const struct {
        const char *name;
        double *to;
    } value[] = { { "mass", mass }, { "height", &b->m->height }, { "gravity", &gravity } };
    for (size_t k = 0; k < sizeof value / sizeof *value && s == GENU_OK; k++) {
        int row = genu_csv_find(t, value[k].name);
        s = row < 0
                ? genu_fail(b->err, GENU_E_FORMAT, "'%s': '%s' is missing", t->path, value[k].name)
                : genu_csv_numbers(t, row, 1, 1, value[k].to, b->err);
    }
    b->m->gravity = (v3){ 0, -gravity, 0 };
    b->m->file_version = 40000;
    char *path = NULL, *text = NULL;
    size_t n = 0;
    if (s == GENU_OK && asprintf(&path, "%s/credits.txt", b->folder) < 0) {
        path = NULL;
        s = table_no_memory(b);
    }
    if (s == GENU_OK)
        s = genu_file_read(path, &text, &n, b->err);
    for (; text && n && isspace((unsigned char)text[n - 1]); n--)
        text[n - 1] = '\0';
    free(path);
    b->m->credits = text;
    return s;
}

static genu_status build_name(const table_builder *b)
{
    const char *end = b->folder + strlen(b->folder);
    while (end > b->folder && end[-1] == '/')
        end--;
    const char *start = end;
    while (start > b->folder && start[-1] != '/')
        start--;
    free(b->m->name);
    b->m->name = strndup(start, (size_t)(end - start));
    return b->m->name ? GENU_OK : table_no_memory(b);
}

static genu_status build_all(const table_builder *b)
{
    genu_csv t;
    double stated = 0;
    genu_status s = genu_csv_read(&t, b->folder, "model.csv", "name,value,unit", b->err);
    if (s != GENU_OK)
        return s;
    s = build_header(b, &t, &stated);
    genu_csv_free(&t);
    if (s == GENU_OK)
        s = build_name(b);
    if (s == GENU_OK)
        s = table_build_skeleton(b);
    if (s == GENU_OK)
        s = table_build_muscles(b);
    double mass = genu_model_mass(b->m);
    if (s == GENU_OK && !(mass - stated < 1e-6 && stated - mass < 1e-6)) // stated to 1 g
        s = genu_fail(b->err, GENU_E_RANGE,
                      "'%s': the bodies' masses sum to %.9g kg, model.csv says %.9g kg", b->folder,
                      mass, stated);
    if (s == GENU_OK)
        s = genu_model_validate(b->m, b->notes, b->err);
    if (s == GENU_OK)
        genu_notes_add(b->notes, GENU_NOTE, 0, "model '%s': %d bodies, %d muscles, %.4g kg, %.4g m",
                       b->m->name, b->m->n_body - 1, b->m->n_muscle, mass, b->m->height);
    return s;
}

genu_status genu_model_build(const char *folder, genu_model **m, genu_notes *notes, genu_err *err)
{
    *m = NULL;
    table_builder b = { folder, genu_model_new(), notes, err };
    genu_status s = b.m ? build_all(&b) : table_no_memory(&b);
    if (s == GENU_OK)
        *m = b.m;
    else
        genu_model_free(b.m);
    return s;
}
