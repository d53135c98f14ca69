# Sourced by the checks that need a server. Wants $seriatim, the program, and $work, a
# directory of its own.

# serve [FLAG...] starts a fresh development server and leaves its address in $url.
serve() {
  stop_serving
  if curl -sk --max-time 2 http://127.0.0.1:18443/ping >/dev/null; then
    echo 'something else listens on 127.0.0.1:18443'
    return 1
  fi
  rm -rf "$work/data"
  "$seriatim" serve --dev --data "$work/data" --listen 127.0.0.1:18443 "$@" 2>"$work/log" &
  echo $! >"$work/pid"
  url=http://127.0.0.1:18443
  [[ "$*" != *--tls-cert* ]] || url=https://127.0.0.1:18443
  for _ in $(seq 100); do
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
