#include "sim/version_text.h"

#include "solvers/sharing.h"
#include "version.h"

#include <cairo.h>
#include <gsl/gsl_version.h>
#include <hdf5.h>
#include <libxml/xmlversion.h>
#include <yaml.h>

void genu_version_print(FILE *to)
{
    unsigned major = 0, minor = 0, patch = 0;
    H5get_libversion(&major, &minor, &patch);
    fprintf(to, "genu %s, commit %s\n", GENU_VERSION, GENU_COMMIT);
    fprintf(to, "built with %s, %s\n", GENU_COMPILER, GENU_BUILD_TYPE);
    fprintf(to, "HDF5 %u.%u.%u, libxml2 %s, libyaml %s, GSL %s, cairo %s\n", major, minor, patch,
            LIBXML_DOTTED_VERSION, yaml_get_version_string(), gsl_version, cairo_version_string());
    genu_sharing *w;
    if (genu_sharing_new(&w, 1, 1, 1, NULL, NULL) == GENU_OK) {
        fprintf(to, "vector instructions: %s\n", genu_sharing_level_name(genu_sharing_level_of(w)));
        genu_sharing_free(w);
    }
}
