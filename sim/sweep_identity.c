#include "sim/sweep_identity.h"

#include "sim/checksum.h"
#include "sim/digest.h"
#include "version.h"

#include <elf.h>
#include <inttypes.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

// the id in the notes of one loaded object, as hexadecimal digits
static void find_id(const char *note, size_t n, char *hex, size_t size)
{
    while (n > sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) head;
        memcpy(&head, note, sizeof head);
        size_t name = (head.n_namesz + 3u) & ~3u, text = (head.n_descsz + 3u) & ~3u;
        if (sizeof head + name + text > n)
            return;
        const unsigned char *id = (const unsigned char *)note + sizeof head + name;
        if (head.n_type == NT_GNU_BUILD_ID && !memcmp(note + sizeof head, "GNU", 4))
            for (size_t i = 0; i < head.n_descsz && 2 * i + 3 <= size; i++)
                snprintf(hex + 2 * i, 3, "%02x", id[i]);
        note += sizeof head + name + text;
        n -= sizeof head + name + text;
    }
}

enum { ID_SIZE = 48 };

// the first object is the program itself
static int first_object(struct dl_phdr_info *info, size_t size, void *hex)
{
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_NOTE)
            find_id((const char *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr),
                    info->dlpi_phdr[i].p_memsz, hex, ID_SIZE);
    return 1;
}

static void build_text(char *text, size_t size)
{
    char id[ID_SIZE] = "";
    dl_iterate_phdr(first_object, id);
    snprintf(text, size, "%s, commit %s, %s, %s%s%s", GENU_VERSION, GENU_COMMIT, GENU_COMPILER,
             GENU_BUILD_TYPE, *id ? ", id " : "", id);
}

static uint64_t add(uint64_t h, const double *x, size_t n)
{
    return genu_checksum(h, x, n * sizeof *x);
}

/* With the study's text and the model this decides every number of every scenario. */
static uint64_t frames_sum(const genu_trial *t)
{
    const genu_frames *f = t->frames;
    size_t k = (size_t)f->n_frame, c = (size_t)f->n_coord, m = (size_t)f->n_muscle;
    size_t dof = (size_t)f->n_dof, contact = (size_t)t->n_side * GENU_N_CONTACT;
    uint64_t h = add(0, t->time, k);
    h = add(h, t->ground, k * 3 * (size_t)t->n_side);
    h = add(h, f->q, k * c);
    h = add(h, f->moment, k * c);
    h = add(h, f->target, k * dof);
    h = add(h, f->active, k * m);
    h = add(h, f->passive, k * m);
    h = add(h, f->arm, k * m * dof);
    h = add(h, f->contact0, k * contact);
    return add(h, f->contact, k * contact * m);
}

void genu_identity_of(genu_identity *id, const genu_trial *t)
{
    memset(id, 0, sizeof *id);
    const char *text = genu_study_text(t->study);
    snprintf(id->vectors, sizeof id->vectors, "%s",
             genu_sharing_level_name(genu_plan_level(t->plan)));
    build_text(id->build, sizeof id->build);
    genu_digest(text, strlen(text), id->study);
    snprintf(id->model, sizeof id->model, "%s", t->model_digest);
    snprintf(id->movement, sizeof id->movement, "%016" PRIx64, frames_sum(t));
}

static void read_text(char *to, size_t size, genu_results *r, const char *name)
{
    const char *text = genu_results_attribute(r, name);
    snprintf(to, size, "%s", text ? text : "");
}

void genu_identity_read(genu_identity *id, genu_results *r)
{
    memset(id, 0, sizeof *id);
    const char *study = genu_results_attribute(r, "study");
    read_text(id->vectors, sizeof id->vectors, r, "vector_level");
    read_text(id->build, sizeof id->build, r, "program_build");
    genu_digest(study, study ? strlen(study) : 0, id->study);
    read_text(id->model, sizeof id->model, r, "model_digest");
    read_text(id->movement, sizeof id->movement, r, "movement_checksum");
}
