# Sourced by the checks that need a server. Wants $seriatim, the program, and $work, a
# directory of its own. SERVE_PORT is the port, if it is not to be 18443.

# serve [FLAG...] starts a fresh development server and leaves its address in $url.
serve() {
  local address=127.0.0.1:${SERVE_PORT:-18443}
  stop_serving
  if curl -sk --max-time 2 "http://$address/ping" >/dev/null; then
    echo "something else listens on $address"
    return 1
  fi
  rm -rf "$work/data"
  "$seriatim" serve --dev --data "$work/data" --listen "$address" "$@" 2>"$work/log" &
  echo $! >"$work/pid"
  url=http://$address
  [[ "$*" != *--tls-cert* ]] || url=https://$address
  for _ in $(seq 600); do
    curl -fsk "$url/ping" >/dev/null && return
    sleep 0.1
  done
  cat "$work/log"
  return 1
}

# stop_serving waits until the server is gone, so that the next one finds the port free.
stop_serving() {
  local pid
  pid=$(cat "$work/pid" 2>/dev/null) || return 0
  kill "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  rm "$work/pid"
}
