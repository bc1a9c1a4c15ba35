#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Each header compiles alone, and twice, with gcc and with clang.
. "$(dirname "$0")/tree.sh"

alone()
{
	local flags=(-std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -I.
	    -fsyntax-only -x c -)
	for cc in gcc clang; do
		printf '#include "%s"\n#include "%s"\n' "$1" "$1" |
		    "$cc" "${flags[@]}" >/dev/null 2>&1 ||
		    echo "$1:1: $cc"
	done
}
export -f alone

findings_of 'the header does not compile alone' < <(c_files | grep '\.h$' |
    xargs -r -P "$(nproc)" -I '{}' bash -c 'alone "$1"' alone '{}' | sort)
verdict
