// live: a Bayer mosaic to a picture in one pass of 16-bit integers; nothing the size of the image is written between.
//
// Numbers, by edge (unit: of isp/live_pass.cpp, so that no root of the picture is above 21,845):
//   codes            u16    sensor codes
//   light            u16    in registers alone: (code - black) x gain, up to the ceiling; of one scale (isp/live_pass.cpp)
//   roots            u16    1 / unit
//   green            i16    1 / unit, from 0 to 32,767; halves of color - green i16, -16,384 to 16,383
//   sharpening       i16    1 / unit, at most the bound
//   masks            u16    1 / 65,535
//   color, encoding  f32    in registers alone: a fused multiply-add of floats does what two instructions of integers do
#include <map>

#include "Halide.h"
#include "kernel_generator.h"
#include "stages/color_matrix.h"
#include "stages/defects.h"
#include "stages/demosaic.h"
#include "stages/fixed_point.h"
#include "stages/highlights.h"
#include "stages/quads.h"
#include "stages/tone_curve.h"
#include "stages/tone_steps.h"
#include "stages/unpack.h"
#include "stages/unsharp.h"

namespace argent {
namespace {

using namespace Halide;

/// Codes with the curve applied, or linear light of 16 bits.
enum class Form { kU8, kLinear16 };
const std::map<std::string, Form> kForms{{"u8", Form::kU8}, {"linear16", Form::kLinear16}};

/// The output's region as of RenderBayer in render_generator.cpp, but its height is whole strips'.
class RenderLive : public KernelGenerator<RenderLive> {
 public:
  static constexpr int kBlock = 64;
  /// From a row of the output to the row of the mosaic that the next pair is the first to read.
  static constexpr int kRowsAhead = 12;
  static_assert(kBlock * sizeof(std::uint16_t) <= llvm_words::kPrefetched);

  GeneratorParam<Form> form{"form", Form::kU8, kForms};
  GeneratorParam<bool> packed{"packed", false};

  Input<Buffer<>> mosaic{"mosaic", 2};  ///< codes (x, y), or packed bytes (i, y)
  Input<int> origin_x{"origin_x"}, origin_y{"origin_y"};
  Input<Buffer<std::uint16_t, 2>> levels{"levels"};  ///< (site, 0 black, shifted / 1 code that clips)
  Input<int> code_shift{"code_shift"};               ///< of codes, so that they fill 16 bits
  Input<Buffer<std::uint16_t, 3>> mesh{"mesh"};      ///< (qx, mesh row, site: shifted codes above black to light x 2^16, or 4: ceiling)
  Input<float> mesh_first{"mesh_first"}, mesh_step{"mesh_step"};
  Input<int> above{"above"};                    ///< rows of quads between where mesh_first is and the output
  Input<float> scale{"scale"};                  ///< roots of light to roots of 1
  Input<float> slope{"slope"};                  ///< mask of a code above that which clips
  Input<int> first{"first"};                    ///< index of the channel that saturates first
  Input<float> unit{"unit"};                    ///< root of 1
  Input<float> strength{"strength"};            ///< of the correction of defects
  Input<float> amount{"amount"}, core{"core"};  ///< of sharpening; differences below `core`, in roots, are noise
  Input<Buffer<float, 2>> matrix{"matrix"};     ///< (column, row), from squares of roots
  Input<Buffer<float, 1>> curve{"curve"};       ///< u8: of stages/tone_curve.h, nowhere outside 0..255.99 codes
  Input<float> limit{"limit"}, warp{"warp"};
  Input<Buffer<std::uint16_t, 2>> steps{"steps"};  ///< u8, for who has llvm_words: of stages/tone_steps.h, the same curve
  Input<float> top{"top"}, offset{"offset"};
  Input<int> shift{"shift"};
  Input<int> strip_pairs{"strip_pairs"};  ///< row pairs that a thread makes one after the other
  Output<Buffer<>> output{"output", 3};

