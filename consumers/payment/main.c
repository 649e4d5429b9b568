/* jumun-payment: see payment.h */
#include "payment/payment.h"
#include "runtime/service_main.h"

int
main(int argc, char **argv)
{
    return service_main(&payment_service, argc, argv);
}
