#include "sim/yaml_doc.h"
#include "tests/testlib.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static genu_err err;

static genu_status parse_n(genu_yaml **y, const char *text, size_t n)
{
    genu_problems p = genu_problems_start("study", "x.yaml", NULL, &err);
    return genu_yaml_parse(y, text, n, &p);
}

static genu_yaml *parse(const char *text)
{
    genu_yaml *y;
    CHECK_OK(parse_n(&y, text, strlen(text)), err);
    return y;
}

static void fails(const char *text, genu_status want, const char *fragment)
{
    genu_yaml *y;
    CHECK_FAILS(parse_n(&y, text, strlen(text)), want, err, fragment);
    CHECK_TRUE(y == NULL);
}

static genu_mark find(const genu_yaml *y, const char *path, int want)
{
    int found;
    genu_mark at = genu_yaml_find(y, path, &found);
    CHECK_INT(found, want);
    return at;
}

static void every_node_knows_its_place(void)
{
    genu_yaml *y = parse("# a comment\n"
                         "title: walk\n"
                         "strength:\n"
                         "  - { muscles: [a, 'b c'], steps: 13 }\n"
                         "  - muscles: [d]\n"
                         "empty:\n");
    int root = genu_yaml_root(y);
    CHECK_INT(genu_yaml_type_of(y, root), GENU_YAML_MAP);
    CHECK_INT(genu_yaml_count(y, root), 3);
    CHECK_TEXT(genu_yaml_key(y, root, 1), "strength");
    CHECK_INT(genu_yaml_type_of(y, genu_yaml_item(y, root, 1)), GENU_YAML_LIST);
    CHECK_INT(genu_yaml_count(y, genu_yaml_item(y, root, 1)), 2);
    CHECK_TEXT(genu_yaml_scalar(y, genu_yaml_item(y, root, 0)), "walk");

    CHECK_INT(find(y, "title", 1).line, 2);
    CHECK_INT(find(y, "title", 1).column, 8);
    CHECK_INT(find(y, "strength", 1).line, 3); // of its key, the value begins a line later
    CHECK_INT(find(y, "strength[0].steps", 1).line, 4);
    CHECK_INT(find(y, "strength[0].steps", 1).column, 35);
    CHECK_INT(find(y, "strength[0].muscles[1]", 1).column, 20);
    CHECK_INT(find(y, "strength[1].muscles[0]", 1).line, 5);
    CHECK_INT(find(y, "empty", 1).line, 6);
    CHECK_INT(find(y, "", 1).line, 2);
    CHECK_INT(find(y, "strength[1].steps", 0).line, 5); // of what would hold it
    CHECK_INT(find(y, "strength[7].steps", 0).line, 3);
    CHECK_INT(find(y, "title.inner", 0).line, 2);
    CHECK_INT(find(y, "nothing", 0).line, 2);
    genu_yaml_free(y);
}

static void quotes_and_blocks_are_told_apart(void)
{
    genu_yaml *y = parse("a: 75\nb: \"75\"\nc: '75'\nd: |\n  75\ne: \"\\u00e9\"\n");
    int root = genu_yaml_root(y);
    for (int i = 0; i < 5; i++)
        CHECK_INT(genu_yaml_quoted(y, genu_yaml_item(y, root, i)), i > 0);
    CHECK_TEXT(genu_yaml_scalar(y, genu_yaml_item(y, root, 4)), "\xc3\xa9");
    genu_yaml_free(y);
}

static void marks_and_line_ends_make_no_difference(void)
{
    static const char *const same[] = { "a: 1\nb: [2, 3]\n",
                                        "\xef\xbb\xbf"
                                        "a: 1\nb: [2, 3]\n",
                                        "a: 1\r\nb: [2, 3]\r\n",
                                        "a: 1\nb: [2, 3]",
                                        "---\na: 1\nb: [2, 3]\n...\n",
                                        "%YAML 1.1\n---\na: 1\nb: [2, 3]\n" };
    for (int i = 0; i < 6; i++) {
        genu_yaml *y = parse(same[i]);
        int root = genu_yaml_root(y);
        CHECK_TEXT(genu_yaml_scalar(y, genu_yaml_item(y, root, 0)), "1");
        CHECK_INT(genu_yaml_count(y, genu_yaml_item(y, root, 1)), 2);
        CHECK_INT(find(y, "b", 1).line, i < 4 ? 2 : i == 4 ? 3 : 4);
        CHECK_TRUE(genu_yaml_text(y)[0] == same[i][i == 1 ? 3 : 0]);
        genu_yaml_free(y);
    }
}

