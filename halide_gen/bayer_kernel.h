// halide_gen/bayer_kernel.h - what kernels share that read a Bayer mosaic by 16-bit integers: all up to the roots of colors.
//
// Numbers, by edge (unit: of isp/whole_mosaic.cpp, so that no root of the picture is above 21,845):
//   codes            u16    sensor codes
//   light            u16    in registers alone: (code - black) x gain, up to the ceiling; of one scale (isp/whole_mosaic.cpp)
//   roots            u16    1 / unit
//   green            i16    1 / unit, from 0 to 32,767; halves of color - green i16, -16,384 to 16,383
//   masks            u16    1 / 65,535
#pragma once

#include <string>

#include "Halide.h"
#include "kernel_generator.h"
#include "stages/defects.h"
#include "stages/demosaic.h"
#include "stages/fixed_point.h"
#include "stages/highlights.h"
#include "stages/quads.h"
#include "stages/unpack.h"

namespace argent {

using namespace Halide;

/// The output's region as of RenderBayer in render_generator.cpp, but its height is whole strips'.
template <class T>
class BayerKernel : public KernelGenerator<T> {
 public:
  GeneratorParam<bool> packed{"packed", false};

  GeneratorInput<Buffer<>> mosaic{"mosaic", 2};  ///< codes (x, y), or packed bytes (i, y)
  GeneratorInput<int> origin_x{"origin_x"}, origin_y{"origin_y"};
  GeneratorInput<Buffer<std::uint16_t, 2>> levels{"levels"};  ///< (site, 0 black, shifted / 1 code that clips)
  GeneratorInput<int> code_shift{"code_shift"};               ///< of codes, so that they fill 16 bits
  GeneratorInput<Buffer<std::uint16_t, 3>> mesh{
      "mesh"};  ///< (qx, mesh row, site: shifted codes above black to light x 2^16, or 4: ceiling)
  GeneratorInput<float> mesh_first{"mesh_first"}, mesh_step{"mesh_step"};
  GeneratorInput<int> above{"above"};              ///< rows of quads between where mesh_first is and the output
  GeneratorInput<float> scale{"scale"};            ///< roots of light to roots of 1
  GeneratorInput<float> slope{"slope"};            ///< mask of a code above that which clips
  GeneratorInput<int> first{"first"};              ///< index of the channel that saturates first
  GeneratorInput<float> unit{"unit"};              ///< root of 1
  GeneratorInput<float> strength{"strength"};      ///< of the correction of defects
  GeneratorInput<int> strip_pairs{"strip_pairs"};  ///< row pairs that a thread makes one after the other

 protected:
  static constexpr int kBlock = 64;
  /// From a row of the output to the row of the mosaic that the next pair is the first to read.
  static constexpr int kRowsAhead = 12;
  static_assert(kBlock * sizeof(std::uint16_t) <= llvm_words::kPrefetched);
  static constexpr float kAboveZero = 1e-6f;  ///< of light: what a reciprocal root wants, and what leaves the root of 0 at 0

  using KernelGenerator<T>::has_llvm_words;

  void add_packed_inputs() {
    mosaic.set_type(packed ? UInt(8) : UInt(16));
    if (!packed) return;
    bits_ = this->template add_input<int>("bits");
    width_ = this->template add_input<int>("width");
  }

  stages::FloatsBetween floats_between() const { return {has_llvm_words()}; }

