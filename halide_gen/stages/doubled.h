// doubled: a plane of half the size in full size.
//
// Domain: any -> the same
// Shape:  (x, y) -> (x, y) of twice the size; sample i covers pixels 2 i and 2 i + 1
// Source: bilinear between the centres, which lie half a pixel off
#pragma once

#include <string>

#include "Halide.h"

namespace argent::stages {

struct Doubled {
  Halide::Func down, even, odd, whole;
};

inline Doubled doubled(Halide::Func half, const std::string& name) {
  using namespace Halide;
  Var x("x"), y("y");
  Doubled d{Func(name + "_down"), Func(name + "_even"), Func(name + "_odd"), Func(name + "_whole")};
  d.down(x, y) = 0.75f * half(x, y / 2) + 0.25f * half(x, y / 2 + select(y % 2 == 0, -1, 1));
  d.even(x, y) = 0.75f * d.down(x, y) + 0.25f * d.down(x - 1, y);
  d.odd(x, y) = 0.75f * d.down(x, y) + 0.25f * d.down(x + 1, y);
  d.whole(x, y) = select(x % 2 == 0, d.even(x / 2, y), d.odd(x / 2, y));
  return d;
}

}  // namespace argent::stages
