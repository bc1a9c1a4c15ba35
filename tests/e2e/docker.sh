#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The shipped Dockerfile and compose file on a real Docker engine: the demo
# until its alerts lie in the mailbox, the same again after `down` and `up`,
# and a replay of the five scenes' logs. A dockerd that answers is used; else
# one is started here with its data under build/docker and stopped at the end.
# Where no registry can be reached, debootstrap makes the base image.
#
#   COMPOSE="docker compose" tests/e2e/docker.sh    another compose
#   IKRAR_BIN=DIR                                   programs to record with
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
here=$PWD/build/docker
project=ikrar-test
deadline=180
dockerd_pid=
is_up=
# Debian's docker.io has no BuildKit front end.
if ! docker buildx version >/dev/null 2>&1; then
	export DOCKER_BUILDKIT=0 COMPOSE_DOCKER_CLI_BUILD=0
fi
if docker compose version >/dev/null 2>&1; then
	: "${COMPOSE:=docker compose}"
fi
: "${COMPOSE:=docker-compose}"
export LOGS=$here/logs LOGS_USER BASE=debian:bookworm-slim MAILBOX_PORT
LOGS_USER=$(id -u):$(id -g)
mkdir -p "$here"

say()
{
	printf '== %s\n' "$*"
}

compose()
{
	$COMPOSE -p $project -f docker/compose.yaml "$@"
}

demo()
{
	compose --profile demo "$@"
}

# quiet COMMAND...: says what it said only when it failed.
quiet()
{
	"$@" >"$here/said" 2>&1 || {
		tail -n 40 "$here/said" >&2
		return 1
	}
}

stop()
{
	status=$?
	trap - EXIT
	if [ -n "$is_up" ]; then
		[ $status = 0 ] || demo logs --tail 20 2>&1 || true
		demo down -v -t 5 >/dev/null 2>&1 || true
	fi
	if [ -n "$dockerd_pid" ]; then
		kill "$dockerd_pid" 2>/dev/null || true
		wait "$dockerd_pid" 2>/dev/null || true
	fi
	[ $status = 0 ] || say "docker: GAGAL / FAILED"
	exit $status
}
trap stop EXIT
trap 'exit 130' INT TERM

# ---- the engine

# answers_within SECONDS
answers_within()
{
	local end=$((SECONDS + $1))
	until docker version >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.2 # poll: the engine's socket, the deadline above
	done
}

start_dockerd()
{
	answers_within 0 && return
	say "dockerd: menyalakan / starting"
	export DOCKER_HOST=unix://$here/docker.sock
	rm -f "$here/docker.pid"
	dockerd --data-root "$here/data" --exec-root "$here/exec" \
	    --pidfile "$here/docker.pid" -H "$DOCKER_HOST" \
	    >"$here/dockerd.log" 2>&1 &
	dockerd_pid=$!
	answers_within 60 || {
		tail -n 20 "$here/dockerd.log" >&2
		echo "dockerd tidak menjawab / does not answer" >&2
		return 1
	}
}

# ---- the images

# What the slim image leaves out is left out here too.
make_base()
{
	docker image inspect "$BASE" >/dev/null 2>&1 && return
	quiet timeout 60 docker pull -q "$BASE" 2>/dev/null && return
	BASE=ikrar-base:bookworm
	docker image inspect $BASE >/dev/null 2>&1 && return
	say "base: debootstrap"
	rm -rf --one-file-system "$here/base"
	quiet debootstrap --variant=minbase bookworm "$here/base"
	tar -C "$here/base" -c --exclude='./proc/*' --exclude='./sys/*' \
	    --exclude='./dev/*' --exclude='./var/cache/apt/*' \
	    --exclude='./var/lib/apt/lists/*' --exclude='./var/log/*' \
	    --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' \
	    --exclude='./usr/share/info/*' --exclude='./usr/share/locale/*' . |
	    docker import --change 'CMD ["bash"]' - $BASE >/dev/null
	rm -rf --one-file-system "$here/base"
}

megabytes()
{
	echo $(($(docker image inspect -f '{{.Size}}' "$1") / 1000000))
}

make_images()
{
	local start=$SECONDS
	quiet demo build
	say "image: $((SECONDS - start)) s, ikrar $(megabytes ikrar) MB" \
	    "(base $(megabytes "$BASE") MB)"
}

# The image runs as nobody in particular and holds no tools to build.
look_inside()
{
	local program
	[ "$(docker run --rm ikrar id -u)" = 10001 ]
	docker run --rm ikrar sh -c 'for tool in gcc cmake protoc-c curl python3
	    do ! command -v $tool || exit 1; done'
	for program in ikrar ikrar-collector ikrar-aggregator ikrar-notifier
	do
		docker run --rm ikrar "$program" --help >/dev/null
	done
}

# Each shipped setting, as the program itself reads it.
check_settings()
{
	local name
	for name in aggregator collector notifier; do
		docker run --rm -v "$PWD/docker/demo:/demo:ro" ikrar \
		    "ikrar-$name" run -n -f "/demo/$name.yaml" >/dev/null
	done
	docker run --rm -v "$PWD/docker/demo:/demo:ro" ikrar sh -c '
		install -m 0600 /demo/contacts.yaml . &&
		ikrar-notifier check --contacts contacts.yaml \
		    --smtp smtp://mailbox:2525 --from a@ikrar.example' |
	    sed -n 1p
}

# ---- the demo

are_healthy()
{
	local ids
	ids=$(demo ps -q)
	[ "$(wc -w <<<"$ids")" = 6 ] &&
	    [ "$(docker inspect -f '{{.State.Health.Status}}' $ids |
		sort -u)" = healthy ]
}

up()
{
	local start=$SECONDS
	is_up=1
	quiet demo up -d
	until are_healthy; do
		if [ $((SECONDS - start)) -gt $deadline ]; then
			demo ps >&2
			return 1
		fi
		sleep 0.5 # poll: the healthchecks, the deadline above
	done
	healthy=$((SECONDS - start))
}

free_port()
{
	/usr/bin/python3 -c 'import socket
s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# What stands in the log, but for what only says that time went on.
log_kinds()
{
	demo exec -T aggregator ikrar-aggregator log read --json \
	    --dir /var/lib/ikrar |
	    sed -E 's/^\{[^{]*"kind": *"([A-Za-z]+)".*/\1/' |
	    grep -Ev '^(Ticked|NodeReported)$' | sort | uniq -c
}

