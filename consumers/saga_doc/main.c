/* jumun-saga-doc: prints docs/saga.md, or with --check FILE says whether FILE is it.
 *
 * Status   0 printed, or the same; 1 the tables disagree with the choreography, or FILE is another; 2 bad usage. */
#include "base/arena.h"
#include "saga_doc/saga_doc.h"
#include <stdbool.h>
#include <string.h>

static int
check_file(const char *path)
{
    char *page = NULL;
    size_t page_bytes = 0;
    FILE *memory = open_memstream(&page, &page_bytes);
    saga_doc_print(memory);
    fclose(memory);

    FILE *file = fopen(path, "r");
    if (file == NULL) {
        fprintf(stderr, "jumun-saga-doc: cannot read %s\n", path);
        return 1;
    }
    char *text = memory_new(page_bytes + 2);
    size_t text_bytes = fread(text, 1, page_bytes + 1, file);
    fclose(file);
    bool same = text_bytes == page_bytes && memcmp(text, page, page_bytes) == 0;
    if (!same)
        fprintf(stderr, "%s is not what the tables say: run jumun-saga-doc > %s\n", path, path);
    memory_free(text);
    memory_free(page);
    return same ? 0 : 1;
}

int
main(int argc, char **argv)
{
    if (argc != 1 && !(argc == 3 && strcmp(argv[1], "--check") == 0)) {
        fprintf(stderr, "usage: jumun-saga-doc [--check FILE]\n");
        return 2;
    }
    if (saga_doc_check(stderr) > 0)
        return 1;
    if (argc == 3)
        return check_file(argv[2]);
    saga_doc_print(stdout);
    return 0;
}
