/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a command did nothing and how to mend it, on standard error: one
 * sentence in Indonesian, then the same in English. Both take the same
 * arguments. Control characters of an argument become a question mark.
 */
#ifndef AGGREGATOR_TELL_H
#define AGGREGATOR_TELL_H

void tell(const char *id, const char *en, ...)
    __attribute__((format(printf, 1, 3), format(printf, 2, 3)));

#endif
