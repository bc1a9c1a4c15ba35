/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the configuration and the contacts as the daemon would, and prints
 * each kind of message as a reader gets it, made of an invented example.
 */
#include "notifier/home.h"

#include "core/conf.h"
#include "notifier/letter.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	EXAMPLE_INDEX = 1234,
	EXAMPLE_DAY = 20047, /* 2024-11-20 */
};
static const uint64_t day_ms = 86400000;

static const struct alert_unit example_units[] = {
    {.code = "PKM-01", .name = "Puskesmas Contoh", .wilayah = "73.04.02"},
    {.code = "KEL-02", .name = "Kelurahan Contoh", .wilayah = "73.04.03"},
};
static const struct alert_unit example_removed[] = {
    {.code = "KEC-03",
	.name = "Kecamatan Contoh",
	.wilayah = "73.04.04",
	.why = "on_time"},
};

static const struct example {
	const char *title;
	enum event_kind kind;
	enum rule_kind rule;
	bool for_head;
	unsigned units, removed;
	const char *reason;
} examples[] = {
    {"belum ikrar, admin / missing pledges, admin", EVENT_ALERT_OPENED,
	RULE_UNSIGNED_UNITS_1, false, 2, 0, ""},
    {"belum ikrar, kepala daerah / missing pledges, head", EVENT_ALERT_OPENED,
	RULE_UNSIGNED_UNITS_1, true, 2, 0, ""},
    {"ralat / correction", EVENT_ALERT_CORRECTED, RULE_UNSIGNED_UNITS_1, true,
	2, 1, "on_time"},
    {"dicabut / withdrawn", EVENT_ALERT_WITHDRAWN, RULE_UNSIGNED_UNITS_1, true,
	0, 1, "on_time"},
    {"dugaan berulang / repeated allegations", EVENT_ALERT_OPENED,
	RULE_REPEAT_INCIDENTS_1, true, 1, 0, ""},
    {"naik / raised", EVENT_ALERT_RAISED, RULE_REPEAT_INCIDENTS_1, false, 1, 0,
	""},
    {"selesai / resolved", EVENT_ALERT_RESOLVED, RULE_REPEAT_INCIDENTS_1, true,
	0, 0, "reviewed"},
};

static struct verdict
example_verdict(const struct example *example)
{
	bool is_repeat = example->rule == RULE_REPEAT_INCIDENTS_1;
	struct verdict verdict = {.alert = {0x3f, 0x2a, 0x9c, 0x1b},
	    .rule = "CONTOH-BELUM",
	    .kind = example->rule,
	    .rules_version = 1,
	    .tell = example->for_head ? 2 : 1,
	    .campaign = "PILKADA2024",
	    .scope = 4,
	    .object = "73.04",
	    .object_name = "Kabupaten Jeneponto",
	    .occasion = "grace_end",
	    .opening = 1,
	    .judged_at_ms = EXAMPLE_DAY * day_ms,
	    .figures = {.expected = 450,
		.on_time = 431,
		.late = 12,
		.unsigned_known = example->units,
		.unheard = 5,
		.threshold = 1},
	    .unit_count = example->units,
	    .units = example_units,
	    .removed_count = example->removed,
	    .removed = example_removed};

	(void)text_copy(verdict.reason, sizeof verdict.reason, example->reason);
	if (!is_repeat) {
		verdict.counts = 2; /* the head has signed */
		return verdict;
	}
	(void)text_copy(verdict.rule, sizeof verdict.rule, "CONTOH-BERULANG");
	(void)text_copy(verdict.object, sizeof verdict.object, "PKM-01");
	(void)text_copy(verdict.object_name, sizeof verdict.object_name,
	    example_units[0].name);
	verdict.campaign[0] = '\0';
	verdict.scope = 1;
	verdict.figures = (struct figures){
	    .reported = 3, .verified = 1, .sources = 2, .threshold = 3};
	if (example->kind == EVENT_ALERT_RESOLVED)
		return verdict; /* an end counts nothing anew */
	verdict.window_from_day = EXAMPLE_DAY - 30;
	verdict.window_to_day = EXAMPLE_DAY;
	return verdict;
}

static void
print_text(struct templates *templates, enum contact_kind kind,
    const struct letter_input *input, const struct letter *letter)
{
	struct text_buf text = {0};

	templates_put(templates, &text, kind, input, letter);
	printf("%s", text.at);
	text_buf_clear(&text);
}

