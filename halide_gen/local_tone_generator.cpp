// local_tone: two kernels: look at a picture by blocks, and give every pixel the gain of its region.
#include "Halide.h"
#include "kernel_generator.h"
#include "stages/fixed_point.h"
#include "stages/local_tone.h"
#include "stages/opponent.h"

namespace argent {
namespace {

using namespace Halide;

class LocalToneLook : public KernelGenerator<LocalToneLook> {
 public:
  GeneratorParam<bool> opponents{"opponents", false};  ///< of denoised opponents, before they are put together

  Input<Buffer<float, 1>> luma{"luma"};                   ///< (R G B): shares of camera color in scene light
  Input<int> block{"block"}, step{"step"};                ///< pixels; every step-th is looked at, a divisor of block
  Input<int> radius{"radius"};                            ///< blocks
  Input<float> variance{"variance"};                      ///< stops squared: what varies less is detail
  Output<Buffer<float, 2>> log{"log"};                    ///< (X, Y)
  Output<Buffer<float, 3>> coefficients{"coefficients"};  ///< (X, Y, a and b)

  void configure() {
    if (opponents) {
      whole_ = add_input<Buffer<std::uint16_t, 2>>("opponent_luma");
      half_ = add_input<Buffer<std::uint16_t, 3>>("differences");
      unit_ = add_input<float>("unit");
      lift_ = add_input<float>("lift");
    } else {
      linear_ = add_input<Buffer<float, 3>>("linear");
    }
  }

  void generate() {
    const Expr width = opponents ? whole_->dim(0).extent() : linear_->dim(0).extent();
    const Expr height = opponents ? whole_->dim(1).extent() : linear_->dim(1).extent();
    // A block's rows first, every step-th pixel of them: whole vectors.
    Expr samples = block / step;
    RDom r(0, samples);
    Expr px = min(likely(x * step), width - 1), py = min((y * samples + r) * step, height - 1);
    rows_(x, y) = 0.0f;
    const stages::Rgb light = light_at(px, py);
    rows_(x, y) += stages::log2_of(luma(0) * light[0] + luma(1) * light[1] + luma(2) * light[2]);
    sum_(x, y) = 0.0f;
    sum_(x, y) += rows_(x * samples + r, y);
    log(x, y) = sum_(x, y) / cast<float>(samples * samples);
    inside_(x, y) = log(clamp(x, 0, log.dim(0).extent() - 1), clamp(y, 0, log.dim(1).extent() - 1));
    filter_ = stages::guided_filter(inside_, radius, variance);
    coefficients(x, y, k) = mux(k, {filter_.coefficients(x, y)[0], filter_.coefficients(x, y)[1]});
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    if (opponents) {
      whole_->dim(0).set_min(0).dim(1).set_min(0);
      half_->dim(0).set_min(0).dim(1).set_min(0).dim(2).set_bounds(0, 2);
      whole_->set_estimates({{0, 3504}, {0, 2336}});
      half_->set_estimates({{0, 1752}, {0, 1168}, {0, 2}});
      unit_->set_estimate(20000);
      lift_->set_estimate(1e-4f);
    } else {
      linear_->dim(0).set_min(0).dim(1).set_min(0).dim(2).set_bounds(0, 3);
      linear_->set_estimates({{0, 3504}, {0, 2336}, {0, 3}});
    }
    luma.dim(0).set_bounds(0, 3);
    log.dim(0).set_min(0).dim(1).set_min(0);
    coefficients.dim(0).set_min(0).dim(1).set_min(0).dim(2).set_bounds(0, 2);
    luma.set_estimates({{0, 3}});
    block.set_estimate(8);
    step.set_estimate(2);
    radius.set_estimate(12);
    variance.set_estimate(0.4f);
    log.set_estimates({{0, 438}, {0, 292}});
    coefficients.set_estimates({{0, 438}, {0, 292}, {0, 2}});
    if (automatic()) return;

    use_llvm_words();
    const int lanes = natural_vector_size<float>();
    Func(log).compute_root().parallel(y, 4, TailStrategy::GuardWithIf).vectorize(x, lanes, TailStrategy::GuardWithIf);
    sum_.compute_at(Func(log), y).vectorize(x, lanes, TailStrategy::GuardWithIf);
    sum_.update().reorder(x, sum_.rvars()[0]).vectorize(x, lanes, TailStrategy::GuardWithIf);
    rows_.compute_at(Func(log), y).vectorize(x, lanes, TailStrategy::RoundUp);
    rows_.update().reorder(x, rows_.rvars()[0]).vectorize(x, lanes, TailStrategy::RoundUp);
    rows_.update().specialize(step == 1);
    rows_.update().specialize(step == 2);
    // Threads meet after each of what reads other rows: sums along rows, and those of what the columns' sums make.
    Func across = filter_.across.in(), own_across = filter_.own_across.in();
    for (Func f : {across, own_across})
      f.compute_root().parallel(f.args()[1], 8, TailStrategy::GuardWithIf).vectorize(f.args()[0], lanes, TailStrategy::GuardWithIf);
    const auto of_row = [&](Func f, Func rows) {
      f.compute_at(rows, rows.args()[1]).vectorize(f.args()[0], lanes, TailStrategy::GuardWithIf);
      for (int i = 0; i < f.num_update_definitions(); i++) {
        const Var x = f.args()[0];
        f.update(i).reorder(x, f.rvars(i)[0]).vectorize(x, lanes, TailStrategy::GuardWithIf);
      }
    };
    of_row(inside_, across);
    of_row(filter_.across, across);
    of_row(filter_.means, own_across);
    of_row(filter_.own, own_across);
    of_row(filter_.own_across, own_across);
    of_row(filter_.coefficients, coefficients);
    Func(coefficients).parallel(y, 8, TailStrategy::GuardWithIf);
    Func(coefficients).bound(k, 0, 2).reorder(k, x, y).unroll(k).vectorize(x, lanes, TailStrategy::GuardWithIf);
  }

