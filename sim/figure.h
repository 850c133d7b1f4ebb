/* figure.h - the figures of a results file, ready for a journal.
 *
 * Every figure is drawn from the file alone, and says below itself that the movement is assumed
 * unchanged and from which file, study and model it comes. What cannot be drawn is named in the
 * notes with the reason, and left out.
 *
 *   knee_load        medial and lateral force over the gait cycle, one curve per strength
 *   peak_map         largest medial force over two strengths (one strength: a curve); likewise
 *   peak1_map        the first peak,
 *   peak2_map        the second peak, and
 *   share_map        the medial share of the load
 *   muscle_forces    muscle groups around hip and knee at full and reduced strength
 *   muscle_change    which muscles take over: change of each muscle's impulse
 *   strength_indices which strength the medial peaks depend on (saltelli designs)
 *   strength_slopes  what ten percent more strength of each muscle does to the medial peaks
 *   slope_rows       the same over the gait cycle, muscle by muscle (both: output slopes)
 *   joint_moments    moments of hip, knee and ankle, with normative bands where they are given
 *
 * Depends on: sim/results.h, sim/chart.h, solvers/norm.h, models/group.h
 * Memory:     released before return, but for the lists handed back
 * Thread use: as canvas.h
 */
#ifndef GENU_SIM_FIGURE_H
#define GENU_SIM_FIGURE_H

#include "sim/canvas.h"
#include "solvers/norm.h"

typedef struct genu_figure_options {
    unsigned formats;     /* sum of genu_format                                                  */
    double dpi;           /* of PNG                              [GENU_DPI_MIN, GENU_DPI_MAX]    */
    const char *only;     /* draw this one figure; NULL: all                                     */
    double reserve_limit; /* a reserve_share above it: the muscles cannot do it       [0, 1]     */
    const genu_norms *norms; /* bands of mean and SD behind the joint moments; NULL: none */
    const char *norm_source; /* their citation for the caption; NULL: nothing is said         */
} genu_figure_options;

/** PNG at 300 dpi, all figures, no norms; reserve_limit 0.05, the share of the largest moment that
 *  Hicks et al. 2015 (doi:10.1115/1.4029304) allow. */
genu_figure_options genu_figure_defaults(void);

/* Files that were written, in order. */
typedef struct genu_files {
    char **path;
    int n;
} genu_files;

void genu_files_clear(genu_files *files);

/** Number of figures, and name and one line of help of figure i (NULL for any other i). */
int genu_figure_count(void);
const char *genu_figure_name(int i);
const char *genu_figure_summary(int i);

/** Draw the figures of a results file into a folder, as NAME_SIDE.FORMAT; earlier ones are
 *  replaced.
 *
 *  files   out: what was written, also when it fails halfway; to be cleared by genu_files_clear
 *  notes   one per figure that could not be drawn, with the reason; may be NULL
 *
 *  GENU_E_RANGE: dpi, formats or reserve_limit out of range, or an unknown figure, with the
 *  nearest one; GENU_E_IO, GENU_E_FORMAT: results not readable, folder not writable, disk full. No
 *  figure at all is no failure (the notes say why), unless `only` asked for it: GENU_E_SHAPE. */
GENU_MUST_USE genu_status genu_figures(const char *results, const char *folder,
                                       const genu_figure_options *options, genu_files *files,
                                       genu_notes *notes, genu_err *err);

/* One scenario of one file. */
typedef struct genu_figure_case {
    const char *results; /* path                                                        */
    int scenario;        /* index; -1: the one with all strengths nearest to 1          */
    const char *label;   /* in the legend; NULL: file and strengths                     */
} genu_figure_case;

/** Two scenarios over each other, and what differs (b minus a), for each side that both hold, as
 *  compare_SIDE.FORMAT. GENU_E_RANGE: no such scenario; GENU_E_SHAPE: no curves in a file, no
 *  common side; else as genu_figures. */
GENU_MUST_USE genu_status genu_figure_compare(const genu_figure_case *a, const genu_figure_case *b,
                                              const char *folder,
                                              const genu_figure_options *options, genu_files *files,
                                              genu_notes *notes, genu_err *err);

/* Moment arms of several models over a joint's angle: one panel per muscle. */
typedef struct genu_figure_arms {
    const char *title;   /* of the file                                             */
    const char *x_label; /* with its unit, as "Hip flexion (degrees)"               */
    int n_angle, n_model, n_panel;
    const double *angle;      /* n_angle, rising                                         */
    const char *const *model; /* n_model, at most 7: names                               */
    const char *const *panel; /* n_panel: names                                          */
    const double *arm;        /* n_panel x n_model x n_angle, m; NaN: not in that model  */
    const char *note;         /* what it came from; NULL: nothing                        */
} genu_figure_arms;

/** base: path without ending. GENU_E_RANGE: too many models, nothing to draw; else as genu_figures.
 */
GENU_MUST_USE genu_status genu_figure_moment_arms(const genu_figure_arms *f, const char *base,
                                                  const genu_figure_options *options,
                                                  genu_files *files, genu_err *err);

#endif