  void configure() {
    mosaic.set_type(packed ? UInt(8) : UInt(16));
    output.set_type(form == Form::kU8 ? UInt(8) : UInt(16));
    if (!packed) return;
    bits_ = add_input<int>("bits");
    width_ = add_input<int>("width");
  }

  void generate() {
    // 1. Unpack.
    Func codes = mosaic;
    Expr width = mosaic.width();
    if (packed) {
      unpacked_ = stages::unpack(mosaic, mosaic.width(), *bits_, has_llvm_words());
      codes = unpacked_.codes;
      width = *width_;
    }
    source_ = stages::quads(codes, width, mosaic.height(), origin_x, origin_y);

    // 2. Black level. 3. Lens shading and white balance. 4. No channel above the middle saturation level. Square root.
    const stages::FloatsBetween floats{has_llvm_words()};
    const Expr steps_up = stages::u16(code_shift), highest = cast<std::uint16_t>(65535) >> steps_up;
    ceiling_(qx, qy) = gain(4);
    for (int s = 0; s < 4; s++) {
      Expr code = min(source_.site[s](qx, qy), highest) << steps_up, black = levels(s, 0);
      Expr light = min(stages::share_of(max(code, black) - black, gain(s)), ceiling_(qx, qy));
      root_[s] = Func("root" + std::to_string(s));
      root_[s](qx, qy) = floats.to(floats.root(floats.from(light) + kAboveZero) * scale);
    }

    // 5. Defects. A corrected pixel is not clipped. A strength of 0 finds none, and is not told: of a stage that is left out Halide cannot
    // follow the rows that are kept where it does not know a strip's height.
    defects_ = stages::defects(root_, max(strength, 1e-6f), qx, qy, stages::WholeArithmetic{unit});
    const int channel[4] = {0, 1, 1, 2};
    const Expr none = cast<std::uint16_t>(0);
    Expr clipping = none;
    for (int s = 0; s < 4; s++) {
      Expr start = levels(s, 1), code = source_.site[s](qx, qy);
      Expr over = select(first == channel[s], max(code, start) - start, none);
      clipping = max(clipping, select(strength <= 0.0f || defects_.site[s](qx, qy) == root_[s](qx, qy), over, none));
    }
    mask_(qx, qy) = clipping;
    wide_(qx, qy) = floats.to(min(floats.from(stages::widen(mask_)(qx, qy)) * slope, 65535.0f));

    // 6. Demosaic. 7. Sharpening. 8. Highlights. 9. Color matrix. 10. Curve and encoding.
    demosaic_ = stages::whole_demosaic(defects_.site, qx, qy, floats);
    Expr core_units = stages::i16(min(core * unit, 4095.0f)), bound = stages::i16(min(kBound * unit, 16383.0f));
    unsharp_ = stages::unsharp(demosaic_.green, stages::i16(clamp(amount * 8192.0f, 0.0f, 32767.0f)), core_units, bound, qx, qy);
    const stages::ToneStepsInputs curve_steps{steps, top, offset, shift};
    steps_matrix_ = stages::steps_matrix(matrix, curve_steps);
    for (int s = 0; s < 4; s++) {
      Expr green = demosaic_.green[s](qx, qy) + unsharp_.added[s](qx, qy);
      const auto& difference = demosaic_.differences[static_cast<std::size_t>(s)];
      const Expr black = stages::i16(0);
      stages::Rgb root{max(green + difference[0], black), max(green, black), max(green + difference[1], black)};
      root = stages::repair_whole(root, wide_(qx, qy), first);
      stages::Rgb code;
      if (form == Form::kU8 && has_llvm_words()) {
        for (Expr& whole : root) whole = stages::u16(whole);
        code = stages::tone_steps_8bit(root, true, steps_matrix_, curve_steps, qx);
      } else {
        stages::Rgb light;
        for (int c = 0; c < 3; c++) {
          Expr whole = stages::as_float(root[c]);
          light[c] = whole * whole;
        }
        light = stages::color_matrix(light, matrix);
        for (int c = 0; c < 3; c++) code[c] = finish(light[c]);
      }
      pixel_[s] = Func("pixel" + std::to_string(s));
      pixel_[s](qx, qy) = Tuple(code[0], code[1], code[2]);
    }
    for (int row = 0; row < 2; row++) {
      line_[row] = Func("line" + std::to_string(row));
      std::vector<Expr> rgb;
      for (int i = 0; i < 3; i++) rgb.push_back(select(x % 2 == 0, pixel_[2 * row](x / 2, qy)[i], pixel_[2 * row + 1](x / 2, qy)[i]));
      line_[row](x, qy) = Tuple(rgb);
    }
    std::vector<Expr> rgb;
    for (int i = 0; i < 3; i++) rgb.push_back(select(y % 2 == 0, line_[0](x, y / 2)[i], line_[1](x, y / 2)[i]));
    if (has_llvm_words()) {
      prefetch_(x, y) = llvm_words::prefetch(mosaic, bytes_before(x * kBlock, y + kRowsAhead));
      for (Expr& channel : rgb) channel = channel + cast(channel.type(), prefetch_(x / kBlock, y));
    }
    output(c, x, y) = mux(c, rgb);
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    output.dim(0).set_bounds(0, 3).set_stride(1);
    output.dim(1).set_min(0).set_stride(3).set_extent(output.dim(1).extent() / kBlock * kBlock);
    output.dim(2).set_min(0).set_extent(output.dim(2).extent() / (2 * strip_pairs) * (2 * strip_pairs));
    mosaic.dim(0).set_min(0).dim(1).set_min(0);
    mesh.dim(1).set_min(0);
    mesh.dim(2).set_bounds(0, 5);
    mosaic.set_estimates({{0, packed ? 4405 : 3522}, {0, 2348}});
    levels.set_estimates({{0, 4}, {0, 2}});
    code_shift.set_estimate(4);
    mesh.set_estimates({{0, 1760}, {0, 1}, {0, 5}});
    matrix.set_estimates({{0, 3}, {0, 3}});
    curve.set_estimates({{0, stages::kToneDegree + 1}});
    origin_x.set_estimate(0);
    origin_y.set_estimate(0);
    mesh_first.set_estimate(0);
    mesh_step.set_estimate(0);
    above.set_estimate(0);
    scale.set_estimate(100);
    slope.set_estimate(500);
    first.set_estimate(1);
    unit.set_estimate(15000);
    strength.set_estimate(1);
    amount.set_estimate(0.5f);
    core.set_estimate(0.004f);
    limit.set_estimate(2);
    warp.set_estimate(0.8f);
    steps.set_estimates({{0, 64}, {0, 2}});
    top.set_estimate(2);
    offset.set_estimate(1.0f / 256);
    shift.set_estimate(10);
    strip_pairs.set_estimate(64);
    output.set_estimates({{0, 3}, {0, 3520}, {0, 2304}});
    if (packed) {
      bits_->set_estimate(10);
      width_->set_estimate(3522);
    }
    if (automatic()) return;

    use_llvm_words();
    const int lanes = natural_vector_size<std::uint16_t>();
    Func out = output;

    // Full-width strips in parallel; in a strip row pairs one after the other, sliding. Colors and codes of a block of the output go out
    // at once: where stores to memory have work between them, the memory's time is not seen.
    Var strip("strip"), pair("pair"), odd("odd");
    out.bound(c, 0, 3).split(y, pair, odd, 2, TailStrategy::RoundUp).split(pair, strip, pair, strip_pairs, TailStrategy::RoundUp);
    out.reorder(c, x, odd, pair, strip).unroll(c).unroll(odd).parallel(strip);
    out.vectorize(x, kBlock, TailStrategy::RoundUp);  // whole lines of the cache
    out.specialize(first == 1);                       // green: under all usual lights
    const auto slide = [&](Func f, int rows) {
      f.align_storage(f.args()[0], lanes);  // no store across two lines of the cache
      f.store_at(out, strip).compute_at(out, pair).fold_storage(f.args()[1], rows).vectorize(f.args()[0], lanes, TailStrategy::RoundUp);
    };
    for (Func line : line_) {
      Var quad("quad"), site("site");
      line.compute_at(out, x).bound_extent(x, kBlock).split(x, quad, site, 2, TailStrategy::RoundUp).reorder(site, quad);
      line.unroll(site).vectorize(quad, lanes, TailStrategy::RoundUp);
    }
    steps_matrix_.compute_at(out, strip);
    if (has_llvm_words()) prefetch_.compute_at(out, x);
    slide(ceiling_, 2);
    for (int s = 0; s < 4; s++) {
      pixel_[s].compute_at(out, x).bound_extent(qx, kBlock / 2).vectorize(qx, lanes, TailStrategy::RoundUp);
      slide(root_[s], 8);
      slide(defects_.beside[s], 4);
      slide(defects_.site[s], 8);
      slide(unsharp_.down[s], 1);
    }
    for (const Func& f : {demosaic_.green_at_red, demosaic_.green_at_blue, demosaic_.red_half, demosaic_.blue_half, mask_}) slide(f, 4);
    slide(wide_, 1);
    slide(source_.rows, 16);
    if (packed) {
      unpacked_.codes.compute_at(source_.rows, source_.rows.args()[1]);
      stages::schedule_unpack(unpacked_, *bits_);
    }
  }

