/* json_text_rules.h — what texts may be.  Internal to the shape reader.
 *
 * White space  the Unicode property White_Space, U+3000 (the ideographic space) included.
 * Threads      any. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* Only [A-Za-z0-9._:-]; length is not looked at. */
bool text_is_id(const char *text, size_t bytes);
/* Empty or all white space; the text is valid UTF-8. */
bool text_is_blank(const char *text, size_t bytes);
/* Digits, with or without a minus. */
bool text_is_whole_number(const char *text, size_t bytes);
