// measure: what 3A needs to know about a frame, some rows of it at a time. isp/measure.cpp turns the sums into Statistics.
#include <array>
#include <map>
#include <string>
#include <vector>

#include "Halide.h"
#include "isp/measure_sums.h"
#include "kernel_generator.h"
#include "stages/black_level.h"
#include "stages/cell_codes.h"
#include "stages/focus_energy.h"
#include "stages/planes.h"
#include "stages/quads.h"
#include "stages/unpack.h"
#include "stages/xtrans_cells.h"

namespace argent {
namespace {

using namespace Halide;

using stages::Cell;
const std::map<std::string, Cell> kCells{{"quad", Cell::kQuad}, {"xtrans", Cell::kXtrans}, {"pixel", Cell::kPixel}};

/// Of rows of cells: sums per column, histograms, green per row.
class Measure : public KernelGenerator<Measure> {
 public:
  static constexpr int kBins = 1024;
  static constexpr int kTile = kMeasureTile, kLanes = 16;
  static constexpr int kRows = 2;  ///< sums are loaded and stored once for so many

  GeneratorParam<Cell> cell{"cell", Cell::kQuad, kCells};
  GeneratorParam<bool> packed{"packed", false};

  Input<Buffer<>> samples{"samples", 3};  ///< codes (x, y, channel); a mosaic has one channel, and so have packed bytes (i, y, 1)
  Input<int> origin_x{"origin_x"}, origin_y{"origin_y"};
  Input<Buffer<float, 2>> levels{
      "levels"};                         ///< (site, 0 black / 1 scale / 2 code of saturation / 3 codes below are dark / 4 light of code 0)
  Input<Buffer<float, 3>> mesh{"mesh"};  ///< (qx, mesh row, R G B): gains of the lens alone
  Input<int> mesh_row{"mesh_row"};       ///< of all these rows' gains, with the next; row `first` lies `fraction` between them, the next
  Input<float> fraction{"fraction"}, fraction_step{"fraction_step"};  ///< fraction_step further
  Input<Buffer<float, 1>> luma{"luma"};                               ///< (R G B): weight x gain
  Input<int> columns{"columns"};                                      ///< of cells inside the frame; samples has kMeasuredColumns or more
  Input<int> top{"top"}, first{"first"}, last{"last"};                ///< rows of cells from top + first on, to top + last
  Input<int> histogram_step{"histogram_step"};
  Output<Buffer<float, 1>> row_green{
      "row_green"};  ///< (qy): sum over a row of cells; the first, because it reads memory in order, which the others then find in a cache
  Output<Buffer<float, 3>> sums{"sums"};                      ///< (cell of the tile, tile, MeasureSum); see kMeasureTile
  Output<Buffer<std::uint32_t, 2>> histograms{"histograms"};  ///< (bin, R G B luma)

  void configure() {
    samples.set_type(packed ? UInt(8) : UInt(16));
    if (!packed) return;
    bits_ = add_input<int>("bits");
  }

