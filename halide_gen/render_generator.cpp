// render: RAW to linear light, or where there is no mosaic to a picture, in one pass; nothing the size of the image is written between.
#include <map>

#include "Halide.h"
#include "isp/stage_planes.h"
#include "kernel_generator.h"
#include "stages/black_level.h"
#include "stages/color_matrix.h"
#include "stages/defects.h"
#include "stages/demosaic.h"
#include "stages/demosaic_best.h"
#include "stages/highlights.h"
#include "stages/lens_shading.h"
#include "stages/planes.h"
#include "stages/quads.h"
#include "stages/tone_curve.h"
#include "stages/unpack.h"

namespace argent {
namespace {

using namespace Halide;

/// What leaves the kernel: codes with the curve applied, interleaved; or linear light, planar, for a resize to follow.
enum class Form { kU8, kU16, kLinear };
const std::map<std::string, Form> kForms{{"u8", Form::kU8}, {"u16", Form::kU16}, {"linear", Form::kLinear}};

Type type_of(Form form) { return form == Form::kU8 ? UInt(8) : form == Form::kU16 ? UInt(16) : Float(32); }

Expr finish(Form form, Expr light, Func curve, Expr limit, Expr warp) {
  if (form == Form::kU8) return stages::tone_curve_8bit(light, curve, limit, warp);
  if (form == Form::kU16) return stages::tone_curve_16bit(light, curve, limit, warp);
  return light;
}

int curve_size(Form form) { return form == Form::kU8 ? stages::kToneDegree + 1 : stages::kToneNodes + 1; }

/// Bayer mosaics to linear light, balanced: what other passes follow. The output's region starts at an R site, (origin_x, origin_y) of the
/// active array, which may lie one outside; its width is a multiple of kBlock, its height of 2 kStrip.
class RenderBayer : public KernelGenerator<RenderBayer> {
 public:
  static constexpr int kBlock = 64;

  GeneratorParam<bool> best{"best", false};
  GeneratorParam<bool> in_between{"in_between", false};  ///< what the stages hand on is stored, too (isp/stage_planes.h)

  Input<Buffer<std::uint16_t, 2>> mosaic{"mosaic"};  ///< codes (x, y)
  Input<int> origin_x{"origin_x"}, origin_y{"origin_y"};
  Input<Buffer<float, 2>> levels{"levels"};  ///< (site, 0 black / 1 scale)
  Input<Buffer<float, 3>> mesh{"mesh"};      ///< (qx, mesh row, site): gains
  Input<float> mesh_first{"mesh_first"}, mesh_step{"mesh_step"};
  Input<float> threshold{"threshold"};
  Input<Buffer<float, 1>> first{"first"};    ///< (R G B): 1 for the channel that saturates first; all 0: highlights are left alone
  Input<Buffer<float, 3>> others{"others"};  ///< (qx, row, R G B): weights of isp/highlight_colors.h
  Input<float> others_first{"others_first"}, others_step{"others_step"};
  Input<float> strength{"defects"};  ///< of the correction of defects
  Output<Buffer<float, 3>> output{"output"};

