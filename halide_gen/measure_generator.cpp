// measure: what 3A needs to know about a frame, one zone row after the other. isp/measure.cpp turns the sums into Statistics.
#include <array>
#include <map>
#include <string>
#include <vector>

#include "Halide.h"
#include "isp/measure_sums.h"
#include "stages/black_level.h"
#include "stages/focus_energy.h"
#include "stages/lens_shading.h"
#include "stages/planes.h"
#include "stages/quads.h"
#include "stages/unpack.h"
#include "stages/xtrans_cells.h"

namespace argent {
namespace {

using namespace Halide;

/// What is measured as one: a Bayer quad, a 3x3 cell of X-Trans, a pixel that has all colors.
enum class Cell { kQuad, kXtrans, kPixel };
const std::map<std::string, Cell> kCells{{"quad", Cell::kQuad}, {"xtrans", Cell::kXtrans}, {"pixel", Cell::kPixel}};

/// Sums per column of cells and zone row; histograms per zone row; green per row of cells.
class Measure : public Generator<Measure> {
 public:
  static constexpr int kBins = 1024;

  GeneratorParam<Cell> cell{"cell", Cell::kQuad, kCells};
  GeneratorParam<bool> packed{"packed", false};

  Input<Buffer<>> samples{"samples", 3};  ///< codes (x, y, channel); a mosaic has one channel, and so have packed bytes (i, y, 1)
  Input<int> origin_x{"origin_x"}, origin_y{"origin_y"};
  Input<Buffer<float, 2>> levels{"levels"};  ///< (site, 0 black / 1 scale / 2 code of saturation / 3 codes below are dark)
  Input<Buffer<float, 3>> mesh{"mesh"};      ///< (qx, mesh row, R G B): gains of the lens alone
  Input<float> mesh_first{"mesh_first"}, mesh_step{"mesh_step"};
  Input<Buffer<float, 1>> luma{"luma"};  ///< (R G B): weight x gain
  Input<int> zone_rows{"zone_rows"};     ///< zone row y begins at quad row y * quad rows / zone_rows
  Input<int> tallest{"tallest"};         ///< quad rows of the tallest zone
  Input<int> histogram_step{"histogram_step"};
  Output<Buffer<float, 3>> sums{"sums"};                      ///< (qx, zone row, MeasureSum)
  Output<Buffer<std::uint32_t, 3>> histograms{"histograms"};  ///< (bin, R G B luma, zone row)
  Output<Buffer<float, 1>> row_green{"row_green"};            ///< (qy): sum over a row of quads

  void configure() {
    samples.set_type(packed ? UInt(8) : UInt(16));
    if (!packed) return;
    bits_ = add_input<int>("bits");
    width_ = add_input<int>("width");
  }

