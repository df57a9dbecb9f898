// measure: what 3A needs to know about a frame, one zone row after the other. isp/measure.cpp turns the sums into Statistics.
#include <array>
#include <map>
#include <string>
#include <vector>

#include "Halide.h"
#include "isp/measure_sums.h"
#include "kernel_generator.h"
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
class Measure : public KernelGenerator<Measure> {
 public:
  static constexpr int kBins = 1024;
  static constexpr int kTile = kMeasureTile, kLanes = 32;

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
  Output<Buffer<float, 1>> row_green{
      "row_green"};  ///< (qy): sum over a row of quads; the first, because it reads memory in order, which the others then find in a cache
  Output<Buffer<float, 4>> sums{"sums"};                      ///< (cell of the tile, tile, zone row, MeasureSum)
  Output<Buffer<std::uint32_t, 3>> histograms{"histograms"};  ///< (bin, R G B luma, zone row)

  void configure() {
    samples.set_type(packed ? UInt(8) : UInt(16));
    if (!packed) return;
    bits_ = add_input<int>("bits");
    width_ = add_input<int>("width");
  }

  void generate() {
    gain_ = stages::lens_shading(mesh, mesh.dim(1).extent(), mesh_first, mesh_step);
    const int side = side_of(cell);
    Expr width = packed ? Expr(*width_) : samples.width();
    Expr last_column = (width - origin_x) / side - 1, last_row = (samples.height() - origin_y) / side - 1;

    set_codes();

    // One pass over the frame for each of the three outputs. 1. Zones in tiles, rows and columns counted from the tile's first.
    auto edge = [&](Expr zone) { return zone * (last_row + 1) / zone_rows; };
    left_(tile) = tile * kTile;
    const Cells cells =
        cell_of(codes_with_borders(rows_, left_(tile), edge(y), {tile, y}), {qx, qy, tile, y}, tile * kTile + qx, edge(y) + qy);
    const Expr none = cast<std::uint16_t>(0), one = cast<std::uint16_t>(1);
    Expr clipped = none, dark = none;
    for (std::size_t s = 0; s < cells.code.size(); s++) {
      clipped += select(cells.code[s] >= threshold(cells, s, 2), one, none);
      dark += select(cells.code[s] < threshold(cells, s, 3), one, none);
    }
    green_(qx, qy, tile, y) = mean(cells, 1);
    focus_ = stages::focus_energy(green_, qx, qy, tile, y);
    const auto [red, green, blue] = even_light(cells);
    Expr open = clipped == none;
    quad_(qx, qy, tile, y) =
        Tuple(red, green, blue, select(open, red, 0.0f), select(open, green, 0.0f), select(open, blue, 0.0f), select(open, 1.0f, 0.0f),
              cast<float>(clipped), cast<float>(dark), focus_.energy[0], focus_.energy[1], green_(qx, qy, tile, y));
    // Zones differ by one row. A weight instead of a condition: behind one nothing would slide.
    RDom row(0, tallest, "row");
    weight_(qy, y) = select(edge(y) + qy < edge(y + 1), 1.0f, 0.0f);
    Tuple q = quad_(qx, row, tile, y);
    std::vector<Expr> zero(kSums, 0.0f), added(kSums), each;
    columns_(qx, tile, y) = Tuple(zero);
    for (int k = 0; k < kSums; k++) added[k] = columns_(qx, tile, y)[k] + weight_(row, y) * q[k];
    columns_(qx, tile, y) = Tuple(added);
    for (int k = 0; k < kSums; k++) each.push_back(columns_(qx, tile, y)[k]);
    sums(qx, tile, y, c) = mux(c, each);
    row_ = row.x;

    // 2. Histograms: every histogram_step-th cell of every histogram_step-th row.
    auto bin = [](Expr v) { return cast<std::uint16_t>(clamp(cast<int>(v * float(kBins)), 0, kBins - 1)); };
    sampled_codes_ = codes_with_borders(sampled_rows_, 0, 0, {});
    Expr at_x = qx * histogram_step;
    const std::array<Expr, 3> light = even_light(cell_of(sampled_codes_, {at_x, qy}, min(likely(at_x), last_column), qy));
    bins_(qx, qy) = Tuple(bin(light[0]), bin(light[1]), bin(light[2]), bin(luma(0) * light[0] + luma(1) * light[1] + luma(2) * light[2]));
    Expr first_sample = (edge(y) + histogram_step - 1) / histogram_step;
    RDom sample(0, 4, 0, (last_column + histogram_step) / histogram_step, 0, (tallest + histogram_step - 1) / histogram_step, "sample");
    Expr sample_row = (first_sample + sample.z) * histogram_step;
    sample.where(sample_row < edge(y + 1));
    counts_(x, c, y) = cast<std::uint32_t>(0);
    Tuple b = bins_(sample.y, min(sample_row, last_row));
    counts_(cast<int>(mux(sample.x, {b[0], b[1], b[2], b[3]})), sample.x, y) += cast<std::uint32_t>(1);
    histograms(x, c, y) = counts_(x, c, y);
    channel_ = sample.x, sample_ = sample.y, sample_row_ = sample.z;

    // 3. Rows: codes of green sites, in as many sums side by side as make a vector. No row has so many that 32 bits overflow.
    const Codes row_codes = codes_inside();
    const std::vector<std::size_t> greens = green_sites();
    Expr cells_of_row = last_column + 1, blocks = cells_of_row / kLanes;
    RDom block(0, blocks, "block"), rest(0, cells_of_row % kLanes, "rest"), lane(0, kLanes, "lane");
    const auto plus = [&](const FuncRef& sums, const auto& codes) {
      std::vector<Expr> out;
      for (std::size_t i = 0; i < greens.size(); i++) out.push_back(Tuple(sums)[i] + cast<std::uint32_t>(codes(i)));
      return Tuple(out);
    };
    const Tuple zeros(std::vector<Expr>(greens.size(), cast<std::uint32_t>(0)));
    lanes_(x, y) = zeros;
    lanes_(x, y) = plus(lanes_(x, y), [&](std::size_t i) { return row_codes[greens[i]](block * kLanes + x, y); });
    totals_(y) = zeros;
    totals_(y) = plus(totals_(y), [&](std::size_t i) { return Tuple(lanes_(lane, y))[i]; });
    totals_(y) = plus(totals_(y), [&](std::size_t i) { return row_codes[greens[i]](blocks * kLanes + rest, y); });
    Expr light_of_row = 0.0f;
    for (std::size_t i = 0; i < greens.size(); i++) {
      const int site = cell == Cell::kXtrans ? 1 : static_cast<int>(greens[i]);
      light_of_row += stages::black_level(totals_(y)[i], cast<float>(cells_of_row) * levels(site, 0), levels(site, 1));
    }
    row_green(y) = light_of_row * (1.0f / static_cast<float>(greens.size()));
  }

