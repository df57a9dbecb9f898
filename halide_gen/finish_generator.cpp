// finish: from linear color to the picture, the last pass of everything but the one-pass `live`.
#include <map>

#include "Halide.h"
#include "kernel_generator.h"
#include "stages/black_point.h"
#include "stages/color_matrix.h"
#include "stages/hue_keeping_curve.h"
#include "stages/local_tone.h"
#include "stages/lut3d.h"
#include "stages/tone_curve.h"
#include "stages/transfer.h"

namespace argent {
namespace {

using namespace Halide;

enum class Form { kU8, kU16, kF32 };
const std::map<std::string, Form> kForms{{"u8", Form::kU8}, {"u16", Form::kU16}, {"f32", Form::kF32}};

class Finish : public KernelGenerator<Finish> {
 public:
  GeneratorParam<Form> form{"form", Form::kU8, kForms};

  Input<Buffer<float, 3>> linear{"linear"};        ///< (x, y, R G B): balanced camera color; behind color_tables, linear ProPhoto RGB
  Input<Buffer<float, 2>> matrix{"matrix"};        ///< (column, row): to the curve's primaries, with the exposure
  Input<Buffer<float, 1>> luminance{"luminance"};  ///< of the curve's primaries, (R G B)
  Input<float> black{"black"};                     ///< luminance that comes out black; 0: light is left alone
  Input<Buffer<float, 1>> curve{"curve"};          ///< of display light
  Input<float> limit{"limit"}, warp{"warp"};
  Input<int> keeps_hue{"keeps_hue"};               ///< 1: of the curve: stages/hue_keeping_curve.h
  Input<Buffer<float, 2>> primaries{"primaries"};  ///< (column, row): from the curve's to the output's
  Input<Buffer<float, 1>> codes{"codes"};          ///< the transfer function
  Input<Buffer<float, 4>> lut{"lut"};              ///< stages/lut3d.h
  Input<Buffer<float, 2>> lut_domain{"lut_domain"};
  Input<int> graded{"graded"};           ///< 0: no lut
  Input<int> unbounded{"unbounded"};     ///< f32 alone: 1 leaves curve and transfer function out
  Output<Buffer<>> output{"output", 3};  ///< (R G B, x, y)

  void configure() { output.set_type(form == Form::kU8 ? UInt(8) : form == Form::kU16 ? UInt(16) : Float(32)); }

