#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Nothing in the tree knows the machine it was written on, and no file holds
# a secret.
. "$(dirname "$0")/tree.sh"

machine='(^|[^A-Za-z0-9_.~-])/(wor[k]|roo[t]|hom[e]|User[s])(/|[^A-Za-z0-9_-]|$)'
files()
{
	all_files | grep -vE '^data/|\.(png|mdb|bin)$'
}
findings_of 'a path of one machine' < <(
    files | tr '\n' '\0' | xargs -0 grep -nIHE "$machine" |
	grep -v '#!/')
findings_of 'a path outside the tree' < <(
    files | tr '\n' '\0' | xargs -0 grep -nIHE 'shared/desig[n]')
findings_of 'a private key' < <(
    files | tr '\n' '\0' | xargs -0 grep -nIHE 'BEGIN [A-Z ]*PRIVATE KE[Y]')
verdict