  // ------------------------------------------------------------------------------------------------------------ schedule

  void schedule() {
    sums.dim(0).set_bounds(0, kTile).dim(1).set_min(0).dim(3).set_bounds(0, kSums);
    histograms.dim(0).set_bounds(0, kBins).dim(1).set_bounds(0, 4);
    samples.dim(0).set_min(0).dim(1).set_min(0);
    mesh.dim(1).set_min(0).dim(2).set_bounds(0, 3);
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
    sums.set_estimates({{0, kTile}, {0, 7}, {0, 24}, {0, kSums}});
    histograms.set_estimates({{0, kBins}, {0, 4}, {0, 24}});
    row_green.set_estimates({{0, 1174}});
    if (packed) {
      bits_->set_estimate(10);
      width_->set_estimate(3522);
    }
    if (automatic()) return;

    const int lanes = natural_vector_size<float>();
    if (cell != Cell::kPixel || packed) {
      samples.dim(2).set_bounds(0, 1);
    } else {
      samples.dim(0).set_stride(Expr());
      samples.dim(2).set_bounds(0, 3);
    }

    // A zone row at a time, in tiles whose sums stay in the first-level cache; copied rows, greens and their 2x2 means slide down with it.
    Func s = sums, h = histograms, r = row_green;
    s.bound(qx, 0, kTile).bound(c, 0, kSums).reorder(qx, c, tile, y).unroll(c).vectorize(qx, lanes);
    left_.compute_at(s, tile);  // not for its cost: where a tile lies is no business of the loops inside, whose borders are cut off by row
    columns_.compute_at(s, tile).vectorize(qx, 2 * lanes, TailStrategy::RoundUp);
    weight_.compute_at(columns_, row_);
    columns_.update().reorder(qx, row_, tile, y).vectorize(qx, 2 * lanes, TailStrategy::RoundUp);
    const auto slide = [&](Func f, int rows) {
      f.store_at(columns_, tile).compute_at(columns_, row_).fold_storage(f.args()[1], rows);
      f.vectorize(f.args()[0], 2 * lanes, TailStrategy::RoundUp);
    };
    if (rows_.defined()) slide(rows_, cell == Cell::kQuad ? 8 : 16);
    slide(green_, 8);
    slide(focus_.box, 8);

    h.vectorize(x, lanes);
    counts_.compute_at(h, y).vectorize(x, lanes);
    counts_.update().reorder(channel_, sample_, sample_row_).unroll(channel_);  // scattered: one sample after the other
    if (sampled_rows_.defined()) sampled_rows_.compute_at(counts_, sample_row_).vectorize(x, 2 * lanes, TailStrategy::RoundUp);
    for (Func& code : sampled_codes_) code.compute_at(counts_, sample_row_).vectorize(qx, 2 * lanes, TailStrategy::RoundUp);
    bins_.compute_at(counts_, sample_row_).vectorize(qx, 2 * lanes, TailStrategy::RoundUp);
    bins_.specialize(histogram_step == 1);
    bins_.specialize(histogram_step == 2);

    totals_.compute_at(r, y);
    lanes_.compute_at(r, y).vectorize(x).update().vectorize(x);
    if (packed) {
      unpacked_.codes.compute_root();  // of a zone row: the caller asks for one at a time
      stages::schedule_unpack(unpacked_, *bits_);
    }
  }

