/* test_view.c — rows of a batch in memory: found, fresh, changed, and never invented. */
#include "example.h"
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static struct arena *arena;
static struct view view;
static struct keys keys;

static void
setup(void)
{
    arena = arena_new(1 << 16);
    view_init(&view, &example_service, arena, (struct domain_settings){ 0 });
    keys_init(&keys, &example_service, arena);
}

static void
teardown(void)
{
    arena_free(arena);
}

TestSuite(view, .init = setup, .fini = teardown);

static void
store_has(const char *box_id, int64_t content, int64_t version)
{
    struct row *row = view_add_row(&view, ROW_BOX, version);
    struct box *box = row->data;
    snprintf(box->box_id, sizeof box->box_id, "%s", box_id);
    box->content = content;
    view_loaded(&view, ROW_BOX, row);
}

static struct box *
box(const char *box_id)
{
    return view_row(&view, ROW_BOX, box_id);
}

static bool
changed(uint32_t position)
{
    return row_changed(&example_service.rows[ROW_BOX], &view.tables[ROW_BOX].rows[position]);
}

Test(view, gives_a_loaded_row_by_its_key)
{
    store_has("b-1", 7, 3);
    store_has("b-2", 9, 1);
    cr_assert_eq(box("b-1")->content, 7);
    cr_assert_eq(box("b-2")->content, 9);
}

Test(view, a_declared_key_that_is_not_in_the_store_is_a_fresh_row_of_zeros)
{
    keys_add(&keys, ROW_BOX, "b-1");
    view_complete(&view, &keys);
    cr_assert_str_eq(box("b-1")->box_id, "b-1");
    cr_assert_eq(box("b-1")->content, 0);
    cr_assert_eq(view.tables[ROW_BOX].rows[0].version, 0);
    cr_assert_not(changed(0));
}

Test(view, a_declared_key_that_was_loaded_stays_as_loaded)
{
    keys_add(&keys, ROW_BOX, "b-1");
    store_has("b-1", 7, 3);
    view_complete(&view, &keys);
    cr_assert_eq(view.tables[ROW_BOX].count, 1);
    cr_assert_eq(box("b-1")->content, 7);
}

Test(view, via_keys_bring_no_fresh_rows)
{
    keys_add_via(&keys, ROW_BOX, "o-1");
    view_complete(&view, &keys);
    cr_assert_eq(view.tables[ROW_BOX].count, 0);
}

Test(view, a_row_is_changed_if_and_only_if_its_bytes_are)
{
    store_has("b-1", 7, 3);
    box("b-1")->content = 8;
    cr_assert(changed(0));
    box("b-1")->content = 7;
    cr_assert_not(changed(0));
}

Test(view, a_key_is_declared_once_however_often_it_is_added)
{
    char again[] = "b-1";
    keys_add(&keys, ROW_BOX, "b-1");
    keys_add(&keys, ROW_BOX, again);
    keys_add(&keys, ROW_BOX, "b-2");
    cr_assert_eq(keys.own[ROW_BOX].count, 2);
    cr_assert_str_eq(keys.own[ROW_BOX].keys[0], "b-1");
    cr_assert_str_eq(keys.own[ROW_BOX].keys[1], "b-2");
}

Test(view, keeps_apart_thousands_of_keys_and_rows)
{
    static char names[5000][24];
    for (int i = 0; i < 5000; i++) {
        snprintf(names[i], sizeof names[i], "box-%d", i);
        keys_add(&keys, ROW_BOX, names[i]);
        if (i % 2 == 0)
            store_has(names[i], i, 1);
    }
    view_complete(&view, &keys);
    cr_assert_eq(view.tables[ROW_BOX].count, 5000);
    for (int i = 0; i < 5000; i++) {
        cr_assert_str_eq(box(names[i])->box_id, names[i]);
        cr_assert_eq(box(names[i])->content, i % 2 == 0 ? i : 0);
    }
}

Test(view, rows_stay_where_they_are_while_others_are_added)
{
    store_has("b-0", 1, 1);
    struct box *first = box("b-0");
    char name[24];
    for (int i = 1; i < 1000; i++) {
        snprintf(name, sizeof name, "b-%d", i);
        store_has(name, 1, 1);
    }
    cr_assert_eq(box("b-0"), first);
}

Test(view, asking_for_a_key_that_no_one_declared_is_a_bug, .signal = SIGABRT)
{
    store_has("b-1", 7, 3);
    box("b-2");
}

Test(view, the_same_row_loaded_twice_is_a_bug, .signal = SIGABRT)
{
    store_has("b-1", 7, 3);
    store_has("b-1", 7, 3);
}

Test(view, an_appended_row_is_always_written)
{
    struct note *note = view_append(&view, ROW_NOTE);
    cr_assert_eq(note->number, 0);
    cr_assert(row_changed(&example_service.rows[ROW_NOTE], &view.tables[ROW_NOTE].rows[0]));
}

Test(view, a_row_that_is_loaded_cannot_be_appended, .signal = SIGABRT)
{
    view_append(&view, ROW_BOX);
}
