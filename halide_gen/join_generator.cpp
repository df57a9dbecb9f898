// join: denoised opponents, sharpened and put together: to linear color, or to a picture of 8 bits in one pass.
#include "Halide.h"
#include "kernel_generator.h"
#include "stages/capture_sharpen.h"
#include "stages/color_matrix.h"
#include "stages/doubled.h"
#include "stages/fixed_point.h"
#include "stages/local_tone.h"
#include "stages/noise_level.h"
#include "stages/opponent.h"
#include "stages/quads.h"
#include "stages/tone_curve.h"
#include "stages/tone_steps.h"
#include "stages/whole_local_gain.h"
#include "stages/yuv.h"

namespace argent {
namespace {

using namespace Halide;

/// All up to linear color. Planes are opponents (stages/opponent.h), u16. Outputs are as wide as whole blocks.
template <class T>
class JoinKernel : public KernelGenerator<T> {
 public:
  GeneratorInput<Buffer<std::uint16_t, 2>> luma{"luma"};                ///< (x, y): denoised
  GeneratorInput<Buffer<std::uint16_t, 3>> differences{"differences"};  ///< (x, y, 2): as they came
  GeneratorInput<Buffer<std::uint16_t, 3>> smooth{"smooth"};            ///< (x, y, 2): of half the size, denoised
  GeneratorInput<float> unit{"unit"};                                   ///< root of 1
  GeneratorInput<float> lift{"lift"}, core{"core"};                     ///< core: of fine color detail, in roots
  GeneratorInput<float> shot{"shot"}, read{"read"}, reference{"reference"};
  GeneratorInput<float> amount{"amount"}, radius{"radius"}, noise{"noise"};  ///< of sharpening

 protected:
  static constexpr int kBlock = 64, kStrip = 64;

  /// `narrow`: for radii up to kNarrowBlur alone.
  void generate_roots(bool narrow) {
    narrow_ = narrow;
    const auto inside = [](const auto& image, int dim, Expr i) { return stages::inside(i, image.dim(dim).extent() - 1); };
    luma_(x, y) = luma(inside(luma, 0, x), inside(luma, 1, y));
    sharp_ = stages::capture_sharpen(luma_, unit, amount, radius, noise, narrow);
    stages::Rgb opponents;
    opponents[0] = sharp_.sharpened(x, y);
    Expr limit = core * core * unit * unit * stages::noise_power(sharp_.luma(x, y) * (1.0f / unit), shot, read, lift, reference);
    const Expr width = differences.dim(0).extent(), height = differences.dim(1).extent();
    const auto nearest = [](const Expr& i, const Expr& n) { return stages::inside(i, n - 1); };
    for (int k = 1; k < 3; k++) {
      const auto own = [&](Expr column, Expr row) { return differences(column, row, k - 1); };
      Func after("after" + std::to_string(k));
      after(x, y) = smooth(nearest(x, (width + 1) / 2), nearest(y, (height + 1) / 2), k - 1);
      halved_.push_back(stages::halved(own, width, height, nearest, "before" + std::to_string(k)));
      for (const Func& half : {halved_.back().half, after}) doubled_.push_back(stages::doubled(half, half.name()));
      const auto at = [&](std::size_t i) { return stages::as_float(doubled_[2 * static_cast<std::size_t>(k - 1) + i].whole(x, y)); };
      Expr fine = stages::as_float(own(inside(differences, 0, x), inside(differences, 1, y))) - at(0);
      opponents[k] = at(1) - float(stages::kNoDifference) + stages::cored(fine, limit);
    }
    for (int c = 0; c < 3; c++) root_[c] = stages::root_of(opponents, c);
  }

  stages::Rgb light_of_roots() {
    stages::Rgb light;
    for (int c = 0; c < 3; c++) light[c] = stages::light_of(root_[c], unit, lift);
    return light;
  }

  void set_estimates() {
    luma.dim(0).set_min(0).dim(1).set_min(0);
    for (auto* image : {&differences, &smooth}) image->dim(0).set_min(0).dim(1).set_min(0).dim(2).set_bounds(0, 2);
    luma.set_estimates({{0, 3504}, {0, 2336}});
    differences.set_estimates({{0, 3504}, {0, 2336}, {0, 2}});
    smooth.set_estimates({{0, 1752}, {0, 1168}, {0, 2}});
    for (auto* scalar : {&lift, &core, &shot, &read, &noise}) scalar->set_estimate(1e-4f);
    unit.set_estimate(20000);
    reference.set_estimate(0.1f);
    amount.set_estimate(1);
    radius.set_estimate(0.6f);
  }

