#!/bin/sh
# Builds the addon on what libraries.sh has built: `addon.sh TRIPLET STAGE BUILD-ID`. /build/package has the sources,
# CFLAGS are given; the addon becomes /build/out/TRIPLET.node.
set -eu
triplet=$1 stage=$2 build_id=$3
mkdir -p /build/out
cd /build/package
# What binding.gyp has, without node-gyp: the addon includes nothing of Node.js but Node-API, and libuv's uv.h.
# shellcheck disable=SC2086 # flags are words
"$triplet-g++" $CFLAGS -ffile-prefix-map=/build/package=. -std=c++17 -Wall -Wextra -Werror -fvisibility-inlines-hidden \
	-DNAPI_VERSION=8 -DNODE_ADDON_API_CPP_EXCEPTIONS \
	-isystem node-addon-api -isystem node-api-headers/include -isystem "$stage/include" \
	native/*.cc -shared -o "/build/out/$triplet.node" \
	-L"$stage/lib" -lbpf -lelf -leu -lz -pthread \
	-Wl,--version-script=exports.map -Wl,--gc-sections -Wl,--build-id="0x$build_id" \
	-Wl,-z,relro,-z,now -Wl,--as-needed -s