  void generate() {
    set_sites();
    levels_ = {cell, levels};
    sum_rows();
    sum_columns();
    count();
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    sums.dim(0).set_bounds(0, kTile).dim(1).set_min(0).dim(2).set_bounds(0, kSums);
    histograms.dim(0).set_bounds(0, kBins).dim(1).set_bounds(0, 4);
    samples.dim(0).set_min(0).dim(1).set_min(0);
    mesh.dim(1).set_min(0).dim(2).set_bounds(0, 3);
    samples.set_estimates({{0, packed ? 4405 : 3522}, {0, 2348}, {0, cell != Cell::kPixel || packed ? 1 : 3}});
    levels.set_estimates({{0, 4}, {0, 5}});
    mesh.set_estimates({{0, 1761}, {0, 1}, {0, 3}});
    luma.set_estimates({{0, 3}});
    origin_x.set_estimate(0);
    origin_y.set_estimate(0);
    mesh_row.set_estimate(0);
    fraction.set_estimate(0);
    fraction_step.set_estimate(0);
    columns.set_estimate(1761);
    top.set_estimate(0);
    first.set_estimate(0);
    last.set_estimate(1174);
    histogram_step.set_estimate(2);
    sums.set_estimates({{0, kTile}, {0, 7}, {0, kSums}});
    histograms.set_estimates({{0, kBins}, {0, 4}});
    row_green.set_estimates({{0, 1174}});
    if (packed) bits_->set_estimate(10);
    if (automatic()) return;

    use_llvm_words();
    const int lanes = natural_vector_size<float>();
    if (cell != Cell::kPixel || packed) {
      samples.dim(2).set_bounds(0, 1);
    } else {
      samples.dim(0).set_stride(Expr());
      samples.dim(2).set_bounds(0, 3);
    }

    const Func r = row_green;
    Func s = sums, h = histograms;
    totals_.compute_at(r, y);
    lanes_.compute_at(r, y).bound(x, 0, kLanes).vectorize(x).update().vectorize(x);

    // In tiles whose sums stay in the first-level cache; greens and their 2x2 means slide down with it.
    s.bound(qx, 0, kTile).bound(c, 0, kSums).reorder(qx, c, tile).unroll(c).vectorize(qx, lanes);
    place_.compute_at(s, tile);  // not for its cost: where a tile lies is no business of the loops inside
    columns_.compute_at(s, tile).vectorize(qx, lanes, TailStrategy::RoundUp);
    columns_.update().reorder(qx, group_, tile).vectorize(qx, lanes, TailStrategy::RoundUp);
    weight_.compute_at(columns_, group_).bound_extent(qy, kRows).unroll(qy);
    rows_.compute_at(columns_, qx).vectorize(qx, lanes, TailStrategy::RoundUp);
    for (Func& row : std::vector{codes_, row_})
      row.compute_at(columns_, qx).bound_extent(qy, kRows).vectorize(qx, lanes, TailStrategy::RoundUp).unroll(qy);
    const auto slide = [&](Func f, int rows) {
      f.store_at(columns_, tile).compute_at(columns_, group_).fold_storage(qy, rows);
      f.vectorize(qx, lanes, TailStrategy::ShiftInwards);
    };
    slide(green_, 8);
    slide(focus_.box, 4);

    h.vectorize(x, lanes);
    counts_.compute_root().vectorize(x, lanes);
    counts_.update().reorder(channel_, sample_, sample_row_).unroll(channel_);  // scattered: one sample after the other
    // Of narrow frames more than what counts: whole vectors.
    Expr sampled = max(samples_to(columns), kMeasuredColumns / histogram_step);
    sampled_mesh_.compute_root().bound(qx, 0, sampled);
    bins_.compute_at(counts_, sample_row_).bound(qx, 0, sampled);
    for (const int step : {1, 2}) {  // of others a row may still have less than a vector
      sampled_mesh_.specialize(histogram_step == step).vectorize(qx, lanes, TailStrategy::ShiftInwards);
      bins_.specialize(histogram_step == step).vectorize(qx, 2 * lanes, TailStrategy::ShiftInwards);
    }
    sampled_mesh_.vectorize(qx, lanes, TailStrategy::GuardWithIf);
    bins_.vectorize(qx, lanes, TailStrategy::GuardWithIf);

    if (packed) {
      unpacked_.codes.compute_root();  // of all these rows
      stages::schedule_unpack(unpacked_, *bits_);
    }
  }

 private:
  /// What is summed in a column: R, G and B of all cells' light and of open ones', and both times how far down the mesh their row is.
  enum Part { kAll, kOpen = 3, kAllByRow = 6, kOpenByRow = 9, kOpenCells = 12, kClippedCodes, kDarkCodes, kFine, kCoarse, kParts };

  // ---- one pass over the rows for each of the three outputs

  /// Codes of green sites, in sums side by side. No row has so many that 32 bits overflow.
  void sum_rows() {
    const std::vector<std::size_t> greens = stages::green_sites(cell);
    const auto add = [&](Func to, const auto& value) {
      std::vector<Expr> sums;
      for (std::size_t i = 0; i < greens.size(); i++) sums.push_back(to(to.args())[static_cast<int>(i)] + value(i));
      to(to.args()) = Tuple(sums);
    };
    const Tuple none(std::vector<Expr>(greens.size(), cast<std::uint32_t>(0)));
    Expr blocks = columns / kLanes;
    RDom block(0, blocks, "block"), rest(0, columns % kLanes, "rest"), lane(0, kLanes, "lane");
    lanes_(x, y) = none;
    const stages::CellCodes of_block = codes_at(block * kLanes + x, y);
    add(lanes_, [&](std::size_t i) { return of_block.sites[greens[i]]; });
    totals_(y) = none;
    add(totals_, [&](std::size_t i) { return Expr(lanes_(lane, y)[static_cast<int>(i)]); });
    Expr last = min(blocks * kLanes + rest, columns - 1);  // of no rest Halide takes the first to be read
    add(totals_, [&](std::size_t i) { return cast<std::uint32_t>(sites_[greens[i]](last, y)); });
    Expr light = 0.0f;
    for (std::size_t i = 0; i < greens.size(); i++) {
      const int site = cell == Cell::kXtrans ? 1 : static_cast<int>(greens[i]);
      light += stages::black_level(totals_(y)[static_cast<int>(i)], cast<float>(columns) * levels(site, 0), levels(site, 1));
    }
    row_green(y) = light * (1.0f / static_cast<float>(greens.size()));
  }