 private:
  using Codes = std::vector<Func>;  ///< of sites, (qx, qy)

  /// Of one place.
  struct Cells {
    std::vector<Expr> code;
    Expr qx, qy;
    Expr red_beside;  ///< X-Trans: whether its middle has red beside it
  };

  Cells cell_of(const Codes& codes, const std::vector<Expr>& at, Expr qx, Expr qy) {
    Cells out{{}, qx, qy, stages::red_beside(qx, qy)};
    for (const Func& code : codes) out.code.push_back(code(at));
    return out;
  }

  /// Of `levels`, for a site.
  Expr level(const Cells& cells, std::size_t s, int which) {
    if (cell != Cell::kXtrans) return levels(static_cast<int>(s), which);
    const stages::CellColor color = stages::cell_color(static_cast<int>(s) % 3, static_cast<int>(s) / 3);
    if (color == stages::CellColor::kGreen) return levels(1, which);
    return select(color == stages::CellColor::kBeside ? cells.red_beside : !cells.red_beside, levels(0, which), levels(3, which));
  }

  /// The lowest code that is not below a level.
  Expr threshold(const Cells& cells, std::size_t s, int which) {
    return cast<std::uint16_t>(clamp(ceil(level(cells, s, which)), 0.0f, 65535.0f));
  }

  std::vector<std::size_t> green_sites() const {
    if (cell == Cell::kXtrans) return {0, 2, 4, 6, 8};
    return {1, 2};
  }

  Expr mean_of_sites(const Cells& cells, const std::vector<std::size_t>& sites) {
    Expr sum = 0.0f;
    for (const std::size_t s : sites) sum += stages::black_level(cells.code[s], level(cells, s, 0), level(cells, s, 1));
    return sum * (1.0f / static_cast<float>(sites.size()));
  }

  /// Light of a channel in a cell, 0 R, 1 G, 2 B.
  Expr mean(const Cells& cells, int channel) {
    if (channel == 1) return mean_of_sites(cells, green_sites());
    if (cell != Cell::kXtrans) return mean_of_sites(cells, {channel == 0 ? std::size_t{0} : std::size_t{3}});
    Expr beside = mean_of_sites(cells, {3, 5}), above = mean_of_sites(cells, {1, 7});
    return select(channel == 0 ? cells.red_beside : !cells.red_beside, beside, above);
  }

