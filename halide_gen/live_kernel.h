// halide_gen/live_kernel.h - what live_generator.cpp and live_video_generator.cpp share: a Bayer mosaic to codes in one pass.
//
// Numbers, besides those of bayer_kernel.h:
//   sharpening       i16    1 / unit, at most the bound
//   color, encoding  f32    in registers alone: a fused multiply-add of floats does what two instructions of integers do
#pragma once

#include "bayer_kernel.h"
#include "stages/color_matrix.h"
#include "stages/tone_curve.h"
#include "stages/tone_steps.h"
#include "stages/unsharp.h"

namespace argent::live {

using namespace Halide;

/// Roots of colors, and their codes.
template <class T>
class LiveKernel : public BayerKernel<T> {
 public:
  using BayerKernel<T>::first, BayerKernel<T>::unit;

  GeneratorInput<float> amount{"amount"}, core{"core"};  ///< of sharpening; differences below `core`, in roots, are noise
  GeneratorInput<Buffer<float, 2>> matrix{"matrix"};     ///< (column, row), from squares of roots
  GeneratorInput<Buffer<float, 1>> curve{"curve"};       ///< of stages/tone_curve.h, nowhere outside 0..255.99 codes
  GeneratorInput<float> limit{"limit"}, warp{"warp"};
  GeneratorInput<Buffer<std::uint16_t, 2>> steps{"steps"};  ///< for who has llvm_words: of stages/tone_steps.h, the same curve
  GeneratorInput<float> top{"top"}, offset{"offset"};
  GeneratorInput<int> shift{"shift"};

 protected:
  using BayerKernel<T>::has_llvm_words, BayerKernel<T>::demosaic_, BayerKernel<T>::wide_;
  using BayerKernel<T>::x, BayerKernel<T>::qx, BayerKernel<T>::qy;

  /// colors_ and what they are made of.
  void generate_colors() {
    BayerKernel<T>::generate_roots(BayerKernel<T>::kAboveZero);

    // 7. Sharpening. 8. Highlights.
    Expr core_units = stages::i16(min(core * unit, 4095.0f)), bound = stages::i16(min(kBound * unit, 16383.0f));
    unsharp_ = stages::unsharp(demosaic_.green, stages::i16(clamp(amount * 8192.0f, 0.0f, 32767.0f)), core_units, bound, qx, qy);
    for (int s = 0; s < 4; s++) {
      Expr green = demosaic_.green[s](qx, qy) + unsharp_.added[s](qx, qy);
      const auto& difference = demosaic_.differences[static_cast<std::size_t>(s)];
      const Expr black = stages::i16(0);
      const stages::Rgb found{max(green + difference[0], black), max(green, black), max(green + difference[1], black)};
      const stages::Rgb root = stages::repair_whole(found, wide_(qx, qy), first, stages::mean_of_others(found, first));
      colors_[s] = Func("colors" + std::to_string(s));
      colors_[s](qx, qy) = Tuple(root[0], root[1], root[2]);
    }
    if (has_llvm_words()) steps_matrix_ = stages::steps_matrix(matrix, curve_steps());
  }

  /// 9. Color matrix. Linear light of colors_[s](at_x, at_y).
  stages::Rgb light_of(int s, Expr at_x, Expr at_y) {
    stages::Rgb light;
    for (int c = 0; c < 3; c++) {
      Expr whole = stages::as_float(colors_[s](at_x, at_y)[c]);
      light[c] = whole * whole;
    }
    return stages::color_matrix(light, matrix);
  }

  /// 9. Color matrix. 10. Curve and encoding. Codes of 8 bits x 256 with half a code in them, u16, of colors_[s](at_x, at_y); (qx, qy) is
  /// what the loop runs over.
  stages::Rgb words_of(int s, Expr at_x, Expr at_y) {
    stages::Rgb words;
    if (has_llvm_words()) {
      for (int c = 0; c < 3; c++) words[c] = stages::u16(colors_[s](at_x, at_y)[c]);
      return stages::tone_steps(words, true, steps_matrix_, curve_steps(), qx);
    }
    const stages::Rgb light = light_of(s, at_x, at_y);
    for (int c = 0; c < 3; c++) words[c] = stages::tone_curve_word_inside(light[c], curve, limit, warp);
    return words;
  }

  void set_estimates() {
    BayerKernel<T>::set_estimates();
    matrix.set_estimates({{0, 3}, {0, 3}});
    curve.set_estimates({{0, stages::kToneDegree + 1}});
    amount.set_estimate(0.5f);
    core.set_estimate(0.004f);
    limit.set_estimate(2);
    warp.set_estimate(0.8f);
    steps.set_estimates({{0, 64}, {0, 2}});
    top.set_estimate(2);
    offset.set_estimate(1.0f / 256);
    shift.set_estimate(10);
  }

  /// As BayerKernel's.
  void schedule_colors(Func out, Var pair, Var strip, int kept) {
    BayerKernel<T>::schedule_roots(out, pair, strip, kept);
    for (const Func& f : unsharp_.down) BayerKernel<T>::slide_along(f, out, pair, strip, kept);
    if (has_llvm_words()) steps_matrix_.compute_at(out, strip);
  }

  stages::Sites colors_;  ///< roots of light, i16

 private:
  static constexpr float kBound = 0.02f;  ///< of full scale: what sharpening may change

  stages::ToneStepsInputs curve_steps() { return {steps, top, offset, shift}; }

  stages::Unsharp unsharp_;
  Func steps_matrix_{"steps_matrix"};
};

}  // namespace argent::live
