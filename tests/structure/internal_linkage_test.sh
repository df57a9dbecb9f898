#!/bin/sh
# internal_linkage_test.sh OBJECT...: those compiled for a newer instruction set (*_avx2, *_avx512) define nothing but their table. The linker
# could keep an inline function of theirs for the whole program, which older machines would die of.
status=0
checked=0
for object in "$@"; do
  case $object in *_avx2.cpp.o | *_avx512.cpp.o) ;; *) continue ;; esac
  checked=$((checked + 1))
  shared=$(nm --defined-only --extern-only "$object" | grep -v 'Kernels$' | grep -v 'KernelsE$')
  [ -z "$shared" ] && continue
  echo "$object defines what others may use:"
  echo "$shared"
  status=1
done
echo "$checked objects"
[ "$checked" -gt 0 ] || status=1
exit $status