  /// Of `out`, whose loops are blocks of x in rows in strips in parallel: rows of luma slide, colors of a block are made at once.
  void schedule_roots(Func out, Var row, Var strip) {
    const int lanes = this->template natural_vector_size<float>();
    sharp_.weights.compute_root();
    // On Halide's own stack, whose blocks last a strip: a block a row each would go through the pool and its lock.
    const auto in_row = [&](Func f, int vector) -> Func {
      return f.store_in(MemoryType::Stack).align_storage(f.args()[0], 2 * lanes).vectorize(f.args()[0], vector, TailStrategy::RoundUp);
    };
    colors_.compute_at(out, x).vectorize(x, 2 * lanes, TailStrategy::RoundUp);
    for (stages::Doubled& d : doubled_) {
      in_row(d.down.compute_at(out, row), 2 * lanes);
      for (Func f : {d.even, d.odd}) f.compute_at(out, x).vectorize(f.args()[0], 2 * lanes, TailStrategy::RoundUp);
      d.whole.compute_at(out, x).vectorize(d.whole.args()[0], kBlock, TailStrategy::RoundUp);
    }
    const auto slide = [&](Func f, int vector, int rows) {
      in_row(f, vector).store_at(out, strip).compute_at(out, row).fold_storage(f.args()[1], rows);
    };
    slide(luma_, 2 * lanes, narrow_ ? 16 : 32);
    for (stages::Halved& h : halved_) {
      slide(h.half, 2 * lanes, 4);
      in_row(h.down.compute_at(h.half, h.half.args()[1]), 2 * lanes);
    }
    for (Func f : {sharp_.first, sharp_.first_across}) slide(f, lanes, narrow_ ? 8 : 16);
    for (Func f : {sharp_.luma, sharp_.across}) slide(f, lanes, narrow_ ? 16 : 32);
    for (Func f : {sharp_.lowest, sharp_.highest}) in_row(f.compute_at(out, row), 2 * lanes);
    for (Func f : {sharp_.across, sharp_.first, sharp_.first_across, colors_}) {
      if (!narrow_) f.specialize(sharp_.narrow);
    }
  }

  Var x{"x"}, y{"y"};
  stages::Rgb root_;       ///< of colors at (x, y), in units
  Func colors_{"colors"};  ///< (x, y): what is made of these

 private:
  bool narrow_ = false;
  Func luma_{"luma_inside"};
  stages::CaptureSharpen sharp_;
  std::vector<stages::Halved> halved_;    ///< of differences 1 and 2, as they came
  std::vector<stages::Doubled> doubled_;  ///< of 1 as it came and denoised, of 2
};

class JoinToLinear : public JoinKernel<JoinToLinear> {
 public:
  Output<Buffer<float, 3>> output{"output"};  ///< (x, y, R G B)

  void generate() {
    generate_roots(false);
    const stages::Rgb light = light_of_roots();
    colors_(x, y) = Tuple(light[0], light[1], light[2]);
    output(x, y, c) = mux(c, {colors_(x, y)[0], colors_(x, y)[1], colors_(x, y)[2]});
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    output.dim(0).set_min(0).set_extent(output.dim(0).extent() / kBlock * kBlock).dim(1).set_min(0).dim(2).set_bounds(0, 3);
    output.set_estimates({{0, 3520}, {0, 2336}, {0, 3}});
    set_estimates();
    if (automatic()) return;

    use_llvm_words();
    Func out = output;
    Var strip("strip");
    out.bound(c, 0, 3).split(y, strip, y, kStrip, TailStrategy::GuardWithIf).reorder(c, x, y, strip).unroll(c).parallel(strip);
    out.vectorize(x, kBlock, TailStrategy::RoundUp);
    schedule_roots(out, y, strip);
  }

 private:
  Var c{"c"};
};

/// With the gains of regions, the matrix, and the curve where it leads to the codes (finish_generator.cpp's FinishDirect). Any rows of the
/// picture. Radii up to kNarrowBlur.
class JoinToPicture : public JoinKernel<JoinToPicture> {
 public:
  Input<Buffer<float, 2>> matrix{"matrix"};  ///< (column, row): to the output's primaries, with the exposure
  Input<Buffer<float, 1>> curve{"curve"};    ///< of stages/tone_curve.h, nowhere outside 0..255.99 codes
  Input<float> limit{"limit"}, warp{"warp"};
  Input<Buffer<std::uint16_t, 2>> steps{"steps"};  ///< for who has llvm_words: of stages/tone_steps.h, the same curve
  Input<float> top{"top"}, offset{"offset"};
  Input<int> shift{"shift"};
  Input<Buffer<float, 1>> shares{"shares"};              ///< (R G B) of scene light
  Input<Buffer<float, 3>> coefficients{"coefficients"};  ///< (X, Y, a and b)
  Input<Buffer<std::uint32_t, 2>> table{"table"};
  Input<Buffer<float, 2>> units{"units"};
  Input<int> block{"block"};
  Output<Buffer<std::uint8_t, 3>> output{"output"};  ///< (R G B, x, y)

