// xtrans: RAW of an X-Trans mosaic to linear light; what follows is the same as for other mosaics.
#include <vector>

#include "Halide.h"
#include "isp/stage_planes.h"
#include "kernel_generator.h"
#include "stages/black_level.h"
#include "stages/demosaic_xtrans.h"
#include "stages/highlights.h"
#include "stages/lens_shading.h"
#include "stages/xtrans_cells.h"

namespace argent {
namespace {

using namespace Halide;

/// The inputs are RenderBayer's (render_generator.cpp), cells of 3x3 in the place of quads. The output's region starts at phase (0, 0) of
/// the pattern, (origin_x, origin_y) of the active array, which may lie up to five outside; its width is a multiple of kBlock, its height
/// of 3 * kStrip.
class RenderXtrans : public KernelGenerator<RenderXtrans> {
 public:
  static constexpr int kBlock = 48;

  GeneratorParam<bool> in_between{"in_between", false};  ///< what the stages hand on is stored, too (isp/stage_planes.h)

  Input<Buffer<std::uint16_t, 2>> mosaic{"mosaic"};  ///< codes (x, y)
  Input<int> origin_x{"origin_x"}, origin_y{"origin_y"};
  Input<Buffer<float, 2>> levels{"levels"};  ///< (site, 0 black / 1 scale); greens as site 1
  Input<Buffer<float, 3>> mesh{"mesh"};      ///< (qx, mesh row, R G B): gains
  Input<float> mesh_first{"mesh_first"}, mesh_step{"mesh_step"};
  Input<float> threshold{"threshold"};
  Input<Buffer<float, 1>> first{"first"};
  Input<Buffer<float, 3>> others{"others"};
  Input<float> others_first{"others_first"}, others_step{"others_step"};
  Input<float> strength{"defects"};           ///< without use: RenderBayer has it
  Output<Buffer<float, 3>> output{"output"};  ///< (x, y, c)

