#!/bin/sh
# Makes the folder that the image is started from: the app without a configuration, the program that configures it, and the start.
set -eu

out=$1
here=$(dirname "$0")

cargo xtask bundle --smallest --out "$out/bundle"
# As `cargo xtask` has built it; it runs once at each start.
install -D --mode=0755 --strip "${CARGO_TARGET_DIR:-$here/../target}/debug/xtask" "$out/bin/xtask"
install --mode=0755 "$here/start.sh" "$out/start.sh"
install --mode=0644 "$here/nginx.conf" "$out/nginx.conf"
