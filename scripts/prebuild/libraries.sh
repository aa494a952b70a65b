#!/bin/sh
# Builds zlib, libelf and libbpf for one architecture, in the root that prebuild.ts prepares: `libraries.sh TRIPLET STAGE`.
# /build/src has their sources; what the addon is linked with comes into STAGE, whole or not at all. CFLAGS are given.
set -eu
triplet=$1 final=$2 stage=$2.partial
work=/build/work/$triplet
rm -rf "$work" "$stage"
mkdir -p "$work"
cp -r /build/src/* "$work"
flags="$CFLAGS -ffile-prefix-map=$work=."
unset CFLAGS
export CC="$triplet-gcc" AR="$triplet-ar" RANLIB="$triplet-ranlib" MAKEFLAGS=-j2

cd "$work"/zlib
CHOST=$triplet CFLAGS=$flags ./configure --static --prefix="$stage"
make install

# libelf alone: libbpf needs neither libdw nor what reads compressed kernels.
cd "$work"/elfutils
./configure --host="$triplet" --prefix="$stage" --disable-nls --disable-demangler \
	--disable-debuginfod --disable-libdebuginfod --without-bzlib --without-lzma --without-zstd \
	CFLAGS="$flags" CPPFLAGS="-I$stage/include" LDFLAGS="-L$stage/lib"
make -C lib libeu.a
make -C libelf libelf.a
cp lib/libeu.a libelf/libelf.a "$stage/lib"
cp libelf/libelf.h libelf/gelf.h "$stage/include"

cd "$work"/libbpf/src
make BUILD_STATIC_ONLY=1 NO_PKG_CONFIG=1 PREFIX="$stage" LIBDIR="$stage/lib" \
	CFLAGS="$flags -I$stage/include" install install_uapi_headers
mv "$stage" "$final"
