/* main.c - the table of verbs. */
#include "sim/cli/cmd.h"

#include <fcntl.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const genu_cmd cmds[] = {
    { "check", cmd_check, "every problem in a model, motion, loads, study or results file" },
    { "run", cmd_run, "one scenario of a study" },
    { "sweep", cmd_sweep, "every scenario of a study, in parallel" },
    { "merge", cmd_merge, "the shards of a sweep, into one results file" },
    { "plot", cmd_plot, "the figures of a results file" },
    { "compare", cmd_compare, "two scenarios side by side: table and figure" },
    { "summary", cmd_summary, "how far loads spread over scenarios, and what they depend on" },
    { "show", cmd_show, "what is in a model, study or results file" },
    { "export", cmd_export, "results as .sto for OpenSim or .csv for spreadsheets" },
    { "validate", cmd_validate, "hold genu to what OpenSim computed, stage by stage" },
    { "version", cmd_version, "version, commit, compiler and libraries" },
};

enum { N_CMD = sizeof cmds / sizeof *cmds };

static void print_help(FILE *to)
{
    fputs("usage: genu VERB [OPTION...] ARGUMENT...\n\n"
          "How the load on the knee is shared between its compartments while a person moves, and\n"
          "what changes when the hip abductors are weaker or stronger.\n\n",
          to);
    for (int i = 0; i < N_CMD; i++)
        fprintf(to, "  %-9s %s\n", cmds[i].name, cmds[i].summary);
    fputs("\nexample: genu sweep data/studies/abductor_strength.yaml -o strength.h5\n"
          "         genu plot strength.h5 -o figures\n"
          "genu VERB --help (or genu help VERB) explains a verb and gives an example.\n",
          to);
}

static const genu_cmd *find(const char *name)
{
    for (int i = 0; i < N_CMD; i++)
        if (!strcmp(cmds[i].name, name))
            return &cmds[i];
    return NULL;
}

static int unknown(const char *name)
{
    const char *names[N_CMD];
    for (int i = 0; i < N_CMD; i++)
        names[i] = cmds[i].name;
    const char *nearest = genu_nearest(name, names, N_CMD);
    fprintf(stderr, "genu: unknown verb '%s'", name);
    if (nearest)
        fprintf(stderr, "; did you mean '%s'?", nearest);
    fputs("\ngenu --help lists the verbs\n", stderr);
    return GENU_EXIT_USAGE;
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return GENU_EXIT_USAGE;
    }
    const char *verb = argv[1];
    if (!strcmp(verb, "--help") || !strcmp(verb, "-h") || (!strcmp(verb, "help") && argc == 2)) {
        print_help(stdout);
        return GENU_EXIT_DONE;
    }
    if (!strcmp(verb, "--version") || !strcmp(verb, "-V"))
        return cmd_version(1, argv);
    if (!strcmp(verb, "help")) {
        // genu help VERB is genu VERB --help
        static char help[] = "--help";
        char *again[] = { argv[0], argv[2], help, NULL };
        return run(3, again);
    }
    const genu_cmd *cmd = find(verb);
    return cmd ? cmd->run(argc - 1, argv + 1) : unknown(verb);
}

/* A caller may have closed our streams: then the next file opened would take their place, and what
 * is printed would go into it. Opened for reading, /dev/null keeps writing to stdout an error. */
static void keep_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
            _exit(GENU_EXIT_FAILED);
}

/* HDF5 asks for memory chunk by chunk and gives it back: keep it, since pages that are fresh from the kernel
 * cost more than what is written into them. */
static void keep_memory(void)
{
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 32 << 20); // the most that counts
    mallopt(M_TRIM_THRESHOLD, 256 << 20);
#endif
}

int main(int argc, char **argv)
{
    keep_streams();
    keep_memory();
    signal(SIGXFSZ, SIG_IGN); // a file that may not grow is an error with a sentence
    setlocale(LC_CTYPE, "");  // names may be in any alphabet; numbers stay in the C locale
    int code = run(argc, argv);

    // a full disk or a closed pipe behind stdout is a failure, too
    if (fflush(stdout) || ferror(stdout)) {
        fputs("genu: standard output could not be written\n", stderr);
        return code ? code : GENU_EXIT_FAILED;
    }
    return code;
}
