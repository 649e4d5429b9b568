/* cancel.h — the operator's cancel: the order is cancelled and compensated, and it is kept who asked and why.
 *
 * Asks     CancelRequested with reason OPERATOR, published by this program: no bridge is needed, and no database.
 *          Whose order it is, is looked up in the read model, else in the topics.
 * Decides  the service order, as ever: what is refused here is what can never be cancelled any more.
 * Codes    already_paid, already_cancelled, wrong_step, order_not_found (as the bridge's, see cli_refuse).
 * Threads  none.
 * Source   contract.md section 2, CancelRequested. */
#pragma once
#include "cli/cli.h"

enum cli_status cancel_as_operator(struct cli *cli, const struct args *args, int64_t wait_s);
