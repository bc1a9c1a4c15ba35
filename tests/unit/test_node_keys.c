/* SPDX-License-Identifier: Apache-2.0 */
#include "node/keys.h"

#include "tests/support/temp_dir.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

static char *
slurp(const char *dir, const char *name)
{
	char *path = temp_dir_path(dir, name);
	char *text = xcalloc(1, 8192);
	FILE *file = fopen(path, "r");

	cr_assert_not_null(file);
	(void)!fread(text, 1, 8191, file);
	fclose(file);
	free(path);
	return text;
}

static struct node_region
region_make(void)
{
	struct node_region region = {.origin = "ikrar/73.04/1/latihan",
	    .wilayah = "73.04.01",
	    .kind = 1,
	    .drill = true,
	    .endpoint_count = 2,
	    .endpoints = {"tcp://10.0.0.1:7500", "tcp://[::1]:7500"}};

	memset(region.log_key, 3, sizeof region.log_key);
	memset(region.server_key, 250, sizeof region.server_key);
	return region;
}

Test(node_keys, come_back_from_their_file)
{
	char *root = temp_dir_make(), *dir = temp_dir_path(root, "node");
	struct node_keys keys, read;
	struct hash id;

	node_keys_make(&keys);
	id = hash_node(keys.sign.public_key);
	cr_assert_eq(memcmp(keys.id, id.at, sizeof keys.id), 0);
	cr_assert_eq(node_keys_save(&keys, dir), OK);
	cr_assert_eq(node_keys_load(&read, dir), OK);
	cr_assert_eq(memcmp(&keys, &read, sizeof keys), 0);
	free(dir);
	temp_dir_remove(root);
}

Test(node_keys, are_for_the_owner_alone)
{
	char *root = temp_dir_make(), *dir = temp_dir_path(root, "node");
	char *path = temp_dir_path(dir, "keys");
	struct node_keys keys;
	struct stat st;

	umask(0);
	node_keys_make(&keys);
	cr_assert_eq(node_keys_save(&keys, dir), OK);
	cr_assert_eq(stat(path, &st), 0);
	cr_assert_eq(st.st_mode & 07777, 0600);
	cr_assert_eq(stat(dir, &st), 0);
	cr_assert_eq(st.st_mode & 07777, 0700);
	cr_assert_eq(chmod(path, 0640), 0);
	cr_assert_eq(node_keys_load(&keys, dir), ERR_INVALID);
	free(path);
	free(dir);
	temp_dir_remove(root);
}

Test(node_keys, are_never_overwritten)
{
	char *dir = temp_dir_make();
	struct node_keys keys, other, read;

	node_keys_make(&keys);
	node_keys_make(&other);
	cr_assert_eq(node_keys_load(&read, dir), ERR_NOTFOUND);
	cr_assert_eq(node_keys_save(&keys, dir), OK);
	cr_assert_eq(node_keys_save(&other, dir), ERR_DUP);
	cr_assert_eq(node_keys_load(&read, dir), OK);
	cr_assert_eq(memcmp(&keys, &read, sizeof keys), 0);
	temp_dir_remove(dir);
}

Test(node_keys, are_refused_when_one_byte_is_damaged)
{
	char *dir = temp_dir_make(), *path = temp_dir_path(dir, "keys");
	struct node_keys keys;
	char *text;
	size_t len;

	node_keys_make(&keys);
	cr_assert_eq(node_keys_save(&keys, dir), OK);
	text = slurp(dir, "keys");
	len = strlen(text);
	for (size_t i = 0; i < len; i += 3) {
		char kept = text[i];

		text[i] = kept == '7' ? '8' : '7';
		temp_dir_write(dir, "keys", text);
		text[i] = kept;
		cr_assert_eq(node_keys_load(&keys, dir), ERR_INVALID);
	}
	temp_dir_write(dir, "keys", text);
	cr_assert_eq(node_keys_load(&keys, dir), OK);
	free(text);
	free(path);
	temp_dir_remove(dir);
}

Test(node_keys, region_comes_back_and_is_replaced_whole)
{
	char *dir = temp_dir_make(), *left = temp_dir_path(dir, "region.new");
	struct node_region region = region_make(), read;

	cr_assert_eq(node_region_load(&read, dir), ERR_NOTFOUND);
	cr_assert_eq(node_region_save(&region, dir), OK);
	region.endpoint_count = 1;
	region.kind = 4;
	cr_assert_eq(node_region_save(&region, dir), OK);
	cr_assert_eq(node_region_load(&read, dir), OK);
	memset(region.endpoints[1], 0, sizeof region.endpoints[1]);
	cr_assert_eq(memcmp(&region, &read, sizeof region), 0);
	cr_assert_neq(access(left, F_OK), 0);
	free(left);
	temp_dir_remove(dir);
}

/* A file that says these lines, with a check that fits. */
static enum err
load_lines(const char *dir, const char *lines)
{
	struct hash check = hash_bytes(bytes_of_text(lines));
	struct text_buf text = {0};
	struct node_region region;
	char hex[17];
	enum err err;

	hex_put(hex, check.at, 8);
	text_buf_add(&text, "%scheck: %s\n", lines, hex);
	temp_dir_write(dir, "region", text.at);
	err = node_region_load(&region, dir);
	text_buf_clear(&text);
	return err;
}

#define KEY "0303030303030303030303030303030303030303030303030303030303030303"
#define HEAD "origin: ikrar/73.04/1\nwilayah: 73.04.01\nkind: 1\n"
#define TAIL "log-key: " KEY "\nserver-key: " KEY "\nendpoint: tcp://a:1\n"

Test(node_keys, region_may_name_no_endpoint_yet)
{
	char *dir = temp_dir_make();
	struct node_region region = region_make(), read;

	region.endpoint_count = 0;
	cr_assert_eq(node_region_save(&region, dir), OK);
	cr_assert_eq(node_region_load(&read, dir), OK);
	cr_assert_eq(read.endpoint_count, 0);
	temp_dir_remove(dir);
}

Test(node_keys, region_is_read_strictly)
{
	static const char *const bad[] = {
	    HEAD TAIL,                            /* drill is missing */
	    HEAD "drill: yes\ndrill: yes\n" TAIL, /* twice */
	    HEAD "drill: maybe\n" TAIL,
	    HEAD "drill: yes\ncolour: red\n" TAIL,
	    HEAD "drill: yes\nkind 1\n" TAIL,
	    HEAD "drill: yes\n\n" TAIL,
	    HEAD "drill: yes\n" TAIL "endpoint: b\nendpoint: c\n"
		 "endpoint: d\nendpoint: e\n",
	    "origin: \n",
	    "",
	};
	char *dir = temp_dir_make();

	cr_assert_eq(load_lines(dir, HEAD "drill: yes\n" TAIL), OK);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_expect_eq(load_lines(dir, bad[i]), ERR_INVALID, "%zu", i);
	temp_dir_remove(dir);
}
