#include "sim/digest.h"
#include "tests/testlib.h"

#include <stdlib.h>
#include <string.h>

static const char *digest_of(const void *data, size_t n)
{
    static char hex[GENU_DIGEST_SIZE];
    genu_digest(data, n, hex);
    return hex;
}

// FIPS 180-2 appendix B and NIST's example values for SHA-256
static void gives_published_values(void)
{
    const char *two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    CHECK_TEXT(digest_of("abc", 3),
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK_TEXT(digest_of(two, strlen(two)),
               "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK_TEXT(digest_of(NULL, 0),
               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    char *million = malloc(1000000);
    CU_ASSERT_FATAL(million != NULL);
    memset(million, 'a', 1000000);
    CHECK_TEXT(digest_of(million, 1000000),
               "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(million);
}

// lengths at which the padding changes its number of blocks; digests by coreutils' sha256sum
static void pads_at_every_length(void)
{
    char text[120];
    memset(text, 'a', sizeof text);
    CHECK_TEXT(digest_of(text, 55),
               "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
    CHECK_TEXT(digest_of(text, 56),
               "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a");
    CHECK_TEXT(digest_of(text, 63),
               "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34");
    CHECK_TEXT(digest_of(text, 64),
               "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
    CHECK_TEXT(digest_of(text, 119),
               "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb");
    CHECK_TEXT(digest_of(text, 120),
               "2f3d335432c70b580af0e8e1b3674a7c020d683aa5f73aaaedfdc55af904c21c");
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        TEST(gives_published_values),
        TEST(pads_at_every_length),
        CU_TEST_INFO_NULL,
    };
    return test_main("digest", tests, argc, argv);
}
