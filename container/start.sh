#!/bin/sh
# Writes the folder for the configuration of the environment, and serves it with nginx.
#
#   HUSHKEY_CONFIG  the configuration, JSON; or HUSHKEY_CONFIG_FILE, a file with it
#   HUSHKEY_ORIGIN  where people find the app, such as https://app.example.com
#   HUSHKEY_PORT    the port to listen at; TLS ends in front of it
#   HUSHKEY_RUN     a folder that may be written to
#   HUSHKEY_NGINX   the program, and HUSHKEY_NGINX_MODULES the folder of its modules, where they are not where Debian has them
set -eu

home=$(dirname "$0")
run=${HUSHKEY_RUN:?}
: "${HUSHKEY_ORIGIN:?say where people find the app, such as https://app.example.com}"

if [ -n "${HUSHKEY_CONFIG:-}" ]; then
  config=$run/config.json
  printf '%s' "$HUSHKEY_CONFIG" > "$config"
else
  config=${HUSHKEY_CONFIG_FILE:?put the configuration into HUSHKEY_CONFIG, or name a file with it in HUSHKEY_CONFIG_FILE}
fi

"$home/bin/xtask" dist --bundle "$home/bundle" --config "$config" --origin "$HUSHKEY_ORIGIN" --host nginx --out "$run/site"

mkdir -p "$run/temp"
modules=${HUSHKEY_NGINX_MODULES:-/usr/lib/nginx/modules}
sed -e "s|@RUN@|$run|g" -e "s|@PORT@|${HUSHKEY_PORT:-8080}|g" -e "s|@MODULES@|$modules|g" "$home/nginx.conf" > "$run/nginx.conf"
exec "${HUSHKEY_NGINX:-nginx}" -e stderr -p "$run" -c "$run/nginx.conf" -g 'daemon off;'