  void generate() {
    source_ = stages::quads(mosaic, mosaic.width(), mosaic.height(), origin_x, origin_y);

    // 1. Black level. 2. Lens shading and white balance. 3. No channel above the middle saturation level. Square root.
    gain_ = stages::lens_shading(mesh, mesh.dim(1).extent(), mesh_first, mesh_step);
    cap_(qx, qy) = stages::ceiling({gain_(qx, qy, 0), gain_(qx, qy, 1), gain_(qx, qy, 3)}, {first(0), first(1), first(2)});
    const int channel[4] = {0, 1, 1, 2};
    std::array<Expr, 4> light_of;
    for (int s = 0; s < 4; s++) {
      light_of[s] = stages::black_level(source_.site[s](qx, qy), levels(s, 0), levels(s, 1));
      root_[s] = Func("root" + std::to_string(s));
      root_[s](qx, qy) = sqrt(clamp(light_of[s] * gain_(qx, qy, s), 0.0f, cap_(qx, qy)));
    }

    // 4. Defects, here because what is one shows best in balanced square roots. A corrected pixel is not clipped.
    defects_ = stages::defects(root_, strength, qx, qy, stages::FloatArithmetic{});
    Expr clipping = 0.0f;
    for (int s = 0; s < 4; s++) {
      Expr sound = select(strength <= 0.0f || defects_.site[s](qx, qy) == root_[s](qx, qy), light_of[s], 0.0f);
      clipping = max(clipping, first(channel[s]) * sound);
    }
    mask_(qx, qy) = stages::clipping(clipping, threshold);
    wide_mask_ = stages::widen(mask_);

    // 5. Demosaic. 6. Highlights.
    weights_ = stages::lens_shading(others, others.dim(1).extent(), others_first, others_step);
    std::array<std::array<Expr, 3>, 4> color;
    if (best) {
      best_ = stages::demosaic_best(defects_.site, qx, qy);
      color = best_.color;
    } else {
      demosaic_ = stages::demosaic(defects_.site, qx, qy);
      color = demosaic_.color;
    }
    for (int s = 0; s < 4; s++) {
      stages::Rgb root;
      for (int c = 0; c < 3; c++) root[c] = max(color[s][c], 0.0f);
      const stages::Rgb weights{weights_(qx, qy, 0), weights_(qx, qy, 1), weights_(qx, qy, 2)};
      std::vector<Expr> values;
      for (const Expr& v : stages::repair(root, wide_mask_(qx, qy), {first(0), first(1), first(2)}, weights)) values.push_back(v * v);
      if (in_between) {
        for (const Expr& v : root) values.push_back(v * v);
        for (const Func& own : {root_[s], defects_.site[s]}) values.push_back(own(qx, qy) * own(qx, qy));
      }
      pixel_[s] = Func("pixel" + std::to_string(s));
      pixel_[s](qx, qy) = Tuple(values);
    }
    for (int row = 0; row < 2; row++) line_[row] = stages::line_of(pixel_, row, planes());
    std::vector<Expr> values;
    for (int i = 0; i < planes(); i++) values.push_back(select(y % 2 == 0, line_[0](x, y / 2)[i], line_[1](x, y / 2)[i]));
    output(x, y, c) = mux(c, values);
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    output.dim(0).set_min(0).set_stride(1).set_extent(output.dim(0).extent() / kBlock * kBlock);
    output.dim(1).set_min(0).set_extent(output.dim(1).extent() / (2 * kStrip) * (2 * kStrip));
    output.dim(2).set_bounds(0, planes());
    mosaic.dim(0).set_min(0).dim(1).set_min(0);
    mesh.dim(1).set_min(0);
    mesh.dim(2).set_bounds(0, 4);
    others.dim(1).set_min(0);
    others.dim(2).set_bounds(0, 3);
    mosaic.set_estimates({{0, 3522}, {0, 2348}});
    levels.set_estimates({{0, 4}, {0, 2}});
    mesh.set_estimates({{0, 1760}, {0, 1}, {0, 4}});
    others.set_estimates({{0, 1760}, {0, 1}, {0, 3}});
    others_first.set_estimate(0);
    others_step.set_estimate(0);
    strength.set_estimate(1);
    first.set_estimates({{0, 3}});
    origin_x.set_estimate(0);
    origin_y.set_estimate(0);
    mesh_first.set_estimate(0);
    mesh_step.set_estimate(0);
    threshold.set_estimate(0.97f);
    output.set_estimates({{0, 3520}, {0, 2336}, {0, planes()}});
    if (automatic()) return;

    use_llvm_words();
    const int lanes = natural_vector_size<float>();
    Func out = output;

    // Full-width strips in parallel; in a strip row pairs one after the other, sliding. Colors of a block of the output are made and go out
    // at once: where stores to memory have work between them, the memory's time is not seen.
    Var strip("strip"), pair("pair"), odd("odd");
    out.bound(c, 0, planes()).split(y, pair, odd, 2, TailStrategy::RoundUp).split(pair, strip, pair, kStrip, TailStrategy::RoundUp);
    out.reorder(c, x, odd, pair, strip).unroll(c).unroll(odd).parallel(strip);
    out.vectorize(x, 2 * lanes, TailStrategy::RoundUp);
    const auto slide = [&](Func f, int rows, int vector) {
      f.align_storage(f.args()[0], lanes);  // no store across two lines of the cache
      f.store_at(out, strip).compute_at(out, pair).fold_storage(f.args()[1], rows).vectorize(f.args()[0], vector, TailStrategy::RoundUp);
    };
    for (const Func& line : line_) stages::schedule_line(line, out, x, 2 * lanes, lanes);
    for (int s = 0; s < 4; s++) {
      stages::schedule_pixel(pixel_[s], out, x, 2 * lanes, lanes);
      for (const Func& f : {root_[s], defects_.beside[s], defects_.site[s]}) slide(f, best ? 16 : 8, lanes);
      defects_.site[s].specialize(strength <= 0.0f);
    }
    std::vector<Func> rows{mask_};
    if (best) {
      for (const Func& f : best_.stages()) rows.push_back(f);
    } else {
      rows.insert(rows.end(), {demosaic_.green_at_red, demosaic_.green_at_blue, demosaic_.red_difference, demosaic_.blue_difference});
    }
    for (const Func& f : rows) slide(f, best ? 16 : 4, lanes);
    slide(gain_, best ? 16 : 8, lanes);
    slide(wide_mask_, 1, lanes);
    slide(weights_, 1, lanes);
    slide(source_.rows, best ? 32 : 16, 2 * lanes);
  }