  std::array<Expr, 3> even_light(const Cells& cells) {
    std::array<Expr, 3> out;
    for (int channel = 0; channel < 3; channel++) out[channel] = mean(cells, channel) * gain_(cells.qx, cells.qy, channel);
    return out;
  }

  static constexpr int side_of(Cell cell) { return cell == Cell::kQuad ? 2 : cell == Cell::kXtrans ? 3 : 1; }

  /// One sample a pixel: (x, y); otherwise (x, y, channel).
  bool one_sample() const { return cell != Cell::kPixel || packed; }

  void set_codes() {
    if (!one_sample()) {
      codes_ = samples;
      return;
    }
    Func codes("first_channel");
    codes(x, y) = samples(x, y, 0);
    codes_ = codes;
    if (!packed) return;
    unpacked_ = stages::unpack(codes, samples.width(), *bits_);
    codes_ = unpacked_.codes;
  }

  Codes codes_inside() {
    const auto list = [](const auto& sites) { return Codes(sites.begin(), sites.end()); };
    if (cell == Cell::kQuad) return list(stages::whole_quads(codes_, origin_x, origin_y));
    if (cell == Cell::kXtrans) return list(stages::whole_cells(codes_, origin_x, origin_y));
    return list(stages::whole_planes(packed ? stages::repeated(codes_) : codes_, origin_x, origin_y));
  }

  /// The pixel of what borders repeat: the outermost cells.
  static Expr repeated(Expr i, Expr cells, int side) {
    Expr last = side * cells - 1;
    Expr inside = side == 1 ? clamp(i, 0, last) : clamp(i / side, 0, cells - 1) * side + i % side;
    return unsafe_promise_clamped(select(i < 0 || i > last, inside, likely(i)), 0, last);
  }

  /// With the outermost cells repeated outside, through a row-copy that the schedule can keep small. `left`, `top`: the cell at (0, 0) of
  /// what is returned, which depends on qx, qy, and the variables `more`.
  Codes codes_with_borders(Func& rows, Expr left, Expr top, const std::vector<Var>& more) {
    const int side = side_of(cell), channel[4] = {0, 1, 1, 2};
    Expr columns = ((packed ? Expr(*width_) : samples.width()) - origin_x) / side, lines = (samples.height() - origin_y) / side;
    const auto at_x = [&](Expr i) { return repeated(side * left + i, columns, side) + origin_x; };
    Expr at_y = repeated(side * top + qy, lines, side) + origin_y;
    const auto with_more = [&](Expr i, Expr j) {
      std::vector<Expr> at{i, j};
      at.insert(at.end(), more.begin(), more.end());
      return at;
    };
    std::vector<Var> row_at{x, qy}, at{qx, qy};
    row_at.insert(row_at.end(), more.begin(), more.end());
    at.insert(at.end(), more.begin(), more.end());
    if (one_sample()) rows(row_at) = codes_(at_x(x), at_y);
    Codes out;
    for (int s = 0; s < std::max(4, side * side); s++) {
      out.emplace_back("code" + std::to_string(s));
      if (!one_sample()) {
        out.back()(at) = codes_(at_x(qx), at_y, channel[s]);
      } else if (side == 1) {
        out.back()(at) = rows(with_more(qx, qy));
      } else {
        out.back()(at) = rows(with_more(side * qx + s % side, side * qy + s / side));
      }
    }
    return out;
  }

  Input<int>*bits_ = nullptr, *width_ = nullptr;  ///< of packed bytes: of a code; in pixels
  stages::Unpacked unpacked_;
  Var x{"x"}, y{"y"}, c{"c"}, qx{"qx"}, qy{"qy"}, tile{"tile"};
  Codes sampled_codes_;
  RVar row_, channel_, sample_, sample_row_;
  stages::FocusEnergy focus_;
  Func codes_, left_{"left"}, gain_, rows_{"rows"}, sampled_rows_{"sampled_rows"}, green_{"green"}, quad_{"quad"}, columns_{"columns"},
      bins_{"bins"}, counts_{"counts"}, lanes_{"lanes"}, totals_{"totals"}, weight_{"weight"};
};

}  // namespace
}  // namespace argent

HALIDE_REGISTER_GENERATOR(argent::Measure, argent_measure)
