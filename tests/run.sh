#!/usr/bin/env bash
# Everything that says whether this tree is good, from a fresh clone on a machine with the .NET 10 SDK and
# Node 20 or newer: format, build, packaging checks, all test projects, a few kills of the real program.
# PostgreSQL, Chromium and the servers of some messengers are provisioned. The last line is the sum: "N passed, N failed, N skipped".
#
#   tests/run.sh                everything
#   tests/run.sh Domain Web     only these test projects (and no checks around them)
#
# CI=true                  a test skipped for want of what is provisioned counts as failed
# ASSISTANT_CRASH_KILLS    kills per database at the end (2; 0 leaves them out, and the twenty connections with them)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec </dev/null

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en MSBUILDDISABLENODEREUSE=1
# The build and the tests are many short runs: profiling the tiers and mapping each page of code twice costs them a sixth of the processor.
export DOTNET_TieredPGO=0 DOTNET_EnableWriteXorExecute=0
export npm_config_fund=false npm_config_audit=false npm_config_update_notifier=false
results=$PWD/artifacts/test-results app=$PWD/artifacts/app/Assistant.Web.dll
rm -rf "$results"
mkdir -p "$results"
export ASSISTANT_TALK_RESULTS=$results # what arrived of the conversation that is talked through on every channel
wanted=("$@")

heading() { printf '\n== %s (%ss)\n' "$1" "$SECONDS"; }

# check NAME COMMAND...: one result; the output is shown only when it failed. What was begun and did not pass has failed, whatever process it ran in.
check() {
  local name=$1 log=$results/$(tr -c 'a-zA-Z0-9' '-' <<<"$1").log
  shift
  echo begun >>"$results/checks"
  if "$@" >"$log" 2>&1; then
    echo passed >>"$results/checks"
    printf 'ok      %s\n' "$name"
  else
    printf 'FAILED  %s\n' "$name"
    tail -n 60 "$log" | sed 's/^/        /'
    return 1
  fi
}

finish() {
  local sums begun passed failed
  wait # a build that failed is no reason to leave a package half installed
  # Prints the failing tests; its last line is "passed failed skipped".
  node tests/summarize.mjs "$results" >"$results/summary.txt"
  sed '$d' "$results/summary.txt"
  read -r -a sums <<<"$(tail -n 1 "$results/summary.txt")"
  begun=$(grep -c begun "$results/checks") passed=$(grep -c passed "$results/checks")
  failed=$((begun - passed + ${sums[1]:-1})) passed=$((passed + ${sums[0]:-0}))
  heading "Finished"
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "${sums[2]:-0}"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
  exit
}

prerequisites() {
  local problems=0
  command -v dotnet >/dev/null && dotnet --version >/dev/null 2>&1 \
    || { echo 'The .NET SDK that global.json asks for is missing: install the .NET 10 SDK.'; problems=1; }
  command -v node >/dev/null && [ "$(node -p 'parseInt(process.versions.node)')" -ge 20 ] && command -v npm >/dev/null \
    || { echo 'Node 20 or newer with npm is missing: the front-end bundles and the harnesses need it.'; problems=1; }
  return $problems
}

scripts_parse() {
  local file
  while IFS= read -r file; do bash -n "$file" || return 1; done < <(git ls-files '*.sh' .ci/run)
  while IFS= read -r file; do node --check "$file" || return 1; done < <(git ls-files '*.mjs')
}

# Warnings are errors in the build itself, so its exit code says it all.
build() { dotnet build Assistant.sln -c Release --nologo -v quiet -nodeReuse:false -clp:NoSummary; }

# Whitespace only, by folder: code style is checked by the build, and this way takes seconds.
format() { dotnet format whitespace --folder --verify-no-changes --exclude artifacts .cache; }

# Mostly downloads and unpacking on a new machine: done while the build has the processor.
begin_provisioning() {
  {
    tests/provision-postgres.sh >"$results/postgres"
    tests/provision-chromium.sh >"$results/chromium"
    tests/provision-servers.sh || true # their tests say what is missing
  } >"$results/provisioning.log" 2>&1 &
  provisioning=$!
}

# The first two leave what they print only when they succeed.
end_provisioning() {
  heading 'Provisioning'
  wait "$provisioning"
  cat "$results/provisioning.log"
  if [ -s "$results/postgres" ]; then ASSISTANT_TEST_POSTGRES=$(tail -n 1 "$results/postgres"); export ASSISTANT_TEST_POSTGRES; fi
  if [ -s "$results/chromium" ]; then ASSISTANT_TEST_CHROMIUM=$(tail -n 1 "$results/chromium"); export ASSISTANT_TEST_CHROMIUM; fi
}

# run_project NAME [SECONDS [RESULT FILTER...]]: RESULT names what it leaves when a project is run in parts.
run_project() {
  local name=Assistant.$1.Tests result=${3:-Assistant.$1.Tests}
  local dll=tests/$name/bin/Release/net10.0/$name.dll
  heading "$result"
  # A run that dies or hangs leaves no result file, which the summary counts as a failure of its own.
  touch "$results/$result.expected"
  timeout --kill-after=30 "${2:-900}" dotnet "$dll" -noLogo -noColor -noAutoReporters -result-ctrf "$results/$result.ctrf.json" "${@:4}" \
    >"$results/$result.log" 2>&1
  local code=$?
  tail -n 1 "$results/$result.log"
  # 0: all passed, 1: some failed; anything else is no verdict of the tests.
  [ $code -le 1 ] || { rm -f "$results/$result.ctrf.json"; printf 'ended with %d:\n' "$code"; tail -n 40 "$results/$result.log"; }
}

