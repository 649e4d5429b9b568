/* jumun-order: see order.h */
#include "order/order.h"
#include "runtime/service_main.h"

int
main(int argc, char **argv)
{
    return service_main(&order_service, argc, argv);
}
