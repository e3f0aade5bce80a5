#!/usr/bin/env bash
# Makes sure there is a Chromium and a font with Chinese glyphs for the browser tests, and prints the
# browser's path as the last line. Everything else goes to the standard error.
#
# Where there is one, it is the build that has no windows of its own: the same engine for two thirds of the processor.
#
# ASSISTANT_TEST_CHROMIUM   a browser that is already there: printed as it is, nothing is installed
#
# Exit code 3: this system has no way to such a browser. The tests that need one are then skipped.
set -euo pipefail

say() { printf 'chromium: %s\n' "$*" >&2; }
unavailable() { say "$*"; say 'Set ASSISTANT_TEST_CHROMIUM to the path of a Chromium or Chrome.'; exit 3; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  else sudo -n --preserve-env=http_proxy,https_proxy,no_proxy "$@"
  fi
}

find_browser() {
  local name
  for name in chromium-headless-shell chromium chromium-browser google-chrome-stable google-chrome; do
    # Some releases ship a stub that only points to another package system.
    if command -v "$name" >/dev/null && "$name" --version >/dev/null 2>&1; then command -v "$name"; return; fi
  done
  return 1
}

has_chinese() { fc-list ':lang=zh-cn' 2>/dev/null | grep -q .; }

if [ -n "${ASSISTANT_TEST_CHROMIUM:-}" ]; then
  [ -x "$ASSISTANT_TEST_CHROMIUM" ] || { say "ASSISTANT_TEST_CHROMIUM names $ASSISTANT_TEST_CHROMIUM, which cannot be run."; exit 1; }
  printf '%s\n' "$ASSISTANT_TEST_CHROMIUM"
  exit 0
fi

can_install() { command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; }

install() {
  say "Installing $*."
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@" </dev/null >&2
}

missing=()
command -v chromium-headless-shell >/dev/null || missing+=(chromium-headless-shell)
has_chinese || missing+=(fonts-noto-cjk fontconfig)
if [ "${#missing[@]}" -gt 0 ] && can_install; then
  as_root apt-get -o DPkg::Lock::Timeout=300 update >/dev/null 2>&1 || say 'apt-get update reported an error; going on with the lists there are.'
  # Not every release has it apart.
  install "${missing[@]}" || install "${missing[@]/#chromium-headless-shell/chromium}" || say 'The package sources of this system do not provide them.'
fi

browser=$(find_browser) || unavailable 'There is no browser that starts; installing one takes apt-get and root, or a sudo that asks for no password.'
has_chinese || unavailable 'No font with Chinese glyphs was found.'
say "Ready: $("$browser" --version 2>/dev/null)."
printf '%s\n' "$browser"