  /// In tiles of columns. What focus is of reaches kMeasureBefore columns before a tile and kMeasureAfter behind it; at the frame's ends it
  /// moves inside, and so does the last tile.
  void sum_columns() {
    Expr wide = max(columns, kMeasuredColumns), left = clamp(tile * kTile, 0, wide - kTile);
    place_(tile) = Tuple(left, clamp(left - kMeasureBefore, 0, wide - kMeasuredColumns));
    green_(qx, qy, tile) = levels_.light(codes_below_top(place_(tile)[1] + qx, qy), 1);
    focus_ = stages::focus_energy(green_, qx, qy, tile);
    energy_(qx, qy, tile) = Tuple(focus_.energy[0], focus_.energy[1]);
    look_at_rows();
    add_rows();

    std::vector<Expr> none(kParts, 0.0f), added, each(kSums);
    for (const int counted : {kClippedCodes, kDarkCodes}) none[counted] = cast<std::uint32_t>(0);
    RDom group(0, (last + kRows - 1) / kRows, "group");
    columns_(qx, tile) = Tuple(none);
    for (int part = 0; part < kParts; part++) added.push_back(columns_(qx, tile)[part] + rows_(qx, group, tile)[part]);
    columns_(qx, tile) = Tuple(added);
    group_ = group.x;

    const auto sum = [&](int part) { return Expr(columns_(qx, tile)[part]); };
    const auto count = [&](int part) { return cast<float>((sum(part) & 0xffff) + (sum(part) >> 16)); };
    for (int channel = 0; channel < 3; channel++) {
      const auto [gain, slope] = gain_of(mesh, place_(tile)[0] + qx, channel);
      each[kRed + channel] = gain * sum(kAll + channel) + slope * sum(kAllByRow + channel);
      each[kRedUnclipped + channel] = gain * sum(kOpen + channel) + slope * sum(kOpenByRow + channel);
    }
    each[kUnclippedQuads] = sum(kOpenCells);
    each[kClipped] = count(kClippedCodes);
    each[kDark] = count(kDarkCodes);
    each[kFocusFine] = sum(kFine);
    each[kFocusCoarse] = sum(kCoarse);
    each[kLevel] = sum(kAll + 1);
    sums(qx, tile, c) = mux(c, each);
  }

  /// Func for Func: what several sums are of, LLVM would take from memory for each.
  void look_at_rows() {
    Expr left = place_(tile)[0], inset = unsafe_promise_clamped(left - place_(tile)[1], 0, kMeasuredColumns - kTile);
    const stages::CellCodes read = codes_below_top(left + qx, qy);
    codes_(qx, qy, tile) = Tuple(read.pairs.empty() ? read.sites : read.pairs);
    stages::CellCodes codes{{}, {}, read.red_beside};
    for (int i = 0; i < codes_.outputs(); i++) {
      if (read.pairs.empty()) {
        codes.sites.push_back(codes_(qx, qy, tile)[i]);
      } else {
        codes.add_pair(codes_(qx, qy, tile)[i]);
      }
    }
    const stages::CellExtremes extremes = levels_.extremes(codes);
    std::vector<Expr> of_row{levels_.light(codes, 0), green_(inset + qx, qy, tile), levels_.light(codes, 2)};
    for (int channel = 0; channel < 3; channel++) of_row.push_back(select(extremes.open, of_row[channel], 0.0f));
    of_row.insert(of_row.end(), {select(extremes.open, 1.0f, 0.0f), extremes.clipped, extremes.dark});
    row_(qx, qy, tile) = Tuple(of_row);
  }

  /// Light in row y counts (gain + slope y) times: what is summed is light, and y times light, and the mesh comes in once for all rows.
  /// Rows come in groups, of which the first and the last have some that do not count.
  void add_rows() {
    Expr used = first <= qy && qy < last, share = select(used, 1.0f, 0.0f);
    weight_(qy) = Tuple(share, share * (fraction + cast<float>(qy - first) * fraction_step),
                        select(used, ~cast<std::uint32_t>(0), cast<std::uint32_t>(0)));
    std::vector<Expr> sum(kParts, 0.0f);
    for (const int counted : {kClippedCodes, kDarkCodes}) sum[counted] = cast<std::uint32_t>(0);
    for (int i = 0; i < kRows; i++) {
      Expr row = kRows * qy + i;
      const Tuple weight = weight_(row), value = row_(qx, row, tile), energy = energy_(qx + kMeasureBefore, row, tile);
      for (int light = 0; light < 6; light++) {
        sum[kAll + light] += weight[0] * value[light];
        sum[kAllByRow + light] += weight[1] * value[light];
      }
      sum[kOpenCells] += weight[0] * value[6];
      sum[kClippedCodes] += value[7] & weight[2];
      sum[kDarkCodes] += value[8] & weight[2];
      sum[kFine] += weight[0] * energy[0];
      if (i % 2 == 0) sum[kCoarse] += weight[0] * energy[1];
    }
    rows_(qx, qy, tile) = Tuple(sum);
  }

