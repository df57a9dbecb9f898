#!/usr/bin/env bash
# Installs what is missing (apt only), builds and runs every test but those labelled slow, then unit tests once more under the address and
# undefined behavior sanitizers: those of all that reads files. Run it again at will. `tests/run.sh --slow` runs everything.
set -euo pipefail
# shellcheck source=samples/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../samples/setup.sh"

case ${1:-} in
  "")
    left_out=(--label-exclude '^slow$')
    # What reads files, and the pipeline; the loops of the engine, the controllers and the fits are left to --slow.
    asan_compiled='^(isp|models/formats|models/runtime|models/tensor/[^/]*[.]cpp|calibration/(lint|profile|set))'
    asan_targets=(isp_test calibration_test models_test)
    asan_chosen=(--tests-regex '^(isp|calibration|models)\.[0-7]$')
    # Two fifths of the time of all: kernels beside their twins, neither of which is sanitized, and what trains and averages for long over lines
    # that shorter tests run, too. All that reads files stays.
    asan_left_out="Finish.*Twin*;Render.*Twin*;Measure.*Twin*;XTrans.*Twin*;PackedCodes.SaturatedBlackAndLargeFrames*;LightTrainerTest.LossFalls"
    asan_left_out+=";SurfacePriorFit.CrossValidated*;SyntheticThumbnails.TheLearned*;ContestScenario.FocusCopes*;RealWorld.ClassicalEstimators*"
    ;;
  --slow)
    left_out=()
    asan_compiled=.
    asan_targets=()
    asan_chosen=(--label-regex '^unit$')
    asan_left_out=
    ;;
  *) echo "usage: tests/run.sh [--slow]" >&2; exit 2 ;;
esac
asan_tree=$root/build/asan

# What a run left out, and why: tests that skipped themselves, with their reasons.
report_skipped() {
  local tree=$1 skipped
  skipped=$(sed -n '/: Skipped$/{n;p}' "$tree/Testing/Temporary/LastTest.log" | sort | uniq -c | sed 's/^ *\([0-9]*\) /\1 x /')
  if [[ -n $skipped ]]; then
    say "tests that skipped themselves:"
    printf '     %s\n' "${skipped//$'\n'/$'\n     '}"
  fi
}

# What the tests against PyTorch ran, of which they demand a minimum.
report_torch() {
  sed -nE 's/^(torch .* entries, .*|.* chains, .* gradients)$/   \1/p' "$1/Testing/Temporary/LastTest.log"
}

# run_tests TREE CTEST-ARGUMENT...: all output of those that fail, a line of sums for the others.
run_tests() {
  local tree=$1 status=0
  shift
  # One more than cores: many of them wait for a guest, a socket or a clock.
  ctest --test-dir "$tree" --parallel "$(($(nproc) + 1))" --output-on-failure --no-tests=error --progress "$@" >"$log" 2>&1 || status=$?
  if [[ $status -ne 0 ]]; then grep -v '^Test project' "$log" || true; else grep -E 'tests passed|Total Test time' "$log" | sed 's/^/   /'; fi
  report_torch "$tree"
  report_skipped "$tree"
  return "$status"
}

release_tests() {
  local status=0
  ARGENT_SAMPLE_RAW=$(sample_raw || true) run_tests "$release_tree" "${left_out[@]}" || status=$?
  if [[ ${#left_out[@]} -gt 0 ]]; then
    say "left out (label slow; tests/run.sh --slow runs them):"
    ctest --test-dir "$release_tree" -N -L '^slow$' | sed -n 's/^ *Test *#[0-9]*: /     /p'
  fi
  return "$status"
}

# The kernels come from the release tree: Halide's code is the same under a sanitizer of C++. So do the tests' own objects: it is the
# library that is to be looked into, and they take three times as long to compile as it does. So does what asan_compiled leaves out.
build_asan() {
  (cd "$root" && cmake --preset asan -DARGENT_KERNELS_DIR="$release_tree/halide_gen" -DARGENT_TEST_OBJECTS_DIR="$release_tree/tests" \
    -DARGENT_OBJECTS_DIR="$release_tree" -DARGENT_COMPILED="$asan_compiled" -DARGENT_SANITIZE_LEAVES_OUT="$asan_left_out" \
    -DARGENT_WERROR=ON >"$log" 2>&1) || { cat "$log" >&2; return 1; }
  build_tree "$asan_tree" "${asan_targets[@]}"
}

asan_tests() {
  ARGENT_SAMPLE_RAW=$(sample_raw || true) run_tests "$asan_tree" "${asan_chosen[@]}"
  [[ ${#left_out[@]} -eq 0 ]] || say "left out: the other suites, those of the programs, and ${asan_left_out//;/, } (tests/run.sh --slow)"
}

finish() {
  summary
  if [[ $failed -eq 0 ]]; then
    printf '\nAll tests passed.\n'
  else
    printf '\nSomething failed: see above.\n'
  fi
  exit "$failed"
}

failed=0
step "packages" install_missing "${build_packages[@]}" "${test_packages[@]}" || { failed=1; finish; }
step "packages of the virtual machine" install_packages "${vm_packages[@]}" || say "without them the tests labelled vm skip themselves or fail"
if [[ ${#left_out[@]} -eq 0 ]]; then
  step "packages of the slow tests" install_packages "${slow_packages[@]}" || say "without them those tests skip themselves"
fi
step "configure" configure_release || { failed=1; finish; }
step "build" build_tree "$release_tree" || { failed=1; finish; }
step "tests" release_tests || failed=1
step "build with address and undefined behavior sanitizers" build_asan || { failed=1; finish; }
step "unit tests with sanitizers" asan_tests || failed=1
finish
