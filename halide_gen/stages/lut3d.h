// lut3d: look every color up in a table over the cube.
//
// Domain: encoded RGB, full scale 1 -> encoded RGB; what lies outside of the table's domain is clamped to it
// Shape:  pixel-wise; table (R G B, red, green, blue), domain (R G B, 0 its lower end / 1 nodes per unit)
// Source: tetrahedral interpolation (Sakamoto and Itooka, US 4275413; Kang 2006, 9.5): of the six tetrahedra around the cube's grey
//         diagonal the one whose axes are taken by falling fraction. Four nodes instead of trilinear's eight, and greys stay grey
#pragma once

#include "Halide.h"
#include "stages/highlights.h"

namespace argent::stages {

/// `size` nodes along each side, at least 2.
inline Rgb lut3d(const Rgb& in, Halide::Func table, Halide::Func domain, Halide::Expr size) {
  using namespace Halide;
  Expr node[3], f[3];
  for (int i = 0; i < 3; i++) {
    Expr at = clamp((in[i] - domain(i, 0)) * domain(i, 1), 0.0f, cast<float>(size - 1));
    node[i] = clamp(cast<int>(at), 0, size - 2);
    f[i] = at - cast<float>(node[i]);
  }
  Expr first[3], last[3];
  first[0] = f[0] >= f[1] && f[0] >= f[2];
  first[1] = !first[0] && f[1] >= f[2];
  first[2] = !first[0] && !first[1];
  last[2] = !first[2] && f[2] <= f[0] && f[2] <= f[1];
  last[1] = !last[2] && !first[1] && f[1] <= f[0];
  last[0] = !last[2] && !last[1];
  Expr most = max(f[0], max(f[1], f[2])), least = min(f[0], min(f[1], f[2])), middle = f[0] + f[1] + f[2] - most - least;
  Rgb out;
  for (int c = 0; c < 3; c++) {
    const auto corner = [&](Expr red, Expr green, Expr blue) { return table(c, node[0] + red, node[1] + green, node[2] + blue); };
    const auto is = [](Expr condition) { return cast<int>(condition); };
    out[c] = corner(0, 0, 0) * (1.0f - most) + corner(is(first[0]), is(first[1]), is(first[2])) * (most - middle) +
             corner(is(!last[0]), is(!last[1]), is(!last[2])) * (middle - least) + corner(1, 1, 1) * least;
  }
  return out;
}

}  // namespace argent::stages
