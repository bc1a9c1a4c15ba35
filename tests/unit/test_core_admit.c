/* SPDX-License-Identifier: Apache-2.0 */
#include "core/link_socket.h"

#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "core/log.h"

enum { KNOCKS = 200, TEXT_CAP = 65536 };

static bool
is_welcome(void *context, const uint8_t key[LINK_KEY_SIZE], const char *address)
{
	(void)key;
	(void)address;
	return *(const bool *)context;
}

/* Lines about `word` after so many handshakes at once. */
static unsigned
lines_of(const char *word, bool welcome)
{
	static char text[TEXT_CAP];
	static const uint8_t key[LINK_KEY_SIZE];
	struct link_domain domain = {
	    .name = "join", .admit = is_welcome, .context = &welcome};
	unsigned count = 0;
	int ends[2];
	ssize_t len;

	cr_assert_eq(pipe(ends), 0);
	cr_assert_geq(dup2(ends[1], STDERR_FILENO), 0);
	close(ends[1]);
	log_open("ikrar-test", LOG_LEVEL_INFO);
	for (unsigned i = 0; i < KNOCKS; i++)
		cr_assert_eq(
		    link_domain_admit(&domain, "join", key, "127.0.0.1"),
		    welcome);
	dup2(STDOUT_FILENO, STDERR_FILENO);
	len = read(ends[0], text, sizeof text - 1);
	close(ends[0]);
	cr_assert_gt(len, 0);
	text[len] = '\0';
	for (const char *at = text; (at = strstr(at, word)) != NULL; at++)
		count++;
	return count;
}

Test(core_admit, writes_few_lines_about_many_strangers)
{
	unsigned lines = lines_of("link-refused", false);

	cr_assert(lines >= 1 && lines <= 2, "%u lines", lines);
}

/* While an invitation is open a stranger is admitted to join; and a node that
 * was revoked knows the door too. */
Test(core_admit, writes_few_lines_about_many_admitted)
{
	unsigned lines = lines_of("link-admitted", true);

	cr_assert(lines >= 1 && lines <= 2, "%u lines", lines);
}
