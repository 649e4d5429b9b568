/* config.h — settings from the environment, described by a table.
 *
 * Shapes   setting: one variable: type, default, meaning, limits, and where its value goes.
 *          config: a table of settings, who is asking (program, service) and for which groups.
 * Values   SETTING_INTEGER and SETTING_CHOICE (index in choices) ↔ int64_t member;
 *          every other type ↔ char[bytes] member.  Set but empty counts as unset.
 * Errors   config_load names the variable, its value (masked where secret) and what is allowed.
 * Secrets  `secret` values are never shown; passwords inside connection strings neither.
 * Threads  load at start, before other threads exist; then values only.
 * Source   contract.md section 5; the table itself is base/settings.c. */
#pragma once
#include "base/error.h"
#include <stdint.h>
#include <stdio.h>

#define SETTING_TEXT_BYTES 1024 /* the longest value, with its NUL */

enum setting_type {
    SETTING_TEXT,         /* anything printable */
    SETTING_NAME,         /* of [A-Za-z0-9._-] */
    SETTING_INTEGER,      /* min … max */
    SETTING_CHOICE,       /* one of choices */
    SETTING_ADDRESS,      /* host:port, [v6]:port */
    SETTING_ADDRESS_LIST, /* host:port,host:port… */
    SETTING_FILE,         /* a file that can be read */
    SETTING_CONNECTION,   /* libpq connection string: its passwords are masked */
};

struct setting {
    const char *name;
    enum setting_type type;
    const char *fallback; /* the default as text; NULL: none */
    const char *meaning;
    uint32_t offset, bytes;     /* of the member */
    int64_t min, max;           /* SETTING_INTEGER */
    const char *const *choices; /* SETTING_CHOICE: NULL-terminated */
    const char
        *service;    /* not NULL: only for this service (or for a program of all, service "*") */
    unsigned groups; /* a setting is used when any of its bits is asked for */
    bool secret;
};

struct config {
    const struct setting *settings;
    uint32_t count;
    const char *service; /* "stock"; "*": settings of every service; NULL: of none */
    unsigned groups;
};

/* Fills `values` (the struct that the offsets are in) from defaults and the environment. */
bool config_load(const struct config *config, void *values, struct error *err) MUST_USE;
/* name, default, meaning and allowed values of every setting in use. */
void config_print_help(const struct config *config, FILE *out);
/* One line per setting in use: name=value and where it comes from; secrets masked. */
void config_print_effective(const struct config *config, const void *values, FILE *out);
/* Calls `show` for each: name, masked value, and whether it was set. */
void config_each(const struct config *config, const void *values,
                 void (*show)(void *context, const char *name, const char *masked, bool is_set),
                 void *context);
/* Copies text with every password inside replaced by ***; cuts what does not fit. */
void config_mask(const char *text, char *out, size_t out_bytes);

/* "127.0.0.1:8080" → host and port; "[::1]:80" → "::1" and 80. False: not an address. */
bool config_split_address(const char *address, char *host, size_t host_bytes,
                          uint16_t *port) MUST_USE;
