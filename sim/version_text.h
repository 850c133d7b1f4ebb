/* version_text.h - version, commit, compiler and the libraries in use. */
#ifndef GENU_SIM_VERSION_TEXT_H
#define GENU_SIM_VERSION_TEXT_H

#include <stdio.h>

/** One fact per line. */
void genu_version_print(FILE *to);

#endif
