# SPDX-License-Identifier: Apache-2.0
# Read by every lint: which files there are, C without comments and strings,
# and how a finding is told. A lint looks at the tree that it lies in.
export LC_ALL=C.UTF-8
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." || exit 2
findings=0

# all_files: everything that is ours; no build trees, no fetched things.
all_files()
{
	find . \( -path ./.git -o -path ./build -o -name __pycache__ \) -prune \
	    -o -type f -print | sed 's|^\./||' | sort
}

c_files()
{
	all_files | grep '\.[ch]$'
}

product_files()
{
	c_files | grep -v '^tests/'
}

# code FILE...: "file:line:text" of C code; comments are gone, strings and
# characters are empty, so what is left is what the compiler acts on.
code()
{
	awk '
	FNR == 1 { inside = 0 }
	{
		out = ""
		n = length($0)
		for (i = 1; i <= n; i++) {
			two = substr($0, i, 2)
			one = substr($0, i, 1)
			if (inside) {
				if (two == "*/") { inside = 0; i++ }
			} else if (two == "/*") { inside = 1; i++
			} else if (two == "//") { break
			} else if (one == "\"" || one == "\047") {
				out = out one
				for (i++; i <= n; i++) {
					c = substr($0, i, 1)
					if (c == "\\") i++
					else if (c == one) break
				}
				out = out one
			} else out = out one
		}
		if (out ~ /[^ \t]/) print FILENAME ":" FNR ":" out
	}' "$@" /dev/null
}

# includes FILE...: "file:line:<header>" or "file:line:\"header\"".
includes()
{
	grep -nHE '^[ 	]*#[ 	]*include' "$@" /dev/null |
	    sed -E 's/^([^:]*:[0-9]+:)[^<"]*([<"][^>"]*[>"]).*/\1\2/'
}

# finding LINE...: one a line, "file:line: what is wrong".
finding()
{
	printf '%s\n' "$@"
	findings=$((findings + $#))
}

# findings_of REASON: each line of standard input is one.
findings_of()
{
	local line
	while IFS= read -r line; do
		finding "$line  -- $1"
	done
}

verdict()
{
	local name
	name=$(basename "$0" .sh)
	if [ "$findings" -gt 0 ]; then
		echo "lint.$name: $findings findings"
		exit 1
	fi
	echo "lint.$name: ok"
	exit 0
}
