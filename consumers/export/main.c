/* jumun-export: see export.h */
#include "export/export.h"
#include "runtime/service_main.h"

int
main(int argc, char **argv)
{
    return service_main(&export_service, argc, argv);
}