# Compiled ahead as it is shipped: each start of the program takes half the time, and the tests of whole programs start it hundreds of times.
publish() { rm -f "$app" && dotnet publish Assistant.Web -c Release -o "${app%/*}" --nologo -v quiet -nodeReuse:false; }

crash() { node tests/crash/crash.mjs --provider "$1" --port "$2" --kills "${ASSISTANT_CRASH_KILLS:-2}" --app "$app"; }

heading 'Prerequisites'
prerequisites || { printf '\n0 passed, 1 failed, 0 skipped\n'; exit 1; }

if [ ${#wanted[@]} -gt 0 ]; then
  begin_provisioning
  check 'Release build without warnings' build || finish
  end_provisioning
  for project in "${wanted[@]}"; do run_project "$project"; done
  finish
fi

heading 'Format and build'
check 'scripts parse' scripts_parse
check 'the crash harness sees planted faults' node --test tests/crash/crash.test.mjs
check 'the harness of connections sees planted faults' node --test tests/bench/connections.test.mjs
check 'the channel scale sees planted faults' node --test tests/channel-scale.test.mjs
check 'whitespace is as .editorconfig has it' format
begin_provisioning # not before: the harnesses measure times
check 'Release build without warnings' build || finish
end_provisioning

# Quick ones first: they say soonest what is wrong.
for project in Architecture Domain; do run_project "$project"; done
# The rest in two lanes side by side: tests wait for disks, sockets, pages and timers a third of their time, and a third lane would only make all of them
# slower: two cores have no more to give. One begins with the tests of the parts, which take longer than publishing the program for the other. After that
# whichever lane is free takes the next lot, long ones first, so both end at about the same time on any machine.
# Whole programs are driven in three lots, the first two named by their classes, the third what is left, and one that takes the pictures.
ends() { local class; for class in "${@:2}"; do printf '%s\n' "$1" "*.${class}Tests"; done; }
lot1=(Canary FailedStart Forgetting KeyRotation Kill SealedChat Session WebChat)
lot2=(Files Newcomer OpenIdConnect Passkey PersonAct PersonLink RestoreKill)
mapfile -t first < <(ends -class "${lot1[@]}")
mapfile -t second < <(ends -class "${lot2[@]}")
mapfile -t third < <(ends -class- Looks "${lot1[@]}" "${lot2[@]}")
lots=(drive_first drive_second drive_third take_pictures web kill_over_sqlite kill_over_postgres)
drive_first() { run_project EndToEnd 1300 Assistant.EndToEnd.Tests.1 "${first[@]}"; }
drive_second() { run_project EndToEnd 1000 Assistant.EndToEnd.Tests.2 "${second[@]}"; }
drive_third() { run_project EndToEnd 1000 Assistant.EndToEnd.Tests.3 "${third[@]}"; }
take_pictures() { run_project EndToEnd 900 Assistant.EndToEnd.Tests.Looks -class '*LooksTests'; }
web() { run_project Web; }
kill_over_sqlite() { kill_over SQLite sqlite 21210; }
kill_over_postgres() { [ -z "${ASSISTANT_TEST_POSTGRES:-}" ] || kill_over PostgreSQL postgres 21310; }
kill_over() { [ "${ASSISTANT_CRASH_KILLS:-2}" = 0 ] || [ ! -f "$app" ] || check "kills over $1 lose nothing" crash "$2" "$3"; }

# lane FIRST_PORT [PROJECT]: runs the project, then works off lots until none is left.
lane() {
  local lot
  export ASSISTANT_TEST_PORTS=$1
  [ -z "${2:-}" ] || run_project "$2"
  while lot=$(next_lot) && [ "$lot" -lt "${#lots[@]}" ]; do "${lots[lot]}"; done
}

# Prints the number of the next lot, each once, whichever lane asks.
next_lot() {
  local next
  {
    flock 9
    next=$(cat "$results/lots-taken" 2>/dev/null || echo 0)
    echo $((next + 1)) >"$results/lots-taken"
  } 9>"$results/lots.lock"
  echo "$next"
}

export ASSISTANT_TEST_APP=$app
lane 22400 Infrastructure &
check 'publish' publish
lane 22200 &
wait

if [ "${ASSISTANT_CRASH_KILLS:-2}" != 0 ] && [ -f "$app" ]; then
  heading 'Connections in trouble' # by itself: who became slower is judged
  check 'twenty connections lose nothing and do not slow each other' node tests/bench/connections.mjs --short
fi

heading 'Claims'
check 'the READMEs say of the channels what the tests showed' node tests/channel-scale.mjs "$results" --check

heading 'Packaging'
if docker compose version >/dev/null 2>&1; then
  check 'docker compose accepts docker-compose.yml' docker compose --profile server config --quiet
else
  echo 'No docker compose here: the architecture tests have checked the file.'
fi
if docker info >/dev/null 2>&1; then
  check 'the image builds' docker build --tag assistant:test .
fi
finish
