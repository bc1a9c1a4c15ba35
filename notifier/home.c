/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/home.h"

#include "core/log.h"
#include "model/catalog.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char program[] = "ikrar-notifier";
enum { CONNECT_MS = 10000 };

/* Control characters of an argument must not fake a line. */
static void
say_line(const char *text)
{
	fprintf(stderr, "%s: ", program);
	for (; *text != '\0'; text++)
		fputc((unsigned char)*text < ' ' ? '?' : *text, stderr);
	fputc('\n', stderr);
}

void
tell(const char *id, const char *en, ...)
{
	char text[1024];
	va_list arguments;

	va_start(arguments, en);
	vsnprintf(text, sizeof text, id, arguments);
	va_end(arguments);
	say_line(text);
	va_start(arguments, en);
	vsnprintf(text, sizeof text, en, arguments);
	va_end(arguments);
	say_line(text);
}

static unsigned
count_mails(const struct contacts *contacts)
{
	unsigned count = 0;

	for (unsigned i = 0; i < contacts->count; i++)
		count += contacts->rows[i].kind == CONTACT_MAIL;
	return count;
}

static bool
smtp_is_valid(const char *url)
{
	size_t scheme = 0;

	if (strncmp(url, "smtp://", 7) == 0)
		scheme = 7;
	else if (strncmp(url, "smtps://", 8) == 0)
		scheme = 8;
	return scheme > 0 && url[scheme] != '\0' &&
	       strpbrk(url, " \t\r\n") == NULL;
}

static enum err
check_mail(const struct contacts *contacts, const struct settings *settings)
{
	if (count_mails(contacts) == 0)
		return OK;
	if (settings->smtp == NULL || settings->from == NULL)
		tell("Ada kontak mail, tetapi --smtp atau --from belum diisi. "
		     "Contoh: --smtp smtp://surat.contoh.go.id:587 --from "
		     "ikrar@contoh.go.id",
		    "there are mail contacts, but --smtp or --from is not set; "
		    "such as --smtp smtp://surat.contoh.go.id:587 --from "
		    "ikrar@contoh.go.id");
	else if (!smtp_is_valid(settings->smtp))
		tell("--smtp: tulis smtp://HOST:PORT atau smtps://HOST:PORT, "
		     "bukan \"%.80s\".",
		    "--smtp: write smtp://HOST:PORT or smtps://HOST:PORT, not "
		    "\"%.80s\"",
		    settings->smtp);
	else if (!mail_address_is_valid(settings->from))
		tell("--from: \"%.80s\" bukan satu alamat biasa seperti "
		     "ikrar@contoh.go.id.",
		    "--from: \"%.80s\" is not one plain address such as "
		    "ikrar@contoh.go.id",
		    settings->from);
	else
		return OK;
	return ERR_INVALID;
}

enum err
home_contacts(struct contacts *contacts, const struct settings *settings)
{
	struct contact_why why;

	if (contacts_load(contacts, settings->contacts, &why) != OK) {
		/* Of the two reasons each language prints its own. */
		tell("Berkas kontak %s: %s%.0s", "the contacts in %s: %.0s%s",
		    settings->contacts, why.id, why.en);
		return ERR_INVALID;
	}
	if (check_mail(contacts, settings) == OK)
		return OK;
	contacts_clear(contacts);
	return ERR_INVALID;
}

enum err
home_routes(struct routes *routes, const struct settings *settings)
{
	struct outline_why why = {0};

	*routes = (struct routes){0};
	if (settings->routes == NULL ||
	    routes_load(routes, settings->routes, &why) == OK)
		return OK;
	/* Of the two reasons each language prints its own. */
	tell("Berkas rute %s: %s%.0s", "the routes in %s: %.0s%s",
	    settings->routes, why.id, why.en);
	return ERR_INVALID;
}

static enum err
load_region(struct home *home, const char *dir)
{
	enum err err = node_region_load(&home->region, dir);
	const char *kind;

	if (err == ERR_NOTFOUND) {
		tell("Simpul ini belum bergabung. Minta kode undangan kepada "
		     "admin wilayah, lalu jalankan: ikrar-notifier join KODE "
		     "--dir %s",
		    "this node has not joined yet: ask the regional admin for "
		    "an invitation, then run: ikrar-notifier join CODE --dir "
		    "%s",
		    dir);
		return ERR_INVALID;
	}
	if (err != OK)
		return ERR_INVALID; /* logged */
	kind = catalog_word(CATALOG_NODE_KIND, home->region.kind);
	home->zone = wilayah_zone(home->region.wilayah);
	if (kind != NULL && strcmp(kind, "notifier") == 0 && home->zone != NULL)
		return OK;
	tell("%s bukan milik pemberitahu, tetapi simpul jenis %s. Pakai --dir "
	     "yang lain.",
	    "%s does not belong to a notifier but to a node of kind %s: use "
	    "another --dir",
	    dir, kind == NULL ? "?" : kind);
	return ERR_INVALID;
}

