// denoise: noise reduction and sharpening of linear color, in three kernels: apart into luma and half-size color differences, each plane
// denoised, together again.
#include "Halide.h"
#include "kernel_generator.h"
#include "stages/capture_sharpen.h"
#include "stages/dct_denoise.h"
#include "stages/doubled.h"
#include "stages/noise_level.h"
#include "stages/opponent.h"
#include "stages/quads.h"

namespace argent {
namespace {

using namespace Halide;

/// Linear color -> luma in full size; luma and both color differences in half size (the mean of 2x2).
class OpponentSplit : public KernelGenerator<OpponentSplit> {
 public:
  Input<Buffer<float, 3>> linear{"linear"};  ///< (x, y, R G B)
  Input<float> lift{"lift"};
  Output<Buffer<float, 2>> luma{"luma"};  ///< (x, y)
  Output<Buffer<float, 3>> half{"half"};  ///< (x, y, luma and differences)

  void generate() {
    Expr cx = stages::inside(x, linear.dim(0).extent() - 1), cy = stages::inside(y, linear.dim(1).extent() - 1);
    stages::Rgb root;
    for (int c = 0; c < 3; c++) root[c] = stages::lifted_root(linear(cx, cy, c), lift);
    opponents_(x, y) = Tuple(stages::opponent(root, 0), stages::opponent(root, 1), stages::opponent(root, 2));
    luma(x, y) = opponents_(x, y)[0];
    std::vector<Expr> mean;
    for (int k = 0; k < 3; k++) {
      mean.push_back(0.25f * (opponents_(2 * x, 2 * y)[k] + opponents_(2 * x + 1, 2 * y)[k] + opponents_(2 * x, 2 * y + 1)[k] +
                              opponents_(2 * x + 1, 2 * y + 1)[k]));
    }
    mean_(x, y) = Tuple(mean);
    half(x, y, k) = mux(k, {mean_(x, y)[0], mean_(x, y)[1], mean_(x, y)[2]});
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    linear.dim(0).set_min(0).dim(1).set_min(0).dim(2).set_bounds(0, 3);
    luma.dim(0).set_min(0).dim(1).set_min(0);
    half.dim(0).set_min(0).dim(1).set_min(0).dim(2).set_bounds(0, 3);
    linear.set_estimates({{0, 3504}, {0, 2336}, {0, 3}});
    lift.set_estimate(0.01f);
    luma.set_estimates({{0, 3504}, {0, 2336}});
    half.set_estimates({{0, 1752}, {0, 1168}, {0, 3}});
    if (automatic()) return;

    use_llvm_words();
    const int lanes = natural_vector_size<float>();
    // A row of half with its two of luma, from the same opponents.
    Func whole = luma, mean = half;
    Var strip("strip"), odd("odd");
    mean.bound(k, 0, 3).split(y, strip, y, 8, TailStrategy::GuardWithIf).reorder(x, k, y, strip).unroll(k).parallel(strip);
    whole.split(y, y, odd, 2, TailStrategy::GuardWithIf).split(y, strip, y, 8, TailStrategy::GuardWithIf);
    whole.reorder(x, odd, y, strip).parallel(strip).compute_with(mean, y);
    for (Func f : {mean, whole}) f.vectorize(x, lanes, TailStrategy::GuardWithIf);
    opponents_.compute_at(mean, y).vectorize(x, lanes, TailStrategy::RoundUp);
    mean_.compute_at(mean, y).vectorize(x, lanes, TailStrategy::RoundUp);
  }

 private:
  Var x{"x"}, y{"y"}, k{"k"};
  Func opponents_{"opponents"}, mean_{"mean"};
};

class DenoisePlanes : public KernelGenerator<DenoisePlanes> {
 public:
  GeneratorParam<int> step{"step", 4};  ///< between patches: 2 or 4

  Input<Buffer<float, 3>> planes{"planes"};        ///< (x, y, plane)
  Input<Buffer<float, 2>> level{"level"};          ///< (x, y): luma of the same size
  Input<Buffer<float, 3>> threshold{"threshold"};  ///< (across, down, plane), where scale is 1
  Input<float> shot{"shot"}, read{"read"}, lift{"lift"}, reference{"reference"};
  Output<Buffer<float, 3>> output{"output"};