 private:
  static constexpr int kStrip = 32;  ///< row pairs

  int planes() const { return in_between ? kBayerStagePlanes : 3; }

  Var x{"x"}, y{"y"}, c{"c"}, qx{"qx"}, qy{"qy"};
  stages::Quads source_;
  stages::Defects defects_;
  stages::Demosaic demosaic_;
  stages::BestDemosaic best_;
  stages::Sites root_, pixel_;
  std::array<Func, 2> line_;
  Func gain_, cap_{"cap"}, mask_{"mask"}, wide_mask_, weights_;
};

/// Frames with a color, or one value, at every pixel (a channel stride of 0 serves monochrome). No demosaic; the rest is the same.
/// The output's region starts at (origin_x, origin_y) of the active array; its width is a multiple of kBlock.
class RenderPlanes : public KernelGenerator<RenderPlanes> {
 public:
  static constexpr int kBlock = 64;

  GeneratorParam<Form> form{"form", Form::kU8, kForms};
  GeneratorParam<bool> packed{"packed", false};
  GeneratorParam<bool> in_between{"in_between", false};  ///< as in RenderBayer

  Input<Buffer<>> samples{"samples", 3};  ///< codes (x, y, channel), or packed bytes (i, y, 1)
  Input<int> origin_x{"origin_x"}, origin_y{"origin_y"};
  Input<Buffer<float, 2>> levels{"levels"};
  Input<Buffer<float, 3>> mesh{"mesh"};  ///< (x, mesh row, site)
  Input<float> mesh_first{"mesh_first"}, mesh_step{"mesh_step"};
  Input<float> threshold{"threshold"};
  Input<Buffer<float, 1>> first{"first"};
  Input<Buffer<float, 2>> matrix{"matrix"};
  Input<Buffer<float, 1>> curve{"curve"};
  Input<float> limit{"limit"}, warp{"warp"};
  Output<Buffer<>> output{"output", 3};

  void configure() {
    samples.set_type(packed ? UInt(8) : UInt(16));
    output.set_type(type_of(form));
    if (!packed) return;
    bits_ = add_input<int>("bits");
    width_ = add_input<int>("width");
  }

