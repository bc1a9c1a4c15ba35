/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/cmd_rules.h"

#include "core/conf.h"

int
cmd_rules(int argc, char **argv)
{
	static const struct conf_verb verbs[] = {
	    {"try", cmd_rules_try, "memutar ulang log di bawah aturan baru",
		"plays a log again under new rules"},
	    {"test", cmd_rules_test, "menjalankan contoh yang ditulis admin",
		"runs examples that an admin wrote"},
	    {0},
	};

	return conf_dispatch("ikrar rules", verbs, argc, argv);
}