  void generate() {
    source_(x, y, p) = planes(stages::mirror(x, planes.dim(0).extent()), stages::mirror(y, planes.dim(1).extent()), p);
    level_(x, y) = level(stages::mirror(x, level.dim(0).extent()), stages::mirror(y, level.dim(1).extent()));
    split();
    Expr sum = 0.0f, columns = 0.0f;
    for (int n = 0; n < 8; n++) columns += level_(x, step * y + n);
    level_columns_(x, y) = columns;
    for (int n = 0; n < 8; n++) sum += level_columns_(step * x + n, y);
    scale_(x, y) = stages::noise_level(sum * (1 / 64.0f), shot, read, lift, reference);

    denoised_ = stages::dct_denoise(phases_, step, threshold, scale_);
    join();
    output(x, y, p) = line_(x, y % step, y / step, p);
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    planes.dim(0).set_min(0).dim(1).set_min(0).dim(2).set_min(0);
    level.dim(0).set_min(0).dim(1).set_min(0);
    threshold.dim(0).set_bounds(0, 8).dim(1).set_bounds(0, 8).dim(2).set_min(0);
    output.dim(0).set_min(0).dim(1).set_min(0).dim(2).set_min(0);
    planes.set_estimates({{0, 3504}, {0, 2336}, {0, 1}});
    level.set_estimates({{0, 3504}, {0, 2336}});
    threshold.set_estimates({{0, 8}, {0, 8}, {0, 1}});
    shot.set_estimate(1e-4f);
    read.set_estimate(1e-6f);
    lift.set_estimate(1e-3f);
    reference.set_estimate(0.1f);
    output.set_estimates({{0, 3504}, {0, 2336}, {0, 1}});
    if (automatic()) return;

    use_llvm_words();
    const int lanes = natural_vector_size<float>();
    Var row("row"), line("line_of_row"), strip("strip");
    Func out = output;
    out.split(y, row, line, step, TailStrategy::GuardWithIf).split(row, strip, row, 16, TailStrategy::GuardWithIf);
    out.reorder(x, line, row, strip, p).parallel(strip).vectorize(x, lanes, TailStrategy::GuardWithIf);
    // Aligned, because vectors across two cache lines halve the speed of all of this.
    const auto vectors = [&](Func f) { f.align_storage(f.args()[0], lanes).vectorize(f.args()[0], lanes, TailStrategy::RoundUp); };
    source_.store_at(out, strip).compute_at(out, row).fold_storage(y, 16);
    vectors(source_);
    for (Func f : halves_) {
      f.store_at(out, strip).compute_at(out, row).fold_storage(y, 16);
      vectors(f);
    }
    phases_.store_at(out, strip).compute_at(out, row).fold_storage(y, 16).bound(r, 0, step).unroll(r).reorder(r, x, y, p);
    vectors(phases_);
    vectors(level_columns_.compute_at(out, row));
    vectors(scale_.compute_at(out, row));

    auto& d = denoised_;
    d.limits.compute_root();
    vectors(d.loudness.compute_at(out, row));
    d.rows.store_at(out, strip).compute_at(out, row).fold_storage(d.Y, 8 / step).bound(d.i, 0, 9).bound(d.r, 0, step).unroll(d.i);
    // By twos the patches of a row of 4,000 pixels don't fit into the second-level cache: along it in tiles, which slide.
    Var tile("tile");
    if (step == 2) {
      d.rows.split(d.X, tile, d.X, 32, TailStrategy::RoundUp).reorder(d.i, d.X, d.r, tile, d.Y, d.plane);
      d.columns.fold_storage(d.X, 64);
    } else {
      d.rows.reorder(d.i, d.X, d.r, d.Y, d.plane);
    }
    vectors(d.rows);
    d.overlap.compute_at(d.rows, d.X).bound(d.j, 0, 8).unroll(d.j);
    vectors(d.overlap);
    const LoopLevel patches = step == 2 ? LoopLevel(d.rows, tile) : LoopLevel(out, row);
    d.columns.store_at(out, row).compute_at(patches).bound(d.j, 0, 8).reorder(d.j, d.X, d.r, d.Y, d.plane).unroll(d.j);
    vectors(d.columns);
    Var lane("lane");
    d.patch.store_at(out, row).compute_at(patches).bound(d.j, 0, 8).bound(d.i, 0, 9).align_storage(d.X, lanes);
    d.patch.split(d.X, d.X, lane, lanes, TailStrategy::RoundUp).reorder(lane, d.i, d.j, d.X, d.Y, d.plane).vectorize(lane).unroll(d.i);
    for (Func f : {d.coefficients, d.shares}) {
      f.compute_at(d.patch, d.j).bound(d.k, 0, 8).reorder(d.k, d.X, d.j, d.Y, d.plane).unroll(d.k);
      vectors(f);
    }
    vectors(d.weight.store_at(out, row).compute_at(patches));
    d.result.compute_at(out, row).bound(d.r, 0, step);
    vectors(d.result);
    for (Func f : lines_) vectors(f.compute_at(out, row));
    vectors(line_.compute_at(out, row));
  }

