/* SPDX-License-Identifier: Apache-2.0 */
/* One event of an example, as a person writes it. */
#ifndef IKRAR_EXAMPLE_EVENT_H
#define IKRAR_EXAMPLE_EVENT_H

#include "ikrar/example.h"
#include "sheet/yaml_file.h"

struct event_text {
	char *at, *what, *unit, *campaign, *head, *pns, *pppk, *non_asn, *made;
	char *act, *happened, *source, *subject, *step, *decision, *of, *as;
	char *until, *wilayah, *reason, *rule, *object;
};
extern const struct yaml_field example_event_fields[];

struct example_reader {
	struct yaml_file *file;
	struct example *to; /* with the events so far */
	int hours;          /* of its zone */
};

/* ERR_INVALID: refused in the file. */
enum err example_event_take(const struct example_reader *reader,
    const struct event_text *text, struct example_event *to) MUST_CHECK;

#endif
