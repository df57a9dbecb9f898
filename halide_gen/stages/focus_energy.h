// focus_energy: how much detail there is, at two scales: the square of the second difference of green, along rows and columns.
//
// Domain: light, 1 = saturation -> energy; white noise of variance v per green adds 6 v at scale 0 and 1.5 v at scale 1
// Shape:  green (qx, qy), the mean of a quad's two greens -> Expr at (qx, qy), the coarse one where qy is even
// Source: sum-modified Laplacian family (Nayar and Nakagawa 1994), squared so that noise can be taken away
#pragma once

#include <array>

#include "Halide.h"

namespace argent::stages {

struct FocusEnergy {
  Halide::Func box{"box"};             ///< 2x2 means (qx, qy / 2, tile)
  std::array<Halide::Expr, 2> energy;  ///< fine, coarse
};

inline FocusEnergy focus_energy(Halide::Func green, Halide::Var qx, Halide::Var qy, Halide::Var tile) {
  using namespace Halide;
  auto second = [](Expr before, Expr here, Expr after) {
    Expr d = 2.0f * here - before - after;
    return d * d;
  };
  FocusEnergy out;
  const auto g = [&](int dx, int dy) { return green(qx + dx, 2 * qy + dy, tile); };
  out.box(qx, qy, tile) = 0.25f * (g(0, 0) + g(1, 0) + g(0, 1) + g(1, 1));
  const auto fine = [&](int dx, int dy) { return green(qx + dx, qy + dy, tile); };
  const auto coarse = [&](int dx, int dy) { return out.box(qx + dx, qy / 2 + dy, tile); };
  out.energy = {second(fine(-1, 0), fine(0, 0), fine(1, 0)) + second(fine(0, -1), fine(0, 0), fine(0, 1)),
                second(coarse(-2, 0), coarse(0, 0), coarse(2, 0)) + second(coarse(0, -1), coarse(0, 0), coarse(0, 1))};
  return out;
}

}  // namespace argent::stages
