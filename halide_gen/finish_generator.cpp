// finish: from linear camera color to the picture, the last pass of everything but the one-pass `live`.
#include <map>

#include "Halide.h"
#include "stages/color_matrix.h"
#include "stages/tone_curve.h"
#include "stages/transfer.h"

namespace argent {
namespace {

using namespace Halide;

enum class Form { kU8, kU16, kF32 };
const std::map<std::string, Form> kForms{{"u8", Form::kU8}, {"u16", Form::kU16}, {"f32", Form::kF32}};

class Finish : public Generator<Finish> {
 public:
  GeneratorParam<Form> form{"form", Form::kU8, kForms};

  Input<Buffer<float, 3>> linear{"linear"};  ///< (x, y, R G B): balanced camera color
  Input<Buffer<float, 2>> matrix{"matrix"};  ///< (column, row): to linear sRGB, with the exposure
  Input<Buffer<float, 1>> curve{"curve"};    ///< of display light
  Input<float> limit{"limit"}, warp{"warp"};
  Input<Buffer<float, 2>> primaries{"primaries"};  ///< (column, row): from sRGB's to the output's
  Input<Buffer<float, 1>> codes{"codes"};          ///< the transfer function
  Input<int> unbounded{"unbounded"};               ///< f32 alone: 1 leaves curve and transfer function out
  Output<Buffer<>> output{"output", 3};            ///< (R G B, x, y)

  void configure() { output.set_type(form == Form::kU8 ? UInt(8) : form == Form::kU16 ? UInt(16) : Float(32)); }

  void generate() {
    // 1. Color matrix. 2. Tone curve. 3. The output's primaries. 4. Its transfer function.
    stages::Rgb light = stages::color_matrix({linear(x, y, 0), linear(x, y, 1), linear(x, y, 2)}, matrix), display;
    for (int i = 0; i < 3; i++) display[i] = stages::tone_curve_light(light[i], curve, limit, warp);
    const stages::Rgb bounded = stages::color_matrix(display, primaries), plain = stages::color_matrix(light, primaries);
    std::vector<Expr> rgb;
    for (int i = 0; i < 3; i++) {
      Expr code = stages::transfer(bounded[i], codes);
      if (form == Form::kU8) rgb.push_back(cast<std::uint8_t>(code * 255.0f + 0.5f));
      if (form == Form::kU16) rgb.push_back(cast<std::uint16_t>(code * 65535.0f + 0.5f));
      if (form == Form::kF32) rgb.push_back(select(unbounded != 0, plain[i], code));
    }
    pixel_(x, y) = Tuple(rgb);
    output(c, x, y) = mux(c, {pixel_(x, y)[0], pixel_(x, y)[1], pixel_(x, y)[2]});
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    const int lanes = natural_vector_size<float>();
    Func out = output;
    output.dim(0).set_bounds(0, 3).set_stride(1).dim(1).set_min(0).set_stride(3).dim(2).set_min(0);
    linear.dim(0).set_min(0).dim(1).set_min(0).dim(2).set_bounds(0, 3);
    for (auto* input : {&matrix, &primaries}) input->dim(0).set_bounds(0, 3).dim(1).set_bounds(0, 3);
    out.bound(c, 0, 3).reorder(c, x, y).unroll(c).vectorize(x, lanes, TailStrategy::GuardWithIf).parallel(y, 8, TailStrategy::GuardWithIf);
    pixel_.compute_at(out, y).vectorize(x, lanes, TailStrategy::GuardWithIf);
    if (form == Form::kF32) out.specialize(unbounded != 0);

    linear.set_estimates({{0, 3504}, {0, 2336}, {0, 3}});
    matrix.set_estimates({{0, 3}, {0, 3}});
    primaries.set_estimates({{0, 3}, {0, 3}});
    curve.set_estimates({{0, stages::kToneNodes + 1}});
    codes.set_estimates({{0, stages::kToneNodes + 1}});
    limit.set_estimate(2);
    warp.set_estimate(0.8f);
    unbounded.set_estimate(0);
    output.set_estimates({{0, 3}, {0, 3504}, {0, 2336}});
  }

 private:
  Var x{"x"}, y{"y"}, c{"c"};
  Func pixel_{"pixel"};
};

}  // namespace
}  // namespace argent

HALIDE_REGISTER_GENERATOR(argent::Finish, argent_finish)
