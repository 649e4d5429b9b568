/* jumun-timeline: see timeline.h */
#include "runtime/service_main.h"
#include "timeline/timeline.h"

int
main(int argc, char **argv)
{
    return service_main(&timeline_service, argc, argv);
}
