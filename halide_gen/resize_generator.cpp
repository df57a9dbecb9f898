// resize: resample linear light to another size.
#include "Halide.h"
#include "kernel_generator.h"
#include "stages/resample.h"

namespace argent {
namespace {

using namespace Halide;

class Resize : public KernelGenerator<Resize> {
 public:
  Input<Buffer<float, 3>> linear{"linear"};                                ///< (x, y, R G B)
  Input<Buffer<float, 2>> weights_x{"weights_x"}, weights_y{"weights_y"};  ///< (tap, position)
  Input<Buffer<std::int32_t, 1>> start_x{"start_x"}, start_y{"start_y"};
  Output<Buffer<float, 3>> output{"output"};  ///< (x, y, R G B)

  void generate() {
    resampled_ = stages::resample(linear, weights_x, start_x, weights_x.dim(0).extent(), weights_y, start_y, weights_y.dim(0).extent(),
                                  linear.dim(0).extent(), linear.dim(1).extent());
    output(x, y, c) = resampled_.across(x, y, c);
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    output.dim(0).set_min(0).dim(1).set_min(0).dim(2).set_bounds(0, 3);
    linear.dim(0).set_min(0).dim(1).set_min(0).dim(2).set_bounds(0, 3);
    weights_x.dim(0).set_min(0);
    weights_y.dim(0).set_min(0);
    linear.set_estimates({{0, 3504}, {0, 2336}, {0, 3}});
    weights_x.set_estimates({{0, 12}, {0, 1752}});
    weights_y.set_estimates({{0, 12}, {0, 1168}});
    start_x.set_estimates({{0, 1752}});
    start_y.set_estimates({{0, 1168}});
    output.set_estimates({{0, 1752}, {0, 1168}, {0, 3}});
    if (automatic()) return;

    use_llvm_words();
    const int lanes = natural_vector_size<float>();
    Func out = output;
    out.bound(c, 0, 3).reorder(x, c, y).vectorize(x, lanes, TailStrategy::GuardWithIf).parallel(y, 8, TailStrategy::GuardWithIf);
    Func down = resampled_.down, across = resampled_.across;
    down.compute_at(out, c).vectorize(down.args()[0], lanes, TailStrategy::RoundUp);
    down.update().reorder(down.args()[0], down.rvars()[0], down.args()[1]).vectorize(down.args()[0], lanes, TailStrategy::GuardWithIf);
    across.compute_at(out, c).vectorize(across.args()[0], lanes, TailStrategy::RoundUp);
    across.update().vectorize(across.args()[0], lanes, TailStrategy::GuardWithIf);
  }

 private:
  Var x{"x"}, y{"y"}, c{"c"};
  stages::Resampled resampled_;
};

}  // namespace
}  // namespace argent

HALIDE_REGISTER_GENERATOR(argent::Resize, argent_resize)
