// measure: what 3A needs to know about a frame, one zone row after the other. isp/measure.cpp turns the sums into Statistics.
#include <array>

#include "Halide.h"
#include "isp/measure_sums.h"
#include "stages/black_level.h"
#include "stages/focus_energy.h"
#include "stages/lens_shading.h"
#include "stages/planes.h"
#include "stages/quads.h"
#include "stages/unpack.h"

namespace argent {
namespace {

using namespace Halide;

/// Sums per column of quads and zone row; histograms per zone row; green per row of quads. With `mosaic` false, a quad is a pixel.
class Measure : public Generator<Measure> {
 public:
  static constexpr int kBins = 1024;

  GeneratorParam<bool> mosaic{"mosaic", true};
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
    const int quad = mosaic ? 2 : 1;
    Expr width = packed ? Expr(*width_) : samples.width();
    Expr last_column = (width - origin_x) / quad - 1, last_row = (samples.height() - origin_y) / quad - 1;

    // One pass over the frame for each of the three outputs.
    const stages::Sites zone_codes = codes_of_pass(0), bin_codes = codes_of_pass(1), row_codes = codes_of_pass(2);
    auto level = [&](const stages::Sites& code, int s, Expr at_x, Expr at_y) {
      return stages::black_level(code[s](at_x, at_y), levels(s, 0), levels(s, 1));
    };
    const int channel[4] = {0, 1, 1, 2};
    auto even_light = [&](const stages::Sites& code) {
      std::array<Expr, 4> even;
      for (int s = 0; s < 4; s++) even[s] = level(code, s, qx, qy) * gain_(qx, qy, channel[s]);
      return std::array<Expr, 3>{even[0], 0.5f * (even[1] + even[2]), even[3]};
    };
    Expr clipped = 0.0f, dark = 0.0f;
    for (int s = 0; s < 4; s++) {
      Expr c = cast<float>(zone_codes[s](qx, qy));
      clipped += select(c >= levels(s, 2), 1.0f, 0.0f);
      dark += select(c < levels(s, 3), 1.0f, 0.0f);
    }
    Expr inside_x = stages::inside(qx, last_column), inside_y = stages::inside(qy, last_row);
    green_(qx, qy) = 0.5f * (level(zone_codes, 1, inside_x, inside_y) + level(zone_codes, 2, inside_x, inside_y));
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

    // Every histogram_step-th quad of every histogram_step-th row.
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
    row_green(y) += 0.5f * (level(row_codes, 1, across, y) + level(row_codes, 2, across, y));
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
    if (mosaic || packed) {
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

    samples.set_estimates({{0, packed ? 4405 : 3522}, {0, 2348}, {0, mosaic || packed ? 1 : 3}});
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
  stages::Sites codes_of_pass(std::size_t pass) {
    Func codes = samples;
    if (mosaic || packed) {
      Func first_channel("first_channel");
      first_channel(x, y) = samples(x, y, 0);
      codes = first_channel;
    }
    if (packed) {
      unpacked_[pass] = stages::unpack(codes, samples.width(), *bits_);
      codes = unpacked_[pass].codes;
    }
    if (mosaic) return stages::whole_quads(codes, origin_x, origin_y);
    return stages::whole_planes(packed ? stages::repeated(codes) : codes, origin_x, origin_y);
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
