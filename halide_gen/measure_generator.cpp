// measure: what 3A needs to know about a frame, some rows of it at a time. isp/measure.cpp turns the sums into Statistics.
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

/// Of `height` rows of cells from `top` on: sums per column, histograms, green per row.
class Measure : public KernelGenerator<Measure> {
 public:
  static constexpr int kBins = 1024;
  static constexpr int kTile = kMeasureTile, kLanes = 16;

  GeneratorParam<Cell> cell{"cell", Cell::kQuad, kCells};
  GeneratorParam<bool> packed{"packed", false};

  Input<Buffer<>> samples{"samples", 3};  ///< codes (x, y, channel); a mosaic has one channel, and so have packed bytes (i, y, 1)
  Input<int> origin_x{"origin_x"}, origin_y{"origin_y"};
  Input<Buffer<float, 2>> levels{
      "levels"};                         ///< (site, 0 black / 1 scale / 2 code of saturation / 3 codes below are dark / 4 light of code 0)
  Input<Buffer<float, 3>> mesh{"mesh"};  ///< (qx, mesh row, R G B): gains of the lens alone
  Input<float> mesh_first{"mesh_first"}, mesh_step{"mesh_step"};
  Input<Buffer<float, 1>> luma{"luma"};     ///< (R G B): weight x gain
  Input<int> top{"top"}, height{"height"};  ///< rows of cells inside the frame
  Input<int> histogram_step{"histogram_step"};
  Output<Buffer<float, 1>> row_green{
      "row_green"};  ///< (qy): sum over a row of cells; the first, because it reads memory in order, which the others then find in a cache
  Output<Buffer<float, 3>> sums{"sums"};                      ///< (cell of the tile, tile, MeasureSum); see kMeasureTile
  Output<Buffer<std::uint32_t, 2>> histograms{"histograms"};  ///< (bin, R G B luma)

  void configure() {
    samples.set_type(packed ? UInt(8) : UInt(16));
    if (!packed) return;
    bits_ = add_input<int>("bits");
    width_ = add_input<int>("width");
  }

  void generate() {
    gain_ = stages::lens_shading(mesh, mesh.dim(1).extent(), mesh_first, mesh_step);
    set_codes();
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
    mesh_first.set_estimate(0);
    mesh_step.set_estimate(0);
    top.set_estimate(0);
    height.set_estimate(1174);
    histogram_step.set_estimate(2);
    sums.set_estimates({{0, kTile}, {0, 7}, {0, kSums}});
    histograms.set_estimates({{0, kBins}, {0, 4}});
    row_green.set_estimates({{0, 1174}});
    if (packed) {
      bits_->set_estimate(10);
      width_->set_estimate(3522);
    }
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
    for (Func& lanes : lanes_) lanes.compute_at(r, y).bound(x, 0, kLanes * side_of(cell)).vectorize(x).update().vectorize(x);

    // In tiles whose sums stay in the first-level cache; copied rows, greens and their 2x2 means slide down with it.
    s.bound(qx, 0, kTile).bound(c, 0, kSums).reorder(qx, c, tile).unroll(c).vectorize(qx, lanes);
    left_.compute_at(s, tile);  // not for its cost: where a tile lies is no business of the loops inside, whose borders are cut off by row
    columns_.compute_at(s, tile).vectorize(qx, lanes, TailStrategy::RoundUp);
    weight_.compute_at(columns_, pair_);
    columns_.update().reorder(qx, pair_, tile).vectorize(qx, lanes, TailStrategy::RoundUp);
    const auto slide = [&](Func f, int rows) {
      f.store_at(columns_, tile).compute_at(columns_, pair_).fold_storage(f.args()[1], rows);
      f.vectorize(f.args()[0], 2 * lanes, TailStrategy::RoundUp);
    };
    if (rows_.defined()) slide(rows_, cell == Cell::kXtrans ? 16 : 8);
    slide(green_, 8);
    slide(focus_.box, 4);

    h.vectorize(x, lanes);
    counts_.compute_root().vectorize(x, lanes);
    counts_.update().reorder(channel_, sample_, sample_row_).unroll(channel_);  // scattered: one sample after the other
    sampled_mesh_.compute_root().vectorize(qx, lanes, TailStrategy::GuardWithIf);
    for (Func& code : sampled_codes_) code.compute_at(counts_, sample_row_).vectorize(qx, 2 * lanes, TailStrategy::RoundUp);
    bins_.compute_at(counts_, sample_row_).vectorize(qx, 2 * lanes, TailStrategy::RoundUp);
    bins_.specialize(histogram_step == 1);
    bins_.specialize(histogram_step == 2);

    if (packed) {
      unpacked_.codes.compute_root();  // of all these rows
      stages::schedule_unpack(unpacked_, *bits_);
    }
  }

