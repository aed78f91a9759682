#!/usr/bin/env bash
# A browser for the tests of the page: Debian's Chromium, where there is none yet and we may.
set -euo pipefail

for browser in "${ROOKERY_BROWSER:-}" chromium chromium-browser google-chrome google-chrome-stable; do
  if [[ -n $browser ]] && command -v "$browser" >/dev/null; then exit 0; fi
done

remedy() {
  echo "no browser: $1; install Chromium, or name one by ROOKERY_BROWSER=/path/to/it." \
    "Until then the tests of the page are skipped (with CI=true they fail)." >&2
  exit 0
}

[[ -z ${ROOKERY_BROWSER:-} ]] || remedy "ROOKERY_BROWSER=$ROOKERY_BROWSER is not a program"
command -v apt-get >/dev/null || remedy "this machine has no apt-get"

administrator=()
if [[ $(id -u) -ne 0 ]]; then
  sudo -n true 2>/dev/null || remedy "only an administrator may install one"
  administrator=(sudo -n)
fi

export DEBIAN_FRONTEND=noninteractive
apt=("${administrator[@]}" apt-get -qq -o Acquire::Retries=1 -o Acquire::http::Timeout=30)
echo "installing Debian's Chromium for the tests of the page ..."
"${apt[@]}" update >/dev/null || remedy "apt-get update failed"
"${apt[@]}" install --yes --no-install-recommends chromium fonts-dejavu-core >/dev/null ||
  remedy "apt-get could not install chromium"
