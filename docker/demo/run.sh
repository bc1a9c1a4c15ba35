#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the demo's containers start: aggregator, notifier or collector WILAYAH.
# What a former start has made is kept, so a restart goes on where it was.
set -eu
dir=/var/lib/ikrar
invitations=/run/ikrar
cd "$(dirname "$0")"
umask 077

# within SECONDS COMMAND...: asks again and again.
within()
{
	seconds=$1
	shift
	until "$@" >/dev/null 2>&1; do
		seconds=$((seconds - 1))
		if [ $seconds -lt 0 ]; then
			echo "demo: tidak terjadi / did not happen: $*" >&2
			return 1
		fi
		sleep 1
	done
}

# once NAME COMMAND...: not again after a restart.
once()
{
	[ ! -e "$dir/demo-$1" ] || return 0
	done=$dir/demo-$1
	shift
	"$@"
	touch "$done"
}

# behind COMMAND...: beside the daemon, which ends when this fails.
behind()
{
	(
		trap '[ $? = 0 ] || kill $$' EXIT
		"$@"
	) &
}

# ---- the region

admin()
{
	ikrar-aggregator "$@" --dir $dir
}

# invite NAME WILAYAH KIND: the code stands on the last line.
invite()
{
	[ ! -s "$invitations/$1" ] || return 0
	admin node invite "$2" --kind "$3" >$dir/invitation
	tail -n 1 $dir/invitation >"$invitations/$1.new"
	mv "$invitations/$1.new" "$invitations/$1"
	rm $dir/invitation
}

set_up_region()
{
	within 60 admin healthcheck
	once roster admin unit import /roster/units.csv
	once campaigns admin campaign set campaigns.yaml
	once rules admin rules load rules.yaml
	once offices admin office load offices.yaml
	invite notifier 73.71 notifier
	for wilayah in 73.71.01 73.71.02 73.71.03; do
		invite $wilayah $wilayah collector
	done
}

aggregator()
{
	[ -e $dir/store ] || admin init --wilayah 73.71
	behind set_up_region
	exec ikrar-aggregator run -f aggregator.yaml
}

# ---- its nodes

# join PROGRAM NAME
join()
{
	[ ! -e $dir/region ] || return 0
	within 120 test -s "$invitations/$2"
	"$1" join "$(cat "$invitations/$2")" --dir $dir
}

notifier()
{
	join ikrar-notifier notifier
	install -m 0600 contacts.yaml $dir/contacts.yaml
	exec ikrar-notifier run -f notifier.yaml
}

has_roster()
{
	ikrar-collector status --dir $dir --json |
	    grep -q '"roster_version": *[1-9]'
}

# days_ago N: in the zone of the region.
days_ago()
{
	TZ=WITA-8 date -d "-$1 days" +%Y-%m-%d
}

# report DAYS ACT SOURCE SUBJECT
report()
{
	ikrar-collector incident --dir $dir --yes --unit "KEL-$wilayah.1001" \
	    --happened "$(days_ago "$1")" --act "$2" --source "$3" \
	    --subject "$4"
}

# Two kelurahan and the kecamatan sign; then three allegations in one unit.
samples()
{
	within 120 has_roster
	once pledges ikrar-collector pledge --dir $dir --yes \
	    --campaign CONTOH --act pakta --form APEL --witness CAMAT \
	    --made "$(days_ago 1) 08:00" --template IKRAR-4-POIN \
	    --unit "KEC-$wilayah=pns:12/12,head" \
	    --unit "KEL-$wilayah.1001=pns:5/4" \
	    --unit "KEL-$wilayah.1002=pns:5/5,head"
	once incident-1 report 3 APK WARGA PNS
	once incident-2 report 2 SOS RT_RW PNS
	once incident-3 report 1 DKL PANWASCAM NON_ASN
}

collector()
{
	wilayah=$1
	join ikrar-collector "$wilayah"
	behind samples
	exec ikrar-collector run -f collector.yaml
}

"$@"
