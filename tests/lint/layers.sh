#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Who may include what. Floors: proto, core -> model, trust -> judge, sheet,
# node -> report -> collector, aggregator, notifier, ikrar -> tests. A folder
# sees the floors before it, never its neighbours. A header of a third party is
# included by the files named here and by no header of ours.
. "$(dirname "$0")/tree.sh"

declare -A below=(
    [core]="" [model]="core" [trust]="core"
    [judge]="core model trust" [node]="core model trust" [sheet]="core model"
    [report]="core model trust judge"
    [collector]="core model trust judge node"
    [aggregator]="core model trust judge sheet report node"
    [notifier]="core model trust judge node"
    [ikrar]="core model trust judge sheet report node")

# The only sources that see a third party's header.
owners()
{
	case $1 in
	zmq.h) echo core/link.c ;;
	lmdb.h) echo core/db.c ;;
	event2/event.h) echo core/loop.c core/http.c ;;
	event2/*) echo core/http.c ;;
	cyaml/cyaml.h)
		echo core/conf.c sheet/yaml_file.c
		;;
	yaml.h) echo notifier/contacts_file.c notifier/outline.c ;;
	sodium.h) echo trust/sign.c trust/seal.c trust/box.c trust/parcel.c trust/passphrase.c ;;
	nettle/sha2.h) echo trust/hash.c ;;
	curl/curl.h) echo notifier/curl.c ;;
	protobuf-c/protobuf-c.h) echo model/shape.c model/shape_quick.c ;;
	proto/event.pb-c.h) echo model/wire.c model/wire_rule.c ;;
	proto/wire.pb-c.h) echo model/message.c ;;
	esac
}

# What every C library on Linux has.
system='^(assert|ctype|dirent|errno|fcntl|ftw|getopt|glob|inttypes|langinfo|'
system+='limits|locale|malloc|netdb|poll|pwd|sched|signal|spawn|stdalign|stdarg|stdatomic|'
system+='stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string|strings|'
system+='termios|time|unistd|(sys|netinet|net|arpa|linux)/[a-z0-9_]+)\.h$'

ours()
{
	local file=$1 at=$2 header=$3 folder=${1%%/*} other=${3%%/*} owner
	case $header in
	*/*) ;;
	*)
		finding "$at: \"$header\" is not written from the root"
		return
		;;
	esac
	owner=$(owners "$header")
	if [ -n "$owner" ]; then
		third "$@" "$owner"
		return
	fi
	if [ ! -e "$header" ]; then
		finding "$at: \"$header\" is not a file of the tree"
		return
	fi
	[ "$folder" = tests ] || [ "$folder" = "$other" ] && return
	[[ " ${below[$folder]-} " == *" $other "* ]] ||
	    finding "$at: $folder/ may not include $other/"
}

third()
{
	local file=$1 at=$2 header=$3 owner=$4
	case $file in
	*.h) finding "$at: $header in a header" ;;
	tests/*) ;;
	*)
		[[ " $owner " == *" $file "* ]] ||
		    finding "$at: $header belongs to ${owner:-nobody}"
		;;
	esac
}

while IFS=: read -r file line header; do
	name=${header:1:-1}
	if [ "${header:0:1}" = '"' ]; then
		ours "$file" "$file:$line" "$name"
	elif [[ ! $name =~ $system ]]; then
		third "$file" "$file:$line" "$name" "$(owners "$name")"
	fi
done < <(includes $(c_files))

# The own header comes first, so that it cannot lean on another.
while read -r file; do
	header=${file%.c}.h
	[ -e "$header" ] || continue
	first=$(includes "$file" | head -n 1)
	[ "${first##*:}" = "\"$header\"" ] ||
	    finding "$file:1: its own header is not included first"
done < <(product_files | grep '\.c$')
verdict
