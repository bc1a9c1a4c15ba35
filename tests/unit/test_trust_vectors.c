/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public vectors for RFC 6962 proofs (transparency-dev/merkle), which lie
 * beside the source tree; where they do not, only CI insists on them.
 */
#include "trust/tlog.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include <criterion/criterion.h>

enum { VECTORS = 196, REFUSED = 184, PATH_SIZE = 1024, OPEN_MAX_DIRS = 8 };

static unsigned seen, refused;

/* A hash of another length stands for some hash: equal stays equal. None at
 * all is what no decoder would hand on. */
static bool
hash_read(const json_t *value, struct hash *hash)
{
	uint8_t at[HASH_SIZE + 1];
	const char *text = json_string_value(value);
	size_t len = 0;

	cr_assert_not_null(text);
	cr_assert_eq(base64_get(at, sizeof at, &len, text, strlen(text)), OK);
	if (len == HASH_SIZE)
		memcpy(hash->at, at, HASH_SIZE);
	else
		*hash = hash_bytes(bytes_of(at, len));
	return len > 0;
}

static bool
proof_read(const json_t *values, struct tlog_proof *proof)
{
	size_t count = json_array_size(values);

	if (count > TLOG_PROOF_MAX)
		return false;
	proof->count = (unsigned)count;
	for (size_t i = 0; i < count; i++)
		if (!hash_read(json_array_get(values, i), &proof->at[i]))
			return false;
	return true;
}

/* Jansson's integers have no 2^64 - 1, which stands in some vectors; all
 * other numbers are small. */
static uint64_t
number_read(const json_t *vector, const char *name)
{
	const json_t *value = json_object_get(vector, name);
	double number = json_real_value(value);

	cr_assert(json_is_real(value) && number >= 0, "no %s", name);
	return number < 0x1p53 ? (uint64_t)number : UINT64_MAX;
}

static bool
inclusion_holds(const json_t *vector)
{
	struct tlog_proof proof;
	struct hash leaf, root;

	return proof_read(json_object_get(vector, "proof"), &proof) &&
	       hash_read(json_object_get(vector, "leafHash"), &leaf) &&
	       hash_read(json_object_get(vector, "root"), &root) &&
	       tlog_inclusion_is_valid(&proof, number_read(vector, "leafIdx"),
		   number_read(vector, "treeSize"), &leaf, &root);
}

static bool
consistency_holds(const json_t *vector)
{
	struct tlog_proof proof;
	struct hash from, to;

	return proof_read(json_object_get(vector, "proof"), &proof) &&
	       hash_read(json_object_get(vector, "root1"), &from) &&
	       hash_read(json_object_get(vector, "root2"), &to) &&
	       tlog_consistency_is_valid(&proof, number_read(vector, "size1"),
		   number_read(vector, "size2"), &from, &to);
}

static int
vector_check(
    const char *path, const struct stat *info, int type, struct FTW *ftw)
{
	const char *end = strrchr(path, '.');
	json_error_t error;
	json_t *vector;
	bool holds, wanted;

	(void)info;
	(void)ftw;
	if (type != FTW_F || end == NULL || strcmp(end, ".json") != 0)
		return 0;
	vector = json_load_file(
	    path, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &error);
	cr_assert_not_null(vector, "%s: %s", path, error.text);
	wanted = !json_boolean_value(json_object_get(vector, "wantErr"));
	holds = json_object_get(vector, "leafIdx") != NULL
		    ? inclusion_holds(vector)
		    : consistency_holds(vector);
	json_decref(vector);
	cr_assert_eq(holds, wanted, "%s", path);
	seen++;
	refused += !wanted;
	return 0;
}

Test(vectors, of_a_tree_of_eight_hold_wherever_this_runs)
{
	static const char inclusion[] =
	    "{\"leafIdx\": 0.0, \"treeSize\": 8.0,"
	    "\"root\": \"XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\","
	    "\"leafHash\": \"bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\","
	    "\"proof\": [\"lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c=\","
	    "\"Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=\","
	    "\"a0eq8p7jwq+a+Im8H7klTavTEXfxYjLdaqsDXKOb9uQ=\"]}";
	json_t *vector = json_loads(inclusion, 0, NULL);

	cr_assert(inclusion_holds(vector));
	json_object_set_new(vector, "leafIdx", json_real(1));
	cr_assert_not(inclusion_holds(vector));
	json_decref(vector);
}

Test(vectors, of_rfc_6962_all_come_out_as_they_should)
{
	const char *source = getenv("IKRAR_SOURCE_DIR");
	const char *ci = getenv("CI");
	char path[PATH_SIZE];

	snprintf(path, sizeof path, "%s/../shared/data/merkle-vectors",
	    source != NULL ? source : ".");
	if (access(path, R_OK) != 0) {
		cr_assert(ci == NULL || strcmp(ci, "true") != 0, "%s is absent",
		    path);
		cr_skip_test("no vectors: %s is absent", path);
	}
	cr_assert_eq(nftw(path, vector_check, OPEN_MAX_DIRS, FTW_PHYS), 0);
	cr_assert_eq(seen, VECTORS);
	cr_assert_eq(refused, REFUSED);
}
