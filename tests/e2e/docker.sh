#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The shipped Dockerfile and compose file on a real Docker engine. A dockerd
# that answers is used; else one is started here with its data under
# build/docker and stopped at the end. Where no registry can be reached, the
# base image is made by debootstrap under the name that the Dockerfile expects.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
here=$PWD/build/docker
base=debian:bookworm-slim
image=ikrar:test
dockerd_pid=
# The Debian builder of docker.io has no BuildKit front end.
export DOCKER_BUILDKIT=0 COMPOSE_DOCKER_CLI_BUILD=0
mkdir -p "$here"

say()
{
	printf '== %s\n' "$*"
}

stop()
{
	status=$?
	if [ $status != 0 ]; then
		tail -n 20 "$here/dockerd.log" 2>/dev/null || true
	fi
	if [ -n "$dockerd_pid" ]; then
		kill "$dockerd_pid" 2>/dev/null || true
		wait "$dockerd_pid" 2>/dev/null || true
	fi
	exit $status
}
trap stop EXIT

# answers_within SECONDS
answers_within()
{
	local deadline=$((SECONDS + $1))
	until docker version >/dev/null 2>&1; do
		[ $SECONDS -lt $deadline ] || return 1
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
		echo "dockerd tidak menjawab / does not answer" >&2
		return 1
	}
}

# What the slim image leaves out is left out here too.
make_base()
{
	docker image inspect "$base" >/dev/null 2>&1 && return
	timeout 60 docker pull -q "$base" 2>/dev/null && return
	say "base: debootstrap"
	rm -rf --one-file-system "$here/base"
	debootstrap --variant=minbase bookworm "$here/base" \
	    >"$here/debootstrap.log" 2>&1
	tar -C "$here/base" -c --exclude='./proc/*' --exclude='./sys/*' \
	    --exclude='./dev/*' --exclude='./var/cache/apt/*' \
	    --exclude='./var/lib/apt/lists/*' --exclude='./var/log/*' \
	    --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' \
	    --exclude='./usr/share/info/*' --exclude='./usr/share/locale/*' . |
	    docker import --change 'CMD ["bash"]' - "$base" >/dev/null
	rm -rf --one-file-system "$here/base"
}

make_image()
{
	local start=$SECONDS bytes
	docker build -q -t "$image" -f docker/Dockerfile . >"$here/image" ||
	    docker build -t "$image" -f docker/Dockerfile .
	bytes=$(docker image inspect -f '{{.Size}}' "$image")
	say "image: $((bytes / 1000000)) MB, $((SECONDS - start)) s"
}

# The image runs as nobody in particular and holds no tools to build.
look_inside()
{
	[ "$(docker run --rm "$image" id -u)" = 10001 ]
	docker run --rm "$image" sh -c '! command -v gcc cmake protoc-c curl'
	for program in ikrar ikrar-collector ikrar-aggregator ikrar-notifier
	do
		docker run --rm "$image" "$program" --help >/dev/null
	done
}

start_dockerd
make_base
make_image
look_inside
say "docker: ok"
