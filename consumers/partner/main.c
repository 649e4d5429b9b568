/* jumun-partner: see partner.h */
#include "partner/partner.h"
#include "runtime/service_main.h"

int
main(int argc, char **argv)
{
    return service_main(&partner_service, argc, argv);
}
