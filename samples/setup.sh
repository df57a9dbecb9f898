# shellcheck shell=bash disable=SC2034
# samples/setup.sh - what samples/quickstart.sh and tests/run.sh share: packages, steps with times, the release tree. Sourced, not run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
release_tree=$root/build/release

# ---- packages: one list to build and use Argent, one more to test it ---------------------------------------------------------------

build_packages=(cmake ninja-build g++ pkg-config libraw-dev libtiff-dev libpng-dev libjpeg-dev libexif-dev liblcms2-dev libopenexr-dev
  libyaml-cpp-dev liblensfun-dev liblensfun-data-v1 libcli11-dev nlohmann-json3-dev zlib1g-dev libeigen3-dev libgtest-dev rawtran-doc
  libcpp-httplib-dev libjs-dygraphs libnlopt-cxx-dev)
test_packages=(python3 python3-numpy python3-opencv python3-torch python3-setuptools libraw-bin libcamera-dev libopencv-dev ffmpeg xvfb
  chromium chromium-driver python3-selenium gdb clang-format)
# The virtual machine of tests/live_vm: a kernel's headers, and what it takes to boot that kernel and to talk to its camera.
vm_packages=(qemu-system-x86 busybox-static cpio kmod xz-utils make gcc linux-headers-amd64 udev v4l-utils libcamera-tools libcamera-ipa
  libimage-exiftool-perl)
# What only the tests labelled slow use: other programs that open our files.
slow_packages=(rawtherapee darktable libimage-exiftool-perl libraw-bin)

# Prints the codename of this Debian, or nothing on another system.
debian_release() {
  # shellcheck source=/dev/null
  (. /etc/os-release 2>/dev/null && [[ ${ID:-} == debian ]] && printf '%s' "${VERSION_CODENAME:-}") || true
}

halide_package() {
  case $(debian_release) in
    bookworm) echo libhalide14-0-dev ;;
    trixie) echo libhalide19-dev ;;
  esac
}

as_root() {
  if [[ $(id -u) -eq 0 ]]; then "$@"; else sudo "$@"; fi
}

# install_missing PACKAGE...: Halide and these, by apt, and only what is not there.
install_missing() {
  if [[ -z $(halide_package) ]]; then
    say "this is neither Debian 12 nor 13: installing nothing, the build will say what it misses"
    return 0
  fi
  install_packages "$(halide_package)" "$@"
}

install_packages() {
  local package missing=()
  for package in "$@"; do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done
  if [[ ${#missing[@]} -eq 0 ]]; then
    say "all packages are there"
    return 0
  fi
  say "installing ${missing[*]}"
  if [[ $(id -u) -ne 0 ]] && ! command -v sudo >/dev/null; then
    echo "argent: packages are missing and neither root nor sudo is at hand; as root: apt-get install ${missing[*]}" >&2
    return 1
  fi
  if ! { as_root apt-get update -qq &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    return 1
  fi
}

# Prints the path of a real RAW file: a whole Canon 30D capture. Slim images leave out /usr/share/doc, and with it the file.
sample_raw() {
  local name=usr/share/doc/rawtran/IMG_5952.CR2 cache=$root/build/rawtran-doc
  if [[ -f /$name ]]; then
    echo "/$name"
    return 0
  fi
  if [[ ! -f $cache/$name ]]; then
    mkdir -p "$cache" &&
      (cd "$cache" && apt-get download -qq rawtran-doc >&2 && dpkg-deb -x rawtran-doc_*.deb .) || return 1
  fi
  echo "$cache/$name"
}

# ---- steps: said before they start, timed, summed up at the end -----------------------------------------------------------------------

step_names=() step_seconds=() step_results=()
started=$SECONDS
log=$(mktemp)
trap 'rm -f "$log"' EXIT

say() { printf '   %s\n' "$*"; }

# step NAME COMMAND...: status of the command.
step() {
  local name=$1 start=$SECONDS status=0
  shift
  printf '\n== %s\n' "$name"
  "$@" || status=$?
  step_names+=("$name") step_seconds+=($((SECONDS - start)))
  if [[ $status -eq 0 ]]; then step_results+=("done"); else step_results+=(FAILED); fi
  printf '== %s: %s, %d s\n' "$name" "${step_results[-1]}" "${step_seconds[-1]}"
  return "$status"
}

summary() {
  local i
  printf '\n'
  for i in "${!step_names[@]}"; do
    printf '%6d s  %-8s %s\n' "${step_seconds[i]}" "${step_results[i]}" "${step_names[i]}"
  done
  printf '%6d s  in all\n' $((SECONDS - started))
}

# ---- the release tree --------------------------------------------------------------------------------------------------------------

# Warnings are errors only where they were seen to be none: with the compilers of Debian 12 and 13. Both commands say the same, so that
# neither makes the other build anew.
configure_release() {
  local preset=release
  [[ -n $(halide_package) && -z ${CXX:-} ]] && preset=ci
  (cd "$root" && cmake --preset "$preset" >"$log" 2>&1) || { cat "$log" >&2; return 1; }
  say "configured $release_tree"
}

# build_tree TREE [TARGET]: quiet when all is well; the compiler's words when not.
build_tree() {
  cmake --build "$1" ${2:+--target "${@:2}"} >"$log" 2>&1 || { grep -v '^\[[0-9]*/[0-9]*\]' "$log" | tail -n 80 >&2; return 1; }
  say "$(tail -n 1 "$log")"
}
