/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/counters.h"

#include <stddef.h>

const char *const counter_names[] = {
#define COUNTER_NAME(name, word) word,
    COUNTER_TABLE(COUNTER_NAME)
#undef COUNTER_NAME
#define COUNTER_NAME(name, word, batch, id, en) "reject_" word,
	REJECT_TABLE(COUNTER_NAME)
#undef COUNTER_NAME
	    NULL,
};
