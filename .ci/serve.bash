# Sourced by the checks that need a server. Wants $seriatim, the program, and $work, a
# directory of its own.

# serve starts a fresh development server and leaves its address in $url.
serve() {
  stop_serving
  rm -rf "$work/data"
  "$seriatim" serve --dev --data "$work/data" --listen 127.0.0.1:18443 2>"$work/log" &
  echo $! >"$work/pid"
  url=http://127.0.0.1:18443
  for _ in $(seq 100); do
    curl -fs "$url/ping" >/dev/null && return
    sleep 0.1
  done
  cat "$work/log"
  return 1
}

stop_serving() { kill "$(cat "$work/pid" 2>/dev/null)" 2>/dev/null || true; }
