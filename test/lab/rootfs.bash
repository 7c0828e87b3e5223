# shellcheck shell=bash
# The lab's Asterisk as Debian built it: a root filesystem for each version, fetched once and kept outside the checkout.
# A run mounts it read-only, so it stays what it was.

CACHE=${RINGFENCE_LAB_CACHE:-/var/cache/ringfence-lab}

# Debian's release that has this Asterisk: 22 is in forky, 16 in bullseye; those between have no asterisk package.
suite_of() {
  case $1 in
    22) echo forky ;;
    16) echo bullseye ;;
  esac
}

rootfs_of() { echo "$CACHE/asterisk-$1"; }

# Makes sure that the root filesystem of version $1 is there. Two builders take turns: the second finds it made.
ensure_rootfs() {
  local version=$1 root
  root=$(rootfs_of "$version")
  if [[ -d $root ]]; then return; fi
  mkdir -p "$CACHE"
  (
    if ! flock -n 8; then
      say "another process is fetching Asterisk $version: waiting for it ..."
      flock 8
    fi
    if [[ ! -d $root ]]; then build_rootfs "$version" "$root"; fi
  ) 8>"$CACHE/asterisk-$version.lock"
}

build_rootfs() {
  local version=$1 root=$2 suite mirror building log script
  suite=$(suite_of "$version")
  mirror=$(debian_mirror)
  building="$root.building"
  log="$CACHE/asterisk-$version.log"
  rm -rf --one-file-system "$building"

  say "fetching Asterisk $version from Debian $suite (about 560 MB unpacked, takes about a minute; kept in $CACHE)"
  say "step 1 of 3: fetching and unpacking packages"
  script=/usr/share/debootstrap/scripts/$suite
  [[ -e $script ]] || script=/usr/share/debootstrap/scripts/sid
  # What debootstrap mounts stays in its own namespace, whatever ends it; and as long as it lives, it holds the lock.
  unshare --mount debootstrap --variant=minbase --include=asterisk --keyring="$(debian_keyring)" \
    "$suite" "$building" "$mirror" "$script" 2>&1 | tee "$log" | show_steps ||
    fail "debootstrap failed; the end of $log: $(tail -n 3 "$log")"

  say "step 2 of 3: tidying"
  rm -rf "$building"/var/cache/apt/archives/*.deb "$building"/var/lib/apt/lists/* "$building"/usr/share/man
  : >"$building/etc/resolv.conf"
  echo pbx >"$building/etc/hostname"
  printf '127.0.0.1 localhost pbx\n::1 localhost\n' >"$building/etc/hosts"

  say "step 3 of 3: asking it for its version"
  local answer
  answer=$(chroot "$building" asterisk -V) || fail "Asterisk $version does not run: $answer"
  [[ $answer == "Asterisk $version."* ]] || fail "Debian $suite has $answer, not Asterisk $version"
  mv -T "$building" "$root"
  say "have $answer ($(du -sh "$root" | cut -f1))"
}

# Where packages come from is the machine's own affair: the mirror is the one that apt is set up with.
debian_mirror() {
  local mirror=${RINGFENCE_LAB_MIRROR:-}
  if [[ -z $mirror ]]; then
    # shellcheck disable=SC2016 # apt expands it
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep '/debian/$' | head -n 1) || true
  fi
  [[ -n $mirror ]] || fail "apt is not set up with a Debian mirror: name one in RINGFENCE_LAB_MIRROR"
  echo "$mirror"
}

debian_keyring() {
  local keyring
  for keyring in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
    if [[ -e $keyring ]]; then
      echo "$keyring"
      return
    fi
  done
  fail "Debian's archive keys are missing: install debian-archive-keyring"
}

# debootstrap names every package it touches; a person wants to know that it goes on.
show_steps() {
  local verb last="" count=0
  while read -r _ verb _; do
    case $verb in
      Retrieving | Extracting | Unpacking | Configuring) ;;
      *) continue ;;
    esac
    if [[ $verb != "$last" ]]; then
      say "  ${verb,,} ..."
      count=0
    fi
    last=$verb
    count=$((count + 1))
    if ((count % 50 == 0)); then say "  ${verb,,}: $count packages"; fi
  done
}
