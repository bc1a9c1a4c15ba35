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
	    {"contact: []\n", "contact"},
	    {"- x\n", ""},
	};

	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct contacts contacts;
		struct contact_why why = {0};

		cr_assert_eq(load(&contacts, cases[i].text, 0600, &why),
		    ERR_INVALID, "case %u was taken", i);
		cr_assert_neq(why.id[0], '\0', "case %u", i);
		cr_assert_str_neq(why.id, why.en, "case %u", i);
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
