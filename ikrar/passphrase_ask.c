/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/passphrase_ask.h"

#include "core/tell.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

enum { CTRL_C = 3, OTHERS_MODE = 077 };

/* The limit alone does not stop a system that pipes cores to a program. */
static void
shut_memory(void)
{
	const struct rlimit none = {0};

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0);
}

void
passphrase_clear(struct passphrase *passphrase)
{
	explicit_bzero(passphrase, sizeof *passphrase);
}

/* Up to the first line feed, CR LF or end. False: it is empty, too long or, in
 * a file, has a second line. */
static bool
cut_line(struct passphrase *passphrase, size_t len, bool is_file)
{
	char *end = memchr(passphrase->at, '\n', len);
	size_t line = end == NULL ? len : (size_t)(end - passphrase->at);

	if (line == sizeof passphrase->at || (is_file && line + 1 < len))
		return false;
	if (line > 0 && passphrase->at[line - 1] == '\r')
		line--;
	passphrase->len = line;
	return line > 0;
}

/* Until the end, or a whole line of a terminal. */
static bool
read_line(int fd, struct passphrase *passphrase, bool is_file)
{
	size_t len = 0;
	ssize_t got = 1;

	while (got > 0 && len < sizeof passphrase->at) {
		got =
		    read(fd, passphrase->at + len, sizeof passphrase->at - len);
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got > 0)
			len += (size_t)got;
		if (!is_file && len > 0 &&
		    (passphrase->at[len - 1] == '\n' ||
			passphrase->at[len - 1] == CTRL_C))
			break;
	}
	if (!is_file && len > 0 && passphrase->at[len - 1] == CTRL_C)
		return false;
	return got >= 0 && cut_line(passphrase, len, is_file);
}

/* ---- from a file */

static enum err
from_file(struct passphrase *passphrase, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	bool is_read;

	if (fd < 0 || fstat(fd, &st) != 0) {
		tell("--passphrase-file: %s tidak dapat dibaca (%s).",
		    "--passphrase-file: %s cannot be read (%s).", path,
		    strerror(errno));
		if (fd >= 0)
			close(fd);
		return ERR_DENIED;
	}
	if ((st.st_mode & OTHERS_MODE) != 0) {
		close(fd);
		tell("--passphrase-file: %s dapat dibaca orang lain. Jalankan: "
		     "chmod 600 %s",
		    "--passphrase-file: others can read %s; run: chmod 600 %s",
		    path, path);
		return ERR_DENIED;
	}
	is_read = read_line(fd, passphrase, true);
	close(fd);
	if (is_read)
		return OK;
	tell("--passphrase-file: %s harus berisi satu baris saja, paling "
	     "banyak %d huruf.",
	    "--passphrase-file: %s must hold one line of at most %d bytes.",
	    path, PASSPHRASE_MAX - 1);
	return ERR_DENIED;
}

/* ---- from the terminal */

/* Without signals from the keyboard, so that nothing ends the program while the
 * echo is off: Ctrl-C ends the line instead. */
static bool
ask_once(int fd, const char *prompt, struct passphrase *passphrase)
{
	struct termios before, quiet;
	bool is_read;

	if (tcgetattr(fd, &before) != 0)
		return false;
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL | ISIG);
	quiet.c_lflag |= ICANON;
	quiet.c_iflag |= ICRNL;
	quiet.c_cc[VEOL] = CTRL_C;
	if (tcsetattr(fd, TCSAFLUSH, &quiet) != 0)
		return false;
	is_read =
	    dprintf(fd, "%s: ", prompt) > 0 && read_line(fd, passphrase, false);
	(void)tcsetattr(fd, TCSAFLUSH, &before);
	(void)dprintf(fd, "\n");
	return is_read;
}

static bool
ask_again(int fd, const struct passphrase *first)
{
	struct passphrase second = {0};
	bool is_same =
	    ask_once(fd, "Ulangi kata sandi / the passphrase again", &second) &&
	    second.len == first->len &&
	    memcmp(second.at, first->at, first->len) == 0;

	passphrase_clear(&second);
	return is_same;
}

static enum err
from_terminal(struct passphrase *passphrase, bool is_new)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	enum err err = ERR_DENIED;

	if (fd < 0) {
		tell("Tidak ada terminal untuk menanyakan kata sandi; pakai "
		     "--passphrase-file BERKAS.",
		    "There is no terminal to ask for the passphrase; use "
		    "--passphrase-file FILE.");
		return ERR_DENIED;
	}
	if (!ask_once(fd, "Kata sandi / passphrase", passphrase))
		tell("Tidak ada kata sandi.", "No passphrase was given.");
	else if (is_new && !ask_again(fd, passphrase))
		tell("Kedua kata sandi tidak sama; ulangi perintah ini.",
		    "The two passphrases differ; give the command again.");
	else
		err = OK;
	close(fd);
	return err;
}

static size_t
characters(const struct passphrase *passphrase)
{
	size_t count = 0;

	for (size_t i = 0; i < passphrase->len; i++)
		count += ((uint8_t)passphrase->at[i] & 0xc0) != 0x80;
	return count;
}

enum err
passphrase_ask(struct passphrase *passphrase, const char *file, bool is_new)
{
	enum err err;

	passphrase_clear(passphrase);
	shut_memory();
	err = file != NULL ? from_file(passphrase, file)
			   : from_terminal(passphrase, is_new);
	if (err == OK && is_new &&
	    characters(passphrase) < PASSPHRASE_CHARACTERS_MIN) {
		tell("Kata sandi kurang dari %d huruf. Pakai beberapa kata "
		     "yang tidak biasa bersama.",
		    "The passphrase has fewer than %d characters; use several "
		    "words that rarely meet.",
		    PASSPHRASE_CHARACTERS_MIN);
		err = ERR_DENIED;
	}
	if (err != OK)
		passphrase_clear(passphrase);
	return err;
}