 private:
  /// Columns by their remainder of x by `step`. By twos: a stride of 4 would be loaded element by element.
  void split() {
    if (step == 2) {
      phases_(x, r, y, p) = source_(2 * x + r, y, p);
      return;
    }
    for (int b = 0; b < 2; b++) {
      halves_.emplace_back("half" + std::to_string(b));
      halves_.back()(x, y, p) = source_(2 * x + b, y, p);
    }
    phases_(x, r, y, p) =
        mux(r, {halves_[0](2 * x, y, p), halves_[1](2 * x, y, p), halves_[0](2 * x + 1, y, p), halves_[1](2 * x + 1, y, p)});
  }

  void join() {
    Func result = denoised_.result;
    if (step == 2) {
      line_(x, i, y, p) = select(x % 2 == 0, result(x / 2, 0, i, y, p), result(x / 2, 1, i, y, p));
      return;
    }
    for (int b = 0; b < 2; b++) {
      lines_.emplace_back("half_line" + std::to_string(b));
      lines_.back()(x, i, y, p) = select(x % 2 == 0, result(x / 2, b, i, y, p), result(x / 2, b + 2, i, y, p));
    }
    line_(x, i, y, p) = select(x % 2 == 0, lines_[0](x / 2, i, y, p), lines_[1](x / 2, i, y, p));
  }

  Var x{"x"}, y{"y"}, p{"p"}, r{"r"}, i{"i"};
  Func source_{"source"}, level_{"level_inside"}, level_columns_{"level_columns"}, scale_{"scale"}, phases_{"phases"}, line_{"line"};
  std::vector<Func> halves_, lines_;
  stages::DctDenoise denoised_;
};

/// Denoised luma and color differences with the original -> linear color.
class OpponentJoin : public KernelGenerator<OpponentJoin> {
 public:
  Input<Buffer<float, 3>> linear{"linear"};            ///< (x, y, R G B)
  Input<Buffer<float, 2>> luma{"luma"};                ///< (x, y): denoised
  Input<Buffer<float, 3>> half{"half"};                ///< (x, y, luma and differences), as split
  Input<Buffer<float, 3>> differences{"differences"};  ///< (x, y, 2): of half, denoised
  Input<float> lift{"lift"}, core{"core"};             ///< core: of fine color detail, in roots
  Input<float> shot{"shot"}, read{"read"}, reference{"reference"};
  Input<float> amount{"amount"}, radius{"radius"}, noise{"noise"};  ///< of sharpening
  Output<Buffer<float, 3>> output{"output"};