# holds SERVICE EXPRESSION: of what its `status --json` says.
holds()
{
	local program=ikrar-collector
	[ "$1" != notifier ] || program=ikrar-notifier
	demo exec -T "$1" $program status --json --dir /var/lib/ikrar |
	    /usr/bin/python3 -c "import json, sys
s = json.load(sys.stdin); sys.exit(not ($2))"
}

# Everybody is connected and has delivered all.
are_linked()
{
	local node
	for node in mariso mamajang makassar; do
		holds $node 's["link"] == "connected" and
		    s["receipted_seq"] == s["last_seq"] >= 4' || return 1
	done
	holds notifier 's["link"] == "connected" and s["caught_up"] and
	    s["promised"] == s["settled"] == 6 and
	    s["receipted_seq"] == s["last_seq"] >= 6'
}

wait_linked()
{
	local end=$((SECONDS + deadline))
	until are_linked; do
		if [ $SECONDS -gt $end ]; then
			echo "simpul tidak tersambung / nodes not linked" >&2
			return 1
		fi
		sleep 0.5 # poll: the nodes' links, the deadline above
	done
}

play_demo()
{
	local mail="/usr/bin/python3 tests/e2e/docker_mail.py" start=$SECONDS
	local before after
	MAILBOX_PORT=$(free_port)
	up
	say "demo: semua sehat / all healthy: $healthy s ($COMPOSE)"
	$mail "$MAILBOX_PORT" 3 3 --print
	say "demo: surat dan webhook / mails and webhooks:" \
	    "$((SECONDS - start)) s"
	wait_linked
	before=$(log_kinds)
	quiet demo down -t 10
	up
	wait_linked
	after=$(log_kinds)
	$mail "$MAILBOX_PORT" 3 3
	[ "$before" = "$after" ] || {
		diff <(echo "$before") <(echo "$after") >&2
		return 1
	}
	say "demo: dinyalakan lagi, semua tetap / started again, all is kept"
}

# ---- the replay

# The logs are of the programs and scenes as they are now.
record_logs()
{
	local bin=${IKRAR_BIN:-} made_by
	if [ -z "$bin" ]; then
		quiet cmake --preset release
		quiet cmake --build build/release
		bin=build/release/bin
	fi
	made_by="$bin data/scenes tests/e2e/scenes.py tests/e2e/region.py"
	if [ -e "$LOGS/recorded" ] && [ -z "$(find $made_by -type f \
	    -newer "$LOGS/recorded")" ]; then
		return
	fi
	say "log: memainkan lima adegan / playing the five scenes"
	IKRAR_BIN=$(readlink -f "$bin") PYTHONDONTWRITEBYTECODE=1 \
	    /usr/bin/python3 tests/e2e/record_logs.py "$LOGS"
	touch "$LOGS/recorded"
}

replay_logs()
{
	local log out name
	for log in "$LOGS"/*/; do
		name=$(basename "$log")
		out=$(compose --profile replay run --rm -T replay "$name" \
		    2>"$here/said") || {
			cat "$here/said" >&2
			echo "$out"
			return 1
		}
		echo "  $name: $(tail -n 1 <<<"$out")"
	done
}

record_logs
start_dockerd
make_base
make_images
look_inside
check_settings
play_demo
replay_logs
say "docker: ok: ikrar $(megabytes ikrar) MB, sehat / healthy in $healthy s," \
    "$SECONDS s"
