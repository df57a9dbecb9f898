#!/usr/bin/env bash
# loader_closure_test.sh PROGRAM: what the loader brings in with PROGRAM is at most 35 libraries, and each one is known not to be GPL.
# A library that is not in the table fails the test: look up its license, then write it down here.
set -euo pipefail

most=35
# soname without version: license. Two exceptions by name: libjbig (GPL) comes with Debian's libtiff; the GCC runtime (GPL with the runtime
# library exception).
licenses='
linux-vdso            kernel
ld-linux-x86-64       LGPL-2.1
ld-linux-aarch64      LGPL-2.1
libc                  LGPL-2.1
libm                  LGPL-2.1
libdl                 LGPL-2.1
libpthread            LGPL-2.1
libstdc++             exception: GCC runtime
libgcc_s              exception: GCC runtime
libgomp               exception: GCC runtime
libatomic             exception: GCC runtime
libraw_r              LGPL-2.1 or CDDL-1.0
libtiff               libtiff
libpng16              libpng
libjpeg               IJG and BSD
libexif               LGPL-2.1
liblcms2              MIT
libOpenEXR-3_1        BSD
libOpenEXRCore-3_1    BSD
libIex-3_1            BSD
libIlmThread-3_1      BSD
libImath-3_1          BSD
libyaml-cpp           MIT
liblensfun            LGPL-3
libglib-2.0           LGPL-2.1
libpcre2-8            BSD
libz                  zlib
libjbig               exception: named in design.md
libwebp               BSD
libsharpyuv           BSD
libzstd               BSD (or GPL-2)
liblzma               public domain, 0BSD
libLerc               Apache-2.0
libdeflate            MIT
libargent             Apache-2.0
'

# Every loaded name, whether found or not.
names=$(ldd "$1" | sed -E 's/^[[:space:]]*//; s/ .*//; s|.*/||; s/\.so(\..*)?$//' | sort -u)
failed=0
while read -r name; do
  license=$(awk -v name="$name" '$1 == name { $1 = ""; print substr($0, 2) }' <<<"$licenses")
  if [[ -z $license ]]; then
    license="NOT IN THE TABLE"
    failed=1
  fi
  printf '%-20s %s\n' "$name" "$license"
done <<<"$names"

missing=$(ldd "$1" | grep 'not found' || true)
if [[ -n $missing ]]; then
  printf '%s\n' "$missing"
  failed=1
fi
count=$(wc -l <<<"$names")
printf '%d libraries, at most %d\n' "$count" "$most"
[[ $count -le $most && $failed -eq 0 ]]
