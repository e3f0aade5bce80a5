#!/usr/bin/env bash
# Installs the servers that channel tests talk to: mail, XMPP, IRC, MQTT. Only the programs: each test starts its own server, on ports
# of its own, with a configuration of its own, and ends it. Everything is said on the standard error.
#
# Exit code 3: this system has no way to them. The tests that need one are then skipped.
set -euo pipefail

# A program of each package, by which it is known to be there.
declare -A programs=([prosody]=prosody [ngircd]=ngircd [mosquitto]=mosquitto [dovecot-imapd]=dovecot [exim4-daemon-light]=exim4)

say() { printf 'servers: %s\n' "$*" >&2; }
unavailable() { say "$*"; say 'The channel tests that need such a server are skipped.'; exit 3; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  else sudo -n --preserve-env=http_proxy,https_proxy,no_proxy "$@"
  fi
}

is_here() { command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ]; }

missing=()
for package in "${!programs[@]}"; do is_here "${programs[$package]}" || missing+=("$package"); done
[ "${#missing[@]}" -gt 0 ] || exit 0

command -v apt-get >/dev/null || unavailable "This system has no apt-get to install ${missing[*]} with."
[ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null || unavailable "Installing ${missing[*]} takes root or a sudo that asks for no password."
say "Installing ${missing[*]}."
# None of them is to run as a service of this system.
policy=/usr/sbin/policy-rc.d made=
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod 755 "$policy"
  made=yes
fi
installed=
as_root apt-get -o DPkg::Lock::Timeout=300 update >/dev/null 2>&1 || say 'apt-get update reported an error; going on with the lists there are.'
as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}" </dev/null >&2 && installed=yes
[ -z "$made" ] || as_root rm -f "$policy"
[ -n "$installed" ] || unavailable "The package sources of this system do not provide ${missing[*]}."
