#!/usr/bin/env bash
# Makes a PostgreSQL 17 with the extensions age and vector for the tests, starts it and prints its
# connection string (Npgsql) as the last line. Everything else goes to the standard error.
#
#   tests/provision-postgres.sh            make what is missing, start it, print the connection string
#   tests/provision-postgres.sh stop       stop the server this script started
#
# ASSISTANT_TEST_POSTGRES        a server that is already there: printed as it is, nothing is made
# ASSISTANT_TEST_POSTGRES_PORT   port of the server made here (54329)
# ASSISTANT_TEST_CACHE           where it lives (/var/cache/assistant-tests), shared by all clones
#
# Databases that killed tests left on the server made here go when they are older than any run and nobody is in them.
#
# Exit code 3: this system has no way to such a server. The tests that need one are then skipped.
set -euo pipefail

port=${ASSISTANT_TEST_POSTGRES_PORT:-54329}
cache=${ASSISTANT_TEST_CACHE:-/var/cache/assistant-tests}
# The first Debian release that carries PostgreSQL 17 and AGE; used where this system's own does not.
release=trixie
packages=(postgresql-17 postgresql-17-age postgresql-17-pgvector)
bin=/usr/lib/postgresql/17/bin
data=/var/lib/assistant-tests/$port
user=assistant password=assistant database=assistant_test
connection="Host=127.0.0.1;Port=$port;Username=$user;Password=$password;Database=$database"

say() { printf 'postgres: %s\n' "$*" >&2; }
unavailable() { say "$*"; say 'Set ASSISTANT_TEST_POSTGRES to the connection string of a PostgreSQL 17 with age and vector.'; exit 3; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  else sudo -n --preserve-env=http_proxy,https_proxy,no_proxy "$@"
  fi
}

# Runs a command inside the server's root ("/" or the bootstrapped one) as a user of that root.
in_server() {
  local account=$1
  shift
  as_root chroot --userspec="$account" "$root" /usr/bin/env -i \
    PATH="$bin:/usr/sbin:/usr/bin:/sbin:/bin" LC_ALL=C.UTF-8 PGPASSWORD="$password" "$@"
}

sql() {
  local target=$1
  shift
  in_server postgres:postgres psql -XqAt -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$port" -U "$user" -d "$target" "$@"
}

answers() { in_server postgres:postgres pg_isready -q -h 127.0.0.1 -p "$port"; }

has_server() { [ -x "$1$bin/postgres" ] && [ -e "$1/usr/share/postgresql/17/extension/age.control" ] && [ -e "$1/usr/share/postgresql/17/extension/vector.control" ]; }

find_root() {
  if has_server ""; then root=/
  elif has_server "$cache/postgres-17"; then root=$cache/postgres-17
  else return 1
  fi
}

install_packages() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@" >&2
}

make_root() {
  command -v apt-get >/dev/null || unavailable 'This system has no apt-get.'
  say 'Refreshing the package lists.'
  as_root apt-get -o DPkg::Lock::Timeout=300 update >/dev/null 2>&1 || say 'apt-get update reported an error; going on with the lists there are.'
  # apt-cache succeeds only when every package has a version that can be installed.
  if apt-cache show --no-all-versions "${packages[@]}" >/dev/null 2>&1; then
    say 'This release carries the packages: installing them.'
    # No default cluster: the one for the tests is made below, with its own port and folder.
    as_root mkdir -p /etc/postgresql-common/createcluster.d
    echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.d/assistant-tests.conf >/dev/null
    install_packages "${packages[@]}"
    root=/
    return
  fi

  local mirror partial=$cache/postgres-17.partial
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' 2>/dev/null | sed -n 1p)
  [ -n "$mirror" ] || unavailable "This release carries no ${packages[1]}, and its package sources name no Debian mirror to bootstrap $release from."
  command -v debootstrap >/dev/null || [ -x /usr/sbin/debootstrap ] || install_packages debootstrap
  say "Bootstrapping $release with ${packages[*]} into $cache/postgres-17 (about a minute, 700 MB)."
  as_root rm -rf --one-file-system "$partial"
  as_root mkdir -p "$cache"
  local include
  include=$(IFS=,; echo "${packages[*]}")
  as_root env PATH="/usr/sbin:/sbin:$PATH" LC_ALL=C.UTF-8 \
    debootstrap --variant=minbase --include="$include" "$release" "$partial" "$mirror" >"$log" 2>&1 \
    || { tail -n 20 "$log" >&2; say "debootstrap failed; its log is $log."; exit 1; }
  as_root mv "$partial" "$cache/postgres-17"
  root=$cache/postgres-17
}

# The server asks no disk to be done (see spare_the_disk), so a machine that went down under it may have left anything. It holds nothing worth keeping.
discard_cut_off_cluster() {
  as_root test -e "$root$data.boot" || return 0
  [ "$(as_root cat "$root$data.boot")" != "$(cat /proc/sys/kernel/random/boot_id)" ] || return 0
  answers && return
  [ "$(in_server postgres:postgres pg_controldata -D "$data" | sed -n 's/^Database cluster state: *//p')" != 'shut down' ] || return 0
  say 'The machine went down under the server: making its cluster anew.'
  as_root rm -rf --one-file-system "$root$data" "$root$data.boot"
}

