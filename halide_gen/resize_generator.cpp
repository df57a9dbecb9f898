// resize: the second pass when a picture is asked in another size: resample linear light, then curve and encoding.
#include "Halide.h"
#include "stages/resample.h"
#include "stages/tone_curve.h"

namespace argent {
namespace {

using namespace Halide;

class Resize : public Generator<Resize> {
 public:
  GeneratorParam<int> bits{"bits", 8};  ///< 8 or 16

  Input<Buffer<float, 3>> linear{"linear"};                                ///< (x, y, R G B)
  Input<Buffer<float, 2>> weights_x{"weights_x"}, weights_y{"weights_y"};  ///< (tap, position)
  Input<Buffer<std::int32_t, 1>> start_x{"start_x"}, start_y{"start_y"};
  Input<Buffer<float, 1>> curve{"curve"};
  Input<float> limit{"limit"}, warp{"warp"};
  Output<Buffer<>> output{"output", 3};  ///< (R G B, x, y)

  void configure() { output.set_type(bits == 8 ? UInt(8) : UInt(16)); }

  void generate() {
    resampled_ = stages::resample(linear, weights_x, start_x, weights_x.dim(0).extent(), weights_y, start_y, weights_y.dim(0).extent(),
                                  linear.dim(0).extent(), linear.dim(1).extent());
    Expr light = resampled_.across(x, y, c);
    output(c, x, y) = bits == 8 ? stages::tone_curve_8bit(light, curve, limit, warp) : stages::tone_curve_16bit(light, curve, limit, warp);
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    const int lanes = natural_vector_size<float>();
    Func out = output;
    output.dim(0).set_bounds(0, 3).set_stride(1).dim(1).set_min(0).set_stride(3).dim(2).set_min(0);
    linear.dim(0).set_min(0).dim(1).set_min(0).dim(2).set_bounds(0, 3);
    weights_x.dim(0).set_min(0);
    weights_y.dim(0).set_min(0);
    out.bound(c, 0, 3).reorder(c, x, y).unroll(c).vectorize(x, lanes, TailStrategy::GuardWithIf).parallel(y, 8, TailStrategy::GuardWithIf);
    Func down = resampled_.down, across = resampled_.across;
    down.compute_at(out, y).vectorize(down.args()[0], lanes, TailStrategy::RoundUp);
    down.update().reorder(down.args()[0], down.rvars()[0], down.args()[1]).vectorize(down.args()[0], lanes, TailStrategy::GuardWithIf);
    across.compute_at(out, y).vectorize(across.args()[0], lanes, TailStrategy::RoundUp);
    across.update().vectorize(across.args()[0], lanes, TailStrategy::GuardWithIf);

    linear.set_estimates({{0, 3504}, {0, 2336}, {0, 3}});
    weights_x.set_estimates({{0, 12}, {0, 1752}});
    weights_y.set_estimates({{0, 12}, {0, 1168}});
    start_x.set_estimates({{0, 1752}});
    start_y.set_estimates({{0, 1168}});
    curve.set_estimates({{0, bits == 8 ? stages::kToneDegree + 1 : stages::kToneNodes + 1}});
    limit.set_estimate(2);
    warp.set_estimate(0.8f);
    output.set_estimates({{0, 3}, {0, 1752}, {0, 1168}});
  }

 private:
  Var x{"x"}, y{"y"}, c{"c"};
  stages::Resampled resampled_;
};

}  // namespace
}  // namespace argent

HALIDE_REGISTER_GENERATOR(argent::Resize, argent_resize)