  void generate() {
    source_ = stages::xtrans_cells(mosaic, mosaic.width(), mosaic.height(), origin_x, origin_y);

    // 1. Black level. 2. Lens shading and white balance. 3. No channel above the middle saturation level. Square root.
    gain_ = stages::lens_shading(mesh, mesh.dim(1).extent(), mesh_first, mesh_step);
    Expr cap = stages::ceiling({gain_(qx, qy, 0), gain_(qx, qy, 1), gain_(qx, qy, 2)}, {first(0), first(1), first(2)});
    Expr red = stages::red_beside(qx, qy), clipping = 0.0f;
    std::vector<Expr> roots;
    for (int s = 0; s < 9; s++) {
      const auto of_color = [&](Expr of_red, Expr of_green, Expr of_blue) {
        const stages::CellColor color = stages::cell_color(s % 3, s / 3);
        if (color == stages::CellColor::kGreen) return of_green;
        return color == stages::CellColor::kBeside ? select(red, of_red, of_blue) : select(red, of_blue, of_red);
      };
      Expr light = stages::black_level(source_.site[s](qx, qy), of_color(levels(0, 0), levels(1, 0), levels(3, 0)),
                                       of_color(levels(0, 1), levels(1, 1), levels(3, 1)));
      Expr gain = of_color(gain_(qx, qy, 0), gain_(qx, qy, 1), gain_(qx, qy, 2));
      roots.push_back(sqrt(clamp(light * gain, 0.0f, cap)));
      clipping = max(clipping, of_color(first(0), first(1), first(2)) * light);
    }
    root_(qx, site, qy) = mux(site, roots);
    mask_(qx, qy) = stages::clipping(clipping, threshold);
    wide_mask_ = stages::widen(mask_);

    // 4. Demosaic. 5. Highlights.
    weights_ = stages::lens_shading(others, others.dim(1).extent(), others_first, others_step);
    demosaic_ = stages::demosaic_xtrans(root_, qx, site, qy);
    stages::Rgb root;
    for (int i = 0; i < 3; i++) root[i] = max(demosaic_.color[i], 0.0f);
    const stages::Rgb weights{weights_(qx, qy, 0), weights_(qx, qy, 1), weights_(qx, qy, 2)};
    std::vector<Expr> values;
    for (const Expr& v : stages::repair(root, wide_mask_(qx, qy), {first(0), first(1), first(2)}, weights)) values.push_back(v * v);
    if (in_between) {
      for (const Expr& v : root) values.push_back(v * v);
      values.push_back(root_(qx, site, qy) * root_(qx, site, qy));
    }
    pixel_(qx, site, qy) = Tuple(values);
    FuncRef pixel = pixel_(x / 3, x % 3 + 3 * (y % 3), y / 3);
    std::vector<Expr> stored;
    for (int i = 0; i < planes(); i++) stored.push_back(pixel[i]);
    output(x, y, c) = mux(c, stored);
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    output.dim(0).set_min(0).set_extent(output.dim(0).extent() / kBlock * kBlock).set_stride(1);
    output.dim(1).set_min(0).set_extent(output.dim(1).extent() / (3 * kStrip) * (3 * kStrip));
    output.dim(2).set_bounds(0, planes());
    mosaic.dim(0).set_min(0).dim(1).set_min(0);
    mesh.dim(1).set_min(0);
    mesh.dim(2).set_bounds(0, 3);
    others.dim(1).set_min(0);
    others.dim(2).set_bounds(0, 3);
    mosaic.set_estimates({{0, 6246}, {0, 4170}});
    levels.set_estimates({{0, 4}, {0, 2}});
    mesh.set_estimates({{0, 2080}, {0, 1}, {0, 3}});
    first.set_estimates({{0, 3}});
    others.set_estimates({{0, 2080}, {0, 1}, {0, 3}});
    others_first.set_estimate(0);
    others_step.set_estimate(0);
    strength.set_estimate(1);
    origin_x.set_estimate(0);
    origin_y.set_estimate(0);
    mesh_first.set_estimate(0);
    mesh_step.set_estimate(0);
    threshold.set_estimate(0.97f);
    output.set_estimates({{0, 6240}, {0, 4128}, {0, planes()}});
    if (automatic()) return;

    use_llvm_words();
    const int lanes = natural_vector_size<float>();

    // Full-width strips in parallel; in a strip rows of cells one after the other, sliding.
    Func out = output;
    Var strip("strip"), row("row"), cell("cell"), block("block"), i("i"), j("j");
    out.bound(c, 0, planes()).split(y, row, j, 3, TailStrategy::RoundUp).split(row, strip, row, kStrip, TailStrategy::RoundUp);
    out.split(x, cell, i, 3, TailStrategy::RoundUp).split(cell, block, cell, lanes, TailStrategy::RoundUp);
    out.reorder(i, cell, c, j, block, row, strip).unroll(i).vectorize(cell).unroll(c).unroll(j).parallel(strip);
    const auto sliding = [&](Func f, int rows) { f.store_at(out, strip).compute_at(out, row).fold_storage(f.args().back(), rows); };
    const auto in_vectors = [&](Func f) { f.vectorize(f.args()[0], lanes, TailStrategy::RoundUp); };
    const auto from_sums = [&](Func f, Func sums, int sets, int rows) {
      sliding(f, rows);
      f.split(qx, block, cell, 2 * lanes, TailStrategy::RoundUp).vectorize(cell, lanes);
      sums.compute_at(f, block);
      stages::schedule_filtered(sums, sets, 2 * lanes);
    };
    from_sums(demosaic_.surprise, demosaic_.expected, stages::kXtransDirections, 4);
    from_sums(demosaic_.difference, demosaic_.estimate, 2 * stages::kXtransDirections, 4);
    sliding(demosaic_.surprise_across, 4);
    demosaic_.column.compute_at(out, row);
    pixel_.compute_at(out, block);
    root_.bound(site, 0, 9).reorder(qx, site, qy).unroll(site);
    sliding(root_, 8);
    sliding(mask_, 4);
    wide_mask_.compute_at(out, row);
    weights_.compute_at(out, row);
    sliding(source_.rows, 32);
    for (const Func& f : {demosaic_.surprise_across, demosaic_.column, pixel_, root_, mask_, wide_mask_, weights_, source_.rows})
      in_vectors(f);
    gain_.store_at(out, strip)
        .compute_at(out, row)
        .fold_storage(gain_.args()[1], 8)
        .vectorize(gain_.args()[0], lanes, TailStrategy::RoundUp);
  }

 private:
  static constexpr int kStrip = 16;  ///< rows of cells

  int planes() const { return in_between ? kXtransStagePlanes : 3; }

  Var x{"x"}, y{"y"}, c{"c"}, site{"site"}, qx{"qx"}, qy{"qy"};
  stages::MirroredCells source_;
  stages::XtransDemosaic demosaic_;
  Func root_{"root"}, pixel_{"pixel"}, gain_, mask_{"mask"}, wide_mask_, weights_;
};

}  // namespace
}  // namespace argent

HALIDE_REGISTER_GENERATOR(argent::RenderXtrans, argent_render_xtrans)
