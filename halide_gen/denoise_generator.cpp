// denoise: noise reduction of opponents of linear color, in two kernels: color apart into them, and planes of them denoised.
// join_generator.cpp puts them together again.
#include "Halide.h"
#include "kernel_generator.h"
#include "stages/dct_denoise.h"
#include "stages/doubled.h"
#include "stages/fixed_point.h"
#include "stages/noise_level.h"
#include "stages/opponent.h"
#include "stages/quads.h"

namespace argent {
namespace {

using namespace Halide;

/// Linear color -> its opponents (stages/opponent.h). The output is as wide as whole blocks.
class OpponentSplit : public KernelGenerator<OpponentSplit> {
 public:
  static constexpr int kBlock = 64;

  Input<Buffer<float, 3>> linear{"linear"};  ///< (x, y, R G B)
  Input<float> lift{"lift"};
  Input<float> unit{"unit"};                          ///< root of 1
  Output<Buffer<std::uint16_t, 3>> output{"output"};  ///< (x, y, opponent)

  void generate() {
    Expr column = stages::inside(x, linear.dim(0).extent() - 1);
    stages::Rgb root;
    for (int c = 0; c < 3; c++) root[c] = stages::lifted_root(linear(column, y, c), lift) * unit;
    std::vector<Expr> opponents;
    for (int i = 0; i < 3; i++) opponents.push_back(stages::opponent_word(stages::opponent(root, i), i));
    opponents_(x, y) = Tuple(opponents);
    output(x, y, k) = mux(k, {opponents_(x, y)[0], opponents_(x, y)[1], opponents_(x, y)[2]});
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    linear.dim(0).set_min(0).dim(1).set_min(0).dim(2).set_bounds(0, 3);
    output.dim(0).set_min(0).set_extent(output.dim(0).extent() / kBlock * kBlock).dim(1).set_min(0).dim(2).set_bounds(0, 3);
    linear.set_estimates({{0, 3520}, {0, 2336}, {0, 3}});
    lift.set_estimate(0.01f);
    unit.set_estimate(20000);
    output.set_estimates({{0, 3520}, {0, 2336}, {0, 3}});
    if (automatic()) return;

    use_llvm_words();
    const int lanes = natural_vector_size<float>();
    Func out = output;
    out.bound(k, 0, 3).reorder(k, x, y).unroll(k).vectorize(x, kBlock, TailStrategy::RoundUp).parallel(y, 16, TailStrategy::GuardWithIf);
    opponents_.compute_at(out, x).vectorize(x, lanes, TailStrategy::RoundUp);
  }

 private:
  Var x{"x"}, y{"y"}, k{"k"};
  Func opponents_{"opponents"};
};

/// Luma of a picture, or its differences in half the size. The output is as wide as whole blocks; what passes the picture is of no use.
class DenoisePlanes : public KernelGenerator<DenoisePlanes> {
 public:
  static constexpr int kBlock = 32;

  GeneratorParam<int> step{"step", 4};           ///< between patches: 2 or 4
  GeneratorParam<bool> halved{"halved", false};  ///< half the size comes out: of means of 2x2

  Input<Buffer<std::uint16_t, 3>> planes{"planes"};  ///< (x, y, plane): opponents
  Input<Buffer<std::uint16_t, 2>> level{"level"};    ///< (x, y): luma
  Input<Buffer<float, 3>> threshold{"threshold"};    ///< (across, down, plane), where scale is 1; as planes
  Input<float> unit{"unit"};                         ///< of planes and level: root of 1
  Input<float> shot{"shot"}, read{"read"}, lift{"lift"}, reference{"reference"};
  Output<Buffer<std::uint16_t, 3>> output{"output"};

