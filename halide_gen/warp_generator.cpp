// warp: the one resample that moves pixels: distortion, lateral color and rotation, in linear light.
#include "Halide.h"
#include "kernel_generator.h"
#include "stages/smooth_warp.h"
#include "stages/warp.h"

namespace argent {
namespace {

using namespace Halide;

class Warp : public KernelGenerator<Warp> {
 public:
  GeneratorParam<bool> smooth{"smooth", false};  ///< of meshes that stages::smooth_warp() can, which is quicker if there are words for it

  Input<Buffer<float, 3>> linear{"linear"};    ///< (x, y, colors)
  Input<Buffer<float, 4>> mesh{"mesh"};        ///< (column, row, x y, colors): pixels from a node's own to its source; 2 x 2 nodes or more
  Input<float> per_pixel{"per_pixel"};         ///< nodes a pixel, a power of two: 1 or less
  Input<Buffer<float, 2>> weights{"weights"};  ///< (tap, phase)
  Input<Buffer<float, 3>> terms{"terms"};      ///< (power, even and odd, pair of taps): smooth_warp()'s
  Output<Buffer<float, 3>> output{"output"};   ///< (x, y, colors): any of R, G, B

  void generate() {
    if (by_registers()) {
      smooth_ = stages::smooth_warp(linear, linear.dim(0).extent(), linear.dim(1).extent(), mesh, mesh.dim(0).extent(),
                                    mesh.dim(1).extent(), per_pixel, terms, x, y, c);
      output(x, y, c) = smooth_.warped(x, y, c);
      return;
    }
    warp_ = stages::warp(linear, linear.dim(0).extent(), linear.dim(1).extent(), mesh, mesh.dim(0).extent(), mesh.dim(1).extent(),
                         per_pixel, weights, x, y, c);
    output(x, y, c) = warp_.warped(x, y, c);
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    linear.dim(0).set_min(0).dim(1).set_min(0);
    mesh.dim(0).set_min(0).dim(1).set_min(0).dim(2).set_bounds(0, 2);
    weights.dim(0).set_bounds(0, stages::kWarpLoads).dim(1).set_bounds(0, stages::kWarpPhases).set_stride(stages::kWarpLoads);
    terms.dim(0).set_bounds(0, stages::kWarpTerms).dim(1).set_bounds(0, 2).dim(2).set_bounds(0, stages::kWarpTaps / 2);
    output.dim(0).set_min(0).dim(1).set_min(0);
    linear.set_estimates({{0, 3504}, {0, 2336}, {0, 3}});
    mesh.set_estimates({{0, 110}, {0, 74}, {0, 2}, {0, 3}});
    per_pixel.set_estimate(1.0f / 32);
    weights.set_estimates({{0, stages::kWarpLoads}, {0, stages::kWarpPhases}});
    terms.set_estimates({{0, stages::kWarpTerms}, {0, 2}, {0, stages::kWarpTaps / 2}});
    output.set_estimates({{0, 3504}, {0, 2336}, {0, 3}});
    if (automatic()) return;

    use_llvm_words();
    const int lanes = natural_vector_size<float>();
    Func out = output;

    out.reorder(x, y, c).parallel(y, 8, TailStrategy::GuardWithIf);
    const auto of_row = [&](Func f) { f.compute_at(out, y).vectorize(f.args()[0], lanes, TailStrategy::RoundUp); };
    if (by_registers()) {
      out.vectorize(x, lanes, TailStrategy::GuardWithIf);
      smooth_.line.compute_at(out, y).vectorize(smooth_.line.args()[0], lanes, TailStrategy::GuardWithIf);
      for (Func f : {smooth_.shift, smooth_.left, smooth_.top, smooth_.warped}) of_row(f);
      smooth_.highest.compute_at(out, y).update().atomic().vectorize(smooth_.lane);
      return;
    }
    // Vectors along the taps: a row of them lies side by side in memory, pixels' places do not. A color after the other, so that one plane
    // with borders is all that is stored.
    warp_.border.compute_at(out, c).parallel(y, 8, TailStrategy::GuardWithIf).vectorize(x, lanes, TailStrategy::GuardWithIf);
    warp_.line.compute_at(out, y).vectorize(warp_.line.args()[0], lanes, TailStrategy::GuardWithIf);
    of_row(warp_.shift.bound(warp_.axis, 0, 2).reorder(x, warp_.axis).unroll(warp_.axis));
    warp_.column.compute_at(out, x).bound(warp_.tap, 0, stages::kWarpLoads).vectorize(warp_.tap);
    warp_.warped.compute_at(out, x).update().atomic().vectorize(warp_.taps);
  }

 private:
  bool by_registers() { return smooth && has_llvm_words(); }

  Var x{"x"}, y{"y"}, c{"c"};
  stages::Warp warp_;
  stages::SmoothWarp smooth_;
};

}  // namespace
}  // namespace argent

HALIDE_REGISTER_GENERATOR(argent::Warp, argent_warp)
