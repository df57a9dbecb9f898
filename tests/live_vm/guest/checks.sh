# For the scripts beside this one: . "$RIG_ROOT/tests/live_vm/guest/checks.sh", then `check WHAT COMMAND...`, at the end `exit $failed`.
failed=0
check() { if "${@:2}"; then echo "ok    $1"; else echo "FAIL  $1"; failed=1; fi; }

# said TEXT: /tmp/log says it before $program ends. No time-out: guest time leaps while the host's files are waited for.
said() {
  while ! grep -q "$1" /tmp/log && kill -0 "$program" 2>/dev/null; do sleep 0.1; done
  grep -q "$1" /tmp/log || { cat /tmp/log; false; }
}
ended_well() { wait "$program" || { cat /tmp/log; false; }; }
