/* jumun-coupon: see coupon.h */
#include "coupon/coupon.h"
#include "runtime/service_main.h"

int
main(int argc, char **argv)
{
    return service_main(&coupon_service, argc, argv);
}