  /// Every histogram_step-th cell of every histogram_step-th row of the frame.
  void count() {
    auto bin = [](Expr v) { return cast<std::uint16_t>(clamp(cast<int>(v * float(kBins)), 0, kBins - 1)); };
    Expr column = qx * histogram_step;
    sampled_mesh_(qx, y, c) = mesh(column, y, c);
    const stages::CellCodes codes = codes_at(column, qy);
    std::array<Expr, 3> light;
    for (int channel = 0; channel < 3; channel++) {
      const auto [gain, slope] = gain_of(sampled_mesh_, qx, channel);
      light[channel] = levels_.light(codes, channel) * (gain + slope * (fraction + cast<float>(qy - top - first) * fraction_step));
    }
    bins_(qx, qy) = Tuple(bin(light[0]), bin(light[1]), bin(light[2]), bin(luma(0) * light[0] + luma(1) * light[1] + luma(2) * light[2]));
    Expr before = samples_to(top + first);
    RDom sample(0, 4, 0, samples_to(columns), 0, samples_to(top + last) - before, "sample");
    counts_(x, c) = cast<std::uint32_t>(0);
    Tuple b = bins_(sample.y, (before + sample.z) * histogram_step);
    counts_(cast<int>(mux(sample.x, {b[0], b[1], b[2], b[3]})), sample.x) += cast<std::uint32_t>(1);
    histograms(x, c) = counts_(x, c);
    channel_ = sample.x, sample_ = sample.y, sample_row_ = sample.z;
  }

  /// How many of the first `cells`, in a row or in rows, are counted.
  Expr samples_to(Expr cells) { return (cells + histogram_step - 1) / histogram_step; }

  /// Of a column: the gain of row `first` is gain + slope x fraction.
  std::array<Expr, 2> gain_of(Func mesh, Expr column, int channel) {
    Expr gain = mesh(column, mesh_row, channel);
    return {gain, mesh(column, min(mesh_row + 1, this->mesh.dim(1).extent() - 1), channel) - gain};
  }

  stages::CellCodes codes_at(Expr qx, Expr qy) {
    stages::CellCodes out{{}, {}, stages::red_beside(qx, qy)};
    if (cell == Cell::kQuad && has_llvm_words()) {
      for (const std::size_t first : {0, 2}) out.add_pair(llvm_words::pair_of(sites_[first](qx, qy), sites_[first + 1](qx, qy)));
    } else {
      for (const Func& site : sites_) out.sites.push_back(cast<std::uint32_t>(site(qx, qy)));
    }
    return out;
  }

  /// Of a row counted from `top`. Above and below the frame are its outermost rows.
  stages::CellCodes codes_below_top(Expr qx, Expr row) {
    Expr last = (samples.height() - origin_y) / stages::side_of(cell) - 1;
    return codes_at(qx, clamp(top + row, 0, last));
  }

  void set_sites() {
    Func first("first_channel");
    first(x, y) = samples(x, y, 0);
    Func codes = cell == Cell::kPixel && !packed ? Func(samples) : first;
    if (packed) {
      unpacked_ = stages::unpack(first, samples.width(), *bits_, has_llvm_words());
      codes = unpacked_.codes;
    }
    const auto set = [&](const auto& sites) { sites_.assign(sites.begin(), sites.end()); };
    if (cell == Cell::kQuad) {
      set(stages::whole_quads(codes, origin_x, origin_y));
    } else if (cell == Cell::kXtrans) {
      set(stages::whole_cells(codes, origin_x, origin_y));
    } else {
      set(stages::whole_planes(packed ? stages::repeated(codes) : codes, origin_x, origin_y));
    }
  }

  Input<int>* bits_ = nullptr;  ///< of a code in packed bytes
  stages::Unpacked unpacked_;
  std::vector<Func> sites_;  ///< (qx, qy): codes
  stages::CellLevels levels_;
  Var x{"x"}, y{"y"}, c{"c"}, qx{"qx"}, qy{"qy"}, tile{"tile"};
  RVar group_, channel_, sample_, sample_row_;
  stages::FocusEnergy focus_;
  Func lanes_{"lanes"}, totals_{"totals"};
  Func place_{"place"}, green_{"green"}, energy_{"energy"}, weight_{"weight"}, codes_{"codes"}, row_{"row"}, rows_{"rows"},
      columns_{"columns"};
  Func sampled_mesh_{"sampled_mesh"}, bins_{"bins"}, counts_{"counts"};
};

}  // namespace
}  // namespace argent

HALIDE_REGISTER_GENERATOR(argent::Measure, argent_measure)
