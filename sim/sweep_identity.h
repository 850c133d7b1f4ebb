/* sweep_identity.h - what makes two sweeps the same: study, model, movement, build, instructions.
 *
 * Method:     SHA-256 of the study's text and of the model file; a checksum of all that the
 *             scenarios share (which stands for motion, loads, task and whatever made the frames);
 *             the linker's build id (a note in the program, from its contents) beside the version
 * Depends on: sim/trial.h, sim/parts.h
 * Thread use: no shared state
 */
#ifndef GENU_SIM_SWEEP_IDENTITY_H
#define GENU_SIM_SWEEP_IDENTITY_H

#include "sim/parts.h"
#include "sim/results.h"
#include "sim/trial.h"

void genu_identity_of(genu_identity *id, const genu_trial *t);

/** From the attributes of a results file; empty texts where these are missing. */
void genu_identity_read(genu_identity *id, genu_results *r);

#endif