  /// demosaic_ and wide_; roots are of light + `lift`, whole numbers as light is.
  void generate_roots(const Expr& lift) {
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
    const stages::FloatsBetween floats = floats_between();
    const Expr steps_up = stages::u16(code_shift), highest = cast<std::uint16_t>(65535) >> steps_up;
    ceiling_(qx, qy) = gain(4);
    for (int s = 0; s < 4; s++) {
      Expr code = min(source_.site[s](qx, qy), highest) << steps_up, black = levels(s, 0);
      Expr light = min(stages::share_of(max(code, black) - black, gain(s)), ceiling_(qx, qy));
      root_[s] = Func("root" + std::to_string(s));
      root_[s](qx, qy) = floats.to(floats.root(floats.from(light) + lift) * scale);
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

    // 6. Demosaic.
    demosaic_ = stages::whole_demosaic(defects_.site, qx, qy, floats);
  }

  /// 0 of `type`, at no cost but that a block of the mosaic is asked for that will be needed soon. `y`: row of the region.
  Expr asks_ahead(const Type& type, Expr y) {
    if (!has_llvm_words()) return cast(type, 0);
    if (!prefetch_.defined()) prefetch_(x, row_) = llvm_words::prefetch(mosaic, bytes_before(x * kBlock, row_ + kRowsAhead));
    return cast(type, prefetch_(x / kBlock, y));
  }

  void set_estimates() {
    mosaic.dim(0).set_min(0).dim(1).set_min(0);
    mesh.dim(1).set_min(0);
    mesh.dim(2).set_bounds(0, 5);
    mosaic.set_estimates({{0, packed ? 4405 : 3522}, {0, 2348}});
    levels.set_estimates({{0, 4}, {0, 2}});
    code_shift.set_estimate(4);
    mesh.set_estimates({{0, 1760}, {0, 1}, {0, 5}});
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
    strip_pairs.set_estimate(64);
    if (packed) {
      bits_->set_estimate(10);
      width_->set_estimate(3522);
    }
  }

  /// Full-width strips in parallel; in a strip row pairs one after the other, sliding. Colors and codes of a block of the output are made
  /// and go out at once: where stores to memory have work between them, the memory's time is not seen. `kept`: rows of quads that one of
  /// the output reads.
  void schedule_roots(Func out, Var pair, Var strip, int kept) {
    out.parallel(strip).vectorize(x, kBlock, TailStrategy::RoundUp);  // whole lines of the cache
    out.specialize(first == 1);                                       // green: under all usual lights
    const auto slide = [&](const Func& f, int rows) { slide_along(f, out, pair, strip, rows); };
    slide(ceiling_, 2);
    for (int s = 0; s < 4; s++) {
      slide(root_[s], 8);
      slide(defects_.beside[s], 4);
      slide(defects_.site[s], 8);
    }
    for (const Func& f : {demosaic_.green_at_red, demosaic_.green_at_blue, demosaic_.red_half, demosaic_.blue_half, mask_}) slide(f, 4);
    slide(wide_, kept);
    slide(source_.rows, 16);
    if (packed) {
      unpacked_.codes.compute_at(source_.rows, source_.rows.args()[1]);
      stages::schedule_unpack(unpacked_, *bits_);
    }
    if (has_llvm_words()) prefetch_.compute_at(out, x);
  }

  /// `rows` of f are kept.
  void slide_along(Func f, Func out, Var pair, Var strip, int rows) {
    const int lanes = this->template natural_vector_size<std::uint16_t>();
    f.align_storage(f.args()[0], lanes);  // no store across two lines of the cache
    f.store_at(out, strip).compute_at(out, pair).fold_storage(f.args()[1], rows).vectorize(f.args()[0], lanes, TailStrategy::RoundUp);
  }

  /// `pixels` and `lines`: of a block of the output.
  template <class Lines>
  void schedule_block(Func out, const stages::Sites& pixels, const Lines& lines) {
    const int lanes = this->template natural_vector_size<std::uint16_t>();
    for (const Func& pixel : pixels) stages::schedule_pixel(pixel, out, x, kBlock, lanes);
    for (const Func& line : lines) stages::schedule_line(line, out, x, kBlock, lanes);
  }

  struct MeshRows {
    Expr row, next, fraction;  ///< fraction: f32, of the way from one to the other
  };
  /// Of quad row qy, in a mesh of so many rows.
  MeshRows mesh_rows(const Expr& first, const Expr& step, const Expr& rows) const {
    Expr node = clamp(first + cast<float>(qy + above) * step, 0.0f, cast<float>(rows - 1));
    Expr row = cast<int>(floor(node));
    return {row, min(row + 1, rows - 1), node - cast<float>(row)};
  }

  Var x{"x"}, qx{"qx"}, qy{"qy"};
  stages::WholeDemosaic demosaic_;
  Func wide_{"wide_mask"};  ///< where the first channel clips, as far as the demosaic reaches

 private:
  /// Where the mosaic's memory has the region's pixel (dx, dy); i64.
  Expr bytes_before(Expr dx, Expr dy) const {
    Expr column = dx + origin_x, row = cast<std::int64_t>(dy + origin_y) * mosaic.dim(1).stride();
    return packed ? row + column * *bits_ / 8 : 2 * (row + column);
  }

  /// Between mesh rows; u16.
  Expr gain(int layer) {
    const MeshRows at = mesh_rows(mesh_first, mesh_step, mesh.dim(1).extent());
    Expr share = stages::u16(cast<int>(at.fraction * 65535.0f));
    return stages::share_of(mesh(qx, at.row, layer), cast<std::uint16_t>(65535) - share) +
           stages::share_of(mesh(qx, at.next, layer), share);
  }

  Var row_{"row"};
  GeneratorInput<int>*bits_ = nullptr, *width_ = nullptr;  ///< of packed bytes: of a code; in pixels
  stages::Unpacked unpacked_;
  stages::Quads source_;
  stages::Sites root_;
  stages::Defects defects_;
  Func ceiling_{"ceilings"}, mask_{"mask"}, prefetch_{"prefetch"};
};

}  // namespace argent