 private:
  // ---- one pass over the rows for each of the three outputs

  /// Codes of green sites: whole rows in sums side by side, because to pick some costs more than to add all. No row has so many that 32
  /// bits overflow.
  void sum_rows() {
    const int side = side_of(cell), lanes = side * kLanes;
    const std::vector<std::size_t> greens = green_sites();
    const auto column_of = [&](std::size_t site) { return static_cast<int>(site) % side; };
    const auto row_of = [&](std::size_t site) { return side == 1 ? 0 : static_cast<int>(site) / side; };
    const auto code = [&](Expr i, int row) {
      Expr at_x = i + origin_x, at_y = side * y + row + origin_y;
      return cast<std::uint32_t>(one_sample() ? codes_(at_x, at_y) : codes_(at_x, at_y, 1));
    };
    Expr blocks = columns() / kLanes;
    RDom block(0, blocks, "block"), rest(0, columns() % kLanes, "rest"), lane(0, kLanes, "lane");
    for (int row = 0; row < side; row++) {
      lanes_.emplace_back("lanes" + std::to_string(row));
      lanes_.back()(x, y) = cast<std::uint32_t>(0);
      lanes_.back()(x, y) += code(block * lanes + x, row);
    }
    const auto add = [&](const auto& value) {
      std::vector<Expr> sums;
      for (std::size_t i = 0; i < greens.size(); i++) sums.push_back(totals_(y)[i] + value(column_of(greens[i]), row_of(greens[i])));
      totals_(y) = Tuple(sums);
    };
    totals_(y) = Tuple(std::vector<Expr>(greens.size(), cast<std::uint32_t>(0)));
    add([&](int column, int row) { return lanes_[static_cast<std::size_t>(row)](lane * side + column, y); });
    Expr last = min(blocks * kLanes + rest, columns() - 1);  // of no rest Halide takes the first to be read
    add([&](int column, int row) { return code(last * side + column, row); });
    Expr light = 0.0f;
    for (std::size_t i = 0; i < greens.size(); i++) {
      const int site = cell == Cell::kXtrans ? 1 : static_cast<int>(greens[i]);
      light += stages::black_level(totals_(y)[i], cast<float>(columns()) * levels(site, 0), levels(site, 1));
    }
    row_green(y) = light * (1.0f / static_cast<float>(greens.size()));
  }

  /// Columns in tiles; rows and columns are counted from the first.
  void sum_columns() {
    // The last tile ends with the frame: beyond it every pixel would be picked on its own.
    const Expr left = min(tile * kTile, max(columns() - kTile, 0));
    left_(tile) = left;
    const Cells cells = cell_of(codes_with_borders(), {qx, qy, tile}, left + qx, top + qy);
    const Expr none = cast<std::uint16_t>(0), one = cast<std::uint16_t>(1);
    Expr clipped = none, dark = none;
    for (std::size_t s = 0; s < cells.code.size(); s++) {
      clipped += select(cells.code[s] >= threshold(cells, s, 2), one, none);
      dark += select(cells.code[s] < threshold(cells, s, 3), one, none);
    }
    green_(qx, qy, tile) = mean(cells, 1);
    focus_ = stages::focus_energy(green_, qx, qy, tile);
    const auto [red, green, blue] = even_light(cells);
    Expr open = clipped == none;
    quad_(qx, qy, tile) = Tuple(red, green, blue, select(open, red, 0.0f), select(open, green, 0.0f), select(open, blue, 0.0f),
                                select(open, 1.0f, 0.0f), clipped, dark, focus_.energy[0], focus_.energy[1], green_(qx, qy, tile));
    // Two rows at a time: sums are loaded and stored half as often. If the last has no second, a weight leaves it out: behind a condition
    // nothing would slide.
    RDom pair(0, (height + 1) / 2, "pair");
    weight_(qy) = Tuple(select(qy < height, 1.0f, 0.0f), select(qy < height, cast<std::uint16_t>(0xffff), none));
    const Tuple first = quad_(qx, 2 * pair, tile), second = quad_(qx, 2 * pair + 1, tile);
    std::vector<Expr> zero(kSums, 0.0f), added(kSums), each;
    for (const int counted : {kClipped, kDark}) zero[counted] = none;
    columns_(qx, tile) = Tuple(zero);
    for (int k = 0; k < kSums; k++) {
      added[k] = columns_(qx, tile)[k] + first[k];
      if (k == kClipped || k == kDark)
        added[k] += second[k] & weight_(2 * pair + 1)[1];
      else if (k != kFocusCoarse)
        added[k] += weight_(2 * pair + 1)[0] * second[k];
    }
    columns_(qx, tile) = Tuple(added);
    for (int k = 0; k < kSums; k++) each.push_back(cast<float>(columns_(qx, tile)[k]));
    sums(qx, tile, c) = mux(c, each);
    pair_ = pair.x;
  }