static void aliases_are_followed(void)
{
    genu_yaml *y = parse("a: &side right\nb: *side\nc: &l [1, 2]\nd: *l\n");
    int root = genu_yaml_root(y);
    CHECK_TEXT(genu_yaml_scalar(y, genu_yaml_item(y, root, 1)), "right");
    CHECK_INT(genu_yaml_item(y, root, 3), genu_yaml_item(y, root, 2));
    genu_yaml_free(y);

    y = parse("a: &loop [*loop]\n"); // legal, and no reader of ours follows it without end
    CHECK_INT(find(y, "a[0][0][0]", 1).line, 1);
    genu_yaml_free(y);
}

static void syntax_errors_say_where_and_what(void)
{
    fails("a: 1\nb: {c: 1\nd: 2\n", GENU_E_FORMAT, "study 'x.yaml', line 3: is not YAML: did not");
    fails("a: 1\nb: {c: 1\nd: 2\n", GENU_E_FORMAT, "a flow mapping that began in line 2");
    fails("a:\n\tb: 1\n", GENU_E_FORMAT, "line 2");
    fails("a:\n\tb: 1\n", GENU_E_FORMAT, "indent with blanks, not with tabs");
    fails("a: walk: level\n", GENU_E_FORMAT, "text with a colon and a blank in it must stand in");
    fails("a: @b\n", GENU_E_FORMAT, "text that begins with a sign must stand in quotes");
    fails("  a: 1\nb: 2\n", GENU_E_FORMAT, "is the indentation the same");
    fails("a: 1\nb\n", GENU_E_FORMAT, "a key is followed by a colon and a blank");
    fails("a: 'x\n", GENU_E_FORMAT, "unexpected end of stream");
    fails("a: *x\n", GENU_E_FORMAT, "found undefined alias");
    fails("a: 1\nb: caf\xe9\n", GENU_E_FORMAT, "line 2: is not text in UTF-8");
    fails("\x89HDF\r\n", GENU_E_FORMAT, "is not text in UTF-8");
    fails("%YAML 3.0\n---\na: 1\n", GENU_E_FORMAT, "incompatible YAML document");
}

static void what_we_do_not_read_is_refused(void)
{
    genu_yaml *y;
    fails("", GENU_E_FORMAT, "study 'x.yaml': is empty");
    fails("# only a comment\n\n", GENU_E_FORMAT, "is empty");
    fails("a: 1\n---\nb: 2\n", GENU_E_FORMAT, "line 2: a second document begins here");
    fails("a: 1\nb: !!int 5\n", GENU_E_FORMAT, "line 2: the tag 'tag:yaml.org,2002:int'");
    fails("a: !secret x\n", GENU_E_FORMAT, "the tag '!secret' is not understood");
    fails("a: !!map {b: 1}\n", GENU_E_FORMAT, "the tag");
    fails("a: !!seq [b]\n", GENU_E_FORMAT, "the tag");
    fails("a: &x {b: 1}\nc: { <<: *x }\n", GENU_E_FORMAT, "line 2: merge keys");
    fails("a: 1\nb: 2\na: 3\n", GENU_E_FORMAT,
          "line 3: key 'a' appears twice, the first time in line 1");
    fails("a: 1\n\"a\": 3\n", GENU_E_FORMAT, "key 'a' appears twice");
    fails("? [a, b]\n: 1\n", GENU_E_FORMAT, "a key must be a plain name");
    fails("\"\": 1\n", GENU_E_FORMAT, "a key must be a plain name");
    CHECK_FAILS(parse_n(&y, "a: b\0c\n", 7), GENU_E_FORMAT, err, "control characters");
    CHECK_FAILS(parse_n(&y,
                        "\xff\xfe"
                        "a\0:\0",
                        6),
                GENU_E_FORMAT, err, "is text in UTF-16; save it as UTF-8");
}

static char *many(const char *head, const char *piece, int n, const char *tail)
{
    size_t length = strlen(piece);
    char *text = malloc(strlen(head) + length * (size_t)n + strlen(tail) + 1), *end;
    end = stpcpy(text, head);
    for (int i = 0; i < n; i++)
        end = stpcpy(end, piece);
    strcpy(end, tail);
    return text;
}

