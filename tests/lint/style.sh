#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What clang-format cannot see: functions nobody may call, names that end in
# _t, jumps, lengths.
. "$(dirname "$0")/tree.sh"

files=$(c_files)
[ -n "$files" ] || verdict
not='(^|[^A-Za-z0-9_])'

findings_of 'this function is not used here' < <(code $files | grep -E \
    "$not(alloca|strcpy|strcat|v?sprintf|strtok|atoi|atol|gets)[ 	]*\\(")
findings_of 'no name of ours ends in _t' < <(code $files | grep -E \
    -e "$not(struct|enum|union)[ 	]+[A-Za-z0-9_]+_t([^A-Za-z0-9_]|\$)" \
    -e "${not}typedef.*[^A-Za-z0-9_][A-Za-z0-9_]+_t;" \
    -e "^[^:]*:[^:]*:[}].*[^A-Za-z0-9_][A-Za-z0-9_]+_t;")
findings_of 'a typedef that is no function pointer' < <(code $files |
    grep -E "${not}typedef([^A-Za-z0-9_(]|[A-Za-z0-9_])*;")
findings_of 'the one label is fail' < <(code $files |
    grep -E "${not}goto[ 	]" | grep -vE 'goto fail;')
findings_of 'a banner' < <(grep -nHE '^[ 	]*/?\*+[ 	]*[-=*#]{8}' $files)
findings_of 'a function of more than 80 lines' < <(awk '
    FNR == 1 { start = 0 }
    /^{/ { start = FNR }
    /^}/ { if (start && FNR - start > 81) print FILENAME ":" start; start = 0 }
    ' $files)
# A test file may be longer: it is read one promise at a time.
findings_of 'a file of more than 600 lines' < <(wc -l $files |
    awk '$2 != "total" && $1 > ($2 ~ /^tests\// ? 900 : 600) \
	{ print $2 ":" $1 }')
verdict
