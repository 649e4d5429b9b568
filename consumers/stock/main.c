/* jumun-stock: see stock.h */
#include "runtime/service_main.h"
#include "stock/stock.h"

int
main(int argc, char **argv)
{
    return service_main(&stock_service, argc, argv);
}