static void hostile_files_end_soon(void)
{
    char *text = many("a: ", "[", 900000, "\n");
    fails(text, GENU_E_RANGE, "lists and maps are nested more than 16 deep");
    free(text);
    text = many("a: ", "{b: ", 200000, "\n");
    fails(text, GENU_E_RANGE, "nested more than 16 deep");
    free(text);
    text = many("", "- ", 400000, "\n");
    fails(text, GENU_E_RANGE, "nested more than 16 deep");
    free(text);
    text = many("a: ", "x", 2000000, "\n");
    fails(text, GENU_E_RANGE, "has 2000004 bytes, must be at most 1048576");
    free(text);
    text = many("a: [", "b, ", 300000, "c]\n"); // long and legal
    genu_yaml *y = parse(text);
    CHECK_INT(genu_yaml_count(y, genu_yaml_item(y, 1, 0)), 300001);
    genu_yaml_free(y);
    free(text);

    // every key once: too many
    char *end = text = malloc(100000);
    for (int i = 0; i < 2001; i++)
        end += sprintf(end, "k%d: 1\n", i);
    fails(text, GENU_E_RANGE, "a map has 2001 keys, must be at most 2000");
    free(text);
}

static genu_status read_path(const char *path)
{
    genu_yaml *y;
    genu_problems p = genu_problems_start("task", path, NULL, &err);
    genu_status s = genu_yaml_read(&y, &p);
    CHECK_TRUE((y == NULL) == (s != GENU_OK));
    genu_yaml_free(y);
    return s;
}

static void files_are_read_or_refused(void)
{
    char path[1200];
    snprintf(path, sizeof path, "%s/good.yaml", test_folder());
    FILE *f = fopen(path, "w");
    fputs("a: 1\n", f);
    fclose(f);
    CHECK_OK(read_path(path), err);
    CHECK_FAILS(read_path("absent.yaml"), GENU_E_IO, err,
                "task 'absent.yaml': cannot be read: No such file or directory");
    CHECK_FAILS(read_path(test_folder()), GENU_E_IO, err, "is a folder, must be a file");
    CHECK_FAILS(read_path("/dev/null"), GENU_E_IO, err, "is a device or pipe, must be a file");

    // root may read everything, so it becomes nobody meanwhile
    int root = geteuid() == 0;
    CHECK_INT(chmod(path, 0), 0);
    CHECK_INT(root ? seteuid(65534) : 0, 0);
    CHECK_FAILS(read_path(path), GENU_E_IO, err, "cannot be read: Permission denied");
    CHECK_INT(root ? seteuid(0) : 0, 0);
    CHECK_INT(chmod(path, 0600), 0);
    f = fopen(path, "w");
    for (int i = 0; i < 1200000; i++)
        fputc('#', f);
    fclose(f);
    CHECK_FAILS(read_path(path), GENU_E_RANGE, err, "has 1200000 bytes, must be at most 1048576");
}

static void all_problems_are_collected(void)
{
    genu_notes notes = { 0 };
    genu_problems p = genu_problems_start("study", "x.yaml", &notes, &err);
    genu_yaml *y;
    const char *text = "a: !x 1\nb: !y 2\n";
    CHECK_FAILS(genu_yaml_parse(&y, text, strlen(text), &p), GENU_E_FORMAT, err, "'!x'");
    CHECK_INT(notes.n, 2);
    CHECK_INT(notes.note[1].line, 2);
    CHECK_INT(notes.note[1].severity, GENU_ERROR);
    CHECK_TRUE(strstr(notes.note[1].text, "'!y'") != NULL);
    CHECK_TRUE(strstr(notes.note[1].text, "(column 4)") != NULL);
    genu_notes_clear(&notes);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(every_node_knows_its_place),
        TEST(quotes_and_blocks_are_told_apart),
        TEST(marks_and_line_ends_make_no_difference),
        TEST(aliases_are_followed),
        TEST(syntax_errors_say_where_and_what),
        TEST(what_we_do_not_read_is_refused),
        TEST(hostile_files_end_soon),
        TEST(files_are_read_or_refused),
        TEST(all_problems_are_collected),
        CU_TEST_INFO_NULL,
    };
    return test_main("yaml_doc", tests, argc, argv);
}
