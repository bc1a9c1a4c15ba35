#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every file that is code names its licence in its first lines.
. "$(dirname "$0")/tree.sh"

pattern='\.(c|h|proto|py|sh|cmake|yaml|yml|js|css|service|l|scd)$'
pattern="$pattern|(^|/)(CMakeLists\.txt|Dockerfile|dev|run|\.clang-tidy)$"
while read -r file; do
	head -n 3 "$file" |
	    grep -q 'SPDX-License-Identifier: Apache-2\.0' ||
	    finding "$file:1: no SPDX-License-Identifier line"
done < <(all_files | grep -E "$pattern" | grep -v '^data/')
verdict
