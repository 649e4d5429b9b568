/* jumun-coupon: see coupon.h */
#include "runtime/service_main.h"
#include "coupon/coupon.h"

int
main(int argc, char **argv)
{
    return service_main(&coupon_service, argc, argv);
}
