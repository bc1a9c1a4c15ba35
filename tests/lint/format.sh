#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# .clang-format decides how C looks; ./dev format mends it.
. "$(dirname "$0")/tree.sh"

findings_of 'run ./dev format' < <(c_files |
    xargs -r -P "$(nproc)" -n 8 clang-format --dry-run --style=file 2>&1 |
    grep -E '^[^ ].*: (warning|error):' | cut -d ' ' -f 1 | sort -u)
verdict