  void generate() {
    const auto inside = [](const auto& image, int dim, Expr i) { return stages::inside(i, image.dim(dim).extent() - 1); };
    luma_(x, y) = luma(inside(luma, 0, x), inside(luma, 1, y));
    sharp_ = stages::capture_sharpen(luma_, amount, radius, noise);
    stages::Rgb root, opponents;
    for (int c = 0; c < 3; c++) root[c] = stages::lifted_root(linear(x, y, c), lift);
    opponents[0] = sharp_.sharpened(x, y);
    Expr threshold = core * stages::noise_level(luma_(x, y), shot, read, lift, reference);
    for (int k = 1; k < 3; k++) {
      Func before("before" + std::to_string(k)), after("after" + std::to_string(k));
      before(x, y) = half(inside(half, 0, x), inside(half, 1, y), k);
      after(x, y) = differences(inside(differences, 0, x), inside(differences, 1, y), k - 1);
      doubled_.push_back(stages::doubled(before, "before" + std::to_string(k)));
      doubled_.push_back(stages::doubled(after, "after" + std::to_string(k)));
      Expr fine = stages::opponent(root, k) - doubled_[doubled_.size() - 2].whole(x, y);
      opponents[k] = doubled_.back().whole(x, y) + stages::cored(fine, threshold);
    }
    std::vector<Expr> light;
    for (int c = 0; c < 3; c++) light.push_back(stages::light_of(opponents, c, lift));
    light_(x, y) = Tuple(light);
    output(x, y, c) = mux(c, {light_(x, y)[0], light_(x, y)[1], light_(x, y)[2]});
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    for (auto* image : {&linear, &half}) image->dim(0).set_min(0).dim(1).set_min(0).dim(2).set_bounds(0, 3);
    luma.dim(0).set_min(0).dim(1).set_min(0);
    differences.dim(0).set_min(0).dim(1).set_min(0).dim(2).set_bounds(0, 2);
    output.dim(0).set_min(0).dim(1).set_min(0).dim(2).set_bounds(0, 3);
    linear.set_estimates({{0, 3504}, {0, 2336}, {0, 3}});
    luma.set_estimates({{0, 3504}, {0, 2336}});
    half.set_estimates({{0, 1752}, {0, 1168}, {0, 3}});
    differences.set_estimates({{0, 1752}, {0, 1168}, {0, 2}});
    for (auto* scalar : {&lift, &core, &shot, &read, &noise}) scalar->set_estimate(1e-4f);
    reference.set_estimate(0.1f);
    amount.set_estimate(1);
    radius.set_estimate(0.6f);
    output.set_estimates({{0, 3504}, {0, 2336}, {0, 3}});
    if (automatic()) return;

    use_llvm_words();
    const int lanes = natural_vector_size<float>();
    Var strip("strip");
    Func out = output;
    sharp_.weights.compute_root();
    out.bound(c, 0, 3).split(y, strip, y, 32, TailStrategy::GuardWithIf).reorder(x, c, y, strip).unroll(c).parallel(strip);
    out.vectorize(x, 2 * lanes, TailStrategy::GuardWithIf);
    // On Halide's own stack, whose blocks last a strip: a block a row each would go through the pool and its lock.
    const auto in_row = [&](Func f) -> Func { return f.store_in(MemoryType::Stack).align_storage(f.args()[0], lanes); };
    in_row(light_).compute_at(out, y).vectorize(x, 2 * lanes, TailStrategy::GuardWithIf);  // reads what ends with the picture
    for (stages::Doubled& d : doubled_) {
      in_row(d.down).compute_at(out, y).vectorize(d.down.args()[0], lanes, TailStrategy::RoundUp);
      for (Func f : {d.even, d.odd}) f.compute_at(light_, x).vectorize(f.args()[0], lanes, TailStrategy::RoundUp);
      d.whole.compute_at(light_, x).vectorize(d.whole.args()[0], 2 * lanes, TailStrategy::RoundUp);
    }
    const auto slide = [&](Func f) -> Func { return in_row(f).store_at(out, strip).compute_at(out, y).fold_storage(f.args()[1], 32); };
    for (Func f : {luma_, sharp_.across, sharp_.first, sharp_.first_across, sharp_.lowest, sharp_.highest}) {
      slide(f).vectorize(f.args()[0], lanes, TailStrategy::RoundUp);
    }
    for (Func f : {sharp_.across, sharp_.first, sharp_.first_across, light_}) f.specialize(sharp_.narrow);
  }

 private:
  Var x{"x"}, y{"y"}, c{"c"};
  Func luma_{"luma_inside"}, light_{"light"};
  stages::CaptureSharpen sharp_;
  std::vector<stages::Doubled> doubled_;
};

}  // namespace
}  // namespace argent

HALIDE_REGISTER_GENERATOR(argent::OpponentSplit, argent_opponent_split)
HALIDE_REGISTER_GENERATOR(argent::DenoisePlanes, argent_denoise_planes)
HALIDE_REGISTER_GENERATOR(argent::OpponentJoin, argent_opponent_join)