  void generate() {
    const auto curve_of = [&](Expr v) { return stages::tone_curve_light(v, curve, limit, warp); };
    // 1. Color matrix. 2. Black point.
    const stages::Rgb light =
        stages::black_point(stages::color_matrix({linear(x, y, 0), linear(x, y, 1), linear(x, y, 2)}, matrix), luminance, black);
    // 3. Tone curve.
    const stages::Rgb kept = stages::hue_keeping_curve(light, curve_of);
    kept_(x, y) = Tuple(kept[0], kept[1], kept[2]);
    const stages::Rgb display = chosen(keeps_hue, rgb_of(kept_), {curve_of(light[0]), curve_of(light[1]), curve_of(light[2])});
    // 4. The output's primaries. 5. Its transfer function.
    const stages::Rgb bounded = stages::color_matrix(display, primaries), unbent = stages::color_matrix(light, primaries);
    const stages::Rgb encoded{stages::transfer(bounded[0], codes), stages::transfer(bounded[1], codes),
                              stages::transfer(bounded[2], codes)};
    // 6. The 3D LUT.
    const stages::Rgb look_up = stages::lut3d(encoded, lut, lut_domain, lut.dim(1).extent());
    graded_(x, y) = Tuple(clamp(look_up[0], 0.0f, 1.0f), clamp(look_up[1], 0.0f, 1.0f), clamp(look_up[2], 0.0f, 1.0f));
    const stages::Rgb finished = chosen(graded, rgb_of(graded_), encoded);
    std::vector<Expr> rgb;
    for (int i = 0; i < 3; i++) {
      Expr code = finished[i];
      if (form == Form::kU8) rgb.push_back(cast<std::uint8_t>(code * 255.0f + 0.5f));
      if (form == Form::kU16) rgb.push_back(cast<std::uint16_t>(code * 65535.0f + 0.5f));
      if (form == Form::kF32) rgb.push_back(select(unbounded != 0, unbent[i], code));
    }
    pixel_(x, y) = Tuple(rgb);
    output(c, x, y) = mux(c, {pixel_(x, y)[0], pixel_(x, y)[1], pixel_(x, y)[2]});
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    output.dim(0).set_bounds(0, 3).set_stride(1).dim(1).set_min(0).set_stride(3).dim(2).set_min(0);
    linear.dim(0).set_min(0).dim(1).set_min(0).dim(2).set_bounds(0, 3);
    luminance.dim(0).set_bounds(0, 3);
    lut.dim(0).set_bounds(0, 3).set_stride(1).dim(1).set_min(0).dim(2).set_min(0).dim(3).set_min(0);
    lut_domain.dim(0).set_bounds(0, 3).dim(1).set_bounds(0, 2);
    linear.set_estimates({{0, 3504}, {0, 2336}, {0, 3}});
    matrix.set_estimates({{0, 3}, {0, 3}});
    primaries.set_estimates({{0, 3}, {0, 3}});
    luminance.set_estimates({{0, 3}});
    black.set_estimate(0);
    lut.set_estimates({{0, 3}, {0, 33}, {0, 33}, {0, 33}});
    lut_domain.set_estimates({{0, 3}, {0, 2}});
    for (auto* flag : {&keeps_hue, &graded}) flag->set_estimate(0);
    curve.set_estimates({{0, stages::kToneNodes + 1}});
    codes.set_estimates({{0, stages::kToneNodes + 1}});
    limit.set_estimate(2);
    warp.set_estimate(0.8f);
    unbounded.set_estimate(0);
    output.set_estimates({{0, 3}, {0, 3504}, {0, 2336}});
    if (automatic()) return;

    use_llvm_words();
    const int lanes = natural_vector_size<float>();
    Func out = output;
    for (auto* input : {&matrix, &primaries}) input->dim(0).set_bounds(0, 3).dim(1).set_bounds(0, 3);
    out.bound(c, 0, 3).reorder(c, x, y).unroll(c).vectorize(x, lanes, TailStrategy::GuardWithIf);
    out.split(y, y, yi, 8, TailStrategy::GuardWithIf).parallel(y);
    pixel_.compute_at(out, yi).vectorize(x, lanes, TailStrategy::GuardWithIf);
    // Whole stages are skipped where nobody looks: what their flags choose is the same for all pixels.
    for (Func* stage : {&kept_, &graded_}) stage->compute_at(out, yi).vectorize(x, lanes, TailStrategy::GuardWithIf);
    if (form == Form::kF32) out.specialize(unbounded != 0);
  }

 private:
  static stages::Rgb chosen(Expr flag, const stages::Rgb& yes, const stages::Rgb& no) {
    return {select(flag != 0, yes[0], no[0]), select(flag != 0, yes[1], no[1]), select(flag != 0, yes[2], no[2])};
  }

  stages::Rgb rgb_of(const Func& f) const { return {f(x, y)[0], f(x, y)[1], f(x, y)[2]}; }

  Var x{"x"}, y{"y"}, yi{"yi"}, c{"c"};
  Func kept_{"kept"}, graded_{"graded_codes"}, pixel_{"pixel"};
};

/// The same in 8 bits where curve and transfer function are one: no primaries, table or profile stands between them. Tables cost four times
/// as much as the polynomial does. `local`: every pixel times the gain of its region before, so that no such picture is stored.
class FinishDirect : public KernelGenerator<FinishDirect> {
 public:
  GeneratorParam<bool> local{"local", false};

  Input<Buffer<float, 3>> linear{"linear"};        ///< (x, y, R G B)
  Input<Buffer<float, 2>> matrix{"matrix"};        ///< (column, row): to the output's primaries, with the exposure
  Input<Buffer<float, 1>> luminance{"luminance"};  ///< of these
  Input<float> black{"black"};
  Input<Buffer<float, 1>> curve{"curve"};  ///< of stages/tone_curve.h, nowhere outside 0..255.99 codes
  Input<float> limit{"limit"}, warp{"warp"};
  Output<Buffer<std::uint8_t, 3>> output{"output"};  ///< (R G B, x, y)

  void configure() {
    if (!local) return;
    luma_ = add_input<Buffer<float, 1>>("luma");
    coefficients_ = add_input<Buffer<float, 3>>("coefficients");
    table_ = add_input<Buffer<std::uint32_t, 2>>("table");
    units_ = add_input<Buffer<float, 2>>("units");
    block_ = add_input<int>("block");
    first_row_ = add_input<int>("first_row");
  }

