// minimal: the least that makes a picture of a Bayer mosaic, of the same stages as `live`, to see what those between cost: black level,
// white balance, bilinear demosaic, color matrix, sRGB's transfer function. For speed_benchmark.
//
// Numbers, by edge: codes u16; balanced light u16, of a scale where the channel that saturates first is `ceiling`; color f32 in registers
// alone.
#include "Halide.h"
#include "kernel_generator.h"
#include "stages/color_matrix.h"
#include "stages/fixed_point.h"
#include "stages/quads.h"
#include "stages/tone_curve.h"
#include "stages/tone_steps.h"

namespace argent {
namespace {

using namespace Halide;

class Minimal : public KernelGenerator<Minimal> {
 public:
  static constexpr int kBlock = 64, kDegree = 6;

  Input<Buffer<std::uint16_t, 2>> mosaic{"mosaic"};
  Input<int> origin_x{"origin_x"}, origin_y{"origin_y"};
  Input<Buffer<std::uint16_t, 2>> levels{"levels"};  ///< (site, 0 black / 1 gain of 2^16)
  Input<std::uint16_t> shift{"shift"};               ///< of codes, so that they fill 16 bits
  Input<std::uint16_t> ceiling{"ceiling"};
  Input<Buffer<float, 2>> matrix{"matrix"};  ///< (column, row), to 1 at the ceiling
  Input<Buffer<float, 1>> curve{"curve"};    ///< of stages/tone_curve.h, nowhere outside 0..255.99 codes
  Input<float> warp{"warp"};
  Input<Buffer<std::uint16_t, 2>> steps{"steps"};  ///< of stages/tone_steps.h, the same curve, of light to 1
  Input<float> offset{"offset"};
  Input<int> step_shift{"step_shift"};
  Output<Buffer<std::uint8_t, 3>> output{"output"};

  void generate() {
    source_ = stages::quads(mosaic, mosaic.width(), mosaic.height(), origin_x, origin_y);
    for (int s = 0; s < 4; s++) {
      Expr black = levels(s, 0), code = source_.site[s](qx, qy);
      light_[s] = Func("light" + std::to_string(s));
      light_[s](qx, qy) = min(stages::share_of((max(code, black) - black) << shift, levels(s, 1)), ceiling);
    }
    const stages::ToneStepsInputs curve_steps{steps, 1.0f, offset, step_shift};
    steps_matrix_ = stages::steps_matrix(matrix, curve_steps);
    for (int s = 0; s < 4; s++) {
      const auto l = [&](int dx, int dy) { return stages::at(light_, s, dx, dy, qx, qy); };
      Expr own = l(0, 0), beside = stages::mean_of_two(l(-1, 0), l(1, 0)), above = stages::mean_of_two(l(0, -1), l(0, 1));
      Expr cross = stages::mean_of_two(beside, above);
      Expr corners = stages::mean_of_two(stages::mean_of_two(l(-1, -1), l(1, 1)), stages::mean_of_two(l(1, -1), l(-1, 1)));
      const stages::Rgb whole = s == 0   ? stages::Rgb{own, cross, corners}
                                : s == 1 ? stages::Rgb{beside, own, above}
                                : s == 2 ? stages::Rgb{above, own, beside}
                                         : stages::Rgb{corners, cross, own};
      stages::Rgb code;
      if (has_llvm_words()) {
        code = stages::tone_steps_8bit(whole, false, steps_matrix_, curve_steps, qx);
      } else {
        stages::Rgb rgb;
        for (int i = 0; i < 3; i++) rgb[i] = stages::as_float(whole[i]);
        rgb = stages::color_matrix(rgb, matrix);
        for (int i = 0; i < 3; i++) code[i] = stages::tone_curve_8bit_inside(rgb[i], curve, 1.0f, warp, kDegree);
      }
      pixel_[s] = Func("pixel" + std::to_string(s));
      pixel_[s](qx, qy) = Tuple(code[0], code[1], code[2]);
    }
    for (int row = 0; row < 2; row++) line_[row] = stages::line_of(pixel_, row, 3);
    std::vector<Expr> rgb;
    for (int i = 0; i < 3; i++) rgb.push_back(select(y % 2 == 0, line_[0](x, y / 2)[i], line_[1](x, y / 2)[i]));
    output(c, x, y) = mux(c, rgb);
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    output.dim(0).set_bounds(0, 3).set_stride(1);
    output.dim(1).set_min(0).set_stride(3).set_extent(output.dim(1).extent() / kBlock * kBlock);
    output.dim(2).set_min(0).set_extent(output.dim(2).extent() / (2 * kStrip) * (2 * kStrip));
    mosaic.dim(0).set_min(0).dim(1).set_min(0);
    mosaic.set_estimates({{0, 3522}, {0, 2348}});
    levels.set_estimates({{0, 4}, {0, 2}});
    origin_x.set_estimate(0);
    origin_y.set_estimate(0);
    shift.set_estimate(2);
    ceiling.set_estimate(30'000);
    matrix.set_estimates({{0, 3}, {0, 3}});
    curve.set_estimates({{0, kDegree + 1}});
    warp.set_estimate(0.7f);
    output.set_estimates({{0, 3}, {0, 3520}, {0, 2304}});
    steps.set_estimates({{0, 64}, {0, 2}});
    offset.set_estimate(1.0f / 256);
    step_shift.set_estimate(10);
    if (automatic()) return;

    use_llvm_words();
    // As `live`: strips of full width in parallel, in each row pairs one after the other.
    const int lanes = natural_vector_size<std::uint16_t>();
    Func out = output;
    Var strip("strip"), pair("pair"), odd("odd");
    out.bound(c, 0, 3).split(y, pair, odd, 2, TailStrategy::RoundUp).split(pair, strip, pair, kStrip, TailStrategy::RoundUp);
    out.reorder(c, x, odd, pair, strip).unroll(c).unroll(odd).parallel(strip);
    out.vectorize(x, kBlock, TailStrategy::RoundUp);
    const auto slide = [&](Func f, int rows) {
      f.align_storage(f.args()[0], lanes);
      f.store_at(out, strip).compute_at(out, pair).fold_storage(f.args()[1], rows).vectorize(f.args()[0], lanes, TailStrategy::RoundUp);
    };
    for (const Func& line : line_) stages::schedule_line(line, out, x, kBlock, lanes);
    steps_matrix_.compute_at(out, strip);
    for (int s = 0; s < 4; s++) {
      stages::schedule_pixel(pixel_[s], out, x, kBlock, lanes);
      slide(light_[s], 4);
    }
    slide(source_.rows, 8);
  }

 private:
  static constexpr int kStrip = 32;  ///< row pairs

  Var x{"x"}, y{"y"}, c{"c"}, qx{"qx"}, qy{"qy"};
  stages::Quads source_;
  stages::Sites light_, pixel_;
  std::array<Func, 2> line_;
  Func steps_matrix_;
};

}  // namespace
}  // namespace argent

HALIDE_REGISTER_GENERATOR(argent::Minimal, minimal)