 private:
  /// Camera color of a pixel; by opponents, with the differences of its 2x2.
  stages::Rgb light_at(Expr px, Expr py) {
    if (!opponents) return {(*linear_)(px, py, 0), (*linear_)(px, py, 1), (*linear_)(px, py, 2)};
    stages::Rgb values{stages::as_float((*whole_)(px, py))}, light;
    for (int k = 1; k < 3; k++) values[k] = stages::as_float((*half_)(px / 2, py / 2, k - 1)) - float(stages::kNoDifference);
    for (int i = 0; i < 3; i++) light[i] = stages::light_of(stages::root_of(values, i), *unit_, *lift_);
    return light;
  }

  Input<Buffer<float, 3>>* linear_ = nullptr;  ///< (x, y, R G B): camera color
  // Or:
  Input<Buffer<std::uint16_t, 2>>* whole_ = nullptr;  ///< (x, y): luma
  Input<Buffer<std::uint16_t, 3>>* half_ = nullptr;   ///< (x, y, 2): differences, of half the size
  Input<float>*unit_ = nullptr, *lift_ = nullptr;
  Var x{"x"}, y{"y"}, k{"k"};
  Func rows_{"rows"}, sum_{"sum"}, inside_{"log_inside"};
  stages::GuidedFilter filter_;
};

class LocalToneGain : public KernelGenerator<LocalToneGain> {
 public:
  Input<Buffer<float, 3>> linear{"linear"};  ///< (x, y, R G B)
  Input<Buffer<float, 1>> luma{"luma"};
  Input<Buffer<float, 3>> coefficients{"coefficients"};  ///< (X, Y, a and b)
  Input<Buffer<std::uint32_t, 2>> table{"table"};        ///< (node, gain and detail), packed
  Input<Buffer<float, 2>> units{"units"};                ///< of these: (scale and lowest, gain and detail)
  Input<int> block{"block"};
  Output<Buffer<float, 3>> output{"output"};

  void generate() {
    const Expr columns = coefficients.dim(0).extent(), rows = coefficients.dim(1).extent();
    const stages::Rgb light{linear(x, y, 0), linear(x, y, 1), linear(x, y, 2)};
    regional_ = stages::regional_gain(light, x, y, luma, {coefficients, columns, rows, block, table, units}, 0, false);
    output(x, y, c) = regional_.gain(x, y) * linear(x, y, c);
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    linear.dim(0).set_min(0).dim(1).set_min(0).dim(2).set_bounds(0, 3);
    stages::bound_gain_inputs(luma, coefficients, table, units);
    output.dim(0).set_min(0).dim(1).set_min(0).dim(2).set_bounds(0, 3);
    linear.set_estimates({{0, 3504}, {0, 2336}, {0, 3}});
    block.set_estimate(8);
    output.set_estimates({{0, 3504}, {0, 2336}, {0, 3}});
    if (automatic()) return;

    use_llvm_words();
    const int lanes = natural_vector_size<float>();
    Func out = output;
    out.bound(c, 0, 3).reorder(x, c, y).unroll(c).parallel(y, 8, TailStrategy::GuardWithIf).vectorize(x, lanes, TailStrategy::GuardWithIf);
    regional_.gain.compute_at(out, y).vectorize(x, lanes, TailStrategy::GuardWithIf);
    regional_.wide.compute_root().bound(k, 0, 2).parallel(y).vectorize(x, lanes, TailStrategy::GuardWithIf);
  }

 private:
  Var x{"x"}, y{"y"}, c{"c"}, k{"k"};
  stages::RegionalGain regional_;
};

}  // namespace
}  // namespace argent

HALIDE_REGISTER_GENERATOR(argent::LocalToneLook, argent_local_tone_look)
HALIDE_REGISTER_GENERATOR(argent::LocalToneGain, argent_local_tone_gain)
