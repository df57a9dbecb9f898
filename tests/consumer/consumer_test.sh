#!/usr/bin/env bash
# consumer_test.sh BUILD-TREE [static|shared]: installs BUILD-TREE into an empty prefix and uses it as a stranger would: by find_package(),
# by pkg-config, each header by itself, and the installed program.
set -euo pipefail

tree=$1 form=${2:-static}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix

cmake --install "$tree" --prefix "$prefix" >"$work/log"
library_dir=$(dirname "$(find "$prefix" -name 'libargent.a' -o -name 'libargent.so' | head -n 1)")
if grep -rIl "$tree" "$prefix"; then
  echo "the installed files above name the build tree $tree"
  exit 1
fi

echo "== find_package(Argent)"
cmake -S "$here" -B "$work/cmake" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$prefix" >"$work/log" || { cat "$work/log"; exit 1; }
cmake --build "$work/cmake" >"$work/log" || { cat "$work/log"; exit 1; }
"$work/cmake/consumer"

echo "== pkg-config"
export PKG_CONFIG_PATH=$library_dir/pkgconfig
pkg-config --exact-version="$(sed -n 's/^set(PACKAGE_VERSION "\(.*\)")/\1/p' "$library_dir/cmake/Argent/ArgentConfigVersion.cmake")" argent
read -ra flags <<<"$(pkg-config --cflags --libs argent)"
"${CXX:-g++}" -std=c++20 "$here/consumer.cpp" "${flags[@]}" -o "$work/consumer"
LD_LIBRARY_PATH=$library_dir "$work/consumer"

# The adapter to OpenCV is for those who have it.
others=(-name '*.h')
read -ra opencv <<<"$(pkg-config --cflags-only-I opencv4 2>/dev/null | sed 's/-I/-isystem /g')"
[[ ${#opencv[@]} -gt 0 ]] || others+=(! -name opencv_mat.h)
compiled=("${CXX:-g++}" -std=c++20 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c++ "-I$prefix/include/argent" "${opencv[@]}")
headers=$(cd "$prefix/include/argent" && find . "${others[@]}" | sort)
if [[ $form == shared ]]; then
  echo "== each header by itself, with pedantic warnings as errors"
  (cd "$prefix/include/argent" && xargs -P "$(nproc)" -I {} "${compiled[@]}" -include {} /dev/null <<<"$headers")
else
  echo "== all headers, with pedantic warnings as errors (each by itself: package.shared_library)"
  sed 's/.*/#include "&"/' <<<"$headers" | "${compiled[@]}" -
fi
wc -l <<<"$headers"

if [[ $form == shared ]]; then
  echo "== nothing but argent's names leaves the shared library"
  foreign=$(nm -D --defined-only --demangle "$library_dir/libargent.so" | awk '$2 != "A"' | cut -d ' ' -f 3- | grep -vE '^(typeinfo (name )?for |vtable for )?argent::' || true)
  if [[ -n $foreign ]]; then
    head -n 20 <<<"$foreign"
    exit 1
  fi
fi

echo "== the program"
"$prefix/bin/argent" --version