  void generate() {
    Func codes = samples;
    Expr width = samples.width();
    if (packed) {
      Func bytes("bytes");
      bytes(x, y) = samples(x, y, 0);
      unpacked_ = stages::unpack(bytes, samples.width(), *bits_);
      codes = stages::repeated(unpacked_.codes);
      width = *width_;
    }
    // 1. Unpack. 2. Black level. 3. Lens shading and white balance. 4., 6. Highlights. 7. Color matrix. 8. Curve and encoding.
    stages::Sites site = stages::planes(codes, width, samples.height(), origin_x, origin_y);
    gain_ = stages::lens_shading(mesh, mesh.dim(1).extent(), mesh_first, mesh_step);
    Expr clipping = 0.0f;
    stages::Rgb light;
    for (int i = 0; i < 3; i++) {
      const int s = i == 0 ? 0 : i == 1 ? 1 : 3;
      Expr own = stages::black_level(site[s](x, y), levels(s, 0), levels(s, 1));
      Expr cap = stages::ceiling({gain_(x, y, 0), gain_(x, y, 1), gain_(x, y, 3)}, {first(0), first(1), first(2)});
      light[i] = clamp(own * gain_(x, y, s), 0.0f, cap);
      clipping = max(clipping, first(i) * own);
    }
    mask_(x, y) = stages::clipping(clipping, threshold);
    wide_mask_ = stages::widen(mask_);
    const stages::Rgb balanced = light;
    const stages::Rgb channels{first(0), first(1), first(2)};
    light = stages::repair(light, wide_mask_(x, y), channels, stages::mean_of_others(channels));
    light = stages::color_matrix(light, matrix);
    std::vector<Expr> rgb;
    for (int i = 0; i < 3; i++) rgb.push_back(finish(form, light[i], curve, limit, warp));
    if (in_between) rgb.insert(rgb.end(), balanced.begin(), balanced.end());
    if (form == Form::kLinear) {
      output(x, y, c) = mux(c, rgb);
    } else {
      output(c, x, y) = mux(c, rgb);
    }
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    const bool planar = form == Form::kLinear;
    const int x_dim = planar ? 0 : 1, y_dim = planar ? 1 : 2, c_dim = planar ? 2 : 0;
    if (!planar) output.dim(x_dim).set_stride(3);
    output.dim(c_dim).set_bounds(0, planes());
    output.dim(x_dim).set_min(0).set_extent(output.dim(x_dim).extent() / kBlock * kBlock);
    output.dim(y_dim).set_min(0);
    output.dim(planar ? x_dim : c_dim).set_stride(1);
    samples.dim(0).set_min(0).dim(1).set_min(0);
    mesh.dim(1).set_min(0).dim(2).set_bounds(0, 4);
    samples.set_estimates({{0, packed ? 4405 : 3522}, {0, 2348}, {0, packed ? 1 : 3}});
    levels.set_estimates({{0, 4}, {0, 2}});
    mesh.set_estimates({{0, 3522}, {0, 1}, {0, 4}});
    first.set_estimates({{0, 3}});
    matrix.set_estimates({{0, 3}, {0, 3}});
    curve.set_estimates({{0, curve_size(form)}});
    origin_x.set_estimate(0);
    origin_y.set_estimate(0);
    mesh_first.set_estimate(0);
    mesh_step.set_estimate(0);
    threshold.set_estimate(0.97f);
    limit.set_estimate(2);
    warp.set_estimate(0.8f);
    output.dim(c_dim).set_estimate(0, planes());
    output.dim(x_dim).set_estimate(0, 3520);
    output.dim(y_dim).set_estimate(0, 2348);
    if (packed) {
      bits_->set_estimate(10);
      width_->set_estimate(3522);
    }
    if (automatic()) return;

    use_llvm_words();
    const int lanes = natural_vector_size<float>();
    Func out = output;
    if (packed) {
      samples.dim(2).set_bounds(0, 1);
    } else {
      samples.dim(0).set_stride(Expr()).dim(2).set_bounds(0, 3);
    }

    out.bound(c, 0, planes())
        .reorder(c, x, y)
        .unroll(c)
        .vectorize(x, lanes, TailStrategy::RoundUp)
        .parallel(y, 16, TailStrategy::GuardWithIf);
    mask_.compute_at(out, y).vectorize(x, lanes, TailStrategy::RoundUp);
    gain_.compute_at(out, y).vectorize(gain_.args()[0], lanes, TailStrategy::RoundUp);
    if (packed) {
      unpacked_.codes.compute_at(out, y);
      stages::schedule_unpack(unpacked_, *bits_);
    }
  }

 private:
  int planes() const { return in_between ? kPlanesStagePlanes : 3; }

  Var x{"x"}, y{"y"}, c{"c"};
  Input<int>*bits_ = nullptr, *width_ = nullptr;  ///< as in RenderBayer
  stages::Unpacked unpacked_;
  Func gain_, mask_{"mask"}, wide_mask_;
};

}  // namespace
}  // namespace argent

HALIDE_REGISTER_GENERATOR(argent::RenderBayer, argent_render_bayer)
HALIDE_REGISTER_GENERATOR(argent::RenderPlanes, argent_render_planes)
