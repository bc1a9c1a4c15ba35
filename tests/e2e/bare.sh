#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A stranger's first hour: a fresh Debian 12 with nothing but git, a clone of
# what is committed, ./dev demo --once, ./dev demo --once again, ./dev test.
# Needs root and debootstrap; by hand, not in ctest, which it runs.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
if [ "${1:-}" != inside ]; then
	bare=$(mktemp -d "${TMPDIR:-/var/tmp}/ikrar-bare.XXXXXX")
	# The mounts end with the namespace, before the folder is removed.
	trap 'rm -rf --one-file-system "$bare"' EXIT
	unshare --mount --propagation slave "$0" inside "$bare"
	exit
fi
bare=$2

timed()
{
	local start=$SECONDS
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb HOME=/ "${trust[@]}" \
	    chroot "$bare" /ikrar/dev "$@"
	printf '== ./dev %s: %d s\n' "$*" $((SECONDS - start))
}

chmod 0755 "$bare"
debootstrap --variant=minbase --include=git,ca-certificates bookworm "$bare" \
    >/dev/null
git clone -q --no-hardlinks . "$bare/ikrar"
# A root that is no mount point has no network namespaces and no small disks.
mount --bind "$bare" "$bare"
# Behind a proxy that signs by itself, npm has to know it.
trust=()
if [ -f "${NODE_EXTRA_CA_CERTS:-}" ]; then
	cp "$NODE_EXTRA_CA_CERTS" "$bare/etc/npm-ca.pem"
	trust=(NODE_EXTRA_CA_CERTS=/etc/npm-ca.pem)
fi
mount -t proc proc "$bare/proc"
mount -t sysfs -o ro sys "$bare/sys"
mount --rbind /dev "$bare/dev"
timed demo --once
timed demo --once
timed test