static void
print_example(const struct example *example, const char *language,
    struct templates *templates)
{
	struct verdict verdict = example_verdict(example);
	struct campaign_row campaign = {.id = "PILKADA2024",
	    .name = "Pilkada serentak 2024",
	    .due_ms = (EXAMPLE_DAY - 7) * day_ms,
	    .grace_end_ms = EXAMPLE_DAY * day_ms,
	    .lock_ms = (EXAMPLE_DAY + 14) * day_ms};
	struct seat_row seat = {.id = "kepala-73.04",
	    .wilayah = "73.04",
	    .role = verdict.tell,
	    .title = "Kantor Pj Bupati Jeneponto",
	    .zone = "WITA"};
	struct letter_input input = {.kind = example->kind,
	    .verdict = &verdict,
	    .index = EXAMPLE_INDEX,
	    .seat = &seat,
	    .term = "pj-1",
	    .campaign = verdict.campaign[0] != '\0' ? &campaign : NULL};
	struct letter letter = {0};

	if (!example->for_head)
		(void)text_copy(seat.title, sizeof seat.title, "Admin wilayah");
	(void)text_copy(seat.language, sizeof seat.language, language);
	letter_write(&letter, &input);
	printf(
	    "\n=== %s (%s)\n%s\n\n", example->title, language, letter.subject);
	print_text(templates, CONTACT_MAIL, &input, &letter);
	printf("\n--- 160 (%s)\n", language);
	print_text(templates, CONTACT_EXEC, &input, &letter);
	printf("\n");
	letter_clear(&letter);
}

static void
print_contacts(const struct contacts *contacts)
{
	unsigned counts[CONTACT_KINDS] = {0};

	for (unsigned i = 0; i < contacts->count; i++)
		counts[contacts->rows[i].kind]++;
	printf("kontak / contacts: %u (", contacts->count);
	for (unsigned i = 0; i < CONTACT_KINDS; i++)
		printf("%s%s %u", i > 0 ? ", " : "",
		    contact_kind_word((enum contact_kind)i), counts[i]);
	printf(")\n");
}

/* A program that is not there would only be found out by the first alert. */
static unsigned
check_programs(const struct contacts *contacts)
{
	unsigned bad = 0;

	for (unsigned i = 0; i < contacts->count; i++) {
		char *const *argv = contacts->rows[i].argv;

		if (argv == NULL || access(argv[0], X_OK) == 0)
			continue;
		tell("Kontak %u: program exec-nya tidak ada atau tidak dapat "
		     "dijalankan (%s).",
		    "contact %u: its exec program is missing or cannot be run "
		    "(%s)",
		    i + 1, strerror(errno));
		bad++;
	}
	return bad;
}

/* As it would be used: each broken file is told, and each example is made with
 * what is left. */
static unsigned
check_templates(const struct templates *templates)
{
	unsigned count;
	const struct template_fault *faults =
	    templates_faults(templates, &count);

	for (unsigned i = 0; i < count; i++)
		/* Of the two reasons each language prints its own. */
		tell("Templat %s: %s%.0s", "the template %s: %.0s%s",
		    faults[i].file, faults[i].id, faults[i].en);
	return count;
}

int
verb_check(const struct settings *settings)
{
	struct templates *templates;
	struct contacts contacts;
	struct routes routes;
	unsigned bad;

	if (home_routes(&routes, settings) != OK)
		return CONF_EXIT;
	if (home_links(settings) != OK ||
	    home_contacts(&contacts, settings) != OK) {
		routes_clear(&routes);
		return CONF_EXIT;
	}
	print_contacts(&contacts);
	bad = check_programs(&contacts);
	bad += routes_walk(&routes, &contacts);
	routes_clear(&routes);
	contacts_clear(&contacts);
	templates = templates_open(settings->templates);
	bad += check_templates(templates);
	for (unsigned i = 0; i < sizeof examples / sizeof examples[0]; i++) {
		print_example(&examples[i], "id", templates);
		print_example(&examples[i], "en", templates);
	}
	if (bad == 0 && templates_fallbacks(templates) > 0) {
		tell("Templat exec terlalu panjang: %" PRIu64
		     " contoh tidak muat dalam 160 huruf.",
		    "the exec template is too long: %" PRIu64
		    " examples do not fit in 160 characters",
		    templates_fallbacks(templates));
		bad++;
	}
	templates_close(templates);
	return bad == 0 ? 0 : CONF_EXIT;
}
