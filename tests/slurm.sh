#!/usr/bin/env bash
# Measures through a real Slurm: one machine that plays a cluster of two nodes.
set -euo pipefail

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  cat <<'EOF'
Usage: tests/slurm.sh [GILSCALE]

Starts munged, slurmctld and a slurmd for each of two nodes, all of them on this machine and in a folder of their own,
and has gilscale measure on both by `--launcher "srun -N1 -w NODE"`. Then it tries what goes wrong: a node that is
drained, a job whose time is over, a job that is cancelled in the middle. Everything is stopped at the end.

Needs root, and Debian's packages munge, slurmctld, slurmd and slurm-client.
  GILSCALE   the executable (default: build/release/bin/gilscale)
EOF
  exit 0
fi

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
gilscale=$(realpath "${1:-$root/build/release/bin/gilscale}")
[[ $(id -u) == 0 ]] || { echo "slurm.sh: run it as root" >&2; exit 2; }
for each in munged slurmctld slurmd srun; do
  PATH=$PATH:/usr/sbin command -v "$each" >/dev/null ||
    { echo "slurm.sh: there is no $each; run: apt-get install munge slurmctld slurmd slurm-client" >&2; exit 2; }
done
PATH=$(dirname "$gilscale"):$PATH:/usr/sbin

folder=$(mktemp -d /tmp/gilscale-slurm-XXXXXX)
chmod 755 "$folder"
started=()
clean() {
  ((${#started[@]})) && kill "${started[@]}" 2>/dev/null || true
  sleep 1
  rm -rf "$folder"
}
trap clean EXIT

# ---- the cluster ----

dd if=/dev/urandom of="$folder/munge.key" bs=128 count=1 status=none
chmod 600 "$folder/munge.key"
munged --foreground --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" --pid-file="$folder/munge.pid" \
  --log-file="$folder/munge.log" --seed-file="$folder/munge.seed" 2>"$folder/munged.err" &
started+=($!)

host=$(hostname -s)
cat >"$folder/slurm.conf" <<EOF
ClusterName=gilscale
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=17000
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool-%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd-%n.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/linear
MpiDefault=none
ReturnToService=2
OverTimeLimit=0
KillWait=1
NodeName=node[1-2] NodeHostname=$host NodeAddr=127.0.0.1 Port=[17001-17002] CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE OverSubscribe=FORCE:8 State=UP
EOF
mkdir "$folder/state" "$folder/spool-node1" "$folder/spool-node2"
export SLURM_CONF=$folder/slurm.conf
slurmctld -D >"$folder/slurmctld.out" 2>&1 &
started+=($!)
for node in node1 node2; do
  slurmd -D -N "$node" >"$folder/$node.out" 2>&1 &
  started+=($!)
done
for ((waited = 0; waited < 60; ++waited)); do
  [[ $(sinfo -h -o %T -N 2>/dev/null | sort -u) == idle ]] && break
  sleep 1
done
sinfo -N -o '%N %T' || { tail -5 "$folder"/*.log "$folder"/*.out >&2; exit 1; }

# ---- measurements ----

failures=0
check() { # what, expected exit code, text, command
  local what=$1 expected=$2 text=$3 code=0
  shift 3
  "$@" >"$folder/out" 2>&1 || code=$?
  if [[ $code == "$expected" ]] && grep -qF -- "$text" "$folder/out"; then
    echo "ok: $what"
  else
    echo "FAILED: $what (exit code $code)"
    ((++failures))
  fi
  sed 's/^/    /' "$folder/out"
}
left_behind() { pgrep -f 'worker --(at-place|supervised)' >/dev/null; }

cd "$folder"
quick=(--no-config --no-chart --threads 1,2 --calls 2 --benchmark_min_time=12x)
check "two nodes are rows of one table" 0 "release/2000 (srun -N1 -w node2)" \
  "$gilscale" run release --args "(2000,)" "${quick[@]}" --launcher "srun -N1 -w node1" --launcher "srun -N1 -w node2"

scontrol update NodeName=node2 State=DRAIN Reason=test
check "a drained node costs its own case only" 3 "release/2000 (srun -I5 -N1 -w node2): failed" \
  "$gilscale" run release --args "(2000,)" "${quick[@]}" --launcher "srun -N1 -w node1" --launcher "srun -I5 -N1 -w node2"
scontrol update NodeName=node2 State=RESUME

cat >slow.py <<'EOF'
import time

def work():
    time.sleep(1)
EOF
cancel_soon() {
  "$gilscale" run slow.py:work --no-config --no-chart --threads 1 --calls 1 --benchmark_min_time=30x \
    --launcher "srun -N1 -w node2 -J victim" &
  local pid=$! code=0
  sleep 8
  scancel -n victim --signal=KILL
  wait "$pid" || code=$?
  return "$code"
}
check "a job that is cancelled in the middle" 3 "the connection ended" cancel_soon
for ((waited = 0; waited < 20; ++waited)); do left_behind || break; sleep 1; done
if left_behind; then
  echo "FAILED: something is left behind"
  ((++failures))
else
  echo "ok: nothing is left behind"
fi

check "a job whose time is over" 3 "the connection ended" \
  timeout 180 "$gilscale" run slow.py:work --no-config --no-chart --threads 1 --calls 1 --benchmark_min_time=100x \
  --launcher "srun -N1 -w node1 -t 0:01"
((failures == 0))
