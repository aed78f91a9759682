#!/bin/sh
# JupyterLab in the home folder, with the shipped notebooks in it; what a person changed stays.
set -eu
case "${JUPYTER_TOKEN-}" in
*[![:space:]]*) ;;
*)
  echo "JUPYTER_TOKEN is missing or blank, and would keep nobody out: give the Secret's key token a value" >&2
  exit 42
  ;;
esac
cp --update=none /opt/rookery/share/notebooks/*.ipynb "${HOME}"
exec jupyter lab "$@"
