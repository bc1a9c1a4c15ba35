#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A test waits for the event itself, with a deadline; it does not sleep and
# hope. A loop that can only ask again and again says so on the line:
# "poll: <what>, <deadline>".
. "$(dirname "$0")/tree.sh"

tests=$(all_files | grep -E '^tests/.*\.(c|h|py|sh)$' | grep -v '^tests/lint/')
[ -n "$tests" ] || verdict
findings_of 'a sleep in a test' < <(grep -nHE \
    -e '(^|[^A-Za-z0-9_])(u|nano)?sleep[ 	]*\(' \
    -e '(^|[^A-Za-z0-9_])clock_nanosleep[ 	]*\(' \
    -e '(^|[;&|({]|do|then)[ 	]*sleep[ 	]+[0-9.$"]' $tests |
    grep -vE '(#|/\*) poll: [^ ]+')
verdict
