/* operations.c — alive, ready, what is counted, which version, the API's description. */
#include "base/metrics.h"
#include "bridge/asker.h"
#include "bridge/calls.h"
#include "bridge/connections.h"
#include "bridge/lookup.h"
#include "bridge/metering.h"
#include "bridge/queries.h"
#include <string.h>

#define READY_US_MAX      (2 * INT64_C(1000000))
#define METRICS_BYTES_MAX (512 * 1024)

/* openapi.S */
extern const char openapi_yaml[], openapi_yaml_end[];

void
call_health(struct request *request)
{
    static const char alive[] = "{\"status\":\"ok\"}";

    request_answer(request, MHD_HTTP_OK, "application/json", alive, sizeof alive - 1);
}

void
call_version(struct request *request)
{
    struct json_writer json;

    json_writer_init(&json, request->arena, 128);
    json_begin_object(&json);
    json_name(&json, "name");
    json_text(&json, "jumun-bridge");
    json_name(&json, "version");
    json_text(&json, JUMUN_VERSION);
    json_name(&json, "api");
    json_text(&json, "v1");
    json_name(&json, "libmicrohttpd");
    json_text(&json, MHD_get_version());
    json_end_object(&json);
    request_answer_json(request, MHD_HTTP_OK, &json);
}

void
call_openapi(struct request *request)
{
    request_answer(request, MHD_HTTP_OK, "application/yaml", openapi_yaml,
                   (size_t)(openapi_yaml_end - openapi_yaml));
}

void
call_metrics(struct request *request)
{
    char *text = arena_take_raw(request->arena, METRICS_BYTES_MAX);
    FILE *out = fmemopen(text, METRICS_BYTES_MAX, "w");
    long bytes;

    metering_sample(request->bridge);
    metrics_write(out);
    fflush(out);
    bytes = ftell(out);
    fclose(out);
    request_answer(request, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", text,
                   (size_t)bytes);
}

/* ---- readiness ------------------------------------------------------------------------------- */

struct readiness {
    struct request *request;
    struct ask ask;
    bool broker_said, broker_ok;
    bool read_model_said, read_model_ok;
};

static void
decide(struct request *request)
{
    static const char ready[] = "{\"ready\":true,\"broker\":true,\"read_model\":true}";
    const struct readiness *readiness = request->state;
    char reason[PROBLEM_DETAIL_BYTES];

    if (request_is_over(request))
        return;
    readmodel_reason(request->bridge->readmodel, reason, sizeof reason);
    if (readiness->broker_ok && readiness->read_model_ok)
        request_answer(request, MHD_HTTP_OK, "application/json", ready, sizeof ready - 1);
    else if (!readiness->broker_ok)
        request_refuse_with(request, PROBLEM_BROKER_UNAVAILABLE, "The broker does not answer%s",
                            readiness->read_model_ok ? "" : ", nor does the read model");
    else
        request_refuse_with(request, PROBLEM_READ_MODEL_UNAVAILABLE,
                            "Orders are accepted, but nothing can be shown: %s", reason);
}

static void
decide_when_both_said(struct readiness *readiness)
{
    if (readiness->broker_said && readiness->read_model_said)
        decide(readiness->request);
    request_release(readiness->request);
}

static void
on_broker(struct ask *ask)
{
    struct readiness *readiness = ask->owner;

    readiness->broker_said = true;
    readiness->broker_ok = ask->ok;
    decide_when_both_said(readiness);
}

static void
on_read_model(struct job *job)
{
    struct readiness *readiness = job->owner;

    readiness->read_model_said = true;
    readiness->read_model_ok = job->ok;
    job_free(job);
    decide_when_both_said(readiness);
}

void
call_ready(struct request *request)
{
    struct readiness *readiness = arena_take(request->arena, sizeof *readiness);

    readiness->request = request;
    readiness->ask = (struct ask){ .done = on_broker, .owner = readiness };
    request->state = readiness;
    request_set_deadline(request, READY_US_MAX, decide);
    request_hold(request);
    asker_ask(request->bridge, &readiness->ask);
    request_hold(request);
    job_submit(job_new(request->bridge, QUERY_POSITIONS, 3, on_read_model, readiness));
}
