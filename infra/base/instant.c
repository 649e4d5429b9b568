/* instant.c — reading, writing, the clocks.  Contract: instant.h */
#include "base/instant.h"

#include <string.h>
#include <time.h>

#define US_PER_SECOND   INT64_C(1000000)
#define SECONDS_PER_DAY INT64_C(86400)
#define YEAR_MAX        9999

/* Days since 1970-01-01 in the proleptic Gregorian calendar (years start in March, eras of 400 years). */
static int64_t
days_of(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

static int64_t
days_in_month(int64_t year, int64_t month)
{
    static const int8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

struct cursor {
    const char *at, *end;
};

static bool
take_char(struct cursor *in, char wanted)
{
    if (in->at == in->end || *in->at != wanted)
        return false;
    in->at++;
    return true;
}

static bool
take_number(struct cursor *in, int digits, int64_t maximum, int64_t *out)
{
    if (in->end - in->at < digits)
        return false;
    *out = 0;
    for (int i = 0; i < digits; i++, in->at++) {
        if (*in->at < '0' || *in->at > '9')
            return false;
        *out = *out * 10 + (*in->at - '0');
    }
    return *out <= maximum;
}

static bool
take_date(struct cursor *in, int64_t *days)
{
    int64_t year, month, day;
    if (!take_number(in, 4, YEAR_MAX, &year) || !take_char(in, '-') ||
        !take_number(in, 2, 12, &month) || !take_char(in, '-') || !take_number(in, 2, 31, &day))
        return false;
    if (year < 1 || month < 1 || day < 1 || day > days_in_month(year, month))
        return false;
    *days = days_of(year, month, day);
    return true;
}

static bool
take_time(struct cursor *in, int64_t *seconds)
{
    int64_t hour, minute, second;
    if (!take_number(in, 2, 23, &hour) || !take_char(in, ':') || !take_number(in, 2, 59, &minute) ||
        !take_char(in, ':') || !take_number(in, 2, 59, &second))
        return false;
    *seconds = hour * 3600 + minute * 60 + second;
    return true;
}

/* 1–9 digits after the point; what is below a microsecond is cut off. */
static bool
take_fraction(struct cursor *in, int64_t *us)
{
    *us = 0;
    if (!take_char(in, '.'))
        return true;
    int digits = 0;
    for (; in->at < in->end && *in->at >= '0' && *in->at <= '9'; in->at++, digits++)
        if (digits < 6)
            *us = *us * 10 + (*in->at - '0');
    for (int i = digits; i < 6; i++)
        *us *= 10;
    return digits >= 1 && digits <= 9;
}

static bool
take_zone(struct cursor *in, int64_t *offset_seconds)
{
    *offset_seconds = 0;
    if (take_char(in, 'Z'))
        return true;
    bool west = take_char(in, '-');
    int64_t hours, minutes;
    if ((!west && !take_char(in, '+')) || !take_number(in, 2, 23, &hours) || !take_char(in, ':') ||
        !take_number(in, 2, 59, &minutes))
        return false;
    *offset_seconds = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
    return true;
}

/* What would be written with a year before 1 or after 9999 in UTC is refused as well. */
bool
instant_parse(const char *text, size_t text_bytes, int64_t *out_us)
{
    struct cursor in = { text, text + text_bytes };
    int64_t days, seconds, us, offset_seconds;
    if (!take_date(&in, &days) || !take_char(&in, 'T') || !take_time(&in, &seconds) ||
        !take_fraction(&in, &us) || !take_zone(&in, &offset_seconds) || in.at != in.end)
        return false;
    int64_t utc_seconds = days * SECONDS_PER_DAY + seconds - offset_seconds;
    if (utc_seconds < days_of(1, 1, 1) * SECONDS_PER_DAY ||
        utc_seconds >= days_of(YEAR_MAX + 1, 1, 1) * SECONDS_PER_DAY)
        return false;
    *out_us = utc_seconds * US_PER_SECOND + us;
    return true;
}

static void
put_number(char *out, int64_t value, int digits)
{
    for (int i = digits - 1; i >= 0; i--, value /= 10)
        out[i] = (char)('0' + value % 10);
}

static void
put_date(char *out, int64_t days)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;
    int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    put_number(out, year_of_era + era * 400 + (month <= 2), 4);
    put_number(out + 5, month, 2);
    put_number(out + 8, day_of_year - (153 * shifted_month + 2) / 5 + 1, 2);
}

/* Four digits hold the years 1 to 9999; what lies beyond is shown as their first or last millisecond. */
static int64_t
within_years(int64_t at_us)
{
    int64_t first = days_of(1, 1, 1) * SECONDS_PER_DAY * US_PER_SECOND;
    int64_t last = days_of(YEAR_MAX + 1, 1, 1) * SECONDS_PER_DAY * US_PER_SECOND - 1;
    return at_us < first ? first : at_us > last ? last : at_us;
}

void
instant_format(int64_t at_us, char out[INSTANT_TEXT_BYTES])
{
    at_us = within_years(at_us);
    int64_t ms = at_us / 1000 - (at_us % 1000 < 0);
    int64_t seconds = ms / 1000 - (ms % 1000 < 0);
    int64_t days = seconds / SECONDS_PER_DAY - (seconds % SECONDS_PER_DAY < 0);
    int64_t second_of_day = seconds - days * SECONDS_PER_DAY;
    memcpy(out, "0000-00-00T00:00:00.000Z", 25);
    put_date(out, days);
    put_number(out + 11, second_of_day / 3600, 2);
    put_number(out + 14, second_of_day / 60 % 60, 2);
    put_number(out + 17, second_of_day % 60, 2);
    put_number(out + 20, ms - seconds * 1000, 3);
}

static int64_t
clock_us(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

int64_t
instant_now_us(void)
{
    return clock_us(CLOCK_REALTIME);
}

int64_t
monotonic_now_us(void)
{
    return clock_us(CLOCK_MONOTONIC);
}
