// lens_shading: undo the lens's falloff, and balance white in the same product: the gain of a place is mesh x white balance.
//
// Domain: light, 1 = saturation -> light as if the lens were even and the illuminant neutral; saturation now lies at the gain itself
// Shape:  mesh (x, row, site or channel), already as wide as the picture -> gain (x, y, the same)
// Source: bilinear between nodes, as every mesh format of the field (DNG 1.7 GainMap; Raspberry Pi ALSC)
#pragma once

#include "Halide.h"

namespace argent::stages {

/// `row` is the mesh row of picture row y, with fraction: node_of_y(y) = first + y * step, clamped to the mesh.
inline Halide::Func lens_shading(Halide::Func mesh, Halide::Expr mesh_rows, Halide::Expr first, Halide::Expr step) {
  using namespace Halide;
  Var x("x"), y("y"), c("c");
  Expr node = clamp(first + cast<float>(y) * step, 0.0f, cast<float>(mesh_rows - 1));
  Expr above = cast<int>(floor(node));
  Expr below = min(above + 1, mesh_rows - 1);
  Expr fraction = node - cast<float>(above);
  Func gain("gain");
  gain(x, y, c) = mesh(x, above, c) + (mesh(x, below, c) - mesh(x, above, c)) * fraction;
  return gain;
}

}  // namespace argent::stages
