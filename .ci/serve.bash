# Sourced by the checks that need a server, or something from the network. Wants $seriatim, the
# program, and $work, a directory of its own. SERVE_PORT is the port, if it is not to be
# one that was free.

. .ci/again.bash

# free_port prints a port nobody listens on, below those that the system gives to connections.
free_port() {
  local port
  while :; do
    port=$((10000 + RANDOM % 22000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

SERVE_PORT=${SERVE_PORT:-$(free_port)}

# serve [FLAG...] starts a fresh development server and leaves its address in $url.
serve() {
  stop_serving
  local address=127.0.0.1:$SERVE_PORT
  if curl -sk --max-time 2 "http://$address/ping" >/dev/null; then
    echo "something else listens on $address"
    return 1
  fi
  rm -rf "$work/data"
  "$seriatim" serve --dev --data "$work/data" --listen "$address" "$@" 2>"$work/log" &
  echo $! >"$work/pid"
  url=http://$address
  [[ "$*" != *--tls-cert* ]] || url=https://$address
  local end=$((SECONDS + 180))
  while [ $SECONDS -lt $end ] && kill -0 "$(cat "$work/pid")" 2>/dev/null; do
    curl -fsk --max-time 20 "$url/ping" >/dev/null && return
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
