// focus_energy: how much detail there is, at two scales: the square of the second difference of green, along rows and columns.
//
// Domain: light, 1 = saturation -> energy; white noise of variance v per green adds 6 v at scale 0 and 1.5 v at scale 1
// Shape:  green (qx, qy), the mean of a quad's two greens -> Expr at (qx, qy)
// Source: sum-modified Laplacian family (Nayar and Nakagawa 1994), squared so that noise can be taken away
#pragma once

#include <array>

#include "Halide.h"

namespace argent::stages {

struct FocusEnergy {
  Halide::Func box{"box"};             ///< 2x2 means
  std::array<Halide::Expr, 2> energy;  ///< fine, coarse
};

inline FocusEnergy focus_energy(Halide::Func green, Halide::Var qx, Halide::Var qy, Halide::Var tile, Halide::Var zone) {
  using namespace Halide;
  auto second = [](Expr before, Expr here, Expr after) {
    Expr d = 2.0f * here - before - after;
    return d * d;
  };
  FocusEnergy out;
  out.box(qx, qy, tile, zone) = 0.25f * (green(qx, qy, tile, zone) + green(qx + 1, qy, tile, zone) + green(qx, qy + 1, tile, zone) +
                                         green(qx + 1, qy + 1, tile, zone));
  const auto& box = out.box;
  out.energy = {second(green(qx - 1, qy, tile, zone), green(qx, qy, tile, zone), green(qx + 1, qy, tile, zone)) +
                    second(green(qx, qy - 1, tile, zone), green(qx, qy, tile, zone), green(qx, qy + 1, tile, zone)),
                second(box(qx - 2, qy, tile, zone), box(qx, qy, tile, zone), box(qx + 2, qy, tile, zone)) +
                    second(box(qx, qy - 2, tile, zone), box(qx, qy, tile, zone), box(qx, qy + 2, tile, zone))};
  return out;
}

}  // namespace argent::stages