  /// Every histogram_step-th cell of every histogram_step-th row of the frame.
  void count() {
    auto bin = [](Expr v) { return cast<std::uint16_t>(clamp(cast<int>(v * float(kBins)), 0, kBins - 1)); };
    // What lies past the frame's end, of a last vector, is of the last column.
    const auto inside = [&](Expr column) { return min(likely(column), columns() - 1); };
    Expr column = qx * histogram_step;
    sampled_mesh_(qx, y, c) = mesh(max(inside(column), 0), y, c);
    const Func gain = stages::lens_shading(sampled_mesh_, mesh.dim(1).extent(), mesh_first, mesh_step);
    for (const Func& code : codes_inside()) {
      sampled_codes_.emplace_back("sampled" + std::to_string(sampled_codes_.size()));
      sampled_codes_.back()(qx, qy) = code(inside(qx), qy);
    }
    const Cells cells = cell_of(sampled_codes_, {column, qy}, inside(column), qy);
    std::array<Expr, 3> light;
    for (int channel = 0; channel < 3; channel++) light[channel] = mean(cells, channel) * gain(qx, qy, channel);
    bins_(qx, qy) = Tuple(bin(light[0]), bin(light[1]), bin(light[2]), bin(luma(0) * light[0] + luma(1) * light[1] + luma(2) * light[2]));
    const auto samples_to = [&](Expr cells) { return (cells + histogram_step - 1) / histogram_step; };
    Expr first = samples_to(top);
    RDom sample(0, 4, 0, samples_to(columns()), 0, samples_to(top + height) - first, "sample");
    counts_(x, c) = cast<std::uint32_t>(0);
    Tuple b = bins_(sample.y, (first + sample.z) * histogram_step);
    counts_(cast<int>(mux(sample.x, {b[0], b[1], b[2], b[3]})), sample.x) += cast<std::uint32_t>(1);
    histograms(x, c) = counts_(x, c);
    channel_ = sample.x, sample_ = sample.y, sample_row_ = sample.z;
  }

  // ---- cells

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
    // Of code 0 first: an instruction a site, where its black taken away and the rest scaled were two.
    Expr sum = 0.0f;
    for (const std::size_t s : sites) sum += level(cells, s, 4);
    for (const std::size_t s : sites) sum = cast<float>(cells.code[s]) * level(cells, s, 1) + sum;
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

  Expr columns() { return ((packed ? Expr(*width_) : samples.width()) - origin_x) / side_of(cell); }
  Expr rows() { return (samples.height() - origin_y) / side_of(cell); }

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
    unpacked_ = stages::unpack(codes, samples.width(), *bits_, has_llvm_words());
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

  /// Of a tile, with the outermost cells repeated outside, through a row-copy that the schedule can keep small: codes(qx, qy, tile).
  Codes codes_with_borders() {
    const int side = side_of(cell), channel[4] = {0, 1, 1, 2};
    const auto at_x = [&](Expr i) { return repeated(side * left_(tile) + i, columns(), side) + origin_x; };
    Expr at_y = repeated(side * top + qy, rows(), side) + origin_y;
    if (one_sample()) rows_(x, qy, tile) = codes_(at_x(x), at_y);
    Codes out;
    for (int s = 0; s < std::max(4, side * side); s++) {
      out.emplace_back("code" + std::to_string(s));
      if (!one_sample()) {
        out.back()(qx, qy, tile) = codes_(at_x(qx), at_y, channel[s]);
      } else if (side == 1) {
        out.back()(qx, qy, tile) = rows_(qx, qy, tile);
      } else {
        out.back()(qx, qy, tile) = rows_(side * qx + s % side, side * qy + s / side, tile);
      }
    }
    return out;
  }

  Input<int>*bits_ = nullptr, *width_ = nullptr;  ///< of packed bytes: of a code; in pixels
  stages::Unpacked unpacked_;
  Var x{"x"}, y{"y"}, c{"c"}, qx{"qx"}, qy{"qy"}, tile{"tile"};
  RVar pair_, channel_, sample_, sample_row_;
  stages::FocusEnergy focus_;
  std::vector<Func> lanes_;  ///< of the cell's rows
  Codes sampled_codes_;
  Func codes_, gain_, totals_{"totals"};
  Func left_{"left"}, rows_{"rows"}, green_{"green"}, quad_{"quad"}, weight_{"weight"}, columns_{"columns"};
  Func sampled_mesh_{"sampled_mesh"}, bins_{"bins"}, counts_{"counts"};
};

}  // namespace
}  // namespace argent

HALIDE_REGISTER_GENERATOR(argent::Measure, argent_measure)