  void generate() {
    generate_roots(true);
    const Expr columns = coefficients.dim(0).extent(), rows = coefficients.dim(1).extent();
    const stages::RegionalGainInputs gains{coefficients, columns, rows, block, table, units};
    if (has_llvm_words()) {
      generate_words(gains);
    } else {
      const stages::Rgb camera = light_of_roots();
      colors_(x, y) = Tuple(camera[0], camera[1], camera[2]);
      const stages::Rgb made{colors_(x, y)[0], colors_(x, y)[1], colors_(x, y)[2]}, light = stages::color_matrix(made, matrix);
      regional_ = stages::regional_gain(made, x, y, shares, gains, 0, false);
      std::vector<Expr> codes;
      for (int i = 0; i < 3; i++) {
        codes.push_back(stages::tone_curve_8bit_inside(light[i] * regional_.gain(x, y), curve, limit, warp, stages::kFineToneDegree));
      }
      pixel_(x, y) = Tuple(codes);
    }
    output(c, x, y) = mux(c, {pixel_(x, y)[0], pixel_(x, y)[1], pixel_(x, y)[2]});
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    output.dim(0).set_bounds(0, 3).set_stride(1);
    output.dim(1).set_min(0).set_stride(3).set_extent(output.dim(1).extent() / kBlock * kBlock);
    matrix.dim(0).set_bounds(0, 3).dim(1).set_bounds(0, 3);
    stages::bound_gain_inputs(shares, coefficients, table, units);
    matrix.set_estimates({{0, 3}, {0, 3}});
    curve.set_estimates({{0, stages::kFineToneDegree + 1}});
    limit.set_estimate(2);
    warp.set_estimate(0.8f);
    steps.set_estimates({{0, 64}, {0, 2}});
    top.set_estimate(2);
    offset.set_estimate(1.0f / 256);
    shift.set_estimate(10);
    block.set_estimate(8);
    output.set_estimates({{0, 3}, {0, 3520}, {0, 2336}});
    set_estimates();
    if (automatic()) return;

    use_llvm_words();
    const int lanes = natural_vector_size<float>();
    Func out = output;
    Var strip("strip");
    out.bound(c, 0, 3).split(y, strip, y, kStrip, TailStrategy::GuardWithIf).reorder(c, x, y, strip).unroll(c).parallel(strip);
    out.vectorize(x, kBlock, TailStrategy::RoundUp);
    schedule_roots(out, y, strip);
    pixel_.compute_at(out, x).vectorize(x, 2 * lanes, TailStrategy::RoundUp);
    if (has_llvm_words()) {
      whole_.tables.compute_root();
      whole_.gain.compute_at(out, x).vectorize(x, stages::kLookUpLanes, TailStrategy::RoundUp);
      steps_matrix_.compute_root();
      whole_.nodes.compute_root();
      whole_.wide.compute_root().parallel(y).vectorize(x, lanes, TailStrategy::RoundUp);
    } else {
      Func wide = regional_.wide;
      regional_.gain.compute_at(out, x).vectorize(x, lanes, TailStrategy::RoundUp);
      wide.compute_at(out, strip).bound(wide.args()[2], 0, 2).vectorize(x, lanes, TailStrategy::RoundUp);
    }
  }

 private:
  /// The same in 16 bits as far as that goes, and the curve by steps.
  void generate_words(const stages::RegionalGainInputs& gains) {
    static_assert(stages::kLookUpLanes == 32);
    const stages::FloatsBetween floats = {true};
    std::vector<Expr> words;
    for (const Expr& root : root_) words.push_back(stages::rounded_word(min(root, 65535.0f)));
    colors_(x, y) = Tuple(words);
    stages::Rgb light;  // of 1 / unit^2
    for (int i = 0; i < 3; i++) {
      Expr root = floats.from(colors_(x, y)[i]);
      light[i] = root * root - lift * unit * unit;
    }
    const auto share = [&](int i) { return shares(i) * (1.0f / (unit * unit)); };
    Expr scene = light[0] * share(0) + (light[1] * share(1) + light[2] * share(2));
    const stages::ToneStepsInputs curve_steps{steps, top, offset, shift};
    steps_matrix_ = stages::steps_matrix(matrix, curve_steps, 1.0f / (unit * unit));
    whole_ = stages::whole_gain(stages::log_word(scene), x, y, gains);
    stages::Rgb codes = stages::tone_steps_of_light(light, steps_matrix_, curve_steps, x, stages::power_of_word(whole_.gain(x, y)));
    for (Expr& code : codes) code = stages::upper_byte(code);
    pixel_(x, y) = Tuple(codes[0], codes[1], codes[2]);
  }

  Var c{"c"};
  Func pixel_{"pixel"};
  stages::RegionalGain regional_;
  // Or:
  stages::WholeGain whole_;
  Func steps_matrix_;
};

}  // namespace
}  // namespace argent

HALIDE_REGISTER_GENERATOR(argent::JoinToLinear, argent_join_to_linear)
HALIDE_REGISTER_GENERATOR(argent::JoinToPicture, argent_join_to_picture)