  void generate() {
    gain_ = stages::lens_shading(mesh, mesh.dim(1).extent(), mesh_first, mesh_step);
    const int side = cell == Cell::kQuad ? 2 : cell == Cell::kXtrans ? 3 : 1;
    Expr width = packed ? Expr(*width_) : samples.width();
    Expr last_column = (width - origin_x) / side - 1, last_row = (samples.height() - origin_y) / side - 1;

    // One pass over the frame for each of the three outputs.
    const Sites zone_codes = codes_of_pass(0), bin_codes = codes_of_pass(1), row_codes = codes_of_pass(2);
    auto even_light = [&](const Sites& code) {
      return std::array<Expr, 3>{mean(code, 0, qx, qy) * gain_(qx, qy, 0), mean(code, 1, qx, qy) * gain_(qx, qy, 1),
                                 mean(code, 2, qx, qy) * gain_(qx, qy, 2)};
    };
    Expr clipped = 0.0f, dark = 0.0f;
    for (std::size_t s = 0; s < zone_codes.size(); s++) {
      Expr c = cast<float>(zone_codes[s](qx, qy));
      clipped += select(c >= level(s, 2, qx, qy), 1.0f, 0.0f);
      dark += select(c < level(s, 3, qx, qy), 1.0f, 0.0f);
    }
    green_(qx, qy) = mean(zone_codes, 1, stages::inside(qx, last_column), stages::inside(qy, last_row));
    const auto [red, green, blue] = even_light(zone_codes);
    Expr open = select(clipped == 0.0f, 1.0f, 0.0f);
    focus_ = stages::focus_energy(green_, qx, qy);
    const std::vector<Expr> summands{red,  green,   blue, open * red,       open * green,     open * blue,
                                     open, clipped, dark, focus_.energy[0], focus_.energy[1], green_(qx, qy)};
    quad_(qx, qy) = Tuple(summands);

    auto edge = [&](Expr zone) { return zone * (last_row + 1) / zone_rows; };
    RDom row(0, tallest, "row");
    row.where(edge(y) + row < edge(y + 1));
    Tuple q = quad_(qx, min(edge(y) + row, last_row));
    std::vector<Expr> zero(kSums, 0.0f), added(kSums), each;
    columns_(qx, y) = Tuple(zero);
    for (int k = 0; k < kSums; k++) added[k] = columns_(qx, y)[k] + q[k];
    columns_(qx, y) = Tuple(added);
    for (int k = 0; k < kSums; k++) each.push_back(columns_(qx, y)[k]);
    sums(qx, y, c) = mux(c, each);

    // Every histogram_step-th cell of every histogram_step-th row.
    auto bin = [](Expr v) { return cast<std::uint16_t>(clamp(cast<int>(v * float(kBins)), 0, kBins - 1)); };
    const std::array<Expr, 3> light = even_light(bin_codes);
    bins_(qx, qy) = Tuple(bin(light[0]), bin(light[1]), bin(light[2]), bin(luma(0) * light[0] + luma(1) * light[1] + luma(2) * light[2]));
    Expr first_sample = (edge(y) + histogram_step - 1) / histogram_step;
    RDom sample(0, (last_column + histogram_step) / histogram_step, 0, (tallest + histogram_step - 1) / histogram_step, "sample");
    Expr sample_row = (first_sample + sample.y) * histogram_step;
    sample.where(sample_row < edge(y + 1));
    counts_(x, c, y) = cast<std::uint32_t>(0);
    Tuple b = bins_(min(sample.x * histogram_step, last_column), min(sample_row, last_row));
    for (int k = 0; k < 4; k++) counts_(cast<int>(b[k]), k, y) += cast<std::uint32_t>(1);
    histograms(x, c, y) = counts_(x, c, y);

    RDom across(0, last_column + 1, "across");
    row_green(y) = 0.0f;
    row_green(y) += mean(row_codes, 1, across, y);
    across_ = across.x;
    row_ = row.x;
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    const int lanes = natural_vector_size<float>();
    sums.dim(0).set_min(0).dim(1).set_min(0).dim(2).set_bounds(0, kSums);
    histograms.dim(0).set_bounds(0, kBins).dim(1).set_bounds(0, 4).dim(2).set_min(0);
    row_green.dim(0).set_min(0);
    samples.dim(0).set_min(0).dim(1).set_min(0);
    if (cell != Cell::kPixel || packed) {
      samples.dim(2).set_bounds(0, 1);
    } else {
      samples.dim(0).set_stride(Expr());
      samples.dim(2).set_bounds(0, 3);
    }
    mesh.dim(1).set_min(0).dim(2).set_bounds(0, 3);

    // A zone row at a time: its greens and their 2x2 means in the second-level cache, then one pass down the columns.
    Func s = sums, h = histograms, r = row_green;
    s.bound(c, 0, kSums).reorder(qx, c, y).vectorize(qx, lanes, TailStrategy::GuardWithIf).parallel(y);
    columns_.compute_at(s, y).vectorize(qx, lanes, TailStrategy::RoundUp);
    columns_.update().reorder(qx, row_, y).vectorize(qx, lanes, TailStrategy::GuardWithIf);
    for (Func f : {green_, focus_.box}) f.compute_at(s, y).vectorize(qx, lanes, TailStrategy::GuardWithIf);
    h.parallel(y).vectorize(x, lanes);
    counts_.compute_at(h, y).vectorize(x, lanes);
    for (int k = 0; k < 4; k++) counts_.update(k).unscheduled();  // scattered: one bin after the other
    Var row_y("row_y");
    r.parallel(y, 64, TailStrategy::GuardWithIf);
    r.update().atomic().vectorize(across_, lanes, TailStrategy::GuardWithIf).split(y, y, row_y, 64, TailStrategy::GuardWithIf).parallel(y);
    if (packed) {
      unpacked_[0].codes.compute_at(s, y);
      unpacked_[1].codes.compute_at(h, y);
      unpacked_[2].codes.compute_at(r, row_y);
      for (const stages::Unpacked& u : unpacked_) stages::schedule_unpack(u, *bits_);
      bits_->set_estimate(10);
      width_->set_estimate(3522);
    }

    samples.set_estimates({{0, packed ? 4405 : 3522}, {0, 2348}, {0, cell != Cell::kPixel || packed ? 1 : 3}});
    levels.set_estimates({{0, 4}, {0, 4}});
    mesh.set_estimates({{0, 1761}, {0, 1}, {0, 3}});
    luma.set_estimates({{0, 3}});
    zone_rows.set_estimate(24);
    origin_x.set_estimate(0);
    origin_y.set_estimate(0);
    mesh_first.set_estimate(0);
    mesh_step.set_estimate(0);
    tallest.set_estimate(49);
    histogram_step.set_estimate(2);
    sums.set_estimates({{0, 1761}, {0, 24}, {0, kSums}});
    histograms.set_estimates({{0, kBins}, {0, 4}, {0, 24}});
    row_green.set_estimates({{0, 1174}});
  }

