# shellcheck shell=bash
# One running Asterisk: the root filesystem, read-only, with writable folders of this run laid over it in a private
# mount namespace. The mounts live and die with the process: none can be left behind.

run_of() { echo "/run/ringfence-lab/$1$LAB_NAME"; }

# Lays out the folders of a run: the lab's configuration, and the checkout's asterisk-conf under /etc/asterisk/ringfence.
lay_out() {
  local version=$1 run root
  run=$(run_of "$version")
  root=$(rootfs_of "$version")
  mkdir -p "$run"/{etc,log,spool,run,root}
  echo "$CHECKOUT" >"$run/checkout"
  cp -a "$root/var/lib/asterisk" "$run/lib"
  cp -a "$root/var/spool/asterisk/." "$run/spool/"
  cp "$root"/etc/asterisk/{ccss,cdr,cel,features,indications,pjproject,stasis,udptl}.conf "$run/etc/"
  cp "$CHECKOUT"/test/lab/asterisk/*.conf "$run/etc/"
  if [[ ${RINGFENCE_LAB_HEP:-yes} == no ]]; then sed -i 's/^enabled=.*/enabled=no/' "$run/etc/hep.conf"; fi
  if [[ ${RINGFENCE_LAB_VERBOSE:-yes} == no ]]; then
    sed -i 's/,verbose$//' "$run/etc/logger.conf"
    sed -i 's/^verbose=.*/verbose=0/' "$run/etc/asterisk.conf"
  fi
  # With the wizard, Asterisk 22 crashes at one reload of ACLs in some hundreds (docs/decisions/0013).
  if [[ $version == 22 && ${RINGFENCE_LAB_WIZARD:-no} == no ]]; then sed -i '/res_pjsip_config_wizard/d' "$run/etc/modules.conf"; fi
  touch "$run/etc/websocket_client.conf"
  endpoints >"$run/etc/pjsip-endpoints.conf"
  mkdir "$run/etc/ringfence"
  if [[ -d $CHECKOUT/asterisk-conf ]]; then cp -R "$CHECKOUT/asterisk-conf/." "$run/etc/ringfence/"; fi
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=pbx.example \
    -keyout "$run/etc/tls.key" -out "$run/etc/tls.crt" 2>/dev/null || fail "openssl could not make a certificate"
  local owner
  owner=$(asterisk_owner "$version")
  chown -R "$owner" "$run"/{etc,lib,log,spool,run}
}

asterisk_owner() { awk -F: '$1 == "asterisk" { print $3 ":" $4 }' "$(rootfs_of "$1")/etc/passwd"; }

# Extensions 100 to 119, each with the password secret-<extension>.
endpoints() {
  local extension
  for extension in {100..119}; do
    printf '[%s](phone)\nauth=%s\naors=%s\ncallerid=Extension %s <%s>\n' \
      "$extension" "$extension" "$extension" "$extension" "$extension"
    printf '[%s](password)\nusername=%s\npassword=secret-%s\n[%s](contacts)\n\n' \
      "$extension" "$extension" "$extension" "$extension"
  done
}

asterisk_start() {
  local version=$1 run
  run=$(run_of "$version")
  if asterisk_pid "$version" >/dev/null; then return; fi
  # No lock may be inherited, and no terminal.
  setsid ip netns exec "$(netns "$version" pbx)" unshare --mount \
    bash "$CHECKOUT/test/lab/run-asterisk" "$(rootfs_of "$version")" "$run" \
    </dev/null >>"$run/console.log" 2>&1 8>&- 9>&- &
  disown
  local deadline=$((SECONDS + 60))
  until [[ $(cli "$version" "core waitfullybooted" 2>/dev/null) == *"fully booted"* ]]; do
    if ((SECONDS > deadline)); then
      fail "Asterisk $version did not come up within 60 s; the end of $run/console.log: $(tail -n 5 "$run/console.log")"
    fi
    sleep 0.1
  done
}

asterisk_stop() {
  local version=$1 pid
  if ! pid=$(asterisk_pid "$version"); then return; fi
  (cli "$version" "core stop now") >/dev/null 2>&1 || true
  wait_gone "$pid" 10 || asterisk_kill "$version"
}

asterisk_kill() {
  local pid
  if ! pid=$(asterisk_pid "$1"); then return; fi
  kill -KILL "$pid" 2>/dev/null || true
  wait_gone "$pid" 5 || fail "process $pid does not end"
}

wait_gone() {
  local deadline=$((SECONDS + $2))
  while [[ -d /proc/$1 ]]; do
    if ((SECONDS > deadline)); then return 1; fi
    sleep 0.05
  done
}

# The process id, if it is alive and really in the PBX's namespace: ids are used again.
asterisk_pid() {
  local version=$1 pid
  pid=$(cat "$(run_of "$version")/pid" 2>/dev/null) || return 1
  [[ -n $pid && $(stat -Lc %i "/proc/$pid/ns/net" 2>/dev/null) == "$(stat -Lc %i "/run/netns/$(netns "$version" pbx)" 2>/dev/null)" ]] ||
    return 1
  echo "$pid"
}

# Runs a program where Asterisk runs: its namespaces and its root.
inside() {
  local version=$1 pid
  shift
  pid=$(asterisk_pid "$version") || fail "Asterisk $version is not running"
  nsenter --target "$pid" --mount --net chroot "$(run_of "$version")/root" "$@"
}

cli() { inside "$1" asterisk -rx "$2"; }
