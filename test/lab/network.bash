# shellcheck shell=bash
# The lab's network: one namespace a host, joined by a bridge that has a namespace of its own, so that the machine's
# network is left as it is. Each version has its own set with the same addresses; both can be up at once.
# The addresses are those of test/lab/addresses.ts; change both.

HOSTS=(pbx phones attacker carrier)

# RINGFENCE_LAB_NAME makes a second lab beside the first: two checkouts can test at once.
LAB_NAME=${RINGFENCE_LAB_NAME:-}

netns() { echo "rf$1$LAB_NAME-$2"; }

has_netns() { [[ -e /run/netns/$(netns "$1" "$2") ]]; }

network_up() {
  local version=$1 host bridge
  bridge=$(netns "$version" net)
  ip netns add "$bridge"
  quiet_ipv6 "$bridge"
  ip -n "$bridge" link set lo up
  ip -n "$bridge" link add bridge type bridge forward_delay 0
  ip -n "$bridge" link set bridge up
  for host in "${HOSTS[@]}"; do
    ip netns add "$(netns "$version" "$host")"
    quiet_ipv6 "$(netns "$version" "$host")"
    ip -n "$bridge" link add name "$host" type veth peer name eth0 netns "$(netns "$version" "$host")"
    ip -n "$bridge" link set dev "$host" master bridge up
    { addresses_of "$host"; routes; } | ip -n "$(netns "$version" "$host")" -batch -
  done
  may_forge "$(netns "$version" attacker)"
  reach_from_machine "$version"
}

network_down() {
  local version=$1 host
  if [[ -z $LAB_NAME ]]; then ip link delete "rf$version-host" 2>/dev/null || true; fi
  for host in "${HOSTS[@]}" net; do
    if has_netns "$version" "$host"; then ip netns delete "$(netns "$version" "$host")"; fi
  done
}

# Addresses are usable at once: nobody else is there to have taken them, and nobody advertises routes.
quiet_ipv6() {
  ip netns exec "$1" sysctl -q -w net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 \
    net.ipv6.conf.all.accept_ra=0 net.ipv6.conf.default.accept_ra=0 net.ipv6.conf.default.router_solicitations=0
}

addresses_of() {
  local n
  echo "link set lo up"
  case $1 in
    pbx)
      echo "address add 192.0.2.1/24 dev eth0"
      echo "address add 2001:db8:0:1::1/64 dev eth0 nodad"
      ;;
    carrier)
      echo "address add 192.0.2.20/24 dev eth0"
      echo "address add 2001:db8:0:2::20/64 dev eth0 nodad"
      ;;
    phones)
      for n in {10..59}; do echo "address add 198.51.100.$n/24 dev eth0"; done
      for n in {10..19}; do echo "address add 2001:db8:100::$n/64 dev eth0 nodad"; done
      ;;
    attacker)
      for n in {10..109}; do echo "address add 203.0.113.$n/24 dev eth0"; done
      for n in {1..20}; do echo "address add 2001:db8:a:$n::66/64 dev eth0 nodad"; done
      for n in {101..108}; do echo "address add 2001:db8:a:1::$n/64 dev eth0 nodad"; done
      ;;
  esac
  echo "link set eth0 up"
}

# Everyone is on the same wire, whatever the address.
routes() {
  local net
  for net in 192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32; do
    echo "route replace $net dev eth0"
  done
}

# The attacker can send from the carrier's address and from a phone's, and never sees the answers: what a forged UDP
# source is. It must not answer ARP for them.
may_forge() {
  ip netns exec "$1" sysctl -q -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2
  ip -n "$1" address add 192.0.2.20/32 dev lo
  ip -n "$1" address add 198.51.100.10/32 dev lo
}

# One link from the machine to the PBX, so that a browser can open the daemon's pages.
reach_from_machine() {
  local version=$1
  # The addresses of this link are the machine's, and only one lab can have them.
  if [[ -n $LAB_NAME ]]; then return; fi
  ip link add "rf$version-host" type veth peer name machine netns "$(netns "$version" pbx)"
  ip address add "198.18.$version.1/30" dev "rf$version-host"
  ip link set "rf$version-host" up
  ip -n "$(netns "$version" pbx)" address add "198.18.$version.2/30" dev machine
  ip -n "$(netns "$version" pbx)" link set machine up
}
