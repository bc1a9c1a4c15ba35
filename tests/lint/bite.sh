#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Each lint passes on a small clean tree and fails on it with one fault
# planted, naming the file of the fault: a lint that lets everything through
# would look just like a clean tree.
set -u
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failed=0
planted=0

clean_tree()
{
	mkdir -p "$tree"/{core,model,judge,collector,notifier,docs} \
	    "$tree"/tests/{lint,unit}
	cp "$root/.clang-format" "$tree/"
	cp "$root"/tests/lint/*.sh "$tree/tests/lint/"
	cat >"$tree/core/seed.h" <<'END'
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_SEED_H
#define CORE_SEED_H

/* Says 1.5 and time() and "strcpy(" only in a comment. */
int seed_get(void);

#endif
END
	sed 's/CORE/MODEL/; s/seed_get/bean_get/' "$tree/core/seed.h" \
	    >"$tree/model/bean.h"
	cat >"$tree/model/bean.c" <<'END'
/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bean.h"

#include <stdint.h>

#include "core/seed.h"

int
bean_get(void)
{
	return seed_get();
}
END
}

# bites LINT FILE WORDS: with FILE as it is now, LINT fails, names FILE and
# says WORDS.
bites()
{
	local output status
	planted=$((planted + 1))
	output=$("$tree/tests/lint/$1.sh" 2>&1)
	status=$?
	if [ $status = 0 ] || ! grep -qF "$2" <<<"$output" ||
	    ! grep -qF -- "$3" <<<"$output"; then
		echo "lint.$1 let through: $3 in $2"
		head -n 3 "$tree/$2"
		failed=1
	fi
	rm -f "$tree/$2"
}

# plant LINT FILE WORDS CODE: a C file with one fault.
plant()
{
	printf '/* SPDX-License-Identifier: Apache-2.0 */\n%b\n' "$4" \
	    >"$tree/$2"
	bites "$1" "$2" "$3"
}

repeat()
{
	yes "$2" | head -n "$1"
}

clean_tree
for lint in "$tree"/tests/lint/*.sh; do
	case $lint in */tree.sh | */bite.sh) continue ;; esac
	output=$("$lint" 2>&1) && continue
	echo "a clean tree does not pass: $output"
	failed=1
done

echo 'int x;' >"$tree/core/x.c"
bites spdx core/x.c 'no SPDX'
echo 'x:' >"$tree/docs/x.yaml"
bites spdx docs/x.yaml 'no SPDX'

plant format core/x.c './dev format' 'int  f( void );'

plant headers core/x.h 'compile alone' 'uint8_t f(void);'
plant headers core/x.h 'compile alone' 'struct a {\n\tint b;\n};'

plant layers core/x.c 'core/ may not include model/' '#include "model/bean.h"'
plant layers model/x.c 'is not written from the root' '#include "bean.h"'
plant layers model/x.c 'is not a file' '#include "model/gone.h"'
echo '/* x */' >"$tree/notifier/y.h"
plant layers collector/x.c 'may not include notifier/' \
    '#include "notifier/y.h"'
plant layers collector/x.c 'zmq.h belongs to' '#include <zmq.h>'
plant layers notifier/x.c 'event2/http.h belongs to' '#include <event2/http.h>'
plant layers collector/x.c 'frobnicate.h belongs to' '#include <frobnicate.h>'
plant layers core/link.h 'zmq.h in a header' '#include <zmq.h>'
plant layers judge/x.c 'event.pb-c.h belongs to' \
    '#include "proto/event.pb-c.h"'
echo '/* x */' >"$tree/core/x.h"
plant layers core/x.c 'not included first' \
    '#include <stdint.h>\n#include "core/x.h"'
rm -f "$tree/core/x.h" "$tree/notifier/y.h"

plant pure judge/x.c 'no floating point' 'double x;'
plant pure judge/x.c 'no floating point' 'int x = 1.5 * 2;'
plant pure model/x.c 'no clock' 'int\nf(void)\n{\n\treturn time(0);\n}'
plant pure model/x.c 'no chance' 'int\nf(void)\n{\n\treturn rand();\n}'
plant pure model/x.c 'no input' 'void\nf(void)\n{\n\tprintf("x");\n}'
plant pure model/x.c 'no log' 'void\nf(void)\n{\n\tlog_warnx("x");\n}'
plant pure model/x.c 'no unordered' 'void\nf(void)\n{\n\thcreate(9);\n}'
plant pure model/x.c 'not in a pure' '#include <sys/socket.h>'
plant pure model/x.c 'not in a pure' '#include "core/loop.h"'

plant sleeps tests/unit/x.c 'a sleep' 'void\nf(void)\n{\n\tusleep(5);\n}'
printf 'import time\ntime.sleep(1)\n' >"$tree/tests/unit/x.py"
bites sleeps tests/unit/x.py 'a sleep'
printf 'true; sleep 1\n' >"$tree/tests/unit/x.sh"
bites sleeps tests/unit/x.sh 'a sleep'

printf 'see /wo%s/main\n' rk >"$tree/docs/x.md"
bites paths docs/x.md 'of one machine'
printf 'see ../shared/desi%s/x.md\n' gn >"$tree/docs/x.md"
bites paths docs/x.md 'outside the tree'
printf -- '-----BEGIN PRIVATE KE%s-----\n' Y >"$tree/docs/x.md"
bites paths docs/x.md 'a private key'

plant style core/x.c 'not used here' 'void\nf(void)\n{\n\tstrcpy(a, b);\n}'
plant style core/x.c 'not used here' 'int x = atoi("5");'
plant style core/x.c 'ends in _t' 'struct row_t {\n\tint x;\n};'
plant style core/x.c 'no function pointer' 'typedef struct row row;'
plant style core/x.c 'label is fail' 'void\nf(void)\n{\n\tgoto out;\n}'
plant style core/x.c 'a banner' '/********************/'
plant style core/x.c 'more than 80 lines' \
    "void\nf(void)\n{\n$(repeat 81 'g();')\n}"
plant style core/x.c 'more than 600 lines' "$(repeat 601 'int x;')"

[ $failed = 0 ] && echo "lint.bite: $planted faults planted, all found"
exit $failed
