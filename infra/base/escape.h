/* escape.h — text from outside, made safe to show.
 *
 * Shapes   escape_json: the inside of a JSON string (no quotes).  escape_terminal: for people;
 *          control characters, what is not UTF-8 and marks that turn the direction of text become
 *          \x.. or \u....
 * Cut      both stop before what does not fit, never inside a character, and end with a NUL; they
 *          return the bytes written without the NUL, and in *complete (may be NULL) whether all fit.
 * Errors   none: what is not UTF-8 becomes U+FFFD (JSON) or \x.. (terminal).
 * Threads  values only. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

size_t escape_json(const char *text, size_t bytes, char *out, size_t out_bytes, bool *complete);
size_t escape_terminal(const char *text, size_t bytes, char *out, size_t out_bytes, bool *complete);
/* What a person may have typed as one line: valid UTF-8, 1 … points_max characters, not all blank, none that
 * controls a terminal or turns the direction of text. */
bool text_is_line(const char *text, size_t bytes, size_t points_max);
/* Length of the UTF-8 character that starts at text (1–4), 0 when it is not one. */
size_t utf8_length(const char *text, size_t bytes);