static enum err
open_stores(struct home *home, const char *dir, bool for_reading)
{
	struct spool_options spool = {.dir = dir,
	    .keys = &home->keys,
	    .wilayah = home->region.wilayah,
	    .create = !for_reading};
	struct ledger_options ledger = {
	    .dir = dir, .create = !for_reading, .read_only = for_reading};
	enum err err = spool_open(&home->spool, &spool);

	if (err == ERR_NOTFOUND && for_reading)
		return OK; /* joined, never run */
	if (err != OK)
		return err;
	err = ledger_open(&home->ledger, &ledger);
	return err == ERR_NOTFOUND && for_reading ? OK : err;
}

enum err
home_open(struct home *home, const struct settings *settings, bool for_reading)
{
	const char *dir = settings->dir;

	*home = (struct home){0};
	if (load_region(home, dir) != OK)
		return ERR_INVALID;
	home->is_drill = home->region.drill;
	if (settings->clock != NULL && !home->is_drill) {
		tell("--clock hanya untuk wilayah latihan, sedangkan %s bukan "
		     "wilayah latihan. Jalankan tanpa --clock.",
		    "--clock is for drills only, and %s is not a drill region",
		    home->region.origin);
		return ERR_INVALID;
	}
	if (node_keys_load(&home->keys, dir) != OK) {
		tell("Kunci simpul di %s/keys tidak ada atau tidak dapat "
		     "dipakai: pulihkan dari cadangan, atau bergabung lagi "
		     "dengan --dir yang baru.",
		    "the keys in %s/keys are missing or damaged: bring them "
		    "back, or join anew with a new directory",
		    dir);
		return ERR_INVALID;
	}
	if (open_stores(home, dir, for_reading) == OK)
		return OK;
	tell("Data di %s tidak dapat dibuka; lihat baris di atas.",
	    "the data in %s cannot be opened: see the line above", dir);
	home_close(home);
	return ERR_INVALID;
}

void
home_close(struct home *home)
{
	ledger_close(home->ledger);
	spool_close(home->spool);
	explicit_bzero(&home->keys, sizeof home->keys);
	home->ledger = NULL;
	home->spool = NULL;
}

enum err
home_open_ledger(struct home *home, const struct settings *settings)
{
	struct ledger_options options = {.dir = settings->dir};

	ledger_close(home->ledger);
	home->ledger = NULL;
	if (ledger_open(&home->ledger, &options) == OK)
		return OK;
	tell("Belum ada buku janji di %s: pemberitahu ini belum pernah "
	     "berjalan.",
	    "there is no ledger in %s: this notifier has never run",
	    settings->dir);
	return ERR_INVALID;
}

/* A broken one costs no message, but somebody should hear of it. */
static struct templates *
open_templates(const struct settings *settings)
{
	struct templates *templates = templates_open(settings->templates);
	unsigned count;
	const struct template_fault *faults =
	    templates_faults(templates, &count);

	for (unsigned i = 0; i < count; i++)
		log_warnx("template-broken file=%s reason=\"%s\" "
			  "instead=built-in",
		    faults[i].file, faults[i].en);
	return templates;
}

void
home_open_channels(struct channels *channels, const struct home *home,
    const struct settings *settings, struct loop *loop)
{
	uint64_t total_ms = settings->timeout_s * 1000;
	struct curl_limits limits = {
	    .connect_ms = CONNECT_MS < total_ms ? CONNECT_MS : total_ms,
	    .total_ms = total_ms,
	    .ca = settings->ca};

	*channels = (struct channels){.smtp = settings->smtp,
	    .user = settings->smtp_user,
	    .password = settings->smtp_password,
	    .from = settings->from,
	    .need_tls = settings->smtp_tls,
	    .origin = home->region.origin,
	    .templates = open_templates(settings),
	    .curl = curl_open(loop, &limits),
	    .exec = exec_open(loop, total_ms)};
}

void
home_close_channels(struct channels *channels)
{
	curl_close(channels->curl);
	exec_close(channels->exec);
	templates_close(channels->templates);
	*channels = (struct channels){0};
}
