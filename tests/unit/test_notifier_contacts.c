/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/contacts.h"

#include "tests/support/temp_dir.h"

#include <sys/stat.h>

#include <criterion/criterion.h>

/* The file's whole text; `why` is what the loader says of it. */
static enum err
load(struct contacts *contacts, const char *text, unsigned mode,
    struct contact_why *why)
{
	char *dir = temp_dir_make();
	char *path = temp_dir_path(dir, "contacts.yaml");
	enum err err;

	temp_dir_write(dir, "contacts.yaml", text);
	CHECK(chmod(path, mode) == 0);
	err = contacts_load(contacts, path, why);
	free(path);
	temp_dir_remove(dir);
	return err;
}

static const char good[] =
    "contacts:\n"
    "  - seat: kepala-73.04\n"
    "    channel: mail\n"
    "    mail: kantor@contoh.go.id\n"
    "  - {seat: kepala-73.04, term: pj-2, channel: mail,"
    " mail: pj2@contoh.go.id}\n"
    "  - seat: kepala-73.04\n"
    "    channel: webhook\n"
    "    url: https://contoh.go.id/pintu?kunci=1\n"
    "    secret: whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz\n";

Test(notifier_contacts, finds_the_entry_of_the_term_before_that_of_the_seat)
{
	struct contact_why why;
	struct contacts contacts;
	const struct contact *found;

	cr_assert_eq(load(&contacts, good, 0600, &why), OK, "%s", why.en);
	cr_assert_eq(contacts.count, 3);
	found = contacts_find(&contacts, "kepala-73.04", "pj-2", "mail");
	cr_assert_str_eq(found->address, "pj2@contoh.go.id");
	found = contacts_find(&contacts, "kepala-73.04", "pj-1", "mail");
	cr_assert_str_eq(found->address, "kantor@contoh.go.id");
	found = contacts_find(&contacts, "kepala-73.04", "pj-1", "webhook");
	cr_assert_eq(found->kind, CONTACT_WEBHOOK);
	cr_assert_eq(found->secret_count, 1);
	cr_assert_eq(found->secrets[0].len, 24);
	cr_assert_eq(
	    memcmp(found->secrets[0].at, "012345678901234567890123", 24), 0);
	cr_assert_not(found->allow_private);
	cr_assert_null(contacts_find(&contacts, "kepala", "pj-1", "mail"));
	contacts_clear(&contacts);
}

Test(notifier_contacts, refuses_a_file_that_others_can_read)
{
	struct contacts contacts;
	struct contact_why why;

	cr_assert_eq(load(&contacts, good, 0640, &why), ERR_INVALID);
	cr_assert_not_null(strstr(why.id, "chmod 600"));
	cr_assert_not_null(strstr(why.en, "chmod 600"));
	cr_assert_eq(load(&contacts, good, 0604, &why), ERR_INVALID);
}

static const char all_kinds[] =
    "contacts:\n"
    "  - {seat: a, channel: mail, mail: a@b.c, rate: 30}\n"
    "  - seat: a\n"
    "    channel: hook\n"
    "    url: http://10.0.0.5/pintu\n"
    "    private: true\n"
    "    secret:\n"
    "      - whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz\n"
    "      - whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI0\n"
    "  - {seat: a, channel: am, alertmanager: 'http://am.example:9093/'}\n"
    "  - {seat: a, channel: tg, telegram: \"-1001234\", token: '1:a_-B'}\n"
    "  - {seat: a, channel: tg2, telegram: '@kanal_a', token: '1:a',"
    " api: 'http://bot.example'}\n"
    "  - seat: a\n"
    "    channel: sms\n"
    "    exec: [/usr/bin/env, '+62 1', \"a b\"]\n"
    "    fallback_for: mail\n";

Test(notifier_contacts, knows_five_kinds_and_what_belongs_to_each)
{
	struct contact_why why;
	struct contacts contacts;
	const struct contact *row;

	cr_assert_eq(load(&contacts, all_kinds, 0600, &why), OK, "%s", why.en);
	cr_assert_eq(contacts.count, 6);
	row = contacts.rows;
	cr_assert_eq(row[0].kind, CONTACT_MAIL);
	cr_assert_eq(row[0].per_minute, 30);
	cr_assert_eq(row[1].kind, CONTACT_WEBHOOK);
	cr_assert(row[1].allow_private);
	cr_assert_eq(row[1].secret_count, 2);
	cr_assert_eq(row[1].secrets[1].at[23], '4');
	cr_assert_eq(row[2].kind, CONTACT_ALERTMANAGER);
	cr_assert_not(row[2].allow_private);
	cr_assert_eq(row[3].kind, CONTACT_TELEGRAM);
	cr_assert_str_eq(row[3].chat, "-1001234");
	cr_assert_str_eq(row[3].address, "https://api.telegram.org");
	cr_assert_str_eq(row[4].chat, "@kanal_a");
	cr_assert_str_eq(row[4].address, "http://bot.example");
	cr_assert_eq(row[5].kind, CONTACT_EXEC);
	cr_assert_str_eq(row[5].argv[0], "/usr/bin/env");
	cr_assert_str_eq(row[5].argv[1], "+62 1");
	cr_assert_str_eq(row[5].argv[2], "a b");
	cr_assert_null(row[5].argv[3]);
	cr_assert_str_eq(row[5].fallback_for, "mail");
	contacts_clear(&contacts);
}

#define ENTRY "contacts:\n  - {seat: a, channel: mail, "

