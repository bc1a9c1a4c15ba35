/* SPDX-License-Identifier: Apache-2.0 */
#include "core/json.h"

#include <signal.h>

#include <criterion/criterion.h>

Test(core_json, keeps_commas_and_nesting_right)
{
	struct json json = {0};
	const uint8_t key[2] = {0xab, 0x01};

	json_object_begin(&json, NULL);
	json_text(&json, "unit", "DINKES");
	json_array_begin(&json, "nodes");
	json_end(&json);
	json_array_begin(&json, "counts");
	json_u64(&json, NULL, UINT64_MAX);
	json_i64(&json, NULL, INT64_MIN);
	json_object_begin(&json, NULL);
	json_bool(&json, "known", true);
	json_null_put(&json, "until");
	json_end(&json);
	json_end(&json);
	json_hex(&json, "key", key, sizeof key);
	json_bool(&json, "drill", false);
	json_end(&json);
	cr_assert_str_eq(json.text.at,
	    "{\"unit\":\"DINKES\",\"nodes\":[],\"counts\":["
	    "18446744073709551615,-9223372036854775808,"
	    "{\"known\":true,\"until\":null}],\"key\":\"ab01\","
	    "\"drill\":false}");
	cr_assert_eq(json.depth, 0);
	json_clear(&json);
	cr_assert_null(json.text.at);
}

static void
assert_text(const char *value, const char *wanted)
{
	struct json json = {0};

	json_text(&json, NULL, value);
	cr_assert_str_eq(json.text.at, wanted, "%s", json.text.at);
	json_clear(&json);
}

Test(core_json, escapes_what_json_forbids)
{
	assert_text("a\"b\\c/d", "\"a\\\"b\\\\c/d\"");
	assert_text("\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"");
	assert_text("\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\"");
	assert_text("", "\"\"");
}

Test(core_json, keeps_utf_8_and_replaces_what_is_none)
{
	assert_text("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
	    "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
	assert_text("a\xff"
		    "b",
	    "\"a\xef\xbf\xbd"
	    "b\"");
	assert_text("\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\"");
	assert_text("\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
	assert_text("\xf4\x90\x80\x80",
	    "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
	assert_text("\xe2\x82", "\"\xef\xbf\xbd\xef\xbf\xbd\"");
}

Test(core_json, aborts_on_a_member_without_a_name, .signal = SIGABRT)
{
	struct json json = {0};

	json_object_begin(&json, NULL);
	json_u64(&json, NULL, 1);
}

Test(core_json, aborts_on_a_name_in_an_array, .signal = SIGABRT)
{
	struct json json = {0};

	json_array_begin(&json, NULL);
	json_u64(&json, "one", 1);
}

Test(core_json, aborts_on_one_end_too_many, .signal = SIGABRT)
{
	struct json json = {0};

	json_end(&json);
}

Test(core_json, aborts_when_nested_too_deep, .signal = SIGABRT)
{
	struct json json = {0};

	for (int i = 0; i <= JSON_DEPTH_MAX; i++)
		json_array_begin(&json, NULL);
}
