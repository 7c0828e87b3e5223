# shellcheck shell=bash
# Ringfence itself on the host `pbx`, beside Asterisk, as an admin would run it there. Its files are those of the run: they go
# with `down`. What it serves on TCP is on the address at which this machine reaches the PBX.

daemon_command() {
  local version=$1
  case ${2:-} in
    start) daemon_start "$version" ;;
    stop) daemon_stop "$version" ;;
    kill) daemon_kill "$version" ;;
    restart)
      daemon_stop "$version"
      daemon_start "$version"
      ;;
    *) wrong_usage "daemon takes start, stop, kill (SIGKILL) or restart" ;;
  esac
}

daemon_start() {
  local version=$1 run is_new=no
  run=$(run_of "$version")
  if daemon_pid "$version" >/dev/null; then return; fi
  [[ -f $run/ringfence.db ]] || is_new=yes
  [[ -f $CHECKOUT/dist/ringfence.js ]] || fail "Ringfence is not built: run npm run build"
  [[ -f $run/ringfence.yaml ]] || daemon_config "$version" >"$run/ringfence.yaml"
  RINGFENCE_AMI_SECRET=lab-ami-secret RINGFENCE_ARI_PASSWORD=lab-ari-secret \
    setsid ip netns exec "$(netns "$version" pbx)" bash -c 'echo $$ >"$1/daemon.pid"; exec node "$2" run --config "$1/ringfence.yaml"' \
    daemon "$run" "$CHECKOUT/dist/ringfence.js" </dev/null >>"$run/ringfence.log" 2>&1 8>&- 9>&- &
  disown
  local deadline=$((SECONDS + 20))
  until node "$CHECKOUT/dist/ringfence.js" status --socket "$run/ringfence.sock" >/dev/null 2>&1; do
    if ((SECONDS > deadline)); then fail "Ringfence did not come up within 20 s; the end of its log: $(tail -n 5 "$run/ringfence.log")"; fi
    sleep 0.1
  done
  # The lab's IPv6 attackers share one network: what one of them does must not count against the next.
  if [[ $is_new == yes ]]; then
    node "$CHECKOUT/dist/ringfence.js" detection set group-attempts 10000 --socket "$run/ringfence.sock" >/dev/null
  fi
}

daemon_config() {
  local run page=127.0.0.1
  run=$(run_of "$1")
  # A second lab has no link to the machine.
  if [[ -z ${RINGFENCE_LAB_NAME:-} ]]; then page=198.18.$1.2; fi
  cat <<YAML
ami: { host: 127.0.0.1, port: 5038, user: ringfence }
ari: { url: "http://127.0.0.1:8088", user: ringfence }
asterisk: { configDir: $run/etc }
database: $run/ringfence.db
firewall: { backend: nftables }
http: { socket: $run/ringfence.sock, listen: "$page:8787" }
log: { level: info }
YAML
}

daemon_stop() {
  local pid
  if ! pid=$(daemon_pid "$1"); then return; fi
  kill -TERM "$pid"
  wait_gone "$pid" 10 || fail "Ringfence (process $pid) does not stop"
}

daemon_kill() {
  local pid
  if ! pid=$(daemon_pid "$1"); then return; fi
  kill -KILL "$pid"
  wait_gone "$pid" 5 || fail "process $pid does not end"
}

# The process id, if it is alive and really in the PBX's namespace: ids are used again.
daemon_pid() {
  local version=$1 pid
  pid=$(cat "$(run_of "$version")/daemon.pid" 2>/dev/null) || return 1
  [[ -n $pid && $(stat -Lc %i "/proc/$pid/ns/net" 2>/dev/null) == "$(stat -Lc %i "/run/netns/$(netns "$version" pbx)" 2>/dev/null)" ]] ||
    return 1
  echo "$pid"
}