 private:
  static constexpr float kBound = 0.02f;      ///< of full scale: what sharpening may change
  static constexpr float kAboveZero = 1e-6f;  ///< of light: what a reciprocal root wants, and what leaves the root of 0 at 0

  /// Where the mosaic's memory has the output's pixel (dx, dy); i64.
  Expr bytes_before(Expr dx, Expr dy) const {
    Expr column = dx + origin_x, row = cast<std::int64_t>(dy + origin_y) * mosaic.dim(1).stride();
    return packed ? row + column * *bits_ / 8 : 2 * (row + column);
  }

  /// Between mesh rows; u16.
  Expr gain(int layer) {
    Expr last = mesh.dim(1).extent() - 1;
    Expr node = clamp(mesh_first + cast<float>(qy + above) * mesh_step, 0.0f, cast<float>(last));
    Expr row = cast<int>(floor(node)), next = min(row + 1, last);
    Expr fraction = stages::u16(cast<int>((node - cast<float>(row)) * 65535.0f));
    return stages::share_of(mesh(qx, row, layer), cast<std::uint16_t>(65535) - fraction) +
           stages::share_of(mesh(qx, next, layer), fraction);
  }

  Expr finish(const Expr& light) {
    if (form == Form::kU8) return stages::tone_curve_8bit_inside(light, curve, limit, warp);
    return stages::u16(cast<std::int32_t>(clamp(light * 65535.0f + 0.5f, 0.0f, 65535.0f)));
  }

  Var x{"x"}, y{"y"}, c{"c"}, qx{"qx"}, qy{"qy"};
  Input<int>*bits_ = nullptr, *width_ = nullptr;  ///< of packed bytes: of a code; in pixels
  stages::Unpacked unpacked_;
  stages::Quads source_;
  stages::Sites root_, pixel_;
  stages::Defects defects_;
  stages::WholeDemosaic demosaic_;
  stages::Unsharp unsharp_;
  std::array<Func, 2> line_;
  Func ceiling_{"ceilings"}, mask_{"mask"}, wide_{"wide_mask"}, prefetch_{"prefetch"}, steps_matrix_;
};

}  // namespace
}  // namespace argent

HALIDE_REGISTER_GENERATOR(argent::RenderLive, argent_render_live)
