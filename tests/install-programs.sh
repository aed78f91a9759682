#!/usr/bin/env bash
# What tests need of the machine, from Debian's packages: each of the arguments (browser, jdk, maven) that is
# not there yet, where we may.
set -euo pipefail

skipped="Until then the tests that need it are skipped (with CI=true they fail)."

remedy() { # what, why
  echo "no $1: $2; install it yourself. $skipped" >&2
  exit 0
}

known() { # the programs, of which one is enough
  local program
  for program in "$@"; do
    if command -v "$program" >/dev/null; then return 0; fi
  done
  return 1
}

missing=()
packages=()
for wanted in "$@"; do
  case $wanted in
    browser)
      if [[ -n ${ROOKERY_BROWSER:-} ]] && ! known "$ROOKERY_BROWSER"; then
        echo "ROOKERY_BROWSER=$ROOKERY_BROWSER is not a program; name a Chromium by its path. $skipped" >&2
        continue
      fi
      programs=("${ROOKERY_BROWSER:-chromium}" chromium-browser google-chrome google-chrome-stable)
      needed=(chromium fonts-dejavu-core)
      ;;
    jdk) programs=(javac) needed=(default-jdk-headless) ;;
    maven) programs=(mvn) needed=(maven) ;;
    *) echo "$wanted is none of: browser, jdk, maven" >&2 && exit 2 ;;
  esac
  if ! known "${programs[@]}"; then
    missing+=("$wanted")
    packages+=("${needed[@]}")
  fi
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

command -v apt-get >/dev/null || remedy "${missing[*]}" "this machine has no apt-get"

administrator=()
if [[ $(id -u) -ne 0 ]]; then
  sudo -n true 2>/dev/null || remedy "${missing[*]}" "only an administrator may install packages"
  administrator=(sudo -n)
fi

export DEBIAN_FRONTEND=noninteractive
apt=("${administrator[@]}" apt-get -qq -o Acquire::Retries=1 -o Acquire::http::Timeout=30)
echo "installing Debian's ${packages[*]} for the tests ..."
"${apt[@]}" update >/dev/null || remedy "${missing[*]}" "apt-get update failed"
"${apt[@]}" install --yes --no-install-recommends "${packages[@]}" >/dev/null ||
  remedy "${missing[*]}" "apt-get could not install ${packages[*]}"
