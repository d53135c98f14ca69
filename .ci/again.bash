# Sourced by what fetches something from the network, or measures.

# again COMMAND...: a command that may fail for the network's sake, up to four times.
again() {
  local try
  for try in 1 2 3; do
    if "$@"; then return; fi
    printf 'again in %d s: %s\n' $((try * 5)) "$*" >&2
    sleep $((try * 5))
  done
  "$@"
}

# install_packages NAME...: from the system's packages.
install_packages() { again apt-get update -q && again apt-get install -qy -o Acquire::Retries=3 "$@"; }

# once_more COMMAND...: a measurement in which something was not answered, which may be for
# want of a processor. Twice is a failure.
once_more() {
  if "$@"; then return; fi
  printf '*** failed; the machine may have been busy (load %s), once more\n' "$(cut -d' ' -f1-3 /proc/loadavg 2>/dev/null)" >&2
  "$@"
}
