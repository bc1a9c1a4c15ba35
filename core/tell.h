/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a command of an admin or an inspectorate did nothing and how to mend it,
 * on standard error: one sentence in Indonesian, then the same in English. Both
 * take the same arguments. What is not printable in them becomes a question
 * mark.
 */
#ifndef CORE_TELL_H
#define CORE_TELL_H

void tell(const char *id, const char *en, ...)
    __attribute__((format(printf, 1, 3), format(printf, 2, 3)));

#endif