  void generate() {
    const Expr width = planes.dim(0).extent(), height = planes.dim(1).extent();
    const auto word = [&](const Expr& column, const Expr& row) { return planes(column, row, p); };
    const auto luma = [&](const Expr& column, const Expr& row) { return level(column, row); };
    if (halved) {
      halves_ = {stages::halved(word, width, height, stages::mirror, "half", {p}),
                 stages::halved(luma, width, height, stages::mirror, "half_level")};
      const Expr column = stages::mirror(x, (width + 1) / 2);
      source_(x, y, p) = halves_[0].half(column, y, p);
      level_(x, y) = stages::as_float(halves_[1].half(column, y));
    } else {
      const Expr column = stages::mirror(x, width), row = stages::mirror(y, height);
      source_(x, y, p) = word(column, row);
      level_(x, y) = stages::as_float(luma(column, row));
    }
    split();
    Expr sum = 0.0f, columns = 0.0f;
    for (int n = 0; n < 8; n++) columns += level_(x, step * y + n);
    level_columns_(x, y) = columns;
    for (int n = 0; n < 8; n++) sum += level_columns_(step * x + n, y);
    scale_(x, y) = stages::noise_level(sum * (1.0f / (64.0f * unit)), shot, read, lift, reference);

    denoised_ = stages::dct_denoise(phases_, step, threshold, scale_);
    join();
    output(x, y, p) = line_(x, y % step, y / step, p);
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    planes.dim(0).set_min(0).dim(1).set_min(0).dim(2).set_min(0);
    level.dim(0).set_min(0).dim(1).set_min(0);
    threshold.dim(0).set_bounds(0, 8).dim(1).set_bounds(0, 8).dim(2).set_min(0);
    output.dim(0).set_min(0).set_extent(output.dim(0).extent() / kBlock * kBlock).dim(1).set_min(0).dim(2).set_min(0);
    unit.set_estimate(20000);
    planes.set_estimates({{0, 3504}, {0, 2336}, {0, 1}});
    level.set_estimates({{0, 3504}, {0, 2336}});
    threshold.set_estimates({{0, 8}, {0, 8}, {0, 1}});
    shot.set_estimate(1e-4f);
    read.set_estimate(1e-6f);
    lift.set_estimate(1e-3f);
    reference.set_estimate(0.1f);
    output.set_estimates({{0, 3520}, {0, 2336}, {0, 1}});
    if (automatic()) return;

    use_llvm_words();
    const int lanes = natural_vector_size<float>();
    Var row("row"), line("line_of_row"), strip("strip");
    Func out = output;
    out.split(y, row, line, step, TailStrategy::GuardWithIf).split(row, strip, row, 16, TailStrategy::GuardWithIf);
    out.reorder(x, line, p, row, strip).parallel(strip).vectorize(x, kBlock, TailStrategy::RoundUp);
    // Aligned, because vectors across two cache lines halve the speed of all of this.
    const auto vectors = [&](Func f) { f.align_storage(f.args()[0], lanes).vectorize(f.args()[0], lanes, TailStrategy::RoundUp); };
    const auto words = [&](Func f) { f.align_storage(f.args()[0], kBlock).vectorize(f.args()[0], kBlock, TailStrategy::RoundUp); };
    source_.store_at(out, strip).compute_at(out, row).fold_storage(y, 16);
    words(source_);
    for (Func f : columns_) {
      f.store_at(out, strip).compute_at(out, row).fold_storage(y, 16);
      words(f);
    }
    for (stages::Halved& h : halves_) {
      words(h.half.store_at(out, strip).compute_at(out, row).fold_storage(h.half.args()[1], 16));
      words(h.down.compute_at(h.half, h.half.args()[1]));
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
    for (Func f : lines_) words(f.compute_at(out, row));
    vectors(d.inverse.compute_at(out, row));
  }

 private:
  /// Columns by their remainder of x by `step`. By twos: a stride of 4 would be loaded element by element.
  void split() {
    if (step == 2) {
      phases_(x, r, y, p) = stages::as_float(source_(2 * x + r, y, p));
      return;
    }
    for (int b = 0; b < 2; b++) {
      columns_.emplace_back("columns" + std::to_string(b));
      columns_.back()(x, y, p) = source_(2 * x + b, y, p);
    }
    phases_(x, r, y, p) = stages::as_float(
        mux(r, {columns_[0](2 * x, y, p), columns_[1](2 * x, y, p), columns_[0](2 * x + 1, y, p), columns_[1](2 * x + 1, y, p)}));
  }

  void join() {
    const auto result = [&](const Expr& column, const Expr& phase, const Var& row, const Var& of, const Var& plane) {
      return stages::rounded_word(clamp(denoised_.result(column, phase, row, of, plane), 0.0f, 65535.0f));
    };
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
  std::vector<stages::Halved> halves_;  ///< of planes and level
  std::vector<Func> columns_, lines_;
  stages::DctDenoise denoised_;
};

}  // namespace
}  // namespace argent

HALIDE_REGISTER_GENERATOR(argent::OpponentSplit, argent_opponent_split)
HALIDE_REGISTER_GENERATOR(argent::DenoisePlanes, argent_denoise_planes)