make_cluster() {
  # /proc/self and /dev/shm are what the server expects of a system; a bootstrapped root has neither.
  [ "$root" = / ] || as_root mkdir -p -m 1777 "$root/dev/shm"
  as_root test -e "$root$data/PG_VERSION" && return
  say "Making the database cluster $data."
  as_root rm -rf "$root$data"
  as_root mkdir -p "$root$data"
  as_root chroot "$root" chown -R postgres:postgres "$(dirname "$data")"
  in_server postgres:postgres sh -c 'umask 077; printf "%s" "$1" >"$2.password"; initdb -D "$2" -U "$3" --pwfile="$2.password" \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 >/dev/null; rm -f "$2.password"' sh "$password" "$data" "$user"
  as_root tee -a "$root$data/postgresql.conf" >/dev/null <<CONF
port = $port
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 300
shared_buffers = 256MB
dynamic_shared_memory_type = mmap
log_min_messages = warning
CONF
}

forget_dead_server() {
  local file=$root$data/postmaster.pid pid
  as_root test -e "$file" || return 0
  pid=$(as_root sed -n 1p "$file")
  # A pid file outlives a killed server, and its number may by now be another program's.
  [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = postgres ] && return
  say "Removing the pid file of a server that is gone (pid $pid)."
  as_root rm -f "$file"
}

# Exit code 1 of pg_isready: it is there, and comes back from having been cut off.
recovers() { in_server postgres:postgres pg_isready -q -h 127.0.0.1 -p "$port"; [ $? = 1 ]; }

wait_for_recovery() {
  recovers || return 0
  say "The server on port $port is recovering: waiting for it."
  for _ in $(seq 300); do
    recovers || return 0
    sleep 1
  done
}

start() {
  answers && return
  wait_for_recovery
  answers && return
  if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    say "Port $port is taken by something that is not this server. Set ASSISTANT_TEST_POSTGRES_PORT."
    exit 1
  fi
  forget_dead_server
  say "Starting the server on port $port."
  in_server postgres:postgres pg_ctl -D "$data" -l "$data.log" -w -t 60 start >&2 </dev/null 9>&- \
    || { as_root tail -n 20 "$root$data.log" >&2; say 'The server did not start.'; exit 1; }
}

# No test kills the server or the machine: they kill the program, and what the server has said to be committed outlives that without any disk. Dropping
# a database, as every test of a store does, writes all that others have copied meanwhile to disk, seven hundred files each: seconds instead of a tenth.
spare_the_disk() {
  sql postgres -c 'alter system set fsync = off' -c 'alter system set full_page_writes = off' -c 'select pg_reload_conf()' >/dev/null
  as_root cp /proc/sys/kernel/random/boot_id "$root$data.boot"
}

prepare_database() {
  [ "$(sql postgres -c "select 1 from pg_database where datname = '$database'")" = 1 ] \
    || sql postgres -c "create database $database" >&2
  sql "$database" -c 'set client_min_messages = warning' -c 'create extension if not exists age' -c 'create extension if not exists vector' >&2
}

# What killed tests left makes each recovery of the server slower. A database's first file tells its age, whoever made it; no run takes two hours.
# Somebody who has come in since the look keeps theirs: without FORCE the server refuses.
drop_old_databases() {
  local name
  while IFS= read -r name; do
    if sql postgres -c "drop database if exists \"$name\"" >&2; then say "Dropped $name, which a killed test left."; fi
  done < <(sql postgres -c "select datname from pg_database d
    where datname ~ '^(test|store|role|e2e|assistant_crash)_[0-9a-z_]+$' and not exists (select from pg_stat_activity a where a.datid = d.oid)
      and (pg_stat_file('base/' || oid || '/PG_VERSION', true)).modification < now() - interval '2 hours'")
}

verify() {
  local answer
  answer=$(sql "$database" -c "load 'age'" -c 'set search_path = public, ag_catalog' -c 'begin' -c "select create_graph('provisioned')" \
    -c "select agtype_out(v)::text || ' ' || ('[3,4]'::vector <-> '[0,0]'::vector) from cypher('provisioned', \$\$ CREATE (n:Thing {size: 7}) RETURN n.size \$\$) as (v agtype)" \
    -c 'rollback' 2>&1 | tail -n 1)
  [ "$answer" = '7 5' ] || { say "A cypher query and a vector distance should answer '7 5' and answered '$answer'."; exit 1; }
}

if [ -n "${ASSISTANT_TEST_POSTGRES:-}" ]; then
  say 'Using the server that ASSISTANT_TEST_POSTGRES names.'
  printf '%s\n' "$ASSISTANT_TEST_POSTGRES"
  exit 0
fi
if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
  unavailable 'Making a server takes root or a sudo that asks for no password.'
fi

as_root mkdir -p "$cache"
log=$cache/bootstrap.log
if [ "${1:-start}" = stop ]; then
  find_root || exit 0
  in_server postgres:postgres pg_ctl -D "$data" -m fast -w stop >&2
  exit 0
fi

# One maker at a time: clones on one machine share the folder and the server.
as_root touch "$cache/lock" && as_root chmod 666 "$cache/lock"
exec 9<>"$cache/lock"
flock 9
find_root || make_root
discard_cut_off_cluster
make_cluster
start
spare_the_disk
prepare_database
drop_old_databases
verify
say "Ready: PostgreSQL $(sql "$database" -c 'show server_version'), $(sql "$database" -c "select string_agg(extname || ' ' || extversion, ', ' order by extname) from pg_extension where extname in ('age', 'vector')")."
printf '%s\n' "$connection"