  void generate() {
    stages::Rgb camera{linear(x, y, 0), linear(x, y, 1), linear(x, y, 2)};
    if (local) {
      const Expr columns = coefficients_->dim(0).extent(), rows = coefficients_->dim(1).extent();
      // By registers gains are made in whole vectors, which may pass the picture's end.
      const Expr inside = has_llvm_words() ? min(likely(x), linear.dim(0).extent() - 1) : Expr(x);
      regional_ = stages::regional_gain({linear(inside, y, 0), linear(inside, y, 1), linear(inside, y, 2)}, x, y, *luma_,
                                        {*coefficients_, columns, rows, *block_, *table_, *units_}, *first_row_, has_llvm_words());
      for (Expr& v : camera) v *= regional_.gain(x, y);
    }
    const stages::Rgb light = stages::black_point(stages::color_matrix(camera, matrix), luminance, black);
    const auto code = [&](int c) {
      return stages::tone_curve_8bit_inside(light[static_cast<std::size_t>(c)], curve, limit, warp, stages::kFineToneDegree);
    };
    pixel_(x, y) = Tuple(code(0), code(1), code(2));
    output(c, x, y) = mux(c, {pixel_(x, y)[0], pixel_(x, y)[1], pixel_(x, y)[2]});
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    output.dim(0).set_bounds(0, 3).set_stride(1).dim(1).set_min(0).set_stride(3).dim(2).set_min(0);
    linear.dim(0).set_min(0).dim(1).set_min(0).dim(2).set_bounds(0, 3);
    luminance.dim(0).set_bounds(0, 3);
    matrix.dim(0).set_bounds(0, 3).dim(1).set_bounds(0, 3);
    linear.set_estimates({{0, 3504}, {0, 2336}, {0, 3}});
    matrix.set_estimates({{0, 3}, {0, 3}});
    luminance.set_estimates({{0, 3}});
    black.set_estimate(0);
    curve.set_estimates({{0, stages::kFineToneDegree + 1}});
    limit.set_estimate(2);
    warp.set_estimate(0.8f);
    output.set_estimates({{0, 3}, {0, 3504}, {0, 2336}});
    if (local) {
      stages::bound_gain_inputs(*luma_, *coefficients_, *table_, *units_);
      block_->set_estimate(8);
      first_row_->set_estimate(0);
    }
    if (automatic()) return;

    use_llvm_words();
    const int lanes = natural_vector_size<float>();
    Func out = output;
    out.bound(c, 0, 3).reorder(c, x, y).unroll(c).vectorize(x, 2 * lanes, TailStrategy::GuardWithIf);
    out.split(y, y, yi, 8, TailStrategy::GuardWithIf).parallel(y);
    pixel_.compute_at(out, yi).vectorize(x, 2 * lanes, TailStrategy::GuardWithIf);
    pixel_.specialize(black <= 0.0f);
    if (!local) return;
    if (has_llvm_words()) {
      regional_.table.halves.compute_root();
      regional_.gain.compute_at(out, yi).vectorize(x, stages::kLookUpLanes, TailStrategy::RoundUp);
    } else {
      regional_.gain.compute_at(out, yi).vectorize(x, lanes, TailStrategy::GuardWithIf);
    }
    regional_.wide.compute_root().bound(k, 0, 2).parallel(y).vectorize(x, lanes, TailStrategy::GuardWithIf);
  }

 private:
  Var x{"x"}, y{"y"}, yi{"yi"}, c{"c"}, k{"k"};
  Func pixel_{"pixel"};
  // Of `local`:
  Input<Buffer<float, 1>>* luma_ = nullptr;
  Input<Buffer<float, 3>>* coefficients_ = nullptr;
  Input<Buffer<std::uint32_t, 2>>* table_ = nullptr;
  Input<Buffer<float, 2>>* units_ = nullptr;
  Input<int>*block_ = nullptr, *first_row_ = nullptr;
  stages::RegionalGain regional_;
};

}  // namespace
}  // namespace argent

HALIDE_REGISTER_GENERATOR(argent::Finish, argent_finish)
HALIDE_REGISTER_GENERATOR(argent::FinishDirect, argent_finish_direct)