 private:
  using Sites = std::vector<Func>;

  /// Of `levels`, for a site of cell (at_x, at_y).
  Expr level(std::size_t s, int which, Expr at_x, Expr at_y) {
    if (cell != Cell::kXtrans) return levels(static_cast<int>(s), which);
    const stages::CellColor color = stages::cell_color(static_cast<int>(s) % 3, static_cast<int>(s) / 3);
    if (color == stages::CellColor::kGreen) return levels(1, which);
    Expr red = stages::red_beside(at_x, at_y);
    return select(color == stages::CellColor::kBeside ? red : !red, levels(0, which), levels(3, which));
  }

  Expr mean_of_sites(const Sites& code, const std::vector<std::size_t>& sites, Expr at_x, Expr at_y) {
    Expr sum = 0.0f;
    for (const std::size_t s : sites) sum += stages::black_level(code[s](at_x, at_y), level(s, 0, at_x, at_y), level(s, 1, at_x, at_y));
    return sum * (1.0f / static_cast<float>(sites.size()));
  }

  /// Light of a channel in a cell, 0 R, 1 G, 2 B.
  Expr mean(const Sites& code, int channel, Expr at_x, Expr at_y) {
    if (cell != Cell::kXtrans) {
      const std::vector<std::size_t> sites[3] = {{0}, {1, 2}, {3}};
      return mean_of_sites(code, sites[channel], at_x, at_y);
    }
    if (channel == 1) return mean_of_sites(code, {0, 2, 4, 6, 8}, at_x, at_y);
    Expr beside = mean_of_sites(code, {3, 5}, at_x, at_y), above = mean_of_sites(code, {1, 7}, at_x, at_y);
    Expr red = stages::red_beside(at_x, at_y);
    return select(channel == 0 ? red : !red, beside, above);
  }

  Sites codes_of_pass(std::size_t pass) {
    Func codes = samples;
    if (cell != Cell::kPixel || packed) {
      Func first_channel("first_channel");
      first_channel(x, y) = samples(x, y, 0);
      codes = first_channel;
    }
    if (packed) {
      unpacked_[pass] = stages::unpack(codes, samples.width(), *bits_);
      codes = unpacked_[pass].codes;
    }
    const auto list = [](const auto& sites) { return Sites(sites.begin(), sites.end()); };
    if (cell == Cell::kQuad) return list(stages::whole_quads(codes, origin_x, origin_y));
    if (cell == Cell::kXtrans) return list(stages::whole_cells(codes, origin_x, origin_y));
    return list(stages::whole_planes(packed ? stages::repeated(codes) : codes, origin_x, origin_y));
  }

  Input<int>*bits_ = nullptr, *width_ = nullptr;  ///< of packed bytes: of a code; in pixels
  std::array<stages::Unpacked, 3> unpacked_;      ///< for sums, histograms, row_green
  Var x{"x"}, y{"y"}, c{"c"}, qx{"qx"}, qy{"qy"};
  RVar row_, across_;
  stages::FocusEnergy focus_;
  Func gain_, green_{"green"}, quad_{"quad"}, columns_{"columns"}, bins_{"bins"}, counts_{"counts"};
};

}  // namespace
}  // namespace argent

HALIDE_REGISTER_GENERATOR(argent::Measure, argent_measure)