Test(notifier_contacts, refuses_each_bad_entry_and_says_which)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
	    {ENTRY "mail: a@b.c, url: 'http://x'}\n",
		"exactly one of mail, url,"},
	    {"contacts:\n  - {seat: a, channel: mail}\n",
		"exactly one of mail, url,"},
	    {ENTRY "mail: \"a@b.c\\r\\nBcc: x@y.z\"}\n", "plain address"},
	    {ENTRY "mail: 'a@b.c, d@e.f'}\n", "plain address"},
	    {ENTRY "mail: '<a@b.c>'}\n", "plain address"},
	    {ENTRY "mail: '@b.c'}\n", "plain address"},
	    {ENTRY "url: 'file:///etc/passwd'}\n", "http://"},
	    {ENTRY "url: \"http://x/\\r\\ny\"}\n", "http://"},
	    {ENTRY "mail: a@b.c, secret: whsec_AAAA}\n",
		"secret does not belong to a contact of kind mail"},
	    {ENTRY "url: 'http://x', secret: whsec_AAAA}\n", "secret"},
	    {ENTRY
		"url: 'http://x', secret: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA}\n",
		"secret"},
	    {"contacts:\n  - {seat: A B, channel: mail, mail: a@b.c}\n",
		"small"},
	    {ENTRY "mail: a@b.c}\n  - {seat: a, channel: mail, mail: d@e.f}\n",
		"contact 2 (line 3): repeats contact 1"},
	    {ENTRY "mail: a@b.c, nama: x}\n", "nama"},
	    {ENTRY "mail: &m a@b.c}\n  - {seat: b, channel: mail, mail: *m}\n",
		"lias"},
	    {"contact: []\n", "contacts:"},
	    {"- x\n", "line 1: is not laid out"},
	    {"contacts: []\nlain: []\n", "line 2: is not laid out"},
	    {"contacts: []\n---\ncontacts: []\n", "is not laid out"},
	    {"contacts:\n  - {seat: [[a]]}\n", "line 2: is not laid out"},
	    {"contacts:\n  - {seat: {a: b}}\n", "line 2: is not laid out"},
	    {"contacts:\n  - seat: a\n   b: c\n", "line 3: is not well-formed"},
	    {ENTRY "mail: a@b.c, mail: a@b.c}\n", "line 2: the same field"},
	    {ENTRY "mail: [a@b.c, d@e.f]}\n", "mail is one value"},
	    {ENTRY "mail: a@b.c, private: true}\n",
		"private does not belong to a contact of kind mail"},
	    {ENTRY "url: 'http://x', private: ya}\n", "true or false"},
	    {ENTRY "url: 'http://x', token: '1:a'}\n", "token does not belong"},
	    {ENTRY "alertmanager: 'http://x', secret: x}\n", "does not belong"},
	    {ENTRY "telegram: '12', token: '1:a/b'}\n", "token is not"},
	    {ENTRY "telegram: '12', token: abc}\n", "token is not"},
	    {ENTRY "telegram: '12'}\n", "token is missing"},
	    {ENTRY "telegram: '1 2', token: '1:a'}\n", "number of a chat"},
	    {ENTRY "telegram: '@', token: '1:a'}\n", "number of a chat"},
	    {ENTRY "telegram: '12', token: '1:a', api: 'ftp://x'}\n",
		"api must"},
	    {ENTRY "exec: kirim}\n", "whole path"},
	    {ENTRY "exec: []}\n", "exec is missing"},
	    {ENTRY "mail: a@b.c, rate: 0}\n", "rate is 1"},
	    {ENTRY "mail: a@b.c, rate: cepat}\n", "rate is 1"},
	    {ENTRY "mail: a@b.c, fallback_for: sms}\n", "has no contact"},
	    {ENTRY "mail: a@b.c, fallback_for: mail}\n", "in a circle"},
	    {ENTRY "mail: a@b.c, fallback_for: sms}\n"
		   "  - {seat: a, channel: sms, mail: d@e.f, fallback_for: "
		   "mail}\n",
		"in a circle"},
	};

	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct contacts contacts;
		struct contact_why why = {0};

		cr_assert_eq(load(&contacts, cases[i].text, 0600, &why),
		    ERR_INVALID, "case %u was taken", i);
		cr_assert_neq(why.id[0], '\0', "case %u", i);
		cr_assert_str_neq(why.id, why.en, "case %u", i);
		cr_assert_null(strstr(why.en, "a@b.c"), "%s", why.en);
		cr_assert_null(strstr(why.id, "http://x"), "%s", why.id);
		cr_assert_not_null(
		    strstr(why.en, cases[i].why), "case %u: %s", i, why.en);
	}
}

Test(notifier_contacts, tells_of_all_bad_entries_at_once)
{
	struct contacts contacts;
	struct contact_why why = {0};

	cr_assert_eq(load(&contacts,
			 ENTRY "mail: x}\n"
			       "  - {seat: b, channel: mail, mail: b@c.d}\n"
			       "  - {seat: c, channel: mail}\n",
			 0600, &why),
	    ERR_INVALID);
	cr_expect_not_null(strstr(why.en, "contact 1 (line 2): mail is not"));
	cr_expect_not_null(
	    strstr(why.en, "; contact 3 (line 4): give exactly"));
	cr_expect_null(strstr(why.en, "contact 2"), "%s", why.en);
	cr_expect_not_null(
	    strstr(why.id, "; kontak 3 (baris 4): isi"), "%s", why.id);
}

Test(notifier_contacts, takes_one_plain_address_and_no_more)
{
	cr_assert(mail_address_is_valid("a.b+c@d-e.go.id"));
	cr_assert_not(mail_address_is_valid("a@b@c"));
	cr_assert_not(mail_address_is_valid("a@b.c\r\n"));
	cr_assert_not(mail_address_is_valid("a@b.c\nDATA"));
	cr_assert_not(mail_address_is_valid("a b@c.d"));
	cr_assert_not(mail_address_is_valid(""));
	cr_assert_not(mail_address_is_valid("a@"));
}
