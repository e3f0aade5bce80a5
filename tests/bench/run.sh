#!/usr/bin/env bash
# Publishes the product and the durable floor and compares them with the reference gateway, alternately, in one
# sitting, at 1, 10, 100 and 1,000 chats. Arguments go to tests/bench/compare.mjs, e.g. --chats 100 --rounds 3.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
dotnet publish Assistant.Web -c Release -o artifacts/app --nologo -v quiet
dotnet publish tests/Assistant.Benchmarks -c Release -o artifacts/bench --nologo -v quiet
exec node tests/bench/compare.mjs "$@"
