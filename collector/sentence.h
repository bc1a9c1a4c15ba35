/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why something was not done and how to mend it, told to a clerk: one sentence
 * in Indonesian, and the same in English. Both take the same arguments.
 * Control characters of an argument become a question mark.
 */
#ifndef COLLECTOR_SENTENCE_H
#define COLLECTOR_SENTENCE_H

enum { SENTENCE_MAX = 1024 };

struct sentence {
	char id[SENTENCE_MAX];
	char en[SENTENCE_MAX];
};

/* What is too long is cut. */
void sentence_set(struct sentence *sentence, const char *id, const char *en,
    ...) __attribute__((format(printf, 2, 4), format(printf, 3, 4)));
/* On standard error, with the program's name before it. */
void sentence_tell(const struct sentence *sentence);
/* Sets one and tells it. */
void tell(const char *id, const char *en, ...)
    __attribute__((format(printf, 1, 3), format(printf, 2, 3)));

#endif
